//! Loggers from configuration files and presets.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use hydra_core::config::{Config, Value, Watch, load_value, watch};
use hydra_core::diagnostics::{self, ErrorKind};

use crate::logger::{WeakLogger, under_environment};
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
        let config = Config::from_file(path)?;
        Ok(under_environment(config, Logger::from_config)?)
    }

    /// A logger with a preset: `production`, `development`, `testing`, `microservice`, `web_app`,
    /// `api_service`, `background_worker`, `high_performance`, `minimal_features`, `bare_metal`,
    /// `async_production`, `throughput_optimized`, `latency_critical`, `ultra_high_performance`, or
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
        let config = load_value(&extends)?.config;
        Ok(under_environment(config, Logger::from_config)?)
    }

    /// A logger that follows its file: when it changes, or a file that it includes, the logger goes
    /// on with the new configuration within a second or two, and loses no record. A new file that is
    /// wrong is reported, and the old configuration stays.
    ///
    /// Following ends when the returned [`Watch`] is dropped; it does not keep the logger alive.
    ///
    /// # Errors
    /// As [`Logger::from_file`]; or the watching thread cannot be started.
    ///
    /// ```no_run
    /// use hydra_logger::Logger;
    /// let (logger, watch) = Logger::from_watched_file("hydra.yaml")?;
    /// logger.info("APP", "edit hydra.yaml, and see");
    /// # drop(watch);
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    pub fn from_watched_file(path: impl AsRef<Path>) -> Result<(Logger, Watch), Error> {
        let followed: Arc<OnceLock<WeakLogger>> = Arc::default();
        let target = Arc::clone(&followed);
        // The watch begins before the file is read, so that no change falls between the two.
        let watch = watch(path.as_ref(), move |loaded| {
            // A change that is seen while the logger is being made waits for it.
            let Some(logger) = target.wait().upgrade() else {
                return;
            };
            let update = |config| logger.update_config(config);
            if let Err(error) = under_environment(loaded.config, update) {
                diagnostics::report(ErrorKind::Configuration, "a changed file", &error);
            }
        })
        .map_err(Error::Watch)?;
        let logger = Logger::from_file(path);
        // Without a logger, too: the watch would wait for ever.
        let follow = logger
            .as_ref()
            .map_or_else(|_| WeakLogger::default(), Logger::downgrade);
        let _ = followed.set(follow);
        Ok((logger?, watch))
    }
}
