//! The engine of one asynchronous logger: its rings, its dispatcher, its workers.

mod kept;
mod over_fork;
mod power;

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst},
};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use hydra_core::Destination;
use hydra_core::config::Durability;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::exit::{self, AtEnd};
use hydra_core::fork::{self, OverFork};
use hydra_core::patience::Deadline;
use hydra_core::pipeline::Front;

use crate::accounts::{Accounts, EngineCounts, RingCounts};
use crate::bell::Bell;
use crate::dispatcher::{Dispatcher, RingEnd};
use crate::fallback::Strategy;
use crate::health::{Health, HealthOptions, HealthReason, Phase, Watch};
use crate::naps::Naps;
use crate::own_thread;
use crate::pressure::{MemoryOptions, MemoryStep, Pressure};
use crate::queue::{
    self, OverflowPolicy, QueueCounts, QueueOptions, QueuePerformance, QueuedDestination, gather,
};
use crate::ring::{self, Producer};
use crate::side::Side;
use crate::stand_in::StandIn;
use crate::tickets::Tickets;
use crate::workers::{Workers, WorkersOptions};
use kept::Kept;
use power::{Durable, Gathering};

/// The settings of an [`Engine`].
///
/// ```
/// use hydra_delivery::EngineOptions;
/// let options = EngineOptions { ring_size: 1 << 16, ..EngineOptions::default() };
/// assert_eq!(EngineOptions::default().ring_size, 512 << 10);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The bytes of each thread's ring; made a power of two from 4 KiB to 1 GiB. Half of it should
    /// hold a thousand records. Default: 512 KiB.
    pub ring_size: usize,
    /// What happens to a call for which there is no room in its thread's ring. `DropOldest` waits
    /// there as `Block` does: the oldest is dropped where lines wait for their destination. What the
    /// layer [guarantees](hydra_core::Layer::guarantees) waits under every policy, and at last goes its way on
    /// the calling thread.
    pub overflow: OverflowPolicy,
    /// The queue before each destination, with a policy of its own.
    pub queue: QueueOptions,
    /// The threads that deliver.
    pub workers: WorkersOptions,
    /// What records survive once their call has returned; none leaves it to whoever makes the engine
    /// of a configuration, and is [`Durability::Memory`] here.
    pub durability: Option<Durability>,
    /// Whether rings lie in a file, so that records survive the process, though `durability` does not
    /// say so: where single destinations ask for [`Durability::Process`]. Default: no.
    pub ring_file: bool,
    /// The directory for what must outlive the process; none: see [`hydra_core::state_dir`].
    pub state_dir: Option<PathBuf>,
    /// Whether each record of a ring file has a checksum, by which a recovery knows what the machine, or
    /// another program, has damaged: a killed process damages nothing. Default: no.
    pub ring_checksums: bool,
    /// Whether each call waits until its record went through the pipeline: for tests that look at
    /// what a call has brought about. Default: no.
    pub wait_for_each: bool,
    /// When it takes less, since memory runs short.
    pub memory: MemoryOptions,
    /// What it stays below while it is well.
    pub health: HealthOptions,
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions {
            ring_size: 512 << 10,
            overflow: OverflowPolicy::default(),
            queue: QueueOptions::default(),
            workers: WorkersOptions::default(),
            durability: None,
            ring_file: false,
            state_dir: None,
            ring_checksums: false,
            wait_for_each: false,
            memory: MemoryOptions::default(),
            health: HealthOptions::default(),
        }
    }
}

/// The engine of one asynchronous logger. Dropping it closes it, within five seconds.
///
/// ```
/// use std::sync::Arc;
/// use hydra_core::pipeline::{Layer, OpenRoute, Route};
/// use hydra_core::{Fields, Level};
/// use hydra_delivery::{Engine, EngineOptions};
///
/// let engine = Engine::new(EngineOptions::default());
/// let route = Route::Queued { front: engine.front(), open: OpenRoute::default() };
/// let layer = Layer::new(1, "APP", Level::Info, route);
/// layer.emit(Level::Info, "taken".into(), Fields::NONE, None);
/// engine.flush(None)?;
/// assert_eq!(engine.counts().dispatched, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Engine(Arc<Shared>);

