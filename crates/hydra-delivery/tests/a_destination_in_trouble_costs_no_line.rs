//! Destinations that fail, now and then or always, or never return: every line is accounted for by its
//! number, and comes in its order.

mod support;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use hydra_core::{Destination, Level};
use hydra_delivery::fallback::{FallbackOptions, Reason, Strategy};
use hydra_delivery::queue::{DropReason, OverflowPolicy, QueueOptions, QueuedDestination};
use hydra_delivery::spool::{Spool, SpoolOptions};
use hydra_delivery::workers::{Workers, WorkersOptions};
use support::{LONG, Probe, exact, put};

fn spool(directory: &Path) -> Arc<Spool> {
    Spool::open(directory, SpoolOptions::default()).unwrap()
}

/// Pauses so short that a test need not wait for them.
fn fallback() -> FallbackOptions {
    FallbackOptions::default()
        .pauses(Duration::from_millis(1), Duration::from_millis(4))
        .limit(Duration::from_millis(20))
}

fn workers() -> Workers {
    Workers::new(WorkersOptions::default())
}

fn put_numbers(queue: &QueuedDestination, numbers: std::ops::Range<u64>) {
    for number in numbers {
        put(queue, Level::Info, &number.to_string());
        if number % 7 == 0 {
            queue.hand_over();
            exact(queue);
        }
    }
    queue.hand_over();
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < LONG, "it takes too long: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn numbers(probe: &Probe) -> Vec<u64> {
    let seen = probe.seen();
    seen.iter().filter_map(|line| line.parse().ok()).collect()
}

fn in_order(count: u64) -> Vec<u64> {
    (0..count).collect()
}

fn error() -> io::Error {
    io::Error::other("it does not want to")
}

/// Every way to have a queue with a fallback: with a spool and without one.
fn each_way(test: impl Fn(QueueOptions)) {
    let directory = tempfile::tempdir().unwrap();
    test(QueueOptions::default().fallback(fallback()));
    test(
        QueueOptions::default()
            .fallback(fallback())
            .spool(spool(directory.path())),
    );
}

#[test]
fn one_that_fails_one_time_in_three_gets_every_line_once_in_order() {
    each_way(|options| {
        let tries = AtomicU64::new(0);
        let probe = Probe::new(move |_| {
            let fails = tries.fetch_add(1, SeqCst) % 3 == 2;
            if fails { Err(error()) } else { Ok(()) }
        });
        let queue = workers().queue("flaky", probe.clone(), options);
        put_numbers(&queue, 0..200);
        wait_until("all are delivered", || exact(&queue).delivered == 200);
        assert_eq!(numbers(&probe), in_order(200));
        assert_eq!(
            queue.performance().success_rate().to_bits(),
            100.0_f64.to_bits()
        );
    });
}

#[test]
fn one_that_fails_until_the_hundredth_try_gets_every_line_once_in_order() {
    each_way(|options| {
        let tries = AtomicU64::new(0);
        let probe = Probe::new(move |_| {
            if tries.fetch_add(1, SeqCst) < 100 {
                Err(error())
            } else {
                Ok(())
            }
        });
        let queue = workers().queue("late", probe.clone(), options);
        put_numbers(&queue, 0..300);
        wait_until("all are delivered", || exact(&queue).delivered == 300);
        assert_eq!(numbers(&probe), in_order(300));
        let performance = queue.performance();
        wait_until("it is async again", || {
            put(&queue, Level::Info, "more");
            queue.hand_over();
            queue.performance().current_strategy == Strategy::Async
        });
        assert!(performance.counts.errors >= 100 && performance.switched > 0);
        let last = queue.performance().switches.pop().unwrap();
        assert_eq!((last.to, last.reason), (Strategy::Async, Reason::Recovered));
    });
}

