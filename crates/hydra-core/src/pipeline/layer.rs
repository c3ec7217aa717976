//! Layers: the level check, and the route behind it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::counts::LayerCounts;
use super::front::FrontSeat;
use super::protection::Protection;
use super::route::{OpenRoute, Route};
use crate::clock;
use crate::fork;
use crate::metrics::{Histogram, LayerSnapshot};
use crate::record::clean_layer_name;
use crate::{Level, LevelSet};

/// Generations are unique in the process and never used again: a thread that remembers a route
/// needs to compare nothing else.
static GENERATIONS: AtomicU64 = AtomicU64::new(1);
static LAYERS: AtomicU64 = AtomicU64::new(0);

/// A handle to a layer of a logger: what a hot loop keeps. Cheap to clone, and shared.
///
/// It lives through changes of the configuration, which change only what is behind it.
///
/// ```
/// use hydra_core::pipeline::{Layer, OpenRoute, Route};
/// use hydra_core::{Fields, Level};
///
/// // A logger makes them; by hand, one that sends nowhere:
/// let layer = Layer::new(1, "APP", Level::Info, Route::Open(OpenRoute::default()));
/// assert_eq!((layer.name(), layer.level()), ("APP", Level::Info));
/// assert!(!layer.is_enabled(Level::Critical), "there is no destination");
/// ```
#[derive(Clone)]
pub struct Layer(Arc<LayerCore>);

pub(super) struct LayerCore {
    threshold: AtomicU8,
    logger: u64,
    generation: AtomicU64,
    pub(super) slot: usize,
    name: Box<str>,
    state: Mutex<State>,
    latency: Histogram,
    /// Where the counts go when the last handle does.
    heir: Option<Arc<LayerCounts>>,
}

impl Drop for LayerCore {
    fn drop(&mut self) {
        if let Some(heir) = &self.heir {
            let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
            heir.add(&state.finished);
        }
    }
}

/// A handle that does not keep its layer alive: for a list of layers that must not grow for ever.
///
/// ```
/// use hydra_core::pipeline::{Layer, Route};
/// use hydra_core::Level;
/// let layer = Layer::new(1, "APP", Level::Info, Route::Closed);
/// let weak = layer.downgrade();
/// drop(layer);
/// assert!(weak.upgrade().is_none());
/// ```
#[derive(Clone)]
pub struct WeakLayer(Weak<LayerCore>);

impl WeakLayer {
    /// The layer, if it is still there.
    pub fn upgrade(&self) -> Option<Layer> {
        self.0.upgrade().map(Layer)
    }
}

impl std::fmt::Debug for WeakLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("WeakLayer").field(&self.upgrade()).finish()
    }
}

struct State {
    route: Arc<Route>,
    level: Level,
    /// The counts of threads that are still there, and of those that are gone.
    counters: Vec<Arc<LayerCounts>>,
    finished: LayerCounts,
    /// Call sites that keep a copy of the threshold.
    mirrors: Vec<&'static Mirror>,
}

/// A call site's copy of a layer's threshold: with it the level check is one load of a static,
/// and no pointer is followed (18 instructions instead of 21).
///
/// It holds the logger's number and, in the lowest byte, the threshold; 0 until a layer fills it.
///
/// ```
/// use hydra_core::pipeline::Mirror;
/// use hydra_core::Level;
/// static MIRROR: Mirror = Mirror::new();
/// assert_eq!(MIRROR.is_enabled(1, Level::Info), None, "no layer yet");
/// ```
#[derive(Debug)]
pub struct Mirror(AtomicU64);

impl Mirror {
    /// A mirror of no layer.
    pub const fn new() -> Mirror {
        Mirror(AtomicU64::new(0))
    }

    /// Whether the layer takes records of this level; `None` if it is not this logger's.
    #[inline(always)]
    pub fn is_enabled(&self, logger: u64, level: Level) -> Option<bool> {
        let packed = self.0.load(Ordering::Relaxed);
        (packed >> 8 == logger).then_some(level.number() >= packed as u8)
    }

    fn set(&self, logger: u64, threshold: u8) {
        self.0
            .store(logger << 8 | u64::from(threshold), Ordering::Relaxed);
    }
}

impl Default for Mirror {
    fn default() -> Self {
        Mirror::new()
    }
}

