//! The room of a queue: how much there is, what of it is lent, and which lines make way for others.

use std::collections::VecDeque;
use std::time::Duration;

use hydra_core::LineMeta;
use hydra_core::patience::{self, Deadline};

use super::super::chunk::{CHUNK, Chunk, Item};
use super::super::counts::DropReason;
use super::super::gather;
use super::State;

/// Records and bytes that have room, and are not there yet.
#[derive(Default)]
pub(super) struct Lent {
    pub(super) records: usize,
    pub(super) bytes: usize,
}

impl State {
    #[inline]
    pub(in crate::queue) fn has_room(&self, bytes: usize) -> bool {
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
    pub(in crate::queue) fn lend(&mut self) -> Option<Chunk> {
        if self.retired || self.lent.records > 0 || !self.has_room_for(gather::MOST_LINES, CHUNK) {
            return None;
        }
        self.lent = Lent {
            records: gather::MOST_LINES,
            bytes: CHUNK,
        };
        Some(self.spare.pop().unwrap_or_default())
    }

    /// Has a sixteenth of its room, or all of it again. What is there stays.
    pub(in crate::queue) fn shrink(&mut self, is_short: bool) {
        let shift = if is_short { 4 } else { 0 };
        self.max_records = (self.options.max_records >> shift).max(1);
        self.max_bytes = self.options.max_bytes >> shift;
        if is_short {
            self.spare = Vec::new();
        }
    }

    pub(in crate::queue) fn max_records(&self) -> usize {
        self.max_records
    }

    /// How full it is, of its records or bytes.
    pub(in crate::queue) fn percent(&self) -> f64 {
        let records = self.records as f64 / self.max_records as f64;
        let bytes = self.bytes as f64 / self.max_bytes.max(1) as f64;
        records.max(bytes) * 100.0
    }

    /// The destination has done something.
    pub(in crate::queue) fn moves(&mut self) {
        self.stalled_since = None;
    }

    /// Until when one may wait for room, by this limit.
    pub(in crate::queue) fn patience_ends(&mut self, limit: Duration) -> Deadline {
        let since = self.stalled_since.get_or_insert_with(patience::now);
        Deadline::after(*since, limit)
    }

    /// Drops the oldest lines that may be, until one of this length has room; how many it took, and
    /// whether that was enough.
    pub(in crate::queue) fn make_room(&mut self, bytes: usize) -> (u64, bool) {
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
            self.count_drops(DropReason::Oldest, meta.level, 1);
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
