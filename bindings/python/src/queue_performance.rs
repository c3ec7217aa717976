//! How an asynchronous logger's queues are doing, and by which strategy.

use hydra_logger::{DropReason, QueuePerformance};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::async_logger::AsyncHydraLogger;
use crate::exceptions::configuration_error;
use crate::gil;

#[pymethods]
impl AsyncHydraLogger {
    /// How the queues before the destinations are doing; under "destinations" the same of each, by its
    /// name.
    ///
    /// current_strategy: async, sync, direct or memory, the worst that is in use. success_rate: percent
    /// of the records that are done with which were delivered, 100.0 where there are none. avg_latency:
    /// milliseconds from a call to the destination's acknowledgement, 0.0 where there was none; latency
    /// has p50, p99, p999 and max. Latency is measured where there are strategies. depth: records that
    /// wait in memory; percent_full of the room for them. kept: records in the spool. accepted is
    /// always delivered + kept + depth + dropped; drops: these by reason. errors: of destinations.
    /// by_strategy: records that were delivered, or put on disk, under each. switches: the last changes
    /// of strategy, each with time (seconds since 1970), from, to and reason; switch_count: how many
    /// there were.
    fn get_queue_performance_metrics<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let logger = &slf.as_super().get().asynchronous;
        let queues = gil::detached(py, || {
            let logger = logger.as_ref();
            logger
                .map(|logger| logger.queue_performance())
                .unwrap_or_default()
        });
        let all = QueuePerformance::of_all(queues.iter().map(|(_, queue)| queue));
        let metrics = shown(py, &all)?;
        let destinations = PyDict::new(py);
        for (name, queue) in &queues {
            destinations.set_item(name, shown(py, queue)?)?;
        }
        metrics.set_item("destinations", destinations)?;
        Ok(metrics)
    }

    /// Have the queue before a destination take a strategy (async, sync, direct, memory), whatever
    /// happens; None lets it choose again. Names are those of get_queue_performance_metrics().
    ///
    /// Raises KeyError for a destination that there is not, and ConfigurationError for no strategy.
    #[pyo3(signature = (destination, strategy = None))]
    fn pin_strategy(
        slf: &Bound<'_, Self>,
        destination: &str,
        strategy: Option<&str>,
    ) -> PyResult<()> {
        let wrong = |error: hydra_logger::config::UnknownStrategy| {
            configuration_error(slf.py(), error.to_string())
        };
        let strategy = strategy
            .map(|word| word.parse().map_err(wrong))
            .transpose()?;
        let logger = slf.as_super().get().asynchronous.as_ref();
        if logger.is_some_and(|logger| logger.pin_strategy(destination, strategy)) {
            return Ok(());
        }
        Err(PyKeyError::new_err(destination.to_owned()))
    }
}

fn shown<'py>(py: Python<'py>, queue: &QueuePerformance) -> PyResult<Bound<'py, PyDict>> {
    let metrics = PyDict::new(py);
    let counts = &queue.counts;
    metrics.set_item("current_strategy", queue.current_strategy.name())?;
    metrics.set_item("success_rate", queue.success_rate())?;
    metrics.set_item("avg_latency", queue.avg_latency_ms())?;
    let latency = PyDict::new(py);
    let found = &queue.latency;
    let percentiles = [
        ("p50", found.p50),
        ("p99", found.p99),
        ("p999", found.p999),
        ("max", found.max),
    ];
    for (name, time) in percentiles {
        latency.set_item(name, time.as_secs_f64() * 1e3)?;
    }
    metrics.set_item("latency", latency)?;
    metrics.set_item("depth", counts.queued)?;
    metrics.set_item("percent_full", queue.fullness)?;
    metrics.set_item("accepted", counts.accepted)?;
    metrics.set_item("delivered", counts.delivered)?;
    metrics.set_item("kept", counts.kept)?;
    metrics.set_item("dropped", counts.dropped.total())?;
    let drops = PyDict::new(py);
    for reason in DropReason::ALL {
        let dropped = counts.dropped.of(reason);
        if dropped > 0 {
            drops.set_item(reason.name(), dropped)?;
        }
    }
    metrics.set_item("drops", drops)?;
    metrics.set_item("errors", counts.errors)?;
    let by_strategy = PyDict::new(py);
    for (strategy, lines) in hydra_logger::Strategy::ALL
        .into_iter()
        .zip(queue.by_strategy)
    {
        by_strategy.set_item(strategy.name(), lines)?;
    }
    metrics.set_item("by_strategy", by_strategy)?;
    let switches = PyList::empty(py);
    for switch in &queue.switches {
        let entry = PyDict::new(py);
        entry.set_item("time", switch.unix_ns as f64 / 1e9)?;
        entry.set_item("from", switch.from.name())?;
        entry.set_item("to", switch.to.name())?;
        entry.set_item("reason", switch.reason.name())?;
        switches.append(entry)?;
    }
    metrics.set_item("switches", switches)?;
    metrics.set_item("switch_count", queue.switched)?;
    Ok(metrics)
}
