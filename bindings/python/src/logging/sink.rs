//! The Rust half of `HydraHandler`: records of `logging` as records of a logger.
//!
//! A record's logger is its layer: the configured one of that name, or of the longest beginning of
//! it in whole dotted parts, as `shop` is of `shop.db`; then the full name is the field
//! `logger_name`. With neither, the record goes where unknown layers go, to `DEFAULT`, under its
//! own name.

use std::sync::atomic::Ordering::Relaxed;

use bumpalo::Bump;
use hydra_logger::{Fields, Level, Location, Message};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::context;
use crate::frames;
use crate::gil;
use crate::instance::attributes_of;
use crate::layer_table::Found;
use crate::levels::level_of;
use crate::logger::HydraLogger;
use crate::plugins::Event;
use crate::shown::Shown;
use crate::text::owned;

use super::fields::{RecordFields, is_own_attribute};

/// What a `HydraHandler` hands its records to.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct LoggingSink {
    pub(crate) logger: Py<HydraLogger>,
}

#[pymethods]
impl LoggingSink {
    #[new]
    fn new(logger: Py<HydraLogger>) -> LoggingSink {
        LoggingSink { logger }
    }

    /// The logger whose layers the records go to.
    #[getter]
    fn logger(&self, py: Python<'_>) -> Py<HydraLogger> {
        self.logger.clone_ref(py)
    }

    /// The number of the lowest level that any layer takes; above CRITICAL where none does.
    #[getter]
    fn lowest_level(&self) -> u8 {
        let layers = &self.logger.get().layers;
        let lowest = Level::ALL.into_iter().find(|level| layers.may_take(*level));
        lowest.map_or(Level::Critical.number() + 1, Level::number)
    }

    /// Logs a LogRecord. `text` is what a Formatter made of it: then it stands for the message, the
    /// traceback and the stack.
    ///
    /// Raises what getMessage() raises: the record is logged all the same, its arguments behind its
    /// message.
    #[pyo3(signature = (record, text = None))]
    fn emit(&self, record: &Bound<'_, PyAny>, text: Option<&Bound<'_, PyString>>) -> PyResult<()> {
        let py = record.py();
        let Some(attributes) = attributes_of(record.as_borrowed()) else {
            return Ok(());
        };
        let get = |name| attributes.get_item(name);
        let name = match get(intern!(py, "name"))? {
            Some(name) => owned(&name.str()?)?,
            None => String::new(),
        };
        let level = get(intern!(py, "levelno"))?;
        let level = level.and_then(|level| level_of(level.as_borrowed()));
        let level = level.unwrap_or(Level::Info);
        let (found, is_part) = self.layer(&name);
        let layer = found.layer();
        if !layer.is_enabled(level) {
            return Ok(());
        }
        let hydra = self.logger.get();
        let shown = Shown::new(hydra.arguments.raise_errors, layer.name());
        let (message, failed) = match text {
            Some(text) => (owned(text)?, None),
            None => message(record, &attributes, shown)?,
        };
        let arena = Bump::new();
        let mut fields = RecordFields::new(&arena, shown);
        fields.add_attributes(&attributes)?;
        if is_part {
            fields.add_logger_name(&name);
        }
        if text.is_none() {
            fields.add_traceback(&attributes)?;
        }
        let location = if hydra.source.load(Relaxed) {
            location(&attributes)?
        } else {
            None
        };
        let (keys, values) = fields.into_slices();
        let fields = Fields::new(keys, values);
        let time = nanoseconds(get(intern!(py, "created"))?);
        send(py, hydra, || {
            layer.emit_at(
                time,
                level,
                Message::Str(&message),
                fields,
                location.as_ref(),
            );
        })?;
        if let Some(plugins) = hydra.plugins.active() {
            let event = Event {
                level,
                layer: layer.name(),
                message: &message,
                extra: extra_of(&attributes)?,
                protection: layer.protection(),
            };
            plugins.tell(py, &event)?;
        }
        failed.map_or(Ok(()), Err)
    }
}

impl LoggingSink {
    /// The layer of a logger's name, and whether it is that of a beginning of the name.
    #[inline]
    pub(crate) fn layer(&self, name: &str) -> (Found<'_>, bool) {
        let hydra = self.logger.get();
        let mut known = name;
        loop {
            if let Some(found) = hydra.layers.configured(&hydra.logger, known) {
                return (found, known.len() != name.len());
            }
            match known.rfind('.') {
                Some(end) => known = &known[..end],
                None => return (hydra.layers.layer(&hydra.logger, name), false),
            }
        }
    }
}

/// Gives a record to the core, in the scope that the call is in. It is plain data: nothing of it
/// asks for the GIL any more.
#[inline]
pub(crate) fn send(py: Python<'_>, hydra: &HydraLogger, emit: impl FnOnce()) -> PyResult<()> {
    let _scope = context::enter(py, None)?;
    if hydra.arguments.release_gil {
        gil::released(py, emit)
    } else {
        gil::attached(py, emit)
    }
}

/// What `extra`, a filter or a factory has put on a record, for plugins.
fn extra_of<'py>(attributes: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let extra = PyDict::new(attributes.py());
    for (name, value) in attributes {
        if !is_own_attribute(&name)? {
            extra.set_item(name, value)?;
        }
    }
    Ok(extra)
}

/// The message of a record. What `getMessage` raises comes with it: the text is not lost.
fn message(
    record: &Bound<'_, PyAny>,
    attributes: &Bound<'_, PyDict>,
    shown: Shown<'_>,
) -> PyResult<(String, Option<PyErr>)> {
    let py = record.py();
    let error = match record.call_method0(intern!(py, "getMessage")) {
        Ok(text) => return Ok((shown.text(&text)?, None)),
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyException>(py) => error,
        Err(error) => return Err(error),
    };
    let mut text = match attributes.get_item(intern!(py, "msg"))? {
        Some(message) => shown.text(&message)?,
        None => String::new(),
    };
    if let Some(arguments) = attributes.get_item(intern!(py, "args"))? {
        // A mapping is one argument.
        let each: Vec<_> = match arguments.cast::<pyo3::types::PyTuple>() {
            Ok(tuple) => tuple.iter().collect(),
            Err(_) => vec![arguments.clone()],
        };
        for argument in each {
            text.push(' ');
            text.push_str(&shown.text(&argument)?);
        }
    }
    Ok((text, Some(error)))
}

fn location(attributes: &Bound<'_, PyDict>) -> PyResult<Option<Location>> {
    let py = attributes.py();
    let (Some(file), Some(line)) = (
        attributes.get_item(intern!(py, "pathname"))?,
        attributes.get_item(intern!(py, "lineno"))?,
    ) else {
        return Ok(None);
    };
    let Some(file) = frames::interned(&owned(&file.str()?)?) else {
        return Ok(None);
    };
    let line = line.extract().unwrap_or(0);
    Ok(Some(Location { file, line }))
}

/// A time of `logging`, in seconds since 1970, in nanoseconds; now, where there is none.
fn nanoseconds(created: Option<Bound<'_, PyAny>>) -> i64 {
    let Some(seconds) = created.and_then(|created| created.extract::<f64>().ok()) else {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
        return now.map_or(0, |now| i64::try_from(now.as_nanos()).unwrap_or(i64::MAX));
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time beyond i64 is its end"
    )]
    let nanoseconds = (seconds * 1e9).round() as i64;
    nanoseconds
}
