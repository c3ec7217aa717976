//! A queue as its callers and its workers see it: what waits, calls and tells. What is decided under
//! the lock is in [`State`].

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hydra_core::destination::{self, Batch, BatchError};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::{Destination, LineMeta};

use super::chunk::{Answer, Chunk, Item, Order, What};
use super::counts::DropReason;
use super::options::{OverflowPolicy, QueueOptions};
use super::state::{State, Tell};
use crate::own_thread;
use crate::workers::Pool;

/// What a queued destination and the workers share.
pub(crate) struct Queue {
    pub(super) name: Arc<str>,
    pub(super) inner: Arc<dyn Destination>,
    pool: Arc<Pool>,
    state: Mutex<State>,
    /// Told when a worker has taken something while somebody waited for room.
    room: Condvar,
}

impl OverFork for Queue {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        Box::new(fork::hold(self, |queue| &queue.state, State::renew))
    }
}

/// The way of lines into the queue.
impl Queue {
    pub(super) fn new(
        name: Arc<str>,
        inner: Arc<dyn Destination>,
        options: QueueOptions,
        pool: Arc<Pool>,
    ) -> Arc<Queue> {
        let queue = Arc::new(Queue {
            name,
            inner,
            pool,
            state: Mutex::new(State::new(options)),
            room: Condvar::new(),
        });
        fork::register(&(Arc::clone(&queue) as Arc<dyn OverFork>));
        queue
    }

    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a line for which there is room.
    #[inline]
    pub(super) fn push(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<()> {
        match state.push(line, meta) {
            Some(false) => {}
            Some(true) => self.call_worker(state),
            None => {
                state.left_out(DropReason::Error, meta.level);
                let error = "a line of 4 GiB cannot be queued";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
            }
        }
        Ok(())
    }

    /// Has a worker come where one is needed.
    pub(super) fn call_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        let calls = state.calls_worker();
        drop(state);
        if calls {
            self.pool.schedule(Arc::clone(self));
        }
    }

    /// A line that finds the queue full.
    #[cold]
    #[inline(never)]
    pub(super) fn overflow<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<()> {
        // What nobody has handed over is worth a worker now.
        state.hand_over();
        if state.calls_worker() {
            drop(state);
            self.pool.schedule(Arc::clone(self));
            state = self.lock();
        }
        if state.has_room(line.len()) {
            return self.push(state, line, meta);
        }
        let may_drop = state.options().may_drop(meta);
        let limit = match state.options().policy {
            OverflowPolicy::Block { limit } if may_drop => limit,
            OverflowPolicy::DropNewest if may_drop => {
                self.left_out(state, DropReason::Newest, meta);
                return Ok(());
            }
            OverflowPolicy::Error if may_drop => {
                state.left_out(DropReason::Error, meta.level);
                let error = format!("the queue of {} is full", self.name);
                return Err(io::Error::new(io::ErrorKind::StorageFull, error));
            }
            OverflowPolicy::DropOldest => {
                let (dropped, has_room) = state.make_room(line.len());
                if !has_room && may_drop {
                    self.inner.stats().dropped(dropped);
                    self.left_out(state, DropReason::Oldest, meta);
                    return Ok(());
                }
                let result = if has_room {
                    self.push(state, line, meta)
                } else {
                    let patience = state.options().patience;
                    self.wait_for_room(state, line, meta, patience)
                };
                self.inner.stats().dropped(dropped);
                self.tell(Tell::WhileItGoesOn);
                return result;
            }
            _ => state.options().patience,
        };
        self.wait_for_room(state, line, meta, limit)
    }

