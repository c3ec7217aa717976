//! The lines that the queue did not take, or let go of: counted, and kept in mind until they are told.

use std::mem;
use std::time::{Duration, Instant};

use hydra_core::Level;

use super::super::counts::{DropReason, Drops};
use super::State;

/// How often a summary of drops is told while they go on.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// How often it is told at most when the queue is empty again.
const TELL_AGAIN: Duration = Duration::from_secs(1);

/// Why drops may be told.
#[derive(Clone, Copy, Debug)]
pub(in crate::queue) enum Tell {
    WhileItGoesOn,
    CaughtUp,
    Now,
}

impl State {
    /// Counts a line that did not get into the queue.
    pub(in crate::queue) fn left_out(&mut self, reason: DropReason, level: Level) {
        self.counts.accepted += 1;
        self.count_drops(reason, level, 1);
    }

    pub(super) fn count_drops(&mut self, reason: DropReason, level: Level, lines: u64) {
        self.counts.dropped.add_many(reason, level, lines);
        // An error that the caller is given is the caller's to tell.
        if reason != DropReason::Error {
            self.untold.add_many(reason, level, lines);
            self.untold_since.get_or_insert_with(Instant::now);
        }
    }

    /// The drops that are to be told now: from time to time while they go on, when the queue is
    /// empty again, or when somebody asks.
    pub(in crate::queue) fn summary(&mut self, when: Tell) -> Option<Drops> {
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
}
