//! The walk from a logger of `logging` to the handlers of its root, and what they would do.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};

use crate::instance::{Attributes, attributes_of, items, truth, whole};

use super::sink::LoggingSink;

/// What is read of a logger above the one that is called.
const OF_NODE: [&str; 3] = ["parent", "propagate", "handlers"];
/// What is read of a handler.
const OF_HANDLER: [&str; 4] = ["filters", "level", "formatter", "_sink"];
/// What of a `HydraHandler` a record runs through.
const HANDLER_WAY: [&str; 2] = ["handle", "emit"];

/// A logger's place in the tree: its `parent`, `propagate` and `handlers`.
pub(super) type Node<'d, 'py> = [Borrowed<'d, 'py, PyAny>; OF_NODE.len()];

/// How the walk is done.
pub(super) struct Chain {
    of_node: Attributes<{ OF_NODE.len() }>,
    of_handler: Attributes<{ OF_HANDLER.len() }>,
    handler: Py<PyType>,
    null_handler: Py<PyType>,
}

impl Chain {
    /// For records that go to a handler of this class; handlers of the other one do nothing.
    pub(super) fn new(handler: &Bound<'_, PyType>, null_handler: Py<PyType>) -> Chain {
        let py = handler.py();
        Chain {
            of_node: Attributes::new(py, OF_NODE, []),
            of_handler: Attributes::new(py, OF_HANDLER, HANDLER_WAY),
            handler: handler.clone().unbind(),
            null_handler,
        }
    }

    /// Where what is logged at a node goes, if that is one place, and nothing on the way there looks
    /// at records; with the number of the least level that is taken there. No code of Python's runs.
    #[inline]
    pub(super) fn sink<'py>(&self, node: Node<'_, 'py>) -> Option<(Bound<'py, LoggingSink>, i64)> {
        let (mut only, mut above) = (None, None);
        self.pass(node, &mut only, &mut above)?;
        while let Some(logger) = above.take() {
            let dictionary = attributes_of(logger.as_borrowed())?;
            // SAFETY: nothing of Python's runs in `pass`, behind which nothing of it is used.
            let node = unsafe { self.of_node.read(&dictionary)? };
            self.pass(node, &mut only, &mut above)?;
        }
        self.plain_sink(&only?)
    }

    /// Takes the handler of a logger, if it has one, and the logger above it, if there is one. `None`
    /// where there is a second handler. Those of the class `NullHandler` are passed over: libraries
    /// put them on their loggers.
    #[inline]
    fn pass<'py>(
        &self,
        [parent, propagate, handlers]: Node<'_, 'py>,
        only: &mut Option<Bound<'py, PyAny>>,
        above: &mut Option<Bound<'py, PyAny>>,
    ) -> Option<()> {
        // SAFETY: nothing of Python's runs in this loop.
        for handler in unsafe { items(handlers.cast_exact::<PyList>().ok()?) } {
            if !is_of(handler, &self.null_handler) && only.replace(handler.to_owned()).is_some() {
                return None;
            }
        }
        if !parent.is_none() && truth(propagate)? {
            *above = Some(parent.to_owned());
        }
        Some(())
    }

    /// Where a handler puts its records and the number of the least level that it takes, if it is a
    /// `HydraHandler` that neither filters nor formats, and nothing stands in for its methods.
    #[inline]
    fn plain_sink<'py>(
        &self,
        handler: &Bound<'py, PyAny>,
    ) -> Option<(Bound<'py, LoggingSink>, i64)> {
        let handler = handler.as_borrowed();
        if !is_of(handler, &self.handler) {
            return None;
        }
        let dictionary = attributes_of(handler)?;
        // SAFETY: nothing of Python's runs behind it.
        let [filters, level, formatter, sink] = unsafe { self.of_handler.read(&dictionary)? };
        if !is_empty_list(filters) || !formatter.is_none() {
            return None;
        }
        let sink = sink.cast_exact::<LoggingSink>().ok()?;
        Some((sink.to_owned(), whole(level)?))
    }
}

/// Whether an object is of this very class.
#[inline]
pub(super) fn is_of(object: Borrowed<'_, '_, PyAny>, class: &Py<PyType>) -> bool {
    object.get_type_ptr().cast() == class.as_ptr()
}

/// Whether it is a list with nothing in it.
#[inline]
pub(super) fn is_empty_list(list: Borrowed<'_, '_, PyAny>) -> bool {
    list.cast_exact::<PyList>()
        .is_ok_and(|list| list.is_empty())
}
