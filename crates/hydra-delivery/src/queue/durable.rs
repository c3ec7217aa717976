//! Lines that are to survive a loss of power: in the spool before anybody else gets them, and synced
//! by their destination before they leave it.
//!
//! The lines of several queues share a commit. While one is under way the next gathers: in the rings
//! of those who call meanwhile.

use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, MutexGuard};

use hydra_core::destination::{Batch, BatchError};
use hydra_core::diagnostics::{self, ErrorKind};

use super::QueuedDestination;
use super::chunk::Chunk;
use super::serve::accepted;
use super::shared::Queue;
use super::state::State;
use crate::dispatcher;
use crate::own_thread;

/// What failures are told as coming from.
const POWER: &str = "durability: power";

/// Lines on their way into the spool.
pub(super) struct Leaving {
    chunks: Vec<Chunk>,
    /// Of the commit; none without a spool.
    ticket: Option<u64>,
}

/// Has what these queues hold brought into the spool, in one commit. What could not be brought there is
/// delivered, as far as its destinations move.
pub(crate) fn hand_over_all(queues: &[Arc<QueuedDestination>]) {
    // Always in this order, so that two who do so do not wait for each other.
    let queues = queues.iter().map(|queued| &queued.queue);
    let leaving: Vec<_> = queues
        .filter_map(|queue| Some((queue, queue.leave()?)))
        .collect();
    let mut failed = Vec::new();
    for (queue, leaving) in leaving {
        if !queue.arrive(leaving) {
            failed.push(queue);
        }
    }
    failed.into_iter().for_each(Queue::deliver_instead);
}

impl Queue {
    /// Has what is there brought into the spool; where that fails, delivered.
    pub(super) fn keep(self: &Arc<Self>) {
        if let Some(leaving) = self.leave()
            && !self.arrive(leaving)
        {
            self.deliver_instead();
        }
    }

    /// Takes out the lines that are there, and begins to bring them into the spool; none without any.
    fn leave(&self) -> Option<Leaving> {
        let mut state = self.lock();
        while state.spilling {
            // What somebody else brings there may be the caller's.
            let patience = state.options().patience;
            state = self.wait_for_worker(state, patience);
        }
        if state.queued() == 0 {
            state.is_at_risk = false;
            return None;
        }
        let chunks = state.take_all();
        drop(state);
        let batches: Vec<_> = chunks.iter().map(Chunk::numbered).collect();
        let place = self.place.as_ref();
        let ticket = place.map(|place| place.submit(&batches));
        Some(Leaving { chunks, ticket })
    }

    /// Waits until they are there; whether they are.
    fn arrive(self: &Arc<Self>, Leaving { chunks, ticket }: Leaving) -> bool {
        let committed = match (&self.place, ticket) {
            (Some(place), Some(ticket)) => place.committed(ticket),
            _ => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "there is no spool",
            )),
        };
        let mut state = self.lock();
        let done = if committed.is_ok() { chunks.len() } else { 0 };
        let last = chunks[..done].iter().map(Chunk::last_number).max();
        state.spilled(chunks, done);
        state.has_left(last.unwrap_or(0));
        self.room.notify_all();
        self.commit_ended(state, &committed)
    }

    /// Brings what is there into the spool to make room.
    pub(super) fn keep_for_room<'a>(
        self: &'a Arc<Self>,
        state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        let (state, spilled) = self.spill(state);
        self.commit_ended(state, &spilled);
        self.lock()
    }

    fn commit_ended(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        committed: &io::Result<()>,
    ) -> bool {
        let is_news = state.commit_ended(committed.is_ok());
        self.call_worker(state);
        if is_news
            && let Err(error) = committed
            && self.place.is_some()
        {
            let message = format_args!(
                "{}: calls wait until their records are delivered and synced, as the spool does not \
                 take them: {error}",
                self.name
            );
            diagnostics::report(ErrorKind::named("spool"), POWER, &message);
        }
        committed.is_ok()
    }

    /// Waits until the destination has taken, and synced, what could not be brought into the spool.
    /// One that stands still is waited for once, one that refuses not at all.
    fn deliver_instead(self: &Arc<Self>) {
        let mut state = self.lock();
        let (patience, failures) = (state.options().patience, state.ways.failures);
        // Whoever serves a destination cannot wait for it.
        let may_wait = dispatcher::is_dispatching() || !own_thread::is_own();
        while state.queued() > 0 && state.ways.failures == failures && may_wait {
            let left = state.patience_ends(patience).left();
            if left.is_zero() {
                break;
            }
            state = self.press(state, failures, left);
        }
        let was_at_risk = state.was_at_risk;
        state.is_at_risk = state.queued() > 0;
        state.was_at_risk = state.is_at_risk;
        if state.is_at_risk && !was_at_risk {
            let lines = state.queued();
            drop(state);
            let message = format_args!(
                "{}: {lines} records are in memory alone, and do not survive a loss of power",
                self.name
            );
            diagnostics::report(ErrorKind::named("at risk"), POWER, &message);
        }
    }

    /// Delivers lines and syncs them; those that are not synced are not delivered.
    pub(super) fn deliver_and_sync(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let sync = || {
            let synced = self.inner.sync();
            synced.map_err(|error| BatchError {
                taken: 0,
                // Whatever its kind, the lines may be taken another time.
                error: io::Error::other(format!("it could not be synced: {error}")),
            })
        };
        if !self.syncs.load(Relaxed) {
            // So that no file is left unsynced from the first line on.
            sync()?;
            self.syncs.store(true, Relaxed);
        }
        let result = self.inner.deliver_batch(batch);
        if accepted(batch, &result) > 0 {
            sync()?;
        }
        result
    }
}
