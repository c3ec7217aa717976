//! The queues of an engine, one before each destination.

use std::sync::{Arc, Weak};

use hydra_core::Destination;
use hydra_core::config::Durability;

use super::{Engine, Shared};
use crate::fallback::Strategy;
use crate::lock::lock;
use crate::pressure::MemoryStep;
use crate::queue::{QueuedDestination, gather};
use crate::workers::Workers;

impl Engine {
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

impl Shared {
    /// Those whose destinations are in use.
    pub(super) fn queues(&self) -> Vec<Arc<QueuedDestination>> {
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
}