#[test]
fn one_that_comes_back_gets_its_lines_though_nothing_more_is_logged() {
    each_way(|options| {
        let is_back = Arc::new(AtomicBool::new(false));
        let back = Arc::clone(&is_back);
        let probe = Probe::new(move |_| {
            if back.load(SeqCst) {
                Ok(())
            } else {
                Err(error())
            }
        });
        let queue = workers().queue("away", probe.clone(), options);
        put_numbers(&queue, 0..100);
        wait_until("it is past the destination", || {
            put(&queue, Level::Info, "more");
            queue.hand_over();
            queue.performance().current_strategy >= Strategy::Direct
        });
        is_back.store(true, SeqCst);
        wait_until("all are delivered", || {
            let counts = exact(&queue);
            counts.delivered == counts.accepted
        });
        assert_eq!(numbers(&probe), in_order(100));
    });
}

#[test]
fn one_that_always_fails_leaves_every_line_in_the_spool_for_the_next_process() {
    let directory = tempfile::tempdir().unwrap();
    let failing = Probe::new(|_| Err(error()));
    let options = || {
        QueueOptions::default()
            .fallback(fallback())
            .spool(spool(directory.path()))
    };
    {
        let queue = workers().queue("away", failing.clone(), options());
        put_numbers(&queue, 0..500);
        wait_until("it goes to the disk", || {
            queue.hand_over();
            queue.performance().current_strategy == Strategy::Direct
        });
        put_numbers(&queue, 500..1000);
        let ended = queue.retire_within(LONG).unwrap_err();
        assert!(ended.to_string().contains("1000 records wait"), "{ended}");
        let counts = exact(&queue);
        assert_eq!(
            (counts.accepted, counts.kept, counts.queued),
            (1000, 1000, 0)
        );
    }
    assert!(failing.seen().iter().all(|seen| seen == "[retire]"));
    // Whoever was about to try again lets go of the file.
    wait_until("nobody has the spool", || Arc::strong_count(&failing) == 1);
    let probe = Probe::new(|_| Ok(()));
    let queue = workers().queue("away", probe.clone(), options());
    put_numbers(&queue, 1000..1100);
    queue.flush().unwrap();
    assert_eq!(numbers(&probe), in_order(1100));
    let counts = exact(&queue);
    assert_eq!((counts.delivered, counts.kept), (1100, 0));
}

#[test]
fn without_a_spool_what_an_ended_queue_could_not_deliver_goes_to_stderr_counted() {
    let probe = Probe::new(|_| Err(error()));
    let queue = workers().queue("away", probe, QueueOptions::default().fallback(fallback()));
    put_numbers(&queue, 0..20);
    wait_until("it is kept in memory", || {
        queue.hand_over();
        queue.performance().current_strategy == Strategy::Memory
    });
    assert_eq!(exact(&queue).queued, 20);
    let _ = queue.retire_within(LONG);
    let counts = exact(&queue);
    assert_eq!(
        (counts.queued, counts.dropped.of(DropReason::LastResort)),
        (0, 20)
    );
    assert_eq!(
        queue.performance().success_rate().to_bits(),
        0.0_f64.to_bits()
    );
}

/// A destination that takes nothing until it is let go.
#[derive(Default)]
struct Stuck {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Stuck {
    fn wait(&self) {
        let mut open = self.open.lock().unwrap();
        while !*open {
            open = self.opened.wait(open).unwrap();
        }
    }

