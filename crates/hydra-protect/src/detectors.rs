//! What can be detected, by name, and why something was.

mod about;

use std::fmt;
use std::ops::Range;

use crate::detect::Kind;
use crate::redactor::Redactor;
use crate::span::Span;
use crate::text::slice;
use about::About;

/// How far before a value the word is looked for that explains it, in bytes.
const CONTEXT: usize = 48;

/// A detector, as [`detectors`] lists it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Detector {
    /// What configuration calls it: `email`.
    pub name: &'static str,
    /// What stands in the marker: `EMAIL`.
    pub label: &'static str,
    /// Whether it runs when nothing else is said.
    pub is_default: bool,
    /// What it finds.
    pub description: &'static str,
    /// Where the form of what it finds is laid down.
    pub source: &'static str,
    /// Words that tell it from other text where its form alone does not: the first of many. Empty
    /// where the form is enough.
    pub context: &'static [&'static str],
    kind: Kind,
}

impl Detector {
    /// Texts in which it finds something. They are made here, since files that hold what looks like a
    /// token are refused in many places.
    ///
    /// ```
    /// use hydra_protect::{Redactor, detectors};
    ///
    /// for detector in detectors() {
    ///     let redactor = Redactor::builder().detectors([detector.name]).build().unwrap();
    ///     for sample in detector.must_match() {
    ///         assert_ne!(redactor.redact(&sample), sample);
    ///     }
    /// }
    /// ```
    pub fn must_match(&self) -> Vec<String> {
        about::must_match(self.kind)
    }

    /// Texts that look alike, and in which it finds nothing.
    pub fn must_not_match(&self) -> &'static [&'static str] {
        About::of(self.kind).must_not_match
    }
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detector")
            .field("name", &self.name)
            .field("is_default", &self.is_default)
            .finish_non_exhaustive()
    }
}

/// Every detector that there is without configuration.
///
/// ```
/// let mut off = hydra_protect::detectors().filter(|detector| !detector.is_default);
/// assert!(off.any(|detector| detector.name == "ip"));
/// ```
pub fn detectors() -> impl Iterator<Item = Detector> {
    Kind::ALL.iter().map(|&kind| {
        let about = About::of(kind);
        Detector {
            name: kind.name(),
            label: kind.label(),
            is_default: kind.is_default(),
            description: about.description,
            source: about.source,
            context: about.context,
            kind,
        }
    })
}

/// Why something would be taken out. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation<'r> {
    /// The detector's name, as configuration calls it: `email`.
    pub detector: &'r str,
    /// What stands in the marker: `EMAIL`.
    pub label: &'r str,
    /// The bytes of the text that are taken out.
    pub range: Range<usize>,
    /// The reason, in words.
    pub why: String,
}

impl Redactor {
    /// What would be taken out of a text, and why.
    ///
    /// ```
    /// let redactor = hydra_protect::Redactor::new();
    /// let explained = redactor.explain("user=bob password=hunter2");
    /// assert_eq!(explained[0].detector, "password");
    /// assert!(explained[0].why.contains("\"password\" stands before it"));
    /// assert!(!explained[0].why.contains("hunter2"));
    /// ```
    pub fn explain(&self, text: &str) -> Vec<Explanation<'_>> {
        let shared = self.shared();
        let explain = |span: &Span| Explanation {
            detector: shared.detector(span),
            label: shared.label(span),
            range: span.start..span.end,
            why: why(text.as_bytes(), span, shared.detector(span)),
        };
        self.spans(text.as_bytes()).iter().map(explain).collect()
    }
}

fn why(text: &[u8], span: &Span, detector: &str) -> String {
    if span.custom > 0 {
        return format!("the pattern of the custom rule {detector:?} matches");
    }
    let about = About::of(span.kind);
    let before = slice(text, span.start.saturating_sub(CONTEXT)..span.start).to_ascii_lowercase();
    let word = |word: &&&str| memchr::memmem::find(&before, word.as_bytes()).is_some();
    let (what, source) = (about.description, about.source);
    match about.context.iter().find(word) {
        Some(word) => format!("{what}: {word:?} stands before it ({source})"),
        None => format!("{what}, by its form or its name ({source})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_finds_its_samples_and_leaves_what_looks_alike() {
        let mut wrong = Vec::new();
        for detector in detectors() {
            let name = detector.name;
            let redactor = Redactor::builder().detectors([name]).build().unwrap();
            for sample in detector.must_match() {
                let explained = redactor.explain(&sample);
                let quiet = |found: &Explanation<'_>| {
                    found.detector == name && !found.why.contains(&sample[found.range.clone()])
                };
                if explained.is_empty() || !explained.iter().all(quiet) {
                    wrong.push(format!("{name}: {sample}: {explained:?}"));
                }
            }
            for sample in detector.must_not_match() {
                if redactor.redact(sample) != *sample {
                    wrong.push(format!("{name}: {}", redactor.redact(sample)));
                }
            }
            assert!(detector.must_match().len() >= 2 && !detector.must_not_match().is_empty());
            assert!(!detector.description.is_empty() && !detector.source.is_empty());
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_custom_rule_is_explained_by_its_name() {
        let redactor = Redactor::builder()
            .custom("badge", r"B-\d+")
            .build()
            .unwrap();
        let explained = redactor.explain("by B-77");
        assert_eq!(
            explained[0].why,
            "the pattern of the custom rule \"badge\" matches"
        );
    }
}
