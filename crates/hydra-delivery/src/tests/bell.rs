use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use super::wait_until;
use crate::bell::Bell;

const FOREVER: Duration = Duration::from_hours(1);

/// Runs a test with each side paying for the barrier.
fn with_each_barrier(test: impl Fn(&Bell)) {
    test(&Bell::new());
    test(&Bell::with_fence(true));
}

/// Rests in a thread of its own, calls `wake` once it does, and returns when it has come back.
fn rest_and(bell: &Bell, nap: Option<Duration>, wake: impl FnOnce()) {
    thread::scope(|scope| {
        scope.spawn(|| bell.rest(nap, || false));
        wait_until(|| bell.is_resting());
        wake();
    });
    assert!(!bell.is_resting());
}

#[test]
fn one_who_sleeps_is_woken_by_a_record_and_by_a_call() {
    with_each_barrier(|bell| {
        rest_and(bell, None, || bell.ring());
        rest_and(bell, None, || bell.ring_half_full());
        rest_and(bell, None, || bell.wake());
    });
}

#[test]
fn one_who_naps_is_woken_by_much_work_and_by_a_call_and_not_by_a_record() {
    with_each_barrier(|bell| {
        rest_and(bell, Some(FOREVER), || {
            bell.ring();
            assert!(bell.is_resting());
            assert!(!bell.is_asleep());
            bell.ring_half_full();
        });
        rest_and(bell, Some(FOREVER), || bell.wake());
    });
}

#[test]
fn a_nap_ends_by_itself_and_not_before_its_time() {
    with_each_barrier(|bell| {
        let nap = Duration::from_millis(2);
        let begin = Instant::now();
        bell.rest(Some(nap), || false);
        assert!(begin.elapsed() >= nap);
        assert!(!bell.is_resting());
    });
}

#[test]
fn who_finds_work_after_announcing_a_rest_does_not_rest() {
    with_each_barrier(|bell| {
        for nap in [None, Some(FOREVER)] {
            let mut asked = 0;
            bell.rest(nap, || {
                assert!(bell.is_resting(), "work is looked for too early");
                assert_eq!(bell.is_asleep(), nap.is_none());
                asked += 1;
                true
            });
            assert_eq!(asked, 1);
            assert!(!bell.is_resting());
        }
    });
}

#[test]
fn a_call_to_one_who_runs_ends_its_next_rest_and_only_that() {
    with_each_barrier(|bell| {
        bell.wake();
        bell.wake();
        bell.rest(None, || unreachable!("nothing to look for: it was called"));
        rest_and(bell, None, || bell.wake());
    });
}

#[test]
fn a_record_rung_for_between_the_announcement_and_the_sleep_ends_the_rest() {
    with_each_barrier(|bell| {
        bell.rest(None, || {
            bell.ring();
            false
        });
        bell.rest(Some(FOREVER), || {
            bell.ring_half_full();
            false
        });
    });
}

#[test]
fn a_bell_nobody_rests_on_is_rung_without_effect() {
    with_each_barrier(|bell| {
        bell.ring();
        bell.ring_half_full();
        assert!(!bell.is_resting());
        bell.rest(Some(Duration::ZERO), || false);
    });
}

#[test]
fn every_ring_is_answered_over_twenty_thousand_rests() {
    // One lost wake-up leaves both asleep.
    for bells in [
        [Bell::new(), Bell::new()],
        [Bell::with_fence(true), Bell::with_fence(true)],
    ] {
        let bells = Arc::new(bells);
        let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let answer = |own: usize| {
            let (bells, flags) = (Arc::clone(&bells), Arc::clone(&flags));
            move || {
                for _ in 0..20_000 {
                    while !flags[own].swap(false, Relaxed) {
                        bells[own].rest(None, || flags[own].load(Relaxed));
                    }
                    flags[1 - own].store(true, Relaxed);
                    bells[1 - own].order();
                    bells[1 - own].ring();
                }
            }
        };
        let other = thread::spawn(answer(1));
        flags[0].store(true, Relaxed);
        answer(0)();
        other.join().unwrap();
    }
}
