//! Values that the core keeps, as Python's objects: of a scope's fields, and of captured records.

use std::time::{Duration, SystemTime};

use hydra_logger::OwnedValue;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

/// Named values as a dictionary.
pub(crate) fn fields_of<'py, 'v>(
    py: Python<'py>,
    fields: impl Iterator<Item = (&'v str, &'v OwnedValue)>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in fields {
        dict.set_item(name, to_python(py, value)?)?;
    }
    Ok(dict)
}

fn to_python<'py>(py: Python<'py>, value: &OwnedValue) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        OwnedValue::Null => py.None().into_bound(py),
        OwnedValue::Bool(truth) => truth.into_pyobject(py)?.to_owned().into_any(),
        OwnedValue::I64(number) => number.into_pyobject(py)?.into_any(),
        OwnedValue::U64(number) => number.into_pyobject(py)?.into_any(),
        OwnedValue::I128(number) => number.into_pyobject(py)?.into_any(),
        OwnedValue::U128(number) => number.into_pyobject(py)?.into_any(),
        OwnedValue::F64(number) => number.into_pyobject(py)?.into_any(),
        OwnedValue::Str(text) => PyString::new(py, text).into_any(),
        OwnedValue::Duration(duration) => duration.into_pyobject(py)?.into_any(),
        OwnedValue::Time(nanoseconds) => moment(*nanoseconds).into_pyobject(py)?.into_any(),
        OwnedValue::List(items) => {
            let items = items.iter().map(|item| to_python(py, item));
            PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        OwnedValue::Map(entries) => {
            let entries = entries.iter();
            fields_of(py, entries.map(|(name, value)| (&**name, value)))?.into_any()
        }
        // A kind of value that this module does not know yet is shown.
        other => PyString::new(py, &format!("{other:?}")).into_any(),
    })
}

fn moment(unix_ns: i64) -> SystemTime {
    let distance = Duration::from_nanos(unix_ns.unsigned_abs());
    if unix_ns < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}
