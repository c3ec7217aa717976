//! Records kept for a test's own assertions: the core's capture, as Python's objects.

use std::time::SystemTime;

use hydra_logger::OwnedValue;
use hydra_logger::testing::{self, CapturedRecord, Records};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::arguments::Arguments;
use crate::logger::HydraLogger;

/// The records of a logger that captures.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct Captured {
    records: Records,
}

#[pymethods]
impl Captured {
    /// All records so far, each as a dictionary of time, level, layer, message, fields and
    /// location; `forget` empties what is kept.
    #[pyo3(signature = (*, forget = false))]
    fn records<'py>(&self, py: Python<'py>, forget: bool) -> PyResult<Bound<'py, PyList>> {
        let records = if forget {
            self.records.take()
        } else {
            self.records.all()
        };
        let records = records.iter().map(|record| as_dict(py, record));
        PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)
    }

    fn __len__(&self) -> usize {
        self.records.len()
    }
}

/// A logger whose every layer lets everything through, and the records that it is given.
#[pyfunction]
pub(crate) fn capture(py: Python<'_>) -> PyResult<(HydraLogger, Captured)> {
    let (logger, records) = testing::capture();
    let logger = HydraLogger::of(logger, Arguments::new(py, None)?);
    Ok((logger, Captured { records }))
}

fn as_dict<'py>(py: Python<'py>, record: &CapturedRecord) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    for (name, value) in &record.fields {
        fields.set_item(name, to_python(py, value)?)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("time", record.time)?;
    dict.set_item("level", record.level.name())?;
    dict.set_item("layer", &record.layer)?;
    dict.set_item("message", &record.message)?;
    dict.set_item("fields", fields)?;
    let location = record.location.map(|place| (place.file, place.line));
    dict.set_item("location", location)?;
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
            let dict = PyDict::new(py);
            for (name, value) in entries {
                dict.set_item(&**name, to_python(py, value)?)?;
            }
            dict.into_any()
        }
        // A kind of value that this module does not know yet is shown.
        other => PyString::new(py, &format!("{other:?}")).into_any(),
    })
}

fn moment(unix_ns: i64) -> SystemTime {
    let distance = std::time::Duration::from_nanos(unix_ns.unsigned_abs());
    if unix_ns < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}
