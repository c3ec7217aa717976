//! Loggers from configuration files and presets.

use std::path::Path;

use hydra_core::config::{Config, Value, env, load_value};

use crate::{Error, Logger};

impl Logger {
    /// A logger with the configuration of a file: YAML, TOML or JSON, by its name's ending. What is
    /// doubtful in it is told on stderr; `HYDRA_LOG_*` variables win over the file.
    ///
    /// # Errors
    /// Everything that is wrong with the file at once, or what cannot be carried out here.
    ///
    /// ```
    /// use hydra_logger::{Error, Logger};
    /// let error = Logger::from_file("no/such/file.yaml").unwrap_err();
    /// assert!(matches!(error, Error::Config(_)));
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Logger, Error> {
        Logger::with_environment(Config::from_file(path)?)
    }

    /// A logger with a preset: `production`, `development`, `testing`, `microservice`, `web_app`,
    /// `api_service`, `background_worker`, `high_performance`, `minimal_features`, `bare_metal`, or
    /// one that was registered with [`presets::register`](hydra_core::config::presets::register). `HYDRA_LOG_*` variables win over it.
    ///
    /// # Errors
    /// There is no such preset, or it cannot be carried out here.
    ///
    /// ```
    /// use hydra_logger::Logger;
    /// let logger = Logger::preset("testing")?;
    /// logger.warning("TEST", "shown on the console");
    /// assert!(Logger::preset("prodution").unwrap_err().to_string().contains("production"));
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    pub fn preset(name: &str) -> Result<Logger, Error> {
        // As a file that extends it: so a name that is not known gets the same answer.
        let extends = Value::map([("extends", name.into())]);
        Logger::with_environment(load_value(&extends)?.config)
    }

    fn with_environment(mut config: Config) -> Result<Logger, Error> {
        env::apply_process(&mut config);
        Ok(Logger::from_config(config)?)
    }
}
