//! Hashes that stand for values: so that equal values can still be told to be equal, or a value be
//! compared with what was kept, while nobody reads it.
//!
//! Which one:
//!
//! | what for | how | looks like |
//! |---|---|---|
//! | equal values must stay equal (correlate users over logs) | a key: [`DataHasher::with_key`] | `$hmac-sha256$v=1,k=2026-11$HASH` |
//! | a value is compared later, once | no key: [`DataHasher::new`] | `$sha256$v=1$SALT$HASH` |
//! | passwords | [`hash_password`] (feature `argon2`) | `$argon2id$v=19$m=19456,t=2,p=1$…` |
//!
//! **Few possible values, no secret.** There are 10^9 social security numbers: without a key all of
//! them are tried in minutes, salt or not. Values of that kind need the key, and the key must not
//! stand beside the hashes.
//!
//! MD5 and SHA-1 are refused, when hashing and when verifying: collisions in them are made at will.

mod error;
mod keys;
#[cfg(feature = "argon2")]
mod password;
mod shape;

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

pub use self::error::HashError;
use self::keys::Keys;
#[cfg(feature = "argon2")]
pub use self::password::{hash_password, verify_password};
use self::shape::{Shape, hex};

/// Bytes of salt.
const SALT: usize = 16;

/// What hashes are made with.
///
/// ```
/// use hydra_protect::hash::Algorithm;
/// assert_eq!("sha512".parse(), Ok(Algorithm::Sha512));
/// assert!("md5".parse::<Algorithm>().unwrap_err().to_string().contains("sha256"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-256 (FIPS 180-4).
    #[default]
    Sha256,
    /// SHA-512 (FIPS 180-4).
    Sha512,
}

impl Algorithm {
    /// `sha256` or `sha512`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }
}

impl FromStr for Algorithm {
    type Err = HashError;

    fn from_str(name: &str) -> Result<Algorithm, HashError> {
        match name.to_ascii_lowercase().replace('-', "").as_str() {
            "sha256" => Ok(Algorithm::Sha256),
            "sha512" => Ok(Algorithm::Sha512),
            "md5" | "sha1" => Err(HashError::BrokenAlgorithm { name: name.into() }),
            _ => Err(HashError::UnknownAlgorithm { name: name.into() }),
        }
    }
}

/// Hashes values, and verifies them.
///
/// ```
/// use hydra_protect::hash::DataHasher;
///
/// let hasher = DataHasher::new();
/// let hash = hasher.hash_data("ada@example.com")?;
/// assert!(hash.starts_with("$sha256$v=1$"));
/// assert!(hasher.verify_hash("ada@example.com", &hash)?);
/// assert!(!hasher.verify_hash("eve@example.com", &hash)?);
///
/// let keyed = DataHasher::with_key("2026-11", b"a key of at least sixteen bytes")?;
/// let pseudonym = keyed.hash_data("ada@example.com")?;
/// assert_eq!(pseudonym, keyed.hash_data("ada@example.com")?);
/// # Ok::<(), hydra_protect::hash::HashError>(())
/// ```
#[derive(Clone, Default)]
pub struct DataHasher {
    algorithm: Algorithm,
    keys: Keys,
}

impl DataHasher {
    /// Salted SHA-256: two hashes of one value differ.
    pub fn new() -> DataHasher {
        DataHasher::default()
    }

