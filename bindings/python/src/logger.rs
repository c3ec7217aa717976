//! The class `HydraLogger`.

use hydra_logger::config::Config;
use hydra_logger::{Error, Level, Logger};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::Arguments;
use crate::config;
use crate::config_value::to_python;
use crate::exceptions::{handler_error, not_made};

/// A logger: layers, each with its level and its destinations.
///
/// Without a configuration, INFO and above goes to stderr as plain text, in colour on a terminal.
///
/// >>> logger = HydraLogger()
/// >>> logger.info("APP", "started")
///
/// config is a mapping, a LoggingConfig, or the path of a YAML, TOML or JSON file. Arguments win
/// over HYDRA_LOG_* variables, these over the configuration; all of them have the meaning of the
/// configuration's keys. buffer_size is in bytes or a text such as "16KB", flush_interval in
/// seconds, a timedelta, or a text such as "100ms". A mode switches features off and buffers files
/// (16 KiB), and leaves destinations as they are. raise_errors is for tests: what is otherwise
/// reported is raised.
///
/// Raises ConfigurationError with every fault of the configuration.
#[pyclass(frozen, subclass, dict, weakref, module = "hydra_logger")]
pub(crate) struct HydraLogger {
    pub(crate) logger: Logger,
    arguments: Arguments,
}

impl HydraLogger {
    fn log_text(&self, level: Level, layer: &str, message: &str) {
        self.logger.log(level, layer, message);
    }
}

#[pymethods]
impl HydraLogger {
    #[new]
    #[pyo3(
        signature = (config = None, **arguments),
        text_signature = "(config=None, *, enable_security=None, enable_sanitization=None, \
            enable_plugins=None, enable_performance_monitoring=None, enable_analytics=None, \
            redact_sensitive=None, date_format=None, time_format=None, logger_name_format=None, \
            message_format=None, buffer_size=None, flush_interval=None, \
            high_performance_mode=False, minimal_features_mode=False, bare_metal_mode=False, \
            ultra_fast_mode=False, raise_errors=False)"
    )]
    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        arguments: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<HydraLogger> {
        let arguments = Arguments::new(py, arguments)?;
        let config = config.map_or_else(|| Ok(Config::default()), |config| loaded(py, config))?;
        let logger = made(py, || arguments.logger(config))?;
        Ok(HydraLogger { logger, arguments })
    }

    fn debug(&self, layer: &str, message: &str) {
        self.log_text(Level::Debug, layer, message);
    }

    fn info(&self, layer: &str, message: &str) {
        self.log_text(Level::Info, layer, message);
    }

    fn warning(&self, layer: &str, message: &str) {
        self.log_text(Level::Warning, layer, message);
    }

    fn error(&self, layer: &str, message: &str) {
        self.log_text(Level::Error, layer, message);
    }

    fn critical(&self, layer: &str, message: &str) {
        self.log_text(Level::Critical, layer, message);
    }

    /// The configuration in force, without what is as it is by default.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.logger.config().to_value())
    }

    /// Replace the configuration: a mapping, a LoggingConfig or a path, as the constructor takes.
    ///
    /// The arguments of the constructor still win. Handles stay good, no record is lost, and none
    /// is written twice. Raises ConfigurationError, and then everything stays as it was.
    fn update_config(&self, config: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = config.py();
        let config = loaded(py, config)?;
        made(py, || self.arguments.update(&self.logger, config))
    }

    /// Bring everything that was logged to where it goes.
    ///
    /// Raises HandlerError if a destination could not: the others are flushed all the same.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        let flushed = py.detach(|| self.logger.flush());
        flushed.map_err(|error| handler_error(py, error.to_string()))
    }

    /// Flush and end the logger; closing again does nothing.
    ///
    /// Raises HandlerError if a destination could not be flushed.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let closed = py.detach(|| self.logger.close());
        closed.map_err(|error| handler_error(py, error.to_string()))
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        let config = self.logger.config();
        let layers: Vec<&str> = config.layers.keys().map(String::as_str).collect();
        format!("<HydraLogger of {}>", layers.join(", "))
    }
}

fn loaded(py: Python<'_>, config: &Bound<'_, PyAny>) -> PyResult<Config> {
    let loaded = config::load(py, config)?;
    config::tell(&loaded.warnings);
    Ok(loaded.config)
}

/// Without the GIL: destinations are flushed, and files opened where the configuration asks for it.
fn made<T: Send>(py: Python<'_>, make: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    py.detach(make).map_err(|error| not_made(py, &error))
}
