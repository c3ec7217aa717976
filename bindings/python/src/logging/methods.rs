//! `debug`, `info`, `warning`, `error`, `critical` and `log` for the loggers of `logging`, once
//! `hydra_logger.install()` has given them our class.
//!
//! A `LogRecord` and the search for its caller are two thirds of what a call of `logging` costs, so
//! that only not making them helps. It is right not to make one where nobody would see it, that is
//! where all of this holds:
//!
//! - nothing of `logging.Logger` was replaced, on the class or on the instance, and records are made
//!   by `LogRecord` itself;
//! - the logger's cache of levels has an answer;
//! - there is no keyword but `extra`, a dictionary without a name of a `LogRecord`'s;
//! - the logger has no filter;
//! - exactly one handler gets the record, and it is a `HydraHandler` without filter or formatter:
//!   what captures records for tests, or sends them elsewhere too, adds a handler and has them all;
//! - lines do not name the place of the call, and no plugin sees records;
//! - the message is a text, and its arguments fit it.
//!
//! Otherwise the call is `logging.Logger`'s. No frame of Python's is added, so that `stacklevel`
//! means what it meant.

use std::ffi::CStr;
use std::sync::atomic::Ordering::Relaxed;

use hydra_logger::{Fields, Level, Message};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyMapping, PyString, PyTuple, PyType};

use crate::fastcall::{Arguments, Method, StandIn};
use crate::instance::read;
use crate::levels::level_of;
use crate::record::Scratch;
use crate::shown::Shown;
use crate::text::text_of;

use super::chain::{Node, is_empty_list, plain_sink};
use super::fields::{RecordFields, is_own_attribute};
use super::sink::{LoggingSink, send};

/// The methods by the number that their functions are made with; `log` has its level as an argument.
const METHODS: [(&CStr, Option<Level>); 6] = [
    (c"debug", Some(Level::Debug)),
    (c"info", Some(Level::Info)),
    (c"warning", Some(Level::Warning)),
    (c"error", Some(Level::Error)),
    (c"critical", Some(Level::Critical)),
    (c"log", None),
];

/// What of `logging.Logger` a call runs through, besides the method itself.
const WAY: [&str; 4] = ["_log", "makeRecord", "handle", "callHandlers"];
/// What of a `HydraHandler`.
const HANDLER_WAY: [&str; 2] = ["handle", "emit"];

/// What is looked at in every call.
struct Stdlib {
    /// The dictionaries of the module and of its class of loggers.
    module: Py<PyDict>,
    logger: Py<PyDict>,
    record: Py<PyAny>,
    null_handler: Py<PyType>,
    handler: Py<PyType>,
    /// Our classes of loggers.
    classes: [Py<PyType>; 2],
    methods: Vec<LevelMethod>,
    /// Names of methods, of which an instance may have none of its own.
    names: Vec<Py<PyString>>,
    handler_names: Vec<Py<PyString>>,
    /// By `WAY`.
    way: Vec<Original>,
}

/// One of `METHODS`.
struct LevelMethod {
    /// The level's number.
    number: Py<PyAny>,
    /// The method of `logging.Logger`, and the function of the module.
    of_logger: Original,
    of_module: Original,
}