/// What the engine, its threads' seats and its dispatcher share.
pub(crate) struct Shared {
    this: Weak<Shared>,
    options: EngineOptions,
    bell: Arc<Bell>,
    pub(crate) accounts: Accounts,
    pub(crate) tickets: Tickets,
    /// Held for a round at a time.
    dispatcher: Mutex<Dispatcher>,
    new_rings: Mutex<Vec<RingEnd>>,
    /// Whether `new_rings` holds any.
    has_new_rings: AtomicBool,
    is_closed: AtomicBool,
    /// Whether the process ends: calls go their way on the thread that makes them.
    ends: AtomicBool,
    /// How many threads are about to fork, and want the dispatcher's lock.
    forking: AtomicUsize,
    /// Whether there is a dispatcher thread.
    is_running: AtomicBool,
    /// Made after the engine is registered for forks: the dispatcher waits for them, not they for it.
    workers: OnceLock<Workers>,
    queues: Mutex<Vec<Weak<QueuedDestination>>>,
    pub(crate) pressure: Pressure,
    watch: Watch,
    /// Taken before `queues`, behind `new_rings`.
    kept: Mutex<Kept>,
    pub(crate) stand_in: StandIn,
    durable: Durable,
}

impl Engine {
    /// An engine without threads: the first call starts them.
    pub fn new(options: EngineOptions) -> Engine {
        let shared = Arc::new_cyclic(|this: &Weak<Shared>| Shared {
            this: this.clone(),
            workers: OnceLock::new(),
            pressure: Pressure::new(options.memory.clone()),
            watch: Watch::new(),
            kept: Mutex::new(Kept::new(&options)),
            stand_in: StandIn::default(),
            durable: Durable::new(&options),
            options: EngineOptions {
                ring_size: options.ring_size.clamp(4096, 1 << 30).next_power_of_two(),
                ..options
            },
            bell: Arc::new(Bell::new()),
            accounts: Accounts::default(),
            tickets: Tickets::default(),
            dispatcher: Mutex::new(Dispatcher::new(this.clone())),
            new_rings: Mutex::default(),
            has_new_rings: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            ends: AtomicBool::new(false),
            forking: AtomicUsize::new(0),
            is_running: AtomicBool::new(false),
            queues: Mutex::default(),
        });
        fork::register_first(&(Arc::clone(&shared) as Arc<dyn OverFork>));
        exit::register(&(Arc::clone(&shared) as Arc<dyn AtEnd>));
        Engine(shared)
    }

    /// Puts a queue before a destination: its lines are delivered by a worker, while others go on.
    pub fn queue(
        &self,
        name: &Arc<str>,
        destination: Arc<dyn Destination>,
    ) -> Arc<dyn Destination> {
        self.queue_for(name, destination, self.0.asked())
    }

    /// The same with a durability of its own.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hydra_core::Destination;
    /// use hydra_core::config::{Durability, Stream};
    /// use hydra_core::destination::console::ConsoleDestination;
    /// use hydra_delivery::{Engine, EngineOptions};
    ///
    /// let engine = Engine::new(EngineOptions::default());
    /// let stdout: Arc<dyn Destination> = Arc::new(ConsoleDestination::new(Stream::Stdout));
    /// let queued = engine.queue_for(&"console stdout".into(), stdout, Durability::Memory);
    /// assert_eq!(engine.durability_at(Durability::Power, &queued), Durability::Memory);
    /// ```
    pub fn queue_for(
        &self,
        name: &Arc<str>,
        destination: Arc<dyn Destination>,
        durability: Durability,
    ) -> Arc<dyn Destination> {
        if self.0.options.wait_for_each {
            return destination;
        }
        let options = self.0.queue_options(durability);
        let workers = || Workers::new(self.0.options.workers.clone());
        let workers = self.0.workers.get_or_init(workers);
        let queue = workers.queue(Arc::clone(name), destination, options);
        let queue = Arc::new(queue);
        queue.shrink(self.0.pressure.step() > MemoryStep::Normal);
        self.0.keep_book(&queue);
        let mut queues = lock(&self.0.queues);
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Arc::downgrade(&queue));
        queue
    }

    /// What layers hand their calls to.
    pub fn front(&self) -> Arc<dyn Front> {
        Arc::clone(&self.0) as Arc<dyn Front>
    }

    /// Brings every call that was made before through the pipeline.
    ///
    /// # Errors
    /// `TimedOut` when that took longer than the limit, and `WouldBlock` where a destination or
    /// format asks for it while it is given a record.
    pub fn flush(&self, limit: Option<Duration>) -> io::Result<()> {
        self.0.flush(limit.map(Deadline::within))
    }

    /// Takes no more calls, and brings those that were taken to their destinations, within the limit.
    /// Closing again only waits.
    ///
    /// # Errors
    /// As [`Engine::flush`], and a destination's own.
    pub fn close(&self, limit: Duration) -> io::Result<()> {
        self.0.close(Deadline::within(limit))
    }

    /// How it is now. It costs some ten microseconds: it reads how much memory is used.
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// Has a function called with each reason against the engine's health that was not there a look
    /// before, for as long as the engine lives. Looks are [`MemoryOptions::check_interval`] apart,
    /// while records flow. It runs on a thread of its own.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// engine.on_alert(|reason| eprintln!("{reason}"));
    /// ```
    pub fn on_alert(&self, callback: impl Fn(&HealthReason) + Send + Sync + 'static) {
        self.0.watch.add(Arc::new(callback));
    }

    /// What was taken and handed on so far.
    pub fn counts(&self) -> EngineCounts {
        self.0.counts()
    }
}

