//! A queue as its callers and its workers see it: what waits, calls and tells. What is decided under
//! the lock is in [`State`].

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::metrics::Histogram;
use hydra_core::patience::Wait;
use hydra_core::{Destination, LineMeta};

use super::chunk::{Answer, Chunk, Item, Order, What};
use super::counts::DropReason;
use super::disk::Place;
use super::gather;
use super::options::{OverflowPolicy, QueueOptions};
use super::state::{State, Tell};
use crate::own_thread;
use crate::workers::Pool;

/// What a queued destination and the workers share.
pub(crate) struct Queue {
    pub(super) name: Arc<str>,
    pub(super) inner: Arc<dyn Destination>,
    pub(super) pool: Arc<Pool>,
    state: Mutex<State>,
    /// Told when a worker has taken or tried something while somebody waited.
    pub(super) room: Condvar,
    /// Its place in the spool.
    pub(super) place: Option<Place>,
    /// From the call to the destination's acknowledgement.
    pub(super) latency: Histogram,
    pub(super) is_measured: bool,
    /// Whether the destination was told that it is synced.
    pub(super) syncs: AtomicBool,
    pub(super) is_durable: bool,
    /// Where the dispatcher looks first for what it has gathered for this queue.
    pub(super) gathered_at: AtomicUsize,
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
        let is_measured = options.fallback.is_some();
        let is_durable = options.durable;
        #[cfg(feature = "spool")]
        let place = options
            .spool
            .as_ref()
            .map(|spool| spool.place(&super::kept_name(&name), options.guaranteed));
        #[cfg(not(feature = "spool"))]
        let place = None;
        let queue = Arc::new(Queue {
            name,
            inner,
            pool,
            state: Mutex::new(State::new(options)),
            room: Condvar::new(),
            place,
            latency: Histogram::default(),
            is_measured,
            gathered_at: AtomicUsize::new(0),
            syncs: AtomicBool::new(false),
            is_durable,
        });
        fork::register(&(Arc::clone(&queue) as Arc<dyn OverFork>));
        if let Some(place) = &queue.place {
            let mut state = queue.lock();
            state.adopt(place.adopted());
            queue.call_worker(state);
        }
        queue
    }

    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a line.
    #[inline]
    pub(super) fn take(self: &Arc<Self>, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let state = self.lock();
        if state.has_room(line.len()) {
            return self.push(state, line, meta);
        }
        drop(state);
        // It may have to wait, and they need not.
        gather::hand_in();
        self.overflow(self.lock(), line, meta)
    }

    /// Takes lines that were gathered for it.
    pub(super) fn take_in(self: &Arc<Self>, lines: Chunk) {
        let mut state = self.lock();
        match state.take_in(lines) {
            false => {}
            // Nobody hands over any more.
            true if state.retired => self.hand_over(state),
            true => self.call_worker(state),
        }
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
            // Nobody hands over any more.
            Some(true) if state.retired => self.hand_over(state),
            Some(true) => self.call_worker(state),
            None => {
                state.left_out(DropReason::Error, meta.level);
                let error = "a line of 4 GiB cannot be queued";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
            }
        }
        Ok(())
    }

    /// Has what is there delivered, or kept, as it is meant to be.
    pub(super) fn hand_over(self: &Arc<Self>, state: MutexGuard<'_, State>) {
        if state.options().durable {
            drop(state);
            self.keep();
        } else if state.ways.has_fallback() {
            self.hand_over_by_strategy(state);
        } else {
            self.call_worker(state);
        }
    }

    /// Has a worker come where one is needed.
    pub(super) fn call_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        let calls = state.calls_worker();
        let later = state.wants_timer();
        drop(state);
        if calls {
            self.pool.schedule(Arc::clone(self));
        }
        if let Some(at) = later {
            self.pool.schedule_at(at, Arc::clone(self));
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
        if !state.memory_may_go {
            state = self.keep_for_room(state);
            if state.has_room(line.len()) {
                return self.push(state, line, meta);
            }
        }
        if state.calls_worker() {
            drop(state);
            self.pool.schedule(Arc::clone(self));
            state = self.lock();
        }
        if state.has_room(line.len()) {
            return self.push(state, line, meta);
        }
        if state.ways.has_fallback() {
            return self.overflow_by_strategy(state, line, meta);
        }
        self.overflow_by_policy(state, line, meta)
    }

    pub(super) fn overflow_by_policy<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<()> {
        let may_drop = state.options().may_drop(meta);
        let limit = match state.options().policy {
            OverflowPolicy::Spill if self.place.is_some() => Duration::ZERO,
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

    /// Waits for room, makes some in the spool where there is one, and else leaves the line out.
    fn wait_for_room<'a>(
        self: &'a Arc<Self>,
        state: MutexGuard<'a, State>,
        line: &[u8],
        meta: &LineMeta,
        limit: Duration,
    ) -> io::Result<()> {
        let (mut state, mut has_room) = self.has_room_within(state, line.len(), limit);
        while !has_room && self.place.is_some() {
            let (after, spilled) = self.spill(state);
            state = after;
            if let Err(error) = spilled {
                diagnostics::report(ErrorKind::named("spool"), &self.name, &error);
                break;
            }
            has_room = state.has_room(line.len());
        }
        if !has_room {
            self.stays_out(state, line, meta);
            return Ok(());
        }
        self.push(state, line, meta)
    }

    /// Waits for room for so many bytes.
    pub(super) fn has_room_within<'a>(
        self: &'a Arc<Self>,
        mut state: MutexGuard<'a, State>,
        bytes: usize,
        limit: Duration,
    ) -> (MutexGuard<'a, State>, bool) {
        let mut wait = Wait::default();
        while !state.has_room(bytes) {
            // Each time anew: others may have filled the room that the worker made, and not come to
            // hand over what they put there.
            state.hand_over();
            if state.calls_worker() {
                drop(state);
                self.pool.schedule(Arc::clone(self));
                state = self.lock();
                continue;
            }
            let Some(slice) = wait.slice(state.patience_ends(limit)) else {
                return (state, false);
            };
            state = self.wait_for_worker(state, slice);
        }
        (state, true)
    }

    /// Waits until a worker has taken or tried something.
    pub(super) fn wait_for_worker<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        limit: Duration,
    ) -> MutexGuard<'a, State> {
        state.waiters += 1;
        let waited = self.room.wait_timeout(state, limit);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.waiters = state.waiters.saturating_sub(1);
        state
    }

    /// What becomes of a line that has waited as long as it may.
    fn stays_out(&self, state: MutexGuard<'_, State>, line: &[u8], meta: &LineMeta) {
        if state.options().may_drop(meta) {
            return self.left_out(state, DropReason::Timeout, meta);
        }
        drop(state);
        let reason = self.to_stderr(line, meta);
        self.left_out(self.lock(), reason, meta);
    }

    pub(super) fn to_stderr(&self, line: &[u8], meta: &LineMeta) -> DropReason {
        match self.pool.last_resort.deliver(line, meta) {
            Ok(()) => DropReason::LastResort,
            Err(_) => DropReason::Lost,
        }
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
        gather::hand_in_for(self);
        let mut state = self.lock();
        state.ways.is_urgent |= state.ways.has_fallback();
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
