//! The other side of the rings: one thread takes the calls of all of them, in the order of their
//! times, through the pipeline.

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bumpalo::Bump;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Call, Deliverer, Message};
use hydra_core::{Context, Fields, Key, Level, Value, clock, unix_now};

use crate::accounts::{RingCounts, Untold};
use crate::call::{self, Read, Route};
use crate::engine::Shared;
use crate::queue::gather;
use crate::ring::Consumer;
use crate::ring_file::number::Numbered;
use crate::ring_file::{KeptRing, record};
use crate::side::{Named, Side};

thread_local! {
    static DISPATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs the pipeline for others at this moment: then it cannot wait for them.
pub(crate) fn is_dispatching() -> bool {
    DISPATCHING.get()
}

/// Says that this thread is dispatching, until it is dropped.
pub(crate) struct Dispatching(bool);

impl Dispatching {
    pub(crate) fn begin() -> Dispatching {
        Dispatching(DISPATCHING.replace(true))
    }
}

impl Drop for Dispatching {
    fn drop(&mut self) {
        DISPATCHING.set(self.0);
    }
}

/// Of how many numbers a ring's end remembers what they stand for.
const NAMED: usize = 64;
/// After how many calls the room of what was read is given back.
const RELEASE_EVERY: u32 = 128;
/// How often calls that were refused are told of.
const SUMMARY_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether the ring file is still there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the dispatcher has of a ring.
pub(crate) struct RingEnd {
    consumer: Consumer,
    side: Arc<Side>,
    counts: Arc<RingCounts>,
    named: [Option<(u32, Named)>; NAMED],
    context: (u32, Option<Context>),
    /// The time of the next call of this round.
    next: Option<i64>,
    /// Up to where calls were seen a round ago. They were made before this one: a later time in them
    /// is that of a clock that was set back.
    seen: u64,
    /// Up to where a flush waits for it.
    mark: u64,
    unreleased: u32,
    /// How many calls were run whose lines are gathered, and that are not yet counted.
    uncounted: u64,
    /// Of a ring in a file.
    kept: Option<Kept>,
}

/// What the dispatcher knows of a ring in a file.
struct Kept {
    ring: KeptRing,
    /// The number of the last record.
    last: u64,
    /// Up to where the ring was read when a record's number was the last: its room is given back
    /// when every destination is past that.
    marks: VecDeque<(u64, u64)>,
}

impl Kept {
    /// Up to where room may be given back.
    fn released(&mut self, position: u64, floor: u64) -> Option<u64> {
        if self.marks.back().is_none_or(|(_, last)| *last < position) {
            self.marks.push_back((self.last, position));
        }
        let mut released = None;
        while let Some((number, position)) = self.marks.front()
            && *number <= floor
        {
            released = Some(*position);
            self.marks.pop_front();
        }
        released
    }

    fn can_release(&self, floor: u64) -> bool {
        self.marks
            .front()
            .is_some_and(|(number, _)| *number <= floor)
    }
}

impl RingEnd {
    pub(crate) fn new(
        consumer: Consumer,
        side: Arc<Side>,
        counts: Arc<RingCounts>,
        kept: Option<KeptRing>,
    ) -> RingEnd {
        RingEnd {
            kept: kept.map(|ring| Kept {
                ring,
                last: 0,
                marks: VecDeque::new(),
            }),
            consumer,
            side,
            counts,
            named: [const { None }; NAMED],
            context: (0, None),
            next: None,
            seen: 0,
            mark: 0,
            unreleased: 0,
            uncounted: 0,
        }
    }

    /// Takes in what is there at the begin of a round.
    fn look(&mut self) {
        self.seen = self.consumer.limit();
        self.consumer.look();
        self.peek();
    }

    fn peek(&mut self) {
        self.next = self.consumer.next().map(call::stamp);
    }

    /// The time of the next call, if its turn is in this round: it was made before it.
    #[inline]
    fn due(&self, now: i64) -> Option<i64> {
        let was_seen = || self.consumer.position() < self.seen;
        self.next.filter(|stamp| *stamp <= now || was_seen())
    }

    /// Runs calls of which none comes before `last`, the next of any other ring.
    #[inline(always)]
    fn run_until(&mut self, (now, last): (i64, i64), tools: &mut Tools, shared: &Shared) {
        while let Some(stamp) = self.due(now)
            && stamp <= last
            && !shared.is_forking()
        {
            self.run(tools);
            self.pass();
        }
    }

    /// Goes on behind the call that was run.
    #[inline(always)]
    fn pass(&mut self) {
        self.advance();
        self.peek();
    }

    /// Runs the next call.
    #[inline(always)]
    fn run(&mut self, Tools { arena, deliverer }: &mut Tools) {
        if self.kept.is_some() {
            self.run_kept(arena, deliverer);
            return arena.reset();
        }
        let mut few = call::NO_VALUES;
        let Some(bytes) = self.consumer.current() else {
            return;
        };
        match call::read(bytes, arena, &mut few) {
            Read::Call(route, mut call) => {
                call.context = context_of(&self.side, &mut self.context, route);
                if let Some(named) = named_of(&self.side, &mut self.named, route) {
                    deliverer.deliver(&named.layer, &call);
                }
            }
            Read::Aside(number) => self.run_aside(number, arena, deliverer),
        }
        arena.reset();
    }

    /// Runs a call that stands aside.
    #[cold]
    #[inline(never)]
    fn run_aside(&mut self, number: u32, arena: &Bump, deliverer: &mut Deliverer) {
        let large = self.side.aside(number).unwrap_or_default();
        let mut few = call::NO_VALUES;
        if let Read::Call(route, mut call) = call::read(&large, arena, &mut few) {
            call.context = context_of(&self.side, &mut self.context, route);
            if let Some(named) = named_of(&self.side, &mut self.named, route) {
                deliverer.deliver(&named.layer, &call);
            }
        }
    }

    /// The same in a file: the record gets its number before anything of it goes anywhere.
    #[inline(never)]
    fn run_kept(&mut self, arena: &Bump, deliverer: &mut Deliverer) {
        let Some(kept) = &mut self.kept else {
            return;
        };
        kept.last = kept.ring.file.next_number();
        self.consumer.put_number(kept.last as u32);
        let _numbered = Numbered::begin(kept.last);
        // Of this ring's own; the consumer's bytes are lent for as long as the call.
        let Some(bytes) = self.consumer.current() else {
            return;
        };
        let (side, known) = (&self.side, &mut self.context);
        let route = record::route(bytes).unwrap_or_default();
        let Some(named) = named_of(side, &mut self.named, route) else {
            return;
        };
        let mut few = call::NO_VALUES;
        let call = match &named.site {
            Some((site, between)) => record::read_of_site(bytes, (site, *between), arena, &mut few),
            None => None,
        };
        let call = call.or_else(|| record::read(bytes, arena).map(|read| read.call));
        let Some(mut call) = call else {
            let message = "a record in the ring file is damaged, and lost";
            return diagnostics::report(ErrorKind::Write, "asynchronous logger", &message);
        };
        call.context = context_of(side, known, route);
        deliverer.deliver_protected(&named.layer, &call);
    }

    fn advance(&mut self) {
        self.consumer.advance();
        self.uncounted += 1;
        self.unreleased += 1;
        if self.unreleased == RELEASE_EVERY {
            self.release();
        }
    }

    fn release(&mut self) {
        self.unreleased = 0;
        if self.kept.is_none() {
            return self.consumer.release();
        }
        // Which a destination is behind with is known of lines in its queue.
        gather::hand_in();
        self.count();
        let Some(kept) = &mut self.kept else {
            return;
        };
        let floor = kept.ring.file.floor();
        if let Some(position) = kept.released(self.consumer.position(), floor) {
            self.consumer.release_to(position);
        }
    }

    /// Counts what was run, when its lines are in their queues.
    fn count(&mut self) {
        let count = std::mem::take(&mut self.uncounted);
        self.counts.dispatched.add(count);
    }

    /// Whether nothing is left to do here, now or later.
    fn is_finished(&self) -> bool {
        self.consumer.is_finished() && (self.kept.is_none() || self.is_released())
    }

    fn is_released(&self) -> bool {
        self.consumer.released() == self.consumer.position()
    }

    fn has_work(&self) -> bool {
        if self.consumer.used() > 0 || self.is_finished() {
            return true;
        }
        let Some(kept) = &self.kept else {
            return false;
        };
        // Somebody waits for room, or the thread is gone.
        if self.is_released() || !self.consumer.is_pressed() {
            return false;
        }
        let file = &kept.ring.file;
        file.await_destinations(true);
        kept.can_release(file.floor())
    }

    /// Gives up its place in the file.
    fn end(self) {
        drop(self.consumer);
        if let Some(kept) = self.kept {
            kept.ring.free();
        }
    }
}

/// The context of a call: calls without one (0) come between others that have the same.
#[inline(always)]
fn context_of(side: &Side, known: &mut (u32, Option<Context>), route: Route) -> Option<Context> {
    if route.context == 0 {
        return None;
    }
    known_context(side, known, route)
}

#[inline(never)]
fn known_context(side: &Side, known: &mut (u32, Option<Context>), route: Route) -> Option<Context> {
    if route.context != known.0 {
        *known = (route.context, side.context(route.context));
    }
    known.1.clone()
}

/// What a call's number stands for, of which the last ones are remembered.
#[inline(always)]
fn named_of<'l>(
    side: &Side,
    known: &'l mut [Option<(u32, Named)>; NAMED],
    route: Route,
) -> Option<&'l Named> {
    let place = &mut known[route.layer as usize % NAMED];
    if !matches!(place, Some((number, _)) if *number == route.layer) {
        look_up(side, place, route);
    }
    place.as_ref().map(|(_, named)| named)
}

