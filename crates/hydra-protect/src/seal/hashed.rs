//! Hashes under a key: HMAC-SHA-256 (RFC 2104, FIPS 180-4), cut to 128 bits (NIST SP 800-107, 5.3.3).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Seal;
use crate::detect::Kind;
use crate::view::View;

/// The shortest key, in bytes: NIST SP 800-107 asks for 112 bits at least.
const SHORTEST: usize = 16;

/// How many bytes of a hash are shown.
const SHOWN: usize = 16;

#[derive(Clone)]
pub(super) struct HashKey {
    id: String,
    key: Zeroizing<Vec<u8>>,
}

impl HashKey {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Seal {
    pub(crate) fn set_hash_key(&mut self, id: String, key: &[u8]) {
        self.hash = Some(HashKey {
            id,
            key: Zeroizing::new(key.to_vec()),
        });
    }

    pub(super) fn lacks_hash_key(&self) -> Option<&'static str> {
        match &self.hash {
            None => Some("the action hash needs a key: give one with hash_key(id, key)"),
            Some(key) if key.key.len() < SHORTEST => {
                Some("the key of the action hash is too short: 16 bytes or more")
            }
            Some(_) => None,
        }
    }

    /// Writes `[LABEL:ID:HASH]`, and tells whether there is a key to do so.
    pub(crate) fn hash(&self, kind: Kind, label: &str, value: &[u8], to: &mut Vec<u8>) -> bool {
        let Some(key) = &self.hash else {
            return false;
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key.key) else {
            return false;
        };
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(&normal(kind, value));
        to.push(b'[');
        to.extend_from_slice(label.as_bytes());
        to.push(b':');
        to.extend_from_slice(key.id.as_bytes());
        to.push(b':');
        for byte in mac.finalize().into_bytes().iter().take(SHOWN) {
            to.extend(format!("{byte:02x}").bytes());
        }
        to.push(b']');
        true
    }
}

/// One way of writing a value, so that its hashes meet: decoded, small letters in an address, no separators
/// in a number.
fn normal(kind: Kind, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut view = View::default();
    let decoded = view.decode(value, 0);
    let value = if decoded { view.bytes() } else { value };
    let alphanumeric = value.iter().copied().filter(u8::is_ascii_alphanumeric);
    Zeroizing::new(match kind {
        Kind::Email => String::from_utf8_lossy(value).to_lowercase().into_bytes(),
        Kind::Ip => value.to_ascii_lowercase(),
        Kind::Phone | Kind::Card | Kind::Ssn => {
            value.iter().copied().filter(u8::is_ascii_digit).collect()
        }
        Kind::Iban | Kind::Passport | Kind::NationalId | Kind::Mac => {
            alphanumeric.map(|b| b.to_ascii_uppercase()).collect()
        }
        _ => value.to_vec(),
    })
}
