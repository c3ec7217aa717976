//! A logger with fields of its own: `logger.bind(service="payments")`.

use hydra_logger::Context;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::context;
use crate::fastcall::{Arguments, Receiver};
use crate::layer_handle::LayerHandle;
use crate::logger::HydraLogger;
use crate::owned_value::fields_of;

/// A logger whose records carry the fields that it was bound to. What it does not have itself, it
/// takes from the logger that it was made of.
///
/// >>> orders = HydraLogger().bind(service="orders")
/// >>> orders.warning("API", "slow", seconds=2.5)
#[pyclass(frozen, module = "hydra_logger._core", weakref)]
pub(crate) struct BoundLogger {
    pub(crate) logger: Py<HydraLogger>,
    pub(crate) fields: Context,
}

impl Receiver for BoundLogger {
    #[inline]
    fn call<const N: u8>(&self, call: Arguments<'_, '_>) -> PyResult<()> {
        self.logger.get().call_with::<N>(call, Some(&self.fields))
    }

    #[inline]
    fn is_awaited(&self) -> bool {
        self.logger.get().is_async
    }
}

#[pymethods]
impl BoundLogger {
    /// The logger with these fields too; one of the same name is replaced.
    #[pyo3(signature = (**fields))]
    fn bind(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<BoundLogger> {
        let more = context::of(self.logger.get().arguments.raise_errors, fields)?;
        Ok(BoundLogger {
            logger: self.logger.clone_ref(py),
            fields: context::with(&self.fields, &more),
        })
    }

    /// The logger without these of its fields.
    #[pyo3(signature = (*names))]
    #[expect(clippy::needless_pass_by_value, reason = "PyO3 hands it over so")]
    fn unbind(&self, py: Python<'_>, names: Vec<String>) -> BoundLogger {
        BoundLogger {
            logger: self.logger.clone_ref(py),
            fields: context::without(&self.fields, &names),
        }
    }

    /// A handle to a layer, with these fields.
    fn layer(&self, py: Python<'_>, name: &str) -> LayerHandle {
        let logger = self.logger.get();
        LayerHandle {
            layer: logger.logger.layer(name),
            raise_errors: logger.arguments.raise_errors,
            fields: Some(self.fields.clone()),
            logger: self.logger.clone_ref(py),
        }
    }

    /// The logger that this one was made of.
    #[getter]
    fn logger(&self, py: Python<'_>) -> Py<HydraLogger> {
        self.logger.clone_ref(py)
    }

    /// The fields that it was bound to.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        fields_of(py, self.fields.fields())
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.logger.bind(py).as_any().getattr(name)
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
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<HydraLogger>,))> {
        let caller = py.import("operator")?.getattr("methodcaller")?;
        let bind = caller.call(("bind",), Some(&self.fields(py)?))?;
        Ok((bind, (self.logger.clone_ref(py),)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = self.fields(py)?.repr()?.to_string();
        let logger = self.logger.bind(py).as_any().repr()?.to_string();
        Ok(format!("<BoundLogger with {fields} of {logger}>"))
    }
}
