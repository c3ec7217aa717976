//! The ring of one thread: bytes in, in order, by one producer, and out by one consumer.
//!
//! A record is `length u32 | number u32 | bytes`, padded to 8, and never broken by the end of the ring:
//! where it does not fit before the end, a length of `u32::MAX` says to skip to the beginning.
//! Positions count bytes and never wrap, so that `tail - head` is what is in use.
//!
//! - The producer writes the record and then stores the tail (Release): from there on the record is
//!   accepted. The consumer loads the tail (Acquire), and so sees what was written.
//! - The consumer reads, and then stores the head (Release). The producer loads the head (Acquire)
//!   and so writes only over what has been read. It does so when its last look says full, not before.
//! - A full ring: the producer says how much room it needs (`waiting`), looks again, and parks. The
//!   consumer stores the head, and then looks whether somebody waits. A full barrier in between, on
//!   both sides, so that not both miss the other.
//! - Closing from the consumer's side, with no record in between: the phase says so; then, past a
//!   barrier in every producer, the tail is read for the last time. A producer that has published
//!   looks at the phase once more, and compares its record with that tail.
//!
//! `Memory` has the bytes. Loom runs this file in every order: `crates/hydra-delivery/loom`.

use std::io;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::Instant;

use crate::bell::Bell;
use crate::memory::Memory;
use crate::primitives::{Arc, AtomicU32, AtomicU64, fence};
use crate::sys::Word;

/// In front of each record.
const PREFIX: usize = 8;
/// The length that says: what is left until the end of the ring is nothing.
const SKIP: u32 = u32::MAX;
/// Below 4 GiB, so that lengths and the room that is waited for fit 32 bits.
const MOST: usize = 1 << 30;
const LEAST: usize = 32;

/// The phase of a ring in the child of a fork, whose memory the system has wiped.
pub(crate) const WIPED: u32 = 0;
const OPEN: u32 = 1;
/// The consumer is about to say which record was the last.
const CLOSING: u32 = 2;
/// No record behind `last` was accepted.
const CLOSED: u32 = 3;

/// What both ends share; each of the three that change all the time on cache lines of its own, two
/// of them since processors fetch lines in pairs.
#[repr(C)]
pub(crate) struct Header {
    pub(crate) phase: Word,
    /// 1: the producer is gone, and its last record is published.
    pub(crate) is_left: AtomicU32,
    /// The tail beyond which nothing was accepted, once the phase is closed.
    pub(crate) last: AtomicU64,
    pub(crate) tail: Apart<AtomicU64>,
    pub(crate) head: Apart<AtomicU64>,
    /// How many free bytes the producer waits for, 0 while it does not.
    pub(crate) waiting: Apart<Word>,
}

#[repr(C, align(128))]
pub(crate) struct Apart<T>(pub(crate) T);

impl Header {
    pub(crate) fn new() -> Header {
        Header {
            phase: Word::new(OPEN),
            is_left: AtomicU32::new(0),
            last: AtomicU64::new(0),
            tail: Apart(AtomicU64::new(0)),
            head: Apart(AtomicU64::new(0)),
            waiting: Apart(Word::new(0)),
        }
    }
}

/// Why a record was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PushError {
    /// There is no room now; [`Producer::wait_for_room`] waits for it.
    Full,
    /// With its prefix it is more than half of the ring, and will never be accepted.
    TooLarge,
    /// This process is the child of a fork, and the ring its parent's.
    Forked,
    /// The consumer takes no more.
    Closed,
}

/// A ring of `capacity` bytes, a power of two from 32 to 2^30, whose consumer is woken by `bell`.
pub(crate) fn ring(capacity: usize, bell: Arc<Bell>) -> io::Result<(Producer, Consumer)> {
    if !capacity.is_power_of_two() || !(LEAST..=MOST).contains(&capacity) {
        let why = format!("a ring cannot have {capacity} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    Ok(over(Memory::new(capacity)?, bell))
}

/// A ring in `memory`, which is as it was made.
pub(crate) fn over(memory: Memory, bell: Arc<Bell>) -> (Producer, Consumer) {
    let memory = Arc::new(memory);
    let producer = Producer {
        limit: memory.capacity() as u64,
        memory: Arc::clone(&memory),
        bell: Arc::clone(&bell),
        tail: 0,
        wanted: 0,
    };
    let consumer = Consumer {
        memory,
        bell,
        position: 0,
        after: 0,
        length: 0,
        limit: 0,
        released: 0,
    };
    (producer, consumer)
}

/// Tells how full a ring is.
pub(crate) struct Gauge(Arc<Memory>);

impl Gauge {
    /// In percent; nobody waits for it to be exact.
    pub(crate) fn percent(&self) -> f64 {
        let head = self.0.head().load(Relaxed);
        let used = self.0.tail().load(Relaxed).saturating_sub(head);
        used as f64 / self.0.capacity() as f64 * 100.0
    }
}

impl std::fmt::Debug for Gauge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} %", self.percent())
    }
}

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

#[inline(always)]
fn put_length(prefix: &mut [u8], length: u32) {
    prefix.copy_from_slice(&u64::from(length).to_le_bytes());
}

fn get_length(prefix: &[u8]) -> u32 {
    u32::from_le_bytes([prefix[0], prefix[1], prefix[2], prefix[3]])
}
