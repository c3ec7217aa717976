//! How a queue is doing: [`QueuePerformance`].

use hydra_core::metrics::LatencySnapshot;

use super::counts::QueueCounts;
use super::shared::Queue;
use super::ways::SwitchRecord;
use crate::fallback::Strategy;

/// How a queue is doing, or all queues of a logger together.
///
/// ```
/// let performance = hydra_delivery::queue::QueuePerformance::default();
/// assert_eq!((performance.success_rate(), performance.avg_latency_ms()), (100.0, 0.0));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueuePerformance {
    /// The strategy in use; of several queues the worst.
    pub current_strategy: Strategy,
    /// What became of the lines.
    pub counts: QueueCounts,
    /// From the call to the destination's acknowledgement. Measured where there is a fallback.
    pub latency: LatencySnapshot,
    /// How full the queue is, in percent of its records or its bytes, whichever is more; of several
    /// queues the fullest.
    pub fullness: f64,
    /// Lines that were delivered, or put on disk, while each strategy was in use, in the order of
    /// [`Strategy::ALL`].
    pub by_strategy: [u64; Strategy::ALL.len()],
    /// How often the strategy changed.
    pub switched: u64,
    /// The last 32 changes, oldest first.
    pub switches: Vec<SwitchRecord>,
}

impl Default for QueuePerformance {
    fn default() -> QueuePerformance {
        QueuePerformance {
            current_strategy: Strategy::Async,
            counts: QueueCounts::default(),
            latency: LatencySnapshot::default(),
            fullness: 0.0,
            by_strategy: [0; Strategy::ALL.len()],
            switched: 0,
            switches: Vec::new(),
        }
    }
}

impl QueuePerformance {
    /// How many percent of the lines that are done with were delivered; 100 where there are none.
    pub fn success_rate(&self) -> f64 {
        let delivered = self.counts.delivered as f64;
        let done = delivered + self.counts.dropped.total() as f64;
        if done > 0.0 {
            delivered * 100.0 / done
        } else {
            100.0
        }
    }

    /// The mean time from a call to the destination's acknowledgement in milliseconds; 0 where there
    /// was none.
    pub fn avg_latency_ms(&self) -> f64 {
        self.latency.mean.as_secs_f64() * 1e3
    }

    /// That of several queues together. Latencies are weighed by their number; the percentiles are
    /// those of the slowest.
    pub fn of_all<'a>(queues: impl IntoIterator<Item = &'a QueuePerformance>) -> QueuePerformance {
        let mut all = QueuePerformance::default();
        for queue in queues {
            all.current_strategy = all.current_strategy.max(queue.current_strategy);
            all.counts.add(&queue.counts);
            all.latency = together(all.latency, queue.latency);
            all.fullness = all.fullness.max(queue.fullness);
            for (sum, lines) in all.by_strategy.iter_mut().zip(queue.by_strategy) {
                *sum += lines;
            }
            all.switched += queue.switched;
            all.switches.extend(&queue.switches);
        }
        all.switches.sort_by_key(|switch| switch.unix_ns);
        all
    }
}

fn together(one: LatencySnapshot, other: LatencySnapshot) -> LatencySnapshot {
    if one.count == 0 || other.count == 0 {
        return if one.count == 0 { other } else { one };
    }
    let count = one.count + other.count;
    let share = one.count as f64 / count as f64;
    LatencySnapshot {
        count,
        min: one.min.min(other.min),
        mean: one.mean.mul_f64(share) + other.mean.mul_f64(1.0 - share),
        p50: one.p50.max(other.p50),
        p99: one.p99.max(other.p99),
        p999: one.p999.max(other.p999),
        max: one.max.max(other.max),
    }
}

impl Queue {
    pub(super) fn performance(&self) -> QueuePerformance {
        self.note_losses();
        let state = self.lock();
        QueuePerformance {
            current_strategy: state.ways.current(),
            counts: state.counts(),
            latency: self.latency.snapshot(),
            fullness: state.percent(),
            by_strategy: state.ways.lines,
            switched: state.ways.switched,
            switches: state.ways.switches.iter().copied().collect(),
        }
    }
}
