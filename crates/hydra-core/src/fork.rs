//! The process's one set of hooks around fork(2).
//!
//! The child must not find a lock held by a thread that it does not have. So `prepare` takes the
//! locks of every file, which waits for writes under way; `parent` lets them go; `child` makes the
//! files its own and lets go.
//!
//! Whoever makes a file destination sets the hooks, before anybody can write to it: a fork that is
//! under way does not run hooks that are set meanwhile.

use std::cell::RefCell;
use std::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Release},
};
use std::thread;

use crate::destination::file;
use crate::{process, sys};

thread_local! {
    /// What `prepare` took, for the handler that follows on the same thread.
    static HELD: RefCell<Option<file::Held>> = const { RefCell::new(None) };
}

static HOOKS: OnceInProcess = OnceInProcess::new();

/// Sets the hooks, once; cheap from then on. Returns whether the system knows of forks and agreed.
pub(crate) fn watch() -> bool {
    HOOKS.run(|| sys::around_fork(prepare, parent, child))
}

extern "C" fn prepare() {
    // A thread that forks while it is being torn down has no such place: it forks without the
    // locks. A child of a fork that came between setting the hooks and saying so has set them
    // twice: the first has taken everything.
    let _ = HELD.try_with(|place| {
        let mut place = place.borrow_mut();
        if place.is_none() {
            *place = Some(file::Held::take());
        }
    });
}

extern "C" fn parent() {
    let _ = HELD.try_with(RefCell::take);
}

extern "C" fn child() {
    // That this runs tells that the hooks are set, even where the thread that set them had not come
    // to say so.
    HOOKS.done(true);
    process::in_child();
    let _ = HELD.try_with(|place| {
        if let Some(held) = &mut *place.borrow_mut() {
            held.renew();
        }
        place.take()
    });
}

/// What is done once, also where a fork comes in between: a child waits for no thread that it does
/// not have, as it would with `Once`, but does it itself.
pub(crate) struct OnceInProcess(AtomicU32);

/// Done, and whether with success; no process has these numbers.
const DONE: u32 = u32::MAX;
const FAILED: u32 = u32::MAX - 1;

impl OnceInProcess {
    pub(crate) const fn new() -> OnceInProcess {
        OnceInProcess(AtomicU32::new(0))
    }

    /// Runs `action` if nobody has; returns what it returned to the one who did.
    #[inline]
    pub(crate) fn run(&self, action: impl FnOnce() -> bool) -> bool {
        match self.0.load(Acquire) {
            DONE => true,
            FAILED => false,
            by => self.begin(by, action),
        }
    }

    #[cold]
    fn begin(&self, mut by: u32, action: impl FnOnce() -> bool) -> bool {
        let own = std::process::id();
        loop {
            if by == DONE || by == FAILED {
                return by == DONE;
            }
            if by == own {
                // Another thread is at it, for a moment.
                thread::yield_now();
                by = self.0.load(Acquire);
                continue;
            }
            match self.0.compare_exchange(by, own, AcqRel, Acquire) {
                Ok(_) => break,
                Err(now) => by = now,
            }
        }
        let result = action();
        self.done(result);
        result
    }

    fn done(&self, result: bool) {
        self.0.store(if result { DONE } else { FAILED }, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parent_had_only_begun_is_done_by_the_child() {
        let once = OnceInProcess::new();
        once.0.store(std::process::id() + 1, Release);
        let mut runs = 0;
        for _ in 0..2 {
            assert!(once.run(|| {
                runs += 1;
                true
            }));
        }
        assert_eq!(runs, 1);
    }

    #[test]
    fn what_failed_is_not_tried_again() {
        let once = OnceInProcess::new();
        assert!(!once.run(|| false));
        assert!(!once.run(|| true));
    }
}
