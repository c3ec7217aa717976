//! The way of lines out of a queue, on a worker.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use hydra_core::destination::{self, Batch, BatchError, WriteLog};
use hydra_core::diagnostics::{self, ErrorKind};

use super::chunk::{CHUNK, Chunk, Order, What};
use super::detour::stays;
use super::shared::Queue;
use super::state::{Next, State, Tell};
use crate::fallback::Strategy;
use crate::ring_file::layout;

/// How many bytes of the spool are read at once.
pub(crate) const SPOOLED: usize = 512 * 1024;

impl Queue {
    /// Does what is next; whether there may be more to do.
    pub(crate) fn serve(self: &Arc<Self>) -> bool {
        let next = {
            let mut state = self.lock();
            let next = state.take();
            self.call_waiters(&state);
            next
        };
        match next {
            Next::Nothing => {
                self.tell(Tell::CaughtUp);
                return false;
            }
            Next::Later(_) if self.lock().is_abandoned => {
                self.keep_what_waits();
                return false;
            }
            Next::Later(at) => {
                self.pool.schedule_at(at, Arc::clone(self));
                return false;
            }
            Next::Lines(chunk) => self.deliver(chunk),
            Next::Order(order) => self.carry_out(&order, None),
            Next::Early(order) => self.carry_out_early(&order),
            Next::Spooled => self.deliver_kept(),
        }
        true
    }

    /// A pause is over.
    pub(crate) fn wake(self: &Arc<Self>) {
        let mut state = self.lock();
        state.has_timer = false;
        self.call_worker(state);
    }

    fn call_waiters(&self, state: &State) {
        if state.waiters > 0 {
            self.room.notify_all();
        }
    }

    fn deliver(&self, chunk: Arc<Chunk>) {
        // What is to be synced is at least once where it should be, and needs no book.
        let slot = self.lock().slot.clone().filter(|_| !self.is_durable);
        let mut done = 0;
        while done < chunk.batch().len() {
            let mut batch = chunk.batch().slice(done..usize::MAX);
            let result = match &slot {
                None => self.deliver_batch(&batch),
                Some(slot) => {
                    // So many lines have a place in the book.
                    batch = batch.slice(0..layout::MOST_LINES);
                    let numbers = chunk.numbers().get(done..);
                    let mut book = slot.book(numbers.unwrap_or_default());
                    self.deliver_logged(&batch, &mut book)
                }
            };
            let taken = accepted(&batch, &result);
            self.acknowledged(&batch.slice(0..taken));
            let refused = batch.get(taken).map(|(_, meta)| meta.level);
            let mut state = self.lock();
            while state.is_keeping_hand {
                state = self.wait_for_worker(state, Duration::from_secs(1));
            }
            if state.hand_was_kept() {
                drop(state);
                return self.settle_hand(taken);
            }
            let stays = result
                .as_ref()
                .is_err_and(|error| stays(&state, &error.error));
            state.settle(taken, refused.filter(|_| !stays));
            let switch = (taken > 0).then(|| state.ways.succeeded(Strategy::Async, taken));
            done += taken;
            if let Err(BatchError { error, .. }) = result {
                if stays {
                    state.put_back(chunk, done);
                    self.is_away(state, &error);
                    return self.tell_switch(switch.flatten());
                }
                drop(state);
                self.refused(&error);
                done += 1;
            } else {
                drop(state);
            }
            self.tell_switch(switch.flatten());
        }
        let last = chunk.last_number();
        let mut state = self.lock();
        state.done_with(chunk);
        state.has_left(last);
        self.call_waiters(&state);
    }

    /// What the worker had in its hand is in the spool, first of all that is there; so many lines of it
    /// the destination has taken after all.
    fn settle_hand(&self, delivered: usize) {
        let Some(place) = &self.place else {
            return;
        };
        if let Ok(Some(taken)) = place.take(CHUNK) {
            let delivered = delivered.min(taken.batch().len());
            place.settle(taken, delivered);
            self.lock().settle_kept(delivered, None);
        }
    }

