//! Whether an asynchronous logger is well, and all counts as monitoring reads them.

use std::time::{SystemTime, UNIX_EPOCH};

use hydra_logger::{AsyncLogger, Health, HealthReason, MemoryUsage, diagnostics};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::async_logger::AsyncHydraLogger;
use crate::awaitable::in_event_loop;
use crate::gil;
use crate::logger::HydraLogger;
use crate::metrics::resident_bytes;

#[pymethods]
impl HydraLogger {
    /// Every count as text that Prometheus scrapes (text format 0.0.4), for a handler of /metrics.
    ///
    /// >>> logger = HydraLogger()
    /// >>> logger.get_prometheus_metrics().startswith("# HELP hydra_")
    /// True
    fn get_prometheus_metrics(&self, py: Python<'_>) -> String {
        gil::detached(py, || self.logger.metrics().to_prometheus())
    }
}

#[pymethods]
impl AsyncHydraLogger {
    /// How the logger is now. It costs some ten microseconds.
    ///
    /// healthy: whether there are no reasons, texts that say what is wrong: a queue that is more than
    /// 80 % full, records dropped or errors of destinations in the last minute, more than 90 % of the
    /// process's memory limit used, or the logger closed. uptime: seconds. queue_size: records that
    /// wait, of queue_maxsize for which destinations have room; queue_sizes: by destination, and
    /// "engine" before them. dropped_messages: records that were dropped, in all. error_counts: the
    /// errors of the process, by type. memory_ok; memory_percent of the limit that is nearest, None
    /// where there is none; memory_step: what the logger does about it, normal, smaller (queues) or
    /// synchronous. shutdown_phase: running, flushing, cleaning or done. has_event_loop: whether one
    /// runs in this thread. pending_tasks: the logger's own, which are none. last_check: when this
    /// was, in seconds since 1970.
    pub(crate) fn get_health_status<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let health = health(slf)?;
        let status = PyDict::new(py);
        status.set_item("healthy", health.is_healthy())?;
        status.set_item("reasons", texts(py, &health)?)?;
        status.set_item("uptime", health.uptime.as_secs_f64())?;
        let sizes = PyDict::new(py);
        sizes.set_item("engine", health.queued)?;
        for queue in &health.queues {
            sizes.set_item(&queue.name, queue.records)?;
        }
        let records = health.queues.iter().map(|queue| queue.records);
        let most = health.queues.iter().map(|queue| queue.max_records);
        status.set_item("queue_size", health.queued + records.sum::<u64>())?;
        status.set_item("queue_maxsize", most.sum::<u64>())?;
        status.set_item("queue_sizes", sizes)?;
        status.set_item("dropped_messages", health.dropped)?;
        let errors = PyDict::new(py);
        for (kind, count) in diagnostics::stats().by_kind {
            errors.set_item(kind.name(), count)?;
        }
        status.set_item("error_counts", errors)?;
        status.set_item("memory_ok", health.memory_ok)?;
        status.set_item("memory_percent", health.memory.map(|usage| usage.percent()))?;
        status.set_item("memory_step", health.memory_step.name())?;
        status.set_item("shutdown_phase", health.phase.name())?;
        status.set_item("has_event_loop", in_event_loop(py))?;
        status.set_item("pending_tasks", 0)?;
        status.set_item("last_check", now())?;
        Ok(status)
    }

    /// Whether get_health_status() has no reason against it.
    fn is_healthy(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(health(slf)?.is_healthy())
    }

    /// Call a function with each reason against the logger's health that comes up while records
    /// flow: a dictionary of kind (queue, drops, errors, memory), message and time. It runs on a
    /// thread of the logger's, for as long as the logger lives; what it raises is shown and has no
    /// other effect.
    ///
    /// Returns the function, so that this can be a decorator.
    ///
    /// >>> logger = AsyncHydraLogger()
    /// >>> @logger.on_alert
    /// ... def page(alert):
    /// ...     print(*alert.values())
    fn on_alert(slf: &Bound<'_, Self>, callback: Py<PyAny>) -> Py<PyAny> {
        let returned = callback.clone_ref(slf.py());
        if let Some(logger) = &slf.as_super().get().asynchronous {
            logger.on_alert(move |reason| tell(&callback, reason));
        }
        returned
    }

    /// All that is known of the logger: timestamp, in seconds since 1970; health, whether it is well,
    /// and errors, why not; queues, by destination queue_size, max_queue_size, utilization_percent,
    /// processed_messages, dropped_messages and error_count; performance, as
    /// get_performance_metrics() has it; memory: resident bytes, and used, limit and percent of the
    /// limit that is nearest, where there is one.
    fn get_detailed_metrics<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let health = health(slf)?;
        let metrics = PyDict::new(py);
        metrics.set_item("timestamp", now())?;
        metrics.set_item("health", health.is_healthy())?;
        metrics.set_item("errors", texts(py, &health)?)?;
        metrics.set_item("queues", queues(slf, &health)?)?;
        let performance = slf.call_method0("get_performance_metrics")?;
        metrics.set_item("performance", performance)?;
        let memory = PyDict::new(py);
        memory.set_item("resident", resident_bytes())?;
        if let Some(usage) = health.memory {
            memory.set_item("used", usage.used)?;
            memory.set_item("limit", usage.limit)?;
            memory.set_item("percent", usage.percent())?;
        }
        metrics.set_item("memory", memory)?;
        Ok(metrics)
    }
}