#[cold]
#[inline(never)]
fn look_up(side: &Side, place: &mut Option<(u32, Named)>, route: Route) {
    *place = side.named(route.layer).map(|named| (route.layer, named));
}

/// What calls are run with.
struct Tools {
    arena: Bump,
    deliverer: Deliverer,
}

/// All rings of an engine.
pub(crate) struct Dispatcher {
    shared: Weak<Shared>,
    rings: Vec<RingEnd>,
    arena: Bump,
    /// The flush whose marks the rings hold.
    flush: Option<u64>,
    summary_at: Option<Instant>,
    /// When the ring file is looked at next.
    look_at: Option<Instant>,
}

impl Dispatcher {
    pub(crate) fn new(shared: Weak<Shared>) -> Dispatcher {
        Dispatcher {
            shared,
            rings: Vec::new(),
            arena: Bump::new(),
            flush: None,
            summary_at: None,
            look_at: None,
        }
    }

    /// In the child of a fork: the rings are the parent's, and wiped.
    pub(crate) fn forget(&mut self) {
        gather::forget();
        self.rings.clear();
        self.flush = None;
        self.summary_at = None;
    }

    /// Takes what is in the rings now through the pipeline. Whether there was anything.
    pub(crate) fn round(&mut self) -> bool {
        let Some(shared) = self.shared.upgrade() else {
            return false;
        };
        let _dispatching = Dispatching::begin();
        // In this order: a call that another thread made because of one that is not seen yet has a
        // later time, and waits for the next round.
        let now = clock::cut();
        self.rings.append(&mut shared.new_rings());
        for ring in &mut self.rings {
            ring.look();
        }
        self.begin_flush(&shared);
        let ran = self.run(&shared, now);
        gather::hand_in();
        self.rings.iter_mut().for_each(RingEnd::count);
        let waiting = self.rings.iter().any(|ring| ring.next.is_some());
        self.rings.iter_mut().for_each(RingEnd::release);
        self.drop_finished(&shared);
        if shared.accounts.is_untold() {
            self.summarise(&shared);
        }
        if self.rings.iter().any(|ring| ring.kept.is_some()) {
            self.look_at_file(&shared);
        }
        shared.hand_over();
        self.end_flush(&shared);
        ran || waiting
    }

