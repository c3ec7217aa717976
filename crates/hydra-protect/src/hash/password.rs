//! Passwords: argon2id, which is slow on purpose and needs memory.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{HashError, SALT};

/// 19 MiB, two passes, one lane: what OWASP's Password Storage Cheat Sheet asks for at least.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The most memory that a hash may ask for when it is verified: it may come from somewhere else.
const MOST_MEMORY_KIB: u32 = 1 << 20;

/// A password's hash, as a PHC string. Takes tens of milliseconds and 19 MiB.
///
/// ```
/// use hydra_protect::hash::{hash_password, verify_password};
///
/// let hash = hash_password("correct horse battery staple")?;
/// assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert!(verify_password("correct horse battery staple", &hash)?);
/// assert!(!verify_password("Tr0ub4dor&3", &hash)?);
/// # Ok::<(), hydra_protect::hash::HashError>(())
/// ```
///
/// # Errors
/// The system gave no random numbers, or no memory.
pub fn hash_password(password: impl AsRef<[u8]>) -> Result<String, HashError> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|_| HashError::NoRandomNumbers)?;
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_ref(), &salt)
        .map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether a hash (a PHC string of argon2) is one of that password, with the parameters that the
/// hash names.
///
/// # Errors
/// What is no such string, or asks for more than 1 GiB.
pub fn verify_password(password: impl AsRef<[u8]>, hash: &str) -> Result<bool, HashError> {
    let hash = PasswordHash::new(hash).map_err(failed)?;
    let parameters = Params::try_from(&hash).map_err(failed)?;
    if parameters.m_cost() > MOST_MEMORY_KIB {
        return Err(HashError::Password {
            reason: "it asks for more than 1 GiB of memory".into(),
        });
    }
    match Argon2::default().verify_password(password.as_ref(), &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Password {
        reason: error.to_string(),
    }
}
