//! The hot path: from an enabled call to the way of its record, or to the front that it is handed over to.
//!
//! No lock is held here and nothing is allocated once warm. The only locked instructions are a
//! destination's own. Costs, measured by `make bench` and `make bench-instructions`, are in
//! docs/performance.md.

use std::fmt;
use std::time::Instant;

use super::deliver::{Head, Tools, literal_of};
use super::front::Call;
use super::layer::Layer;
use super::memory::Memory;
use super::protection::{Parts, Protection, Recurs};
use super::route::Route;
use super::scratch::Scratch;
use crate::record::truncation_mark;
use crate::value::{Arena, run_user_code};
use crate::{Fields, Level, Location, Value, clock, context, sys};

/// A message: a text as it is, or one to be formatted.
///
/// ```
/// use hydra_core::Message;
/// let plain: Message<'_> = "started".into();
/// assert!(matches!(plain, Message::Str("started")));
/// let formatted: Message<'_> = format_args!("port {}", 8080).into();
/// # let _ = formatted;
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// A text.
    Str(&'a str),
    /// A text of the program's own, which never changes: that it holds nothing sensitive is found
    /// out once.
    Static(&'static str),
    /// Text and arguments, rendered once, after the level check.
    Arguments(fmt::Arguments<'a>),
}

impl<'a> From<&'a str> for Message<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Message::Str(text)
    }
}

impl<'a> From<&'a String> for Message<'a> {
    #[inline]
    fn from(text: &'a String) -> Self {
        Message::Str(text)
    }
}

impl<'a> From<fmt::Arguments<'a>> for Message<'a> {
    #[inline]
    fn from(arguments: fmt::Arguments<'a>) -> Self {
        arguments
            .as_str()
            .map_or(Message::Arguments(arguments), Message::Static)
    }
}

impl Layer {
    /// Sends a record on its way, whatever its level: the macros and methods have checked it.
    #[inline(never)]
    pub fn emit(
        &self,
        level: Level,
        message: Message<'_>,
        fields: Fields<'_>,
        location: Option<&Location>,
    ) {
        self.emit_with(None, level, message, fields, location);
    }

    /// Sends a record that was made elsewhere, with the time it was made at, in nanoseconds since
    /// 1970-01-01 UTC. As [`Layer::emit`], it does not look at the level.
    ///
    /// ```
    /// use hydra_core::config::Config;
    /// use hydra_core::pipeline::{Assembly, Layer, Route};
    /// use hydra_core::{Fields, Level};
    ///
    /// let assembly = Assembly::new(&Config::default(), None)?;
    /// let (level, route) = assembly.route("APP").expect("there is a DEFAULT");
    /// let layer = Layer::new(1, "APP", level, Route::Open(route));
    /// let time = 1_700_000_000_000_000_000;
    /// layer.emit_at(time, Level::Info, "read back".into(), Fields::NONE, None);
    /// # Ok::<(), hydra_core::pipeline::BuildError>(())
    /// ```
    #[inline(never)]
    pub fn emit_at(
        &self,
        unix_ns: i64,
        level: Level,
        message: Message<'_>,
        fields: Fields<'_>,
        location: Option<&Location>,
    ) {
        self.emit_with(Some(unix_ns), level, message, fields, location);
    }

    // Inlined into its two callers: what the time costs, `emit` alone pays.
    #[inline(always)]
    fn emit_with(
        &self,
        time: Option<i64>,
        level: Level,
        message: Message<'_>,
        fields: Fields<'_>,
        location: Option<&Location>,
    ) {
        let mut scratch = Scratch::take();
        let Scratch {
            message: text,
            line,
            arena,
            render,
            seats,
            memory,
        } = &mut *scratch;
        let seat = seats.of(self);
        if time.is_none()
            && let Some((front, max_text, began)) = seat.front_as_made(level)
            && context::is_empty()
            && front.accept_as_made(level, &message, &fields, location, max_text)
        {
            seat.counter.record(level);
            if let Some(began) = began {
                self.measured_since(began);
            }
            return scratch.put_back_unused();
        }
        let Route::Open(open) = &*seat.route else {
            return self.hand_over(scratch, time, level, message, fields, location);
        };
        // One record in 128 is measured: two clock reads for each would cost 50 ns.
        let began = (seat.counter.record(level) && open.measured).then(Instant::now);
        let resolved = Resolved::new(message, fields, open.max_text, text, arena);
        let mut tools = Tools {
            render,
            line,
            arena,
            memory,
        };
        let context = context::current().map(|context| context.limited(open.max_text));
        let head = Head {
            time: || time.unwrap_or_else(sys::now),
            level,
            layer: self.name(),
            location: location.copied(),
        };
        let used_arena = resolved.used_arena
            | tools.run(
                open,
                open.protection.as_ref(),
                &seat.counter,
                head,
                (literal_of(&message), resolved.parts),
                context,
            );
        if let Some(began) = began {
            self.measured(began.elapsed());
        }
        scratch.put_back(used_arena);
    }

