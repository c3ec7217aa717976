//! The keys of a redactor and what is made with them: hashes that equal values share, and sealed
//! values that can be read again.

#[cfg(feature = "encrypt")]
mod encrypted;
#[cfg(feature = "hash")]
mod hashed;

use std::fmt;

use crate::action::Action;
use crate::error::RuleError;

#[cfg(feature = "encrypt")]
pub use encrypted::RevealError;

/// The keys of one redactor.
#[derive(Clone, Default)]
pub(crate) struct Seal {
    #[cfg(feature = "hash")]
    hash: Option<hashed::HashKey>,
    #[cfg(feature = "encrypt")]
    encryption: Vec<encrypted::Key>,
}

impl Seal {
    /// Refuses an action that has no key, and keys whose ids could not stand in a marker.
    pub(crate) fn check(&self, actions: impl Iterator<Item = Action>) -> Result<(), RuleError> {
        for id in self.ids() {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            if id.is_empty() || id.len() > 32 || id == "enc" || !id.bytes().all(fits) {
                return Err(RuleError::Key {
                    reason: format!(
                        "the key's id {id:?} cannot be used: 1 to 32 letters, digits, -, _ and ., and not \"enc\""
                    ),
                });
            }
        }
        for action in actions {
            if let Some(missing) = self.missing(action) {
                return Err(RuleError::Key {
                    reason: missing.into(),
                });
            }
        }
        Ok(())
    }

    fn missing(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Replace | Action::Remove | Action::Mask { .. } => None,
            #[cfg(feature = "hash")]
            Action::Hash => self.lacks_hash_key(),
            #[cfg(feature = "encrypt")]
            Action::Encrypt => self.lacks_encryption_key(),
        }
    }

    fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        #[cfg(feature = "hash")]
        ids.extend(self.hash.iter().map(hashed::HashKey::id));
        #[cfg(feature = "encrypt")]
        ids.extend(self.encryption.iter().map(encrypted::Key::id));
        ids
    }
}

/// Shows no key.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("keys", &self.ids()).finish()
    }
}