impl Engine {
    /// What became of the lines before each destination, by its name; those of two destinations with
    /// one name are added.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// assert!(engine.queue_counts().is_empty());
    /// ```
    pub fn queue_counts(&self) -> Vec<(String, QueueCounts)> {
        let mut counts = BTreeMap::<String, QueueCounts>::new();
        for queue in self.0.queues() {
            let sum = counts.entry(queue.name().to_owned()).or_default();
            sum.add(&queue.counts());
        }
        counts.into_iter().collect()
    }

    /// How the queue before each destination is doing, by its name, and by which strategy; those of
    /// two destinations with one name are put together.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// assert!(engine.queue_performance().is_empty());
    /// ```
    pub fn queue_performance(&self) -> Vec<(String, QueuePerformance)> {
        let mut found = BTreeMap::<String, Vec<QueuePerformance>>::new();
        for queue in self.0.queues() {
            let same_name = found.entry(queue.name().to_owned()).or_default();
            same_name.push(queue.performance());
        }
        let together = |(name, queues): (String, Vec<_>)| (name, QueuePerformance::of_all(&queues));
        found.into_iter().map(together).collect()
    }

    /// Has the queues before destinations of this name take a strategy, whatever happens; `None`
    /// lets them choose again. Whether there is one.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// assert!(!engine.pin_strategy("file app.log", None));
    /// ```
    pub fn pin_strategy(&self, destination: &str, strategy: Option<Strategy>) -> bool {
        let queues = self.0.queues();
        let named = queues.iter().filter(|queue| queue.name() == destination);
        named.map(|queue| queue.pin(strategy)).count() > 0
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.0.is_closed() {
            return;
        }
        if let Err(error) = self.close(queue::DEFAULT_LIMIT) {
            diagnostics::report(ErrorKind::Write, "closing an asynchronous logger", &error);
        }
    }
}

impl Shared {
    pub(crate) fn this(&self) -> Arc<Shared> {
        self.this.upgrade().expect("it is called through an Arc")
    }

