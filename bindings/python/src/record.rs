//! From an enabled call to the core: message, fields, place, then one call of the layer.

use std::cell::Cell;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use hydra_logger::{Context, Fields, Key, Layer, Level, Location, Message, Value};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::call::{Keywords, Takes};
use crate::context;
use crate::fastcall::Arguments;
use crate::frames;
use crate::gil;
use crate::key_table::{key_of, keyword};
use crate::message::write_message;
use crate::plugins::{self, Event, Plugins};
use crate::shown::Shown;
use crate::text::text_of;
use crate::values::{Walk, entries_of};

/// The names of the fields that hold a traceback and a stack.
pub(crate) const EXCEPTION: &str = "exception";
pub(crate) const STACK: &str = "stack";

/// What of a logger a record depends on besides its layer.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Clone, Copy)]
pub(crate) struct Manner<'l> {
    /// The fields that the logger was bound to.
    pub(crate) bound: Option<&'l Context>,
    /// Who is told of the record; `None` where nobody is.
    pub(crate) plugins: Option<&'l Plugins>,
    /// Whether lines name the place of the call.
    pub(crate) source: bool,
    /// Whether what the application's own code raises is raised to it.
    pub(crate) raise_errors: bool,
    /// Whether a record goes its way without the GIL, wherever it goes.
    pub(crate) release_gil: bool,
    /// Whether the handled exception is shown even where `exc_info` is not passed.
    pub(crate) exception: bool,
    /// What the records of `security`, `audit` and `compliance` are, whose fields they get.
    pub(crate) event: Option<hydra_logger::Event>,
}

/// What a thread keeps from record to record. It is taken while in use: a `__str__` that logs finds
/// the place empty and makes its own.
#[derive(Default)]
pub(crate) struct Scratch {
    message: String,
    pub(crate) arena: Bump,
}

/// What it may keep; one large record does not hold its memory for ever.
const MAX_KEPT: usize = 1 << 20;

thread_local! {
    static SCRATCH: Cell<Option<Scratch>> = const { Cell::new(None) };
}

