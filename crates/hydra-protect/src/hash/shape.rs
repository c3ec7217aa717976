//! What hashes look like, made after the PHC string format:
//! `$ALGORITHM$v=VERSION[,k=KEY]$[SALT$]HASH`, salt and hash in lower-case hexadecimal digits.

use super::{Algorithm, HashError};

/// A hash taken apart.
pub(super) enum Shape<'h> {
    Salted(Algorithm, Vec<u8>, Vec<u8>),
    Keyed(Algorithm, &'h str, Vec<u8>),
    /// Digits alone, of a program that knows no salt.
    Bare(Algorithm, Vec<u8>),
}

impl Shape<'_> {
    pub(super) fn of(hash: &str) -> Result<Shape<'_>, HashError> {
        let hash = hash.trim();
        let Some(rest) = hash.strip_prefix('$') else {
            return bare(hash);
        };
        let parts: Vec<&str> = rest.split('$').collect();
        match parts.as_slice() {
            [name, "v=1", salt, hash] => Ok(Shape::Salted(
                name.parse()?,
                bytes(salt).ok_or(HashError::NoHash)?,
                bytes(hash).ok_or(HashError::NoHash)?,
            )),
            [name, parameters, hash] if name.starts_with("hmac-") => {
                let id = parameters.strip_prefix("v=1,k=").ok_or(HashError::NoHash)?;
                let algorithm = name.trim_start_matches("hmac-").parse()?;
                let hash = bytes(hash).ok_or(HashError::NoHash)?;
                Ok(Shape::Keyed(algorithm, id, hash))
            }
            _ => Err(HashError::NoHash),
        }
    }
}

fn bare(hash: &str) -> Result<Shape<'_>, HashError> {
    let bytes = bytes(hash).ok_or(HashError::NoHash)?;
    match bytes.len() {
        32 => Ok(Shape::Bare(Algorithm::Sha256, bytes)),
        64 => Ok(Shape::Bare(Algorithm::Sha512, bytes)),
        16 => Err(HashError::BrokenAlgorithm { name: "md5".into() }),
        20 => Err(HashError::BrokenAlgorithm {
            name: "sha1".into(),
        }),
        _ => Err(HashError::NoHash),
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |b: &u8| {
        char::from(*b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    let digits = digits.as_bytes();
    (!digits.is_empty())
        .then(|| digits.chunks(2).map(pair).collect())
        .flatten()
}
