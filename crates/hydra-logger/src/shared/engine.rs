//! The engine of an asynchronous logger: it stands before the pipeline, and its queues before the
//! destinations. Without the feature `async` there is none, and calls go straight on.

use std::io;
#[cfg(feature = "async")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "async")]
use hydra_core::config::{Config, Durability};
use hydra_core::pipeline::{Assembly, CustomDestination, OpenRoute, Route};
#[cfg(feature = "async")]
use hydra_delivery::Engine;

use super::Core;
#[cfg(feature = "async")]
use super::State;

impl Core {
    /// The route of calls: the way to the destinations, or a queue before it.
    #[cfg_attr(
        not(feature = "async"),
        expect(clippy::unused_self, reason = "no engine")
    )]
    pub(super) fn before(&self, open: OpenRoute) -> Route {
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
    pub(super) fn queue(
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
    pub(super) fn configure_engine(&self, config: &Config) {
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
    pub(super) fn settle(&self, limit: Option<Duration>) -> io::Result<()> {
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            return engine.flush(limit);
        }
        Ok(())
    }
}
