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
//! - lines do not name the place of the call;
//! - the message is a text, and its arguments fit it.
//!
//! Otherwise the call is `logging.Logger`'s. No frame of Python's is added, so that `stacklevel`
//! means what it meant.

use std::ffi::CStr;

use hydra_logger::{Fields, Level, Message};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyMapping, PyString, PyTuple, PyType};

use crate::fastcall::{Arguments, Method, StandIn};
use crate::instance::attributes_of;
use crate::levels::level_of;
use crate::record::Scratch;
use crate::shown::Shown;
use crate::text::text_of;
use crate::values::entries_of;

use super::chain::{is_empty, only_handler, plain_sink};
use super::fields::{RecordFields, is_own_attribute};
use super::sink::LoggingSink;

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
const WAY: [&str; 6] = [
    "isEnabledFor",
    "_log",
    "makeRecord",
    "handle",
    "filter",
    "callHandlers",
];

/// What is looked at in every call.
struct Stdlib {
    /// The dictionary of the module `logging`.
    module: Py<PyDict>,
    record: Py<PyAny>,
    logger: Py<PyType>,
    null_handler: Py<PyType>,
    handler: Py<PyType>,
    /// Our classes, and how many attributes their instances are made with.
    classes: [(Py<PyType>, usize); 2],
    /// By `WAY`.
    way: Vec<Original>,
    /// By `METHODS`, with the level's number.
    methods: Vec<(Original, Py<PyAny>)>,
}

/// A function of `logging.Logger`.
struct Original {
    name: Py<PyString>,
    function: Py<PyAny>,
}

impl Original {
    fn of(logger: &Bound<'_, PyType>, name: &str) -> PyResult<Original> {
        let name = PyString::intern(logger.py(), name);
        Ok(Original {
            function: logger.getattr(&name)?.unbind(),
            name: name.unbind(),
        })
    }
}

static STDLIB: PyOnceLock<Stdlib> = PyOnceLock::new();

