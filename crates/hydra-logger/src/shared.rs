//! What the handles of one logger share: its state, its layers, and their changes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::time::Duration;

#[cfg(feature = "async")]
use hydra_core::config::Durability;
use hydra_core::config::{Config, DEFAULT_LAYER};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::pipeline::{
    Assembly, BuildError, CustomDestination, OpenRoute, Protection, Route, SecurityCheck,
    levels_changed,
};
use hydra_core::{Destination, DestinationSnapshot, Layer, Level};

#[cfg(feature = "async")]
use hydra_delivery::Engine;

use crate::last_resort::{self, LastResort};
use crate::layers::{Layers, shortened};
use crate::metrics::{DestinationMetrics, Metrics};
use crate::replaced::Replaced;
use crate::testing::Captured;

static LOGGERS: AtomicU64 = AtomicU64::new(1);

/// How long an asynchronous logger's records get at its end, and at a change of its configuration.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Locks are taken in this order: state, then layers, which is written to under both. User code (callbacks, `tracing`'s call
/// sites) runs with neither.
pub(crate) struct Core {
    pub(crate) id: u64,
    pub(crate) default: OnceLock<Layer>,
    layers: RwLock<Layers>,
    state: Mutex<State>,
    last_resort: Arc<LastResort>,
    /// Stands before the pipeline, where the logger is asynchronous.
    #[cfg(feature = "async")]
    engine: OnceLock<Engine>,
}

pub(crate) struct State {
    pub(crate) config: Config,
    assembly: Assembly,
    /// Takes the place of every destination.
    captured: Option<Captured>,
    /// The program's own destinations, which stay whatever the configuration.
    custom: Vec<CustomDestination>,
    /// The levels that `set_level` has given since the configuration came.
    levelled: BTreeMap<String, Level>,
    replaced: Replaced,
    /// What the protections of replaced configurations have redacted.
    redacted: BTreeMap<String, u64>,
    closed: bool,
}

impl State {
    pub(crate) fn new(config: Config, assembly: Assembly, captured: Option<Captured>) -> State {
        State {
            config,
            assembly,
            captured,
            custom: Vec::new(),
            levelled: BTreeMap::new(),
            replaced: Replaced::default(),
            redacted: BTreeMap::new(),
            closed: false,
        }
    }

    pub(crate) fn with_custom(self, custom: Vec<CustomDestination>) -> State {
        State { custom, ..self }
    }

    /// Whether the configuration, or a call of `set_level`, names this layer.
    pub(crate) fn names(&self, layer: &str) -> bool {
        self.levelled.contains_key(layer) || self.assembly.layer_names().any(|name| name == layer)
    }

    /// The level that `set_level` has given to a layer, or to the layer `DEFAULT` that it is.
    fn level_set(&self, layer: &str) -> Option<Level> {
        let name = if self.names(layer) {
            layer
        } else {
            DEFAULT_LAYER
        };
        self.levelled.get(name).copied()
    }

    /// What was redacted, by detector.
    fn redacted(&self) -> BTreeMap<String, u64> {
        let mut counts = self.redacted.clone();
        self.assembly
            .protections()
            .for_each(|protection| add_counts(protection, &mut counts));
        counts
    }

    /// A layer's name as lines and metrics have it: a program may make it of anything.
    fn shown<'n>(&self, layer: &'n str) -> Cow<'n, str> {
        self.assembly.shown(layer)
    }

    /// What becomes of a layer's records; `None`: nothing takes them.
    fn route(&self, layer: &str) -> Option<(Level, OpenRoute)> {
        let assembled = self.assembly.route(layer);
        let Some(captured) = &self.captured else {
            return assembled;
        };
        let (level, protection) = match assembled {
            Some((level, route)) => (level, route.protection),
            _ => (self.config.level_of(layer), self.assembly.protection()),
        };
        let security = self.assembly.security().cloned();
        Some((level, captured.route(&self.config, protection, security)))
    }
}

