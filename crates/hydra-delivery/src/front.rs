//! The calling thread's side: a call is copied into the thread's ring.

mod thread_ring;

use std::cell::RefMut;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::patience::{self, Deadline, Wait};
use hydra_core::pipeline::{Call, Front, FrontSeat, Message};
use hydra_core::{Fields, Layer, Level, LevelSet, Location, clock, waits};

use crate::accounts::Refused;
use crate::call::{self, Route, Said};
use crate::dispatcher;
use crate::engine::Shared;
use crate::own_thread;
use crate::queue::{DEFAULT_LIMIT, OverflowPolicy};
use crate::ring::{Producer, PushError};
use crate::ring_file::record;
use crate::ring_file::site::Sites;
use crate::stand_in::{Room, Until};
use thread_ring::{RINGS, SharedRing, ThreadRing, thread_ring};

impl Front for Shared {
    fn seat(&self, layer: &Layer) -> Box<dyn FrontSeat> {
        Box::new(Seat::new(self.this(), layer))
    }
}

/// Waits until the ring has room, or the call's time is over.
fn wait_for_room(producer: &mut Producer, until: Deadline) -> bool {
    let mut wait = Wait::default();
    while let Some(slice) = wait.slice(until) {
        if producer.wait_for_room(Some(Instant::now() + slice)) {
            return true;
        }
    }
    false
}

/// A thread's place at the front of a layer.
pub(crate) struct Seat {
    shared: Arc<Shared>,
    ring: Option<SharedRing>,
    /// Whether the ring is in a file.
    is_kept: bool,
    layer: Layer,
    /// The layer's, in the ring.
    number: u32,
    /// Those of its sites there, where the ring is in a file.
    sites: Sites,
    token: Arc<()>,
    /// The levels of which a call waits until its record has been through the pipeline.
    waits: LevelSet,
    /// Whether calls may be taken as they were made: none waits, and this is the process in which the
    /// seat was taken, so that what the layer knows of it holds.
    takes_as_made: bool,
    /// Of the thread that stands in for others: since when the call has waited.
    since: Option<Instant>,
}

impl FrontSeat for Seat {
    #[inline]
    fn accept(&mut self, call: &Call<'_>) -> bool {
        let Some(ring) = &self.ring else {
            return self.without_ring(call);
        };
        let mut ring = ring.borrow_mut();
        let context = ring.name_context(call.context.as_ref());
        let mut route = Route {
            layer: self.number,
            context,
        };
        if self.is_kept {
            let name = |site| ring.name(&self.layer, Some(site), &self.token);
            let known = self.sites.of(&Said::by(call), self.layer.name(), name);
            route.layer = known.map_or(self.number, |known| known.number);
        }
        let pushed = if ring.handed == 0 {
            ring.push(call, route, &self.layer)
        } else {
            ring.push_behind(call, route, &self.layer, &self.shared)
        };
        drop(ring);
        match pushed {
            Ok(()) if self.waits.contains(call.level) || self.shared.is_synchronous() => {
                self.wait_until_done()
            }
            Ok(()) => true,
            Err(why) => self.not_pushed(call, route, why),
        }
    }

    #[inline]
    fn accept_as_made(
        &mut self,
        level: Level,
        message: &Message<'_>,
        fields: &Fields<'_>,
        location: Option<&Location>,
        max_text: usize,
    ) -> bool {
        if !self.takes_as_made {
            return false;
        }
        if self.is_kept {
            return self.keep_as_made(level, message, fields, location, max_text);
        }
        let Some(mut ring) = ring_as_made(self.ring.as_ref(), &self.shared) else {
            return false;
        };
        let Some(said) = said_as_made(level, message, fields, location, max_text) else {
            return false;
        };
        let route = Route {
            layer: self.number,
            context: 0,
        };
        // No closures, which would be calls.
        let written = match ring.producer.room_at_once() {
            Some(room) => call::write(&said, route, room),
            None => None,
        };
        ring.accept(written)
    }

    #[inline]
    fn takes_protected(&self) -> bool {
        self.is_kept
    }
}

/// What a call says as it was made; none where some of it has to be run or cut.
#[inline(always)]
fn said_as_made<'c>(
    level: Level,
    message: &'c Message<'_>,
    fields: &'c Fields<'_>,
    location: Option<&Location>,
    max_text: usize,
) -> Option<Said<'c>> {
    let (text, literal) = match *message {
        Message::Static(text) => (text, Some(text)),
        Message::Str(text) => (text, None),
        Message::Arguments(_) => return None,
    };
    (text.len() <= max_text).then(|| Said {
        unix_ns: clock::stamp(),
        level,
        text,
        literal,
        fields,
        location: location.copied(),
        longest: Some(max_text),
    })
}