    /// Another algorithm.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> DataHasher {
        self.algorithm = algorithm;
        self
    }

    /// HMAC with a key: two hashes of one value are equal. `id` names the key in each hash, so that
    /// keys can change; it is 1 to 32 letters, digits, `-`, `_` or `.`.
    ///
    /// # Errors
    /// An id of another shape, a key shorter than 16 bytes.
    pub fn with_key(id: &str, key: &[u8]) -> Result<DataHasher, HashError> {
        let mut hasher = DataHasher::new();
        hasher.keys.add(id, key)?;
        Ok(hasher)
    }

    /// Keeps an older key, with which hashes are verified and none is made.
    ///
    /// ```
    /// # use hydra_protect::hash::DataHasher;
    /// let old = DataHasher::with_key("2025", b"the key of the last year")?;
    /// let new = DataHasher::with_key("2026", b"the key of this whole year")?
    ///     .and_old_key("2025", b"the key of the last year")?;
    /// assert!(new.verify_hash("x", &old.hash_data("x")?)?);
    /// # Ok::<(), hydra_protect::hash::HashError>(())
    /// ```
    ///
    /// # Errors
    /// As [`with_key`](Self::with_key); also an id that is there already.
    pub fn and_old_key(mut self, id: &str, key: &[u8]) -> Result<DataHasher, HashError> {
        self.keys.add(id, key)?;
        Ok(self)
    }

    /// A hash that says how it was made.
    ///
    /// # Errors
    /// The system has no random numbers to give (without a key alone).
    pub fn hash_data(&self, data: impl AsRef<[u8]>) -> Result<String, HashError> {
        let name = self.algorithm.as_str();
        if let Some((id, key)) = self.keys.current() {
            let hash = keyed(self.algorithm, key, data.as_ref())?;
            return Ok(format!("$hmac-{name}$v=1,k={id}${}", hex(&hash)));
        }
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt).map_err(|_| HashError::NoRandomNumbers)?;
        let hash = salted(self.algorithm, &salt, data.as_ref());
        Ok(format!("${name}$v=1${}${}", hex(&salt), hex(&hash)))
    }

    /// Whether a hash is one of that value; compared in constant time. Also takes a bare digest in
    /// hexadecimal digits (SHA-256 or SHA-512, by its length), as other programs keep them.
    ///
    /// # Errors
    /// What is no hash, was made by an algorithm that is unknown or broken, or with a key that this
    /// hasher does not have: a "no" would say something else.
    pub fn verify_hash(&self, data: impl AsRef<[u8]>, hash: &str) -> Result<bool, HashError> {
        let data = data.as_ref();
        let (made, kept) = match Shape::of(hash)? {
            Shape::Salted(algorithm, salt, kept) => (salted(algorithm, &salt, data), kept),
            Shape::Bare(algorithm, kept) => (salted(algorithm, &[], data), kept),
            Shape::Keyed(algorithm, id, kept) => {
                let key = self.keys.find(id).ok_or_else(|| HashError::UnknownKey {
                    id: id.into(),
                    known: self.keys.ids(),
                })?;
                (keyed(algorithm, key, data)?, kept)
            }
        };
        Ok(made.ct_eq(&kept).into())
    }

    /// Puts the hash of its value in place of the value of each field named; names that are not
    /// there are passed over. Returns how many were hashed.
    ///
    /// ```
    /// # use hydra_protect::hash::DataHasher;
    /// # use std::collections::BTreeMap;
    /// let mut user = BTreeMap::from([
    ///     ("email".to_owned(), "ada@example.com".to_owned()),
    ///     ("plan".to_owned(), "free".to_owned()),
    /// ]);
    /// assert_eq!(DataHasher::new().hash_sensitive_fields(&mut user, &["email", "phone"])?, 1);
    /// assert_eq!(user["plan"], "free");
    /// assert!(user["email"].starts_with("$sha256$"));
    /// # Ok::<(), hydra_protect::hash::HashError>(())
    /// ```
    ///
    /// # Errors
    /// As [`hash_data`](Self::hash_data); then no field was changed.
    pub fn hash_sensitive_fields<'m, M>(&self, map: M, fields: &[&str]) -> Result<usize, HashError>
    where
        M: IntoIterator<Item = (&'m String, &'m mut String)>,
    {
        let mut hashed = Vec::new();
        for (name, value) in map {
            if fields.contains(&name.as_str()) {
                let hash = self.hash_data(value.as_bytes())?;
                hashed.push((value, hash));
            }
        }
        let count = hashed.len();
        for (value, hash) in hashed {
            *value = hash;
        }
        Ok(count)
    }
}

/// Shows the keys' ids, never a key.
impl fmt::Debug for DataHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataHasher")
            .field("algorithm", &self.algorithm)
            .field("keys", &self.keys.ids())
            .finish()
    }
}

fn salted(algorithm: Algorithm, salt: &[u8], data: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Sha256 => Sha256::new()
            .chain_update(salt)
            .chain_update(data)
            .finalize()
            .to_vec(),
        Algorithm::Sha512 => Sha512::new()
            .chain_update(salt)
            .chain_update(data)
            .finalize()
            .to_vec(),
    }
}

fn keyed(algorithm: Algorithm, key: &[u8], data: &[u8]) -> Result<Vec<u8>, HashError> {
    fn tag<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Result<Vec<u8>, HashError> {
        let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| HashError::ShortKey)?;
        Ok(mac.chain_update(data).finalize().into_bytes().to_vec())
    }
    match algorithm {
        Algorithm::Sha256 => tag::<Hmac<Sha256>>(key, data),
        Algorithm::Sha512 => tag::<Hmac<Sha512>>(key, data),
    }
}
