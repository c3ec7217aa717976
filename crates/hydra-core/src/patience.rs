//! Limits of time of which only that counts in which the process could run. A shell, a debugger or a
//! frozen container stops all of its threads (SIGSTOP), the clock goes on, and what was to be delivered
//! within five seconds would be given up before anybody had tried.
//!
//! Nothing tells a process that it was stopped. So whoever waits sleeps in slices of a tenth of a second;
//! one that took a second longer was not ours, and every limit is put off by it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::sys;

/// How long a wait sleeps before it looks at the clock again.
const SLICE: Duration = Duration::from_millis(100);
/// What is longer than a slice by more than this, is no thread that was scheduled late.
const STOP: Duration = Duration::from_secs(1);

/// How long the process stood still, as far as it was noticed, in ns.
static STOOD_STILL: AtomicU64 = AtomicU64::new(0);
/// Up to which time, in ns of the steady clock, that is counted: several threads notice one stop.
static COUNTED: AtomicU64 = AtomicU64::new(0);

/// The time, by a clock that stands still while the process does.
///
/// ```
/// use hydra_core::patience;
/// let began = patience::now();
/// assert!(patience::now() >= began);
/// ```
pub fn now() -> Instant {
    let now = Instant::now();
    let stood_still = Duration::from_nanos(STOOD_STILL.load(Relaxed));
    now.checked_sub(stood_still).unwrap_or(now)
}

/// When a limit of time has passed.
///
/// ```
/// use hydra_core::patience::Deadline;
/// use std::time::Duration;
/// assert!(Deadline::within(Duration::ZERO).left().is_zero());
/// assert!(!Deadline::within(Duration::MAX).left().is_zero());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub fn within(limit: Duration) -> Deadline {
        Deadline::after(now(), limit)
    }

    /// So long after a moment that [`now`] has told.
    pub fn after(moment: Instant, limit: Duration) -> Deadline {
        // Longer than the clock reaches is for ever: ten years.
        let far = || moment + Duration::from_hours(87_600);
        Deadline(moment.checked_add(limit).unwrap_or_else(far))
    }

    /// How long it is until then; 0 when it has passed.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(now())
    }
}

/// One wait, from the first look to the last.
///
/// ```
/// use hydra_core::patience::{Deadline, Wait};
/// use std::sync::{Condvar, Mutex};
/// use std::time::Duration;
///
/// let (is_there, came) = (Mutex::new(false), Condvar::new());
/// let (deadline, mut wait) = (Deadline::within(Duration::from_millis(1)), Wait::default());
/// let mut guard = is_there.lock().unwrap();
/// while !*guard {
///     let Some(slice) = wait.slice(deadline) else {
///         break; // it did not come in time
///     };
///     guard = came.wait_timeout(guard, slice).unwrap().0;
/// }
/// ```
#[derive(Debug, Default)]
pub struct Wait {
    /// When it fell asleep, in ns of the steady clock.
    slept_at: Option<u64>,
}

impl Wait {
    /// How long to sleep next; none when the deadline has passed. To be asked before each sleep, and
    /// nothing else in between may take long.
    pub fn slice(&mut self, deadline: Deadline) -> Option<Duration> {
        let now = sys::monotonic();
        if let Some(slept_at) = self.slept_at {
            woken(slept_at, now);
        }
        self.slept_at = Some(now);
        let left = deadline.left();
        (!left.is_zero()).then(|| left.min(SLICE))
    }
}

/// Looks whether a sleep was longer than it was to be.
fn woken(slept_at: u64, now: u64) {
    let due = slept_at.saturating_add(SLICE.as_nanos() as u64);
    if now.saturating_sub(due) < STOP.as_nanos() as u64 {
        return;
    }
    // Whoever moves the mark from where the stop began, or another has counted it to, counts the rest.
    let mark = |counted| (counted < now).then_some(now);
    if let Ok(counted) = COUNTED.fetch_update(Relaxed, Relaxed, mark) {
        STOOD_STILL.fetch_add(now - counted.max(due), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_counted_once_whoever_notices_it() {
        const SECOND: u64 = 1_000_000_000;
        let slice = SLICE.as_nanos() as u64;
        let (began, before) = (sys::monotonic(), STOOD_STILL.load(Relaxed));
        // A thread that is scheduled late is no stop.
        woken(began, began + slice + SECOND / 2);
        assert_eq!(STOOD_STILL.load(Relaxed), before);
        // Three threads, of which each saw another part of one stop of three seconds.
        let stopped = began + slice;
        woken(began, stopped + 2 * SECOND);
        woken(began + 1, stopped + 2 * SECOND);
        woken(began + SECOND, stopped + 3 * SECOND);
        assert_eq!(STOOD_STILL.load(Relaxed), before + 3 * SECOND);
    }
}
