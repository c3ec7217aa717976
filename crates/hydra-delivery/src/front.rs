//! The calling thread's side: a call is copied into the thread's ring.

mod not_taken;
mod thread_ring;

use std::cell::RefMut;
use std::sync::Arc;
use std::time::Instant;

use hydra_core::pipeline::{Call, Front, FrontSeat, Message};
use hydra_core::{Fields, Layer, Level, LevelSet, Location, clock, waits};

use crate::call::{self, Route, Said};
use crate::engine::Shared;
use crate::ring_file::record;
use crate::ring_file::site::Sites;
use crate::stand_in::{Room, Until};
use thread_ring::{SharedRing, ThreadRing, thread_ring};

impl Front for Shared {
    fn seat(&self, layer: &Layer) -> Box<dyn FrontSeat> {
        Box::new(Seat::new(self.this(), layer))
    }
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
}
