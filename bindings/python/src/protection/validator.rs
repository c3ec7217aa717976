//! `SecurityValidator`: what looks like an attack.

use std::sync::{PoisonError, RwLock};

use hydra_protect::validate::{self, Severity};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::Given;
use crate::exceptions::data_protection_error;
use crate::gil;

/// From this length on, in bytes, other threads run meanwhile.
const LONG: usize = 64 * 1024;

/// Finds what looks like an attack, and changes nothing.
#[pyclass(frozen, module = "hydra_logger.data_protection")]
pub(crate) struct SecurityValidator {
    inner: RwLock<validate::SecurityValidator>,
}

#[pymethods]
impl SecurityValidator {
    #[new]
    fn new() -> SecurityValidator {
        SecurityValidator {
            inner: RwLock::new(validate::SecurityValidator::new()),
        }
    }

    /// `valid`, and `threats` with `type`, `severity`, `position`, `end` and `reason`.
    fn validate_input<'py>(&self, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let py = text.py();
        let given = Given::of(text)?;
        let bytes = given.bytes();
        let found = if bytes.len() < LONG {
            self.read().validate_input(bytes)
        } else {
            let validator = self.read();
            gil::detached(py, move || validator.validate_input(bytes))
        };
        let threats = PyList::empty(py);
        for threat in found.threats {
            let dict = PyDict::new(py);
            dict.set_item("type", threat.kind.as_str())?;
            dict.set_item("severity", threat.severity.as_str())?;
            dict.set_item("position", given.place(threat.position.start))?;
            dict.set_item("end", given.place(threat.position.end))?;
            dict.set_item("reason", threat.reason)?;
            threats.append(dict)?;
        }
        let dict = PyDict::new(py);
        dict.set_item("valid", found.valid)?;
        dict.set_item("threats", threats)?;
        Ok(dict)
    }

    /// Look for a pattern of one's own, too.
    #[pyo3(signature = (name, pattern, severity = "medium"))]
    fn add_threat_pattern(
        &self,
        py: Python<'_>,
        name: &str,
        pattern: &str,
        severity: &str,
    ) -> PyResult<()> {
        let failed = |error: &dyn std::fmt::Display| data_protection_error(py, error.to_string());
        let severity: Severity = severity.parse().map_err(|error| failed(&error))?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let added = inner.add_threat_pattern(name, pattern, severity);
        added.map_err(|error| failed(&error))
    }

    /// Look for it no longer; whether there was something to take away.
    fn remove_threat_pattern(&self, name: &str) -> bool {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.remove_threat_pattern(name)
    }
}

impl SecurityValidator {
    /// A copy of the rules, so that no lock is held while the GIL is let go.
    fn read(&self) -> validate::SecurityValidator {
        self.inner
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
