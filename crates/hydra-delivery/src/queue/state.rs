//! What a queue's lock guards: the lines, what became of others, who waits. Nothing here waits,
//! writes or calls a destination.

mod kept;

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hydra_core::patience::{self, Deadline};
use hydra_core::{Level, LineMeta};

use super::chunk::{CHUNK, Chunk, Item, Order};
use super::counts::{DropReason, Drops, QueueCounts};
use super::gather;
use super::options::QueueOptions;
use super::ways::Ways;
use crate::ring_file::{Slot, number};

/// So many empty chunks are kept for later: 512 KiB. The system's memory costs more than the copy.
const SPARE: usize = 8;

/// With so many full chunks a worker is called while the dispatcher goes on. To wake one costs as much
/// as ten lines, and may take the caller's core.
const WORTH_A_WORKER: usize = 3;

/// How often a summary of drops is told while they go on.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// How often it is told at most when the queue is empty again.
const TELL_AGAIN: Duration = Duration::from_secs(1);

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

    #[inline]
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.has_room_for(1, bytes) || self.records == 0
    }

    #[inline]
    fn has_room_for(&self, records: usize, bytes: usize) -> bool {
        let records = self.records + self.lent.records + records;
        let bytes = (self.bytes + self.lent.bytes).saturating_add(bytes);
        records <= self.max_records && bytes <= self.max_bytes
    }

    /// A chunk for lines that come back together, for which room is kept; none where there is not
    /// enough, or where each line is handed over at once.
    pub(super) fn lend(&mut self) -> Option<Chunk> {
        if self.retired || self.lent.records > 0 || !self.has_room_for(gather::MOST_LINES, CHUNK) {
            return None;
        }
        self.lent = Lent {
            records: gather::MOST_LINES,
            bytes: CHUNK,
        };
        Some(self.spare.pop().unwrap_or_default())
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

    /// Has a sixteenth of its room, or all of it again. What is there stays.
    pub(super) fn shrink(&mut self, is_short: bool) {
        let shift = if is_short { 4 } else { 0 };
        self.max_records = (self.options.max_records >> shift).max(1);
        self.max_bytes = self.options.max_bytes >> shift;
        if is_short {
            self.spare = Vec::new();
        }
    }

    pub(super) fn max_records(&self) -> usize {
        self.max_records
    }

    /// How full it is, of its records or bytes.
    pub(super) fn percent(&self) -> f64 {
        let records = self.records as f64 / self.max_records as f64;
        let bytes = self.bytes as f64 / self.max_bytes.max(1) as f64;
        records.max(bytes) * 100.0
    }

    /// The destination has done something.
    pub(super) fn moves(&mut self) {
        self.stalled_since = None;
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

    pub(super) fn order(&mut self, item: Item) {
        if !self.open.is_empty() {
            self.seal();
        }
        self.waiting.push_back(item);
    }

    /// Whether a worker has to be called; from then on one is as good as there.
    pub(super) fn calls_worker(&mut self) -> bool {
        self.has_work() && !self.is_paused() && !mem::replace(&mut self.scheduled, true)
    }

    /// When somebody has to look after it, though there is nothing to do now; from then on somebody
    /// will.
    pub(super) fn wants_timer(&mut self) -> Option<Instant> {
        let until = self.paused_until().filter(|_| self.has_work())?;
        (!mem::replace(&mut self.has_timer, true)).then_some(until)
    }

    fn has_work(&self) -> bool {
        if !self.memory_may_go {
            return self.kept_lines > 0 || self.head.is_some() || self.order_is_next();
        }
        let has_lines = self.handed
            || !self.waiting.is_empty()
            || !self.kept.is_empty()
            || self.head.is_some()
            || self.kept_lines > 0;
        has_lines && !self.spilling
    }

    /// Whether nothing is to be done now: what failed is given time, and nobody asks for anything.
    fn is_paused(&self) -> bool {
        self.paused_until().is_some() && !self.has_orders()
    }

    fn paused_until(&self) -> Option<Instant> {
        self.ways.paused_until().or_else(|| self.lingering_until())
    }

    /// Whether no line stands before the next order.
    fn order_is_next(&self) -> bool {
        let next = self.kept.front().or_else(|| self.waiting.front());
        matches!(next, Some(Item::Order(_))) && !self.spilling
    }

    pub(super) fn has_orders(&self) -> bool {
        let is_order = |item: &Item| matches!(item, Item::Order(_));
        self.waiting.iter().chain(&self.kept).any(is_order)
    }

    /// What is next for the worker; without anything it is let go.
    pub(super) fn take(&mut self) -> Next {
        // What is in the spool is older than what is on its way there.
        let is_older = !self.memory_may_go && self.kept_lines > 0;
        if self.spilling && !is_older {
            self.scheduled = false;
            return Next::Nothing;
        }
        if let Some(until) = self.paused_until() {
            return self.take_order().unwrap_or_else(|| {
                self.scheduled = false;
                self.has_timer = true;
                Next::Later(until)
            });
        }
        if let Some(head) = self.head.take() {
            return self.taken(Item::Lines(head));
        }
        if self.kept_lines > 0 {
            self.stalled_since = None;
            return Next::Spooled;
        }
        if !self.memory_may_go && !self.order_is_next() {
            self.scheduled = false;
            return Next::Nothing;
        }
        if self.kept.is_empty() && self.waiting.is_empty() && self.handed {
            self.seal();
        }
        if let Some(item) = self.kept.pop_front().or_else(|| self.waiting.pop_front()) {
            return self.taken(item);
        }
        self.scheduled = false;
        self.ways.is_urgent = false;
        Next::Nothing
    }

    fn taken(&mut self, item: Item) -> Next {
        let chunk = match item {
            Item::Lines(chunk) => Arc::new(chunk),
            Item::Order(order) => return Next::Order(order),
        };
        let batch = chunk.batch();
        self.records -= batch.len();
        self.bytes -= batch.bytes().len();
        self.in_hand = batch.len() as u64;
        self.stalled_since = None;
        self.hand = Some((Arc::clone(&chunk), 0));
        Next::Lines(chunk)
    }

    /// The oldest order, past the lines before it, which have to wait.
    fn take_order(&mut self) -> Option<Next> {
        for items in [&mut self.kept, &mut self.waiting] {
            let place = items.iter().position(|item| matches!(item, Item::Order(_)));
            if let Some(Item::Order(order)) = place.and_then(|at| items.remove(at)) {
                return Some(Next::Early(order));
            }
        }
        None
    }

    /// The worker is done with what it had.
    pub(super) fn done_with(&mut self, chunk: Arc<Chunk>) {
        self.hand = None;
        if let Ok(chunk) = Arc::try_unwrap(chunk) {
            self.recycle(chunk.into_empty());
        }
    }

    /// The lines of records up to this number are where they were going, or kept elsewhere, but for
    /// those that a worker has, or has brought back.
    pub(super) fn has_left(&mut self, number: u64) {
        self.left = self.left.max(number);
        if let Some(slot) = &self.slot
            && self.hand.is_none()
            && self.head.is_none()
        {
            slot.finish(self.left);
        }
    }

    /// Lines were to be in the spool. Whether it is to be told that this went wrong.
    pub(super) fn commit_ended(&mut self, is_kept: bool) -> bool {
        let is_news = !is_kept && !self.memory_may_go;
        self.memory_may_go = !is_kept;
        self.is_at_risk = self.queued() > 0;
        is_news
    }

    /// How many lines have still to be delivered, in memory or on the way.
    pub(super) fn queued(&self) -> u64 {
        self.records as u64 + self.in_hand + self.in_transit
    }

    /// What came of lines that the worker had taken: so many were delivered, then one was refused.
    pub(super) fn settle(&mut self, delivered: usize, refused: Option<Level>) {
        self.counts.delivered += delivered as u64;
        self.in_hand -= delivered as u64;
        if let Some(level) = refused {
            self.in_hand -= 1;
            self.counts.errors += 1;
            self.counts.dropped.add(DropReason::Refused, level);
        }
        if let Some((_, done)) = &mut self.hand {
            *done += delivered + usize::from(refused.is_some());
        }
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

    /// Drops the oldest lines that may be, until one of this length has room; how many it took, and
    /// whether that was enough.
    pub(super) fn make_room(&mut self, bytes: usize) -> (u64, bool) {
        let mut dropped = 0;
        while !self.has_room(bytes) {
            if !self.drop_oldest() {
                return (dropped, false);
            }
            dropped += 1;
        }
        (dropped, true)
    }

    /// Drops the oldest line that may be. What may not, and is older, is put aside: each line is
    /// looked at once.
    fn drop_oldest(&mut self) -> bool {
        loop {
            let Some(front) = self.waiting.front_mut() else {
                if self.open.is_empty() {
                    return false;
                }
                self.seal();
                continue;
            };
            let Item::Lines(chunk) = front else {
                self.pass_front();
                continue;
            };
            let Some((line, meta)) = chunk.front() else {
                self.pass_front();
                continue;
            };
            if !self.options.may_drop(&meta) {
                let number = chunk.front_number();
                keep(&mut self.kept, line, &meta, number);
                chunk.skip();
                continue;
            }
            self.records -= 1;
            self.bytes -= line.len();
            chunk.skip();
            self.count_drop(DropReason::Oldest, meta.level);
            return true;
        }
    }

    /// Puts the first of what waits aside: an order, or a chunk that has no lines any more.
    fn pass_front(&mut self) {
        match self.waiting.pop_front() {
            Some(Item::Lines(chunk)) => self.recycle(chunk.into_empty()),
            Some(order) => self.kept.push_back(order),
            None => {}
        }
    }

    /// Counts a line that did not get into the queue.
    pub(super) fn left_out(&mut self, reason: DropReason, level: Level) {
        self.counts.accepted += 1;
        self.count_drop(reason, level);
    }

    fn count_drop(&mut self, reason: DropReason, level: Level) {
        self.counts.dropped.add(reason, level);
        // An error that the caller is given is the caller's to tell.
        if reason != DropReason::Error {
            self.untold.add(reason, level);
            self.untold_since.get_or_insert_with(Instant::now);
        }
    }

    /// The drops that are to be told now: from time to time while they go on, when the queue is
    /// empty again, or when somebody asks.
    pub(super) fn summary(&mut self, when: Tell) -> Option<Drops> {
        let since = self.untold_since?;
        let is_due = match when {
            Tell::WhileItGoesOn => since.elapsed() >= TELL_EVERY,
            Tell::CaughtUp => self.told_at.is_none_or(|told| told.elapsed() >= TELL_AGAIN),
            Tell::Now => true,
        };
        is_due.then(|| {
            self.untold_since = None;
            self.told_at = Some(Instant::now());
            mem::take(&mut self.untold)
        })
    }

    /// Until when one may wait for room, by this limit.
    pub(super) fn patience_ends(&mut self, limit: Duration) -> Deadline {
        let since = self.stalled_since.get_or_insert_with(patience::now);
        Deadline::after(*since, limit)
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

/// Records and bytes that have room, and are not there yet.
#[derive(Default)]
struct Lent {
    records: usize,
    bytes: usize,
}

/// What there is to do for a worker.
pub(super) enum Next {
    Nothing,
    /// Not before this.
    Later(Instant),
    Lines(Arc<Chunk>),
    Order(Order),
    /// An order whose turn has not come, as the destination takes nothing.
    Early(Order),
    /// Lines of the spool.
    Spooled,
}

/// Copies a line that may not be dropped behind those that were kept before.
fn keep(kept: &mut VecDeque<Item>, line: &[u8], meta: &LineMeta, number: Option<u64>) {
    match kept.back_mut() {
        Some(Item::Lines(chunk)) if chunk.fits(line.len()) => {
            chunk.push(line, meta);
            if let Some(number) = number {
                chunk.number(number);
            }
        }
        _ => {
            let mut chunk = Chunk::default();
            // It was in a chunk before, and so fits into one.
            chunk.push(line, meta);
            if let Some(number) = number {
                chunk.number(number);
            }
            kept.push_back(Item::Lines(chunk));
        }
    }
}

/// Why drops may be told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tell {
    WhileItGoesOn,
    CaughtUp,
    Now,
}
