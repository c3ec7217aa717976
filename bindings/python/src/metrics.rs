//! A logger's counts as `HydraLogger.get_performance_metrics` returns them.

use std::time::Duration;

use hydra_logger::metrics::LatencySnapshot;
use hydra_logger::{EngineCounts, Logger};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::logger::HydraLogger;

const ERROR_HANDLER: &str = "hydra_logger.core.error_handler";

#[pymethods]
impl HydraLogger {
    /// What the logger has done since it was made, or since its configuration was replaced.
    ///
    /// total_logs: records that passed their layer's level. avg_latency, max_latency, min_latency:
    /// how long a call took, in milliseconds, of those that were measured (a few in a hundred; none
    /// with enable_performance_monitoring=False). total_time: seconds spent in calls, at that mean.
    /// throughput: records a second that one thread writes at it. handler_metrics: by destination,
    /// records, bytes, dropped, errors, avg_latency and max_latency of a delivery. memory_usage:
    /// bytes of the process that are resident. plugin_events: records that plugins have seen, once for
    /// each of them. redacted: values that were redacted, by detector; sanitization_events: all of them
    /// together. threats: records that held a threat, by its kind, with enable_security=True;
    /// security_events: all of them together.
    ///
    /// Of an asynchronous logger also engine: accepted, records that were taken, which are dispatched,
    /// through formats and on their way to destinations, or queued before that; and refused, those
    /// that were not taken, each a dictionary of layer, level, reason and count.
    fn get_performance_metrics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let metrics = performance_metrics(py, &self.logger)?;
        metrics.set_item("plugin_events", self.plugins.events())?;
        if let Some(logger) = &self.asynchronous {
            metrics.set_item("engine", engine_counts(py, &logger.engine_counts())?)?;
        }
        Ok(metrics)
    }

    /// The errors of the process: total_errors, error_types, last_error_time, error_log_file.
    #[staticmethod]
    fn get_error_stats(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        py.import(ERROR_HANDLER)?.call_method0("get_error_stats")
    }

    /// Forget every count and every kept error of the process.
    #[staticmethod]
    fn clear_error_stats(py: Python<'_>) -> PyResult<()> {
        py.import(ERROR_HANDLER)?
            .call_method0("clear_error_stats")?;
        Ok(())
    }
}

/// What the engine of an asynchronous logger has taken.
fn engine_counts<'py>(py: Python<'py>, counts: &EngineCounts) -> PyResult<Bound<'py, PyDict>> {
    let shown = PyDict::new(py);
    shown.set_item("accepted", counts.accepted)?;
    shown.set_item("dispatched", counts.dispatched)?;
    shown.set_item("queued", counts.queued)?;
    let refused = PyList::empty(py);
    for ((layer, level, reason), count) in &counts.refused {
        let one = PyDict::new(py);
        one.set_item("layer", layer)?;
        one.set_item("level", level.name())?;
        one.set_item("reason", reason.to_string())?;
        one.set_item("count", count)?;
        refused.append(one)?;
    }
    shown.set_item("refused", refused)?;
    Ok(shown)
}

/// Latencies are in milliseconds, times in seconds, memory in bytes.
fn performance_metrics<'py>(py: Python<'py>, logger: &Logger) -> PyResult<Bound<'py, PyDict>> {
    let metrics = logger.metrics();
    let layers: Vec<_> = metrics
        .layers
        .values()
        .chain([&metrics.other_layers])
        .collect();
    let total: u64 = layers.iter().map(|layer| layer.records).sum();
    let latency = Latency::of(layers.iter().map(|layer| &layer.latency));
    #[expect(clippy::cast_precision_loss, reason = "a count of 2^53 is not reached")]
    let seconds = latency.mean.as_secs_f64() * total as f64;
    #[expect(clippy::cast_precision_loss, reason = "a count of 2^53 is not reached")]
    let throughput = if seconds > 0.0 {
        total as f64 / seconds
    } else {
        0.0
    };
    let handlers = PyDict::new(py);
    for destination in &metrics.destinations {
        let counts = PyDict::new(py);
        counts.set_item("records", destination.counts.records)?;
        counts.set_item("bytes", destination.counts.bytes)?;
        counts.set_item("dropped", destination.counts.dropped)?;
        counts.set_item("errors", destination.counts.errors)?;
        counts.set_item("avg_latency", milliseconds(destination.counts.latency.mean))?;
        counts.set_item("max_latency", milliseconds(destination.counts.latency.max))?;
        handlers.set_item(&destination.name, counts)?;
    }
    let shown = PyDict::new(py);
    shown.set_item("total_logs", total)?;
    shown.set_item("total_time", seconds)?;
    shown.set_item("avg_latency", milliseconds(latency.mean))?;
    shown.set_item("max_latency", milliseconds(latency.max))?;
    shown.set_item("min_latency", milliseconds(latency.min))?;
    shown.set_item("throughput", throughput)?;
    shown.set_item("handler_metrics", handlers)?;
    shown.set_item("memory_usage", resident_bytes())?;
    shown.set_item("redacted", &metrics.redacted)?;
    shown.set_item(
        "sanitization_events",
        metrics.redacted.values().sum::<u64>(),
    )?;
    shown.set_item("threats", &metrics.threats)?;
    shown.set_item("security_events", metrics.threats.values().sum::<u64>())?;
    Ok(shown)
}

/// The latencies of all layers together.
#[derive(Default)]
struct Latency {
    min: Duration,
    mean: Duration,
    max: Duration,
}

impl Latency {
    fn of<'a>(layers: impl Iterator<Item = &'a LatencySnapshot>) -> Latency {
        let measured: Vec<_> = layers.filter(|latency| latency.count > 0).collect();
        let count: u128 = measured.iter().map(|l| u128::from(l.count)).sum();
        let sum: u128 = measured
            .iter()
            .map(|l| l.mean.as_nanos() * u128::from(l.count))
            .sum();
        let mean = u64::try_from(sum / count.max(1)).unwrap_or(u64::MAX);
        Latency {
            min: measured.iter().map(|l| l.min).min().unwrap_or_default(),
            mean: Duration::from_nanos(mean),
            max: measured.iter().map(|l| l.max).max().unwrap_or_default(),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Bytes of the process that are resident in memory now; 0 where the system does not tell.
#[pyfunction(name = "resident_memory")]
pub(crate) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map_or(0, |kilobytes| kilobytes * 1024)
}
