//! `DataHasher`: hashes that stand for values.

use std::collections::HashMap;

use hydra_protect::hash::{self, Algorithm, HashError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use super::Given;
use crate::exceptions::data_protection_error;
use crate::gil;

/// Hashes values, and verifies them.
#[pyclass(frozen, module = "hydra_logger.data_protection")]
pub(crate) struct DataHasher {
    inner: hash::DataHasher,
}

#[pymethods]
impl DataHasher {
    #[new]
    #[pyo3(signature = (algorithm = "sha256", *, key = None, key_id = "k1", old_keys = None))]
    fn new(
        py: Python<'_>,
        algorithm: &str,
        key: Option<&[u8]>,
        key_id: &str,
        old_keys: Option<HashMap<String, Vec<u8>>>,
    ) -> PyResult<DataHasher> {
        let made = || {
            let algorithm: Algorithm = algorithm.parse()?;
            let mut hasher = match key {
                Some(key) => hash::DataHasher::with_key(key_id, key)?,
                None => hash::DataHasher::new(),
            };
            for (id, key) in old_keys.unwrap_or_default() {
                hasher = hasher.and_old_key(&id, &key)?;
            }
            Ok(hasher.algorithm(algorithm))
        };
        let inner = made().map_err(|error| failed(py, &error))?;
        Ok(DataHasher { inner })
    }

    /// A hash that says how it was made.
    fn hash_data(&self, data: &Bound<'_, PyAny>) -> PyResult<String> {
        let given = given(data)?;
        let hash = self.inner.hash_data(given.bytes());
        hash.map_err(|error| failed(data.py(), &error))
    }

    /// Whether it is a hash of that.
    #[pyo3(signature = (data, hash_value))]
    fn verify_hash(&self, data: &Bound<'_, PyAny>, hash_value: &str) -> PyResult<bool> {
        let given = given(data)?;
        let verified = self.inner.verify_hash(given.bytes(), hash_value);
        verified.map_err(|error| failed(data.py(), &error))
    }

    /// A copy of a dictionary with the hashes of these fields in place of their values.
    fn hash_sensitive_fields<'py>(
        &self,
        data: &Bound<'py, PyDict>,
        sensitive_fields: Vec<String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let copy = data.copy()?;
        for field in sensitive_fields {
            if let Some(value) = data.get_item(&field)?.filter(|value| !value.is_none()) {
                copy.set_item(&field, self.hash_data(&value)?)?;
            }
        }
        Ok(copy)
    }

    /// A password's hash by argon2id.
    #[staticmethod]
    fn hash_password(py: Python<'_>, password: &str) -> PyResult<String> {
        let hash = gil::detached(py, || hash::hash_password(password));
        hash.map_err(|error| failed(py, &error))
    }

    /// Whether it is the hash of that password.
    #[staticmethod]
    fn verify_password(py: Python<'_>, password: &str, hash_value: &str) -> PyResult<bool> {
        let verified = gil::detached(py, || hash::verify_password(password, hash_value));
        verified.map_err(|error| failed(py, &error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.inner)
    }
}

/// Anything else is hashed by its text.
fn given<'py>(data: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    if data.is_instance_of::<PyString>() || data.is_instance_of::<PyBytes>() {
        return Given::of(data);
    }
    Given::of(data.str()?.as_any())
}

fn failed(py: Python<'_>, error: &HashError) -> PyErr {
    data_protection_error(py, error.to_string())
}
