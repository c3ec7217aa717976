//! Whether writing to the file may wait for somebody else, so that a face of another language lets
//! go of its lock for it ([`crate::waits`]).
//!
//! A regular file of this machine does not: its pages are in memory, and letting go of Python's
//! lock costs up to 5 ms a record beside a busy thread. Everything else may: pipes, terminals,
//! devices, files over a network or FUSE, and a path that is yet to be opened. A local file whose
//! writes turn out to be slow (two of [`SLOW`] within [`STRETCH`] writes; a single one is mostly a
//! thread that lost its core) may wait for the next stretch, and as long as there are slow ones.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::waits;

const SLOW: Duration = Duration::from_micros(500);

/// So many writes are a stretch.
const STRETCH: u32 = 128;

/// A local file. One write in 16 is timed, for the latencies.
const STEADY: u8 = 0;
/// One of them was slow: each write is timed.
const SUSPECT: u8 = 1;
/// Another one was: each write may wait.
const SLOWED: u8 = 2;
/// Each write may wait, whatever it took so far.
const MAY_WAIT: u8 = 3;

#[derive(Debug)]
pub(super) struct Pace {
    state: AtomicU8,
    /// How many writes are left of the stretch.
    left: AtomicU32,
}

impl Pace {
    /// Of a file that is yet to be opened.
    pub(super) const fn new() -> Pace {
        Pace {
            state: AtomicU8::new(MAY_WAIT),
            left: AtomicU32::new(0),
        }
    }

    /// The file was opened.
    pub(super) fn opened(&self, may_wait: bool) {
        let state = if may_wait { MAY_WAIT } else { STEADY };
        self.state.store(state, Relaxed);
    }

    /// The file was closed.
    pub(super) fn closed(&self) {
        self.opened(true);
    }

    /// Whether nothing but the write itself is to be done.
    #[inline]
    pub(super) fn is_steady(&self) -> bool {
        self.state.load(Relaxed) == STEADY
    }

    pub(super) fn may_wait(&self) -> bool {
        self.state.load(Relaxed) >= SLOWED
    }

    /// What a write took that nobody let go of a lock for.
    #[inline]
    pub(super) fn took(&self, time: Duration) {
        if time > SLOW && waits::has_face() {
            self.was_slow();
        }
    }

    #[cold]
    fn was_slow(&self) {
        let next = match self.state.load(Relaxed) {
            STEADY => SUSPECT,
            SUSPECT | SLOWED => SLOWED,
            _ => return,
        };
        self.left.store(STRETCH, Relaxed);
        self.state.store(next, Relaxed);
    }

    /// Writes where the file is not steady, or not known to be.
    #[cold]
    pub(super) fn write<T>(
        &self,
        mut write: impl FnMut() -> std::io::Result<T>,
    ) -> std::io::Result<T> {
        let mut timed = || {
            let started = Instant::now();
            let result = write();
            self.took(started.elapsed());
            result
        };
        let result = if self.may_wait() {
            waits::run_to_the_end(timed)
        } else {
            timed()
        };
        self.advance();
        result
    }

    /// One write less of the stretch. Threads may get in each other's way here: then a stretch is
    /// longer or shorter.
    fn advance(&self) {
        let state = self.state.load(Relaxed);
        if state == MAY_WAIT || state == STEADY {
            return;
        }
        match self.left.load(Relaxed).checked_sub(1) {
            None | Some(0) => self.state.store(STEADY, Relaxed),
            Some(left) => self.left.store(left, Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(pace: &Pace) {
        pace.write(|| Ok(())).unwrap();
    }

    #[test]
    fn what_is_not_open_may_wait_and_a_local_file_does_not() {
        let pace = Pace::new();
        assert!(pace.may_wait() && !pace.is_steady());
        pace.opened(false);
        assert!(pace.is_steady() && !pace.may_wait());
        pace.closed();
        assert!(pace.may_wait());
    }

    #[test]
    fn one_slow_write_is_watched_and_a_second_within_the_stretch_lets_the_next_ones_wait() {
        let pace = Pace::new();
        pace.opened(false);
        pace.was_slow();
        assert!(!pace.is_steady() && !pace.may_wait());
        for _ in 0..STRETCH - 1 {
            write(&pace);
        }
        pace.was_slow();
        assert!(pace.may_wait());
        for _ in 0..STRETCH {
            assert!(pace.may_wait());
            write(&pace);
        }
        assert!(pace.is_steady());
    }

    #[test]
    fn slow_writes_that_are_far_apart_change_nothing() {
        let pace = Pace::new();
        pace.opened(false);
        for _ in 0..3 {
            pace.was_slow();
            assert!(!pace.may_wait());
            for _ in 0..STRETCH {
                write(&pace);
            }
            assert!(pace.is_steady());
        }
    }
}