    fn wait_for_room<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
        limit: Duration,
    ) -> io::Result<()> {
        while !state.has_room(line.len()) {
            // Each time anew: others may have filled the room that the worker made, and not come to
            // hand over what they put there.
            state.hand_over();
            if state.calls_worker() {
                drop(state);
                self.pool.schedule(Arc::clone(self));
                state = self.lock();
                continue;
            }
            let left = state.patience_left(limit);
            if left.is_zero() {
                self.stays_out(state, line, meta);
                return Ok(());
            }
            state.waiters += 1;
            let waited = self.room.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.waiters = state.waiters.saturating_sub(1);
        }
        self.push(state, line, meta)
    }

    /// What becomes of a line that has waited as long as it may.
    fn stays_out(&self, state: MutexGuard<'_, State>, line: &[u8], meta: &LineMeta) {
        if state.options().may_drop(meta) {
            return self.left_out(state, DropReason::Timeout, meta);
        }
        drop(state);
        let reason = match self.pool.last_resort.deliver(line, meta) {
            Ok(()) => DropReason::LastResort,
            Err(_) => DropReason::Lost,
        };
        self.left_out(self.lock(), reason, meta);
    }

    fn left_out(&self, mut state: MutexGuard<'_, State>, reason: DropReason, meta: &LineMeta) {
        state.left_out(reason, meta.level);
        drop(state);
        self.inner.stats().dropped(1);
        self.tell(Tell::WhileItGoesOn);
    }

    /// Tells what was dropped, if it is time.
    pub(super) fn tell(&self, when: Tell) {
        let drops = self.lock().summary(when);
        if let Some(drops) = drops {
            diagnostics::report(ErrorKind::named("dropped"), &self.name, &drops);
        }
    }

    /// Puts an order behind the lines that are there, and waits for what comes of it.
    pub(super) fn order(self: &Arc<Self>, what: What, limit: Option<Duration>) -> io::Result<()> {
        let answer = Arc::new(Answer::default());
        let mut state = self.lock();
        state.order(Item::Order(Order {
            what,
            answer: Arc::clone(&answer),
        }));
        self.call_worker(state);
        if own_thread::is_own() {
            // It is done in its turn, but a worker cannot wait for what it may have to do itself.
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let result = answer
            .wait(limit)
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()));
        self.tell(Tell::Now);
        result
    }

    pub(super) fn patience(&self) -> Duration {
        self.lock().options().patience
    }
}

/// The way of lines out of the queue, on a worker.
impl Queue {
    /// Does what is next; whether there may be more to do.
    pub(crate) fn serve(&self) -> bool {
        let item = {
            let mut state = self.lock();
            let item = state.take();
            if state.waiters > 0 {
                self.room.notify_all();
            }
            item
        };
        match item {
            None => {
                self.tell(Tell::CaughtUp);
                return false;
            }
            Some(Item::Lines(chunk)) => self.deliver(chunk),
            Some(Item::Order(order)) => self.carry_out(&order),
        }
        true
    }

    fn deliver(&self, chunk: Chunk) {
        let mut rest = chunk.batch();
        while !rest.is_empty() {
            let Err(BatchError { taken, error }) = self.deliver_batch(&rest) else {
                self.lock().settle(rest.len(), None);
                break;
            };
            let taken = taken.min(rest.len() - 1);
            let level = rest.get(taken).map(|(_, meta)| meta.level);
            self.lock().settle(taken, level);
            // Its counts are the application's own code too.
            let refuse = || destination::refused(self.inner.stats(), &self.name, &error);
            let _ = catch_unwind(AssertUnwindSafe(refuse));
            rest = rest.slice(taken + 1..usize::MAX);
        }
        self.lock().recycle(chunk.into_empty());
    }

    /// Delivers lines; a panic counts for the first of them, as it is not known how far it came.
    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let deliver = || self.inner.deliver_batch(batch);
        catch_unwind(AssertUnwindSafe(deliver)).unwrap_or_else(|_| {
            Err(BatchError {
                taken: 0,
                error: io::Error::other("it panicked"),
            })
        })
    }

    fn carry_out(&self, order: &Order) {
        let result = catch_unwind(AssertUnwindSafe(|| match order.what {
            What::Flush => self.inner.flush(),
            What::Retire => self.inner.retire(),
            What::Reopen => self.inner.reopen(),
        }))
        .unwrap_or_else(|_| Err(io::Error::other("it panicked")));
        if result.is_err() {
            self.lock().error();
        }
        // Nobody waits any longer: what went wrong is told here.
        if let Some(Err(error)) = order.answer.give(result) {
            diagnostics::report(ErrorKind::Write, &self.name, &error);
        }
    }
}
