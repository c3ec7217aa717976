//! The class `HydraLogger`.

use hydra_logger::{Level, Logger};
use pyo3::prelude::*;

use crate::exceptions::handler_error;

/// A logger: layers, each with its level and its destinations.
#[pyclass(frozen, subclass, dict, weakref, module = "hydra_logger")]
pub(crate) struct HydraLogger {
    logger: Logger,
}

impl HydraLogger {
    fn log_text(&self, level: Level, layer: &str, message: &str) {
        self.logger.log(level, layer, message);
    }
}

#[pymethods]
impl HydraLogger {
    #[new]
    fn new() -> HydraLogger {
        HydraLogger {
            logger: Logger::new(),
        }
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

    /// Bring everything that was logged to where it goes.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        let flushed = py.detach(|| self.logger.flush());
        flushed.map_err(|error| handler_error(py, error.to_string()))
    }

    /// Flush and end the logger; closing again does nothing.
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
}
