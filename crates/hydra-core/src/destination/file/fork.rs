//! What happens around fork(2): the child must not find a lock held by a thread that it does not
//! have, must not write the parent's buffered lines a second time, and must not share the parent's
//! open file, whose lock tells others that somebody writes there.
//!
//! So `prepare` takes the locks of every destination, which waits for writes under way; `parent`
//! lets them go; `child` empties the buffers, closes the files (the next line opens them anew) and
//! lets go. Nothing asks for the process id for each record.

use std::cell::RefCell;
use std::sync::{Arc, MutexGuard, RwLockWriteGuard};

use super::Shared;
use super::buffer::{Back, Front};
use super::flusher::Flusher;
use super::open::OpenFile;
use super::registry::{self, Registry};
use super::short_lock::ShortGuard;

/// All locks of one destination. The guards stand before what they borrow from, and so are dropped
/// before it.
struct Held {
    buffers: Option<(MutexGuard<'static, Back>, ShortGuard<'static, Front>)>,
    file: RwLockWriteGuard<'static, Option<OpenFile>>,
    shared: Arc<Shared>,
}

impl Held {
    fn take(shared: Arc<Shared>) -> Held {
        // SAFETY: the reference is used for the guards of this value alone. They borrow from what
        // `self.shared` owns, which does not move, and are dropped before it by the order of the
        // fields; neither leaves this module.
        let borrowed: &'static Shared = unsafe { &*Arc::as_ptr(&shared) };
        Held {
            buffers: borrowed
                .buffer
                .as_ref()
                .map(|buffer| (buffer.back(), buffer.front())),
            file: borrowed.appender.lock(),
            shared,
        }
    }

    /// Makes the destination a new process's own.
    fn renew(&mut self) {
        if let (Some(buffer), Some((back, front))) = (&self.shared.buffer, &mut self.buffers) {
            buffer.forget(back, front);
        }
        *self.file = None;
        self.shared.appender.pace.closed();
        #[cfg(feature = "gzip")]
        self.shared.appender.compressor.forget();
    }
}

thread_local! {
    /// What `prepare` took, for the handler that follows on the same thread.
    static HELD: RefCell<Option<(Vec<Held>, MutexGuard<'static, Registry>)>> =
        const { RefCell::new(None) };
}

pub(super) extern "C" fn prepare() {
    let registry = registry::lock();
    let held = registry.destinations().map(Held::take).collect();
    // A thread that forks while it is being torn down has no such place: then its locks are let go
    // again at once.
    let _ = HELD.try_with(|place| place.replace(Some((held, registry))));
}

pub(super) extern "C" fn parent() {
    let _ = HELD.try_with(RefCell::take);
}

pub(super) extern "C" fn child() {
    let _ = HELD.try_with(|place| {
        if let Some((held, registry)) = &mut *place.borrow_mut() {
            held.iter_mut().for_each(Held::renew);
            registry.flusher = Flusher::new();
        }
        place.take()
    });
}
