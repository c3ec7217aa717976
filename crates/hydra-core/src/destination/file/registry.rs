//! Every file destination of the process, for what concerns all of them: the flusher, the end
//! of the process, a panic, a fork.
//!
//! Its lock comes before every lock of a destination: it is never asked for while one is held.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::patience::{Deadline, Wait};
use crate::{exit, fork};

use super::Shared;
use super::timer::Timer;

/// How long the end of the process waits for a thread that is writing at that moment.
const PATIENCE_AT_EXIT: Duration = Duration::from_secs(2);

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    destinations: Vec::new(),
    flusher: Timer::new(),
});

#[derive(Debug)]
pub(super) struct Registry {
    destinations: Vec<Weak<Shared>>,
    pub(super) flusher: Timer,
}

impl Registry {
    /// The destinations that are still there. The last reference to one may be dropped with what
    /// this returns: that takes no lock.
    pub(super) fn destinations(&self) -> impl Iterator<Item = Arc<Shared>> {
        self.destinations.iter().filter_map(Weak::upgrade)
    }
}

pub(super) fn lock() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds a destination that nobody has written to yet.
pub(super) fn add(shared: &Arc<Shared>) {
    fork::watch();
    if shared.is_buffered() {
        exit::watch();
    }
    lock().destinations.push(Arc::downgrade(shared));
}

/// Removes a destination.
pub(super) fn remove(shared: &Arc<Shared>) {
    let gone = Arc::as_ptr(shared);
    lock()
        .destinations
        .retain(|weak| !std::ptr::eq(weak.as_ptr(), gone));
}

pub(super) fn in_panic() {
    for shared in all() {
        shared.flush_within(exit::PATIENCE_IN_PANIC);
    }
}

pub(super) fn at_exit() {
    for shared in all() {
        shared.retire_within(patience(PATIENCE_AT_EXIT));
    }
}

/// Set when [`retire_all`] did not come to an end.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Whether the process ends while a destination waits for somebody.
pub(super) fn has_given_up() -> bool {
    GIVEN_UP.load(Relaxed)
}

/// Nothing is waited for twice.
fn patience(patience: Duration) -> Duration {
    if has_given_up() {
        Duration::ZERO
    } else {
        patience
    }
}

/// Writes what rests in the buffers of all files of the process, and tells whether that came to an
/// end within `patience`. A signal handler of an interpreter may call it; one of the system's must
/// not.
///
/// ```
/// use hydra_core::destination::file::flush_all;
/// assert!(flush_all(std::time::Duration::from_secs(2)));
/// ```
pub fn flush_all(patience: Duration) -> bool {
    each_within(patience, Shared::flush_within)
}

/// As [`flush_all`], for the end of a process: from now on nothing rests, every line is written at
/// once. Where it does not come to an end, because nobody reads from a pipe, the process ends
/// without what is left.
///
/// ```
/// use hydra_core::destination::file::retire_all;
/// assert!(retire_all(std::time::Duration::from_secs(2)));
/// ```
pub fn retire_all(patience: Duration) -> bool {
    let ended = each_within(patience, Shared::retire_within);
    GIVEN_UP.store(!ended, Relaxed);
    ended
}

/// What may wait for somebody is written on a thread of its own, which is left behind if it does.
fn each_within(patience: Duration, write: fn(&Shared, Duration)) -> bool {
    let (waiting, local): (Vec<_>, Vec<_>) = all()
        .into_iter()
        .partition(|shared| shared.is_buffered() && shared.appender.pace.may_wait());
    for shared in local {
        write(&shared, patience);
    }
    let deadline = Deadline::within(patience);
    let (done, all_done) = mpsc::channel();
    for shared in waiting {
        let done = done.clone();
        let there = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("hydra-end".into())
            .spawn(move || {
                write(&there, patience);
                drop(there);
                drop(done);
            });
        if thread.is_err() {
            write(&shared, patience);
        }
    }
    drop(done);
    let mut wait = Wait::default();
    // Nothing is ever sent: what comes is that the last one has dropped its end.
    loop {
        let slice = wait.slice(deadline);
        let received = all_done.recv_timeout(slice.unwrap_or_default());
        let ended = received == Err::<(), _>(RecvTimeoutError::Disconnected);
        if ended || slice.is_none() {
            return ended;
        }
    }
}

pub(super) fn all() -> Vec<Arc<Shared>> {
    lock().destinations().collect()
}
