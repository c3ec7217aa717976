//! The ways past a destination that is in trouble: into the spool, by the calling thread, to stderr at
//! the end.

use std::io;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::{Level, LineMeta};

use super::chunk::{Chunk, Order, What};
use super::counts::DropReason;
use super::shared::Queue;
use super::state::State;
use crate::fallback::{Reason, Strategy, Switch};

/// How many chunks go into the spool in one commit: a mebibyte.
const GROUP: usize = 16;

/// Whether a line that was refused stays, and is tried again: where there is a fallback, unless the
/// destination will never take it.
pub(super) fn stays(state: &State, error: &io::Error) -> bool {
    let never = matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Unsupported
    );
    state.ways.has_fallback() && !never
}

impl Queue {
    /// Brings all lines that wait into the spool, where one is; the destination gets them before all
    /// that come later.
    pub(super) fn spill<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
    ) -> (MutexGuard<'a, State>, io::Result<()>) {
        let Some(place) = &self.place else {
            let error = io::Error::new(io::ErrorKind::Unsupported, "there is no spool");
            return (state, Err(error));
        };
        while state.spilling {
            // Somebody else does; there is room afterwards.
            let patience = state.options().patience;
            state = self.wait_for_worker(state, patience);
        }
        let chunks = state.take_all();
        drop(state);
        let (mut done, mut result) = (0, Ok(()));
        for group in chunks.chunks(GROUP) {
            let batches: Vec<_> = group.iter().map(Chunk::numbered).collect();
            result = place.append_all(&batches);
            if result.is_err() {
                break;
            }
            done += group.len();
        }
        let last = chunks[..done].iter().map(Chunk::last_number).max();
        let mut state = self.lock();
        state.spilled(chunks, done);
        state.has_left(last.unwrap_or(0));
        self.room.notify_all();
        self.call_worker(state);
        (self.lock(), result)
    }

    /// What the spool has lost is no longer kept.
    pub(super) fn note_losses(&self) {
        let Some(place) = &self.place else {
            return;
        };
        let losses = place.losses();
        let mut state = self.lock();
        for (lines, level) in losses.dropped.into_iter().zip(Level::ALL) {
            state.lost_kept(DropReason::SpoolFull, level, lines);
        }
        state.lost_kept(DropReason::Damaged, Level::Info, losses.damaged);
    }

    /// A line that finds the queue full, where there are strategies.
    pub(super) fn overflow_by_strategy<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<()> {
        // One round for each strategy that may be left, and one to be sure of an end.
        for _ in 0..=Strategy::ALL.len() {
            let strategy = state.ways.current();
            let limit = state.ways.limit();
            let (after, reason) = match strategy {
                Strategy::Async | Strategy::Sync => {
                    let (after, has_room) = self.has_room_within(state, line.len(), limit);
                    (after, (!has_room).then_some(Reason::Full))
                }
                Strategy::Direct => {
                    let (after, spilled) = self.spill(state);
                    (after, self.told(spilled).err().map(|_| Reason::Failed))
                }
                Strategy::Memory => return self.overflow_by_policy(state, line, meta),
            };
            state = after;
            if state.has_room(line.len()) {
                return self.push(state, line, meta);
            }
            let Some(reason) = reason else {
                continue;
            };
            let switch = state.ways.failed(strategy, reason);
            if switch.is_none() {
                break;
            }
            drop(state);
            self.tell_switch(switch);
            state = self.lock();
        }
        self.overflow_by_policy(state, line, meta)
    }

    /// What was handed over goes its way by the strategy that is in use.
    pub(super) fn hand_over_by_strategy<'a>(self: &'a Arc<Self>, mut state: MutexGuard<'a, State>) {
        if state.ways.tries_disk() {
            state = self.spill_by_strategy(state);
        }
        if state.ways.current() == Strategy::Sync {
            state = self.wait_until_delivered(state);
        }
        if state.ways.current() == Strategy::Direct {
            state = self.spill_by_strategy(state);
        }
        self.call_worker(state);
    }

    fn spill_by_strategy<'a>(
        self: &'a Arc<Self>,
        state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        let kept = state.kept_lines;
        if state.queued() == 0 {
            return state;
        }
        let (mut state, spilled) = self.spill(state);
        let lines = state.kept_lines.saturating_sub(kept) as usize;
        let switch = if self.told(spilled).is_ok() {
            state.ways.succeeded(Strategy::Direct, lines)
        } else {
            state.ways.failed(Strategy::Direct, Reason::Failed)
        };
        drop(state);
        self.tell_switch(switch);
        self.lock()
    }

    /// Has the destination take what is there, on a thread of its own where no worker is free, and
    /// waits for it: a thread that stands in a destination cannot be called back.
    fn wait_until_delivered<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        let (began, limit) = (Instant::now(), state.ways.limit());
        let failures = state.ways.failures;
        while state.queued() > 0 && state.ways.failures == failures {
            let left = limit.saturating_sub(began.elapsed());
            if left.is_zero() {
                let switch = state.ways.failed(Strategy::Sync, Reason::Slow);
                drop(state);
                self.tell_switch(switch);
                return self.lock();
            }
            state = self.press(state, failures, left);
        }
        state
    }

    /// Has the destination take what is there, and waits until it has tried something.
    pub(super) fn press<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        failures: u64,
        limit: Duration,
    ) -> MutexGuard<'a, State> {
        state.ways.is_urgent = true;
        let calls = state.calls_worker();
        drop(state);
        if calls {
            self.pool.schedule(Arc::clone(self));
        }
        self.pool.hurry(self);
        state = self.lock();
        if state.queued() > 0 && state.ways.failures == failures {
            state = self.wait_for_worker(state, limit);
        }
        state
    }

    /// An order that cannot wait until the lines before it are delivered.
    pub(super) fn carry_out_early(self: &Arc<Self>, order: &Order) {
        if matches!(order.what, What::Retire) {
            self.keep_what_waits();
        }
        let counts = self.lock().counts();
        let waiting = counts.queued + counts.kept;
        let why = format!("the destination takes nothing: {waiting} records wait for it");
        let is_waiting = waiting > 0 && !matches!(order.what, What::Reopen);
        self.carry_out(order, is_waiting.then(|| io::Error::other(why)));
    }

    /// At the end: what could not be delivered goes to the spool, and where there is none, but a
    /// fallback, to stderr.
    pub(super) fn keep_what_waits(self: &Arc<Self>) {
        self.keep_hand();
        let state = self.lock();
        let has_fallback = state.ways.has_fallback();
        let (mut state, spilled) = self.spill(state);
        if spilled.is_ok() || !has_fallback || state.queued() == 0 {
            return;
        }
        let chunks = state.take_all();
        drop(state);
        let mut dropped = 0;
        for chunk in &chunks {
            let reasons = chunk.batch();
            let reasons = reasons
                .iter()
                .map(|(line, meta)| self.to_stderr(line, &meta));
            // All lines of a chunk go the same way, or stderr is gone for good.
            let reason = reasons.max_by_key(|reason| *reason == DropReason::Lost);
            dropped += chunk.batch().len() as u64;
            if let Some(reason) = reason {
                let mut state = self.lock();
                state.given_up(chunk, reason);
                state.has_left(chunk.last_number());
            }
        }
        self.lock().spilled(Vec::new(), 0);
        self.inner.stats().dropped(dropped);
    }

    /// A worker that stands in a destination for too long has lines in its hand, which are the first
    /// that the next process delivers, if it does not come back.
    fn keep_hand(&self) {
        let Some(place) = &self.place else {
            return;
        };
        let Some((chunk, done)) = self.lock().keep_hand() else {
            return;
        };
        let (batch, numbers) = chunk.numbered();
        let numbers = numbers.get(done..).unwrap_or_default();
        let kept = place.prepend(batch.slice(done..usize::MAX), numbers);
        let last = chunk.last_number();
        drop(chunk);
        let is_kept = self.told(kept).is_ok();
        let mut state = self.lock();
        state.hand_kept(is_kept);
        if is_kept && let Some(slot) = &state.slot {
            slot.finish(last);
        }
        drop(state);
        self.room.notify_all();
    }

    pub(super) fn pin(self: &Arc<Self>, strategy: Option<Strategy>) {
        let switch = self.lock().ways.pin(strategy);
        self.tell_switch(switch);
    }

    /// Each step down, and up again, is told.
    pub(super) fn tell_switch(&self, switch: Option<Switch>) {
        if let Some(Switch { from, to, reason }) = switch {
            let message = format_args!("now {to} instead of {from} ({})", reason.name());
            diagnostics::report(ErrorKind::named("strategy"), &self.name, &message);
        }
    }

    fn told(&self, result: io::Result<()>) -> io::Result<()> {
        if let Err(error) = &result {
            diagnostics::report(ErrorKind::named("spool"), &self.name, error);
        }
        result
    }
}
