//! The class `AsyncHydraLogger`: a `HydraLogger` with an engine before its pipeline.

use std::time::Duration;

use hydra_logger::AsyncLogger;
use hydra_logger::config::Durability;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::awaitable::{Begun, WAITING, Work, done, in_event_loop, nothing, outcome_dict, prepare};
use crate::logger::HydraLogger;

/// How long records get at the end, unless it is said.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// A logger whose calls copy their record and return: a thread of the logger's own renders and
/// delivers it, so that no destination, however slow, holds an event loop up.
///
/// It is a HydraLogger: the same arguments, methods, presets and plugins. A call does its work when it
/// is made, and returns an awaitable that is done already: `await` it where that is the custom, or
/// leave it out; nothing is lost, and nothing warns. It can be called from asyncio, uvloop, trio and
/// anyio, from threads, and with no event loop at all.
///
/// >>> logger = AsyncHydraLogger()
/// >>> async def main():
/// ...     async with logger:
/// ...         await logger.info("ASYNC", "started")
///
/// queue_size is how many lines may wait for a destination. queue_class=MultiFallbackAsyncQueue keeps
/// what a destination refuses, and goes by other strategies while it is in trouble; primary_strategy
/// and fallback_strategies name others: async, sync, direct, memory. With test_mode=True each record is
/// delivered before its call returns, and nothing is done in the background.
///
/// With durability="process" what was accepted survives kill -9: it waits in a file in state_dir, and the
/// next start, or the program hydra with recover, delivers what a killed process has left. With
/// ring_checksums=True it also knows what a faulty disk, or another program, has damaged there.
/// With durability="power" it survives a loss of power too: it is on the disk when the call returns,
/// and in an event loop, which is not held up, when the call's awaitable is done. Tasks that log at
/// once share a sync.
///
/// A call has to wait only while its thread's queue of half a megabyte is full. In an event loop the
/// call returns all the same, its record is taken, and awaiting it suspends the task until there is
/// room; elsewhere, and with durability="process", the call waits, without the GIL.
/// What was accepted is delivered at flush(), aclose() and close(), and at the end of the process,
/// within five seconds. Plugins are told on the thread that logs.
#[pyclass(frozen, subclass, extends = HydraLogger, module = "hydra_logger")]
pub(crate) struct AsyncHydraLogger;

