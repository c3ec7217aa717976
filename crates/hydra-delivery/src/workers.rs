//! The threads that bring lines from the queues to the destinations: [`Workers`].
//!
//! A thread is started when a queue needs one and none is free, up to
//! [`WorkersOptions::max_workers`]; of those that have nothing to do, all but one end after
//! [`WorkersOptions::idle`]. The last one waits without a deadline: an idle process wakes nobody.
//! Threads take turns: each serves a queue for one batch, then the next queue that is ready.
//!
//! Where the system gives no thread at all, the one that hands over delivers.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hydra_core::Destination;
use hydra_core::config::Stream;
use hydra_core::destination::console::ConsoleDestination;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};

use crate::own_thread;
use crate::queue::{Queue, QueueOptions, QueuedDestination};

/// How many threads deliver at most, unless set.
pub const DEFAULT_MAX_WORKERS: usize = 16;

/// How long a thread waits for work before it ends, unless set.
pub const DEFAULT_IDLE: Duration = Duration::from_secs(5);

/// How many threads there are, and for how long.
///
/// ```
/// use hydra_delivery::workers::{Workers, WorkersOptions};
/// let workers = Workers::new(WorkersOptions::default().max_workers(4));
/// assert_eq!(workers.threads(), 0); // none before there is something to do
/// ```
#[derive(Clone, Debug)]
pub struct WorkersOptions {
    max_workers: usize,
    idle: Duration,
    stack_size: Option<usize>,
}

impl Default for WorkersOptions {
    fn default() -> WorkersOptions {
        WorkersOptions {
            max_workers: DEFAULT_MAX_WORKERS,
            idle: DEFAULT_IDLE,
            stack_size: None,
        }
    }
}

impl WorkersOptions {
    /// How many threads at most, one at least; [`DEFAULT_MAX_WORKERS`] unless set. As many
    /// destinations may block at a time before the others are delayed.
    #[must_use]
    pub fn max_workers(mut self, threads: usize) -> WorkersOptions {
        self.max_workers = threads.max(1);
        self
    }

    /// How long a thread waits for work before it ends, if it is not the last one;
    /// [`DEFAULT_IDLE`] unless set.
    #[must_use]
    pub fn idle(mut self, time: Duration) -> WorkersOptions {
        self.idle = time;
        self
    }

    /// The size of a thread's stack in bytes; the standard library's default unless set.
    #[must_use]
    pub fn stack_size(mut self, bytes: usize) -> WorkersOptions {
        self.stack_size = Some(bytes);
        self
    }
}

/// Threads that serve any number of queues. Dropped, they go on until the queues are empty.
///
/// See [`QueuedDestination`] for an example.
pub struct Workers {
    pool: Arc<Pool>,
}

impl Workers {
    /// Starts no thread yet.
    pub fn new(options: WorkersOptions) -> Workers {
        let pool = Arc::new(Pool {
            options,
            last_resort: ConsoleDestination::new(Stream::Stderr),
            state: Mutex::default(),
            wake: Condvar::new(),
        });
        fork::register(&(Arc::clone(&pool) as Arc<dyn OverFork>));
        Workers { pool }
    }

    /// Puts a queue before a destination. The name is shown in errors.
    pub fn queue(
        &self,
        name: impl Into<Arc<str>>,
        destination: Arc<dyn Destination>,
        options: QueueOptions,
    ) -> QueuedDestination {
        QueuedDestination::new(name.into(), destination, options, Arc::clone(&self.pool))
    }

    /// How many threads there are now.
    pub fn threads(&self) -> usize {
        self.pool.lock().threads
    }
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers")
            .field("options", &self.pool.options)
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.pool.lock().closing = true;
        self.pool.wake.notify_all();
    }
}

/// What the threads and the queues share. Its lock and those of the queues are never held together.
pub(crate) struct Pool {
    options: WorkersOptions,
    /// Where lines go that are never dropped, when their queue is full for too long.
    pub(crate) last_resort: ConsoleDestination,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// Queues with work that no thread serves, each once.
    ready: VecDeque<Arc<Queue>>,
    /// Queues that pause after a failure, and until when.
    later: Vec<(Instant, Arc<Queue>)>,
    threads: usize,
    /// Threads that wait, and have not been given a queue since.
    idle: usize,
    /// Nobody makes queues any more: who has nothing to do ends.
    closing: bool,
    /// In a forked child, what the parent had ready: to be dropped where no lock is held.
    stale: VecDeque<Arc<Queue>>,
}

impl OverFork for Pool {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        Box::new(fork::hold(self, |pool| &pool.state, State::renew))
    }
}

impl State {
    /// Takes out the queues whose pause is over.
    fn due(&mut self) -> Vec<Arc<Queue>> {
        let now = Instant::now();
        let due = self.later.extract_if(.., |(at, _)| *at <= now);
        due.map(|(_, queue)| queue).collect()
    }

