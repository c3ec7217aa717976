//! What a queue's lock guards: the lines, what became of others, who waits. Nothing here waits,
//! writes or calls a destination.
//!
//! Here is what it holds, and how lines come in; `room` says whether they may, `work` what a worker does
//! with them, `kept` what of them the spool has, `drops` which are lost.

mod drops;
mod kept;
mod room;
mod work;

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Instant;

use hydra_core::LineMeta;

use super::chunk::{CHUNK, Chunk, Item};
use super::counts::{Drops, QueueCounts};
use super::options::QueueOptions;
use super::ways::Ways;
use crate::ring_file::{Slot, number};
pub(super) use drops::Tell;
use room::Lent;
pub(super) use work::Next;

/// So many empty chunks are kept for later: 512 KiB. The system's memory costs more than the copy.
const SPARE: usize = 8;

/// With so many full chunks a worker is called while the dispatcher goes on. To wake one costs as much
/// as ten lines, and may take the caller's core.
const WORTH_A_WORKER: usize = 3;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is so or not, whatever the others are"
)]
pub(super) struct State {
    options: QueueOptions,
    /// How many records and bytes may wait now.
    max_records: usize,
    max_bytes: usize,
    /// What `deliver` fills.
    open: Chunk,
    /// Whether a worker may take the open chunk as it is.
    handed: bool,
    /// What was passed over when older lines made way; older than all that waits.
    kept: VecDeque<Item>,
    waiting: VecDeque<Item>,
    spare: Vec<Chunk>,
    /// Lines in the open chunk, kept and waiting.
    records: usize,
    bytes: usize,
    /// Room that is kept for lines that the dispatcher gathers.
    lent: Lent,
    /// Lines that a worker is delivering.
    in_hand: u64,
    counts: QueueCounts,
    /// A worker serves the queue, or will.
    scheduled: bool,
    /// Somebody looks after it when its pause is over.
    pub(super) has_timer: bool,
    /// Nobody hands over any more: each line is.
    pub(super) retired: bool,
    /// Nobody has it any more: what cannot be delivered at once is left to the next.
    pub(super) is_abandoned: bool,
    /// Since when somebody has found no room while no worker took anything.
    stalled_since: Option<Instant>,
    /// How many threads wait for room.
    pub(super) waiters: usize,
    /// The lines that a worker is delivering from memory, and how many of them are done with.
    hand: Option<(Arc<Chunk>, usize)>,
    /// These lines are in the spool, as the worker did not come back in time.
    hand_is_kept: bool,
    /// Somebody is bringing them there.
    pub(super) is_keeping_hand: bool,
    /// Lines that a destination gave back: older than all others.
    head: Option<Chunk>,
    /// Lines in the spool: older than what waits in memory.
    pub(super) kept_lines: u64,
    /// Lines on their way into the spool.
    in_transit: u64,
    /// Somebody brings lines into the spool, and nobody takes any meanwhile.
    pub(super) spilling: bool,
    /// What is to be in the spool first could not be brought there: a worker may take it as it is.
    pub(super) memory_may_go: bool,
    /// Until when lines stay in the spool, that more may come to them.
    pub(super) lingers_until: Option<Instant>,
    /// A loss of power would cost lines whose calls have returned.
    pub(super) is_at_risk: bool,
    /// The same when it was last told.
    pub(super) was_at_risk: bool,
    pub(super) ways: Ways,
    untold: Drops,
    untold_since: Option<Instant>,
    told_at: Option<Instant>,
    /// Where book is kept of how far the destination has come.
    pub(super) slot: Option<Arc<Slot>>,
    /// The number of the last record whose line has left this memory, if all before it have.
    left: u64,
}

impl State {
    pub(super) fn new(options: QueueOptions) -> State {
        State {
            max_records: options.max_records,
            max_bytes: options.max_bytes,
            ways: Ways::new(options.fallback.as_ref()),
            hand: None,
            hand_is_kept: false,
            is_keeping_hand: false,
            head: None,
            kept_lines: 0,
            in_transit: 0,
            spilling: false,
            memory_may_go: !options.durable,
            lingers_until: None,
            is_at_risk: false,
            was_at_risk: false,
            options,
            open: Chunk::default(),
            handed: false,
            kept: VecDeque::new(),
            waiting: VecDeque::new(),
            spare: Vec::new(),
            records: 0,
            bytes: 0,
            lent: Lent::default(),
            in_hand: 0,
            counts: QueueCounts::default(),
            scheduled: false,
            has_timer: false,
            retired: false,
            is_abandoned: false,
            stalled_since: None,
            waiters: 0,
            untold: Drops::default(),
            untold_since: None,
            told_at: None,
            slot: None,
            left: 0,
        }
    }

