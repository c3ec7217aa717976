//! What a lock is made of. `loom/` compiles the same locks with loom's own in this module's place.

use std::thread;
use std::time::Duration;

pub(crate) use std::sync::atomic::AtomicBool;

/// [`std::cell::UnsafeCell`] with the two methods of loom's.
#[derive(Debug)]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(crate) const fn new(value: T) -> UnsafeCell<T> {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    #[inline(always)]
    pub(crate) fn with<R>(&self, work: impl FnOnce(*const T) -> R) -> R {
        work(self.0.get())
    }

    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
        work(self.0.get())
    }
}

/// Lets some time pass before one looks again for what another thread holds for a few instructions:
/// the longer, the more often one has looked, up to a millisecond.
pub(crate) fn wait_a_moment(looks: u32) {
    match looks {
        ..100 => (0..8).for_each(|_| std::hint::spin_loop()),
        // The owner may have lost its core to us.
        100..110 => thread::yield_now(),
        _ => thread::sleep(Duration::from_micros(
            u64::from((looks - 109) * 50).min(1000),
        )),
    }
}
