//! What of Python's `logging` is looked at in every call: whether it still does what it did.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

use hydra_logger::Level;

use crate::instance::{Attributes, item};

use super::chain::Chain;
use super::methods::METHODS;

/// What of `logging.Logger` a call runs through, besides the method itself.
const WAY: [&str; 4] = ["_log", "makeRecord", "handle", "callHandlers"];
/// What is read of the logger that is called: all that it has, in its order.
const OF_LOGGER: [&str; 8] = [
    "filters",
    "name",
    "level",
    "parent",
    "propagate",
    "handlers",
    "disabled",
    "_cache",
];

/// What is looked at in every call.
pub(super) struct Stdlib {
    /// The dictionaries of the module and of its class of loggers.
    pub(super) module: Py<PyDict>,
    pub(super) logger: Py<PyDict>,
    /// What makes records.
    record: Original,
    /// Our classes of loggers.
    pub(super) classes: [Py<PyType>; 2],
    pub(super) methods: Vec<LevelMethod>,
    /// Of an instance, which may have none of the methods itself.
    pub(super) of_logger: Attributes<{ OF_LOGGER.len() }>,
    pub(super) chain: Chain,
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
    fn is_in(&self, home: &Bound<'_, PyDict>) -> bool {
        // SAFETY: nothing of Python's runs before it is compared.
        unsafe { item(home, &self.name) }.is_some_and(|now| now.is(&self.function))
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
        let names = METHODS.iter().filter_map(|(name, _)| name.to_str().ok());
        Ok(Stdlib {
            module: logging.dict().unbind(),
            record: Original {
                name: PyString::intern(py, "_logRecordFactory").unbind(),
                function: logging.getattr("LogRecord")?.unbind(),
            },
            classes,
            methods: methods.collect::<PyResult<_>>()?,
            of_logger: Attributes::new(py, OF_LOGGER, names.chain(WAY)),
            chain: Chain::new(handler, class("NullHandler")?.unbind()),
            way: WAY
                .iter()
                .map(|name| Original::of(&of_logger, name))
                .collect::<PyResult<_>>()?,
            logger: of_logger.unbind(),
        })
    }

    /// Whether `logging` does what it did when the methods were made.
    #[inline]
    pub(super) fn is_as_it_was(&self, py: Python<'_>, method: usize) -> bool {
        let logger = self.logger.bind(py);
        let mut way = self.way.iter().chain([&self.methods[method].of_logger]);
        self.record.is_in(self.module.bind(py)) && way.all(|original| original.is_in(logger))
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
