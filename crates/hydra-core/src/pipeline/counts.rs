//! What a layer counts. Each thread has counts of its own for each layer, which only it writes: so
//! plain stores do, where a shared count would need a locked addition for each record.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::Level;
use crate::metrics::LayerSnapshot;

/// The counts of a layer, or of a thread's share in it, or of layers that nobody remembers.
///
/// ```
/// let counts = hydra_core::pipeline::LayerCounts::default();
/// assert_eq!(counts.snapshot().records, 0);
/// ```
#[derive(Debug, Default)]
pub struct LayerCounts {
    by_level: [AtomicU64; Level::ALL.len()],
    bytes: AtomicU64,
    dropped: AtomicU64,
}

/// Every how many records of a level a thread measures how long one takes.
const SAMPLED: u64 = 128;

impl LayerCounts {
    /// Counts a record, for the one thread that writes these counts. True if it is one of those
    /// that are measured.
    #[inline]
    pub(super) fn record(&self, level: Level) -> bool {
        let count = &self.by_level[level.index()];
        let n = count.load(Relaxed);
        count.store(n + 1, Relaxed);
        n.is_multiple_of(SAMPLED)
    }

    /// Whether the next record of the level is one of those that are measured.
    #[inline]
    pub(super) fn is_sampled(&self, level: Level) -> bool {
        let count = &self.by_level[level.index()];
        count.load(Relaxed).is_multiple_of(SAMPLED)
    }

    /// Counts a line that a destination took.
    #[inline]
    pub(super) fn delivered(&self, bytes: usize) {
        self.bytes
            .store(self.bytes.load(Relaxed) + bytes as u64, Relaxed);
    }

    /// Counts a line that a destination did not take.
    pub(super) fn refused(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    /// Adds the counts of somebody who counts no more.
    pub(super) fn add(&self, other: &LayerCounts) {
        let pairs = self.by_level.iter().zip(&other.by_level);
        let rest = [(&self.bytes, &other.bytes), (&self.dropped, &other.dropped)];
        for (total, count) in pairs.chain(rest) {
            total.fetch_add(count.load(Relaxed), Relaxed);
        }
    }

    /// The counts at this moment, without latencies.
    pub fn snapshot(&self) -> LayerSnapshot {
        let by_level = std::array::from_fn(|i| self.by_level[i].load(Relaxed));
        LayerSnapshot {
            records: by_level.iter().sum(),
            by_level,
            bytes: self.bytes.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            ..LayerSnapshot::default()
        }
    }
}
