//! The walk from a logger of `logging` to the handlers of its root, and what they would do.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyType};

use crate::instance::attributes_of;

use super::sink::LoggingSink;

/// Whether an attribute is a list with nothing in it.
pub(crate) fn is_empty(
    attributes: &Bound<'_, PyDict>,
    name: &Bound<'_, PyString>,
) -> PyResult<bool> {
    let list = attributes.get_item(name)?;
    Ok(list.is_some_and(|list| {
        list.cast_exact::<PyList>()
            .is_ok_and(|list| list.is_empty())
    }))
}

/// The one handler that gets what a logger with these attributes logs. Handlers of the class
/// `NullHandler`, which do nothing, are passed over: libraries put them on their loggers.
pub(crate) fn only_handler<'py>(
    logger: &Bound<'py, PyDict>,
    null_handler: &Bound<'py, PyType>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = logger.py();
    let mut only = None;
    let mut here = logger.clone();
    loop {
        let Some(handlers) = here.get_item(intern!(py, "handlers"))? else {
            return Ok(None);
        };
        let Ok(handlers) = handlers.cast_exact::<PyList>() else {
            return Ok(None);
        };
        for handler in handlers {
            if handler.get_type().is(null_handler) {
                continue;
            }
            if only.replace(handler).is_some() {
                return Ok(None);
            }
        }
        let propagates = here.get_item(intern!(py, "propagate"))?;
        if !propagates.is_some_and(|propagates| propagates.is_truthy().unwrap_or(false)) {
            return Ok(only);
        }
        match here.get_item(intern!(py, "parent"))? {
            Some(parent) if !parent.is_none() => match attributes_of(&parent) {
                Some(attributes) => here = attributes,
                None => return Ok(None),
            },
            _ => return Ok(only),
        }
    }
}

/// Where a handler puts records of a level, if it is a `HydraHandler` that neither filters nor
/// formats, and of which nothing was replaced.
pub(crate) fn plain_sink<'py>(
    handler: &Bound<'py, PyAny>,
    class: &Bound<'py, PyType>,
) -> PyResult<Option<(Bound<'py, LoggingSink>, i64)>> {
    let py = handler.py();
    if !handler.get_type().is(class) {
        return Ok(None);
    }
    let Some(attributes) = attributes_of(handler) else {
        return Ok(None);
    };
    for method in [intern!(py, "handle"), intern!(py, "emit")] {
        if attributes.contains(method)? {
            return Ok(None);
        }
    }
    let formatter = attributes.get_item(intern!(py, "formatter"))?;
    if !formatter.is_some_and(|formatter| formatter.is_none())
        || !is_empty(&attributes, intern!(py, "filters"))?
    {
        return Ok(None);
    }
    let level = attributes.get_item(intern!(py, "level"))?;
    let level = level.and_then(|level| level.extract::<i64>().ok());
    let sink = attributes.get_item(intern!(py, "_sink"))?;
    let sink = sink.and_then(|sink| sink.cast_into::<LoggingSink>().ok());
    Ok(sink.zip(level))
}
