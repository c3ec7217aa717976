//! What the dispatcher has of a ring: how far it has come, and what the numbers in it stand for.

use std::collections::VecDeque;
use std::sync::Arc;

use bumpalo::Bump;
use hydra_core::Context;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::Deliverer;

use crate::accounts::RingCounts;
use crate::call::{self, Read, Route};
use crate::engine::Shared;
use crate::queue::gather;
use crate::ring::Consumer;
use crate::ring_file::number::Numbered;
use crate::ring_file::{KeptRing, record};
use crate::side::{Named, Side};

/// Of how many numbers a ring's end remembers what they stand for.
const NAMED: usize = 64;
/// After how many calls the room of what was read is given back.
const RELEASE_EVERY: u32 = 128;

/// What the dispatcher has of a ring.
pub(crate) struct RingEnd {
    pub(super) consumer: Consumer,
    side: Arc<Side>,
    pub(super) counts: Arc<RingCounts>,
    named: [Option<(u32, Named)>; NAMED],
    context: (u32, Option<Context>),
    /// The time of the next call of this round.
    pub(super) next: Option<i64>,
    /// Up to where calls were seen a round ago. They were made before this one: a later time in them
    /// is that of a clock that was set back.
    seen: u64,
    /// Up to where a flush waits for it.
    pub(super) mark: u64,
    unreleased: u32,
    /// How many calls were run whose lines are gathered, and that are not yet counted.
    uncounted: u64,
    /// Of a ring in a file.
    pub(super) kept: Option<Kept>,
}

/// What the dispatcher knows of a ring in a file.
pub(super) struct Kept {
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
    pub(super) fn look(&mut self) {
        self.seen = self.consumer.limit();
        self.consumer.look();
        self.peek();
    }

    fn peek(&mut self) {
        self.next = self.consumer.next().map(call::stamp);
    }

    /// The time of the next call, if its turn is in this round: it was made before it.
    #[inline]
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        let was_seen = || self.consumer.position() < self.seen;
        self.next.filter(|stamp| *stamp <= now || was_seen())
    }

    /// Runs calls of which none comes before `last`, the next of any other ring.
    #[inline(always)]
    pub(super) fn run_until(
        &mut self,
        (now, last): (i64, i64),
        tools: &mut Tools,
        shared: &Shared,
    ) {
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
    pub(super) fn pass(&mut self) {
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
            if self.kept.is_some() {
                // Which a destination is behind with is known of lines in its queue.
                gather::hand_in();
                self.count();
            }
            self.release();
        }
    }

    /// Gives back the room of what was read; in a file, of what its destinations have, when all lines of
    /// it are in their queues.
    pub(super) fn release(&mut self) {
        self.unreleased = 0;
        let Some(kept) = &mut self.kept else {
            return self.consumer.release();
        };
        let floor = kept.ring.file.floor();
        if let Some(position) = kept.released(self.consumer.position(), floor) {
            self.consumer.release_to(position);
        }
    }

    /// Counts what was run, when its lines are in their queues.
    pub(super) fn count(&mut self) {
        let count = std::mem::take(&mut self.uncounted);
        self.counts.dispatched.add(count);
    }

    /// Whether nothing is left to do here, now or later.
    pub(super) fn is_finished(&self) -> bool {
        self.consumer.is_finished() && (self.kept.is_none() || self.is_released())
    }

    fn is_released(&self) -> bool {
        self.consumer.released() == self.consumer.position()
    }

    pub(super) fn has_work(&self) -> bool {
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
    pub(super) fn end(self) {
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
pub(super) struct Tools {
    pub(super) arena: Bump,
    pub(super) deliverer: Deliverer,
}
