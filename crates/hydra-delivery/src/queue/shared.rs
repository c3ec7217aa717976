//! A queue as its callers and its workers see it: what waits, calls and tells. What is decided under
//! the lock is in [`State`].

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hydra_core::destination::{self, Batch, BatchError, WriteLog};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::metrics::Histogram;
use hydra_core::{Destination, LineMeta};

use super::chunk::{Answer, CHUNK, Chunk, Item, Order, What};
use super::counts::DropReason;
use super::detour::stays;
use super::disk::Place;
use super::options::{OverflowPolicy, QueueOptions};
use super::state::{Next, State, Tell};
use crate::fallback::Strategy;
use crate::own_thread;
use crate::ring_file::layout;
use crate::workers::Pool;

/// How many bytes of the spool are read at once.
const SPOOLED: usize = 512 * 1024;

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
    is_measured: bool,
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
        #[cfg(feature = "spool")]
        let place = options
            .spool
            .as_ref()
            .map(|spool| spool.place(&identity(&name), options.guaranteed));
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
            Some(true) if state.retired && state.ways.has_fallback() => {
                self.hand_over_by_strategy(state);
            }
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
            let left = state.patience_left(limit);
            if left.is_zero() {
                return (state, false);
            }
            state = self.wait_for_worker(state, left);
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

/// The way of lines out of the queue, on a worker.
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
        let slot = self.lock().slot.clone();
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
        let deliver = || self.inner.deliver_batch(batch);
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

/// The name of a destination in the spool: that of a file is the same from every working directory.
#[cfg(feature = "spool")]
fn identity(name: &str) -> String {
    let path = name.strip_prefix("file ").map(std::path::absolute);
    match path {
        Some(Ok(path)) => format!("file {}", path.display()),
        _ => name.to_owned(),
    }
}

/// How many lines of a batch a destination has accepted.
fn accepted(batch: &Batch<'_>, result: &Result<(), BatchError>) -> usize {
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
