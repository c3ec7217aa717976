//! The hot path: from an enabled call to the destinations.
//!
//! No lock is held here and nothing is allocated once warm. The only locked instructions are a
//! destination's own. Costs, measured by `make bench` and `make bench-instructions`, are in
//! docs/performance.md.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::counts::LayerCounts;
use super::front::Call;
use super::layer::Layer;
use super::memory::Memory;
use super::protection::{Parts, Protection, Recurs};
use super::route::{Group, OpenRoute, Route};
use super::scratch::Scratch;
use crate::destination::LineMeta;
use crate::diagnostics::{self, ErrorKind};
use crate::format::RenderContext;
use crate::record::truncation_mark;
use crate::value::{Arena, run_user_code};
use crate::{Buffer, Context, Fields, Level, Location, Record, Text, Value, clock, context, sys};

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

    /// Takes a call that was handed over to its destinations.
    ///
    /// See [`Call`] for an example.
    pub fn deliver(&self, call: &Call<'_>) {
        Deliverer::new().deliver(self, call);
    }

    /// The same for a call whose front [takes them protected](super::FrontSeat::takes_protected).
    ///
    /// ```
    /// # use hydra_core::pipeline::{Call, Layer, OpenRoute, Route};
    /// # use hydra_core::{Fields, Level};
    /// # let layer = Layer::new(1, "APP", Level::Info, Route::Open(OpenRoute::default()));
    /// layer.deliver_protected(&Call {
    ///     unix_ns: 1_700_000_000_000_000_000,
    ///     level: Level::Info,
    ///     message: "card [REDACTED]".into(),
    ///     fields: Fields::NONE,
    ///     context: None,
    ///     location: None,
    /// });
    /// ```
    pub fn deliver_protected(&self, call: &Call<'_>) {
        Deliverer::new().deliver_protected(self, call);
    }

    /// Reports a record that came after the end.
    #[cold]
    #[inline(never)]
    pub fn report_closed(&self) {
        let message = "a record came after the logger was closed; it is not written";
        diagnostics::report(ErrorKind::Closed, self.name(), &message);
    }
}

/// Takes many calls that were handed over to their destinations, on one thread: what a record needs on
/// its way is set up once for all of them.
///
/// ```
/// # use hydra_core::pipeline::{Call, Deliverer, Layer, OpenRoute, Route};
/// # use hydra_core::{Fields, Level};
/// # let layer = Layer::new(1, "APP", Level::Info, Route::Open(OpenRoute::default()));
/// let mut deliverer = Deliverer::new();
/// for message in ["one", "two"] {
///     deliverer.deliver(&layer, &Call {
///         unix_ns: 1_700_000_000_000_000_000,
///         level: Level::Info,
///         message: message.into(),
///         fields: Fields::NONE,
///         context: None,
///         location: None,
///     });
/// }
/// ```
pub struct Deliverer {
    /// Gone only when it is dropped.
    scratch: Option<Box<Scratch>>,
}

impl Deliverer {
    /// For the thread that it is made on.
    #[must_use]
    pub fn new() -> Deliverer {
        Deliverer {
            scratch: Some(Scratch::take()),
        }
    }

    /// As [`Layer::deliver`].
    #[inline(never)]
    pub fn deliver(&mut self, layer: &Layer, call: &Call<'_>) {
        self.deliver_call(layer, call, false);
    }

    /// As [`Layer::deliver_protected`].
    #[inline(never)]
    pub fn deliver_protected(&mut self, layer: &Layer, call: &Call<'_>) {
        self.deliver_call(layer, call, true);
    }

    #[inline(always)]
    fn deliver_call(&mut self, layer: &Layer, call: &Call<'_>, is_protected: bool) {
        let Some(scratch) = &mut self.scratch else {
            return;
        };
        let Scratch {
            line,
            arena,
            render,
            seats,
            memory,
            ..
        } = &mut **scratch;
        let seat = seats.of(layer);
        let Some(open) = seat.route.open() else {
            // It is counted as a record where it was handed over.
            seat.counter.refused();
            return layer.report_closed();
        };
        // User code has run and long texts were cut when it was handed over.
        let (message, recurs) = match call.message {
            Message::Static(text) => (text, Recurs::Always),
            // It lies where it was copied to, each time elsewhere.
            Message::Str(text) => (text, Recurs::Never),
            Message::Arguments(arguments) => {
                (arguments.as_str().unwrap_or_default(), Recurs::Never)
            }
        };
        let parts = Parts {
            message,
            recurs,
            fields: call.fields,
        };
        let mut tools = Tools {
            render,
            line,
            arena,
            memory,
        };
        let head = Head {
            time: || call.unix_ns,
            level: call.level,
            layer: layer.name(),
            location: call.location,
        };
        let context = call.context.clone();
        let protection = open.protection.as_ref().filter(|_| !is_protected);
        let parts = (literal_of(&call.message), parts);
        if tools.run(open, protection, &seat.counter, head, parts, context) {
            scratch.arena.reset();
        }
    }
}

impl Default for Deliverer {
    fn default() -> Deliverer {
        Deliverer::new()
    }
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        if let Some(scratch) = self.scratch.take() {
            scratch.put_back(false);
        }
    }
}

