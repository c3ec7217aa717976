//! What happens to the files around fork(2): the child must not write the parent's buffered lines a
//! second time, and must not share the parent's open file, whose lock tells others that somebody
//! writes there. So it empties the buffers and closes the files (the next line opens them anew).
//! Nothing asks for the process id for each record.

use std::sync::{Arc, MutexGuard, RwLockWriteGuard};

use super::Shared;
use super::buffer::{AllFronts, Back};
use super::open::OpenFile;
use super::registry::{self, Registry};
use super::timer::Timer;

/// All locks of one destination. The guards stand before what they borrow from, and so are dropped
/// before it.
struct Held {
    buffers: Option<(MutexGuard<'static, Back>, AllFronts<'static>)>,
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
                .map(|buffer| (buffer.back(), buffer.fronts())),
            file: borrowed.appender.lock(),
            shared,
        }
    }

    /// Makes the destination a new process's own.
    fn renew(&mut self) {
        if let (Some(buffer), Some((back, fronts))) = (&self.shared.buffer, &mut self.buffers) {
            buffer.forget(back, fronts);
        }
        *self.file = None;
        self.shared.appender.pace.closed();
        #[cfg(feature = "gzip")]
        self.shared.appender.compressor.forget();
    }
}

/// All locks of all buffered and plain files.
pub(super) struct AllHeld {
    files: Vec<Held>,
    registry: MutexGuard<'static, Registry>,
}

impl AllHeld {
    pub(super) fn take() -> AllHeld {
        let registry = registry::lock();
        AllHeld {
            files: registry.destinations().map(Held::take).collect(),
            registry,
        }
    }

    /// Makes the destinations a new process's own.
    pub(super) fn renew(&mut self) {
        self.files.iter_mut().for_each(Held::renew);
        self.registry.flusher = Timer::new();
    }
}
