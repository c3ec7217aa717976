//! Between Python's objects and configurations as maps.

use std::path::PathBuf;

use hydra_logger::config::Value;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyDelta, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString,
    PyTuple,
};

use crate::exceptions::configuration_error;

/// How deep a configuration may nest: one that holds itself ends here.
const MAX_DEPTH: usize = 32;

/// The map that an object describes: a mapping, or a model of `hydra_logger.config`.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    Reader { path: Vec::new() }.value(object)
}

struct Reader {
    path: Vec<String>,
}

impl Reader {
    fn value(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        let py = object.py();
        if object.is_none() {
            return Ok(Value::Null);
        }
        if let Ok(truth) = object.cast::<PyBool>() {
            return Ok(Value::Bool(truth.is_true()));
        }
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Value::Text(text.to_string_lossy().into_owned()));
        }
        if object.is_instance_of::<PyInt>() {
            // One beyond 64 bits is too large for whatever it is for, and no text.
            let large = || object.extract().unwrap_or(f64::INFINITY);
            let small = object.extract::<i64>().map(Value::Int);
            return Ok(small.unwrap_or_else(|_| Value::Float(large())));
        }
        if object.is_instance_of::<PyFloat>() {
            return Ok(Value::Float(object.extract()?));
        }
        if object.is_instance_of::<PyDelta>() {
            let seconds = object.call_method0(intern!(py, "total_seconds"))?;
            return Ok(Value::Float(seconds.extract()?));
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(self.wrong(object, "it is nested too deep"));
        }
        if let Ok(map) = object.cast::<PyMapping>() {
            return self.map(map);
        }
        if object.is_instance_of::<PyList>()
            || object.is_instance_of::<PyTuple>()
            || object.is_instance_of::<PySet>()
            || object.is_instance_of::<PyFrozenSet>()
        {
            return self.list(object);
        }
        self.other(object)
    }

    fn map(&mut self, map: &Bound<'_, PyMapping>) -> PyResult<Value> {
        let mut entries = Vec::new();
        for item in map.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let key = key.str()?.to_string_lossy().into_owned();
            self.path.push(key.clone());
            let value = self.value(&value)?;
            self.path.pop();
            entries.push((key, value));
        }
        Ok(Value::Map(entries))
    }

    fn list(&mut self, items: &Bound<'_, PyAny>) -> PyResult<Value> {
        let mut values = Vec::new();
        for (index, item) in items.try_iter()?.enumerate() {
            self.path.push(format!("[{index}]"));
            values.push(self.value(&item?)?);
            self.path.pop();
        }
        Ok(Value::List(values))
    }

    /// A pydantic model, a secret of pydantic's, a member of an Enum, a path.
    fn other(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value> {
        let py = object.py();
        if let Some(dump) = object.getattr_opt(intern!(py, "model_dump"))? {
            // Only what was set: what was not is for the core's table to decide.
            let set = PyDict::new(py);
            set.set_item("exclude_unset", true)?;
            return self.value(&dump.call((), Some(&set))?);
        }
        if let Some(reveal) = object.getattr_opt(intern!(py, "get_secret_value"))? {
            return self.value(&reveal.call0()?);
        }
        if let Ok(path) = object.extract::<PathBuf>() {
            return Ok(Value::Text(path.to_string_lossy().into_owned()));
        }
        if let Some(value) = object.getattr_opt(intern!(py, "value"))? {
            return self.value(&value);
        }
        Err(self.wrong(
            object,
            "a configuration is made of mappings, lists, texts, numbers, booleans and None",
        ))
    }

    fn wrong(&self, object: &Bound<'_, PyAny>, what: &str) -> PyErr {
        let kind = object.get_type().name();
        let kind = kind.map_or_else(|_| "object".to_owned(), |name| name.to_string());
        let path = self.path.join(".").replace(".[", "[");
        let place = if path.is_empty() {
            "the configuration"
        } else {
            &path
        };
        configuration_error(object.py(), format!("{place}: found {kind}: {what}"))
    }
}

/// A map as a dictionary.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(v) => PyBool::new(py, *v).to_owned().into_any(),
        Value::Int(v) => v.into_pyobject(py)?.into_any(),
        Value::Float(v) => v.into_pyobject(py)?.into_any(),
        Value::Text(v) => PyString::new(py, v).into_any(),
        Value::List(items) => {
            let items = items.iter().map(|item| to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        Value::Map(entries) => {
            let dict = PyDict::new(py);
            for (key, value) in entries {
                dict.set_item(key, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
