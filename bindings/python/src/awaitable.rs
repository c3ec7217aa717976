//! What calls of an asynchronous logger return: they have done their work, or begun it, and nobody
//! need wait for them.
//!
//! To asyncio, uvloop and trio they are coroutines, as they have a coroutine's methods; unlike one
//! they are complete without being awaited, and may be awaited again and again.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use hydra_logger::Room;
use hydra_logger::metrics::Outcome;
use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::exceptions::handler_error;
use crate::once::once;

/// Work that has begun; what became of the records, where it ends a logger.
pub(crate) type Begun = Pin<Box<dyn Future<Output = io::Result<Option<Outcome>>> + Send>>;

/// Where waiting is done in Python's own terms.
pub(crate) const WAITING: &str = "hydra_logger.async_hydra._waiting";

/// Imports what calls will ask, when a logger is made: the child of a fork would wait for ever for an
/// import that a thread was in the middle of.
pub(crate) fn prepare(py: Python<'_>) -> PyResult<&Py<PyAny>> {
    static IN_EVENT_LOOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    once(py, &IN_EVENT_LOOP, || {
        let function = py.import(WAITING)?.getattr("in_event_loop")?;
        Ok(function.unbind())
    })
}

/// Whether an event loop runs in this thread.
pub(crate) fn in_event_loop(py: Python<'_>) -> bool {
    let function = prepare(py);
    let asked = function.and_then(|function| function.call0(py)?.is_truthy(py));
    // At the interpreter's end there may be nothing left to ask.
    asked.unwrap_or(false)
}

/// Something that is done. `await` gives its value at once.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct Done {
    value: Option<Py<PyAny>>,
}

/// The one that every call of a level's method returns.
static NOTHING: PyOnceLock<Py<Done>> = PyOnceLock::new();

/// Makes it, when the module is made.
pub(crate) fn make(py: Python<'_>) -> PyResult<()> {
    once(py, &NOTHING, || Py::new(py, Done { value: None })).map(drop)
}

/// It.
pub(crate) fn nothing(py: Python<'_>) -> Bound<'_, PyAny> {
    match NOTHING.get(py) {
        Some(nothing) => nothing.bind(py).clone().into_any(),
        None => py.None().into_bound(py),
    }
}

/// What is done, and may be awaited all the same.
#[pyfunction(name = "done")]
pub(crate) fn done_nothing(py: Python<'_>) -> Bound<'_, PyAny> {
    nothing(py)
}

/// Something that is done, and its value.
pub(crate) fn done(value: Py<PyAny>) -> Done {
    Done { value: Some(value) }
}

#[pymethods]
impl Done {
    fn __await__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Ends at once.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match &self.value {
            None => Ok(None),
            Some(_) => Err(self.end(py)),
        }
    }

    /// As of a coroutine: it has come to its end.
    #[pyo3(signature = (_value, /))]
    fn send(&self, py: Python<'_>, _value: Py<PyAny>) -> PyResult<()> {
        Err(self.end(py))
    }

    /// As of a coroutine: raises what it is given.
    #[expect(clippy::unused_self, reason = "a method of Python's")]
    #[pyo3(signature = (kind, value = None, _traceback = None, /))]
    fn throw(
        &self,
        kind: Bound<'_, PyAny>,
        value: Option<Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        Err(PyErr::from_value(value.unwrap_or(kind)))
    }

    /// As of a coroutine: nothing is left to be ended.
    #[expect(clippy::unused_self, reason = "a method of Python's")]
    fn close(&self) {}
}

impl Done {
    fn end(&self, py: Python<'_>) -> PyErr {
        let value = self.value.as_ref().map(|value| value.clone_ref(py));
        PyStopIteration::new_err((value,))
    }
}

/// Work that a thread of the logger's does. How one waits for it says `hydra_logger.async_hydra`.
#[pyclass(frozen, weakref, module = "hydra_logger._core")]
pub(crate) struct Work {
    progress: Mutex<Progress>,
    /// Can be read from when the work is done; it is never read.
    end: PipeReader,
}

struct Progress {
    begun: Begun,
    /// Told by the thread that does it.
    waker: Waker,
    result: Option<Result<Option<Outcome>, String>>,
}

/// The other end of the pipe.
struct Bell(PipeWriter);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // There is room for one byte, and where nobody is left to read it nobody waits.
        let _ = (&self.0).write_all(b".");
    }
}