/// Puts the methods on our class of loggers and our class of the root, for records that go to a
/// handler of this class. The numbers are of the attributes that an instance is made with.
#[pyfunction]
pub(crate) fn add_logging_methods(
    logger: (Bound<'_, PyType>, usize),
    root: (Bound<'_, PyType>, usize),
    handler: Bound<'_, PyType>,
) -> PyResult<()> {
    let py = handler.py();
    let logging = py.import("logging")?;
    let plain = logging.getattr("Logger")?.cast_into::<PyType>()?;
    let class = |name| PyResult::Ok(logging.getattr(name)?.cast_into::<PyType>()?.unbind());
    let way = WAY.iter().map(|name| Original::of(&plain, name));
    let methods = METHODS.iter().map(|(name, level)| {
        let number = level.map_or(0, Level::number).into_pyobject(py)?;
        let method = Original::of(&plain, &name.to_string_lossy())?;
        Ok((method, number.into_any().unbind()))
    });
    let stdlib = Stdlib {
        module: logging.dict().unbind(),
        record: logging.getattr("LogRecord")?.unbind(),
        null_handler: class("NullHandler")?,
        handler: handler.unbind(),
        way: way.collect::<PyResult<_>>()?,
        methods: methods.collect::<PyResult<_>>()?,
        classes: [&logger, &root].map(|(class, made_with)| (class.clone().unbind(), *made_with)),
        logger: plain.unbind(),
    };
    let _ = STDLIB.set(py, stdlib);
    add_to(&logger.0)?;
    add_to(&root.0)
}

fn add_to(class: &Bound<'_, PyType>) -> PyResult<()> {
    macro_rules! methods {
        ($($number:literal)*) => {
            [$(Method::stand_in::<Levels, $number>(
                METHODS[$number].0,
                if METHODS[$number].1.is_some() {
                    "($self, msg, *args, **kwargs)"
                } else {
                    "($self, level, msg, *args, **kwargs)"
                },
                "As logging.Logger has it; where nobody would see a LogRecord, without one.",
            ),)*]
        };
    }
    let methods = methods!(0 1 2 3 4 5);
    methods
        .into_iter()
        .flatten()
        .try_for_each(|method| method.put_on(class))
}

struct Levels;

impl StandIn for Levels {
    #[inline]
    fn call<const N: u8>(this: &Bound<'_, PyAny>, call: Arguments<'_, '_>) -> PyResult<()> {
        let Some(stdlib) = STDLIB.get(call.py()) else {
            return Ok(());
        };
        let number = usize::from(N) % METHODS.len();
        match stdlib.past_the_record(number, this, &call) {
            Ok(()) | Err(Else::Nothing) => Ok(()),
            Err(Else::Ordinary) => stdlib.ordinary(number, this, &call),
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

/// A call whose level its logger takes.
struct Enabled<'a, 'py> {
    logger: Bound<'py, PyDict>,
    level: Level,
    /// The level as `logging` has it.
    number: Borrowed<'a, 'py, PyAny>,
    message: &'a str,
    /// Where the arguments of the message begin.
    rest: usize,
    extra: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
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
        let sink = self.sink(&enabled)?;
        send(sink.get(), &enabled, call)
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
        let made_with = self.classes.iter().find(|(ours, _)| class.is(ours));
        let (_, made_with) = made_with.ok_or(Else::Ordinary)?;
        let logger = attributes_of(this).ok_or(Else::Ordinary)?;
        if logger.len() > *made_with && self.has_own(method, &logger)? {
            return Err(Else::Ordinary);
        }
        let (level, number, message) = match METHODS[method].1 {
            Some(level) => (level, self.methods[method].1.bind_borrowed(py), 0),
            None => {
                let number = call.get(0).filter(|n| n.is_exact_instance_of::<PyInt>());
                let number = number.ok_or(Else::Ordinary)?;
                (level_of(number).ok_or(Else::Ordinary)?, number, 1)
            }
        };
        let cache = logger.get_item(intern!(py, "_cache"))?;
        let cache = cache.and_then(|cache| cache.cast_into_exact::<PyDict>().ok());
        let takes = cache.ok_or(Else::Ordinary)?.get_item(number)?;
        if !takes.ok_or(Else::Ordinary)?.is_truthy()? {
            return Err(Else::Nothing);
        }
        let disabled = logger.get_item(intern!(py, "disabled"))?;
        if disabled.ok_or(Else::Ordinary)?.is_truthy()? {
            return Err(Else::Nothing);
        }
        let text = call.get(message).and_then(|m| m.cast_exact().ok());
        Ok(Enabled {
            logger,
            level,
            number,
            message: text.and_then(text_of).ok_or(Else::Ordinary)?,
            rest: message + 1,
            extra: only_extra(call)?,
        })
    }

    /// Whether an instance has something in place of a method of its class.
    #[cold]
    fn has_own(&self, method: usize, attributes: &Bound<'_, PyDict>) -> PyResult<bool> {
        let py = attributes.py();
        let (method, _) = &self.methods[method];
        for Original { name, .. } in self.way.iter().chain([method]) {
            if attributes.contains(name.bind(py))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether `logging` does what it did when the methods were made.
    #[inline]
    fn is_as_it_was(&self, py: Python<'_>, method: usize) -> Result<(), Else> {
        let module = self.module.bind(py);
        let factory = module.get_item(intern!(py, "_logRecordFactory"))?;
        if !factory.is_some_and(|factory| factory.is(&self.record)) {
            return Err(Else::Ordinary);
        }
        let logger = self.logger.bind(py);
        let (method, _) = &self.methods[method];
        for Original { name, function } in self.way.iter().chain([method]) {
            if !logger.getattr(name)?.is(function) {
                return Err(Else::Ordinary);
            }
        }
        Ok(())
    }

    /// Where the call goes, if that is one place, and nothing on the way there looks at records.
    #[inline]
    fn sink<'py>(&self, call: &Enabled<'_, 'py>) -> Result<Bound<'py, LoggingSink>, Else> {
        let py = call.logger.py();
        if !is_empty(&call.logger, intern!(py, "filters"))? {
            return Err(Else::Ordinary);
        }
        let handler = only_handler(&call.logger, self.null_handler.bind(py))?;
        let handler = handler.ok_or(Else::Ordinary)?;
        let (sink, least) = plain_sink(&handler, self.handler.bind(py))?.ok_or(Else::Ordinary)?;
        if call.number.extract::<i64>()? < least {
            return Err(Else::Nothing);
        }
        Ok(sink)
    }

    /// The call, as `logging.Logger` has it at this moment.
    #[cold]
    #[inline(never)]
    fn ordinary(
        &self,
        method: usize,
        this: &Bound<'_, PyAny>,
        call: &Arguments<'_, '_>,
    ) -> PyResult<()> {
        let py = call.py();
        let (Original { name, .. }, _) = &self.methods[method];
        let mut given = vec![this.as_borrowed()];
        given.extend(call.from(0));
        let keywords = call.has_keywords().then(|| PyDict::new(py));
        for (name, value) in call.keywords() {
            if let Some(keywords) = &keywords {
                keywords.set_item(name, value)?;
            }
        }
        let function = self.logger.bind(py).getattr(name)?;
        function.call(PyTuple::new(py, given)?, keywords.as_ref())?;
        Ok(())
    }
}

fn send(
    sink: &LoggingSink,
    enabled: &Enabled<'_, '_>,
    call: &Arguments<'_, '_>,
) -> Result<(), Else> {
    let py = call.py();
    let hydra = sink.logger.get();
    if hydra.source() {
        return Err(Else::Ordinary);
    }
    let name = enabled.logger.get_item(intern!(py, "name"))?;
    let name = name.as_ref().and_then(|name| name.cast_exact().ok());
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
        layer.emit(enabled.level, Message::Str(message), Fields::NONE, None);
        return Ok(());
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
        layer.emit(enabled.level, Message::Str(message), fields, None);
        Ok(())
    })();
    scratch.put_back();
    logged
}

/// What is in `extra`, if there is no other keyword, and nothing in it that `logging` refuses.
#[inline]
fn only_extra<'py>(
    call: &Arguments<'_, 'py>,
) -> Result<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>, Else> {
    let mut entries = Vec::new();
    for (name, value) in call.keywords() {
        if text_of(name) != Some("extra") {
            return Err(Else::Ordinary);
        }
        if value.is_none() {
            continue;
        }
        let extra = value.cast_exact::<PyDict>().map_err(|_| Else::Ordinary)?;
        entries = entries_of(&extra);
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