    /// Takes a line, for which there is room. Returns whether there is now something for a
    /// worker that was not there before, or `None` for a line of 4 GiB, which nothing takes.
    #[inline]
    pub(super) fn push(&mut self, line: &[u8], meta: &LineMeta) -> Option<bool> {
        let mut has_more = false;
        if !self.open.fits(line.len()) && !self.open.is_empty() {
            self.seal();
            has_more = true;
        }
        if !self.open.push(line, meta) {
            return None;
        }
        if let Some(slot) = &self.slot {
            let number = number::current();
            self.open.number(number);
            slot.push(number);
        }
        self.counts.accepted += 1;
        self.records += 1;
        self.bytes += line.len();
        if line.len() >= CHUNK || self.retired {
            self.handed = true;
            has_more = true;
        }
        Some(has_more)
    }

    /// Takes the lines that were gathered in a chunk that was lent. Returns whether it is worth to
    /// call a worker, before everything is handed over.
    pub(super) fn take_in(&mut self, lines: Chunk) -> bool {
        self.lent = Lent::default();
        let (count, bytes) = (lines.len(), lines.batch().bytes().len());
        if let Some(slot) = &self.slot {
            lines.numbers().iter().for_each(|number| slot.push(*number));
        }
        self.counts.accepted += count as u64;
        self.records += count;
        self.bytes += bytes;
        if !self.open.is_empty() && self.open.fits(bytes) {
            self.open.append(&lines);
            self.recycle(lines.into_empty());
        } else {
            if !self.open.is_empty() {
                self.seal();
            }
            let empty = mem::replace(&mut self.open, lines);
            self.recycle(empty.into_empty());
        }
        self.handed |= self.retired;
        // Where book is kept, callers have room again only when the lines are delivered.
        let worth = if self.slot.is_some() {
            1
        } else {
            WORTH_A_WORKER
        };
        self.retired || self.waiting.len() >= worth
    }

    /// Puts the open chunk behind what waits.
    fn seal(&mut self) {
        let next = self.spare.pop().unwrap_or_else(|| {
            Chunk::with_capacity(if self.open.fits(CHUNK / 2) { 0 } else { CHUNK })
        });
        let full = mem::replace(&mut self.open, next);
        self.waiting.push_back(Item::Lines(full));
        self.handed = false;
    }

    /// Lets a worker take the open chunk.
    pub(super) fn hand_over(&mut self) {
        self.handed |= !self.open.is_empty();
    }

    /// Puts an order behind the lines that are there.
    pub(super) fn order(&mut self, item: Item) {
        if !self.open.is_empty() {
            self.seal();
        }
        self.waiting.push_back(item);
    }

    /// How many lines have still to be delivered, in memory or on the way.
    pub(super) fn queued(&self) -> u64 {
        self.records as u64 + self.in_hand + self.in_transit
    }

    pub(super) fn error(&mut self) {
        self.counts.errors += 1;
    }

    /// Keeps the memory of a chunk that is done with.
    pub(super) fn recycle(&mut self, empty: Chunk) {
        if self.spare.len() < SPARE && (1..=2 * CHUNK).contains(&empty.capacity()) {
            self.spare.push(empty);
        }
    }

    pub(super) fn options(&self) -> &QueueOptions {
        &self.options
    }

    pub(super) fn counts(&self) -> QueueCounts {
        QueueCounts {
            kept: self.kept_lines,
            queued: self.queued(),
            ..self.counts.clone()
        }
    }

    /// Makes it a forked child's: what was queued is the parent's to deliver.
    pub(super) fn renew(&mut self) {
        let options = self.options.clone();
        let parents = self.queued() + self.kept_lines;
        let mut counts = mem::take(&mut self.counts);
        counts.accepted -= parents;
        *self = State {
            counts,
            max_records: self.max_records,
            max_bytes: self.max_bytes,
            retired: self.retired,
            ..State::new(options)
        };
    }
}
