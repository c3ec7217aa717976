//! The redactor: finds what is sensitive and takes it out.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::bytes::Regex;

use crate::action::Action;
use crate::builder::RedactorBuilder;
use crate::custom::Custom;
use crate::cut::cut;
use crate::detect::Kind;
use crate::finding::Finding;
use crate::keys::Weight;
use crate::scan::Rules;
#[cfg(any(feature = "hash", feature = "encrypt"))]
use crate::seal::Seal;
use crate::search::{is_clean_word, search};
use crate::span::Span;
use crate::text::slice;

/// Finds personal data and secrets in text and takes them out.
///
/// Cloning shares the rules and the counters. A text without a hit is borrowed, and nothing is
/// allocated for it.
///
/// ```
/// use hydra_protect::Redactor;
///
/// let redactor = Redactor::new();
/// assert_eq!(
///     redactor.redact("login failed, password=hunter2"),
///     "login failed, password=[REDACTED:PASSWORD]"
/// );
/// ```
#[derive(Clone)]
pub struct Redactor {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) rules: Rules,
    pub(crate) actions: [Action; Kind::ALL.len()],
    pub(crate) allowed: Vec<Box<[u8]>>,
    pub(crate) allowed_patterns: Vec<Regex>,
    #[cfg(any(feature = "hash", feature = "encrypt"))]
    pub(crate) seal: Seal,
    pub(crate) counts: [AtomicU64; Kind::ALL.len()],
    pub(crate) custom_counts: Box<[AtomicU64]>,
    /// Texts that could not be searched to the end.
    pub(crate) failed: AtomicU64,
}

impl Shared {
    /// What stands in the marker of a span.
    pub(crate) fn label(&self, span: &Span) -> &str {
        self.custom(span)
            .map_or(span.kind.label(), |custom| &custom.label)
    }

    pub(crate) fn detector(&self, span: &Span) -> &str {
        self.custom(span)
            .map_or(span.kind.name(), |custom| &custom.name)
    }

    pub(crate) fn action(&self, span: &Span) -> Action {
        let own = || self.actions.get(span.kind as usize).copied();
        self.custom(span)
            .map(|custom| custom.action)
            .or_else(own)
            .unwrap_or_default()
    }

    fn custom(&self, span: &Span) -> Option<&Custom> {
        self.rules
            .customs
            .get(usize::from(span.custom).checked_sub(1)?)
    }

    fn is_allowed(&self, value: &[u8]) -> bool {
        self.allowed.iter().any(|allowed| **allowed == *value)
            || self
                .allowed_patterns
                .iter()
                .any(|pattern| pattern.is_match(value))
    }

    /// Whether some span is to be shown although a detector found it.
    fn allows(&self) -> bool {
        !self.allowed.is_empty() || !self.allowed_patterns.is_empty()
    }
}

/// What stands for a text that could not be searched.
pub(crate) const FAILED: &str = "[REDACTION_FAILED]";

/// How often what is left is searched once more before the text is given up.
pub(crate) const MOST_ROUNDS: usize = 8;

impl Redactor {
    /// A redactor with the default detectors, each of which replaces what it finds.
    pub fn new() -> Redactor {
        Redactor::builder().assemble()
    }

    /// A redactor to be configured.
    pub fn builder() -> RedactorBuilder {
        RedactorBuilder::new()
    }

    pub(crate) fn from_shared(shared: Shared) -> Redactor {
        Redactor {
            shared: Arc::new(shared),
        }
    }

    /// The text without what is sensitive; borrowed when there is nothing of the kind.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        if self.redact_to(text, &mut out) {
            Cow::Owned(out)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Appends the text without what is sensitive to `to` and tells true; tells false, and appends
    /// and allocates nothing, when the text may be used as it is.
    #[inline]
    pub fn redact_to(&self, text: &str, to: &mut String) -> bool {
        !is_clean_word(&self.shared.rules, text.as_bytes()) && self.redact_more_to(text, to)
    }

    fn redact_more_to(&self, text: &str, to: &mut String) -> bool {
        // An empty buffer is written into: a hit then allocates nothing, once it is large enough.
        let buffer = || {
            let own = to.is_empty().then(|| std::mem::take(to).into_bytes());
            own.unwrap_or_default()
        };
        let Some(redacted) = self.redacted(text.as_bytes(), buffer) else {
            return false;
        };
        // A span that ended within a character would be a fault; what it left must not stop a log.
        match String::from_utf8(redacted) {
            Ok(redacted) if to.is_empty() => *to = redacted,
            Ok(redacted) => to.push_str(&redacted),
            Err(error) => to.push_str(&String::from_utf8_lossy(error.as_bytes())),
        }
        true
    }

    pub(crate) fn cut_to(&self, text: &str, spans: &[Span], to: &mut String) {
        let mut bytes = Vec::new();
        self.cut(text.as_bytes(), spans, &mut bytes);
        to.push_str(&String::from_utf8_lossy(&bytes));
    }