    pub(crate) fn process_ends(&self) -> bool {
        self.ends.load(Acquire)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Acquire)
    }

    pub(crate) fn overflow(&self) -> OverflowPolicy {
        self.options.overflow
    }

    pub(crate) fn waits_for_each(&self) -> bool {
        self.options.wait_for_each
    }

    /// Whether memory is so short that each call waits until its record is delivered.
    #[inline]
    pub(crate) fn is_synchronous(&self) -> bool {
        self.pressure.is_synchronous()
    }

    /// Whether somebody waits for the end of this round.
    pub(crate) fn is_forking(&self) -> bool {
        self.forking.load(Relaxed) > 0
    }

    /// Whether there is a dispatcher's thread.
    pub(crate) fn is_running(&self) -> bool {
        self.is_running.load(SeqCst)
    }

    /// A ring for this thread; none after the end, or without memory for it.
    /// And whether it is in a file.
    pub(crate) fn new_ring(
        &self,
        side: &Arc<Side>,
        counts: &Arc<RingCounts>,
    ) -> Option<(Producer, bool)> {
        let mut new_rings = lock(&self.new_rings);
        // Under the lock that the end takes, so that no ring comes after it.
        if self.is_closed() {
            return None;
        }
        let size = self.pressure.ring_size(self.options.ring_size);
        let bell = Arc::clone(&self.bell);
        let made = match self.kept_ring(size) {
            Some((memory, kept)) => Ok((ring::over(memory, bell), Some(kept))),
            None => ring::ring(size, bell).map(|ends| (ends, None)),
        };
        let ((producer, consumer), kept) = match made {
            Ok(made) => made,
            Err(error) => {
                let message =
                    format_args!("no ring for a thread, whose records go direct: {error}");
                diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
                return None;
            }
        };
        let _ = counts.gauge.set(producer.gauge());
        self.accounts.add(counts);
        let is_kept = kept.is_some();
        let (side, counts) = (Arc::clone(side), Arc::clone(counts));
        new_rings.push(RingEnd::new(consumer, side, counts, kept));
        self.has_new_rings.store(true, Release);
        drop(new_rings);
        self.start();
        Some((producer, is_kept))
    }

    pub(crate) fn new_rings(&self) -> Vec<RingEnd> {
        if !self.has_new_rings.swap(false, AcqRel) {
            return Vec::new();
        }
        std::mem::take(&mut *lock(&self.new_rings))
    }

    fn start(&self) {
        if self.is_running.swap(true, SeqCst) {
            return self.bell.wake();
        }
        let this = self.this();
        let named = thread::Builder::new().name("hydra-dispatch".into());
        if let Err(error) = named.spawn(move || this.dispatch()) {
            self.is_running.store(false, SeqCst);
            let message = format_args!("no thread for the dispatcher: {error}");
            diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
        }
    }

    /// The dispatcher's thread.
    fn dispatch(&self) {
        own_thread::mark();
        let mut naps = Naps::default();
        let mut gathering = Gathering::default();
        loop {
            while !self.is_over() {
                while self.is_forking() {
                    // For a moment; a lock that is wanted again at once is hard to come by.
                    thread::yield_now();
                }
                let worked = self.round_of_many(&mut gathering);
                if self.watch.is_due(self.pressure.interval()) {
                    self.look();
                }
                if worked {
                    naps.worked();
                    continue;
                }
                self.bell.rest(naps.length(), || self.has_work());
            }
            self.is_running.swap(false, SeqCst);
            // Whoever asks from here on sees that nobody runs, and helps itself.
            if self.tickets.asked().is_none() || self.is_running.swap(true, SeqCst) {
                return;
            }
        }
    }

    pub(crate) fn round(&self) -> bool {
        // Callbacks for errors, which may wait for a thread that forks, find the lock let go.
        diagnostics::deferred(|| {
            let mut dispatcher = lock(&self.dispatcher);
            catch_unwind(AssertUnwindSafe(|| dispatcher.round())).unwrap_or_else(|_| {
                let message = "the dispatcher panicked, and goes on";
                diagnostics::report(ErrorKind::Write, "asynchronous logger", &message);
                true
            })
        })
    }

    fn has_work(&self) -> bool {
        self.has_new_rings.load(Acquire)
            || self.tickets.asked().is_some()
            || self.is_over()
            || lock(&self.dispatcher).has_work()
    }

    /// Whether everything is done that ever will be.
    fn is_over(&self) -> bool {
        self.is_closed() && self.tickets.asked().is_none() && !lock(&self.dispatcher).has_work()
    }

    /// Looks after itself: no lock is held.
    fn look(&self) {
        if let Some(step) = self.pressure.look() {
            let is_short = step > MemoryStep::Normal;
            self.queues()
                .iter()
                .for_each(|queue| queue.shrink(is_short));
        }
        if self.watch.has_callbacks() {
            let mut reasons = self.health().reasons;
            // Who closes it knows.
            reasons.retain(|reason| *reason != HealthReason::Closed);
            self.watch.tell(&reasons);
        }
    }

    fn counts(&self) -> EngineCounts {
        // Before the others: one that is made meanwhile is counted twice, and not left out.
        let waiting = self.stand_in.waiting();
        let mut counts = self.accounts.snapshot();
        counts.accepted += waiting;
        counts.queued += waiting;
        counts
    }

    fn health(&self) -> Health {
        let counts = self.counts();
        let mut dropped = counts.refused.values().sum::<u64>();
        let mut errors = 0;
        let mut queues = Vec::new();
        for queue in self.queues() {
            let (counts, health) = queue.health();
            dropped += counts.dropped.total();
            errors += counts.errors;
            queues.push(health);
        }
        let mut health = Health {
            uptime: self.watch.uptime(),
            queued: counts.queued,
            ring_percent: self.accounts.fullest_ring(),
            queues,
            dropped,
            errors,
            memory: self.pressure.usage(),
            memory_ok: true,
            memory_step: self.pressure.step(),
            phase: self.watch.phase(),
            reasons: Vec::new(),
        };
        health.judge(&self.options.health, self.watch.recent(dropped, errors));
        health
    }

    fn queues(&self) -> Vec<Arc<QueuedDestination>> {
        let queues = lock(&self.queues);
        queues.iter().filter_map(Weak::upgrade).collect()
    }

    /// Has what the round has brought delivered, though no 64 KiB are together.
    pub(crate) fn hand_over(&self) {
        // A summary of what was dropped came after the round.
        gather::hand_in();
        if self.is_durable() {
            return self.hand_over_durably();
        }
        for queue in lock(&self.queues).iter().filter_map(Weak::upgrade) {
            queue.hand_over();
        }
    }

    /// Asks for a flush; the number by which to wait for it.
    ///
    /// Where there is no thread to do it this one does, until then; one round at least.
    pub(crate) fn begin_flush(&self, until: Option<Deadline>) -> u64 {
        let ticket = self.tickets.ask();
        if self.tickets.is_to_be_told(ticket) {
            self.bell.wake();
        }
        // Nobody has called yet, all is over, or there is no thread to be had.
        while !self.is_running() && self.tickets.asked().is_some() {
            self.round();
            if until.is_some_and(|until| until.left().is_zero()) {
                break;
            }
        }
        ticket
    }

    pub(crate) fn flush(&self, until: Option<Deadline>) -> io::Result<()> {
        if crate::dispatcher::is_dispatching() || own_thread::is_own() {
            let message = "a destination cannot wait for the engine that waits for it";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
        }
        let drained = self.stand_in.drain(until);
        let ticket = self.begin_flush(until);
        if self.tickets.wait(ticket, until) && drained {
            return Ok(());
        }
        let message = "the records that wait could not be brought on their way in time";
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    }

    fn close(&self, until: Deadline) -> io::Result<()> {
        self.stand_in.drain(Some(until));
        let first = {
            let _no_ring_meanwhile = lock(&self.new_rings);
            !self.is_closed.swap(true, AcqRel)
        };
        if first {
            self.watch.enter(Phase::Flushing);
            lock(&self.dispatcher).close();
        }
        let flushed = self.flush(Some(until));
        self.watch.enter(Phase::Cleaning);
        let retired = self.retire_queues(until);
        self.end_ring_file();
        self.watch.enter(Phase::Done);
        retired.and(flushed)
    }

    /// Waits until everything that was taken is delivered, as far as destinations move: one that
    /// stands still is waited for once.
    pub(crate) fn settle(&self) {
        // The dispatcher itself, whose formats may log, waits for nobody: that is the one error.
        let until = Deadline::within(queue::DEFAULT_LIMIT);
        if self.flush(Some(until)).is_ok() {
            self.queues().iter().for_each(|queue| queue.settle());
        }
    }

    /// Brings to the destinations what was handed on, and keeps nothing back from now on.
    pub(crate) fn retire_queues(&self, until: Deadline) -> io::Result<()> {
        let mut result = Ok(());
        for queue in self.queues() {
            result = result.and(queue.retire_within(until.left()));
        }
        result
    }
}

impl AtEnd for Shared {
    fn at_exit(&self, limit: Duration) {
        self.ends.store(true, Release);
        if let Err(error) = self.close(Deadline::within(limit)) {
            diagnostics::report(ErrorKind::Write, "the end of the process", &error);
        }
    }

    fn in_panic(&self, limit: Duration) {
        let until = Deadline::within(limit);
        if self.flush(Some(until)).is_err() {
            return;
        }
        for queue in self.queues() {
            // What stays queued is still delivered if the process lives on.
            let _ = queue.flush_within(until.left());
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
