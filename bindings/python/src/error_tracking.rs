//! The process-wide error tracker: `hydra_logger::diagnostics`.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use hydra_logger::Level;
use hydra_logger::diagnostics::{
    self, ErrorKind, ErrorLog, ErrorStats, Subscription, TrackedError,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::gil;

/// Count and keep an error of this kind, and give it to every callback; nothing is printed.
#[pyfunction]
#[pyo3(signature = (kind, message, component = "", *, severity = "ERROR", context = None))]
pub(crate) fn track_error(
    py: Python<'_>,
    kind: &str,
    message: &str,
    component: &str,
    severity: &str,
    context: Option<String>,
) -> PyResult<()> {
    let severity = severity.parse::<Level>();
    let mut error = TrackedError::new(ErrorKind::named(kind), component, &message);
    error.severity = severity.map_err(|error| PyValueError::new_err(error.to_string()))?;
    error.context = context;
    // Callbacks take the GIL for themselves.
    gil::detached(py, || error.track());
    Ok(())
}

/// What was tracked since the process began, or since it was cleared: `total`, `by_kind`, and the
/// `last` errors, oldest first.
#[pyfunction]
pub(crate) fn error_stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let ErrorStats {
        total,
        by_kind: counts,
        last,
    } = diagnostics::stats();
    let by_kind = PyDict::new(py);
    for (kind, count) in counts {
        by_kind.set_item(kind.name(), count)?;
    }
    let last = last.iter().map(|error| as_dict(py, error));
    let dict = PyDict::new(py);
    dict.set_item("total", total)?;
    dict.set_item("by_kind", by_kind)?;
    dict.set_item(
        "last",
        PyList::new(py, last.collect::<PyResult<Vec<_>>>()?)?,
    )?;
    Ok(dict)
}

fn as_dict<'py>(py: Python<'py>, error: &TrackedError) -> PyResult<Bound<'py, PyDict>> {
    let seconds = error.time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let dict = PyDict::new(py);
    dict.set_item("kind", error.kind.name())?;
    dict.set_item("component", &error.component)?;
    dict.set_item("message", &error.message)?;
    dict.set_item("time", seconds.as_secs_f64())?;
    dict.set_item("severity", error.severity.name())?;
    dict.set_item("context", error.context.as_deref())?;
    Ok(dict)
}

/// Forget every count and every kept error; callbacks stay.
#[pyfunction]
pub(crate) fn clear_error_stats() {
    diagnostics::clear();
}

/// Call `callback` with each error from now on, as a dictionary with `kind`, `component`, `message`,
/// `time` (seconds since 1970), `severity` and `context`, until the returned subscription is closed. It runs on the thread that met the error.
#[pyfunction]
pub(crate) fn on_error(callback: Py<PyAny>) -> ErrorSubscription {
    let subscription = diagnostics::on_error(move |error| {
        // Without an interpreter, at its end, there is nobody left to call.
        Python::try_attach(|py| {
            let told = as_dict(py, error).and_then(|error| callback.call1(py, (error,)));
            if let Err(raised) = told {
                raised.write_unraisable(py, Some(callback.bind(py)));
            }
        });
    });
    ErrorSubscription(Mutex::new(Some(Held::Callback(subscription))))
}

/// Append every error from now on to a file, a JSON object a line, until the returned subscription
/// is closed. Raises OSError if the file cannot be made or opened.
#[pyfunction]
pub(crate) fn log_errors_to(py: Python<'_>, path: PathBuf) -> PyResult<ErrorSubscription> {
    let log = gil::detached(py, || diagnostics::log_to(path))?;
    Ok(ErrorSubscription(Mutex::new(Some(Held::Log(log)))))
}

enum Held {
    Callback(Subscription),
    Log(ErrorLog),
}

/// Keeps alive what `on_error` or `log_errors_to` began.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct ErrorSubscription(Mutex<Option<Held>>);

#[pymethods]
impl ErrorSubscription {
    /// End the calls.
    fn close(&self, py: Python<'_>) {
        let held = self.0.lock().ok().and_then(|mut held| held.take());
        gil::detached(py, || match held {
            Some(Held::Callback(subscription)) => drop(subscription),
            Some(Held::Log(log)) => drop(log),
            None => {}
        });
    }
}
