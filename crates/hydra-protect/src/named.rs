//! Values that are hidden for the name they have.

use crate::context::marker::is_marker;
use crate::detect::Kind;
use crate::redactor::Redactor;
use crate::span::Span;

/// The name of a field whose values are hidden whole, as [`Redactor::sensitive_key`] found it.
///
/// ```
/// let redactor = hydra_protect::Redactor::new();
/// let key = redactor.sensitive_key("dbPassword").unwrap();
/// assert_eq!(key.label(), "PASSWORD");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensitiveKey {
    kind: Kind,
}

/// No field has a longer name.
const LONGEST_NAME: usize = 256;

impl SensitiveKey {
    /// The label that stands in the marker.
    pub fn label(self) -> &'static str {
        self.kind.label()
    }
}

impl Redactor {
    /// What a field's name says of its values, if they are to be hidden whole, whatever they are.
    ///
    /// ```
    /// let redactor = hydra_protect::Redactor::new();
    /// assert!(redactor.sensitive_key("X-Api-Key").is_some());
    /// assert!(redactor.sensitive_key("max_tokens").is_none());
    /// ```
    pub fn sensitive_key(&self, name: &str) -> Option<SensitiveKey> {
        // A text that stands in a name's place is no name: `password=x` says nothing of what follows.
        if name.len() > LONGEST_NAME || name.contains(['=', ',', ';', '"', '\'', '(', '{', '\n']) {
            return None;
        }
        self.sensitive_kind(name).map(|kind| SensitiveKey { kind })
    }

    /// Appends what is shown of a text under such a name: as the detector's action says. What was
    /// redacted before stays as it is.
    ///
    /// ```
    /// let redactor = hydra_protect::Redactor::new();
    /// let key = redactor.sensitive_key("password").unwrap();
    /// let mut shown = String::new();
    /// redactor.hide(key, "correct horse", &mut shown);
    /// assert_eq!(shown, "[REDACTED:PASSWORD]");
    /// ```
    pub fn hide(&self, key: SensitiveKey, value: &str, to: &mut String) {
        if is_marker(value.as_bytes()) {
            to.push_str(value);
            return;
        }
        let span = Span::new(0..value.len(), key.kind);
        self.cut_to(value, &[span], to);
    }

    /// Appends what is shown of a whole list or map under such a name: its marker, whatever the
    /// detector's action.
    ///
    /// ```
    /// let redactor = hydra_protect::Redactor::new();
    /// let key = redactor.sensitive_key("credentials").unwrap();
    /// let mut shown = String::new();
    /// redactor.hide_all(key, &mut shown);
    /// assert!(shown.starts_with("[REDACTED:"));
    /// ```
    pub fn hide_all(&self, key: SensitiveKey, to: &mut String) {
        self.count(key.kind);
        to.push_str("[REDACTED:");
        to.push_str(key.label());
        to.push(']');
    }
}
