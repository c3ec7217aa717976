//! The system's clock is set forward and back while threads log: no record is lost, none is held up, the
//! order of each thread stays, and files are rotated a few times, not at each record.
//!
//! The clock is the C library's function itself: this program has one of that name.

#![cfg(all(feature = "async", target_os = "linux"))]
#![allow(unsafe_code, reason = "the C library's function")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use hydra_logger::config::{Durability, Rotate};
use hydra_logger::{EngineOptions, Fields, Level, Logger};
use support::lines;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// By how much the clock is set, one after the other.
const JUMPS: [i64; 5] = [
    3_600 * SECOND,
    -3_600 * SECOND,
    -SECOND / 2,
    2 * DAY,
    -DAY - 1,
];
const THREADS: usize = 3;
/// Longer than a slow machine takes for anything here.
const LONG: Duration = Duration::from_mins(1);

/// How far the clock is ahead, in nanoseconds, for everybody.
static AHEAD: AtomicI64 = AtomicI64::new(0);
/// One clock for all tests.
fn clock() -> MutexGuard<'static, ()> {
    static CLOCK: Mutex<()> = Mutex::new(());
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the standard library and the logger call.
///
/// # Safety
/// As the C library's: `time` is a timespec that may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(
    clock: libc::clockid_t,
    time: *mut libc::timespec,
) -> libc::c_int {
    // SAFETY: what the caller promises.
    let (result, time) = unsafe {
        let result = libc::syscall(libc::SYS_clock_gettime, clock, time);
        (result, &mut *time)
    };
    if clock == libc::CLOCK_REALTIME {
        let now = time.tv_sec * SECOND + time.tv_nsec + AHEAD.load(SeqCst);
        (time.tv_sec, time.tv_nsec) = (now.div_euclid(SECOND), now.rem_euclid(SECOND));
    }
    libc::c_int::try_from(result).unwrap_or(-1)
}

fn builder(place: &Path) -> hydra_logger::LoggerBuilder {
    Logger::builder().file(place.join("app.log"), |file| {
        file.unlimited_size()
            .rotate(Rotate::Daily)
            .backup_count(1_000)
    })
}

/// Sets the clock while threads log, and waits for what tells that it was noticed.
fn jump_while_threads_log(logger: &Logger, mut noticed: impl FnMut() -> bool) -> Vec<u64> {
    let is_over = AtomicBool::new(false);
    let logged: Vec<AtomicU64> = (0..THREADS).map(|_| AtomicU64::new(0)).collect();
    thread::scope(|scope| {
        for (thread, logged) in logged.iter().enumerate() {
            let is_over = &is_over;
            scope.spawn(move || {
                while !is_over.load(SeqCst) {
                    let n = logged.load(SeqCst);
                    logger.info("APP", format_args!("{thread} {n}"));
                    logged.store(n + 1, SeqCst);
                    if n % 64 == 63 {
                        thread::sleep(Duration::from_millis(1));
                    }
                }
            });
        }
        let wait_for = |more: u64| {
            let goals: Vec<u64> = logged.iter().map(|n| n.load(SeqCst) + more).collect();
            while logged
                .iter()
                .zip(&goals)
                .any(|(n, goal)| n.load(SeqCst) < *goal)
            {
                thread::yield_now();
            }
        };
        for jump in JUMPS {
            wait_for(200);
            AHEAD.fetch_add(jump, SeqCst);
            let began = Instant::now();
            while !noticed() {
                assert!(
                    began.elapsed() < LONG,
                    "a jump of {jump} ns was not noticed"
                );
                wait_for(1);
            }
            wait_for(200);
            logger.flush().unwrap();
        }
        is_over.store(true, SeqCst);
    });
    logged.iter().map(|n| n.load(SeqCst)).collect()
}

/// Each thread's numbers are there, all of them, in their order, in a few files.
fn check(place: &Path, logged: &[u64]) {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(age) = name.strip_prefix("app.log") {
            let age: u32 = age.strip_prefix('.').map_or(0, |age| age.parse().unwrap());
            files.insert(std::cmp::Reverse(age), place.join(name));
        }
    }
    let mut next = vec![0; THREADS];
    for line in files.values().flat_map(|path| lines(path)) {
        let (_, message) = line.split_once("INFO - ").unwrap();
        let (thread, n) = message.split_once(' ').unwrap();
        let expected = &mut next[thread.parse::<usize>().unwrap()];
        assert_eq!(n.parse(), Ok(*expected), "of thread {thread}");
        *expected += 1;
    }
    assert_eq!(next, logged);
    // Records of several threads on both sides of a jump may each begin a period anew.
    assert!(
        files.len() > 1 && files.len() <= 3 * JUMPS.len(),
        "{files:?}"
    );
}

#[test]
fn a_synchronous_logger_loses_nothing_when_the_clock_is_set() {
    let _clock = clock();
    let place = tempfile::tempdir().unwrap();
    let logger = builder(place.path()).build().unwrap();
    let logged = jump_while_threads_log(&logger, || true);
    logger.close().unwrap();
    check(place.path(), &logged);
}

/// Whether the clock of calls has followed the system's.
fn has_followed() -> bool {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = i64::try_from(now.unwrap().as_nanos()).unwrap();
    (hydra_core::clock::stamp() - now).abs() < SECOND / 4
}

fn asynchronous(durability: Durability) {
    let _clock = clock();
    let place = tempfile::tempdir().unwrap();
    let logger = builder(place.path())
        .durability(durability)
        .state_dir(place.path().join("state"))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    assert_eq!(logger.durability(), durability);
    let logged = jump_while_threads_log(&logger, has_followed);
    Logger::close(&logger).unwrap();
    check(place.path(), &logged);
}

#[test]
fn an_asynchronous_logger_loses_nothing_when_the_clock_is_set() {
    asynchronous(Durability::Memory);
}

#[test]
fn nor_does_one_whose_records_survive_the_process() {
    asynchronous(Durability::Process);
}

/// As a call has a time ahead whose thread came from before the clock was set back.
#[test]
fn a_record_from_a_later_time_is_not_held_up_until_then() {
    let _clock = clock();
    let place = tempfile::tempdir().unwrap();
    let logger = builder(place.path())
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    let app = logger.layer("APP");
    let began = Instant::now();
    // Each time anew, so that waiting for it would take long, whatever the machine.
    for _ in 0..100 {
        let later = hydra_core::unix_now() + SECOND * 9 / 10;
        app.emit_at(later, Level::Info, "later".into(), Fields::NONE, None);
        logger.info("APP", "now");
        Logger::flush(&logger).unwrap();
        assert!(began.elapsed() < LONG);
    }
    Logger::close(&logger).unwrap();
    assert_eq!(logger.metrics().outcome().delivered, 200);
}
