//! The walk from a logger of `logging` to the handlers of its root, and what they would do.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyListMethods, PyString, PyType};

use crate::instance::read;

use super::sink::LoggingSink;

/// A logger's place in the tree.
pub(crate) struct Node<'py> {
    pub(crate) parent: Bound<'py, PyAny>,
    pub(crate) propagate: Bound<'py, PyAny>,
    pub(crate) handlers: Bound<'py, PyAny>,
}

impl<'py> Node<'py> {
    #[inline]
    fn of(logger: &Bound<'py, PyAny>) -> Option<Node<'py>> {
        let py = logger.py();
        let names = [
            intern!(py, "parent"),
            intern!(py, "propagate"),
            intern!(py, "handlers"),
        ];
        let [parent, propagate, handlers] = read(logger, names, &[])?;
        Some(Node {
            parent,
            propagate,
            handlers,
        })
    }

    /// The one handler that gets what is logged here. Handlers of the class `NullHandler`, which do
    /// nothing, are passed over: libraries put them on their loggers.
    #[inline]
    pub(crate) fn only_handler(
        &self,
        null_handler: &Bound<'py, PyType>,
    ) -> Option<Bound<'py, PyAny>> {
        let mut only = None;
        let mut above;
        let mut here = self;
        loop {
            for handler in here.handlers.cast_exact::<PyList>().ok()? {
                if handler.get_type().is(null_handler) {
                    continue;
                }
                if only.replace(handler).is_some() {
                    return None;
                }
            }
            if here.parent.is_none() || !here.propagate.is_truthy().ok()? {
                return only;
            }
            above = Node::of(&here.parent)?;
            here = &above;
        }
    }
}

/// Whether it is a list with nothing in it.
#[inline]
pub(crate) fn is_empty_list(list: &Bound<'_, PyAny>) -> bool {
    list.cast_exact::<PyList>()
        .is_ok_and(PyListMethods::is_empty)
}

/// Where a handler puts its records and the number of the least level that it takes, if it is a
/// `HydraHandler` that neither filters nor formats, and nothing stands in for its methods.
#[inline]
pub(crate) fn plain_sink<'py>(
    handler: &Bound<'py, PyAny>,
    class: &Bound<'py, PyType>,
    methods: &[Py<PyString>],
) -> Option<(Bound<'py, LoggingSink>, i64)> {
    if !handler.get_type().is(class) {
        return None;
    }
    let py = handler.py();
    let names = [
        intern!(py, "filters"),
        intern!(py, "level"),
        intern!(py, "formatter"),
        intern!(py, "_sink"),
    ];
    let [filters, level, formatter, sink] = read(handler, names, methods)?;
    if !is_empty_list(&filters) || !formatter.is_none() {
        return None;
    }
    let sink = sink.cast_into::<LoggingSink>().ok()?;
    Some((sink, level.extract().ok()?))
}
