//! Why lines cannot be sealed.

use std::fmt;
use std::io;

/// Why an audit file cannot be begun, continued or read, or a key not be used.
///
/// ```
/// use hydra_protect::audit::VerifyingKey;
/// let error = VerifyingKey::from_pem("not a key").unwrap_err();
/// assert!(error.to_string().starts_with("not a public key"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum AuditError {
    /// The file, or the system's source of random numbers, failed.
    Io(io::Error),
    /// A key file does not hold what it should; what it should hold.
    Key(&'static str),
    /// A line holds a newline, or more than [`LONGEST_LINE`](super::LONGEST_LINE) bytes.
    Line(&'static str),
    /// The file to continue does not begin with the header of an audit file.
    NotAnAuditFile,
    /// The file to continue was begun with another key.
    OtherKey {
        /// The fingerprint of the file's key.
        file: String,
        /// The fingerprint of the key at hand.
        given: String,
    },
    /// What stands behind the last checkpoint of the file to continue does not verify.
    Damaged {
        /// Where the first wrong line begins, in bytes from the beginning of the file.
        offset: u64,
        /// How many lines behind the checkpoint are right.
        right: u64,
    },
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditError::Io(error) => error.fmt(f),
            AuditError::Key(what) | AuditError::Line(what) => f.write_str(what),
            AuditError::NotAnAuditFile => f.write_str(
                "the file does not begin with the header of an audit file, so nothing can be \
                 chained to it; move it away, and a new one is begun",
            ),
            AuditError::OtherKey { file, given } => write!(
                f,
                "the file was begun with the key {file}, the key at hand is {given}; continue it \
                 with its own key, or move it away, and a new one is begun"
            ),
            AuditError::Damaged { offset, right } => write!(
                f,
                "the chain is broken at byte {offset}, {right} lines behind its last checkpoint, so \
                 nothing can be added to it; `hydra verify` tells what is wrong; move the file away \
                 (it is evidence), and a new one is begun"
            ),
        }
    }
}

impl std::error::Error for AuditError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            AuditError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for AuditError {
    fn from(error: io::Error) -> AuditError {
        AuditError::Io(error)
    }
}

impl From<AuditError> for io::Error {
    fn from(error: AuditError) -> io::Error {
        match error {
            AuditError::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        }
    }
}
