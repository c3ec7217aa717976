//! The GIL: kept over what does not wait for anybody, let go over what may.
//!
//! The core says what may wait ([`hydra_core::waits`]) and this is its face. Whether this thread holds
//! the GIL is known from the two places where it changes: [`attached`] and [`detached`]. So nothing
//! else in this crate may detach (clippy refuses it), and a record is given to the core inside
//! [`attached`].
//!
//! Whoever holds a lock of the core's never waits for the GIL: the core enters what may wait without
//! a lock, or lets it go inside. So nothing that Python does in between, a `__str__` that logs, a
//! handler that logs back, a callback of the error tracker, can block itself or others.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::ops::Deref;

use hydra_core::waits::{self, Face};
use pyo3::prelude::*;

use crate::awaitable;

thread_local! {
    static HERE: Cell<Here> = const { Cell::new(Here { holds: false, call: Call::None }) };
    /// Whether a call of an event loop's thread found no room.
    static SUSPENDS: Cell<bool> = const { Cell::new(false) };
    /// What the handler of a signal raised while a call waited: it is raised from that call.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Where this thread is.
#[derive(Clone, Copy)]
struct Here {
    /// Whether it is inside the core and holds the GIL.
    holds: bool,
    call: Call,
}

/// Whether it is in a call that raises what handlers of signals raise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    None,
    UnderWay,
    /// A handler has raised.
    Raised,
}

/// Sets back where the thread was.
struct Restore(Here);

impl Restore {
    #[inline]
    fn after(holds: bool, call: Call) -> Restore {
        Restore(HERE.replace(Here { holds, call }))
    }
}

impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}

/// Tells the core what to do around that which may wait.
pub(crate) fn set_face() {
    waits::set_face(Face {
        wait,
        answers,
        goes_on,
        may_wait,
    });
}

/// Gives something to the core, which lets go of the GIL where it may wait.
///
/// # Errors
/// What the handler of a signal has raised meanwhile, as Ctrl-C does.
#[inline]
pub(crate) fn attached<T>(_: Python<'_>, work: impl FnOnce() -> T) -> PyResult<T> {
    let _outer = Restore::after(true, Call::UnderWay);
    let result = work();
    raised().map_or(Ok(result), Err)
}

/// The same, but without the GIL from the beginning.
///
/// # Errors
/// As [`attached`].
#[cold]
pub(crate) fn released<T>(py: Python<'_>, work: impl FnOnce() -> T) -> PyResult<T> {
    attached(py, || waits::run(work))
}

/// Does something in a call that the interpreter has made past PyO3, which therefore does not count
/// this thread as attached: what it lets go of there, errors above all, it keeps until somebody
/// attaches. A program that only logs would never do so.
pub(crate) fn counted<T>(mut work: impl FnMut() -> T) -> T {
    match Python::try_attach(|_| work()) {
        Some(done) => done,
        // The interpreter is ending: then PyO3 attaches nobody, but this thread still runs.
        None => work(),
    }
}

#[inline]
fn raised() -> Option<PyErr> {
    if HERE.get().call == Call::Raised {
        RAISED.take()
    } else {
        None
    }
}

/// Does something without the GIL.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let _outer = Restore::after(false, Call::None);
    detach(py, work)
}

/// Does something without the GIL that a signal may end, again and again until none does.
///
/// # Errors
/// What the handler of the signal has raised.
pub(crate) fn until_done(
    py: Python<'_>,
    mut work: impl FnMut() -> io::Result<()> + Send,
) -> PyResult<io::Result<()>> {
    loop {
        let _outer = Restore::after(false, Call::UnderWay);
        let result = detach(py, || waits::run(&mut work));
        if let Some(error) = raised() {
            return Err(error);
        }
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => py.check_signals()?,
            result => return Ok(result),
        }
    }
}

fn detach<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place, see the head of this file"
    )]
    py.detach(work)
}

/// The core's `wait`.
fn wait(work: &mut dyn FnMut()) {
    struct HoldsAgain;
    impl Drop for HoldsAgain {
        fn drop(&mut self) {
            let call = HERE.get().call;
            HERE.set(Here { holds: true, call });
        }
    }

    let Here { holds, call } = HERE.get();
    if !holds {
        return work();
    }
    // SAFETY: this thread is inside the core and holds the GIL: `HERE` says so, and changes wherever
    // that does.
    let py = unsafe { Python::assume_attached() };
    HERE.set(Here { holds: false, call });
    let _again = HoldsAgain;
    let work = Sent(work);
    detach(py, move || work.call());
}

/// The core's `answers`.
fn answers() -> bool {
    HERE.get().call != Call::None
}

/// The core's `goes_on`.
fn goes_on() -> bool {
    let Here { holds, call } = HERE.get();
    if call == Call::Raised {
        return false;
    }
    let check = |py: Python<'_>| py.check_signals();
    match Python::try_attach(check) {
        Some(Ok(())) => true,
        Some(Err(raised)) => {
            RAISED.set(Some(raised));
            let call = Call::Raised;
            HERE.set(Here { holds, call });
            false
        }
        // The interpreter is gone.
        None => false,
    }
}

/// The core's `may_wait`.
fn may_wait() -> bool {
    // Without an interpreter nothing runs that could be held up.
    let in_loop = Python::try_attach(awaitable::in_event_loop).unwrap_or(false);
    if in_loop {
        SUSPENDS.set(true);
    }
    !in_loop
}

/// Whether a call has been told since the last time this was asked that it must not wait.
#[inline]
pub(crate) fn suspends() -> bool {
    SUSPENDS.get() && SUSPENDS.replace(false)
}

/// Work of the core's that is done on this very thread.
struct Sent<'a>(&'a mut dyn FnMut());

// SAFETY: `Python::detach` asks for `Send` to keep objects of Python out of what runs without the
// GIL; it moves nothing to another thread. The core knows no object of Python.
unsafe impl Send for Sent<'_> {}

impl Sent<'_> {
    fn call(self) {
        (self.0)();
    }
}

/// Something of the core's that an object of Python owns. It may flush when it is dropped, which the
/// interpreter does with the GIL held: it is dropped without.
pub(crate) struct Owned<T: Send>(ManuallyDrop<T>);

impl<T: Send> Owned<T> {
    pub(crate) fn new(value: T) -> Owned<T> {
        Owned(ManuallyDrop::new(value))
    }
}

impl<T: Send> Deref for Owned<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the value is taken once, here, and nobody looks at it any more.
        let value = unsafe { ManuallyDrop::take(&mut self.0) };
        let mut value = Some(value);
        let dropped = Python::try_attach(|py| {
            let value = value.take();
            detached(py, move || drop(value));
        });
        if dropped.is_none() {
            drop(value);
        }
    }
}
