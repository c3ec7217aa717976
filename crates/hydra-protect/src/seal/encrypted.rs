//! Sealed values: XChaCha20-Poly1305 (RFC 8439 with the extended nonce of draft-irtf-cfrg-xchacha),
//! a fresh random nonce each, the label and the key's id bound to them.

use std::fmt;
use std::ops::Range;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Seal;
use crate::base64;
use crate::redactor::Redactor;
use crate::text::{byte, rest, skip, slice};

/// The length of a nonce, in bytes.
const NONCE: usize = 24;

/// What the derived key is for: another use of the same key derives another one.
const PURPOSE: &[u8] = b"hydra-protect: values that can be revealed, version 1";

#[derive(Clone)]
pub(super) struct Key {
    id: String,
    is_empty: bool,
    derived: Zeroizing<[u8; 32]>,
}

impl Key {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.derived).into())
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
    /// The key of this id is not the one that sealed the value, or the value was changed or cut off.
    WrongKey {
        /// The id in the marker.
        id: String,
        /// Where the marker starts, in bytes.
        at: usize,
    },
    /// What was sealed is no UTF-8: it was found among bytes.
    NotText,
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
                "the sealed value at byte {at} is not one of key {id:?}: the key is another one, or the value was changed or cut off"
            ),
            RevealError::NotText => f.write_str("what was sealed is no text: use reveal_bytes"),
        }
    }
}

impl std::error::Error for RevealError {}

impl Seal {
    pub(crate) fn add_encryption_key(&mut self, id: String, key: &[u8]) {
        let mut derived = Zeroizing::new([0; 32]);
        // Thirty-two bytes are fewer than the 8,160 that HKDF can give: this cannot fail.
        let _ = Hkdf::<Sha256>::new(None, key).expand(PURPOSE, derived.as_mut_slice());
        self.encryption.push(Key {
            id,
            is_empty: key.is_empty(),
            derived,
        });
    }

    pub(super) fn lacks_encryption_key(&self) -> Option<&'static str> {
        if self.encryption.is_empty() {
            Some("the action encrypt needs a key: give one with encryption_key(id, key)")
        } else if self.encryption.iter().any(|key| key.is_empty) {
            Some("the key of the action encrypt is empty: best are 32 random bytes")
        } else {
            None
        }
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
        let bound = bound_to(label, &key.id);
        let payload = Payload {
            msg: value,
            aad: bound.as_bytes(),
        };
        let Ok(sealed) = key.cipher().encrypt(&XNonce::from(nonce), payload) else {
            return false;
        };
        to.extend_from_slice(format!("[{label}:enc:{}:", key.id).as_bytes());
        let bytes = [&nonce[..], &sealed].concat();
        to.extend_from_slice(base64::text(&bytes).as_bytes());
        to.push(b']');
        true
    }

    fn open(&self, marker: &Marker<'_>, at: usize) -> Result<Vec<u8>, RevealError> {
        let Marker {
            label, id, sealed, ..
        } = *marker;
        let key = self.encryption.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| RevealError::UnknownKey { id: id.into() })?;
        let wrong = || RevealError::WrongKey { id: id.into(), at };
        let bytes = base64::bytes(sealed.as_bytes()).ok_or_else(wrong)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let bound = bound_to(label, id);
        let payload = Payload {
            msg: sealed,
            aad: bound.as_bytes(),
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
    ///     .encryption_key("2026", b"a secret of any length")
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
        let revealed = self.reveal_bytes(text.as_bytes())?;
        String::from_utf8(revealed).map_err(|_| RevealError::NotText)
    }

    /// As [`reveal`](Redactor::reveal), over bytes.
    ///
    /// # Errors
    ///
    /// As those of [`reveal`](Redactor::reveal).
    pub fn reveal_bytes(&self, text: &[u8]) -> Result<Vec<u8>, RevealError> {
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        while let Some(open) = memchr::memchr(b'[', rest(text, at)) {
            let start = at + open;
            out.extend_from_slice(slice(text, at..start));
            if let Some(marker) = Marker::read(text, start) {
                out.extend_from_slice(&self.shared().seal.open(&marker, start)?);
                at = marker.end;
            } else {
                out.push(b'[');
                at = start + 1;
            }
        }
        out.extend_from_slice(rest(text, at));
        Ok(out)
    }
}

/// What is authenticated beside the value: no marker can be given another label.
fn bound_to(label: &str, id: &str) -> String {
    format!("{label}:{id}")
}

/// A marker that holds a sealed value.
struct Marker<'t> {
    label: &'t str,
    id: &'t str,
    /// Empty when the marker was cut off before its bracket.
    sealed: &'t str,
    end: usize,
}

impl<'t> Marker<'t> {
    /// The marker that begins with the bracket at `at`.
    fn read(text: &'t [u8], at: usize) -> Option<Marker<'t>> {
        let field = |range: Range<usize>| std::str::from_utf8(slice(text, range)).ok();
        let label = skip(slice(text, 0..at + 64), at + 1, |b| {
            b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
        });
        if slice(text, label..label + 5) != b":enc:" || label < at + 3 {
            return None;
        }
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let id = skip(slice(text, 0..label + 64), label + 5, fits);
        if byte(text, id) != b':' {
            return None;
        }
        let end = skip(text, id + 1, fits);
        let closed = byte(text, end) == b']';
        Some(Marker {
            label: field(at + 1..label)?,
            id: field(label + 5..id)?,
            sealed: if closed { field(id + 1..end)? } else { "" },
            end: end + usize::from(closed),
        })
    }
}
