//! What the handles of one logger share: its state, its layers, and their changes.

mod change;
mod engine;
mod metrics;
mod over_fork;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::time::Duration;

use hydra_core::config::{Config, DEFAULT_LAYER};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::fork::{self, OverFork};
use hydra_core::pipeline::{Assembly, CustomDestination, OpenRoute, Protection, Route};
use hydra_core::{Destination, Layer, Level};
#[cfg(feature = "async")]
use hydra_delivery::Engine;

use crate::last_resort::LastResort;
use crate::layers::Layers;
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

    pub(crate) fn flush(&self) -> io::Result<()> {
        let settled = self.settle(None);
        self.each_destination(|destination| destination.flush())
            .and(settled)
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

impl Drop for Core {
    fn drop(&mut self) {
        if let Err(error) = self.close(PATIENCE) {
            diagnostics::report(ErrorKind::Write, "closing a logger", &error);
        }
    }
}
