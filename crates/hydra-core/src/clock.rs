//! The clock of calls that are handed over: the processor's own counter, laid over `CLOCK_REALTIME`.
//!
//! A caller of the asynchronous logger pays for little more than its clock, and for the order of the
//! records of several threads their times must be comparable:
//!
//! - The counter is read by `rdtscp`, which waits for the loads before it. `rdtsc` does not: a record
//!   made because of another thread's could have the earlier time.
//! - A [`cut`] is taken before the rings are looked at, and no load after it may come first.
//! - Counted is from a *base*, which the dispatcher moves each second. The new one begins where the
//!   old one has come to, and makes up for what the system's clock is ahead or behind within the next
//!   second; so no thread sees time go back, unless somebody sets the clock by more than a
//!   millisecond, which then shows within a second.
//! - The counter is used where the system's own clock uses it (it has tried that all processors
//!   count the same, at one speed), and while the base is fresh. Else [`stamp`] asks the system: until
//!   a dispatcher has run for 20 ms, after seconds without one, and on every other machine.

use crate::sys;

/// The time of a call, in nanoseconds since 1970-01-01 UTC.
///
/// ```
/// let first = hydra_core::clock::stamp();
/// assert!(hydra_core::clock::stamp() >= first);
/// ```
#[inline(always)]
pub fn stamp() -> i64 {
    counter::now().unwrap_or_else(sys::now)
}

/// The same for whoever merges calls by their times: every load that follows is done after it. Keeps
/// the clock right, too; to be asked for often.
///
/// ```
/// let call = hydra_core::clock::stamp();
/// assert!(hydra_core::clock::cut() >= call);
/// ```
pub fn cut() -> i64 {
    counter::keep();
    let now = stamp();
    counter::barrier();
    now
}

