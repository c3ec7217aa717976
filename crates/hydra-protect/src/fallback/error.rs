//! What can go wrong with a file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file was not written, read or recovered.
#[derive(Debug)]
#[non_exhaustive]
pub enum FallbackError {
    /// The system refused.
    Io {
        /// What was being done: `create`, `write`, `rename` and so on.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A value that the format cannot hold.
    Value {
        /// What was wrong with it; never the value.
        reason: String,
    },
    /// The file is damaged, and no backup of it is whole.
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and why.
        damage: super::Damage,
    },
}

impl FallbackError {
    pub(super) fn io<'p>(
        doing: &'static str,
        path: &'p Path,
    ) -> impl FnOnce(io::Error) -> FallbackError + use<'p> {
        move |source| FallbackError::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}

impl fmt::Display for FallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FallbackError::Io {
                doing,
                path,
                source,
            } => write!(f, "cannot {doing} {}: {source}", path.display()),
            FallbackError::Value { reason } => write!(f, "cannot write such a value: {reason}"),
            FallbackError::Damaged { path, damage } => write!(
                f,
                "{} is damaged ({damage}), and no backup of it is whole",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FallbackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            FallbackError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
