//! One thread for all buffered files of the process: it flushes those in which something has rested
//! for their flush interval. The first line to rest anywhere starts it; while nothing rests
//! anywhere it sleeps without a deadline.

use std::sync::{Arc, Condvar, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::sys;

use super::Shared;
use super::buffer::NEVER;
use super::registry::{self, Registry};

static WAKE: Condvar = Condvar::new();

/// What the registry keeps for the flusher.
#[derive(Debug)]
pub(super) struct Flusher {
    is_running: bool,
    /// Until when the thread sleeps.
    wakes_at: u64,
}

impl Flusher {
    pub(super) const fn new() -> Flusher {
        Flusher {
            is_running: false,
            wakes_at: NEVER,
        }
    }
}

/// Sees to it that somebody looks at `due`; `false` when there is no thread to be had for it. The
/// caller holds no lock of a destination.
pub(super) fn arm(due: u64) -> bool {
    let mut registry = registry::lock();
    let flusher = &mut registry.flusher;
    if !flusher.is_running {
        let spawned = thread::Builder::new().name("hydra-flush".into()).spawn(run);
        flusher.is_running = spawned.is_ok();
        return flusher.is_running;
    }
    if due < flusher.wakes_at {
        flusher.wakes_at = due;
        WAKE.notify_one();
    }
    true
}

fn run() {
    let mut registry = registry::lock();
    loop {
        let (due, next) = look(&registry);
        if due.is_empty() {
            registry = sleep(registry, next);
            continue;
        }
        drop(registry);
        for shared in due {
            shared.flush_due();
        }
        registry = registry::lock();
    }
}

/// The destinations that are due, and when the next one is.
fn look(registry: &Registry) -> (Vec<Arc<Shared>>, u64) {
    let now = sys::monotonic();
    let mut next = NEVER;
    let mut due = Vec::new();
    for shared in registry.destinations() {
        match shared.due() {
            at if at <= now => due.push(shared),
            at => next = next.min(at),
        }
    }
    (due, next)
}

fn sleep(mut registry: MutexGuard<'_, Registry>, until: u64) -> MutexGuard<'_, Registry> {
    registry.flusher.wakes_at = until;
    if until == NEVER {
        return WAKE.wait(registry).unwrap_or_else(PoisonError::into_inner);
    }
    let left = Duration::from_nanos(until.saturating_sub(sys::monotonic()));
    WAKE.wait_timeout(registry, left)
        .unwrap_or_else(PoisonError::into_inner)
        .0
}