    /// As [`redact`](Redactor::redact), over bytes: invalid UTF-8 outside the values stays as it is,
    /// and text in UTF-16 within them is read.
    pub fn redact_bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        self.redacted(text, Vec::new)
            .map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The redacted text, if there is anything to redact. What was cut can bring together what stood
    /// apart, so the result is searched until nothing is found in it: redacting twice gives what
    /// redacting once gave.
    ///
    /// It is written into the empty `buffer`, which is asked for when there is.
    fn redacted(&self, text: &[u8], buffer: impl FnOnce() -> Vec<u8>) -> Option<Vec<u8>> {
        let mut redacted = self.redacted_once(text, buffer)?;
        for _ in 0..MOST_ROUNDS {
            match self.redacted_once(&redacted, Vec::new) {
                Some(next) if next != redacted => redacted = next,
                _ => return Some(redacted),
            }
        }
        self.count_failure();
        Some(FAILED.into())
    }

    fn redacted_once(&self, text: &[u8], buffer: impl FnOnce() -> Vec<u8>) -> Option<Vec<u8>> {
        self.with_spans(text, |spans| {
            let mut out = buffer();
            out.reserve(text.len() + 32);
            self.cut(text, spans, &mut out);
            out
        })
    }

    /// What would be taken out, in the order of the text.
    pub fn find(&self, text: &str) -> Vec<Finding<'_>> {
        self.with_spans(text.as_bytes(), |spans| {
            let found = |span: &Span| Finding {
                detector: self.shared.detector(span),
                label: self.shared.label(span),
                range: span.start..span.end,
            };
            spans.iter().map(found).collect()
        })
        .unwrap_or_default()
    }

    pub(crate) fn sensitive_kind(&self, name: &str) -> Option<Kind> {
        let found = self.shared.rules.keys.look_up(name.as_bytes())?;
        let says = found.weight != Weight::Random && self.shared.rules.is_on(found.kind);
        says.then_some(found.kind)
    }

    /// How often each detector's finding was taken out, by name; those with none are left out.
    pub fn counts(&self) -> Vec<(&str, u64)> {
        let customs = self
            .shared
            .rules
            .customs
            .iter()
            .map(|custom| custom.name.as_str());
        Kind::ALL
            .iter()
            .map(|kind| kind.name())
            .zip(&self.shared.counts)
            .chain(customs.zip(&self.shared.custom_counts))
            .map(|(name, count)| (name, count.load(Ordering::Relaxed)))
            .filter(|&(_, count)| count > 0)
            .collect()
    }

    /// How many texts could not be searched to the end, and were replaced by `[REDACTION_FAILED]`.
    pub fn failures(&self) -> u64 {
        self.shared.failed.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, kind: Kind) {
        if let Some(counter) = self.counter(kind) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn count_span(&self, span: &Span) {
        match usize::from(span.custom).checked_sub(1) {
            Some(custom) => {
                if let Some(count) = self.shared.custom_counts.get(custom) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
            None => self.count(span.kind),
        }
    }

    pub(crate) fn count_failure(&self) {
        self.shared.failed.fetch_add(1, Ordering::Relaxed);
    }

    fn counter(&self, kind: Kind) -> Option<&AtomicU64> {
        self.shared.counts.get(kind as usize)
    }

    pub(crate) fn cut(&self, text: &[u8], spans: &[Span], to: &mut Vec<u8>) {
        for span in spans {
            self.count_span(span);
        }
        cut(text, spans, &self.shared, to);
    }

    /// What is to be taken out, in the order of the text.
    pub(crate) fn spans(&self, text: &[u8]) -> Vec<Span> {
        self.with_spans(text, <[Span]>::to_vec).unwrap_or_default()
    }

    /// Calls `with` when there is something to take out.
    pub(crate) fn with_spans<T>(&self, text: &[u8], with: impl FnOnce(&[Span]) -> T) -> Option<T> {
        let shared = &*self.shared;
        search(&shared.rules, text, |spans| {
            if shared.allows() {
                spans.retain(|span| !shared.is_allowed(slice(text, span.start..span.end)));
            }
            (!spans.is_empty()).then(|| with(spans))
        })
        .flatten()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Default for Redactor {
    fn default() -> Redactor {
        Redactor::new()
    }
}

/// Shows which detectors are on; no key and no allowed value.
impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = Kind::ALL
            .iter()
            .filter(|&&kind| self.shared.rules.is_on(kind));
        let names: Vec<_> = on.map(|kind| kind.name()).collect();
        f.debug_struct("Redactor")
            .field("detectors", &names)
            .finish_non_exhaustive()
    }
}

/// The text without what the default detectors find.
///
/// ```
/// assert_eq!(hydra_protect::redact("pwd=hunter2"), "pwd=[REDACTED:PASSWORD]");
/// ```
pub fn redact(text: &str) -> Cow<'_, str> {
    static DEFAULT: LazyLock<Redactor> = LazyLock::new(Redactor::new);
    DEFAULT.redact(text)
}