/// The ring, where it may take a call as it was made: no call of the thread waits elsewhere, and this
/// one need not wait.
#[inline(always)]
fn ring_as_made<'r>(
    ring: Option<&'r SharedRing>,
    shared: &Shared,
) -> Option<RefMut<'r, ThreadRing>> {
    let ring = ring?.borrow_mut();
    (ring.handed == 0 && !shared.is_synchronous()).then_some(ring)
}

impl Seat {
    /// As `accept_as_made`, into a ring in a file.
    #[inline(never)]
    fn keep_as_made(
        &mut self,
        level: Level,
        message: &Message<'_>,
        fields: &Fields<'_>,
        location: Option<&Location>,
        max_text: usize,
    ) -> bool {
        let sites = &mut self.sites;
        let mut accept = || {
            let mut ring = ring_as_made(self.ring.as_ref(), &self.shared)?;
            let said = said_as_made(level, message, fields, location, max_text)?;
            let name = |site| ring.name(&self.layer, Some(site), &self.token);
            let known = sites.of(&said, self.layer.name(), name)?;
            let route = Route {
                layer: known.number,
                context: 0,
            };
            let (place, block) = ((route, self.layer.name()), (&*known.block, ring.has_sums));
            let room = ring.producer.room_at_once()?;
            let written = record::write_of_site(&said, place, block, room);
            ring.accept(written).then_some(())
        };
        accept().is_some()
    }

    pub(crate) fn new(shared: Arc<Shared>, layer: &Layer) -> Seat {
        let waits = if shared.waits_for_each() || layer.waits() {
            LevelSet::ALL
        } else {
            layer.durable()
        };
        let mut seat = Seat {
            waits,
            takes_as_made: waits == LevelSet::NONE,
            shared,
            ring: None,
            is_kept: false,
            layer: layer.clone(),
            number: 0,
            sites: Sites::default(),
            token: Arc::new(()),
            since: None,
        };
        seat.sit_down();
        seat
    }

    /// Takes a call over that has waited elsewhere.
    pub(crate) fn accept_since(&mut self, call: &Call<'_>, since: Instant) -> bool {
        self.since = Some(since);
        if self.is_kept {
            // It was not redacted, as the calls are that a file takes.
            self.shared.accounts.count_direct();
            self.layer.deliver(call);
            return true;
        }
        self.accept(call)
    }

    /// Finds the thread's ring, and names the layer there.
    fn sit_down(&mut self) {
        self.ring = thread_ring(&self.shared);
        self.is_kept = false;
        if let Some(ring) = &self.ring {
            let mut ring = ring.borrow_mut();
            self.is_kept = ring.is_kept;
            self.sites = Sites::default();
            self.number = ring.name(&self.layer, None, &self.token);
        }
    }

    #[cold]
    #[inline(never)]
    fn closed(&self, call: &Call<'_>) -> bool {
        if self.shared.process_ends() {
            // The logger is still there, only its threads are not any more, or soon. What this
            // thread has logged before comes first.
            let until = Deadline::within(DEFAULT_LIMIT);
            let flushed = waits::run(|| self.shared.flush(Some(until)));
            let taken = self.at_once(call);
            let retired = waits::run(|| self.shared.retire_queues(until)).and(flushed);
            if let Err(error) = retired {
                diagnostics::report(ErrorKind::Write, self.layer.name(), &error);
            }
            return taken;
        }
        self.layer.report_closed();
        false
    }

    #[cold]
    #[inline(never)]
    fn wait_until_done(&self) -> bool {
        let is_due_later =
            self.shared.is_durable() && !self.layer.waits() && !self.shared.is_synchronous();
        if is_due_later && self.since.is_some() {
            // Who stands in waits for many together.
            return true;
        }
        if is_due_later && !waits::may_wait() {
            let ticket = self.shared.begin_flush(None);
            Room::remember(&self.shared, Until::Called(ticket));
            return true;
        }
        waits::run(|| {
            if self.shared.is_synchronous() {
                self.shared.settle();
            } else {
                // The dispatcher itself, whose formats may log, waits for nobody: that is the error.
                let _ = self.shared.flush(None);
            }
        });
        true
    }

    #[cold]
    #[inline(never)]
    fn without_ring(&self, call: &Call<'_>) -> bool {
        if self.shared.is_closed() {
            return self.closed(call);
        }
        self.at_once(call)
    }

    /// The call goes its way on this thread.
    fn at_once(&self, call: &Call<'_>) -> bool {
        self.shared.accounts.count_direct();
        if self.is_kept {
            self.layer.deliver_protected(call);
        } else {
            self.layer.deliver(call);
        }
        if self.shared.is_durable() && !dispatcher::is_dispatching() {
            waits::run(|| self.shared.hand_over());
        }
        true
    }

