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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Logger;
    use crate::config::{
        Config, DestinationConfig, DestinationKind, LayerConfig, NetworkConfig, NetworkType,
    };

    #[test]
    fn each_error_says_where_and_what_would_be_right() {
        let mut config = Config::default();
        config
            .layers
            .insert("__MINE__".into(), LayerConfig::default());
        let wrong = Error::from(config.validate().unwrap_err());
        assert!(matches!(wrong, Error::Config(_)));
        assert!(wrong.to_string().contains("__MINE__"), "{wrong}");

        let mut config = Config::default();
        let http = DestinationKind::Network(NetworkConfig::new(NetworkType::Http));
        let default = config.layers.get_mut("DEFAULT").unwrap();
        default.destinations.push(DestinationConfig::new(http));
        let build = Error::from(Logger::from_config(config).unwrap_err());
        assert!(matches!(build, Error::Build(_)));
        let start = "layers.DEFAULT.destinations[1]: this build has no";
        assert!(build.to_string().starts_with(start), "{build}");

        let watch = Error::Watch(std::io::ErrorKind::OutOfMemory.into());
        assert!(
            watch
                .to_string()
                .starts_with("the file cannot be watched: ")
        );
    }
}
