//! Fields for every record of a scope: `with logger.contextualize(request_id=7): …`.
//!
//! They are kept by a `contextvars.ContextVar`, so that they follow tasks and coroutines as Python's
//! own context does: its value is an object of ours, which holds them ready for the core.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bumpalo::Bump;
use hydra_logger::{Context, Scope, ToValue};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::logger::HydraLogger;
use crate::shown::Shown;
use crate::values::Walk;

/// Until the first scope is entered anywhere, a record costs one load here and no more.
static USED: AtomicBool = AtomicBool::new(false);

/// The variable, and its `get`.
static VARIABLE: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();

/// The variable's value.
#[pyclass(frozen, module = "hydra_logger._core")]
struct ScopedFields(Context);

fn variable(py: Python<'_>) -> PyResult<&(Py<PyAny>, Py<PyAny>)> {
    VARIABLE.get_or_try_init(py, || {
        let class = py.import("_contextvars")?.getattr("ContextVar")?;
        let default = PyDict::new(py);
        default.set_item("default", py.None())?;
        let variable = class.call(("hydra_logger",), Some(&default))?;
        let get = variable.getattr("get")?;
        Ok((variable.unbind(), get.unbind()))
    })
}

fn current(py: Python<'_>) -> PyResult<Context> {
    let value = variable(py)?.1.call0(py)?;
    let fields = value.bind(py).cast::<ScopedFields>();
    Ok(fields
        .map(|fields| fields.get().0.clone())
        .unwrap_or_default())
}

/// Gives the record that is made next the fields of the scope it is in.
#[inline]
pub(crate) fn enter(py: Python<'_>) -> PyResult<Option<Scope>> {
    if !USED.load(Relaxed) {
        return Ok(None);
    }
    let context = current(py)?;
    let empty = context.fields().next().is_none();
    Ok((!empty).then(|| context.enter()))
}

#[pymethods]
impl HydraLogger {
    /// A scope whose records carry these fields, of every logger, in this task or thread and in the
    /// tasks that it starts. Scopes nest; a field of the call wins over one of the scope.
    ///
    /// >>> logger = HydraLogger()
    /// >>> with logger.contextualize(request_id=7):
    /// ...     logger.info("API", "accepted")
    #[pyo3(signature = (**fields))]
    fn contextualize(&self, fields: Option<&Bound<'_, PyDict>>) -> PyResult<ContextScope> {
        let arena = Bump::new();
        let mut walk = Walk::new(
            &arena,
            Shown::new(self.arguments.raise_errors, "contextualize"),
        );
        let mut values = Vec::new();
        for (name, value) in fields.into_iter().flatten() {
            values.push((walk.name(&name)?, walk.value(&value)?));
        }
        Ok(ContextScope {
            added: Context::new().with_all(values),
            tokens: Mutex::default(),
        })
    }
}

/// What `contextualize` returns.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct ContextScope {
    added: Context,
    /// One for each time it was entered, to go back by.
    tokens: Mutex<Vec<Py<PyAny>>>,
}

impl ContextScope {
    fn tokens(&self) -> MutexGuard<'_, Vec<Py<PyAny>>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl ContextScope {
    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let py = slf.py();
        let this = slf.get();
        let added = this.added.fields();
        let added = added.map(|(name, value)| (name, value.to_value()));
        let fields = ScopedFields(current(py)?.with_all(added));
        let token = variable(py)?
            .0
            .call_method1(py, intern!(py, "set"), (fields,))?;
        this.tokens().push(token);
        USED.store(true, Relaxed);
        Ok(slf)
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let token = self.tokens().pop();
        if let Some(token) = token {
            variable(py)?
                .0
                .call_method1(py, intern!(py, "reset"), (token,))?;
        }
        Ok(())
    }
}