impl Scratch {
    pub(crate) fn take() -> Scratch {
        SCRATCH
            .try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    pub(crate) fn put_back(mut self) {
        if self.message.capacity() > MAX_KEPT || self.arena.allocated_bytes() > MAX_KEPT {
            self = Scratch::default();
        }
        self.message.clear();
        self.arena.reset();
        let _ = SCRATCH.try_with(|place| place.set(Some(self)));
    }
}

/// Sends a call on its way. Its message is the argument at `message`, or the keyword of that name;
/// the arguments of the message begin at `rest`.
#[inline]
pub(crate) fn log(
    layer: &Layer,
    level: Level,
    call: &Arguments<'_, '_>,
    (message, rest): (usize, usize),
    takes: Takes,
    keywords: &Keywords<'_, '_>,
    manner: Manner<'_>,
) -> PyResult<()> {
    // The commonest call: a text, and nothing else.
    if !call.has_keywords()
        && call.len() <= rest
        && !manner.source
        && !manner.exception
        && manner.event.is_none()
        && let Some(message) = call.get(message)
        && let Ok(message) = message.cast_exact::<PyString>()
        && let Some(text) = text_of(message)
    {
        let scope = context::enter(call.py(), manner.bound)?;
        send(layer, level, text, Fields::NONE, None, call.py(), manner)?;
        drop(scope);
        if let Some(plugins) = manner.plugins {
            return tell(plugins, layer, level, text, call, takes, keywords);
        }
        return Ok(());
    }
    log_with_more(layer, level, call, (message, rest), takes, keywords, manner)
}

#[inline(never)]
fn log_with_more(
    layer: &Layer,
    level: Level,
    call: &Arguments<'_, '_>,
    (message, rest): (usize, usize),
    takes: Takes,
    keywords: &Keywords<'_, '_>,
    manner: Manner<'_>,
) -> PyResult<()> {
    let mut scratch = Scratch::take();
    let Scratch {
        message: text,
        arena,
    } = &mut scratch;
    let shown = Shown::new(manner.raise_errors, layer.name());
    let made = (|| {
        let given = call.get(message).or(keywords.message);
        let borrowed = given
            .filter(|_| call.len() <= rest)
            .and_then(|given| text_of(given.cast_exact::<PyString>().ok()?));
        let message = match (borrowed, given) {
            (Some(text), _) => text,
            (None, Some(given)) => {
                write_message(given, call, rest, shown, text)?;
                text
            }
            (None, None) => "",
        };
        let (keys, values) = fields(call, keywords, takes, manner, arena, shown)?;
        let location = if manner.source {
            let location = frames::location(call.py(), stack_level(keywords));
            location.or_else(|error| shown.failed(call.py(), error).map(|()| None))?
        } else {
            None
        };
        let fields = Fields::new(keys, values);
        let scope = context::enter(call.py(), manner.bound)?;
        let location = location.as_ref();
        send(layer, level, message, fields, location, call.py(), manner)?;
        drop(scope);
        if let Some(plugins) = manner.plugins {
            return tell(plugins, layer, level, message, call, takes, keywords);
        }
        Ok(())
    })();
    scratch.put_back();
    made
}

/// Gives a record to the core. It is plain data: nothing of it asks for the GIL any more.
#[inline]
fn send(
    layer: &Layer,
    level: Level,
    message: &str,
    fields: Fields<'_>,
    location: Option<&Location>,
    py: Python<'_>,
    manner: Manner<'_>,
) -> PyResult<()> {
    let emit = || layer.emit(level, Message::Str(message), fields, location);
    if manner.release_gil {
        gil::released(py, emit)
    } else {
        gil::attached(py, emit)
    }
}

/// Tells the logger's plugins of a record that is on its way.
#[cold]
fn tell(
    plugins: &Plugins,
    layer: &Layer,
    level: Level,
    message: &str,
    call: &Arguments<'_, '_>,
    takes: Takes,
    keywords: &Keywords<'_, '_>,
) -> PyResult<()> {
    let py = call.py();
    let extra = PyDict::new(py);
    if let Some(given) = keywords.extra {
        // What a mapping raises was told when the record was made, or raised where that is wanted.
        match plugins::add_extra(&extra, &given) {
            Err(error) if !error.is_instance_of::<PyException>(py) => return Err(error),
            _ => {}
        }
    }
    for (name, value) in takes.fields(call, keywords) {
        extra.set_item(name, value)?;
    }
    let event = Event {
        level,
        layer: layer.name(),
        message,
        extra,
        protection: layer.protection(),
    };
    plugins.tell(py, &event)
}

type KeysAndValues<'a> = (&'a [Key<'a>], &'a [Value<'a>]);

/// The fields of a call: keywords, then `extra`, then traceback and stack.
fn fields<'a>(
    call: &Arguments<'a, '_>,
    keywords: &Keywords<'a, '_>,
    takes: Takes,
    manner: Manner<'_>,
    arena: &'a Bump,
    shown: Shown<'_>,
) -> PyResult<KeysAndValues<'a>> {
    let py = call.py();
    // What cannot be asked any more, as at the interpreter's end, is left out.
    let exception = frames::exception(py, keywords.exc_info, manner.exception);
    let exception = exception.or_else(|error| shown.failed(py, error).map(|()| None))?;
    let stack = keywords
        .stack_info
        .is_some_and(|wanted| wanted.is_truthy().unwrap_or(false));
    let marks = manner.event.map(hydra_logger::Event::fields);
    let marks = marks.as_ref().map_or(&[][..], |marks| &marks[..]);
    if keywords.fields + marks.len() == 0
        && keywords.extra.is_none()
        && exception.is_none()
        && !stack
    {
        return Ok((&[], &[]));
    }
    let mut keys = ArenaVec::with_capacity_in(keywords.fields + marks.len() + 2, arena);
    let mut values = ArenaVec::with_capacity_in(keywords.fields + marks.len() + 2, arena);
    let mut walk = Walk::new(arena, shown);
    if keywords.fields > 0 {
        for (name, value) in takes.fields(call, keywords) {
            keys.push(match keyword(name) {
                Some(keyword) => keyword.key,
                None => key_of(match text_of(name) {
                    Some(name) => name,
                    None => walk.name(&name)?,
                }),
            });
            values.push(walk.argument(value)?);
        }
    }
    if let Some(extra) = keywords.extra {
        add_extra(&extra, arena, &mut walk, &mut keys, &mut values)?;
    }
    for (name, value) in marks {
        if !keys.iter().any(|key| key.name() == *name) {
            keys.push(key_of(name));
            values.push(*value);
        }
    }
    if let Some(exception) = exception {
        keys.push(key_of(EXCEPTION));
        values.push(walk.traceback(&exception)?);
    }
    if stack {
        let stack = frames::stack(py, stack_level(keywords));
        let stack = stack.or_else(|error| shown.failed(py, error).map(|()| None))?;
        if let Some(stack) = stack {
            keys.push(key_of(STACK));
            values.push(Value::Str(arena.alloc_str(&stack)));
        }
    }
    Ok((keys.into_bump_slice(), values.into_bump_slice()))
}

/// What is in `extra`: of a mapping each entry, unless a keyword has its name; anything else as a
/// field of that name, so that it is not lost.
fn add_extra<'a>(
    extra: &Bound<'_, PyAny>,
    arena: &'a Bump,
    walk: &mut Walk<'a, '_>,
    keys: &mut ArenaVec<'a, Key<'a>>,
    values: &mut ArenaVec<'a, Value<'a>>,
) -> PyResult<()> {
    if extra.is_none() {
        return Ok(());
    }
    let given = keys.len();
    if let Ok(dict) = extra.cast_exact::<PyDict>() {
        for (name, value) in entries_of(dict, arena) {
            let name = walk.name(&name)?;
            if !keys[..given].iter().any(|key| key.name() == name) {
                keys.push(key_of(name));
                values.push(walk.value(&value)?);
            }
        }
        return Ok(());
    }
    match walk.value(extra)? {
        Value::Map(entries) => {
            for (name, value) in entries {
                if !keys[..given].iter().any(|key| key.name() == *name) {
                    keys.push(key_of(name));
                    values.push(*value);
                }
            }
        }
        other => {
            keys.push(key_of("extra"));
            values.push(other);
        }
    }
    Ok(())
}

/// How many frames up the call is to be shown, 1 for the caller itself.
fn stack_level(keywords: &Keywords<'_, '_>) -> usize {
    let level = keywords.stacklevel.and_then(|level| level.extract().ok());
    level.unwrap_or(1).max(1)
}
