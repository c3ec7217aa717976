//! The queue before a destination: [`QueuedDestination`] takes lines without waiting for it, and
//! [`Workers`](crate::workers::Workers) bring them there.
//!
//! # What is promised
//!
//! - Lines reach the destination **in their order**, in batches of at most 64 KiB, and one worker at
//!   a time serves it. What it is asked for ([`flush`](Destination::flush), `retire`, `reopen`) has
//!   its place among the lines.
//! - **The queue is bounded** in records and bytes; an [`OverflowPolicy`] says what becomes of a line
//!   that finds it full. ERROR and CRITICAL, and every line of a queue that is
//!   [guaranteed](QueueOptions::guaranteed), are never dropped by a policy: they wait for room, and
//!   go to stderr where none comes.
//! - **Every line is accounted for** at every moment, see [`QueueCounts`]. Drops are told by
//!   [`diagnostics`] as a summary: when the queue is empty again, and every 10 seconds while they go
//!   on.
//! - **A destination that blocks** holds its worker and nothing else; one that fails or panics costs
//!   the lines that it refused.
//! - **After a fork** the child's queue is empty: what was in it is the parent's to deliver.

mod chunk;
mod counts;
mod options;
mod state;

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hydra_core::destination::{self, Batch, BatchError};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::{Destination, DestinationStats, LineMeta};

use crate::workers::Pool;
use chunk::{Answer, Chunk, Item, Order, What};
pub use counts::{DropReason, Drops, QueueCounts};
pub use options::{
    DEFAULT_LIMIT, DEFAULT_MAX_BYTES, DEFAULT_MAX_RECORDS, OverflowPolicy, QueueOptions,
};
use state::{State, Tell};

/// A destination behind a queue. The [module](self) says what is promised.
///
/// Made by [`Workers::queue`](crate::workers::Workers::queue). Dropped with lines in it, it still
/// delivers them, as long as the process lives.
///
/// ```
/// use hydra_core::config::Stream;
/// use hydra_core::destination::console::ConsoleDestination;
/// use hydra_core::{Destination, Level, LineMeta};
/// use hydra_delivery::queue::QueueOptions;
/// use hydra_delivery::workers::{Workers, WorkersOptions};
/// use std::sync::Arc;
///
/// let workers = Workers::new(WorkersOptions::default());
/// let stdout = Arc::new(ConsoleDestination::new(Stream::Stdout));
/// let queued = workers.queue("stdout", stdout, QueueOptions::default());
/// queued.deliver(b"started\n", &LineMeta { level: Level::Info, unix_ns: 0 })?;
/// queued.hand_over(); // or nothing happens before 64 KiB are together
/// queued.flush()?;
/// assert_eq!(queued.counts().delivered, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct QueuedDestination {
    queue: Arc<Queue>,
}

/// What a flush with a time limit left undone.
///
/// ```
/// use hydra_delivery::queue::FlushError;
/// let error = FlushError { queued: 12, error: std::io::ErrorKind::TimedOut.into() };
/// assert_eq!(error.to_string(), "timed out (12 records are still queued)");
/// ```
#[derive(Debug)]
pub struct FlushError {
    /// Lines that are still queued.
    pub queued: u64,
    /// What went wrong: [`TimedOut`](io::ErrorKind::TimedOut), or the destination's own error.
    pub error: io::Error,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} records are still queued)",
            self.error, self.queued
        )
    }
}

impl std::error::Error for FlushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl QueuedDestination {
    pub(crate) fn new(
        name: Arc<str>,
        inner: Arc<dyn Destination>,
        options: QueueOptions,
        pool: Arc<Pool>,
    ) -> QueuedDestination {
        let queue = Arc::new(Queue {
            name,
            inner,
            pool,
            state: Mutex::new(State::new(options)),
            room: Condvar::new(),
        });
        fork::register(&(Arc::clone(&queue) as Arc<dyn OverFork>));
        QueuedDestination { queue }
    }

    /// Has everything delivered that was taken so far, without waiting for it. Whoever delivers
    /// calls this when nothing more is at hand; until then lines gather to 64 KiB.
    #[inline]
    pub fn hand_over(&self) {
        let mut state = self.queue.lock();
        state.hand_over();
        self.queue.call_worker(state);
    }

    /// As [`Destination::flush`], which waits for as long as it takes; this gives up when the limit
    /// has passed. What is queued then stays so.
    ///
    /// # Errors
    /// Something that was taken before is still queued, or kept back by the destination.
    pub fn flush_within(&self, limit: Duration) -> Result<(), FlushError> {
        let result = self.queue.order(What::Flush, Some(limit));
        result.map_err(|error| FlushError {
            queued: self.counts().queued,
            error,
        })
    }

    /// What became of every line, at this moment.
    pub fn counts(&self) -> QueueCounts {
        self.queue.lock().counts()
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.queue.name
    }
}

impl fmt::Debug for QueuedDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedDestination")
            .field("name", &self.queue.name)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl Destination for QueuedDestination {
    /// Copies the line into the queue.
    #[inline]
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let state = self.queue.lock();
        if state.has_room(line.len()) {
            self.queue.push(state, line, meta)
        } else {
            self.queue.overflow(state, line, meta)
        }
    }

    /// Waits until everything that was taken before is delivered, and flushes the destination.
    fn flush(&self) -> io::Result<()> {
        self.queue.order(What::Flush, None)
    }

    /// From now on each line is handed over at once. Waits for its turn as long as
    /// [`QueueOptions::patience`] says; later than that it is done all the same.
    fn retire(&self) -> io::Result<()> {
        self.queue.lock().retired = true;
        let patience = self.queue.patience();
        self.queue.order(What::Retire, Some(patience))
    }

    /// As `retire`, waits for its turn.
    fn reopen(&self) -> io::Result<()> {
        let patience = self.queue.patience();
        self.queue.order(What::Reopen, Some(patience))
    }

    /// Those of the destination itself: they count a line when it is delivered or dropped.
    fn stats(&self) -> &DestinationStats {
        self.queue.inner.stats()
    }
}

impl Drop for QueuedDestination {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.retired = true;
        state.hand_over();
        self.queue.call_worker(state);
        self.queue.tell(Tell::Now);
    }
}

/// What a queued destination and the workers share.
pub(crate) struct Queue {
    name: Arc<str>,
    inner: Arc<dyn Destination>,
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
    #[inline]
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn push(
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
    fn call_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        let calls = state.calls_worker();
        drop(state);
        if calls {
            self.pool.schedule(Arc::clone(self));
        }
    }

    /// A line that finds the queue full.
    #[cold]
    #[inline(never)]
    fn overflow<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<()> {
        let may_drop = state.options().may_drop(meta.level);
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
        if state.options().may_drop(meta.level) {
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
    fn tell(&self, when: Tell) {
        let drops = self.lock().summary(when);
        if let Some(drops) = drops {
            diagnostics::report(ErrorKind::named("dropped"), &self.name, &drops);
        }
    }

    /// Puts an order behind the lines that are there, and waits for what comes of it.
    fn order(self: &Arc<Self>, what: What, limit: Option<Duration>) -> io::Result<()> {
        let answer = Arc::new(Answer::default());
        let mut state = self.lock();
        state.order(Item::Order(Order {
            what,
            answer: Arc::clone(&answer),
        }));
        self.call_worker(state);
        let result = answer
            .wait(limit)
            .unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()));
        self.tell(Tell::Now);
        result
    }

    fn patience(&self) -> Duration {
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
