//! A lock for a few instructions: taking it is one locked instruction, letting it go a plain store.
//!
//! A mutex lets go with a second locked instruction, to learn whether somebody sleeps and must be
//! woken: 10 ns of the 214 that a buffered record took with one. Nobody sleeps on this lock for long,
//! so nobody is woken: who finds it taken looks again a few times, then lets others run, and at last
//! sleeps for moments that grow to a millisecond (the owner lost its core, or forks). What it guards
//! must therefore never be held over a system call on the way of a record.

use std::cell::UnsafeCell;
use std::fmt;
use std::hint::spin_loop;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use std::thread;
use std::time::Duration;

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
        if self.is_taken.swap(true, Acquire) {
            self.wait();
        }
        ShortGuard { lock: self }
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) {
        let mut looks = 0_u32;
        while self.is_taken.load(Relaxed) || self.is_taken.swap(true, Acquire) {
            looks += 1;
            match looks {
                ..100 => (0..8).for_each(|_| spin_loop()),
                100..110 => thread::yield_now(),
                _ => thread::sleep(Duration::from_micros(50 * u64::from((looks - 109).min(20)))),
            }
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
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for ShortGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T: fmt::Debug> fmt::Debug for ShortLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}
