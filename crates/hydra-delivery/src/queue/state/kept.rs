//! Of a queue's state, what has to do with lines that come back, and with those in the spool.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hydra_core::Level;

use super::super::chunk::{Chunk, Item};
use super::super::counts::DropReason;
use super::State;

/// How long lines stay in the spool, that more may come to them, before their destination gets them.
const LINGER: Duration = Duration::from_millis(20);
/// So many are worth a delivery at any rate.
const ENOUGH: u64 = 4096;

impl State {
    /// Lines were to be in the spool. Whether it is to be told that this went wrong.
    pub(in crate::queue) fn commit_ended(&mut self, is_kept: bool) -> bool {
        let is_news = !is_kept && !self.memory_may_go;
        self.memory_may_go = !is_kept;
        self.is_at_risk = self.queued() > 0;
        is_news
    }

    /// Lines were delivered from the spool, of which calls wait for the disk: the next stay there, where
    /// they are safe. Each delivery costs a sync of what is often the same disk.
    pub(in crate::queue) fn linger(&mut self) {
        self.lingers_until = Some(Instant::now() + LINGER);
    }

    /// Until when they do, unless somebody waits for them or they are many.
    pub(super) fn lingering_until(&self) -> Option<Instant> {
        let until = self.lingers_until?;
        let is_wanted = self.memory_may_go
            || self.retired
            || self.is_abandoned
            || self.ways.is_urgent
            || self.head.is_some()
            || self.kept_lines >= ENOUGH
            || self.has_orders();
        (!is_wanted && until > Instant::now()).then_some(until)
    }

    /// What the worker has in its hand, to bring it into the spool as well: it does not come back. It
    /// waits, should it do so, until that is done.
    pub(in crate::queue) fn keep_hand(&mut self) -> Option<(Arc<Chunk>, usize)> {
        let hand = self.hand.clone();
        let hand = hand.filter(|_| !self.hand_is_kept && !self.spilling && !self.is_keeping_hand);
        self.is_keeping_hand = hand.is_some();
        hand
    }

    /// They are there, or not.
    pub(in crate::queue) fn hand_kept(&mut self, is_kept: bool) {
        self.is_keeping_hand = false;
        self.hand_is_kept = is_kept;
        if is_kept {
            self.kept_lines += mem::take(&mut self.in_hand);
        }
    }

    /// The worker came back, and what it had in its hand is in the spool.
    pub(in crate::queue) fn hand_was_kept(&mut self) -> bool {
        mem::take(&mut self.hand_is_kept) && self.hand.take().is_some()
    }

    /// Takes lines back that the worker could not deliver.
    pub(in crate::queue) fn put_back(&mut self, chunk: Arc<Chunk>, done: usize) {
        self.hand = None;
        self.in_hand = 0;
        let Ok(mut chunk) = Arc::try_unwrap(chunk) else {
            return;
        };
        chunk.skip_lines(done);
        let batch = chunk.batch();
        self.records += batch.len();
        self.bytes += batch.bytes().len();
        self.head = Some(chunk);
    }

    /// Takes out all lines that wait, to bring them into the spool; none while older ones wait for
    /// the destination in memory.
    pub(in crate::queue) fn take_all(&mut self) -> Vec<Chunk> {
        if !self.open.is_empty() {
            self.seal();
        }
        self.handed = false;
        let mut chunks = Vec::new();
        if self.kept_lines == 0 {
            chunks.extend(self.head.take());
        }
        for items in [&mut self.kept, &mut self.waiting] {
            for item in mem::take(items) {
                match item {
                    Item::Lines(chunk) => chunks.push(chunk),
                    Item::Order(_) => items.push_back(item),
                }
            }
        }
        for chunk in &chunks {
            let batch = chunk.batch();
            self.records -= batch.len();
            self.bytes -= batch.bytes().len();
            self.in_transit += batch.len() as u64;
        }
        self.spilling = true;
        chunks
    }

    /// The first so many of the lines that were taken out are in the spool.
    pub(in crate::queue) fn spilled(&mut self, chunks: Vec<Chunk>, done: usize) {
        self.spilling = false;
        for (at, chunk) in chunks.into_iter().enumerate().rev() {
            let lines = chunk.batch().len();
            self.in_transit -= lines as u64;
            if at < done {
                self.kept_lines += lines as u64;
                self.recycle(chunk.into_empty());
            } else {
                self.records += lines;
                self.bytes += chunk.batch().bytes().len();
                self.waiting.push_front(Item::Lines(chunk));
            }
        }
        if done > 0 {
            self.stalled_since = None;
        }
    }

    /// Lines that were taken out, and written to stderr or lost there.
    pub(in crate::queue) fn given_up(&mut self, chunk: &Chunk, reason: DropReason) {
        for meta in chunk.batch().metas() {
            self.in_transit -= 1;
            self.count_drops(reason, meta.level, 1);
        }
    }

    /// What a dead process has left is accepted here.
    pub(in crate::queue) fn adopt(&mut self, lines: u64) {
        self.counts.accepted += lines;
        self.kept_lines += lines;
    }

    /// Lines of the spool: so many were delivered, then one was refused.
    pub(in crate::queue) fn settle_kept(&mut self, delivered: usize, refused: Option<Level>) {
        self.counts.delivered += delivered as u64;
        self.kept_lines -= delivered as u64;
        if let Some(level) = refused {
            self.kept_lines -= 1;
            self.counts.errors += 1;
            self.counts.dropped.add(DropReason::Refused, level);
        }
    }

    /// Lines that the spool does not have any more.
    pub(in crate::queue) fn lost_kept(&mut self, reason: DropReason, level: Level, lines: u64) {
        let lines = lines.min(self.kept_lines);
        self.kept_lines -= lines;
        if lines > 0 {
            self.count_drops(reason, level, lines);
        }
    }
}
