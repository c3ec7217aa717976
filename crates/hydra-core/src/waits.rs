//! What may wait for somebody else: a pipe nobody reads from, a network that does not answer.
//!
//! A [`Face`] for another language may hold that language's lock while it calls us. So whatever may
//! wait is done inside [`run`], which has the face let go of its lock before, and take it again
//! after. Two rules keep this free of deadlocks:
//!
//! - [`run`] is entered before any lock of ours is taken, or takes the guards along and lets them go
//!   inside: whoever holds a lock of ours never waits for the language's.
//! - What goes on outside of [`run`] only takes locks whose holders do not wait for anybody.
//!
//! Without a face (a program in Rust) it costs one load, and a signal does not interrupt anything.

use std::cell::Cell;
use std::io;
use std::sync::OnceLock;

/// What a face does around that which may wait.
///
/// ```
/// use hydra_core::waits::{self, Face};
/// waits::set_face(Face {
///     wait: |work| work(),
///     answers: || false,
///     goes_on: || true,
///     may_wait: || true,
/// });
/// assert_eq!(waits::run(|| 7), 7);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// Calls what it is given, once, without the language's lock, which this thread may or may not
    /// hold.
    pub wait: fn(&mut dyn FnMut()),
    /// Whether a signal ends what this thread waits for: it is in a call that can answer it.
    pub answers: fn() -> bool,
    /// Asked, with no lock of ours held, when a signal has interrupted a wait: whether to go on with
    /// it. Where it says no, what was to be written is not.
    pub goes_on: fn() -> bool,
    /// Asked, with no lock of ours held, by a call that would have to wait for room: whether this
    /// thread may. One that runs an event loop may not, as it would hold up all that runs there.
    pub may_wait: fn() -> bool,
}

static FACE: OnceLock<Face> = OnceLock::new();

thread_local! {
    /// Whether this thread is inside [`run`], and can be interrupted.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread is inside [`without`].
    static GOES_ON: Cell<bool> = const { Cell::new(false) };
}

/// Sets the process's face; the first one stays.
pub fn set_face(face: Face) {
    let _ = FACE.set(face);
}

/// Whether a face is to be considered.
#[inline]
pub(crate) fn has_face() -> bool {
    FACE.get().is_some()
}

/// Does what may wait.
pub fn run<T>(work: impl FnOnce() -> T) -> T {
    let Some(face) = FACE.get() else {
        return work();
    };
    let mut work = Some(work);
    let mut result = None;
    (face.wait)(&mut || {
        if let Some(work) = work.take() {
            let _inside = Inside(INSIDE.replace((face.answers)()));
            result = Some(work());
        }
    });
    match (result, work) {
        (Some(result), _) => result,
        (None, Some(work)) => work(),
        (None, None) => unreachable!("work that was begun has a result, or has panicked"),
    }
}

/// Whether this thread may be held up until there is room.
pub fn may_wait() -> bool {
    !GOES_ON.get() && FACE.get().is_none_or(|face| (face.may_wait)())
}

/// Has this thread make calls as one that may not be held up.
///
/// ```
/// use hydra_core::waits;
/// assert!(waits::may_wait());
/// assert!(!waits::without(waits::may_wait));
/// ```
pub fn without<T>(calls: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            GOES_ON.set(self.0);
        }
    }

    let _before = Before(GOES_ON.replace(true));
    calls()
}

/// Does what may wait, again and again as long as it is interrupted and the face goes on.
///
/// # Errors
/// That of `work`; [`Interrupted`](io::ErrorKind::Interrupted) where the face does not go on.
pub(crate) fn run_to_the_end<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        let result = run(&mut work);
        if !is_interrupted(&result) || !FACE.get().is_some_and(|face| (face.goes_on)()) {
            return result;
        }
    }
}

/// Whether a signal ended it.
pub(crate) fn is_interrupted<T>(result: &io::Result<T>) -> bool {
    matches!(result, Err(error) if error.kind() == io::ErrorKind::Interrupted)
}

/// Whether a write that a signal interrupts is to return, up to where no lock is held, rather than
/// be tried again.
pub(crate) fn can_be_interrupted() -> bool {
    INSIDE.with(Cell::get)
}

struct Inside(bool);

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
}