    /// A call that is too large for a ring in a file: it is delivered before this returns, behind
    /// what the thread has logged before.
    #[cold]
    #[inline(never)]
    fn too_large(&self, call: &Call<'_>) -> bool {
        let until = Some(Deadline::within(DEFAULT_LIMIT));
        if !dispatcher::is_dispatching() && !own_thread::is_own() {
            let _ = waits::run(|| self.shared.flush(until));
        }
        let taken = self.at_once(call);
        self.shared.hand_over();
        taken
    }

    #[cold]
    #[inline(never)]
    fn not_pushed(&mut self, call: &Call<'_>, route: Route, why: PushError) -> bool {
        match why {
            PushError::Closed => self.closed(call),
            PushError::Forked => self.in_child(call),
            PushError::TooLarge if self.is_kept => self.too_large(call),
            PushError::Full | PushError::TooLarge => self.no_room(call, route),
        }
    }

    /// The policy for a ring that is full.
    fn no_room(&self, call: &Call<'_>, route: Route) -> bool {
        if dispatcher::is_dispatching() || own_thread::is_own() {
            // Who empties the rings, or what comes after them, cannot wait for one.
            return self.at_once(call);
        }
        let must_stay = self.layer.guarantees(call.level);
        let limit = match self.shared.overflow() {
            OverflowPolicy::Block { limit } => limit,
            OverflowPolicy::DropNewest if !must_stay => {
                return self.refuse(call, Refused::DropNewest);
            }
            OverflowPolicy::Error if !must_stay => return self.refuse(call, Refused::Error),
            _ => DEFAULT_LIMIT,
        };
        // What is to survive the process is in its file when the call returns.
        let may_go = !self.is_kept && self.shared.is_running();
        if may_go && !waits::may_wait() && self.hand_over(call) {
            return true;
        }
        let since = self.since.unwrap_or_else(patience::now);
        if self.wait(call, route, Deadline::after(since, limit)) {
            return true;
        }
        if self.shared.process_ends() {
            // It was closed meanwhile: no limit has passed.
            return self.closed(call);
        }
        if must_stay {
            return self.at_once(call);
        }
        self.refuse(call, Refused::Timeout)
    }

    /// Has another thread wait in this one's place; `false`: too many calls wait there.
    fn hand_over(&self, call: &Call<'_>) -> bool {
        let number = self.shared.stand_in.take(&self.shared, &self.layer, call);
        if let (Some(number), Some(ring)) = (number, &self.ring) {
            ring.borrow_mut().handed = number;
        }
        number.is_some()
    }

    fn wait(&self, call: &Call<'_>, route: Route, until: Deadline) -> bool {
        let Some(ring) = &self.ring else {
            return false;
        };
        let handed = std::mem::take(&mut ring.borrow_mut().handed);
        if !waits::run(|| self.shared.stand_in.wait(handed, Some(until))) {
            ring.borrow_mut().handed = handed;
            return false;
        }
        loop {
            if self.shared.is_running() {
                let producer = &mut ring.borrow_mut().producer;
                if !waits::run(|| wait_for_room(producer, until)) {
                    return false;
                }
            } else {
                // There is no thread to be had for the dispatcher: its work is done here, where
                // a format may log to this ring.
                self.shared.round();
            }
            match ring.borrow_mut().push(call, route, &self.layer) {
                Ok(()) => return true,
                Err(PushError::Full) => {}
                Err(_) => return false,
            }
        }
    }

    fn refuse(&self, call: &Call<'_>, reason: Refused) -> bool {
        self.shared.accounts.refuse(&self.layer, call.level, reason);
        if reason == Refused::Error {
            let message = "the queue of the asynchronous logger is full";
            diagnostics::report(ErrorKind::Write, self.layer.name(), &message);
        }
        false
    }

    /// A child of fork has none of its parent's threads, and the ring is wiped: it starts anew.
    fn in_child(&mut self, call: &Call<'_>) -> bool {
        let wiped = self.ring.take();
        let is_other =
            |ring: &SharedRing| wiped.as_ref().is_none_or(|wiped| !Rc::ptr_eq(wiped, ring));
        let _ = RINGS.try_with(|rings| rings.borrow_mut().retain(|(_, ring)| is_other(ring)));
        let was_protected = self.is_kept;
        self.takes_as_made = false;
        self.sit_down();
        if self.is_kept != was_protected {
            // Redacted or not, it is not what this ring takes.
            self.is_kept = was_protected;
            let taken = self.at_once(call);
            self.sit_down();
            return taken;
        }
        self.accept(call)
    }
}