/// A function of `logging`.
struct Original {
    name: Py<PyString>,
    function: Py<PyAny>,
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

static STDLIB: PyOnceLock<Stdlib> = PyOnceLock::new();

/// Puts the methods on our class of loggers and our class of the root, for records that go to a
/// handler of this class.
#[pyfunction]
pub(crate) fn add_logging_methods(
    logger: &Bound<'_, PyType>,
    root: &Bound<'_, PyType>,
    handler: &Bound<'_, PyType>,
) -> PyResult<()> {
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
    let stdlib = Stdlib {
        module: logging.dict().unbind(),
        record: logging.getattr("LogRecord")?.unbind(),
        null_handler: class("NullHandler")?.unbind(),
        handler: handler.clone().unbind(),
        classes: [logger, root].map(|class| class.clone().unbind()),
        methods: methods.collect::<PyResult<_>>()?,
        names: names.chain(WAY.iter().map(|name| interned(name))).collect(),
        handler_names: HANDLER_WAY.iter().map(|name| interned(name)).collect(),
        way: WAY
            .iter()
            .map(|name| Original::of(&of_logger, name))
            .collect::<PyResult<_>>()?,
        logger: of_logger.unbind(),
    };
    let _ = STDLIB.set(py, stdlib);
    add_to(logger)?;
    add_to(root)
}

/// The functions of the module `logging` by their names, for the same.
#[pyfunction]
pub(crate) fn logging_functions(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let logging = py.import("logging")?;
    let functions = PyDict::new(py);
    for (function, (name, _)) in stand_ins::<Functions>().into_iter().flatten().zip(METHODS) {
        functions.set_item(name.to_string_lossy(), function.bound_to(&logging)?)?;
    }
    Ok(functions)
}

/// The dictionary of a class, which `__dict__` shows through a view of it.
///
/// A question to it takes a third of the time that one to the class does.
fn dictionary_of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyDict>> {
    let gc = class.py().import("gc")?;
    let behind = gc.call_method1("get_referents", (class.getattr("__dict__")?,))?;
    Ok(behind.get_item(0)?.cast_into::<PyDict>()?)
}

fn add_to(class: &Bound<'_, PyType>) -> PyResult<()> {
    let mut methods = stand_ins::<Methods>().into_iter().flatten();
    methods.try_for_each(|method| method.put_on(class))
}

fn stand_ins<F: StandIn>() -> [Option<Method>; METHODS.len()] {
    const DOC: &str = "As `logging` has it; where nobody would see a LogRecord, without one.";
    macro_rules! stand_ins {
        ($($number:literal)*) => {
            [$(Method::stand_in::<F, $number>(
                METHODS[$number].0,
                if METHODS[$number].1.is_some() {
                    "($self, msg, *args, **kwargs)"
                } else {
                    "($self, level, msg, *args, **kwargs)"
                },
                DOC,
            ),)*]
        };
    }
    stand_ins!(0 1 2 3 4 5)
}

/// Of a logger.
struct Methods;

impl StandIn for Methods {
    #[inline]
    fn call<const N: u8>(this: &Bound<'_, PyAny>, call: Arguments<'_, '_>) -> PyResult<()> {
        let Some(stdlib) = STDLIB.get(call.py()) else {
            return Ok(());
        };
        let method = usize::from(N) % METHODS.len();
        match stdlib.past_the_record(method, this, &call) {
            Ok(()) | Err(Else::Nothing) => Ok(()),
            Err(Else::Ordinary) => stdlib.ordinary_method(method, this, &call),
            Err(Else::Raise(error)) => Err(error),
        }
    }
}

/// Of the module, for its root.
struct Functions;

impl StandIn for Functions {
    #[inline]
    fn call<const N: u8>(_: &Bound<'_, PyAny>, call: Arguments<'_, '_>) -> PyResult<()> {
        let Some(stdlib) = STDLIB.get(call.py()) else {
            return Ok(());
        };
        let method = usize::from(N) % METHODS.len();
        let root = stdlib
            .module
            .bind(call.py())
            .get_item(intern!(call.py(), "root"))?;
        let logged = match root {
            Some(root) => stdlib.past_the_record(method, &root, &call),
            None => Err(Else::Ordinary),
        };
        match logged {
            Ok(()) | Err(Else::Nothing) => Ok(()),
            Err(Else::Ordinary) => {
                let function = stdlib.methods[method].of_module.function.bind(call.py());
                ordinary(function, None, &call)
            }
            Err(Else::Raise(error)) => Err(error),
        }
    }
}

/// What happens to a call that is not logged past the record.
enum Else {
    /// It is `logging.Logger`'s.
    Ordinary,
    /// Its level is disabled.
    Nothing,
    Raise(PyErr),
}

impl From<PyErr> for Else {
    fn from(error: PyErr) -> Else {
        Else::Raise(error)
    }
}

type Entries<'py> = Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// A call whose level its logger takes.
struct Enabled<'a, 'py> {
    name: Bound<'py, PyAny>,
    filters: Bound<'py, PyAny>,
    node: Node<'py>,
    level: Level,
    /// The level as `logging` has it.
    number: Borrowed<'a, 'py, PyAny>,
    message: &'a str,
    /// Where the arguments of the message begin.
    rest: usize,
    extra: Entries<'py>,
}

impl Stdlib {
    #[inline]
    fn past_the_record(
        &self,
        method: usize,
        this: &Bound<'_, PyAny>,
        call: &Arguments<'_, '_>,
    ) -> Result<(), Else> {
        let enabled = self.enabled(method, this, call)?;
        self.is_as_it_was(call.py(), method)?;
        if !is_empty_list(&enabled.filters) {
            return Err(Else::Ordinary);
        }
        let (sink, least) = self.sink(&enabled.node).ok_or(Else::Ordinary)?;
        if enabled.number.extract::<i64>()? < least {
            return Err(Else::Nothing);
        }
        deliver(sink.get(), &enabled, call)
    }

