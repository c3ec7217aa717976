//! Sealed values: XChaCha20-Poly1305 (RFC 8439 with the extended nonce of draft-irtf-cfrg-xchacha),
//! a fresh random nonce each, the label bound to them.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{Seal, base64url};
use crate::redactor::Redactor;

/// The length of a nonce, in bytes.
const NONCE: usize = 24;

#[derive(Clone)]
pub(super) struct Key {
    id: String,
    key: Zeroizing<[u8; 32]>,
}

impl Key {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}

/// A sealed value could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevealError {
    /// The redactor has no key of this id.
    UnknownKey {
        /// The id in the marker.
        id: String,
    },
    /// The key of this id is not the one that sealed the value, or the value was changed.
    WrongKey {
        /// The id in the marker.
        id: String,
        /// Where the marker starts, in bytes.
        at: usize,
    },
}

impl fmt::Display for RevealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RevealError::UnknownKey { id } => write!(
                f,
                "there is no key {id:?}; give it with encryption_key({id:?}, key)"
            ),
            RevealError::WrongKey { id, at } => write!(
                f,
                "the sealed value at byte {at} is not one of key {id:?}: the key is another one, or the value was changed"
            ),
        }
    }
}

impl std::error::Error for RevealError {}

impl Seal {
    pub(crate) fn add_encryption_key(&mut self, id: String, key: &[u8; 32]) {
        self.encryption.push(Key {
            id,
            key: Zeroizing::new(*key),
        });
    }

    /// Writes `[LABEL:enc:ID:SEALED]`, and tells whether there were a key and a nonce to do so.
    pub(crate) fn encrypt(&self, label: &str, value: &[u8], to: &mut Vec<u8>) -> bool {
        let Some(key) = self.encryption.first() else {
            return false;
        };
        let mut nonce = [0; NONCE];
        if getrandom::fill(&mut nonce).is_err() {
            return false;
        }
        let payload = Payload {
            msg: value,
            aad: label.as_bytes(),
        };
        let Ok(sealed) = key.cipher().encrypt(&XNonce::from(nonce), payload) else {
            return false;
        };
        to.extend_from_slice(format!("[{label}:enc:{}:", key.id).as_bytes());
        let bytes = [&nonce[..], &sealed].concat();
        base64url::put(&bytes, to);
        to.push(b']');
        true
    }

    fn open(&self, label: &str, id: &str, sealed: &str, at: usize) -> Result<Vec<u8>, RevealError> {
        let key = self.encryption.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| RevealError::UnknownKey { id: id.into() })?;
        let wrong = || RevealError::WrongKey { id: id.into(), at };
        let bytes = base64url::read(sealed).ok_or_else(wrong)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let payload = Payload {
            msg: sealed,
            aad: label.as_bytes(),
        };
        let opened = key.cipher().decrypt(&XNonce::from(*nonce), payload);
        opened.map_err(|_| wrong())
    }
}

impl Redactor {
    /// The text with the values that [`Action::Encrypt`](crate::Action::Encrypt) sealed.
    ///
    /// ```
    /// use hydra_protect::{Action, Redactor};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let redactor = Redactor::builder()
    ///     .action(Action::Encrypt)
    ///     .encryption_key("2026", &[7; 32])
    ///     .build()?;
    /// let sealed = redactor.redact("mail from ann@example.com");
    /// assert!(sealed.starts_with("mail from [EMAIL:enc:2026:"));
    /// assert_eq!(redactor.reveal(&sealed)?, "mail from ann@example.com");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the key of a value is not known, or is not the one that sealed it.
    pub fn reveal(&self, text: &str) -> Result<String, RevealError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('[') {
            let (head, tail) = rest.split_at(open);
            out.push_str(head);
            let at = text.len() - tail.len();
            let marker = tail.find(']').map(|close| tail.split_at(close + 1));
            let parts = marker.and_then(|(marker, _)| parts(marker));
            let mut end = 1;
            if let (Some((marker, _)), Some((label, id, sealed))) = (marker, parts) {
                let value = self.shared().seal.open(label, id, sealed, at)?;
                out.push_str(&String::from_utf8_lossy(&value));
                end = marker.len();
            } else {
                out.push('[');
            }
            rest = tail.get(end..).unwrap_or_default();
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The label, the key's id and the sealed bytes of a marker.
fn parts(marker: &str) -> Option<(&str, &str, &str)> {
    let inside = marker.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts = inside.split(':');
    let label = parts.next()?;
    let found = (parts.next()? == "enc").then(|| (parts.next(), parts.next(), parts.next()))?;
    match found {
        (Some(id), Some(sealed), None) => Some((label, id, sealed)),
        _ => None,
    }
}
