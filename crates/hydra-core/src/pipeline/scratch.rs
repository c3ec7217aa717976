//! What a thread keeps from record to record, so that nothing is allocated once warm.
//!
//! It is *taken* from its place while in use: a `Display` that logs finds the place empty and makes
//! its own. Giving it back replaces that one.

use std::cell::Cell;

use super::layer::{Layer, Seat};
use crate::Buffer;
use crate::format::RenderContext;
use crate::value::Arena;

/// How many layers a thread remembers the routes of; what is more takes turns.
const SEATS: usize = 16;
/// What a buffer may keep between records; one large record does not hold its memory for ever.
const MAX_KEPT: usize = 1 << 20;

#[derive(Default)]
pub(super) struct Scratch {
    pub(super) message: String,
    pub(super) line: Buffer,
    pub(super) arena: Arena,
    pub(super) render: RenderContext,
    pub(super) seats: Seats,
}

#[derive(Default)]
pub(super) struct Seats([Option<Seat>; SEATS]);

impl Seats {
    /// The thread's seat in a layer, up to date.
    #[inline]
    pub(super) fn of(&mut self, layer: &Layer) -> &Seat {
        let seat = &mut self.0[layer.slot() % SEATS];
        match seat {
            Some(seat) if seat.generation == layer.generation() => {}
            _ => {
                // First the old one goes, so that its counts are never there twice.
                *seat = None;
                *seat = Some(layer.seat());
            }
        }
        seat.get_or_insert_with(|| layer.seat())
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
    #[inline]
    pub(super) fn put_back(mut self: Box<Self>, used_arena: bool) {
        if used_arena {
            self.arena.reset();
        }
        if self.line.capacity() > MAX_KEPT || self.message.capacity() > MAX_KEPT {
            self.shrink();
        }
        let _ = SCRATCH.try_with(|place| place.set(Some(self)));
    }

    #[cold]
    #[inline(never)]
    fn shrink(&mut self) {
        self.line = Buffer::default();
        self.message = String::new();
    }
}