/// How much of the limit is used that is nearest to the process, its cgroups' or its own: bytes used,
/// bytes that may be, and what sets it (cgroup, address_space, data). None where there is none.
#[pyfunction]
pub(crate) fn memory_usage(py: Python<'_>) -> Option<(u64, u64, &'static str)> {
    let usage = gil::detached(py, MemoryUsage::now)?;
    Some((usage.used, usage.limit, usage.of.name()))
}

fn health(slf: &Bound<'_, AsyncHydraLogger>) -> PyResult<Health> {
    let logger = slf.as_super().get();
    let asynchronous = logger.asynchronous.as_ref();
    let asynchronous: &AsyncLogger = asynchronous.ok_or_else(not_asynchronous)?;
    Ok(gil::detached(slf.py(), || asynchronous.health()))
}

fn not_asynchronous() -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err("this logger has no engine")
}

fn texts<'py>(py: Python<'py>, health: &Health) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, health.reasons.iter().map(ToString::to_string))
}

fn queues<'py>(
    slf: &Bound<'py, AsyncHydraLogger>,
    health: &Health,
) -> PyResult<Bound<'py, PyDict>> {
    let py = slf.py();
    let counts = slf.as_super().get().logger.metrics().queues;
    let queues = PyDict::new(py);
    for queue in &health.queues {
        let shown = PyDict::new(py);
        shown.set_item("queue_size", queue.records)?;
        shown.set_item("max_queue_size", queue.max_records)?;
        shown.set_item("utilization_percent", queue.percent)?;
        if let Some((_, counts)) = counts.iter().find(|(name, _)| *name == queue.name) {
            shown.set_item("processed_messages", counts.delivered)?;
            shown.set_item("dropped_messages", counts.dropped.total())?;
            shown.set_item("error_count", counts.errors)?;
        }
        queues.set_item(&queue.name, shown)?;
    }
    Ok(queues)
}

fn tell(callback: &Py<PyAny>, reason: &HealthReason) {
    // Without an interpreter, at its end, there is nobody left to call.
    Python::try_attach(|py| {
        let call = || {
            let alert = PyDict::new(py);
            alert.set_item("kind", reason.kind())?;
            alert.set_item("message", reason.to_string())?;
            alert.set_item("time", now())?;
            callback.call1(py, (alert,))
        };
        if let Err(raised) = call() {
            raised.write_unraisable(py, Some(callback.bind(py)));
        }
    });
}

fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}
