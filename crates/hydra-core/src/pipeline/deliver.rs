//! The way of a record to its destinations: protected, rendered once for each format, delivered.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::counts::LayerCounts;
use super::emit::Message;
use super::front::Call;
use super::layer::Layer;
use super::memory::Memory;
use super::protection::{Parts, Protection, Recurs};
use super::route::{Group, OpenRoute};
use super::scratch::Scratch;
use crate::destination::LineMeta;
use crate::diagnostics::{self, ErrorKind};
use crate::format::RenderContext;
use crate::value::Arena;
use crate::{Buffer, Context, Level, Location, Record, Text};

impl Layer {
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

/// The message, if it stands in the program.
#[inline(always)]
pub(super) fn literal_of(message: &Message<'_>) -> Option<&'static str> {
    match message {
        Message::Static(text) => Some(text),
        _ => None,
    }
}

/// What a record is beside what it says.
pub(super) struct Head<'a, T> {
    pub(super) time: T,
    pub(super) level: Level,
    pub(super) layer: &'a str,
    pub(super) location: Option<Location>,
}

/// What the way to the destinations needs of the thread's scratch.
pub(super) struct Tools<'s> {
    pub(super) render: &'s mut RenderContext,
    pub(super) line: &'s mut Buffer,
    pub(super) arena: &'s Arena,
    pub(super) memory: &'s mut Memory,
}

impl<'s> Tools<'s> {
    /// Takes a call to the destinations; whether something is left in the arena.
    #[inline(always)]
    pub(super) fn run(
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