impl Core {
    pub(crate) fn new(state: State) -> Arc<Core> {
        let names: Vec<String> = state.assembly.layer_names().map(str::to_owned).collect();
        let core = Arc::new(Core {
            id: LOGGERS.fetch_add(1, Relaxed),
            default: OnceLock::new(),
            layers: RwLock::default(),
            state: Mutex::new(state),
            last_resort: LastResort::new(),
            #[cfg(feature = "async")]
            engine: OnceLock::new(),
        });
        fork::register(&(Arc::clone(&core) as Arc<dyn OverFork>));
        #[cfg(all(feature = "async", debug_assertions))]
        if std::env::var_os("HYDRA_TEST_ASYNC").is_some() {
            // Each test of the synchronous logger is one of the asynchronous logger too.
            core.set_engine(Engine::new(hydra_delivery::EngineOptions {
                wait_for_each: true,
                ..Default::default()
            }));
        }
        for name in names {
            core.add_layer(&name);
        }
        core
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn layers(&self) -> RwLockReadGuard<'_, Layers> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn layers_mut(&self) -> RwLockWriteGuard<'_, Layers> {
        self.layers.write().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    pub(crate) fn add_layer(&self, name: &str) -> Layer {
        let state = self.state();
        let mut layers = self.layers_mut();
        if let Some(layer) = layers.get(name) {
            return layer;
        }
        let shown = state.shown(name);
        let route = self.route(&state, name);
        layers.add(self.id, (name, &shown), route, state.names(name))
    }

    /// The same, but it is remembered by its name however many others there are.
    fn remembered_layer(&self, name: &str) {
        let layer = self.add_layer(name);
        let _state = self.state();
        self.layers_mut().keep(name, &layer);
    }

    fn route(&self, state: &State, name: &str) -> (Level, Route) {
        let level_of = |level| state.level_set(name).unwrap_or(level);
        if state.closed {
            return (level_of(state.config.level_of(name)), Route::Closed);
        }
        let (level, route) = state.route(name).unwrap_or_else(|| {
            let protection = state.assembly.protection();
            let shown = state.shown(name);
            let route = self.last_resort.route(&shown, &state.config, protection);
            (state.config.level_of(name), route)
        });
        (level_of(level), self.before(route))
    }

    /// The route of calls: the way to the destinations, or a queue before it.
    #[cfg_attr(
        not(feature = "async"),
        expect(clippy::unused_self, reason = "no engine")
    )]
    fn before(&self, open: OpenRoute) -> Route {
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            return Route::Queued {
                front: engine.front(),
                open,
            };
        }
        Route::Open(open)
    }

    /// Puts an engine before the pipeline; the first one stays.
    #[cfg(feature = "async")]
    pub(crate) fn set_engine(&self, engine: Engine) {
        let mut state = self.state();
        if self.engine.set(engine).is_ok() {
            self.configure_engine(&state.config);
            let State {
                assembly, custom, ..
            } = &mut *state;
            if let Some(engine) = self.engine.get() {
                assembly.set_durability(engine.asked_durability());
            }
            self.queue(assembly, None, custom);
            self.layers().for_each(|name, layer| {
                let (level, route) = self.route(&state, name);
                layer.set_route(level, route);
            });
        }
    }

    /// Puts queues before new destinations, where the logger is asynchronous.
    #[cfg_attr(
        not(feature = "async"),
        expect(clippy::unused_self, unused_variables, reason = "no engine")
    )]
    fn queue(
        &self,
        assembly: &mut Assembly,
        previous: Option<&Assembly>,
        custom: &mut [CustomDestination],
    ) {
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            assembly.wrap(
                previous,
                custom,
                |name, (waits, durability), destination| {
                    if !waits {
                        let destination = Arc::clone(destination);
                        return Some(engine.queue_for(name, destination, durability));
                    }
                    let is_durable = durability == Durability::Power;
                    is_durable.then(|| engine.synced(destination)).flatten()
                },
            );
        }
    }

    /// Keeps the configuration where records are kept that are to outlive the process.
    #[cfg(feature = "async")]
    #[cfg_attr(
        not(feature = "config-files"),
        expect(clippy::unused_self, unused_variables, reason = "nobody could read it")
    )]
    fn configure_engine(&self, config: &Config) {
        #[cfg(feature = "config-files")]
        if let Some(engine) = self.engine.get() {
            engine.configure(&crate::recovery::absolute(config));
        }
    }

    /// The least that a layer's records survive at any of its destinations; none without any.
    #[cfg(feature = "async")]
    pub(crate) fn durability_of(&self, layer: &str) -> Option<Durability> {
        let engine = self.engine.get()?;
        // The engine is asked without the lock: a fork takes the engine's first.
        let parts: Vec<_> = {
            let state = self.state();
            let parts = state.assembly.durability_of(layer).into_iter();
            parts.map(|(asked, at)| (asked, Arc::clone(at))).collect()
        };
        let attained = parts
            .iter()
            .map(|(asked, at)| engine.durability_at(*asked, at));
        attained.min()
    }

    #[cfg(feature = "async")]
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.engine.get()
    }

    /// Brings the calls that wait before the pipeline through it.
    #[cfg_attr(
        not(feature = "async"),
        expect(
            clippy::unused_self,
            clippy::unnecessary_wraps,
            unused_variables,
            reason = "no engine"
        )
    )]
    fn settle(&self, limit: Option<Duration>) -> io::Result<()> {
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            return engine.flush(limit);
        }
        Ok(())
    }

    pub(crate) fn flush(&self) -> io::Result<()> {
        let settled = self.settle(None);
        self.each_destination(|destination| destination.flush())
            .and(settled)
    }

    pub(crate) fn set_level(&self, name: &str, level: Level) {
        let name = shortened(name);
        self.remembered_layer(name);
        let mut state = self.state();
        state.levelled.insert(name.to_owned(), level);
        self.layers().for_each(|other, layer| {
            // A layer without a name in the configuration is the layer DEFAULT.
            if other == name || (name == DEFAULT_LAYER && !state.names(other)) {
                let (level, route) = self.route(&state, other);
                layer.set_route(level, route);
            }
        });
        drop(state);
        levels_changed();
    }

    pub(crate) fn update(&self, config: Config) -> Result<(), BuildError> {
        // What was accepted under the old configuration goes where it says, if that can be had soon.
        let _ = self.settle(Some(PATIENCE));
        let mut state = self.state();
        if state.closed {
            drop(state);
            diagnostics::report(ErrorKind::Closed, "update_config", &"the logger is closed");
            return Ok(());
        }
        #[cfg(feature = "async")]
        crate::strategies::check(&config)?;
        let mut settings = config.clone();
        // Nothing goes to a capturing logger's destinations: they must not open.
        settings.lazy_initialization |= state.captured.is_some();
        let mut assembly =
            Assembly::new(&settings, Some(&state.assembly))?.with(&state.custom, &settings)?;
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            crate::strategies::fits(engine, &config)?;
            assembly.renew(&state.assembly)?;
        }
        #[cfg(feature = "async")]
        self.configure_engine(&config);
        self.queue(&mut assembly, Some(&state.assembly), &mut []);
        let kept: Vec<_> = assembly.protections().cloned().collect();
        let old = std::mem::replace(&mut state.assembly, assembly);
        let gone = old
            .protections()
            .filter(|protection| !kept.contains(protection));
        gone.for_each(|protection| add_counts(protection, &mut state.redacted));
        state.config = config;
        state.levelled.clear();
        // Under the lock, so that a layer which is made meanwhile sees the new configuration.
        self.layers().for_each(|name, layer| {
            let (level, route) = self.route(&state, name);
            layer.set_route(level, route);
        });
        self.layers_mut().keep_all(state.assembly.layer_names());
        let retired: Vec<_> = old
            .not_in(&state.assembly)
            .map(|(name, destination)| (Arc::clone(name), Arc::clone(destination)))
            .collect();
        let settled = state.replaced.settle();
        let replaced = retired.iter().map(|(_, d)| Arc::clone(d));
        state.replaced.extend(replaced);
        drop(state);
        drop(settled);
        levels_changed();
        for (name, destination) in retired {
            if let Err(error) = guarded(|| destination.retire()) {
                diagnostics::report(ErrorKind::Write, &name, &error);
            }
        }
        Ok(())
    }

    pub(crate) fn each_destination(
        &self,
        mut action: impl FnMut(&dyn Destination) -> io::Result<()>,
    ) -> io::Result<()> {
        let destinations: Vec<_> = self
            .state()
            .assembly
            .destinations()
            .map(|(_, d)| Arc::clone(d))
            .collect();
        let results: Vec<_> = destinations
            .iter()
            .map(|destination| guarded(|| action(&**destination)))
            .collect();
        results.into_iter().collect()
    }

    pub(crate) fn metrics(&self) -> Metrics {
        // Before the lock: a fork takes the engine's first.
        #[cfg(feature = "async")]
        let engine = self.engine.get();
        #[cfg(feature = "async")]
        let (engine, queues) = (
            engine.map(Engine::counts),
            engine.map(Engine::queue_counts).unwrap_or_default(),
        );
        // Dropped after the lock, since it stands before it.
        let _settled;
        let mut state = self.state();
        _settled = state.replaced.settle();
        let layers = self.layers();
        let mut metrics = Metrics {
            other_layers: layers.forgotten(),
            replaced_destinations: state.replaced.counts(),
            redacted: state.redacted(),
            threats: state
                .assembly
                .security()
                .map(SecurityCheck::counts)
                .unwrap_or_default(),
            destinations: state
                .assembly
                .destinations()
                .map(|(name, destination)| DestinationMetrics {
                    name: name.to_string(),
                    counts: destination.stats().snapshot(),
                })
                .collect(),
            ..Metrics::default()
        };
        #[cfg(feature = "async")]
        {
            metrics.engine = engine;
            metrics.queues = queues;
        }
        let unrouted = self.last_resort.stats().snapshot();
        if unrouted != DestinationSnapshot::default() {
            metrics.destinations.push(DestinationMetrics {
                name: last_resort::NAME.to_owned(),
                counts: unrouted,
            });
        }
        layers.for_each(|_, layer| {
            metrics
                .layers
                .insert(layer.name().to_owned(), layer.counts());
        });
        metrics
    }

    /// Ends the logger; what waits before the pipeline gets so long to come through.
    #[cfg_attr(not(feature = "async"), expect(unused_variables, reason = "no engine"))]
    pub(crate) fn close(&self, limit: Duration) -> io::Result<()> {
        let mut state = self.state();
        if std::mem::replace(&mut state.closed, true) {
            return Ok(());
        }
        drop(state);
        #[cfg(feature = "async")]
        let drained = self
            .engine
            .get()
            .map_or(Ok(()), |engine| engine.close(limit));
        #[cfg(not(feature = "async"))]
        let drained = Ok(());
        self.layers()
            .for_each(|_, layer| layer.set_route(layer.level(), Route::Closed));
        self.each_destination(|destination| destination.retire())
            .and(drained)
    }
}

