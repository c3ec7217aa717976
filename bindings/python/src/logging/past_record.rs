//! A call of `logging` past the LogRecord: the conditions that the head of `methods` lists, one after
//! the other, and then the record of ours.

use std::sync::atomic::Ordering::Relaxed;

use hydra_logger::{Fields, Level, Message};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyMapping, PyString, PyTuple};

use crate::fastcall::Arguments;
use crate::instance::{attributes_of, by_number, truth, whole};
use crate::levels::level_of;
use crate::record::Scratch;
use crate::shown::Shown;
use crate::text::text_of;

use super::chain::{is_empty_list, is_of};
use super::fields::{RecordFields, is_own_attribute};
use super::methods::METHODS;
use super::sink::{LoggingSink, send};
use super::stdlib::Stdlib;

/// What happens to a call that is not logged past the record.
pub(super) enum Else {
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

/// A call whose level its logger takes, and that nobody would see a record of.
struct Enabled<'a, 'py> {
    /// The logger's.
    name: Bound<'py, PyAny>,
    level: Level,
    message: &'a str,
    /// Where the arguments of the message begin.
    rest: usize,
    extra: Entries<'py>,
}

impl Stdlib {
    #[inline]
    pub(super) fn past_the_record(
        &self,
        method: usize,
        this: Borrowed<'_, '_, PyAny>,
        call: &Arguments<'_, '_>,
    ) -> Result<(), Else> {
        let py = call.py();
        let (level, number, message) = if let Some(level) = METHODS[method].1 {
            (level, self.methods[method].number.bind_borrowed(py), 0)
        } else {
            let number = call.get(0).filter(|n| n.is_exact_instance_of::<PyInt>());
            let number = number.ok_or(Else::Ordinary)?;
            (level_of(number).ok_or(Else::Ordinary)?, number, 1)
        };
        let (name, sink, least) = self.way_of(this, number)?;
        if !self.is_as_it_was(py, method) {
            return Err(Else::Ordinary);
        }
        let text = call.get(message).and_then(|m| m.cast_exact().ok());
        let enabled = Enabled {
            name,
            level,
            message: text.and_then(text_of).ok_or(Else::Ordinary)?,
            rest: message + 1,
            extra: only_extra(call)?,
        };
        if whole(number).ok_or(Else::Ordinary)? < least {
            return Err(Else::Nothing);
        }
        deliver(sink.get(), &enabled, call)
    }

    /// The logger's name, where it sends what it is called with, and the number of the least level
    /// that is taken there; if it takes the level of this number itself.
    #[inline]
    fn way_of<'py>(
        &self,
        this: Borrowed<'_, 'py, PyAny>,
        number: Borrowed<'_, 'py, PyAny>,
    ) -> Result<(Bound<'py, PyAny>, Bound<'py, LoggingSink>, i64), Else> {
        if !self.classes.iter().any(|class| is_of(this, class)) {
            return Err(Else::Ordinary);
        }
        let dictionary = attributes_of(this).ok_or(Else::Ordinary)?;
        // SAFETY: nothing of Python's runs in this function.
        let attributes = unsafe { self.of_logger.read(&dictionary) };
        let [
            filters,
            name,
            _,
            parent,
            propagate,
            handlers,
            disabled,
            cache,
        ] = attributes.ok_or(Else::Ordinary)?;
        let cache = cache.cast_exact::<PyDict>().map_err(|_| Else::Ordinary)?;
        // SAFETY: as above.
        let takes = unsafe { by_number(cache, number) };
        let takes = takes.and_then(truth).ok_or(Else::Ordinary)?;
        if !takes || truth(disabled).ok_or(Else::Ordinary)? {
            return Err(Else::Nothing);
        }
        if !is_empty_list(filters) {
            return Err(Else::Ordinary);
        }
        let sink = self.chain.sink([parent, propagate, handlers]);
        let (sink, least) = sink.ok_or(Else::Ordinary)?;
        Ok((name.to_owned(), sink, least))
    }
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
