//! A lock for a few instructions: taking it is one locked instruction, letting it go a plain store.
//!
//! A mutex lets go with a second locked instruction, to learn whether somebody sleeps and must be
//! woken: 10 ns of the 214 that a buffered record took with one. Nobody sleeps on this lock for long,
//! so nobody is woken: who finds it taken looks again a few times, then lets others run, and at last
//! sleeps for moments that grow to a millisecond (the owner lost its core, or forks). What it guards
//! must therefore never be held over a system call on the way of a record.
//!
//! Loom runs this file in every order: `crates/hydra-core/loom`.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::primitives::{AtomicBool, UnsafeCell, wait_a_moment};

/// As [`std::sync::Mutex`], without poison: a panic under it lets it go.
#[repr(align(64))]
pub(super) struct ShortLock<T> {
    value: UnsafeCell<T>,
    is_taken: AtomicBool,
}

// SAFETY: the value is reached through a guard alone, and there is one guard at a time: whoever
// turns `is_taken` from false to true owns the value until the guard's drop turns it back. So
// sharing the lock moves the value from thread to thread, which `T: Send` allows, and a shared guard
// shares the value, which `T: Sync` allows.
unsafe impl<T: Send + Sync> Sync for ShortLock<T> {}

/// Owns the value until it is dropped.
pub(super) struct ShortGuard<'a, T> {
    lock: &'a ShortLock<T>,
}

impl<T> ShortLock<T> {
    pub(super) fn new(value: T) -> ShortLock<T> {
        ShortLock {
            value: UnsafeCell::new(value),
            is_taken: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(super) fn lock(&self) -> ShortGuard<'_, T> {
        if !self.take() {
            self.wait();
        }
        ShortGuard { lock: self }
    }

    /// Owns the value, if nobody else does.
    #[inline]
    pub(super) fn try_lock(&self) -> Option<ShortGuard<'_, T>> {
        self.take().then(|| ShortGuard { lock: self })
    }

    #[inline(always)]
    fn take(&self) -> bool {
        let taken = self
            .is_taken
            .compare_exchange(false, true, Acquire, Relaxed);
        taken.is_ok()
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) {
        let mut looks = 0;
        while !self.take() {
            looks += 1;
            wait_a_moment(looks);
        }
    }
}

impl<T> Drop for ShortGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.is_taken.store(false, Release);
    }
}

impl<T> Deref for ShortGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        self.lock.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for ShortGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T: Default> Default for ShortLock<T> {
    fn default() -> ShortLock<T> {
        ShortLock::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for ShortLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}
