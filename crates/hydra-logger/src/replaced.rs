//! What became of destinations that are not in the configuration any more.

use std::sync::Arc;

use hydra_core::{Destination, DestinationSnapshot};

/// Their counts, together.
#[derive(Default)]
pub(crate) struct Replaced {
    gone: DestinationSnapshot,
    /// Those that a thread may still deliver to: it holds an old route until its next record.
    held: Vec<Arc<dyn Destination>>,
}

impl Replaced {
    /// Adds destinations that have been retired.
    pub(crate) fn extend(&mut self, destinations: impl Iterator<Item = Arc<dyn Destination>>) {
        self.held.extend(destinations);
    }

    /// Gives out those that nobody else holds: their counts are final. They are to be dropped where
    /// no lock is held, since a destination's end may report, and a callback log.
    #[must_use]
    pub(crate) fn settle(&mut self) -> Vec<Arc<dyn Destination>> {
        let settled: Vec<_> = self
            .held
            .extract_if(.., |destination| Arc::strong_count(destination) == 1)
            .collect();
        for destination in &settled {
            self.gone.add(&destination.stats().snapshot());
        }
        settled
    }

    pub(crate) fn counts(&self) -> DestinationSnapshot {
        let mut counts = self.gone.clone();
        for destination in &self.held {
            counts.add(&destination.stats().snapshot());
        }
        counts
    }
}
