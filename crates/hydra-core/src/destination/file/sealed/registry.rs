//! Every sealed file of the process, by its path, and what happens to them at a fork and at the end.
//!
//! A writer is made once for each path and stays for the life of the process, so that all loggers
//! share it, and so that a guard of its lock can be kept over a fork.

use std::cell::RefCell;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use crate::sys;

use super::ticker::Ticker;
use super::writer::{Inner, Writer};

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    writers: Vec::new(),
    ticker: Ticker::new(),
});

pub(super) struct Registry {
    pub(super) writers: Vec<&'static Writer>,
    pub(super) ticker: Ticker,
}

pub(super) fn lock() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writer of a path.
pub(super) fn writer(path: &Path) -> &'static Writer {
    static HOOKS: Once = Once::new();
    HOOKS.call_once(|| {
        sys::around_fork(prepare, parent, child);
        sys::at_exit(at_exit);
    });
    let mut registry = lock();
    if let Some(known) = registry.writers.iter().find(|writer| writer.path() == path) {
        return known;
    }
    let writer: &'static Writer = Box::leak(Box::new(Writer::new(path)));
    registry.writers.push(writer);
    writer
}

/// A clone of the list: no writer's lock is taken under the registry's, but for a fork.
pub(super) fn all() -> Vec<&'static Writer> {
    lock().writers.clone()
}

extern "C" fn at_exit() {
    for writer in all() {
        writer.end();
    }
}

/// The locks of all writers, and the registry's.
type Held = (
    Vec<MutexGuard<'static, Inner>>,
    MutexGuard<'static, Registry>,
);

thread_local! {
    /// What `prepare` took, for the handler that follows on the same thread.
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

extern "C" fn prepare() {
    let registry = lock();
    let held = registry
        .writers
        .iter()
        .map(|writer| writer.lock())
        .collect();
    // A thread that forks while it is being torn down has no such place: then its locks are let go
    // again at once.
    let _ = HELD.try_with(|place| place.replace(Some((held, registry))));
}

extern "C" fn parent() {
    let _ = HELD.try_with(RefCell::take);
}

extern "C" fn child() {
    let _ = HELD.try_with(|place| {
        if let Some((held, registry)) = &mut *place.borrow_mut() {
            for inner in held {
                inner.forget();
            }
            #[cfg(feature = "gzip")]
            for writer in &registry.writers {
                writer.forget();
            }
            registry.ticker = Ticker::new();
        }
        place.take()
    });
}