    /// The call, if its logger takes its level, and it has nothing that only a record can carry.
    #[inline]
    fn enabled<'a, 'py: 'a>(
        &'a self,
        method: usize,
        this: &Bound<'py, PyAny>,
        call: &Arguments<'a, 'py>,
    ) -> Result<Enabled<'a, 'py>, Else> {
        let py = call.py();
        let class = this.get_type();
        if !self.classes.iter().any(|ours| class.is(ours)) {
            return Err(Else::Ordinary);
        }
        let names = [
            intern!(py, "filters"),
            intern!(py, "name"),
            intern!(py, "level"),
            intern!(py, "parent"),
            intern!(py, "propagate"),
            intern!(py, "handlers"),
            intern!(py, "disabled"),
            intern!(py, "_cache"),
        ];
        let attributes = read(this, names, &self.names).ok_or(Else::Ordinary)?;
        let [
            filters,
            name,
            _,
            parent,
            propagate,
            handlers,
            disabled,
            cache,
        ] = attributes;
        let (level, number, message) = if let Some(level) = METHODS[method].1 {
            (level, self.methods[method].number.bind_borrowed(py), 0)
        } else {
            let number = call.get(0).filter(|n| n.is_exact_instance_of::<PyInt>());
            let number = number.ok_or(Else::Ordinary)?;
            (level_of(number).ok_or(Else::Ordinary)?, number, 1)
        };
        let cache = cache.cast_exact::<PyDict>().map_err(|_| Else::Ordinary)?;
        let takes = cache.get_item(number)?.ok_or(Else::Ordinary)?;
        if !takes.is_truthy()? || disabled.is_truthy()? {
            return Err(Else::Nothing);
        }
        let text = call.get(message).and_then(|m| m.cast_exact().ok());
        Ok(Enabled {
            name,
            filters,
            node: Node {
                parent,
                propagate,
                handlers,
            },
            level,
            number,
            message: text.and_then(text_of).ok_or(Else::Ordinary)?,
            rest: message + 1,
            extra: only_extra(call)?,
        })
    }

    /// Whether `logging` does what it did when the methods were made.
    #[inline]
    fn is_as_it_was(&self, py: Python<'_>, method: usize) -> Result<(), Else> {
        let factory = intern!(py, "_logRecordFactory");
        let factory = self.module.bind(py).get_item(factory)?;
        let logger = self.logger.bind(py);
        let mut same = factory.is_some_and(|factory| factory.is(&self.record));
        for original in self.way.iter().chain([&self.methods[method].of_logger]) {
            same &= original.is_in(logger)?;
        }
        if same { Ok(()) } else { Err(Else::Ordinary) }
    }

    /// Where what is logged at a node goes, if that is one place, and nothing on the way there
    /// looks at records; with the least level that is taken there.
    #[inline]
    fn sink<'py>(&self, node: &Node<'py>) -> Option<(Bound<'py, LoggingSink>, i64)> {
        let py = node.parent.py();
        let handler = node.only_handler(self.null_handler.bind(py))?;
        plain_sink(&handler, self.handler.bind(py), &self.handler_names)
    }

    /// The call, as `logging.Logger` has it at this moment.
    #[cold]
    #[inline(never)]
    fn ordinary_method(
        &self,
        method: usize,
        this: &Bound<'_, PyAny>,
        call: &Arguments<'_, '_>,
    ) -> PyResult<()> {
        let name = &self.methods[method].of_logger.name;
        let function = self.logger.bind(call.py()).as_any().get_item(name)?;
        ordinary(&function, Some(this), call)
    }
}

