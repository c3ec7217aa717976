//! A handle to one layer, for a loop that logs much: `logger.layer("DB")`.

use hydra_logger::{Context, Layer};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bound_logger::BoundLogger;
use crate::context;
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
    /// The fields that it was bound to, if any.
    pub(crate) fields: Option<Context>,
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

    /// The same layer with fields of its own, which every record made through it carries.
    #[pyo3(signature = (**fields))]
    fn bind(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<LayerHandle> {
        let more = context::of(self.raise_errors, fields)?;
        let fields = match &self.fields {
            Some(fields) => context::with(fields, &more),
            None => more,
        };
        Ok(LayerHandle {
            layer: self.layer.clone(),
            raise_errors: self.raise_errors,
            fields: Some(fields),
            logger: self.logger.clone_ref(py),
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.logger)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// In another process, what it was made of there.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (BoundLogger,))> {
        let caller = py.import("operator")?.getattr("methodcaller")?;
        let layer = caller.call1(("layer", self.layer.name()))?;
        let logger = BoundLogger {
            logger: self.logger.clone_ref(py),
            fields: self.fields.clone().unwrap_or_default(),
        };
        Ok((layer, (logger,)))
    }

    fn __repr__(&self) -> String {
        format!("<Layer {:?} at {}>", self.layer.name(), self.level())
    }
}