impl Work {
    /// Begins some work.
    ///
    /// # Errors
    /// There is no pipe to be had; then it was not begun.
    pub(crate) fn begin(begin: impl FnOnce() -> Begun) -> io::Result<Work> {
        let (end, bell) = io::pipe()?;
        let mut progress = Progress {
            begun: begin(),
            waker: Waker::from(Arc::new(Bell(bell))),
            result: None,
        };
        if progress.look() {
            progress.waker.wake_by_ref();
        }
        Ok(Work {
            progress: Mutex::new(progress),
            end,
        })
    }
}

impl Progress {
    /// Whether it is done.
    fn look(&mut self) -> bool {
        if self.result.is_none()
            && let Poll::Ready(result) = self
                .begun
                .as_mut()
                .poll(&mut Context::from_waker(&self.waker))
        {
            self.result = Some(result.map_err(|error| error.to_string()));
        }
        self.result.is_some()
    }
}

#[pymethods]
impl Work {
    /// A file descriptor that can be read from when the work is done.
    fn fileno(&self) -> RawFd {
        self.end.as_raw_fd()
    }

    /// Whether it is done. Raises HandlerError if a destination could not do its part.
    fn done(&self, py: Python<'_>) -> PyResult<bool> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let done = progress.look();
        match &progress.result {
            Some(Err(error)) => Err(handler_error(py, error.clone())),
            _ => Ok(done),
        }
    }

    /// What became of the records, when it is done and has ended a logger.
    fn result<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        match progress.result {
            Some(Ok(Some(outcome))) => outcome_dict(py, outcome).map(Some),
            _ => Ok(None),
        }
    }
}

/// How many records came where.
pub(crate) fn outcome_dict(py: Python<'_>, outcome: Outcome) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("delivered", outcome.delivered)?;
    dict.set_item("kept", outcome.kept)?;
    dict.set_item("queued", outcome.queued)?;
    dict.set_item("dropped", outcome.dropped)?;
    Ok(dict)
}

thread_local! {
    /// What all calls of this thread wait for that wait now: a pipe for each would be too many.
    static SHARED: RefCell<Option<(Room, Py<Work>)>> = const { RefCell::new(None) };
}

/// What a call returns that found no room: it was taken all the same, and whoever awaits it waits
/// until there was room for it.
#[cold]
pub(crate) fn room(py: Python<'_>) -> Bound<'_, PyAny> {
    static SUSPENDED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = || {
        once(py, &SUSPENDED, || {
            let class = py.import(WAITING)?.getattr("Suspended")?;
            Ok(class.unbind())
        })
    };
    let suspended = || {
        let room = RoomForCall(Room::of_last_call()?);
        let made = class().and_then(|class| class.bind(py).call1((room,)));
        made.ok()
    };
    suspended().unwrap_or_else(|| nothing(py))
}

/// The room that a call waits for.
#[pyclass(frozen, name = "Room", module = "hydra_logger._core")]
pub(crate) struct RoomForCall(Room);

#[pymethods]
impl RoomForCall {
    /// Whether there was room for the call.
    fn done(&self) -> bool {
        self.0.is_there()
    }

    /// What to wait for before asking again; calls of one thread share it.
    fn work(&self, py: Python<'_>) -> PyResult<Py<Work>> {
        let shared = SHARED.with_borrow(|shared| {
            let (room, work) = shared.as_ref()?;
            let is_it = room.is_beside(&self.0) && !room.is_there();
            is_it.then(|| work.clone_ref(py))
        });
        if let Some(work) = shared {
            return Ok(work);
        }
        let room = self.0.of_all();
        let until = room.clone();
        let work = Work::begin(|| {
            Box::pin(async move {
                until.await;
                Ok(None)
            })
        })?;
        let work = Py::new(py, work)?;
        let before = SHARED.replace(Some((room, work.clone_ref(py))));
        drop(before);
        Ok(work)
    }
}