fn add_counts(protection: &Protection, counts: &mut BTreeMap<String, u64>) {
    for (detector, count) in protection.redactor().counts() {
        *counts.entry(detector.to_owned()).or_default() += count;
    }
}

/// A destination may be the application's own: that it panics is an error of it, and no more.
fn guarded(action: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let panicked = |_| Err(io::Error::other("the destination panicked"));
    catch_unwind(AssertUnwindSafe(action)).unwrap_or_else(panicked)
}

impl OverFork for Core {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        // Who changes the layers holds the state.
        let state = fork::hold(Arc::clone(&self), |core| &core.state, |_| ());
        let mut each_layer = Vec::new();
        self.layers()
            .for_each(|_, layer| each_layer.push(layer.hold_over_fork()));
        let layers = fork::hold(self, |core| &core.layers, |_| ());
        Box::new(HeldOverFork(each_layer, layers, state))
    }
}

/// The locks of a logger and of its layers, in the order in which they are let go; a child takes
/// over what they guard as it is.
#[expect(dead_code, reason = "kept for their drop")]
struct HeldOverFork<L, M, S>(Vec<L>, M, S);

impl<L: Held, M: Held, S: Held> Held for HeldOverFork<L, M, S> {
    fn renew(&mut self) {}
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Err(error) = self.close(PATIENCE) {
            diagnostics::report(ErrorKind::Write, "closing a logger", &error);
        }
    }
}
