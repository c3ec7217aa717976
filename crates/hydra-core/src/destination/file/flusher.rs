//! One thread for all buffered files of the process: it flushes those in which something has rested
//! for their flush interval.

use crate::sys;

use super::registry::{self, Registry};
use super::timer::{NEVER, TimerThread};

pub(super) static FLUSHER: TimerThread<Registry> = TimerThread::new(
    "hydra-flush",
    registry::lock,
    |registry| &mut registry.flusher,
    look,
);

fn look() -> u64 {
    let mut next = NEVER;
    for shared in registry::all() {
        if shared.due() <= sys::monotonic() {
            shared.flush_due();
        }
        next = next.min(shared.due());
    }
    next
}