#[pymethods]
impl AsyncHydraLogger {
    #[new]
    #[classmethod]
    #[pyo3(
        signature = (*positional, **arguments),
        text_signature = "(config=None, *, enable_security=None, enable_sanitization=None, \
            enable_plugins=None, enable_performance_monitoring=None, enable_analytics=None, \
            redact_sensitive=None, date_format=None, time_format=None, logger_name_format=None, \
            message_format=None, buffer_size=None, flush_interval=None, \
            high_performance_mode=False, minimal_features_mode=False, bare_metal_mode=False, \
            ultra_fast_mode=False, release_gil=False, handle_signals=False, \
            watch=False, raise_errors=False, queue_size=100000, queue_class=None, \
            primary_strategy=None, fallback_strategies=None, test_mode=False, durability=None, \
            state_dir=None, ring_checksums=False)"
    )]
    fn new(
        class: &Bound<'_, PyType>,
        positional: &Bound<'_, PyTuple>,
        arguments: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyClassInitializer<AsyncHydraLogger>> {
        prepare(class.py())?;
        let logger = HydraLogger::construct(class, positional, arguments, true)?;
        Ok(PyClassInitializer::from(logger).add_subclass(AsyncHydraLogger))
    }

    /// What records survive once their call has returned, or its awaitable is done: "memory", "process"
    /// or "power". Less than was asked for where that cannot be had, which has been reported then.
    #[getter]
    fn durability(slf: &Bound<'_, Self>) -> &'static str {
        let logger = &slf.as_super().get().asynchronous;
        logger
            .as_ref()
            .map_or(Durability::Memory, |logger| logger.durability())
            .name()
    }

    /// What a layer's records survive at each of its destinations: the destination's own durability, else
    /// its layer's, else the logger's. Of several the least.
    fn durability_of(slf: &Bound<'_, Self>, layer: &str) -> &'static str {
        let logger = &slf.as_super().get().asynchronous;
        logger
            .as_ref()
            .map_or(Durability::Memory, |logger| logger.durability_of(layer))
            .name()
    }

    /// Nothing: the logger works from the start. For programs that were written for one that did not.
    #[expect(clippy::unused_self, reason = "a method of Python's")]
    fn initialize<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        nothing(py)
    }

    /// Bring everything that was logged so far to where it goes, on a thread, whether it is awaited or
    /// not. Where no event loop runs in this thread it is done when this returns.
    ///
    /// Raises HandlerError if a destination could not: the others are flushed all the same.
    fn flush<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let begin_flush = |logger: &AsyncLogger| -> Begun {
            let work = logger.flush();
            Box::pin(async { work.await.map(|()| None) })
        };
        begin(slf, begin_flush, |logger, py| {
            logger.flush(py)?;
            Ok(nothing(py))
        })
    }

    /// The same as flush, by its older name.
    fn await_pending<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        AsyncHydraLogger::flush(slf)
    }

    /// End the logger as aclose() does, within so many seconds.
    ///
    /// Raises HandlerError if not everything could be delivered in time.
    #[pyo3(signature = (timeout = 30.0))]
    fn graceful_shutdown<'py>(slf: &Bound<'py, Self>, timeout: f64) -> PyResult<Bound<'py, PyAny>> {
        let limit = Duration::try_from_secs_f64(timeout)
            .map_err(|error| PyValueError::new_err(format!("timeout: {error}")))?;
        close_within(slf, limit)
    }

    /// Deliver what was accepted, within five seconds, and end the logger; close its plugins. The work
    /// is done on a thread, whether it is awaited or not. Where no event loop runs in this thread it
    /// is done when this returns, as by close(). Closing again does nothing.
    ///
    /// The result says what became of the records, each counted at each of its destinations: a
    /// dictionary of `delivered`, `kept` (on the disk), `queued` (still in memory) and `dropped`.
    ///
    /// Raises HandlerError if not everything could be delivered.
    fn aclose<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        close_within(slf, CLOSE_LIMIT)
    }

    /// How many records wait: before the pipeline, and for their destinations. A record of two
    /// destinations counts for each.
    fn get_pending_count(slf: &Bound<'_, Self>) -> u64 {
        let metrics = slf.as_super().get().logger.metrics();
        let before = metrics.engine.map_or(0, |engine| engine.queued);
        let queues = metrics.queues.iter().map(|(_, counts)| counts.queued);
        before + queues.sum::<u64>()
    }

    /// Deliver what was accepted, within five seconds, and end the logger; close its plugins. It is
    /// done when this returns, in an event loop too; it may be awaited, and need not be. Closing again
    /// does nothing.
    ///
    /// Raises HandlerError if not everything could be delivered.
    fn close<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.as_super().get().close(slf.py())?;
        Ok(nothing(slf.py()))
    }

    fn __aenter__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let value = slf.clone().into_any().unbind();
        Ok(Py::new(slf.py(), done(value))?.into_any())
    }

    fn __aexit__<'py>(
        slf: &Bound<'py, Self>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        AsyncHydraLogger::aclose(slf)
    }
}

/// Begins work on a thread where an event loop runs in this one; does it here where none does.
fn begin<'py>(
    slf: &Bound<'py, AsyncHydraLogger>,
    begin: impl FnOnce(&AsyncLogger) -> Begun,
    here: impl FnOnce(&HydraLogger, Python<'py>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let logger = slf.as_super().get();
    if let Some(asynchronous) = &logger.asynchronous
        && in_event_loop(py)
    {
        let work = Work::begin(|| begin(asynchronous))?;
        return py.import(WAITING)?.call_method1("Waiting", (work,));
    }
    here(logger, py)
}

/// Ends a logger, and closes its plugins.
fn close_within<'py>(
    slf: &Bound<'py, AsyncHydraLogger>,
    limit: Duration,
) -> PyResult<Bound<'py, PyAny>> {
    let begin_close = |logger: &AsyncLogger| -> Begun {
        let work = logger.close_within(limit);
        Box::pin(async { work.await.map(Some) })
    };
    let work = begin(slf, begin_close, |logger, py| {
        logger.close_within(py, limit)?;
        let outcome = outcome_dict(py, logger.logger.metrics().outcome())?;
        Ok(Py::new(py, done(outcome.into()))?.into_bound(py).into_any())
    })?;
    slf.as_super().get().close_plugins(slf.py())?;
    Ok(work)
}
