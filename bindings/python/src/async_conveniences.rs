//! What `AsyncHydraLogger` had in its first versions besides `log`, `flush` and `close`: records of a
//! usual kind, each a call of `log` with fields.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::async_logger::AsyncHydraLogger;

/// A duration above which an operation was slow, in seconds.
const SLOW: f64 = 1.0;

#[pymethods]
impl AsyncHydraLogger {
    /// Log with a context of the call's own: a mapping whose values become fields.
    ///
    /// >>> logger = AsyncHydraLogger()
    /// >>> async def main():
    /// ...     await logger.log_structured("API", "INFO", "accepted", context={"order": 7})
    #[pyo3(signature = (layer, level, message, correlation_id = None, context = None, **fields))]
    fn log_structured<'py>(
        slf: &Bound<'py, Self>,
        layer: &Bound<'py, PyAny>,
        level: &Bound<'py, PyAny>,
        message: &Bound<'py, PyAny>,
        correlation_id: Option<&str>,
        context: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = Fields::new(slf, fields)?;
        given.all_of(context)?;
        given.optional("correlation_id", correlation_id)?;
        given.log(slf, (layer, level, message))
    }

    /// Log with these fields, and those of the context that the call is made in, as every call has.
    #[pyo3(signature = (layer, level, message, **fields))]
    fn log_with_context<'py>(
        slf: &Bound<'py, Self>,
        layer: &Bound<'py, PyAny>,
        level: &Bound<'py, PyAny>,
        message: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Fields::new(slf, fields)?.log(slf, (layer, level, message))
    }

    /// Log a request to a server, at INFO, in the layer REQUEST. duration is in seconds.
    #[pyo3(signature = (request_id, method, path, status_code = None, duration = None, **fields))]
    fn log_request<'py>(
        slf: &Bound<'py, Self>,
        request_id: &str,
        method: &str,
        path: &str,
        status_code: Option<i64>,
        duration: Option<f64>,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = Fields::new(slf, fields)?;
        given.add("request_id", request_id)?;
        given.add("method", method)?;
        given.add("path", path)?;
        given.optional("status_code", status_code)?;
        given.optional("duration", duration)?;
        given.log(slf, ("REQUEST", "INFO", format!("{method} {path}")))
    }

    /// Log what a user did, in the layer USER_ACTION: at INFO, or at WARNING where it did not succeed.
    #[pyo3(signature = (user_id, action, resource = None, success = true, **fields))]
    fn log_user_action<'py>(
        slf: &Bound<'py, Self>,
        user_id: &str,
        action: &str,
        resource: Option<&str>,
        success: bool,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = Fields::new(slf, fields)?;
        given.add("user_id", user_id)?;
        given.add("action", action)?;
        given.add("success", success)?;
        given.optional("resource", resource)?;
        let on = resource.map_or(String::new(), |resource| format!(" on {resource}"));
        let level = if success { "INFO" } else { "WARNING" };
        let message = format!("User {user_id} performed {action}{on}");
        given.log(slf, ("USER_ACTION", level, message))
    }

    /// Log an exception at ERROR, with its traceback and a mapping of fields.
    #[pyo3(signature = (error, layer = "ERROR", context = None, **fields))]
    fn log_error_with_context<'py>(
        slf: &Bound<'py, Self>,
        error: &Bound<'py, PyAny>,
        layer: &str,
        context: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = Fields::new(slf, fields)?;
        given.all_of(context)?;
        given.add("error_type", error.get_type().name()?)?;
        given.keyword("exc_info", error)?;
        // The error is an argument: where its str raises, it is shown as any such value is.
        given.log(slf, (layer, "ERROR", "Exception: %s", error))
    }

    /// Log how long an operation took, in seconds, in the layer PERFORMANCE: at INFO, or at WARNING
    /// where it was more than one.
    #[pyo3(signature = (operation, duration, layer = "PERFORMANCE", **fields))]
    fn log_performance<'py>(
        slf: &Bound<'py, Self>,
        operation: &str,
        duration: f64,
        layer: &str,
        fields: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let given = Fields::new(slf, fields)?;
        given.add("operation", operation)?;
        given.add("duration", duration)?;
        let level = if duration > SLOW { "WARNING" } else { "INFO" };
        let message = format!("{operation} took {duration:.3}s");
        given.log(slf, (layer, level, message))
    }
}

/// The fields of a call, and its keywords.
struct Fields<'py>(Bound<'py, PyDict>, Bound<'py, PyDict>);

impl<'py> Fields<'py> {
    fn new(
        slf: &Bound<'py, AsyncHydraLogger>,
        given: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Fields<'py>> {
        let fields = given.map_or_else(|| Ok(PyDict::new(slf.py())), PyDictMethods::copy)?;
        Ok(Fields(fields, PyDict::new(slf.py())))
    }

    fn add(&self, name: &str, value: impl IntoPyObject<'py>) -> PyResult<()> {
        self.0.set_item(name, value)
    }

    fn optional(&self, name: &str, value: Option<impl IntoPyObject<'py>>) -> PyResult<()> {
        value.map_or(Ok(()), |value| self.add(name, value))
    }

    /// Those of a mapping, where there is one.
    fn all_of(&self, mapping: Option<&Bound<'py, PyAny>>) -> PyResult<()> {
        mapping.map_or(Ok(()), |mapping| self.0.update(mapping.cast()?))
    }

    fn keyword(&self, name: &str, value: impl IntoPyObject<'py>) -> PyResult<()> {
        self.1.set_item(name, value)
    }

    /// Logs: a layer, a level, a message, and what it is filled with.
    fn log(
        self,
        slf: &Bound<'py, AsyncHydraLogger>,
        call: impl pyo3::call::PyCallArgs<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // As `extra`: a field may have the name of a keyword.
        self.keyword("extra", &self.0)?;
        slf.call_method(intern!(slf.py(), "log"), call, Some(&self.1))
    }
}
