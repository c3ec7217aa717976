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
//! `Memory` has the bytes. Loom runs these files in every order: `crates/hydra-delivery/loom`.

mod consumer;
mod producer;

use std::io;
use std::sync::atomic::Ordering::Relaxed;

use crate::bell::Bell;
use crate::memory::Memory;
use crate::primitives::{Arc, AtomicU32, AtomicU64};
use crate::sys::Word;
pub(crate) use consumer::Consumer;
pub(crate) use producer::Producer;

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
    let producer = Producer::new(Arc::clone(&memory), Arc::clone(&bell));
    (producer, Consumer::new(memory, bell))
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
