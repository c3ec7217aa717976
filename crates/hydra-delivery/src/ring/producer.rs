//! The end of a ring that its thread writes to: finding room, accepting a record, waiting while it is full.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Instant;

use super::{CLOSED, CLOSING, Gauge, OPEN, PREFIX, PushError, SKIP, WIPED};
use crate::bell::Bell;
use crate::memory::Memory;
use crate::primitives::{Arc, fence};
use crate::sys::Word;

/// The end that one thread writes to. Its drop says that no record will follow; the consumer reads
/// what is there and then drops the ring.
pub(crate) struct Producer {
    memory: Arc<Memory>,
    bell: Arc<Bell>,
    tail: u64,
    /// Up to where there is room: the head as it was last seen, and the capacity.
    limit: u64,
    /// The room that the last push found missing, 0 after one that did not.
    wanted: u64,
}

impl Producer {
    /// At the beginning of a ring that is empty.
    pub(super) fn new(memory: Arc<Memory>, bell: Arc<Bell>) -> Producer {
        Producer {
            limit: memory.capacity() as u64,
            memory,
            bell,
            tail: 0,
            wanted: 0,
        }
    }

    /// Whether this process is the child of a fork, and the ring its parent's.
    pub(crate) fn is_forked(&self) -> bool {
        self.memory.phase() == WIPED
    }

    pub(crate) fn gauge(&self) -> Gauge {
        Gauge(Arc::clone(&self.memory))
    }

    /// Accepts a record of `length` bytes, which `write` fills, and wakes the dispatcher if it
    /// sleeps, or if it naps and the ring is more than half full.
    ///
    /// The bytes are aligned to 8; what stands in them before is of no meaning.
    #[inline]
    pub(crate) fn push(
        &mut self,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), PushError> {
        if self.memory.phase() != OPEN {
            return Err(self.refusal());
        }
        let capacity = self.memory.capacity();
        if length > capacity / 2 - PREFIX {
            return Err(PushError::TooLarge);
        }
        let size = PREFIX + length.next_multiple_of(8);
        let offset = self.tail as usize & (capacity - 1);
        let skip = if size > capacity - offset {
            capacity - offset
        } else {
            0
        };
        let end = self.tail + (skip + size) as u64;
        if end > self.limit && !self.sees_room(end - self.tail) {
            self.wanted = end - self.tail;
            return Err(PushError::Full);
        }
        // SAFETY: `offset` is below the capacity, and so is what follows it, by `skip`; from the
        // tail to the `limit` the bytes are the producer's, and `self` is the only producer.
        unsafe {
            let offset = if skip == 0 {
                offset
            } else {
                put_length(self.memory.bytes_mut(offset, PREFIX), SKIP);
                0
            };
            put_length(self.memory.bytes_mut(offset, PREFIX), length as u32);
            write(self.memory.bytes_mut(offset + PREFIX, length));
        }
        self.publish(end)
    }

    /// The same where the length is not known beforehand: `write` is given what is free, as far as
    /// it is known to be and before the end of the ring, and says how much of it the record took, or
    /// `None` where that was too little. `false`: then it was not accepted, and [`Producer::push`]
    /// says why or finds it room.
    #[inline(always)]
    pub(crate) fn push_at_once(
        &mut self,
        write: impl FnOnce(&mut [u8]) -> Option<usize>,
    ) -> Result<bool, PushError> {
        if self.memory.phase() != OPEN {
            return Err(self.refusal());
        }
        let Some(length) = self.room_at_once().and_then(write) else {
            return Ok(false);
        };
        self.accept(length)?;
        Ok(true)
    }

    /// What is free, as far as it is known to be and before the end of the ring: the place of the
    /// next record's bytes, which [`Producer::accept`] accepts. None where there is none, or the ring
    /// takes nothing.
    #[inline(always)]
    pub(crate) fn room_at_once(&mut self) -> Option<&mut [u8]> {
        if self.memory.phase() != OPEN {
            return None;
        }
        let offset = self.offset();
        let room = self.room_at(offset)?;
        // SAFETY: the offset is below the capacity, and what is free ends before it; from the tail
        // to the `limit` the bytes are the producer's, and `self` is the only producer.
        Some(unsafe { self.memory.bytes_mut(offset + PREFIX, room) })
    }

    #[inline(always)]
    fn offset(&self) -> usize {
        self.tail as usize & (self.memory.capacity() - 1)
    }