    /// Runs calls in the order of their times, as long as they are due.
    fn run(&mut self, shared: &Shared, now: i64) -> bool {
        let mut ran = false;
        let mut tools = Tools {
            arena: std::mem::take(&mut self.arena),
            deliverer: Deliverer::new(),
        };
        while !shared.is_forking() {
            let mut first: Option<(usize, i64)> = None;
            let mut second = i64::MAX;
            for (i, ring) in self.rings.iter().enumerate() {
                let Some(stamp) = ring.due(now) else {
                    continue;
                };
                match first {
                    Some((_, earliest)) if earliest <= stamp => second = second.min(stamp),
                    _ => {
                        second = first.map_or(second, |(_, earliest)| second.min(earliest));
                        first = Some((i, stamp));
                    }
                }
            }
            let Some((first, _)) = first else {
                break;
            };
            ran = true;
            // As many of this ring as come before the next of any other.
            let ring = &mut self.rings[first];
            let mut run = || ring.run_until((now, second), &mut tools, shared);
            if catch_unwind(AssertUnwindSafe(&mut run)).is_err() {
                let message = "the dispatcher panicked over a record, which is lost";
                diagnostics::report(ErrorKind::Write, "asynchronous logger", &message);
                ring.pass();
            }
        }
        self.arena = tools.arena;
        ran
    }

