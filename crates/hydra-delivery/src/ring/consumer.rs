//! The end of a ring that the dispatcher reads: the records in their order, giving their room back, and
//! closing.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

use super::{CLOSED, CLOSING, OPEN, PREFIX, SKIP, WIPED};
use crate::bell::Bell;
use crate::memory::Memory;
use crate::primitives::{Arc, fence};

/// The end that the dispatcher reads. Its drop closes the ring: what has not been read is lost.
pub(crate) struct Consumer {
    memory: Arc<Memory>,
    bell: Arc<Bell>,
    /// Where the next record begins, or a skip before it.
    position: u64,
    /// Where the record that `next` returned ends; the position before.
    after: u64,
    /// Its length.
    length: usize,
    /// The tail at the last look.
    limit: u64,
    /// The head that the producer can see.
    released: u64,
}

impl Consumer {
    /// At the beginning of a ring that is empty.
    pub(super) fn new(memory: Arc<Memory>, bell: Arc<Bell>) -> Consumer {
        Consumer {
            memory,
            bell,
            position: 0,
            after: 0,
            length: 0,
            limit: 0,
            released: 0,
        }
    }

    /// Takes in what has been published so far: the records that [`Consumer::next`] returns.
    pub(crate) fn look(&mut self) {
        self.limit = self.last();
    }

    /// The end of the last record that is accepted by now.
    fn last(&self) -> u64 {
        let header = self.memory.header();
        match self.memory.phase() {
            // A parent's records are the parent's.
            WIPED => self.position,
            OPEN => self.memory.tail().load(Acquire),
            // A push that came too late has moved the tail as well.
            _ => header.last.load(Relaxed),
        }
    }

    /// The first record that is not advanced past, of those that were there at the last look.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<&[u8]> {
        if self.position == self.limit || self.memory.phase() == WIPED {
            return None;
        }
        // SAFETY: what lies between the position, which is not below the head, and the limit, which
        // is not above the tail, is published and not written before the head is past it. Positions
        // are multiples of 8, so that a prefix fits before the end of the ring; the producer put a
        // skip where the record would not have fitted, and one is always followed by a record.
        unsafe {
            let mut length = self.length_at(self.position);
            if length == SKIP {
                self.position += (self.memory.capacity() - self.offset(self.position)) as u64;
                length = self.length_at(self.position);
            }
            self.length = length as usize;
            self.after = self.position + (PREFIX + self.length.next_multiple_of(8)) as u64;
        }
        if self.after < self.limit {
            self.memory.prefetch(self.offset(self.after));
        }
        self.current()
    }

    /// The record that [`Consumer::next`] has returned, again.
    #[inline]
    pub(crate) fn current(&self) -> Option<&[u8]> {
        if self.after <= self.position || self.memory.phase() == WIPED {
            return None;
        }
        let offset = self.offset(self.position) + PREFIX;
        // SAFETY: `next` has found it between head and tail, and nobody has gone past it since.
        Some(unsafe { self.memory.bytes(offset, self.length) })
    }

    /// Writes a number beside the record that [`Consumer::next`] has returned, for whoever reads
    /// the ring when this process is gone; none, which stands there until then, is 0.
    pub(crate) fn put_number(&mut self, number: u32) {
        if self.position == self.limit || self.memory.phase() == WIPED {
            return;
        }
        // SAFETY: as in `next`, which has moved the position behind a skip; the producer does not
        // read, and the prefix ends where the record begins.
        let place = unsafe { self.memory.bytes_mut(self.offset(self.position), PREFIX) };
        place[4..].copy_from_slice(&number.to_le_bytes());
    }

    /// Up to where room was given back.
    pub(crate) fn released(&self) -> u64 {
        self.released
    }

    /// Past the record that [`Consumer::next`] has returned.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.position = self.position.max(self.after);
    }

    /// Gives the room of what was read back to the producer, and wakes it if it waits for as much.
    /// Not for each record, but for each batch; and before every rest.
    pub(crate) fn release(&mut self) {
        self.release_to(self.position);
    }

    /// The same, but only up to a position that was read already: what is behind it is still
    /// wanted.
    pub(crate) fn release_to(&mut self, position: u64) {
        debug_assert!(position <= self.position);
        if self.released == position || self.memory.phase() == WIPED {
            return;
        }
        self.memory.head().store(position, Release);
        self.released = position;
        // Between the head and the look, as in `wait_for_room`.
        fence(SeqCst);
        let need = u64::from(self.memory.header().waiting.0.load(Acquire));
        if need == 0 {
            return;
        }
        let used = self.memory.tail().load(Relaxed) - position;
        if self.memory.capacity() as u64 - used >= need {
            self.wake_producer();
        }
    }

    /// Whether nothing is left and nothing will come: the thread has ended, or the ring is closed.
    pub(crate) fn is_finished(&self) -> bool {
        // Acquire, and before the look at the tail, which then is the last.
        let is_left = self.memory.header().is_left.load(Acquire) == 1;
        (is_left || self.memory.phase() != OPEN) && self.used() == 0
    }

    /// Up to where everything was read; it only grows.
    #[inline]
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Up to where records could be read at the last look.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// How many bytes wait to be read, by a fresh look.
    pub(crate) fn used(&self) -> usize {
        (self.last() - self.position) as usize
    }

    /// Whether room is missed: the producer waits for it or soon will, or is gone.
    pub(crate) fn is_pressed(&self) -> bool {
        let header = self.memory.header();
        header.waiting.0.load(Acquire) != 0
            || header.is_left.load(Acquire) == 1
            || self.memory.phase() != OPEN
            || (self.position - self.released) as usize > self.memory.capacity() / 2
    }

    /// Takes no more records: each push from here on says [`PushError::Closed`], and so does one
    /// under way whose record is not among those that can now be read.
    pub(crate) fn close(&mut self) {
        let phase = self.memory.phase_word();
        if self.memory.phase() != OPEN {
            return;
        }
        phase.store(CLOSING, Release);
        self.bell.barrier();
        let last = self.memory.tail().load(Acquire);
        self.memory.header().last.store(last, Relaxed);
        phase.store(CLOSED, Release);
        phase.wake();
        // The barrier came between the phase and this look, as one does in `wait_for_room`.
        if self.memory.header().waiting.0.load(Relaxed) != 0 {
            self.wake_producer();
        }
    }

    #[cold]
    fn wake_producer(&self) {
        let waiting = &self.memory.header().waiting.0;
        waiting.store(0, Relaxed);
        waiting.wake();
    }

    /// # Safety
    ///
    /// `position` is between the head and the last tail seen, where a prefix begins.
    unsafe fn length_at(&self, position: u64) -> u32 {
        // SAFETY: by the contract.
        get_length(unsafe { self.memory.bytes(self.offset(position), PREFIX) })
    }

    /// Whether the producer has said that it waits for room.
    #[cfg(test)]
    pub(crate) fn is_awaited(&self) -> bool {
        self.memory.header().waiting.0.load(Acquire) != 0
    }

    fn offset(&self, position: u64) -> usize {
        position as usize & (self.memory.capacity() - 1)
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.close();
    }
}

fn get_length(prefix: &[u8]) -> u32 {
    u32::from_le_bytes([prefix[0], prefix[1], prefix[2], prefix[3]])
}
