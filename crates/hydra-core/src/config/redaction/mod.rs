//! What is redacted, and what stands in its place: the key `redaction`.

mod table;

use std::collections::BTreeMap;

use hydra_protect::{Action, Redactor, RuleError};

pub(crate) use self::table::{REDACTION, read, redaction_value};
use crate::config::words::REDACTION_ACTIONS;

/// What names the key in hashes and encrypted values.
const KEY_ID: &str = "k1";

/// The shortest key, in bytes: NIST SP 800-107 asks for 112 bits at least.
const SHORTEST_KEY: usize = 16;

/// What is redacted, and what stands in its place.
///
/// Whether anything is redacted at all, is [`Config::redact_sensitive`](crate::config::Config::redact_sensitive).
///
/// ```
/// use hydra_core::config::RedactionConfig;
/// let redaction = RedactionConfig {
///     sensitive_keys: vec!["badge_code".into()],
///     ..RedactionConfig::default()
/// };
/// let redactor = redaction.redactor()?;
/// assert_eq!(redactor.redact("badge_code=7731"), "badge_code=[REDACTED:SECRET]");
/// # Ok::<(), hydra_protect::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RedactionConfig {
    /// The names of detectors, `default` for those that are on unless said otherwise; one with a
    /// `-` before it is off. Empty: `default`.
    pub detectors: Vec<String>,
    /// What stands in place of what was found. Default: `[REDACTED:KIND]`.
    pub action: ActionWord,
    /// The same, for one detector.
    pub actions: BTreeMap<String, ActionWord>,
    /// Detectors of your own: names and regular expressions.
    pub patterns: BTreeMap<String, String>,
    /// Names of fields whose values are redacted whole, beside those that are known.
    pub sensitive_keys: Vec<String>,
    /// Names of fields that are known, and whose values are not redacted for it.
    pub allowed_keys: Vec<String>,
    /// Texts that are never redacted, each as it stands.
    pub allow: Vec<String>,
    /// The environment variable that holds the key for the actions `hash` and `encrypt`.
    pub key_variable: Option<String>,
    /// Whether base64 is decoded, one level deep, and what is found in it redacted. Default: no.
    pub decode_base64: bool,
}

/// What stands in place of what was found.
///
/// ```
/// assert_eq!(hydra_core::config::ActionWord::default().name(), "replace");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ActionWord {
    /// `replace`: `[REDACTED:EMAIL]`.
    #[default]
    Replace,
    /// `mask`: all but the last four characters.
    Mask,
    /// `remove`: nothing.
    Remove,
    /// `hash`: a keyed hash, equal for equal values.
    Hash,
    /// `encrypt`: what the key can show again.
    Encrypt,
}

impl ActionWord {
    /// Every choice.
    pub const ALL: [ActionWord; 5] = [
        ActionWord::Replace,
        ActionWord::Mask,
        ActionWord::Remove,
        ActionWord::Hash,
        ActionWord::Encrypt,
    ];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        REDACTION_ACTIONS.names[self as usize]
    }
}

impl RedactionConfig {
    /// The redactor that it describes.
    ///
    /// # Errors
    /// A detector that there is not, a pattern that is none, an action that needs a key where there
    /// is none.
    pub fn redactor(&self) -> Result<Redactor, RuleError> {
        let mut builder = Redactor::builder();
        for (name, pattern) in &self.patterns {
            builder = builder.custom(name, pattern);
        }
        if !self.detectors.is_empty() {
            builder = builder.detectors(self.detectors.iter().cloned());
        }
        for key in &self.sensitive_keys {
            builder = builder.sensitive_key(key);
        }
        for key in &self.allowed_keys {
            builder = builder.allowed_key(key);
        }
        for text in &self.allow {
            builder = builder.allow(text);
        }
        builder = builder.action(self.action.into());
        for (detector, action) in &self.actions {
            builder = builder.action_for(detector, (*action).into());
        }
        if let Some(key) = self.key()? {
            builder = builder.hash_key(KEY_ID, &key).encryption_key(KEY_ID, &key);
        }
        builder.decode_base64(self.decode_base64).build()
    }

    /// The first action that needs a key.
    fn keyed_action(&self) -> Option<ActionWord> {
        let keyed = |action: &ActionWord| matches!(action, ActionWord::Hash | ActionWord::Encrypt);
        let mut all = std::iter::once(self.action).chain(self.actions.values().copied());
        all.find(keyed)
    }

    /// The key, out of its environment variable, where an action needs one.
    fn key(&self) -> Result<Option<Vec<u8>>, RuleError> {
        let (Some(action), Some(name)) = (self.keyed_action(), &self.key_variable) else {
            return Ok(None);
        };
        let key = std::env::var_os(name)
            .unwrap_or_default()
            .into_encoded_bytes();
        let action = action.name();
        let wrong = match key.len() {
            0 => "is not set, or empty",
            1..SHORTEST_KEY => "holds less than 16 bytes",
            _ => return Ok(Some(key)),
        };
        Err(RuleError::Key {
            reason: format!(
                "the action {action} needs a key, and the environment variable {name} {wrong}: it must \
                 hold at least 16 bytes, best 32 random ones in hexadecimal digits"
            ),
        })
    }
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Action {
        match word {
            ActionWord::Replace => Action::Replace,
            ActionWord::Mask => Action::Mask { keep: 4 },
            ActionWord::Remove => Action::Remove,
            ActionWord::Hash => Action::Hash,
            ActionWord::Encrypt => Action::Encrypt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_action_takes_its_key_from_the_variable() {
        let by = |variable: &str| RedactionConfig {
            patterns: [("badge".to_owned(), r"B-\d{4}".to_owned())].into(),
            actions: [("badge".to_owned(), ActionWord::Hash)].into(),
            key_variable: Some(variable.to_owned()),
            ..RedactionConfig::default()
        };
        // Cargo sets this one for each test.
        let redactor = by("CARGO_MANIFEST_DIR").redactor().unwrap();
        let shown = redactor.redact("by B-1234").into_owned();
        assert!(shown.starts_with("by [BADGE:k1:"), "{shown}");
        let error = by("HYDRA_NOT_SET").redactor().unwrap_err().to_string();
        assert!(error.contains("HYDRA_NOT_SET is not set"), "{error}");
    }
}
