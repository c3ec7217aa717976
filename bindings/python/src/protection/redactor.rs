//! `Redactor`: what finds and takes out.

use std::borrow::Cow;
use std::collections::HashMap;

use hydra_protect::Action;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::Given;
use crate::exceptions::data_protection_error;

/// Finds personal data and secrets, and takes them out.
#[pyclass(frozen, module = "hydra_logger.data_protection")]
pub(crate) struct Redactor {
    inner: hydra_protect::Redactor,
}

#[pymethods]
impl Redactor {
    #[new]
    #[pyo3(signature = (detectors = None, *, patterns = None, allow = None, sensitive_keys = None,
                        allowed_keys = None, action = "replace", actions = None, hash_key = None,
                        encryption_key = None))]
    #[allow(clippy::too_many_arguments)] // A call of Python's, whose arguments have names.
    fn new(
        py: Python<'_>,
        detectors: Option<Vec<String>>,
        patterns: Option<HashMap<String, String>>,
        allow: Option<Vec<String>>,
        sensitive_keys: Option<Vec<String>>,
        allowed_keys: Option<Vec<String>>,
        action: &str,
        actions: Option<HashMap<String, String>>,
        hash_key: Option<(String, Vec<u8>)>,
        encryption_key: Option<(String, Vec<u8>)>,
    ) -> PyResult<Redactor> {
        let mut builder = hydra_protect::Redactor::builder()
            .detectors(detectors.unwrap_or_default())
            .action(action_of(action)?);
        for (name, pattern) in patterns.unwrap_or_default() {
            builder = builder.custom(name, pattern);
        }
        for value in allow.unwrap_or_default() {
            builder = builder.allow(value);
        }
        for name in sensitive_keys.unwrap_or_default() {
            builder = builder.sensitive_key(name);
        }
        for name in allowed_keys.unwrap_or_default() {
            builder = builder.allowed_key(name);
        }
        for (detector, action) in actions.unwrap_or_default() {
            builder = builder.action_for(detector, action_of(&action)?);
        }
        if let Some((id, key)) = hash_key {
            builder = builder.hash_key(id, &key);
        }
        if let Some((id, key)) = encryption_key {
            let key = <[u8; 32]>::try_from(key).map_err(|key| {
                let length = key.len();
                data_protection_error(py, format!("encryption_key has {length} bytes, not 32"))
            })?;
            builder = builder.encryption_key(id, &key);
        }
        let inner = builder.build();
        let inner = inner.map_err(|error| data_protection_error(py, error.to_string()))?;
        Ok(Redactor { inner })
    }

    /// The text, or the bytes, without what is sensitive; the object itself where there is nothing.
    fn redact<'py>(&self, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let given = Given::of(text)?;
        match self.inner.redact_bytes(given.bytes()) {
            Cow::Borrowed(_) => Ok(text.clone()),
            Cow::Owned(redacted) => given.same_type(&redacted),
        }
    }

    /// What would be taken out: `detector`, `label`, `start` and `end`, never a value.
    fn find<'py>(&self, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let py = text.py();
        let given = Given::of(text)?;
        let found = PyList::empty(py);
        let Ok(text) = std::str::from_utf8(given.bytes()) else {
            return Err(PyValueError::new_err(
                "expected UTF-8: redact() takes any bytes",
            ));
        };
        for finding in self.inner.find(text) {
            let dict = PyDict::new(py);
            dict.set_item("detector", finding.detector)?;
            dict.set_item("label", finding.label)?;
            dict.set_item("start", given.place(finding.range.start))?;
            dict.set_item("end", given.place(finding.range.end))?;
            found.append(dict)?;
        }
        Ok(found)
    }

    /// The label under which the values of that name are hidden, if they are to be.
    fn sensitive_label(&self, name: &str) -> Option<&'static str> {
        Some(self.inner.sensitive_key(name)?.label())
    }

    /// What is shown of a text of that name.
    fn hide(&self, name: &str, text: &str) -> String {
        let mut shown = String::new();
        match self.inner.sensitive_key(name) {
            Some(key) => self.inner.hide(key, text, &mut shown),
            None => shown.push_str(&self.inner.redact(text)),
        }
        shown
    }

    /// What is shown of anything else of that name, which is sensitive; `None` where it is not.
    fn hide_all(&self, name: &str) -> Option<String> {
        let key = self.inner.sensitive_key(name)?;
        let mut shown = String::new();
        self.inner.hide_all(key, &mut shown);
        Some(shown)
    }

    /// The text with what was encrypted in it shown again.
    fn reveal(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        let revealed = self.inner.reveal(text);
        revealed.map_err(|error| data_protection_error(py, error.to_string()))
    }

    /// How often each detector's finding was taken out.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (name, count) in self.inner.counts() {
            counts.set_item(name, count)?;
        }
        Ok(counts)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.inner)
    }
}

/// An object without what is sensitive in it, as the package's own walk copies it. What has no parts that
/// could be copied is its text, where that holds something sensitive.
pub(crate) fn cleaned<'py>(
    inner: hydra_protect::Redactor,
    object: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let keywords = PyDict::new(py);
    keywords.set_item("objects_by_text", true)?;
    let walk = py.import("hydra_logger.data_protection._walk")?;
    let walk = walk
        .getattr("Walk")?
        .call((Redactor { inner },), Some(&keywords))?;
    walk.call_method1("run", (object,))
}

fn action_of(word: &str) -> PyResult<Action> {
    match word {
        "replace" => Ok(Action::Replace),
        "remove" => Ok(Action::Remove),
        "mask" => Ok(Action::Mask { keep: 4 }),
        "hash" => Ok(Action::Hash),
        "encrypt" => Ok(Action::Encrypt),
        _ => Err(PyValueError::new_err(format!(
            "{word:?} is no action: use \"replace\", \"mask\", \"remove\", \"hash\" or \"encrypt\""
        ))),
    }
}

/// The text with characters escaped that could end a line or command a terminal.
#[pyfunction]
pub(crate) fn sanitize_text<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let given = Given::of(text)?;
    let Ok(shown) = std::str::from_utf8(given.bytes()) else {
        let shown = String::from_utf8_lossy(given.bytes());
        return given.same_type(hydra_protect::sanitize_text(&shown).as_bytes());
    };
    match hydra_protect::sanitize_text(shown) {
        Cow::Borrowed(_) => Ok(text.clone()),
        Cow::Owned(sanitized) => given.same_type(sanitized.as_bytes()),
    }
}
