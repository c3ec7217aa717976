//! Records kept for a test's own assertions: the core's capture, as Python's objects.

use hydra_logger::testing::{self, CapturedRecord, Records};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arguments::Arguments;
use crate::logger::HydraLogger;
use crate::owned_value::fields_of;

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
    let logger = HydraLogger::of(logger, Arguments::new(py, None, false)?);
    Ok((logger, Captured { records }))
}

fn as_dict<'py>(py: Python<'py>, record: &CapturedRecord) -> PyResult<Bound<'py, PyDict>> {
    let fields = record.fields.iter();
    let fields = fields_of(py, fields.map(|(name, value)| (&**name, value)))?;
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