    fn begin_flush(&mut self, shared: &Shared) {
        if self.flush.is_none()
            && let Some(ticket) = shared.tickets.asked()
        {
            self.flush = Some(ticket);
            for ring in &mut self.rings {
                ring.mark = ring.consumer.limit();
            }
        }
    }

    fn end_flush(&mut self, shared: &Shared) {
        let done = |ring: &RingEnd| ring.consumer.position() >= ring.mark;
        if let Some(ticket) = self.flush.filter(|_| self.rings.iter().all(done)) {
            self.flush = None;
            shared.tickets.done(ticket);
        }
    }

    fn drop_finished(&mut self, shared: &Shared) {
        for ring in self.rings.extract_if(.., |ring| ring.is_finished()) {
            shared.accounts.finish(&ring.counts);
            ring.end();
        }
    }

    /// Closes every ring: nothing is accepted from now on, and the next rounds bring what was.
    pub(crate) fn close(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            self.rings.append(&mut shared.new_rings());
        }
        self.rings.iter_mut().for_each(|ring| ring.consumer.close());
    }

    /// Whether anything waits, or a thread is gone.
    pub(crate) fn has_work(&self) -> bool {
        self.rings.iter().any(RingEnd::has_work)
    }

    /// At the end, when every destination has had its time: gives back what can be, and says
    /// whether nothing is left in any ring.
    pub(crate) fn settle(&mut self) -> bool {
        self.rings.iter_mut().for_each(RingEnd::release);
        if let Some(shared) = self.shared.upgrade() {
            self.drop_finished(&shared);
        }
        self.rings.is_empty()
    }

    /// From time to time, while records flow: whether the ring file is still there.
    fn look_at_file(&mut self, shared: &Shared) {
        let now = Instant::now();
        if self.look_at.is_none_or(|at| now >= at) {
            self.look_at = Some(now + LOOK_EVERY);
            shared.look_at_ring_file();
        }
    }

    /// Says in the log itself, in the layer that it happened to, how many calls were not taken.
    #[cold]
    fn summarise(&mut self, shared: &Shared) {
        let now = Instant::now();
        if self.summary_at.is_some_and(|at| now < at) {
            return;
        }
        self.summary_at = Some(now + SUMMARY_EVERY);
        for untold in shared.accounts.take_untold() {
            let _ = catch_unwind(|| summary(&untold));
        }
    }
}

fn summary(untold: &Untold) {
    const KEYS: &[Key<'static>] = &[
        Key::new("dropped"),
        Key::new("dropped_level"),
        Key::new("reason"),
    ];
    let reason = untold.reason.to_string();
    let values = [
        Value::U64(untold.count),
        Value::Str(untold.level.name()),
        Value::Str(&reason),
    ];
    untold.layer.deliver(&Call {
        unix_ns: unix_now(),
        level: Level::Warning,
        message: Message::Static("records were dropped: the queue was full"),
        fields: Fields::of_site(KEYS, &values),
        context: None,
        location: None,
    });
}
