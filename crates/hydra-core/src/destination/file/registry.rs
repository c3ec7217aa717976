//! Every open file destination of the process, for what concerns all of them: the flusher, the end
//! of the process, a panic, a fork.
//!
//! Its lock comes before every lock of a destination: it is never asked for while one is held.

use std::panic;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::sys;

use super::Shared;
use super::flusher::Flusher;
use super::fork;

/// How long the end of the process waits for a thread that is writing at that moment.
const PATIENCE_AT_EXIT: Duration = Duration::from_secs(2);

/// How long a panic does.
const PATIENCE_IN_PANIC: Duration = Duration::from_millis(200);

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    destinations: Vec::new(),
    flusher: Flusher::new(),
});

#[derive(Debug)]
pub(super) struct Registry {
    destinations: Vec<Weak<Shared>>,
    pub(super) flusher: Flusher,
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

/// Adds a destination that is about to open its file.
pub(super) fn add(shared: &Arc<Shared>) {
    static FORK: Once = Once::new();
    static END: Once = Once::new();
    FORK.call_once(|| sys::around_fork(fork::prepare, fork::parent, fork::child));
    if shared.is_buffered() {
        END.call_once(|| {
            sys::at_exit(at_exit);
            flush_in_panics();
        });
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

/// Flushes before the other hooks, so that the lines that led to a panic are in the file also where
/// the process then aborts.
fn flush_in_panics() {
    if thread::panicking() {
        // A hook cannot be set now; the first destination of a panicking thread goes without.
        return;
    }
    let earlier = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        for shared in all() {
            shared.flush_within(PATIENCE_IN_PANIC);
        }
        earlier(info);
    }));
}

extern "C" fn at_exit() {
    for shared in all() {
        shared.retire_within(PATIENCE_AT_EXIT);
    }
}

fn all() -> Vec<Arc<Shared>> {
    lock().destinations().collect()
}