    /// Hands a call to the front of its route that it does not take as it was made.
    #[inline(never)]
    fn hand_over(
        &self,
        mut scratch: Box<Scratch>,
        time: Option<i64>,
        level: Level,
        message: Message<'_>,
        fields: Fields<'_>,
        location: Option<&Location>,
    ) {
        let Scratch {
            message: text,
            arena,
            seats,
            memory,
            ..
        } = &mut *scratch;
        let seat = seats.of(self);
        let sampled = seat.counter.record(level);
        let Some((front, open)) = seat.front() else {
            seat.counter.refused();
            scratch.put_back(false);
            return self.report_closed();
        };
        let began = (sampled && open.measured).then(Instant::now);
        let resolved = Resolved::new(message, fields, open.max_text, text, arena);
        let mut call = Call {
            unix_ns: time.unwrap_or_else(clock::stamp),
            level,
            message: match message {
                Message::Static(text) if text.len() <= open.max_text => Message::Static(text),
                _ => Message::Str(resolved.parts.message),
            },
            fields: resolved.parts.fields,
            context: context::current().map(|context| context.limited(open.max_text)),
            location: location.copied(),
        };
        let mut used_arena = resolved.used_arena;
        if front.takes_protected()
            && let Some(protection) = &open.protection
        {
            used_arena |= protect(&mut call, protection, resolved.parts, arena, memory);
        }
        let taken = front.accept(&call);
        if !taken {
            seat.counter.refused();
        }
        if let Some(began) = began {
            self.measured(began.elapsed());
        }
        scratch.put_back(used_arena);
    }
}

#[inline]
fn needs_resolving(value: &Value<'_>, max_text: usize) -> bool {
    match value {
        Value::I64(_) | Value::U64(_) | Value::F64(_) => false,
        Value::Str(text) => text.len() > max_text,
        Value::List(_) | Value::Map(_) => !value.is_plain(max_text, 0),
        other => other.is_live(),
    }
}

/// What a call brings, when its user code has run.
struct Resolved<'a> {
    parts: Parts<'a>,
    used_arena: bool,
}

impl<'a> Resolved<'a> {
    /// Runs user code, first of all and once: Display, Debug, errors, collections.
    #[inline(always)]
    fn new(
        message: Message<'a>,
        fields: Fields<'a>,
        max_text: usize,
        text: &'a mut String,
        arena: &'a Arena,
    ) -> Resolved<'a> {
        let recurs = match message {
            Message::Static(_) => Recurs::Always,
            Message::Str(_) => Recurs::Perhaps,
            Message::Arguments(_) => Recurs::Never,
        };
        let mut message = match message {
            Message::Str(text) | Message::Static(text) => text,
            Message::Arguments(arguments) => {
                text.clear();
                run_user_code(text, |out| out.write_fmt(arguments));
                text.as_str()
            }
        };
        let mut used_arena = false;
        let mut values = fields.values;
        if values.iter().any(|value| needs_resolving(value, max_text)) {
            values = arena.values(values, max_text);
            used_arena = true;
        }
        if message.len() > max_text {
            message = arena.cut(message, max_text);
            used_arena = true;
        }
        Resolved {
            parts: Parts {
                message,
                recurs,
                fields: Fields { values, ..fields },
            },
            used_arena,
        }
    }
}

/// Redacts a call before it is handed over; whether something is left in the arena.
#[inline(never)]
fn protect<'a>(
    call: &mut Call<'a>,
    protection: &Protection,
    parts: Parts<'a>,
    arena: &'a Arena,
    memory: &mut Memory,
) -> bool {
    let parts = protection.parts(parts, arena, memory);
    call.message = match call.message {
        Message::Static(text) if std::ptr::eq(text, parts.message) => Message::Static(text),
        _ => Message::Str(parts.message),
    };
    call.fields = parts.fields;
    let context = call.context.take();
    call.context = context.map(|context| protection.context(context, memory));
    memory.used_arena()
}

impl crate::value::Arena {
    /// The beginning of a text that is too long, and how much of it is missing.
    #[cold]
    #[inline(never)]
    fn cut(&self, text: &str, max_text: usize) -> &str {
        let kept = text.floor_char_boundary(max_text);
        self.text_of(&[&text[..kept], &truncation_mark(text.len() - kept)])
    }
}