    /// Delivers lines of the spool.
    fn deliver_kept(&self) {
        let Some(place) = &self.place else {
            return;
        };
        let taken = match place.take(SPOOLED) {
            Ok(Some(taken)) => taken,
            Ok(None) => return self.note_losses(),
            Err(error) => {
                self.lock().ways.disk_unreadable();
                diagnostics::report(ErrorKind::named("spool"), &self.name, &error);
                return;
            }
        };
        let all = taken.batch();
        let mut done = 0;
        while done < all.len() {
            let rest = all.slice(done..usize::MAX);
            let batch = rest.slice(0..rest.whole_lines(CHUNK).max(1));
            let result = self.deliver_batch(&batch);
            let count = accepted(&batch, &result);
            self.acknowledged(&batch.slice(0..count));
            done += count;
            let refused = batch.get(count).map(|(_, meta)| meta.level);
            let mut state = self.lock();
            while state.kept_lines < count as u64 && state.spilling {
                // Who brought them into the spool has not yet said so.
                state = self.wait_for_worker(state, Duration::from_secs(1));
            }
            let stays = result
                .as_ref()
                .is_err_and(|error| stays(&state, &error.error));
            state.settle_kept(count, refused.filter(|_| !stays));
            if count > 0 {
                let switch = state.ways.succeeded(Strategy::Async, count);
                drop(state);
                self.tell_switch(switch);
                state = self.lock();
            }
            let Err(BatchError { error, .. }) = result else {
                self.call_waiters(&state);
                continue;
            };
            if stays {
                self.is_away(state, &error);
                break;
            }
            drop(state);
            self.refused(&error);
            done += 1;
        }
        place.settle(taken, done);
        if self.is_durable {
            self.lock().linger();
        }
        self.note_losses();
    }

    fn refused(&self, error: &io::Error) {
        // Its counts are the application's own code too.
        let refuse = || destination::refused(self.inner.stats(), &self.name, error);
        let _ = catch_unwind(AssertUnwindSafe(refuse));
    }

    /// The destination refuses what it may take later.
    fn is_away(&self, mut state: MutexGuard<'_, State>, error: &io::Error) {
        state.error();
        let switch = state.ways.refused();
        self.call_waiters(&state);
        drop(state);
        let count = || self.inner.stats().error();
        let _ = catch_unwind(AssertUnwindSafe(count));
        diagnostics::report(ErrorKind::Write, &self.name, error);
        self.tell_switch(switch);
    }

    /// The destination has taken lines: how long ago they were logged.
    fn acknowledged(&self, lines: &Batch<'_>) {
        if !self.is_measured {
            return;
        }
        let now = hydra_core::unix_now();
        for meta in lines.metas() {
            let taken = u64::try_from(now - meta.unix_ns).unwrap_or_default();
            self.latency.record(Duration::from_nanos(taken));
        }
    }

    /// As [`Queue::deliver_batch`], with a book of how far the lines have come.
    fn deliver_logged(&self, batch: &Batch<'_>, book: &mut dyn WriteLog) -> Result<(), BatchError> {
        let deliver = AssertUnwindSafe(|| self.inner.deliver_logged(batch, book));
        catch_unwind(deliver).unwrap_or_else(|_| Err(panicked()))
    }

    /// Delivers lines; a panic counts for the first of them, as it is not known how far it came.
    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let deliver = || {
            if self.is_durable {
                self.deliver_and_sync(batch)
            } else {
                self.inner.deliver_batch(batch)
            }
        };
        catch_unwind(AssertUnwindSafe(deliver)).unwrap_or_else(|_| Err(panicked()))
    }

    /// Does what was asked for; where lines before it wait, for another reason than its own to fail.
    pub(super) fn carry_out(&self, order: &Order, before: Option<io::Error>) {
        let result = catch_unwind(AssertUnwindSafe(|| match order.what {
            What::Flush => self.inner.flush(),
            What::Retire => self.inner.retire(),
            What::Reopen => self.inner.reopen(),
        }))
        .unwrap_or_else(|_| Err(io::Error::other("it panicked")));
        if result.is_err() {
            self.lock().error();
        }
        let result = before.map_or(result, Err);
        // Nobody waits any longer: what went wrong is told here.
        if let Some(Err(error)) = order.answer.give(result) {
            diagnostics::report(ErrorKind::Write, &self.name, &error);
        }
    }
}

/// How many lines of a batch a destination has accepted.
pub(crate) fn accepted(batch: &Batch<'_>, result: &Result<(), BatchError>) -> usize {
    match result {
        Ok(()) => batch.len(),
        Err(error) => error.taken.min(batch.len() - 1),
    }
}

/// What a panic comes to: the first line is refused, and the others tried again.
fn panicked() -> BatchError {
    BatchError {
        taken: 0,
        error: io::Error::other("it panicked"),
    }
}
