//! A handle to one layer, for a loop that logs much: `logger.layer("DB")`.

use hydra_logger::Layer;
use pyo3::prelude::*;

use crate::levels::level_of;
use crate::logger::HydraLogger;

/// One layer of a logger: the same methods, without a layer among their arguments.
///
/// >>> db = HydraLogger().layer("DB")
/// >>> for rows in range(3):
/// ...     db.info("fetched", rows=rows)
#[pyclass(frozen, name = "Layer", module = "hydra_logger._core", weakref)]
pub(crate) struct LayerHandle {
    pub(crate) layer: Layer,
    pub(crate) raise_errors: bool,
    /// Kept open as long as the handle lives.
    pub(crate) logger: Py<HydraLogger>,
}

impl LayerHandle {
    #[inline]
    pub(crate) fn source(&self) -> bool {
        self.logger
            .get()
            .source
            .load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[pymethods]
impl LayerHandle {
    /// The layer's name, as it stands in its lines.
    #[getter]
    fn name(&self) -> &str {
        self.layer.name()
    }

    /// The level from which on the layer takes records, as a word.
    #[getter]
    fn level(&self) -> &'static str {
        self.layer.level().name()
    }

    /// Whether a record of this level, a word or a number, would go anywhere.
    fn is_enabled_for(&self, level: &Bound<'_, PyAny>) -> bool {
        level_of(level.as_borrowed()).is_some_and(|level| self.layer.is_enabled(level))
    }

    fn __repr__(&self) -> String {
        format!("<Layer {:?} at {}>", self.layer.name(), self.level())
    }
}
