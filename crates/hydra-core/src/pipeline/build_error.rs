//! What can be wrong with a configuration that is well-formed.

use std::fmt;

use crate::format::FormatError;

/// A configuration that cannot be turned into destinations.
///
/// ```
/// use hydra_core::config::{Config, DestinationConfig, DestinationKind, NetworkConfig, NetworkType};
/// use hydra_core::pipeline::Assembly;
///
/// let mut config = Config::default();
/// let http = DestinationKind::Network(NetworkConfig::new(NetworkType::Http));
/// config.layers.get_mut("DEFAULT").unwrap().destinations.push(DestinationConfig::new(http));
/// let error = Assembly::new(&config, None).unwrap_err();
/// assert!(error.to_string().starts_with("layers.DEFAULT.destinations[1]: this build has no"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// A template, time format or time zone is wrong.
    Format {
        /// Where: `layers.APP.destinations[1]`.
        path: String,
        /// What is wrong.
        source: FormatError,
    },
    /// The destination's type, or what it is to do, is not part of this build.
    Unavailable {
        /// Where: `layers.APP.destinations[1]`.
        path: String,
        /// What is missing: `async_http`, `gzip compression`.
        what: &'static str,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// What the redaction asks for cannot be done.
    Redaction {
        /// Where: `layers.APP`.
        path: String,
        /// What is wrong.
        source: hydra_protect::RuleError,
    },
    /// Two settings that cannot go together.
    Conflict {
        /// Where: `layers.APP.destinations[1].format`.
        path: String,
        /// What is wrong, and what would be right.
        what: &'static str,
    },
    /// A destination that must open at once (`lazy_initialization: false`) does not.
    Open {
        /// Where: `layers.APP.destinations[1]`.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::Format { path, source } => write!(f, "{path}: {source}"),
            BuildError::Redaction { path, source } => write!(f, "{path}: redaction: {source}"),
            BuildError::Unavailable {
                path,
                what,
                feature,
            } => write!(
                f,
                "{path}: this build has no {what}; it comes with the feature {feature:?}"
            ),
            BuildError::Conflict { path, what } => write!(f, "{path}: {what}"),
            BuildError::Open { path, source } => {
                write!(f, "{path}: cannot be opened: {source}")
            }
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BuildError::Format { source, .. } => Some(source),
            BuildError::Open { source, .. } => Some(source),
            BuildError::Redaction { source, .. } => Some(source),
            BuildError::Unavailable { .. } | BuildError::Conflict { .. } => None,
        }
    }
}
