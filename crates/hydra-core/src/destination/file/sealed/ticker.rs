//! One thread for all sealed files of the process: it has those signed whose records have waited for
//! their interval. The first record that waits anywhere starts it; while nothing waits anywhere it
//! sleeps without a deadline.

use std::sync::{Condvar, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::registry::{self, Registry};
use crate::sys::monotonic;

/// Nothing waits.
pub(super) const NEVER: u64 = u64::MAX;

static WAKE: Condvar = Condvar::new();

/// What the registry keeps for the thread.
pub(super) struct Ticker {
    is_running: bool,
    wakes_at: u64,
}

impl Ticker {
    pub(super) const fn new() -> Ticker {
        Ticker {
            is_running: false,
            wakes_at: NEVER,
        }
    }
}

/// Sees to it that somebody looks at `due`. The caller holds no writer's lock. Where no thread is
/// to be had, the next record that is sealed after that time signs.
pub(super) fn arm(due: u64) {
    let mut registry = registry::lock();
    let ticker = &mut registry.ticker;
    if !ticker.is_running {
        let spawned = thread::Builder::new().name("hydra-seal".into()).spawn(run);
        ticker.is_running = spawned.is_ok();
    } else if due < ticker.wakes_at {
        ticker.wakes_at = due;
        WAKE.notify_one();
    }
}

fn run() {
    loop {
        // From here on whoever arms says so here.
        registry::lock().ticker.wakes_at = NEVER;
        let mut next = NEVER;
        for writer in registry::all() {
            next = next.min(writer.sign_if_due(monotonic()));
        }
        sleep(registry::lock(), next);
    }
}

fn sleep(mut registry: MutexGuard<'_, Registry>, next: u64) {
    let until = next.min(registry.ticker.wakes_at);
    registry.ticker.wakes_at = until;
    if until == NEVER {
        drop(WAKE.wait(registry).unwrap_or_else(PoisonError::into_inner));
        return;
    }
    let left = Duration::from_nanos(until.saturating_sub(monotonic()));
    let waited = WAKE.wait_timeout(registry, left);
    drop(waited.unwrap_or_else(PoisonError::into_inner));
}
