//! The engine of one asynchronous logger: its rings, its dispatcher, its workers.

mod flush_and_close;
mod kept;
mod metrics;
mod options;
mod over_fork;
mod power;
mod queues;
mod rings;
mod thread;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Acquire};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use hydra_core::exit::{self, AtEnd};
use hydra_core::fork::{self, OverFork};
use hydra_core::pipeline::Front;

use crate::accounts::Accounts;
use crate::bell::Bell;
use crate::dispatcher::{Dispatcher, RingEnd};
use crate::health::Watch;
use crate::pressure::Pressure;
use crate::queue::{OverflowPolicy, QueuedDestination};
use crate::stand_in::StandIn;
use crate::tickets::Tickets;
use crate::workers::Workers;
use kept::Kept;
pub use options::EngineOptions;
use power::Durable;

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

    /// What layers hand their calls to.
    pub fn front(&self) -> Arc<dyn Front> {
        Arc::clone(&self.0) as Arc<dyn Front>
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
}
