//! The keys of a hasher: wiped when they are dropped, never shown.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::error::HashError;

/// The shortest key, in bytes: NIST SP 800-107 asks for 112 bits at least.
const SHORTEST: usize = 16;

/// The longest id, in bytes.
const LONGEST_ID: usize = 32;

/// Keys by their ids; the first makes hashes.
#[derive(Clone, Default)]
pub(super) struct Keys(Vec<(String, Arc<Zeroizing<Vec<u8>>>)>);

impl Keys {
    pub(super) fn add(&mut self, id: &str, key: &[u8]) -> Result<(), HashError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(fits) {
            return Err(HashError::KeyId { id: id.into() });
        }
        if key.len() < SHORTEST {
            return Err(HashError::ShortKey);
        }
        if self.find(id).is_some() {
            return Err(HashError::DoubleKey { id: id.into() });
        }
        let key = Arc::new(Zeroizing::new(key.to_vec()));
        self.0.push((id.into(), key));
        Ok(())
    }

    pub(super) fn current(&self) -> Option<(&str, &[u8])> {
        let (id, key) = self.0.first()?;
        Some((id, key.as_slice()))
    }

    pub(super) fn find(&self, id: &str) -> Option<&[u8]> {
        let (_, key) = self.0.iter().find(|(known, _)| known == id)?;
        Some(key.as_slice())
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.0.iter().map(|(id, _)| id.clone()).collect()
    }
}
