//! What can be wrong with hashing and verifying.

use std::fmt;

/// Why nothing was hashed or verified. Holds neither a value nor a hash nor a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashError {
    /// An algorithm in which collisions are made at will.
    BrokenAlgorithm {
        /// Its name.
        name: String,
    },
    /// An algorithm that is not known here.
    UnknownAlgorithm {
        /// Its name.
        name: String,
    },
    /// A key shorter than 16 bytes.
    ShortKey,
    /// An id that could not be told from the rest of a hash.
    KeyId {
        /// The id.
        id: String,
    },
    /// An id that names two keys.
    DoubleKey {
        /// The id.
        id: String,
    },
    /// A hash that was made with a key that is not at hand.
    UnknownKey {
        /// The key's id.
        id: String,
        /// The ids of those that are.
        known: Vec<String>,
    },
    /// What was given is no hash.
    NoHash,
    /// The system gave no random numbers.
    NoRandomNumbers,
    /// A password could not be hashed, or its hash not be taken apart.
    Password {
        /// What stood in the way.
        reason: String,
    },
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HashError::BrokenAlgorithm { name } => write!(
                f,
                "{name} is broken: two values with one hash are made at will; use sha256 or sha512"
            ),
            HashError::UnknownAlgorithm { name } => {
                write!(f, "there is no algorithm {name:?}: use sha256 or sha512")
            }
            HashError::ShortKey => f.write_str("a key has at least 16 bytes, best 32 random ones"),
            HashError::KeyId { id } => write!(
                f,
                "{id:?} cannot name a key: use 1 to 32 letters, digits, '-', '_' or '.'"
            ),
            HashError::DoubleKey { id } => write!(f, "there already is a key named {id:?}"),
            HashError::UnknownKey { id, known } if known.is_empty() => write!(
                f,
                "the hash was made with the key {id:?}, and this hasher has no key"
            ),
            HashError::UnknownKey { id, known } => write!(
                f,
                "the hash was made with the key {id:?}, and this hasher has {}",
                known.join(", ")
            ),
            HashError::NoHash => f.write_str(
                "this is no hash: expected $sha256$v=1$SALT$HASH, $hmac-sha256$v=1,k=ID$HASH, or 64 \
                 or 128 hexadecimal digits",
            ),
            HashError::NoRandomNumbers => f.write_str("the system gave no random numbers for a salt"),
            HashError::Password { reason } => write!(f, "the password's hash: {reason}"),
        }
    }
}

impl std::error::Error for HashError {}
