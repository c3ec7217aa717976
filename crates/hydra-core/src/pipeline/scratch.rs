//! What a thread keeps from record to record, so that nothing is allocated once warm.
//!
//! It is *taken* from its place while in use: a `Display` that logs finds the place empty and makes
//! its own. Giving it back replaces that one.

use std::cell::Cell;
use std::collections::HashMap;

use super::layer::{Layer, Seat};
use super::memory::Memory;
use crate::Buffer;
use crate::format::RenderContext;
use crate::value::Arena;

/// How many layers a thread finds at once; those that share a place take turns.
const SEATS: usize = 16;
/// How many wait for their turn; with more, all of them are made anew.
const MAX_WAITING: usize = 1000;
/// With fewer than these waiting, nobody looks for old ones among them.
const FEW: usize = 32;
/// What a buffer may keep between records; one large record does not hold its memory for ever.
const MAX_KEPT: usize = 1 << 20;

#[derive(Default)]
pub(super) struct Scratch {
    pub(super) message: String,
    pub(super) line: Buffer,
    pub(super) arena: Arena,
    pub(super) render: RenderContext,
    pub(super) seats: Seats,
    pub(super) memory: Memory,
}

#[derive(Default)]
pub(super) struct Seats {
    places: [Option<Seat>; SEATS],
    /// Seats whose place another layer has taken, by their layer's slot: exchanging two costs a
    /// look-up, making one costs allocations and the layer's lock.
    waiting: HashMap<usize, Seat>,
    /// With so many, those of loggers that are closed, or changed, are dropped: a seat keeps the
    /// destinations of its route.
    look_at: usize,
}

impl Seats {
    /// The thread's seat in a layer, up to date.
    #[inline]
    pub(super) fn of(&mut self, layer: &Layer) -> &mut Seat {
        let place = &self.places[layer.slot() % SEATS];
        let generation = layer.generation();
        if place
            .as_ref()
            .is_none_or(|seat| seat.generation != generation)
        {
            return self.renew(layer);
        }
        // It is there, which the compiler sees.
        self.places[layer.slot() % SEATS].get_or_insert_with(|| layer.seat())
    }

    /// Gives the place to this layer.
    #[cold]
    #[inline(never)]
    fn renew(&mut self, layer: &Layer) -> &mut Seat {
        let place = &mut self.places[layer.slot() % SEATS];
        // An old seat of the same layer goes first, so that its counts are never there twice.
        let other = place.take();
        if let Some(other) = other.filter(|seat| seat.slot() != layer.slot() && seat.is_current()) {
            if self.waiting.len() >= self.look_at.max(FEW) {
                self.waiting.retain(|_, seat| seat.is_current());
                if self.waiting.len() >= MAX_WAITING {
                    self.waiting.clear();
                }
                self.look_at = (2 * self.waiting.len()).min(MAX_WAITING);
            }
            self.waiting.insert(other.slot(), other);
        }
        let waited = self.waiting.remove(&layer.slot());
        *place = waited.filter(|seat| seat.generation == layer.generation());
        place.get_or_insert_with(|| layer.seat())
    }
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Takes the thread's scratch, or makes one.
    #[inline]
    pub(super) fn take() -> Box<Scratch> {
        SCRATCH
            .try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_else(Scratch::fresh)
    }

    #[cold]
    #[inline(never)]
    fn fresh() -> Box<Scratch> {
        Box::default()
    }

    /// Gives it back, unless the thread is ending.
    #[inline(always)]
    pub(super) fn put_back(mut self: Box<Self>, used_arena: bool) {
        if used_arena {
            self.arena.reset();
        }
        if self.line.capacity() > MAX_KEPT || self.message.capacity() > MAX_KEPT {
            self.shrink();
        }
        let _ = SCRATCH.try_with(|place| place.set(Some(self)));
    }

    /// The same where nothing of it was used but its seats.
    #[inline(always)]
    pub(super) fn put_back_unused(self: Box<Self>) {
        let _ = SCRATCH.try_with(|place| place.set(Some(self)));
    }

    #[cold]
    #[inline(never)]
    fn shrink(&mut self) {
        self.line = Buffer::default();
        self.message = String::new();
    }
}
