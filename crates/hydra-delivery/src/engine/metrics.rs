//! What is told of an engine: its counts, how its queues do, whether it is well.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Engine, Shared};
use crate::accounts::EngineCounts;
use crate::health::{Health, HealthReason};
use crate::pressure::MemoryStep;
use crate::queue::{QueueCounts, QueuePerformance};

impl Engine {
    /// What was taken and handed on so far.
    pub fn counts(&self) -> EngineCounts {
        self.0.counts()
    }

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

    /// How it is now. It costs some ten microseconds: it reads how much memory is used.
    pub fn health(&self) -> Health {
        self.0.health()
    }

    /// Has a function called with each reason against the engine's health that was not there a look
    /// before, for as long as the engine lives. Looks are
    /// [`MemoryOptions::check_interval`](crate::MemoryOptions::check_interval) apart, while records
    /// flow. It runs on a thread of its own.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// engine.on_alert(|reason| eprintln!("{reason}"));
    /// ```
    pub fn on_alert(&self, callback: impl Fn(&HealthReason) + Send + Sync + 'static) {
        self.0.watch.add(Arc::new(callback));
    }
}

impl Shared {
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

    /// Looks after itself: no lock is held.
    pub(super) fn look(&self) {
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
}
