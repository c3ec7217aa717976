//! A latency histogram of fixed size: four buckets for each power of two of nanoseconds, so that a
//! quantile is at most 25 % above the true value.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const SUB_BITS: u32 = 2;
const BUCKETS: usize = 160; // up to 2^40 ns, about 18 minutes

/// Counts durations in buckets, without a lock.
///
/// ```
/// use std::time::Duration;
/// let histogram = hydra_core::metrics::Histogram::default();
/// for us in 1..=100 {
///     histogram.record(Duration::from_micros(us));
/// }
/// let p50 = histogram.snapshot().p50;
/// assert!(p50 >= Duration::from_micros(50) && p50 <= Duration::from_micros(63));
/// ```
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram {
            buckets: [const { AtomicU64::new(0) }; BUCKETS],
            max: AtomicU64::new(0),
        }
    }
}

impl std::fmt::Debug for Histogram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.snapshot().fmt(f)
    }
}

fn bucket_of(ns: u64) -> usize {
    let ns = ns.max(1 << SUB_BITS);
    let power = ns.ilog2();
    let sub = (ns >> (power - SUB_BITS)) as usize & ((1 << SUB_BITS) - 1);
    (((power - SUB_BITS) as usize) << SUB_BITS | sub).min(BUCKETS - 1)
}

/// The largest number of nanoseconds that falls into a bucket.
fn upper_bound(bucket: usize) -> u64 {
    let power = (bucket >> SUB_BITS) as u32 + SUB_BITS;
    let sub = (bucket & ((1 << SUB_BITS) - 1)) as u64;
    (1 << power) + ((sub + 1) << (power - SUB_BITS)) - 1
}

/// The smallest number of nanoseconds that falls into a bucket.
fn lower_bound(bucket: usize) -> u64 {
    bucket
        .checked_sub(1)
        .map_or(0, |below| upper_bound(below) + 1)
}

impl Histogram {
    /// Counts one duration.
    #[inline]
    pub fn record(&self, taken: Duration) {
        let ns = u64::try_from(taken.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(ns)].fetch_add(1, Relaxed);
        self.max.fetch_max(ns, Relaxed);
    }

    /// The quantiles at this moment.
    pub fn snapshot(&self) -> LatencySnapshot {
        let counts: Vec<u64> = self.buckets.iter().map(|b| b.load(Relaxed)).collect();
        let count: u64 = counts.iter().sum();
        let max = self.max.load(Relaxed);
        let quantile = |per_mille: u64| {
            let rank = (count * per_mille).div_ceil(1000);
            let mut seen = 0;
            for (bucket, n) in counts.iter().enumerate() {
                seen += n;
                if seen >= rank && *n > 0 {
                    return Duration::from_nanos(upper_bound(bucket).min(max));
                }
            }
            Duration::ZERO
        };
        let filled = counts.iter().enumerate().filter(|(_, n)| **n > 0);
        let middle =
            |bucket| u128::from(lower_bound(bucket).midpoint(upper_bound(bucket).min(max)));
        let sum: u128 = filled
            .clone()
            .map(|(b, n)| middle(b) * u128::from(*n))
            .sum();
        let mean = sum / u128::from(count.max(1));
        let min = filled.map(|(bucket, _)| lower_bound(bucket)).next();
        LatencySnapshot {
            count,
            min: Duration::from_nanos(min.unwrap_or(0)),
            mean: Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX)),
            p50: quantile(500),
            p99: quantile(990),
            p999: quantile(999),
            max: Duration::from_nanos(max),
        }
    }
}

/// Quantiles of the durations measured so far, each at most 25 % too high, the maximum exact; the
/// minimum at most 25 % too low, the mean 13 % off.
///
/// Not every delivery is measured: write-through files measure one record in 16.
///
/// ```
/// let empty = hydra_core::metrics::LatencySnapshot::default();
/// assert_eq!(empty.count, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencySnapshot {
    /// How many were measured.
    pub count: u64,
    /// The shortest.
    pub min: Duration,
    /// Their mean.
    pub mean: Duration,
    /// Half of them took no longer than this.
    pub p50: Duration,
    /// 99 % of them took no longer than this.
    pub p99: Duration,
    /// 99.9 % of them took no longer than this.
    pub p999: Duration,
    /// The longest.
    pub max: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_falls_into_the_bucket_whose_bounds_hold_it() {
        for power in 0..40 {
            for offset in [0, 1, 2, 3, 5, 7] {
                let ns = (1u64 << power) + offset;
                let bucket = bucket_of(ns);
                assert!(upper_bound(bucket) >= ns, "{ns}");
                assert!(bucket == 0 || upper_bound(bucket - 1) < ns.max(4), "{ns}");
            }
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_at_most_a_quarter_too_high() {
        let histogram = Histogram::default();
        for ns in 1..=10_000 {
            histogram.record(Duration::from_nanos(ns));
        }
        let s = histogram.snapshot();
        for (found, exact) in [(s.p50, 5_000), (s.p99, 9_900), (s.p999, 9_990)] {
            let found = found.as_nanos() as u64;
            assert!(
                found >= exact && found <= exact * 5 / 4,
                "{found} for {exact}"
            );
        }
        assert_eq!((s.count, s.max), (10_000, Duration::from_micros(10)));
        assert!((4_400..=5_600).contains(&s.mean.as_nanos()), "{:?}", s.mean);
        assert!(s.min.as_nanos() <= 1);
    }

    #[test]
    fn what_was_never_measured_is_zero() {
        assert_eq!(Histogram::default().snapshot(), LatencySnapshot::default());
    }

    #[test]
    fn the_bounds_of_buckets_meet() {
        for bucket in 1..BUCKETS {
            assert_eq!(lower_bound(bucket), upper_bound(bucket - 1) + 1);
        }
    }
}
