//! What an object says of itself: its `str`, or a text that says why there is none.

use hydra_logger::diagnostics::{self, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::gil;
use crate::text::owned;

/// Runs `__str__` and its kin, and keeps what they raise away from the application, unless it asked
/// for it.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'l> {
    raise: bool,
    /// Whose call it is, for the report.
    layer: &'l str,
}

impl<'l> Shown<'l> {
    pub(crate) fn new(raise: bool, layer: &'l str) -> Shown<'l> {
        Shown { raise, layer }
    }

    /// The text of an object.
    pub(crate) fn text(self, object: &Bound<'_, PyAny>) -> PyResult<String> {
        let text = match object.cast::<PyString>() {
            Ok(text) => owned(text),
            Err(_) => object.str().and_then(|text| owned(&text)),
        };
        text.or_else(|error| self.unprintable(object, error))
    }

    /// What stands for an object whose text cannot be had.
    #[cold]
    pub(crate) fn unprintable(self, object: &Bound<'_, PyAny>, error: PyErr) -> PyResult<String> {
        let py = object.py();
        let class = |object: &Bound<'_, PyAny>| {
            let name = object.get_type().name();
            name.map_or_else(
                |_| "object".to_owned(),
                |name| name.to_string_lossy().into_owned(),
            )
        };
        let text = format!(
            "<unprintable {}: {}>",
            class(object),
            class(error.value(py).as_any())
        );
        self.failed(py, error)?;
        Ok(text)
    }

    /// Reports that code of the application's failed while a record was made, or raises it.
    #[cold]
    pub(crate) fn failed(self, py: Python<'_>, error: PyErr) -> PyResult<()> {
        // An interrupt or the end of the program is the program's own.
        let is_exception = error.is_instance_of::<pyo3::exceptions::PyException>(py);
        if self.raise || !is_exception {
            return Err(error);
        }
        let text = said(py, &error);
        let report = || diagnostics::report(ErrorKind::Format, self.layer, &text);
        gil::detached(py, report);
        Ok(())
    }
}

/// An error as Python prints it. Its own `Display` attaches to the interpreter, and panics once that
/// is ending, while objects that log are still being destroyed.
#[cold]
pub(crate) fn said(py: Python<'_>, error: &PyErr) -> String {
    let value = error.value(py).as_any();
    let class = value.get_type().name();
    let class = class.map_or_else(
        |_| "exception".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    match value.str().and_then(|text| owned(&text)) {
        Ok(text) if text.is_empty() => class,
        Ok(text) => format!("{class}: {text}"),
        Err(_) => format!("{class}: <unprintable>"),
    }
}
