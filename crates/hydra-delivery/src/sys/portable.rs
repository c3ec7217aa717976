//! Every other system: a mutex and a condition variable beside the word, and no barrier from afar.
//! Loom runs this file in every order.

use std::ops::Deref;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use crate::primitives::{AtomicU32, Condvar, Mutex};

/// Four bytes that a thread can wait on.
pub(crate) struct Word {
    value: AtomicU32,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Word {
    pub(crate) fn new(value: u32) -> Word {
        Word {
            value: AtomicU32::new(value),
            lock: Mutex::new(()),
            changed: Condvar::new(),
        }
    }

    /// Sleeps while the word is `expected`, at the longest until `until`. May return early for no
    /// reason: the caller looks again at what it waits for.
    pub(crate) fn wait(&self, expected: u32, until: Option<Instant>) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever wakes has changed the word before it takes the lock.
        if self.value.load(Relaxed) != expected {
            return;
        }
        match until {
            None => drop(self.changed.wait(guard)),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                drop(self.changed.wait_timeout(guard, left));
            }
        }
    }

    /// Wakes every thread that waits on the word.
    pub(crate) fn wake(&self) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.notify_all();
        drop(guard);
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    #[inline(always)]
    fn deref(&self) -> &AtomicU32 {
        &self.value
    }
}

/// Whether this process may call [`barrier`]: never.
pub(crate) fn register_barrier() -> bool {
    false
}

/// Would have every other thread pass a memory barrier; nobody calls it here.
pub(crate) fn barrier() -> bool {
    false
}
