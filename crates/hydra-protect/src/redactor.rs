//! The redactor: finds what is sensitive and takes it out.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::action::Action;
use crate::builder::RedactorBuilder;
use crate::cut::cut;
use crate::detect::Kind;
use crate::finding::Finding;
use crate::keys::Weight;
use crate::scan::Rules;
use crate::search::search;
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
    pub(crate) counts: [AtomicU64; Kind::ALL.len()],
}

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
    pub fn redact_to(&self, text: &str, to: &mut String) -> bool {
        self.with_spans(text.as_bytes(), |spans| self.cut_to(text, spans, to))
            .is_some()
    }

    pub(crate) fn cut_to(&self, text: &str, spans: &[Span], to: &mut String) {
        let mut bytes = std::mem::take(to).into_bytes();
        self.cut(text.as_bytes(), spans, &mut bytes);
        // A span that ended within a character would be a fault; what it left must not stop a log.
        *to = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    }

    /// As [`redact`](Redactor::redact), over bytes: invalid UTF-8 outside the values stays as it is.
    pub fn redact_bytes<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        let redacted = self.with_spans(text, |spans| {
            let mut out = Vec::with_capacity(text.len() + 32);
            self.cut(text, spans, &mut out);
            out
        });
        redacted.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// What would be taken out, in the order of the text.
    pub fn find(&self, text: &str) -> Vec<Finding<'_>> {
        self.with_spans(text.as_bytes(), |spans| {
            let found = |span: &Span| Finding {
                detector: span.kind.name(),
                label: span.kind.label(),
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
        let count = |kind: Kind| self.counter(kind).map_or(0, |c| c.load(Ordering::Relaxed));
        Kind::ALL
            .iter()
            .map(|&kind| (kind.name(), count(kind)))
            .filter(|&(_, count)| count > 0)
            .collect()
    }

    pub(crate) fn count(&self, kind: Kind) {
        if let Some(counter) = self.counter(kind) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn counter(&self, kind: Kind) -> Option<&AtomicU64> {
        self.shared.counts.get(kind as usize)
    }

    fn cut(&self, text: &[u8], spans: &[Span], to: &mut Vec<u8>) {
        for span in spans {
            self.count(span.kind);
        }
        let action = |span: Span| {
            let actions = &self.shared.actions;
            actions.get(span.kind as usize).copied().unwrap_or_default()
        };
        cut(text, spans, action, to);
    }

    /// Calls `with` when there is something to take out.
    fn with_spans<T>(&self, text: &[u8], with: impl FnOnce(&[Span]) -> T) -> Option<T> {
        let shared = &*self.shared;
        search(&shared.rules, text, |spans| {
            if !shared.allowed.is_empty() {
                spans.retain(|span| !self.is_allowed(slice(text, span.start..span.end)));
            }
            (!spans.is_empty()).then(|| with(spans))
        })
        .flatten()
    }

    fn is_allowed(&self, value: &[u8]) -> bool {
        self.shared
            .allowed
            .iter()
            .any(|allowed| **allowed == *value)
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