    /// Makes it a forked child's, which has none of the threads.
    fn renew(&mut self) {
        self.stale.append(&mut self.ready);
        self.stale
            .extend(self.later.drain(..).map(|(_, queue)| queue));
        self.threads = 0;
        self.idle = 0;
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a thread serve this queue. The caller holds no lock.
    pub(crate) fn schedule(self: &Arc<Self>, queue: Arc<Queue>) {
        let mut state = self.lock();
        let stale = mem::take(&mut state.stale);
        state.ready.push_back(queue);
        let has_idle = state.idle > 0;
        let starts = state.ready.len() > state.idle && state.threads < self.options.max_workers;
        state.threads += usize::from(starts);
        drop(state);
        drop(stale);
        if starts {
            self.start();
        } else if has_idle {
            self.wake.notify_one();
        }
    }

    /// Has a thread look after this queue at a time. The caller holds no lock.
    pub(crate) fn schedule_at(self: &Arc<Self>, at: Instant, queue: Arc<Queue>) {
        let mut state = self.lock();
        let before = state
            .later
            .iter_mut()
            .find(|(_, other)| Arc::ptr_eq(other, &queue));
        match before {
            Some((known, _)) => *known = at,
            None => state.later.push((at, queue)),
        }
        let starts = state.threads == 0;
        state.threads += usize::from(starts);
        drop(state);
        if starts {
            self.start();
        } else {
            // Whoever sleeps does not know of this time.
            self.wake.notify_one();
        }
    }

    /// Has a thread of its own serve this queue, if it waits for one and none is free.
    pub(crate) fn hurry(self: &Arc<Self>, queue: &Arc<Queue>) {
        let mut state = self.lock();
        if state.idle > 0 {
            return;
        }
        let waiting = state
            .ready
            .iter()
            .position(|other| Arc::ptr_eq(other, queue));
        let Some(queue) = waiting.and_then(|at| state.ready.remove(at)) else {
            return;
        };
        drop(state);
        let another = Arc::clone(&queue);
        let serve = move || {
            own_thread::mark();
            while another.serve() {}
        };
        if self.builder().spawn(serve).is_err() {
            while queue.serve() {}
        }
    }

    fn builder(&self) -> thread::Builder {
        let builder = thread::Builder::new().name("hydra-worker".into());
        match self.options.stack_size {
            Some(bytes) => builder.stack_size(bytes),
            None => builder,
        }
    }

    fn start(self: &Arc<Self>) {
        let pool = Arc::clone(self);
        let Err(error) = self.builder().spawn(move || pool.work()) else {
            return;
        };
        let is_alone = {
            let mut state = self.lock();
            state.threads -= 1;
            state.threads == 0
        };
        diagnostics::report(ErrorKind::named("worker"), "hydra-worker", &error);
        if is_alone {
            self.serve();
        }
    }

    /// Serves queues in turn, for as long as any is ready. One is let go with no lock held: its
    /// destination may end with it.
    fn serve(&self) {
        let mut again = None;
        loop {
            let next = {
                let mut state = self.lock();
                state.ready.extend(again.take());
                state.ready.pop_front()
            };
            let Some(queue) = next else {
                return;
            };
            if queue.serve() {
                again = Some(queue);
            }
        }
    }

    /// The life of a thread.
    fn work(&self) {
        own_thread::mark();
        self.serve();
        while let Some(due) = self.wait() {
            due.iter().for_each(Queue::wake);
            drop(due);
            self.serve();
        }
    }

    /// Waits for something to do, and gives the queues whose pause is over; without anything the
    /// thread is counted as ended.
    fn wait(&self) -> Option<Vec<Arc<Queue>>> {
        let mut state = self.lock();
        loop {
            let due = state.due();
            if !due.is_empty() || !state.ready.is_empty() {
                return Some(due);
            }
            let next = state.later.iter().map(|(at, _)| *at).min();
            if state.closing && next.is_none() {
                state.threads -= 1;
                return None;
            }
            let is_last = state.threads == 1;
            let idle = (!is_last).then_some(self.options.idle);
            let pause = next.map(|at| at.saturating_duration_since(Instant::now()));
            let limit = idle.into_iter().chain(pause).min();
            state.idle += 1;
            let timed_out;
            (state, timed_out) = if let Some(limit) = limit {
                let waited = self.wake.wait_timeout(state, limit);
                let (state, result) = waited.unwrap_or_else(PoisonError::into_inner);
                (state, result.timed_out())
            } else {
                let waited = self.wake.wait(state);
                (waited.unwrap_or_else(PoisonError::into_inner), false)
            };
            state.idle -= 1;
            let is_idle = timed_out && limit == idle;
            if is_idle && state.ready.is_empty() && state.threads > 1 {
                state.threads -= 1;
                return None;
            }
        }
    }
}