/// No counter that is known to be right.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod counter {
    #[inline(always)]
    pub(super) fn now() -> Option<i64> {
        None
    }

    pub(super) fn keep() {}

    pub(super) fn barrier() {
        std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod counter {
    use std::arch::x86_64::{__rdtscp, _mm_lfence};
    use std::sync::Mutex;
    use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
    use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, fence};

    use crate::sys;

    /// For how many ticks a base is good: some seconds.
    const FRESH: u64 = 1 << 33;
    /// How long the counter is watched before it is used, and how often the base is moved, in ns.
    const FIRST: u64 = 20_000_000;
    const EVERY: u64 = 1_000_000_000;
    /// What is further off, in ns, was set by somebody.
    const SET: i64 = 1_000_000;
    /// The fixed point of nanoseconds a tick.
    const POINT: u32 = 32;

    /// From where, and how fast, is counted.
    struct Base {
        ticks: AtomicU64,
        unix_ns: AtomicI64,
        scale: AtomicU64,
    }

    impl Base {
        const fn none() -> Base {
            Base {
                ticks: AtomicU64::new(0),
                unix_ns: AtomicI64::new(0),
                scale: AtomicU64::new(0),
            }
        }
    }

    /// How often the base was moved: the last one stands in the place of this number's parity, so that
    /// nobody waits for the one who writes the next.
    static MOVED: AtomicUsize = AtomicUsize::new(0);
    static BASES: [Base; 2] = [Base::none(), Base::none()];
    /// What is known of counter and clock. Only ever tried: in the child of a fork it may be held for
    /// ever, and then the system is asked.
    static WATCH: Mutex<Watch> = Mutex::new(Watch::Unknown);

    /// The state of whoever moves the base.
    enum Watch {
        Unknown,
        /// The system does not use the counter, nor do we.
        Never,
        /// Both at one moment, and nanoseconds a tick, 0 until they are known.
        Since(Moment, f64),
    }

    /// Counter and clocks at one moment. By the steady one the counter's speed is measured: nobody
    /// sets it.
    #[derive(Clone, Copy)]
    struct Moment {
        ticks: u64,
        unix_ns: i64,
        steady_ns: u64,
    }

    #[inline(always)]
    fn ticks() -> u64 {
        let mut processor = 0;
        // SAFETY: it writes the processor's number to the local and nothing else. Only where the
        // system uses the counter does anybody come here, and there the instruction exists.
        unsafe { __rdtscp(&raw mut processor) }
    }

    /// What the counter says; none while no base is fresh.
    #[inline(always)]
    pub(super) fn now() -> Option<i64> {
        loop {
            let moved = MOVED.load(Acquire);
            if moved == 0 {
                return None;
            }
            let base = &BASES[moved % 2];
            let (start, unix_ns) = (base.ticks.load(Relaxed), base.unix_ns.load(Relaxed));
            let scale = base.scale.load(Relaxed);
            let since = ticks().wrapping_sub(start);
            // What was read was one base, if it is still the last: they come seconds apart.
            fence(Acquire);
            if MOVED.load(Relaxed) == moved {
                return (since < FRESH).then(|| unix_ns + scaled(since, scale));
            }
        }
    }

    #[inline(always)]
    fn scaled(ticks: u64, scale: u64) -> i64 {
        ((u128::from(ticks) * u128::from(scale)) >> POINT) as i64
    }

    pub(super) fn barrier() {
        // SAFETY: the instruction is part of x86-64, and touches nothing.
        unsafe { _mm_lfence() };
    }

    /// Moves the base where it is time to.
    pub(super) fn keep() {
        let Ok(mut watch) = WATCH.try_lock() else {
            return;
        };
        match &mut *watch {
            Watch::Never => {}
            Watch::Unknown if is_used_by_the_system() => {
                *watch = Watch::Since(moment(), 0.0);
            }
            Watch::Unknown => *watch = Watch::Never,
            Watch::Since(last, speed) => keep_since(last, speed),
        }
    }

    fn keep_since(last: &mut Moment, speed: &mut f64) {
        let is_first = *speed == 0.0;
        // A look at the counter alone, once its speed is known.
        let passed = ticks().wrapping_sub(last.ticks);
        if !is_first && (passed as f64 * *speed) < EVERY as f64 {
            return;
        }
        let here = moment();
        let passed = here.steady_ns - last.steady_ns;
        if is_first && passed < FIRST {
            return;
        }
        let measured = passed as f64 / here.ticks.wrapping_sub(last.ticks) as f64;
        *last = here;
        if !is_first && (measured / *speed - 1.0).abs() > 1e-3 {
            // A machine that slept, or a first watch that was disturbed: it is watched anew.
            *speed = 0.0;
            return;
        }
        *speed = measured;
        move_base(here, measured);
    }

    /// The new base begins where the old one has come to, and is right a second later.
    fn move_base(here: Moment, speed: f64) {
        let moved = MOVED.load(Relaxed);
        let old = &BASES[moved % 2];
        let since = here.ticks.wrapping_sub(old.ticks.load(Relaxed));
        let mut start = here.unix_ns;
        let mut ahead = 0;
        if moved > 0 && since < FRESH {
            let reached = old.unix_ns.load(Relaxed) + scaled(since, old.scale.load(Relaxed));
            if (reached - start).abs() < SET {
                ahead = reached - start;
                start = reached;
            }
        }
        let speed = speed * (1.0 - ahead as f64 / EVERY as f64);
        let new = &BASES[(moved + 1) % 2];
        // Whoever still reads what stands here finds that the number is another.
        fence(Release);
        new.ticks.store(here.ticks, Relaxed);
        new.unix_ns.store(start, Relaxed);
        let scale = (speed * 2f64.powi(POINT as i32)) as u64;
        new.scale.store(scale, Relaxed);
        MOVED.store(moved + 1, Release);
    }

    /// The counter is read first: what is counted from here is never behind the system's clock.
    fn moment() -> Moment {
        let once = || {
            let ticks = ticks();
            let unix_ns = sys::now();
            let steady_ns = sys::monotonic();
            let moment = Moment {
                ticks,
                unix_ns,
                steady_ns,
            };
            (self::ticks().wrapping_sub(ticks), moment)
        };
        // The closest of a few, in case that we were interrupted.
        let (_, moment) = (0..5)
            .map(|_| once())
            .min_by_key(|(took, _)| *took)
            .unwrap_or_else(once);
        moment
    }

    fn is_used_by_the_system() -> bool {
        let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        std::fs::read_to_string(path).is_ok_and(|name| name.trim() == "tsc")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_time_that_is_handed_to_another_thread_is_never_ahead_of_its_own() {
        static TURN: AtomicU64 = AtomicU64::new(0);
        static LAST: AtomicI64 = AtomicI64::new(0);
        let end = Instant::now() + Duration::from_millis(1500);
        let player = |me: u64| {
            while Instant::now() < end || TURN.load(Ordering::Relaxed) <= 100 {
                if TURN.load(Ordering::Acquire) % 2 == me {
                    let now = if me == 0 { cut() } else { stamp() };
                    let before = LAST.swap(now, Ordering::Relaxed);
                    assert!(now >= before, "{now} after {before}");
                    TURN.fetch_add(1, Ordering::Release);
                } else {
                    std::thread::yield_now();
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| player(0));
            scope.spawn(|| player(1));
        });
    }

    #[test]
    fn it_goes_with_the_clock_of_the_system() {
        let end = Instant::now() + Duration::from_millis(2500);
        while Instant::now() < end {
            let before = sys::now();
            let now = cut();
            let after = sys::now();
            assert!(
                now > before - 200_000 && now < after + 200_000,
                "{before} {now} {after}"
            );
        }
    }
}
