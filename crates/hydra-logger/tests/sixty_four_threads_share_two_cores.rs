//! Sixty-four threads log at once: each record is in the file, in the order of its thread; the accounts
//! are exact whenever they are asked for; memory stays what was configured.

#![cfg(all(feature = "async", target_os = "linux"))]

mod support;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use hydra_logger::config::{DestinationBuilder, Durability};
use hydra_logger::metrics::Outcome;
use hydra_logger::{AsyncLogger, EngineOptions, Logger, OverflowPolicy, QueueOptions};
use support::{is_child, lines, run_again};

const THREADS: usize = 64;
const RECORDS: u64 = 1_500;
/// As long as nobody reads them, so many bytes may wait, at most.
const RING: usize = 64 << 10;
const QUEUE: usize = 1 << 20;
/// What threads, formats and counts take beside them.
const REST: usize = 5 << 20;

/// Longer than a slow machine takes for anything here.
const LONG: Duration = Duration::from_mins(1);

fn logger(place: &Path, durability: Durability) -> AsyncLogger {
    let policy = OverflowPolicy::Block { limit: LONG };
    let options = EngineOptions {
        ring_size: RING,
        overflow: policy,
        queue: QueueOptions::default().max_bytes(QUEUE).policy(policy),
        ..EngineOptions::default()
    };
    let logger = Logger::builder()
        .file(place.join("app.log"), DestinationBuilder::unlimited_size)
        .durability(durability)
        .state_dir(place.join("state"))
        .build()
        .unwrap()
        .into_async(options);
    assert_eq!(logger.durability(), durability);
    logger
}

/// How many calls have begun and returned, over all threads.
#[derive(Default)]
struct Calls {
    begun: AtomicU64,
    returned: AtomicU64,
}

/// What the logger says of itself lies between what was known before and what is known after.
fn sample(logger: &AsyncLogger, calls: &Calls) {
    let returned = calls.returned.load(SeqCst);
    let metrics = logger.metrics();
    let engine = metrics.engine.unwrap();
    let begun = calls.begun.load(SeqCst);
    assert!(
        returned <= engine.accepted && engine.accepted <= begun,
        "{returned} {engine:?} {begun}"
    );
    assert_eq!(engine.accepted, engine.dispatched + engine.queued);
    let (_, queue) = &metrics.queues[0];
    assert!(queue.is_exact(), "{queue:?}");
    assert!(
        queue.accepted <= logger.engine_counts().accepted,
        "{queue:?}"
    );
    assert_eq!(queue.dropped.total(), 0);
}

/// How much memory the process has of its own, in bytes: neither its program nor the ring file.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<usize>().unwrap() << 10
}

fn all_log_at_once(durability: Durability) {
    let place = tempfile::tempdir().unwrap();
    let before = memory();
    let logger = logger(place.path(), durability);
    let (calls, is_over) = (Calls::default(), AtomicBool::new(false));
    let most = thread::scope(|scope| {
        let sampler = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(SeqCst) {
                sample(&logger, &calls);
                most = memory().max(most);
                // Else it would have a core for itself.
                thread::sleep(Duration::from_millis(1));
            }
            most
        });
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (logger, calls) = (&logger, &calls);
                scope.spawn(move || {
                    for n in 0..RECORDS {
                        calls.begun.fetch_add(1, SeqCst);
                        logger.info("APP", format_args!("{thread} {n} {:120}", "with a text"));
                        calls.returned.fetch_add(1, SeqCst);
                    }
                });
            }
        });
        Logger::flush(&logger).unwrap();
        is_over.store(true, SeqCst);
        sampler.join().unwrap()
    });
    sample(&logger, &calls);
    let grown = most - before;
    assert!(
        grown < THREADS * RING + QUEUE + REST,
        "{} KiB more are in use than before",
        grown >> 10
    );
    Logger::close(&logger).unwrap();
    let all = THREADS as u64 * RECORDS;
    let delivered = Outcome {
        delivered: all,
        ..Outcome::default()
    };
    assert_eq!(logger.metrics().outcome(), delivered);
    check(&place.path().join("app.log"));
}

/// Each thread's numbers are there, all of them, in their order.
fn check(log: &Path) {
    let mut next = [0; THREADS];
    for line in lines(log) {
        let (_, message) = line.split_once("INFO - ").unwrap();
        let mut words = message.split_whitespace();
        let mut number = || words.next().unwrap().parse::<u64>().unwrap();
        let (thread, n) = (number(), number());
        let expected = &mut next[usize::try_from(thread).unwrap()];
        assert_eq!(n, *expected, "of thread {thread}");
        *expected += 1;
    }
    assert_eq!(next, [RECORDS; THREADS]);
}

/// In a process of its own, whose memory is nobody else's.
fn alone(test: &str, durability: Durability) {
    if is_child() {
        all_log_at_once(durability);
    } else {
        run_again(test);
    }
}

#[test]
fn with_records_in_memory() {
    alone("with_records_in_memory", Durability::Memory);
}

#[test]
fn with_records_in_a_file() {
    alone("with_records_in_a_file", Durability::Process);
}
