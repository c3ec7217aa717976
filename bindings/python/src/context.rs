//! Fields for every record of a scope: `with logger.contextualize(request_id=7): …`.
//!
//! They are kept by a `contextvars.ContextVar`, so that they follow tasks and coroutines as Python's
//! own context does: its value is an object of ours, which holds them ready for the core.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bumpalo::Bump;
use hydra_logger::{Context, Scope, ToValue};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::bound_logger::BoundLogger;
use crate::logger::HydraLogger;
use crate::once::once;
use crate::owned_value::fields_of;
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
    once(py, &VARIABLE, || {
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

/// Gives the record that is made next the fields of the scope it is in, and those that its logger
/// was bound to, which win.
#[inline]
pub(crate) fn enter(py: Python<'_>, bound: Option<&Context>) -> PyResult<Option<Scope>> {
    if !USED.load(Relaxed) {
        return Ok(bound.map(Context::enter));
    }
    let context = current(py)?;
    let context = match bound {
        Some(bound) => with(&context, bound),
        None => context,
    };
    let empty = context.fields().next().is_none();
    Ok((!empty).then(|| context.enter()))
}

/// A context with the fields of another one, which win.
pub(crate) fn with(context: &Context, more: &Context) -> Context {
    let more = more.fields();
    context.with_all(more.map(|(name, value)| (name, value.to_value())))
}

/// A context without the fields of these names.
pub(crate) fn without(context: &Context, names: &[String]) -> Context {
    let kept = context.fields();
    let kept = kept.filter(|(name, _)| !names.iter().any(|other| other == name));
    Context::new().with_all(kept.map(|(name, value)| (name, value.to_value())))
}

/// The context of these keyword arguments.
pub(crate) fn of(raise_errors: bool, fields: Option<&Bound<'_, PyDict>>) -> PyResult<Context> {
    let arena = Bump::new();
    let shown = Shown::new(raise_errors, "a field of the context");
    let mut walk = Walk::new(&arena, shown);
    let mut values = Vec::new();
    for (name, value) in fields.into_iter().flatten() {
        values.push((walk.name(&name)?, walk.value(&value)?));
    }
    Ok(Context::new().with_all(values))
}

/// Makes a context the current one. Returns the variable's value, and the token that goes back to
/// the one before.
fn set(py: Python<'_>, context: Context) -> PyResult<(Py<PyAny>, Py<PyAny>)> {
    let value = Py::new(py, ScopedFields(context))?.into_any();
    let token = variable(py)?
        .0
        .call_method1(py, intern!(py, "set"), (&value,))?;
    USED.store(true, Relaxed);
    Ok((value, token))
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
        Ok(ContextScope {
            added: of(self.arguments.raise_errors, fields)?,
            entered: Mutex::default(),
        })
    }

    /// The same logger with fields of its own, which every record made through it carries. They win
    /// over those of a scope; a field of the call wins over them.
    ///
    /// >>> logger = HydraLogger()
    /// >>> payments = logger.bind(service="payments", version=3)
    /// >>> payments.info("API", "accepted", amount=12)
    #[pyo3(signature = (**fields))]
    fn bind(slf: &Bound<'_, Self>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<BoundLogger> {
        Ok(BoundLogger {
            logger: slf.clone().unbind(),
            fields: of(slf.get().arguments.raise_errors, fields)?,
        })
    }

    /// Add fields to every record of every logger from here on in this task or thread, and in the
    /// tasks that it starts: contextualize() without an end. clear_context() removes them.
    #[pyo3(signature = (**fields))]
    fn set_context(&self, py: Python<'_>, fields: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let more = of(self.arguments.raise_errors, fields)?;
        set(py, with(&current(py)?, &more))?;
        Ok(())
    }

    /// The fields that a record made here and now would carry beside its own.
    #[staticmethod]
    fn get_context(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        fields_of(py, current(py)?.fields())
    }

    /// Remove every field that set_context() or the scopes around have added, in this task or
    /// thread; a scope around that ends brings back what was there before it.
    #[staticmethod]
    fn clear_context(py: Python<'_>) -> PyResult<()> {
        set(py, Context::new())?;
        Ok(())
    }
}

/// A scope whose records carry these fields, as `HydraLogger.contextualize` makes one.
#[pyfunction]
pub(crate) fn context_scope(fields: &Bound<'_, PyDict>) -> PyResult<ContextScope> {
    Ok(ContextScope {
        added: of(false, Some(fields))?,
        entered: Mutex::default(),
    })
}

/// Change the context of this task or thread from here on: take the fields of these names out, and
/// put these in.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "it is made of Python's list")]
pub(crate) fn change_context(
    py: Python<'_>,
    removed: Vec<String>,
    added: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let kept = without(&current(py)?, &removed);
    set(py, with(&kept, &of(false, Some(added))?))?;
    Ok(())
}

/// What `contextualize` returns.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct ContextScope {
    added: Context,
    /// One for each time it was entered.
    entered: Mutex<Vec<Entered>>,
}

/// What the variable was set to, and the token to go back by.
struct Entered {
    value: Py<PyAny>,
    token: Py<PyAny>,
}

impl ContextScope {
    fn entered(&self) -> MutexGuard<'_, Vec<Entered>> {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry that the variable's value is of, as tasks may share a scope; else the last one.
    fn left(&self, now: &Bound<'_, PyAny>) -> Option<Entered> {
        let mut entered = self.entered();
        let of_now = entered.iter().rposition(|entry| now.is(&entry.value));
        let index = of_now.or_else(|| entered.len().checked_sub(1))?;
        Some(entered.remove(index))
    }
}

#[pymethods]
impl ContextScope {
    fn __enter__(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let py = slf.py();
        let this = slf.get();
        let (value, token) = set(py, with(&current(py)?, &this.added))?;
        this.entered().push(Entered { value, token });
        Ok(slf)
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let variable = variable(py)?;
        let now = variable.1.bind(py).call0()?;
        let Some(Entered { value, token }) = self.left(&now) else {
            return Ok(());
        };
        let variable = variable.0.bind(py);
        match variable.call_method1(intern!(py, "reset"), (&token,)) {
            // A generator may go on in another context than the one it was begun in, which has the
            // scope's fields if it is a copy of that.
            Err(error) if error.is_instance_of::<PyValueError>(py) => {
                if now.is(&value) {
                    let before = token.bind(py).getattr(intern!(py, "old_value"))?;
                    variable.call_method1(intern!(py, "set"), (before,))?;
                }
                Ok(())
            }
            reset => reset.map(drop),
        }
    }
}
