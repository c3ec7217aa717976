//! The snapshot of all counts of a logger.

use hydra_core::DestinationSnapshot;
use hydra_core::pipeline::SecurityCheck;
#[cfg(feature = "async")]
use hydra_delivery::Engine;

use super::Core;
use crate::last_resort;
use crate::metrics::{DestinationMetrics, Metrics};

impl Core {
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
}
