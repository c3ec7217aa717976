//! What of Python's `logging` is looked at in every call: whether it still does what it did.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use hydra_logger::Level;

use super::chain::{Node, plain_sink};
use super::methods::METHODS;
use super::sink::LoggingSink;

/// What of `logging.Logger` a call runs through, besides the method itself.
const WAY: [&str; 4] = ["_log", "makeRecord", "handle", "callHandlers"];
/// What of a `HydraHandler`.
const HANDLER_WAY: [&str; 2] = ["handle", "emit"];

/// What is looked at in every call.
pub(super) struct Stdlib {
    /// The dictionaries of the module and of its class of loggers.
    pub(super) module: Py<PyDict>,
    pub(super) logger: Py<PyDict>,
    record: Py<PyAny>,
    null_handler: Py<PyType>,
    handler: Py<PyType>,
    /// Our classes of loggers.
    pub(super) classes: [Py<PyType>; 2],
    pub(super) methods: Vec<LevelMethod>,
    /// Names of methods, of which an instance may have none of its own.
    pub(super) names: Vec<Py<PyString>>,
    handler_names: Vec<Py<PyString>>,
    /// By `WAY`.
    way: Vec<Original>,
}

/// One of `METHODS`.
pub(super) struct LevelMethod {
    /// The level's number.
    pub(super) number: Py<PyAny>,
    /// The method of `logging.Logger`, and the function of the module.
    pub(super) of_logger: Original,
    pub(super) of_module: Original,
}

/// A function of `logging`.
pub(super) struct Original {
    pub(super) name: Py<PyString>,
    pub(super) function: Py<PyAny>,
}

impl Original {
    fn of(home: &Bound<'_, PyDict>, name: &str) -> PyResult<Original> {
        let name = PyString::intern(home.py(), name);
        Ok(Original {
            function: home.as_any().get_item(&name)?.unbind(),
            name: name.unbind(),
        })
    }

    #[inline]
    fn is_in(&self, home: &Bound<'_, PyDict>) -> PyResult<bool> {
        let now = home.get_item(self.name.bind(home.py()))?;
        Ok(now.is_some_and(|now| now.is(&self.function)))
    }
}

pub(super) static STDLIB: PyOnceLock<Stdlib> = PyOnceLock::new();

impl Stdlib {
    pub(super) fn new(handler: &Bound<'_, PyType>, classes: [Py<PyType>; 2]) -> PyResult<Stdlib> {
        let py = handler.py();
        let logging = py.import("logging")?;
        let class = |name| PyResult::Ok(logging.getattr(name)?.cast_into::<PyType>()?);
        let of_logger = dictionary_of(&class("Logger")?)?;
        let methods = METHODS.iter().map(|(name, level)| {
            let name = name.to_string_lossy();
            let number = level.map_or(0, Level::number).into_pyobject(py)?;
            Ok(LevelMethod {
                number: number.into_any().unbind(),
                of_logger: Original::of(&of_logger, &name)?,
                of_module: Original::of(&logging.dict(), &name)?,
            })
        });
        let interned = |name: &str| PyString::intern(py, name).unbind();
        let names = METHODS.iter().map(|(name, _)| name.to_string_lossy());
        let names = names.map(|name| interned(&name));
        Ok(Stdlib {
            module: logging.dict().unbind(),
            record: logging.getattr("LogRecord")?.unbind(),
            null_handler: class("NullHandler")?.unbind(),
            handler: handler.clone().unbind(),
            classes,
            methods: methods.collect::<PyResult<_>>()?,
            names: names.chain(WAY.iter().map(|name| interned(name))).collect(),
            handler_names: HANDLER_WAY.iter().map(|name| interned(name)).collect(),
            way: WAY
                .iter()
                .map(|name| Original::of(&of_logger, name))
                .collect::<PyResult<_>>()?,
            logger: of_logger.unbind(),
        })
    }

    /// Whether `logging` does what it did when the methods were made.
    #[inline]
    pub(super) fn is_as_it_was(&self, py: Python<'_>, method: usize) -> PyResult<bool> {
        let factory = intern!(py, "_logRecordFactory");
        let factory = self.module.bind(py).get_item(factory)?;
        let logger = self.logger.bind(py);
        let mut same = factory.is_some_and(|factory| factory.is(&self.record));
        for original in self.way.iter().chain([&self.methods[method].of_logger]) {
            same &= original.is_in(logger)?;
        }
        Ok(same)
    }

    /// Where what is logged at a node goes, if that is one place, and nothing on the way there
    /// looks at records; with the least level that is taken there.
    #[inline]
    pub(super) fn sink<'py>(&self, node: &Node<'py>) -> Option<(Bound<'py, LoggingSink>, i64)> {
        let py = node.parent.py();
        let handler = node.only_handler(self.null_handler.bind(py))?;
        plain_sink(&handler, self.handler.bind(py), &self.handler_names)
    }
}

/// The dictionary of a class, which `__dict__` shows through a view of it.
///
/// A question to it takes a third of the time that one to the class does.
fn dictionary_of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyDict>> {
    let gc = class.py().import("gc")?;
    let behind = gc.call_method1("get_referents", (class.getattr("__dict__")?,))?;
    Ok(behind.get_item(0)?.cast_into::<PyDict>()?)
}
