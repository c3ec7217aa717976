//! Why a logger could not be made.

use std::fmt;

use hydra_core::config::ConfigError;
use hydra_core::pipeline::BuildError;

/// Why a logger could not be made.
///
/// ```
/// use hydra_logger::{Config, Error};
/// let mut config = Config::default();
/// config.layers.insert("__MINE__".into(), Default::default());
/// let error = Error::from(config.validate().unwrap_err());
/// assert!(error.to_string().contains("reserved"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is wrong, or cannot be read: every fault of it.
    Config(ConfigError),
    /// The configuration is right, but cannot be carried out here.
    Build(BuildError),
    /// The thread that watches a file cannot be started.
    Watch(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Config(error) => error.fmt(f),
            Error::Build(error) => error.fmt(f),
            Error::Watch(error) => write!(f, "the file cannot be watched: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Error::Config(error)
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Error::Build(error)
    }
}