/// A thread's share in a layer: its route as of a generation, and its counts.
pub(super) struct Seat {
    pub(super) generation: u64,
    pub(super) route: Arc<Route>,
    pub(super) counter: Arc<LayerCounts>,
    layer: Layer,
    /// The thread's place at the route's front, once it has handed something over.
    front: Option<Box<dyn FrontSeat>>,
    /// The longest text of a call that may be handed over as it was made; none where there is always
    /// something to do before, or no front yet.
    as_made: Option<usize>,
    /// Whether some of its records are timed.
    measured: bool,
}

impl Seat {
    pub(super) fn slot(&self) -> usize {
        self.layer.slot()
    }

    /// The thread's place at the front of its route, and what is behind that.
    #[inline]
    pub(super) fn front(&mut self) -> Option<(&mut dyn FrontSeat, &OpenRoute)> {
        let Route::Queued { front, open } = &*self.route else {
            return None;
        };
        if self.front.is_none() {
            let seat = self.front.insert(front.seat(&self.layer));
            let is_protected = open.protection.is_some() && seat.takes_protected();
            self.as_made = (!is_protected).then_some(open.max_text);
            self.measured = open.measured;
        }
        Some((&mut **self.front.as_mut()?, open))
    }

    /// The thread's place at the front, where it may take the next call of this level as it was
    /// made, how long a text of it may be, and when it began if it is one that is measured.
    #[inline(always)]
    pub(super) fn front_as_made(
        &mut self,
        level: Level,
    ) -> Option<(&mut dyn FrontSeat, usize, Option<i64>)> {
        let max_text = self.as_made?;
        let is_timed = self.measured && self.counter.is_sampled(level);
        let front = self.front.as_mut()?;
        // Two of the system's clocks would cost as much as the call.
        Some((&mut **front, max_text, is_timed.then(clock::stamp)))
    }

    /// Whether the route is still the layer's.
    pub(super) fn is_current(&self) -> bool {
        self.generation == self.layer.generation()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.layer.state();
        state
            .counters
            .retain(|counter| !Arc::ptr_eq(counter, &self.counter));
        state.finished.add(&self.counter);
    }
}

impl Layer {
    /// A layer of the logger with this number, which has this name, level and route.
    pub fn new(logger: u64, name: &str, level: Level, route: Route) -> Layer {
        Layer::make(logger, name, (level, route), None)
    }

    /// The same, but its counts are added to `heir` when its last handle is dropped.
    pub fn with_heir(
        logger: u64,
        name: &str,
        level: Level,
        route: Route,
        heir: Arc<LayerCounts>,
    ) -> Layer {
        Layer::make(logger, name, (level, route), Some(heir))
    }

    /// A handle that does not keep the layer alive.
    pub fn downgrade(&self) -> WeakLayer {
        WeakLayer(Arc::downgrade(&self.0))
    }

    fn make(
        logger: u64,
        name: &str,
        (level, route): (Level, Route),
        heir: Option<Arc<LayerCounts>>,
    ) -> Layer {
        // Before its first record, of which the process's number and locks of the console are part.
        fork::watch();
        let layer = Layer(Arc::new(LayerCore {
            threshold: AtomicU8::new(0),
            logger,
            generation: AtomicU64::new(0),
            slot: LAYERS.fetch_add(1, Ordering::Relaxed) as usize,
            name: clean_layer_name(name).into(),
            latency: Histogram::default(),
            state: Mutex::new(State {
                route: Arc::new(Route::Closed),
                level,
                counters: Vec::new(),
                finished: LayerCounts::default(),
                mirrors: Vec::new(),
            }),
            heir,
        }));
        layer.set_route(level, route);
        layer
    }

    /// The layer's name, as it stands in its lines.
    #[inline]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The number of the logger that the layer belongs to.
    #[inline]
    pub fn logger(&self) -> u64 {
        self.0.logger
    }

    /// The layer's level: what is below it is not logged.
    pub fn level(&self) -> Level {
        self.state().level
    }

    /// Whether a record of this level would go anywhere. One relaxed load.
    #[inline(always)]
    pub fn is_enabled(&self, level: Level) -> bool {
        level.number() >= self.0.threshold.load(Ordering::Relaxed)
    }

    /// What protects the layer's records; none where nothing is redacted, or it is closed.
    pub fn protection(&self) -> Option<Protection> {
        let state = self.state();
        state.route.open().and_then(|open| open.protection.clone())
    }

