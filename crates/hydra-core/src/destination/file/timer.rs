//! A thread that looks after the files of one kind when the first of them is due. The first thing to
//! wait anywhere starts it; while nothing waits anywhere it sleeps without a deadline.
//!
//! Buffered files and sealed ones have one each: a buffered pipe that nobody reads keeps no audit file
//! from being signed.

use std::sync::{Condvar, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::sys;

/// Nothing waits; in nanoseconds of [`sys::monotonic`], as all times here.
pub(super) const NEVER: u64 = u64::MAX;

/// What a registry keeps for its thread.
#[derive(Debug)]
pub(super) struct Timer {
    is_running: bool,
    /// Until when the thread sleeps.
    wakes_at: u64,
}

impl Timer {
    pub(super) const fn new() -> Timer {
        Timer {
            is_running: false,
            wakes_at: NEVER,
        }
    }
}

/// The thread for the files of the registry `R`.
pub(super) struct TimerThread<R: 'static> {
    name: &'static str,
    registry: fn() -> MutexGuard<'static, R>,
    timer: fn(&mut R) -> &mut Timer,
    /// Does what is due, and says when to look again. It holds no lock when it is called.
    look: fn() -> u64,
    wake: Condvar,
}

impl<R> TimerThread<R> {
    pub(super) const fn new(
        name: &'static str,
        registry: fn() -> MutexGuard<'static, R>,
        timer: fn(&mut R) -> &mut Timer,
        look: fn() -> u64,
    ) -> TimerThread<R> {
        TimerThread {
            name,
            registry,
            timer,
            look,
            wake: Condvar::new(),
        }
    }

    /// Sees to it that somebody looks at `due`; `false` when there is no thread to be had for it. The
    /// caller holds no lock of a destination.
    pub(super) fn arm(&'static self, due: u64) -> bool {
        let mut registry = (self.registry)();
        let timer = (self.timer)(&mut registry);
        if !timer.is_running {
            let spawned = thread::Builder::new()
                .name(self.name.into())
                .spawn(|| self.run());
            timer.is_running = spawned.is_ok();
            return timer.is_running;
        }
        if due < timer.wakes_at {
            timer.wakes_at = due;
            self.wake.notify_one();
        }
        true
    }

    fn run(&self) {
        loop {
            // From here on whoever arms says so here.
            (self.timer)(&mut (self.registry)()).wakes_at = NEVER;
            let next = (self.look)();
            self.sleep((self.registry)(), next);
        }
    }

    fn sleep(&self, mut registry: MutexGuard<'_, R>, next: u64) {
        let timer = (self.timer)(&mut registry);
        let until = next.min(timer.wakes_at);
        timer.wakes_at = until;
        if until == NEVER {
            let woken = self.wake.wait(registry);
            drop(woken.unwrap_or_else(PoisonError::into_inner));
            return;
        }
        let left = Duration::from_nanos(until.saturating_sub(sys::monotonic()));
        let woken = self.wake.wait_timeout(registry, left);
        drop(woken.unwrap_or_else(PoisonError::into_inner));
    }
}