    /// How many bytes of a record there is room for, as far as that is known.
    #[inline(always)]
    fn room_at(&self, offset: usize) -> Option<usize> {
        let capacity = self.memory.capacity();
        let free = ((self.limit - self.tail) as usize).min(capacity - offset);
        // No record has more than half of the ring; positions are multiples of 8, and so is what is
        // free.
        free.min(capacity / 2).checked_sub(PREFIX)
    }

    /// Accepts the record of so many bytes that was written where [`Producer::room_at_once`] said.
    #[inline(always)]
    pub(crate) fn accept(&mut self, length: usize) -> Result<(), PushError> {
        let offset = self.offset();
        let Some(room) = self.room_at(offset) else {
            return Err(PushError::Full);
        };
        debug_assert!(length <= room);
        let length = length.min(room);
        // SAFETY: in `room_at_once` there were as many bytes, and the prefix in front of them.
        unsafe { put_length(self.memory.bytes_mut(offset, PREFIX), length as u32) };
        self.publish(self.tail + (PREFIX + length.next_multiple_of(8)) as u64)
    }

    /// Accepts what has been written up to `end`.
    #[inline(always)]
    fn publish(&mut self, end: u64) -> Result<(), PushError> {
        self.tail = end;
        self.wanted = 0;
        self.memory.tail().store(end, Release);
        self.bell.order();
        if self.memory.phase() != OPEN {
            return self.settle();
        }
        if self.bell.is_resting() {
            self.rouse();
        }
        Ok(())
    }

    /// Waits until half of the ring is free, and what the last push lacked, at the longest until
    /// `deadline`. True when it is worth to push again, which then tells if the ring was closed.
    ///
    /// Parks: a thread that spins or yields takes the dispatcher's core.
    pub(crate) fn wait_for_room(&mut self, deadline: Option<Instant>) -> bool {
        let need = self.wanted.max(self.memory.capacity() as u64 / 2);
        while self.memory.phase() == OPEN && !self.sees_room(need) {
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return false;
            }
            // Release: the consumer that sees it sees the tail as well, and does not wake us early.
            self.waiting().store(need as u32, Release);
            // Between what is announced and the look, as in the consumer's `release` and `close`.
            fence(SeqCst);
            if self.memory.phase() == OPEN && !self.sees_room(need) {
                // A nap would only be slept to its end.
                self.bell.ring_half_full();
                self.waiting().wait(need as u32, deadline);
            }
            self.waiting().store(0, Relaxed);
        }
        true
    }

    fn waiting(&self) -> &Word {
        &self.memory.header().waiting.0
    }

    /// Whether `size` more bytes fit, by a fresh look at the head.
    #[cold]
    fn sees_room(&mut self, size: u64) -> bool {
        let head = self.memory.head().load(Acquire);
        self.limit = head + self.memory.capacity() as u64;
        self.tail + size <= self.limit
    }

    /// Wakes the dispatcher if what is in the ring is worth it.
    #[cold]
    #[inline(never)]
    fn rouse(&mut self) {
        self.bell.ring();
        // Looks at the head only when by the last look the ring was half full.
        let half = self.memory.capacity() as u64 / 2;
        if self.tail + half > self.limit && !self.sees_room(half) {
            self.bell.ring_half_full();
        }
    }

    #[cold]
    fn refusal(&self) -> PushError {
        match self.memory.phase() {
            WIPED => PushError::Forked,
            _ => PushError::Closed,
        }
    }

    /// The consumer closes the ring while a record is published: whether it was the last but one.
    #[cold]
    fn settle(&mut self) -> Result<(), PushError> {
        let phase = self.memory.phase_word();
        loop {
            match phase.load(Acquire) {
                // The consumer is a few instructions away from saying which record was the last.
                CLOSING => phase.wait(CLOSING, None),
                CLOSED => {
                    let last = self.memory.header().last.load(Relaxed);
                    if self.tail <= last {
                        return Ok(());
                    }
                    // Whoever reads a file that outlived the process takes it for accepted.
                    self.memory.tail().store(last, Release);
                    return Err(self.refusal());
                }
                _ => return Err(self.refusal()),
            }
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        // The child of a fork has neither the consumer nor a use for the bell.
        if self.memory.phase() != WIPED {
            self.memory.header().is_left.store(1, Release);
            self.bell.wake();
        }
    }
}

#[inline(always)]
fn put_length(prefix: &mut [u8], length: u32) {
    prefix.copy_from_slice(&u64::from(length).to_le_bytes());
}