impl fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliverer").finish_non_exhaustive()
    }
}

#[inline(always)]
fn literal_of(message: &Message<'_>) -> Option<&'static str> {
    match message {
        Message::Static(text) => Some(text),
        _ => None,
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

/// What a record is beside what it says.
struct Head<'a, T> {
    time: T,
    level: Level,
    layer: &'a str,
    location: Option<Location>,
}

/// What the way to the destinations needs of the thread's scratch.
struct Tools<'s> {
    render: &'s mut RenderContext,
    line: &'s mut Buffer,
    arena: &'s Arena,
    memory: &'s mut Memory,
}

impl<'s> Tools<'s> {
    /// Takes a call to the destinations; whether something is left in the arena.
    #[inline(always)]
    fn run(
        &mut self,
        open: &OpenRoute,
        protection: Option<&Protection>,
        counts: &LayerCounts,
        head: Head<'_, impl FnOnce() -> i64>,
        (literal, mut parts): (Option<&'static str>, Parts<'s>),
        mut context: Option<Context>,
    ) -> bool {
        let mut used_arena = false;
        if let Some(protection) = protection {
            parts = protection.parts(parts, self.arena, self.memory);
            context = context.map(|context| protection.context(context, self.memory));
            used_arena |= self.memory.used_arena();
        }
        if let Some(security) = &open.security
            && let Some(marked) = security.mark(parts, self.arena)
        {
            parts = marked;
            used_arena = true;
        }
        let record = Record {
            unix_ns: (head.time)(),
            level: head.level,
            layer: head.layer,
            message: match literal {
                // As long as nothing has come in its place.
                Some(text) if std::ptr::eq(text, parts.message) => self.memory.scanned.text(text),
                _ => Text::new(parts.message),
            },
            context: context.as_ref().map_or(&[], Context::slice),
            fields: parts.fields,
            location: head.location,
        };
        // A format or destination may be the application's own: it may panic, and costs no more
        // than its own lines.
        let mut progress = Progress::default();
        let groups = &open.groups;
        while catch_unwind(AssertUnwindSafe(|| {
            progress.deliver(groups, &record, self, counts);
        }))
        .is_err()
        {
            progress.panicked(groups, record.level, counts);
        }
        used_arena | self.memory.used_arena()
    }
}

impl Tools<'_> {
    #[inline]
    fn render(&mut self, group: &Group, record: &Record<'_>) {
        self.line.clear();
        match group.protection() {
            None => group.format().render(record, self.render, self.line),
            Some(protection) => self.render_less(protection, group, record),
        }
    }

    /// A destination that must not see all that others see.
    #[cold]
    #[inline(never)]
    fn render_less(&mut self, protection: &Protection, group: &Group, record: &Record<'_>) {
        let parts = Parts {
            message: record.message.as_str(),
            recurs: Recurs::Never,
            fields: record.fields,
        };
        let parts = protection.parts(parts, self.arena, self.memory);
        let context = protection.fresh_context(record.context, self.memory);
        let record = Record {
            message: Text::new(parts.message),
            fields: parts.fields,
            context: context.slice(),
            ..*record
        };
        group.format().render(&record, self.render, self.line);
    }
}

/// How far a record has come on its route.
#[derive(Default)]
struct Progress {
    group: usize,
    /// How many of the group's targets have been asked; the line is rendered before the first.
    targets: usize,
}

impl Progress {
    /// Goes on from here: for each group renders once, delivers to each.
    #[inline]
    fn deliver(
        &mut self,
        groups: &[Group],
        record: &Record<'_>,
        tools: &mut Tools<'_>,
        counts: &LayerCounts,
    ) {
        while let Some(group) = groups.get(self.group) {
            if group.takes(record.level) {
                if self.targets == 0 {
                    tools.render(group, record);
                }
                while let Some(target) = group.targets().get(self.targets) {
                    self.targets += 1;
                    if target.takes(record.level) {
                        let meta = LineMeta {
                            level: record.level,
                            unix_ns: record.unix_ns,
                            guaranteed: target.guarantees(record.level),
                        };
                        match target.destination().deliver(tools.line.as_bytes(), &meta) {
                            Ok(()) => counts.delivered(tools.line.len()),
                            Err(error) => {
                                counts.refused();
                                target.refused(&error);
                            }
                        }
                    }
                }
            }
            self.group += 1;
            self.targets = 0;
        }
    }

    /// Counts and reports what a panic cost: one target's line, or all those of a group whose format
    /// it was. The next call of `deliver` goes on behind it.
    #[cold]
    #[inline(never)]
    fn panicked(&mut self, groups: &[Group], level: Level, counts: &LayerCounts) {
        let targets = groups.get(self.group).map_or(&[][..], Group::targets);
        let (cost, error) = if self.targets == 0 {
            self.group += 1;
            (targets, "its format panicked")
        } else {
            (&targets[self.targets - 1..self.targets], "it panicked")
        };
        for target in cost.iter().filter(|target| target.takes(level)) {
            counts.refused();
            // Its counts are the application's own code too.
            let refuse = || target.refused(&io::Error::other(error));
            let _ = catch_unwind(AssertUnwindSafe(refuse));
        }
    }
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
