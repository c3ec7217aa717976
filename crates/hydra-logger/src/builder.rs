//! [`LoggerBuilder`]: a logger made step by step.

use std::path::PathBuf;

use hydra_core::config::{
    Config, ConfigBuilder, ConsoleConfig, DEFAULT_LAYER, DestinationBuilder, Durability,
    FileConfig, LayerBuilder,
};

use hydra_core::pipeline::CustomDestination;

use crate::{Error, Level, Logger};

impl Logger {
    /// Begins a logger without layers. Where none is given it has the layer `DEFAULT` with a
    /// console, as [`Logger::new`] has.
    ///
    /// ```
    /// use hydra_logger::format::FormatKind;
    /// use hydra_logger::{Level, Logger};
    ///
    /// let logger = Logger::builder()
    ///     .level(Level::Debug)
    ///     .console(|console| console.level(Level::Warning))
    ///     .layer("AUDIT", |layer| {
    ///         layer.file("logs/audit.log", |file| file.format(FormatKind::Json).max_size(10 << 20))
    ///     })
    ///     .build()?;
    /// assert!(logger.is_enabled("AUDIT", Level::Debug));
    /// assert!(!logger.is_enabled("ANY_OTHER", Level::Info));
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    pub fn builder() -> LoggerBuilder {
        LoggerBuilder {
            config: Config::builder(),
            custom: Vec::new(),
        }
    }
}

/// Makes a [`Logger`], see [`Logger::builder`]. The environment is not asked: what the program
/// says, wins.
///
/// ```
/// use hydra_logger::Logger;
/// let logger = Logger::builder()
///     .console(|console| console)
///     .file("logs/app.log", |file| file)
///     .build()?;
/// assert_eq!(logger.metrics().destinations.len(), 2);
/// # Ok::<(), hydra_logger::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct LoggerBuilder {
    config: ConfigBuilder,
    custom: Vec<CustomDestination>,
}

impl LoggerBuilder {
    /// The level of layers that have none of their own. Default: INFO.
    pub fn level(self, level: Level) -> LoggerBuilder {
        self.config(|config| config.default_level(level))
    }

    /// Adds a layer, or goes on with the one of this name.
    pub fn layer(
        self,
        name: impl Into<String>,
        build: impl FnOnce(LayerBuilder) -> LayerBuilder,
    ) -> LoggerBuilder {
        self.config(|config| config.layer(name, build))
    }

    /// Adds a console to the layer `DEFAULT`, which takes the records of every layer that is not
    /// configured.
    pub fn console(
        self,
        build: impl FnOnce(DestinationBuilder<ConsoleConfig>) -> DestinationBuilder<ConsoleConfig>,
    ) -> LoggerBuilder {
        self.layer(DEFAULT_LAYER, |layer| layer.console(build))
    }

    /// Adds a file to the layer `DEFAULT`.
    pub fn file(
        self,
        path: impl Into<PathBuf>,
        build: impl FnOnce(DestinationBuilder<FileConfig>) -> DestinationBuilder<FileConfig>,
    ) -> LoggerBuilder {
        self.layer(DEFAULT_LAYER, |layer| layer.file(path, build))
    }

    /// Adds a destination of your own.
    ///
    /// ```
    /// use hydra_logger::{CustomDestination, Destination, DestinationStats, LineMeta, Logger};
    /// use std::sync::{Arc, Mutex};
    ///
    /// #[derive(Default)]
    /// struct Lines(Mutex<Vec<String>>, DestinationStats);
    /// impl Destination for Lines {
    ///     fn deliver(&self, line: &[u8], meta: &LineMeta) -> std::io::Result<()> {
    ///         self.0.lock().unwrap().push(String::from_utf8_lossy(line).into_owned());
    ///         self.1.delivered(meta.level, line.len());
    ///         Ok(())
    ///     }
    ///     fn flush(&self) -> std::io::Result<()> {
    ///         Ok(())
    ///     }
    ///     fn stats(&self) -> &DestinationStats {
    ///         &self.1
    ///     }
    /// }
    ///
    /// let lines = Arc::new(Lines::default());
    /// let logger = Logger::builder()
    ///     .destination(CustomDestination::new("APP", "my lines", lines.clone()))
    ///     .build()?;
    /// logger.info("APP", "to a place of my own");
    /// assert!(lines.0.lock().unwrap()[0].ends_with("to a place of my own\n"));
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    pub fn destination(mut self, destination: CustomDestination) -> LoggerBuilder {
        self.custom.push(destination);
        self
    }

    /// What an asynchronous logger's records survive once their call has returned; `process`: the
    /// end of the process at any instant, `power`: a loss of power. See also [`LoggerBuilder::state_dir`].
    ///
    /// ```
    /// use hydra_logger::config::Durability;
    /// use hydra_logger::{EngineOptions, Logger};
    /// # let directory = tempfile::tempdir()?;
    /// let logger = Logger::builder()
    ///     .file(directory.path().join("app.log"), |file| file)
    ///     .durability(Durability::Process)
    ///     .state_dir(directory.path().join("state"))
    ///     .build()?
    ///     .into_async(EngineOptions::default());
    /// assert_eq!(logger.durability(), Durability::Process);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn durability(self, durability: Durability) -> LoggerBuilder {
        self.config(|config| config.durability(durability))
    }

    /// The directory for what must outlive the process. Default: see
    /// [`state_dir`](hydra_core::state_dir).
    pub fn state_dir(self, path: impl Into<PathBuf>) -> LoggerBuilder {
        self.config(|config| config.state_dir(path))
    }

    /// Whatever else a configuration holds: templates, colours, sizes, switches.
    ///
    /// ```
    /// use hydra_logger::Logger;
    /// let logger = Logger::builder()
    ///     .config(|config| config.source(true).max_message_size(4096))
    ///     .build()?;
    /// assert!(logger.config().source);
    /// # Ok::<(), hydra_logger::Error>(())
    /// ```
    pub fn config(self, build: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> LoggerBuilder {
        LoggerBuilder {
            config: build(self.config),
            ..self
        }
    }

    /// The logger. Nothing is opened or created before the first record.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration at once, or what cannot be carried out here.
    ///
    /// ```
    /// use hydra_logger::Logger;
    /// let error = Logger::builder().layer("__MINE__", |layer| layer).build().unwrap_err();
    /// assert!(error.to_string().contains("reserved"));
    /// ```
    pub fn build(self) -> Result<Logger, Error> {
        Ok(Logger::with_custom(self.config.build()?, self.custom)?)
    }
}