    /// Whether no record of this level may be dropped where a queue is full.
    ///
    /// ```
    /// use hydra_core::config::Config;
    /// use hydra_core::pipeline::{Assembly, Layer, Route};
    /// use hydra_core::Level;
    ///
    /// let assembly = Assembly::new(&Config::default(), None)?;
    /// let (level, route) = assembly.route("AUDIT").expect("there is a DEFAULT");
    /// let layer = Layer::new(1, "AUDIT", level, Route::Open(route));
    /// assert!(layer.guarantees(Level::Info), "as in SECURITY and COMPLIANCE");
    /// # Ok::<(), hydra_core::pipeline::BuildError>(())
    /// ```
    pub fn guarantees(&self, level: Level) -> bool {
        self.state().route.guarantees(level)
    }

    /// Whether calls wait until their record is with the destinations that have no queue.
    pub fn waits(&self) -> bool {
        self.state().route.open().is_some_and(|open| open.waits)
    }

    /// The levels of which calls wait, in an asynchronous logger, until the disk has their record.
    pub fn durable(&self) -> LevelSet {
        let state = self.state();
        state
            .route
            .open()
            .map_or(LevelSet::NONE, |open| open.durable)
    }

    /// Changes the level, and what becomes of the records from now on.
    pub fn set_route(&self, level: Level, route: Route) {
        let mut state = self.state();
        state.level = level;
        state.route = Arc::new(route);
        self.publish(&state);
    }

    /// Changes the level; destinations with a higher level of their own keep it.
    pub fn set_level(&self, level: Level) {
        let mut state = self.state();
        state.level = level;
        self.publish(&state);
        drop(state);
        super::watch::levels_changed();
    }

    /// Fills a call site's copy of the threshold, now and at every change.
    pub fn mirror(&self, mirror: &'static Mirror) {
        let mut state = self.state();
        state.mirrors.push(mirror);
        mirror.set(self.0.logger, self.0.threshold.load(Ordering::Relaxed));
    }

    /// The layer's lock, held: for a logger that the process forks under, see [`crate::fork`].
    ///
    /// ```
    /// use hydra_core::pipeline::{Layer, Route};
    /// use hydra_core::Level;
    /// let layer = Layer::new(1, "APP", Level::Info, Route::Closed);
    /// let held = layer.hold_over_fork(); // before the fork
    /// drop(held); // after it, in both processes
    /// assert_eq!(layer.level(), Level::Info);
    /// ```
    pub fn hold_over_fork(&self) -> impl fork::Held + use<> {
        fork::hold(Arc::clone(&self.0), |core| &core.state, |_| ())
    }

    /// What the layer has let through, and what became of it.
    pub fn counts(&self) -> LayerSnapshot {
        let total = LayerCounts::default();
        let state = self.state();
        total.add(&state.finished);
        state.counters.iter().for_each(|counter| total.add(counter));
        LayerSnapshot {
            latency: self.0.latency.snapshot(),
            ..total.snapshot()
        }
    }

    /// Adds one measured record to the histogram.
    #[cold]
    pub(super) fn measured(&self, taken: Duration) {
        self.0.latency.record(taken);
    }

    /// The same for a record that began at a time of [`clock::stamp`].
    #[cold]
    #[inline(never)]
    pub(super) fn measured_since(&self, began: i64) {
        // A clock that is set back meanwhile makes it 0.
        let taken = u64::try_from(clock::stamp() - began).unwrap_or(0);
        self.measured(Duration::from_nanos(taken));
    }

    fn publish(&self, state: &State) {
        let generation = GENERATIONS.fetch_add(1, Ordering::Relaxed);
        self.0.generation.store(generation, Ordering::Release);
        let threshold = state.route.lowest().max(state.level.number());
        for mirror in &state.mirrors {
            mirror.set(self.0.logger, threshold);
        }
        // Last: a level that is said to be enabled goes the new route, by whichever name it is called.
        self.0.threshold.store(threshold, Ordering::Release);
    }

    #[inline]
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    #[inline]
    pub(super) fn slot(&self) -> usize {
        self.0.slot
    }

    /// A seat for this thread, with the route as it is now.
    #[cold]
    #[inline(never)]
    pub(super) fn seat(&self) -> Seat {
        let counter = Arc::new(LayerCounts::default());
        let mut state = self.state();
        state.counters.push(Arc::clone(&counter));
        // Under the lock, route and generation belong together.
        let (generation, route) = (self.generation(), Arc::clone(&state.route));
        drop(state);
        Seat {
            generation,
            route,
            counter,
            layer: self.clone(),
            front: None,
            as_made: None,
            measured: false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layer")
            .field("name", &self.0.name)
            .field("level", &self.level())
            .finish()
    }
}