/// Calls what stands behind a stand-in.
#[cold]
#[inline(never)]
fn ordinary(
    function: &Bound<'_, PyAny>,
    this: Option<&Bound<'_, PyAny>>,
    call: &Arguments<'_, '_>,
) -> PyResult<()> {
    let py = call.py();
    let mut given: Vec<_> = this.map(|this| this.as_borrowed()).into_iter().collect();
    given.extend(call.from(0));
    let keywords = PyDict::new(py);
    for (name, value) in call.keywords() {
        keywords.set_item(name, value)?;
    }
    function.call(PyTuple::new(py, given)?, Some(&keywords))?;
    Ok(())
}

fn deliver(
    sink: &LoggingSink,
    enabled: &Enabled<'_, '_>,
    call: &Arguments<'_, '_>,
) -> Result<(), Else> {
    let hydra = sink.logger.get();
    if hydra.source.load(Relaxed) || hydra.plugins.active().is_some() {
        return Err(Else::Ordinary);
    }
    let name = enabled.name.cast_exact::<PyString>().ok();
    let name = name.and_then(|name| text_of(name.as_borrowed()));
    let name = name.ok_or(Else::Ordinary)?;
    let (found, is_part) = sink.layer(name);
    let layer = found.layer();
    if !layer.is_enabled(enabled.level) {
        return Err(Else::Nothing);
    }
    let formatted = if call.len() == enabled.rest {
        None
    } else {
        Some(set_in(call, enabled.rest)?)
    };
    let message = match &formatted {
        Some(text) => text_of(text.as_borrowed()).ok_or(Else::Ordinary)?,
        None => enabled.message,
    };
    if enabled.extra.is_empty() && !is_part {
        let emit = || layer.emit(enabled.level, Message::Str(message), Fields::NONE, None);
        return Ok(send(call.py(), hydra, emit)?);
    }
    let shown = Shown::new(hydra.arguments.raise_errors, layer.name());
    let scratch = Scratch::take();
    let logged = (|| {
        let mut fields = RecordFields::new(&scratch.arena, shown);
        for (name, value) in &enabled.extra {
            fields.add(name, value)?;
        }
        if is_part {
            fields.add_logger_name(name);
        }
        let (keys, values) = fields.into_slices();
        let fields = Fields::new(keys, values);
        let emit = || layer.emit(enabled.level, Message::Str(message), fields, None);
        Ok(send(call.py(), hydra, emit)?)
    })();
    scratch.put_back();
    logged
}

/// What is in `extra`, if there is no other keyword, and nothing in it that `logging` refuses.
#[inline]
fn only_extra<'py>(call: &Arguments<'_, 'py>) -> Result<Entries<'py>, Else> {
    let mut entries = Vec::new();
    for (name, value) in call.keywords() {
        if text_of(name) != Some("extra") {
            return Err(Else::Ordinary);
        }
        if value.is_none() {
            continue;
        }
        let extra = value.cast_exact::<PyDict>().map_err(|_| Else::Ordinary)?;
        entries = extra.iter().collect::<Entries<'_>>();
        for (name, _) in &entries {
            if !name.is_exact_instance_of::<PyString>() || is_own_attribute(name)? {
                return Err(Else::Ordinary);
            }
        }
    }
    Ok(entries)
}

/// The message with its arguments, as `LogRecord.getMessage` has it; where they do not fit, the
/// ordinary way says so.
fn set_in<'py>(call: &Arguments<'_, 'py>, first: usize) -> Result<Bound<'py, PyString>, Else> {
    let py = call.py();
    let message = call.get(first - 1).ok_or(Else::Ordinary)?;
    let only = call.get(first).filter(|_| call.len() == first + 1);
    // One mapping that is not empty is there for its names.
    let mapping = only.and_then(|only| only.cast::<PyMapping>().ok());
    let formatted = match mapping {
        Some(mapping) if !mapping.is_empty()? => message.rem(mapping),
        _ => message.rem(PyTuple::new(py, call.from(first).collect::<Vec<_>>())?),
    };
    match formatted {
        Ok(text) => text.cast_into_exact().map_err(|_| Else::Ordinary),
        Err(error) if error.is_instance_of::<PyException>(py) => Err(Else::Ordinary),
        Err(error) => Err(error.into()),
    }
}