    fn let_go(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

fn stuck() -> (Arc<Stuck>, Arc<Probe>) {
    let stuck = Arc::new(Stuck::default());
    let stands = Arc::clone(&stuck);
    let probe = Probe::new(move |line| {
        if line.parse::<u64>().is_ok() {
            stands.wait();
        }
        Ok(())
    });
    (stuck, probe)
}

#[test]
fn one_that_blocks_costs_its_limit_once_and_gets_every_line_in_order_when_it_is_back() {
    for policy in [
        OverflowPolicy::Block {
            limit: Duration::from_millis(30),
        },
        OverflowPolicy::Spill,
    ] {
        for fallback in [None, Some(fallback())] {
            let directory = tempfile::tempdir().unwrap();
            let (stuck, probe) = stuck();
            let mut options = QueueOptions::default()
                .max_records(10)
                .policy(policy)
                .spool(spool(directory.path()));
            options = match fallback.clone() {
                Some(fallback) => options.fallback(fallback),
                None => options,
            };
            let queue = workers().queue("stuck", probe.clone(), options);
            let began = Instant::now();
            put_numbers(&queue, 0..500);
            let took = began.elapsed();
            let counts = exact(&queue);
            assert!(
                counts.kept > 400 && counts.dropped.total() == 0,
                "{counts:?}"
            );
            assert!(took < LONG / 10, "{took:?}");
            stuck.let_go();
            put_numbers(&queue, 500..600);
            wait_until("all are delivered", || exact(&queue).delivered == 600);
            assert_eq!(numbers(&probe), in_order(600), "{policy:?} {fallback:?}");
        }
    }
}

#[test]
fn one_that_never_returns_costs_the_end_its_limit_and_what_waits_is_in_the_spool() {
    let directory = tempfile::tempdir().unwrap();
    let (stuck, probe) = stuck();
    let queue = workers().queue(
        "stuck",
        probe.clone(),
        QueueOptions::default().spool(spool(directory.path())),
    );
    put_numbers(&queue, 0..1);
    wait_until("a worker stands in it", || queue.counts().queued == 1);
    put_numbers(&queue, 1..50);
    let error = queue.retire_within(Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    let counts = exact(&queue);
    assert_eq!(
        (counts.kept, counts.queued),
        (50, 0),
        "what it has in its hand too"
    );
    stuck.let_go();
    wait_until("all are delivered", || exact(&queue).delivered == 50);
    assert_eq!(numbers(&probe), in_order(50));
}

#[test]
fn what_a_lost_worker_has_in_its_hand_is_kept_before_all_that_is_there() {
    for comes_back in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let (stuck, probe) = stuck();
        let options = || {
            let options = QueueOptions::default()
                .max_records(10)
                .policy(OverflowPolicy::Spill);
            options.spool(spool(directory.path()))
        };
        let queue = workers().queue("stuck", probe.clone(), options());
        put_numbers(&queue, 0..100);
        assert!(exact(&queue).kept > 50, "{:?}", queue.counts());
        let error = queue.retire_within(Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!((exact(&queue).kept, exact(&queue).queued), (100, 0));
        if comes_back {
            stuck.let_go();
            wait_until("all are delivered", || exact(&queue).delivered == 100);
            assert_eq!(numbers(&probe), in_order(100));
        } else {
            // As the next process finds it: this one's files are its own as long as it lives.
            let copy = tempfile::tempdir().unwrap();
            for entry in std::fs::read_dir(directory.path()).unwrap().flatten() {
                // Read by another process, as to close a file here would let its lock go.
                let copied = std::process::Command::new("cp")
                    .arg(entry.path())
                    .arg(copy.path())
                    .status();
                assert!(copied.unwrap().success());
            }
            let next = Probe::new(|_| Ok(()));
            let options = QueueOptions::default().spool(spool(copy.path()));
            let queue = workers().queue("stuck", next.clone(), options);
            wait_until("all are delivered", || exact(&queue).delivered == 100);
            assert_eq!(numbers(&next), in_order(100));
            stuck.let_go();
        }
    }
}

#[test]
fn a_line_that_is_never_taken_is_refused_and_holds_up_no_other() {
    let probe = Probe::new(|line| {
        if line == "3" {
            Err(io::ErrorKind::InvalidData.into())
        } else {
            Ok(())
        }
    });
    let queue = workers().queue(
        "strict",
        probe.clone(),
        QueueOptions::default().fallback(fallback()),
    );
    put_numbers(&queue, 0..6);
    queue.flush().unwrap();
    assert_eq!(numbers(&probe), [0, 1, 2, 4, 5]);
    let counts = exact(&queue);
    assert_eq!(
        (counts.delivered, counts.dropped.of(DropReason::Refused)),
        (5, 1)
    );
}

#[test]
fn sync_delivers_though_every_worker_is_held_by_others() {
    let workers = Workers::new(WorkersOptions::default().max_workers(1));
    let (stuck, other) = stuck();
    let held = workers.queue("stuck", other, QueueOptions::default());
    put_numbers(&held, 0..1);
    let probe = Probe::new(|_| Ok(()));
    let fallback = fallback().order(Strategy::Sync, &[]).limit(LONG);
    let queue = workers.queue(
        "free",
        probe.clone(),
        QueueOptions::default().fallback(fallback),
    );
    put_numbers(&queue, 0..10);
    // Waited for by the calling thread: no flush, and nobody else was free.
    assert_eq!(numbers(&probe), in_order(10));
    assert_eq!(exact(&queue).delivered, 10);
    assert_eq!(queue.performance().by_strategy[Strategy::Sync as usize], 10);
    stuck.let_go();
}

#[test]
fn direct_goes_past_a_destination_that_works_and_comes_to_it_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let probe = Probe::new(|_| Ok(()));
    let options = QueueOptions::default()
        .fallback(fallback().order(Strategy::Direct, &[]))
        .spool(spool(directory.path()));
    let queue = workers().queue("socket", probe.clone(), options);
    put_numbers(&queue, 0..100);
    wait_until("all are delivered", || exact(&queue).delivered == 100);
    assert_eq!(numbers(&probe), in_order(100));
    assert!(queue.performance().by_strategy[Strategy::Direct as usize] > 0);
}

#[test]
fn a_strategy_that_is_chosen_by_hand_stays_until_it_is_let_go() {
    let directory = tempfile::tempdir().unwrap();
    let probe = Probe::new(|_| Ok(()));
    let options = QueueOptions::default()
        .fallback(fallback())
        .spool(spool(directory.path()));
    let queue = workers().queue("socket", probe.clone(), options);
    queue.pin(Some(Strategy::Direct));
    put_numbers(&queue, 0..10);
    assert_eq!(queue.performance().current_strategy, Strategy::Direct);
    queue.pin(None);
    assert_eq!(queue.performance().current_strategy, Strategy::Async);
    put_numbers(&queue, 10..20);
    wait_until("all are delivered", || exact(&queue).delivered == 20);
    assert_eq!(numbers(&probe), in_order(20));
    let reasons: Vec<_> = queue
        .performance()
        .switches
        .iter()
        .map(|switch| switch.reason)
        .collect();
    assert_eq!(reasons, [Reason::Pinned, Reason::Released]);
}

#[test]
fn whatever_fails_in_whatever_order_each_line_comes_once_in_its_place() {
    for seed in 1..=20_u64 {
        let directory = tempfile::tempdir().unwrap();
        let state = AtomicU64::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let is_calm = Arc::new(AtomicBool::new(false));
        let calm = Arc::clone(&is_calm);
        let probe = Probe::new(move |_| {
            let next = state.fetch_add(0x9E37_79B9_7F4A_7C15, SeqCst);
            let mixed = (next ^ (next >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32;
            let fails = !calm.load(SeqCst) && mixed % 100 < seed * 4;
            if fails { Err(error()) } else { Ok(()) }
        });
        let options = QueueOptions::default()
            .max_records(1 + seed as usize * 3)
            .fallback(
                fallback()
                    .errors(1 + seed as u32 % 3)
                    .limit(Duration::from_millis(seed % 4)),
            )
            .spool(spool(directory.path()));
        let queue = workers().queue("random", probe.clone(), options);
        put_numbers(&queue, 0..400);
        is_calm.store(true, SeqCst);
        put_numbers(&queue, 400..500);
        wait_until("all are delivered", || exact(&queue).delivered == 500);
        assert_eq!(numbers(&probe), in_order(500), "seed {seed}");
    }
}
