//! Counts that every layer and destination keeps, and snapshots of them.

mod histogram;

pub use histogram::{Histogram, LatencySnapshot};

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::Level;

/// Running counts of one destination. Reading them never stops a writer.
///
/// ```
/// use hydra_core::{DestinationStats, Level};
/// let stats = DestinationStats::default();
/// stats.delivered(Level::Info, 120);
/// stats.dropped(2);
/// let snapshot = stats.snapshot();
/// assert_eq!((snapshot.records, snapshot.bytes, snapshot.dropped), (1, 120, 2));
/// ```
#[derive(Debug, Default)]
pub struct DestinationStats {
    records: [AtomicU64; Level::ALL.len()],
    bytes: AtomicU64,
    dropped: AtomicU64,
    errors: AtomicU64,
    latency: Histogram,
}

impl DestinationStats {
    /// Counts one line that the destination accepted. Safe from any number of threads.
    #[inline]
    pub fn delivered(&self, level: Level, bytes: usize) {
        self.records[level.index()].fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts many lines of one level at once.
    pub(crate) fn delivered_lines(&self, level: Level, lines: u64, bytes: u64) {
        self.records[level.index()].fetch_add(lines, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    /// Counts lines that are lost: they will not appear.
    pub fn dropped(&self, lines: u64) {
        self.dropped.fetch_add(lines, Relaxed);
    }

    /// Counts one failed operation (a write, an open, a rotation).
    pub fn error(&self) {
        self.errors.fetch_add(1, Relaxed);
    }

    /// Adds one measured delivery to the latency histogram.
    #[inline]
    pub fn latency(&self, taken: Duration) {
        self.latency.record(taken);
    }

    /// The counts at this moment.
    pub fn snapshot(&self) -> DestinationSnapshot {
        let by_level = std::array::from_fn(|i| self.records[i].load(Relaxed));
        DestinationSnapshot {
            records: by_level.iter().sum(),
            by_level,
            bytes: self.bytes.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            errors: self.errors.load(Relaxed),
            latency: self.latency.snapshot(),
        }
    }
}

/// The counts of one layer at one moment, since it was made.
///
/// ```
/// let snapshot = hydra_core::metrics::LayerSnapshot::default();
/// assert_eq!((snapshot.records, snapshot.dropped), (0, 0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerSnapshot {
    /// Records that passed the level check.
    pub records: u64,
    /// The same for each level, in the order of [`Level::ALL`].
    pub by_level: [u64; Level::ALL.len()],
    /// Bytes that destinations took: a line that goes to three of them counts three times.
    pub bytes: u64,
    /// Lines that a destination did not take, each an error of it: one record that two of them
    /// refuse counts twice. What a destination took and then lost, it counts itself. A record that
    /// came after the logger was closed counts once.
    pub dropped: u64,
    /// How long a call took, from the level check to the last destination; one record in 128 of
    /// each thread and level is measured, unless `enable_performance` is off.
    pub latency: LatencySnapshot,
}

impl DestinationSnapshot {
    /// Adds the counts of another destination, but not its latency: of two sets of quantiles there
    /// is no sum.
    ///
    /// ```
    /// use hydra_core::{DestinationStats, Level};
    /// let stats = DestinationStats::default();
    /// stats.delivered(Level::Info, 120);
    /// let mut sum = stats.snapshot();
    /// sum.add(&stats.snapshot());
    /// assert_eq!((sum.records, sum.bytes), (2, 240));
    /// ```
    pub fn add(&mut self, other: &DestinationSnapshot) {
        self.records += other.records;
        for (sum, count) in self.by_level.iter_mut().zip(other.by_level) {
            *sum += count;
        }
        self.bytes += other.bytes;
        self.dropped += other.dropped;
        self.errors += other.errors;
    }
}

/// The counts of one destination at one moment, since it was made.
///
/// ```
/// let snapshot = hydra_core::DestinationStats::default().snapshot();
/// assert_eq!(snapshot.records, 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DestinationSnapshot {
    /// Lines accepted.
    pub records: u64,
    /// Lines accepted at each level, in the order of [`Level::ALL`].
    pub by_level: [u64; Level::ALL.len()],
    /// Bytes of the accepted lines, newlines included.
    pub bytes: u64,
    /// Lines lost: refused, or accepted and then not written.
    pub dropped: u64,
    /// Failed operations; one may concern many lines, or none.
    pub errors: u64,
    /// How long writing took.
    pub latency: LatencySnapshot,
}
