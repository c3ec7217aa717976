//! `durability: power`: when a call has returned its record is on the disk, in the spool or in its
//! file, whatever its destination does, and however the process ends. That the disk has it when the
//! power goes is shown by `power_may_go_at_any_instant`.

#![cfg(all(feature = "spool", feature = "config-files", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;
#[path = "support/event_loop.rs"]
mod event_loop;
#[path = "support/executor.rs"]
mod executor;
#[path = "support/gate.rs"]
mod gate;
#[path = "support/killed.rs"]
mod killed;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Deref as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use event_loop::run_a_loop;
use executor::block_on;
use gate::gate;
use hydra_logger::config::{DestinationBuilder, Durability};
use hydra_logger::spool::{Spool, SpoolOptions};
use hydra_logger::{
    AsyncLogger, CustomDestination, Destination, DestinationStats, EngineOptions, LineMeta, Logger,
    QueueOptions, Room,
};

fn to_file(place: &Path) -> AsyncLogger {
    let logger = Logger::builder()
        .file(place.join("app.log"), DestinationBuilder::unlimited_size)
        .durability(Durability::Power)
        .state_dir(place.join("state"))
        .build()
        .unwrap();
    logger.into_async(EngineOptions::default())
}

fn to(destination: Arc<dyn Destination>, state: &Path, queue: QueueOptions) -> AsyncLogger {
    let custom = CustomDestination::new("APP", "the place", destination);
    let logger = Logger::builder()
        .destination(custom)
        .durability(Durability::Power)
        .state_dir(state)
        .build()
        .unwrap();
    logger.into_async(EngineOptions {
        queue,
        ..EngineOptions::default()
    })
}

/// How many records are in the spool, and how many were delivered.
fn counts(logger: &AsyncLogger) -> (u64, u64) {
    let metrics = logger.metrics();
    let queues = || metrics.queues.iter().map(|(_, counts)| counts);
    assert!(queues().all(hydra_logger::QueueCounts::is_exact));
    (
        queues().map(|counts| counts.kept).sum(),
        queues().map(|counts| counts.delivered).sum(),
    )
}

fn full_spool(place: &Path) -> QueueOptions {
    let spool = Spool::open(&place.join("full"), SpoolOptions::default().max_bytes(10)).unwrap();
    QueueOptions::default().spool(spool)
}

#[test]
fn a_call_returns_with_its_record_in_the_spool_though_the_destination_stands_still() {
    let directory = tempfile::tempdir().unwrap();
    let (pass, passes) = mpsc::channel();
    let (destination, lines) = gate(passes);
    let logger = to(destination, directory.path(), QueueOptions::default());
    thread::scope(|scope| {
        for writer in 0..8 {
            let logger = &logger;
            scope.spawn(move || {
                for n in 0..20 {
                    logger.info("APP", format_args!("{writer} {n}"));
                }
            });
        }
    });
    assert_eq!(counts(&logger), (160, 0));
    assert_eq!(logger.durability(), Durability::Power);
    (0..160).for_each(|_| pass.send(()).unwrap());
    logger.deref().flush().unwrap();
    assert_eq!(counts(&logger), (0, 160));
    let lines = lines.lock().unwrap();
    for writer in 0..8 {
        let own = format!("INFO - {writer} ");
        let numbers: Vec<u32> = lines
            .iter()
            .filter_map(|line| line.split_once(&own)?.1.parse().ok())
            .collect();
        assert_eq!(numbers, (0..20).collect::<Vec<_>>());
    }
}

#[test]
fn an_end_in_order_leaves_everything_in_its_file_and_nothing_in_the_state_directory() {
    let directory = tempfile::tempdir().unwrap();
    let logger = to_file(directory.path());
    for n in 0..500 {
        logger.info("APP", format_args!("record {n}"));
    }
    assert_eq!(logger.durability(), Durability::Power);
    logger.deref().close().unwrap();
    let outcome = logger.metrics().outcome();
    assert_eq!((outcome.delivered, outcome.kept), (500, 0));
    drop(logger);
    let text = fs::read_to_string(directory.path().join("app.log")).unwrap();
    assert_eq!(text.lines().count(), 500);
    let left = fs::read_dir(directory.path().join("state")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["adopt.lock"]);
}

/// What a child does, in the test of this name; false in the parent.
fn is_child() -> bool {
    let Some((_, place)) = child::task() else {
        return false;
    };
    let logger = to_file(&place);
    killed::log_and_say(&logger, 0, || true)
}

/// Runs a writer, kills it after it has said some hundred records, and returns what it has said.
fn kill_a_writer(test: &str, place: &Path, after: usize) -> BTreeMap<u64, u64> {
    let mut child = child::child(test, "write", place)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let (mut said, mut part) = (Vec::new(), [0; 4096]);
    while said.len() < after {
        let length = pipe.read(&mut part).unwrap();
        assert!(length > 0, "the writer ended by itself");
        said.extend_from_slice(&part[..length]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    pipe.read_to_end(&mut said).unwrap();
    killed::last_said(&said)
}

/// Whether everything that was accepted is there, each line whole and in the order of its thread. One
/// may come again, with those behind it.
fn check(place: &Path, accepted: &BTreeMap<u64, u64>) {
    let text = fs::read_to_string(place.join("app.log")).unwrap();
    assert!(text.ends_with('\n'));
    let mut found: BTreeMap<u64, u64> = BTreeMap::new();
    for line in text.lines() {
        let (_, message) = line.split_once("INFO - ").expect("a whole line");
        let (thread, n) = message.split_once(' ').unwrap();
        let (thread, n): (u64, u64) = (thread.parse().unwrap(), n.parse().unwrap());
        let next = found.entry(thread).or_default();
        assert!(n <= *next, "{thread} {n} comes after {next} lines");
        *next = (*next).max(n + 1);
    }
    for (thread, last) in accepted {
        assert!(found.get(thread) > Some(last), "{thread} {last} is lost");
    }
}

fn rounds() -> usize {
    let rounds = std::env::var("HYDRA_KILL_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(40) / 4
}

#[test]
fn what_a_killed_process_had_accepted_the_next_one_delivers() {
    const TEST: &str = "what_a_killed_process_had_accepted_the_next_one_delivers";
    if is_child() {
        return;
    }
    for round in 0..rounds() {
        let directory = tempfile::tempdir().unwrap();
        let accepted = kill_a_writer(TEST, directory.path(), 100 + round * 397);
        to_file(directory.path()).deref().close().unwrap();
        check(directory.path(), &accepted);
    }
}

#[test]
fn what_a_killed_process_could_not_deliver_the_next_one_does() {
    const TEST: &str = "what_a_killed_process_could_not_deliver_the_next_one_does";
    if is_child() {
        return;
    }
    for round in 0..rounds().div_ceil(4) {
        let directory = tempfile::tempdir().unwrap();
        let in_the_way = directory.path().join("app.log");
        fs::create_dir(&in_the_way).unwrap();
        let accepted = kill_a_writer(TEST, directory.path(), 2_000 + round * 997);
        fs::remove_dir(&in_the_way).unwrap();
        to_file(directory.path()).deref().close().unwrap();
        check(directory.path(), &accepted);
    }
}

#[test]
fn without_a_state_directory_a_call_returns_with_its_record_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let no_directory = directory.path().join("a file");
    fs::write(&no_directory, "").unwrap();
    let path = directory.path().join("app.log");
    let logger = Logger::builder()
        .file(&path, |file| file.buffer_size(1 << 20))
        .durability(Durability::Power)
        .state_dir(no_directory)
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 1..=50 {
        logger.info("APP", "one more");
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), n);
    }
    assert_eq!(logger.durability(), Durability::Power);
}

#[test]
fn where_the_spool_is_full_a_call_returns_with_its_record_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = Logger::builder()
        .file(&path, |file| file)
        .durability(Durability::Power)
        .state_dir(directory.path())
        .build()
        .unwrap()
        .into_async(EngineOptions {
            queue: full_spool(directory.path()),
            ..EngineOptions::default()
        });
    for n in 1..=50 {
        logger.info("APP", "one more");
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), n);
    }
    assert_eq!(logger.durability(), Durability::Power);
}

#[test]
fn where_neither_takes_a_record_the_logger_says_that_it_is_at_risk() {
    let directory = tempfile::tempdir().unwrap();
    let (pass, passes) = mpsc::channel();
    let (destination, _) = gate(passes);
    let queue = full_spool(directory.path()).patience(Duration::from_millis(20));
    let logger = to(destination, directory.path(), queue);
    assert_eq!(logger.durability(), Durability::Power);
    logger.info("APP", "in memory alone");
    assert_eq!(logger.durability(), Durability::Memory);
    pass.send(()).unwrap();
    logger.deref().flush().unwrap();
    assert_eq!(logger.durability(), Durability::Power);
    pass.send(()).unwrap();
    logger.info("APP", "delivered, if not within those milliseconds");
    logger.deref().flush().unwrap();
    assert_eq!(logger.durability(), Durability::Power);
    assert_eq!(counts(&logger), (0, 2));
}

/// Takes lines, and fails to bring them to its disk a few times.
struct BadDisk {
    failures: AtomicU32,
    cache: Mutex<Vec<String>>,
    disk: Mutex<Vec<String>>,
    stats: DestinationStats,
}

impl Destination for BadDisk {
    fn deliver(&self, line: &[u8], _: &LineMeta) -> io::Result<()> {
        let line = String::from_utf8_lossy(line).into_owned();
        self.cache.lock().unwrap().push(line);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let lines = std::mem::take(&mut *self.cache.lock().unwrap());
        let fails = |left: u32| left.checked_sub(1);
        if !lines.is_empty() && self.failures.fetch_update(SeqCst, SeqCst, fails).is_ok() {
            return Err(io::Error::other("the disk is broken"));
        }
        self.disk.lock().unwrap().extend(lines);
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

#[test]
fn what_a_destination_could_not_sync_is_delivered_to_it_again() {
    let directory = tempfile::tempdir().unwrap();
    let destination = Arc::new(BadDisk {
        failures: AtomicU32::new(3),
        cache: Mutex::default(),
        disk: Mutex::default(),
        stats: DestinationStats::default(),
    });
    let taker = Arc::clone(&destination) as Arc<dyn Destination>;
    let logger = to(taker, directory.path(), QueueOptions::default());
    for n in 0..50 {
        logger.info("APP", format_args!("{n}"));
    }
    while logger.deref().flush().is_err() {}
    assert_eq!(counts(&logger), (0, 50));
    let disk = destination.disk.lock().unwrap();
    let number = |line: &String| line.trim_end().rsplit(' ').next()?.parse().ok();
    let numbers: Vec<u32> = disk.iter().filter_map(number).collect();
    assert_eq!(numbers, (0..50).collect::<Vec<_>>());
    assert_eq!(destination.failures.load(SeqCst), 0);
}

#[test]
fn a_file_without_a_queue_is_synced_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = Logger::builder()
        .file(&path, |file| file.force_sync_io(true).buffer_size(1 << 20))
        .durability(Durability::Power)
        .state_dir(directory.path().join("state"))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 1..=20 {
        logger.info("APP", "in the file");
        // What rests in a buffer is not synced.
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), n);
    }
}

#[test]
fn a_call_in_an_event_loop_returns_at_once_and_what_it_waits_for_is_the_commit() {
    let directory = tempfile::tempdir().unwrap();
    let (_pass, passes) = mpsc::channel();
    let (destination, _) = gate(passes);
    let custom = CustomDestination::new("APP", "the place", destination as Arc<dyn Destination>);
    let logger = Logger::builder()
        .destination(custom)
        .durability(Durability::Power)
        .state_dir(directory.path())
        .build()
        .unwrap()
        .into_async(EngineOptions {
            // Soon full: then another thread makes the calls.
            ring_size: 4096,
            ..EngineOptions::default()
        });
    run_a_loop(true);
    let rooms: Vec<Room> = (0..3_000)
        .map(|n| {
            logger.info("APP", format_args!("{n}"));
            Room::of_last_call().expect("the loop goes on")
        })
        .collect();
    for (n, room) in rooms.into_iter().enumerate() {
        block_on(room);
        assert!(counts(&logger).0 > n as u64);
    }
    run_a_loop(false);
    assert_eq!(counts(&logger), (3_000, 0));
}

#[test]
fn a_call_may_return_at_once_and_a_future_tell_when_its_record_is_in_the_spool() {
    let directory = tempfile::tempdir().unwrap();
    let (pass, passes) = mpsc::channel();
    let (destination, lines) = gate(passes);
    let logger = to(destination, directory.path(), QueueOptions::default());
    let beside = to_file(&directory.path().join("beside"));
    let committed: Vec<_> = (0..100)
        .map(|n| {
            logger.committed(|| {
                logger.info("APP", format_args!("{n}"));
                // Of which nobody waits for the disk.
                beside.info("APP", "another logger's comes last");
            })
        })
        .collect();
    for (n, committed) in committed.into_iter().enumerate() {
        assert_eq!(block_on(committed), Durability::Power);
        assert!(counts(&logger).0 > n as u64);
    }
    assert_eq!(counts(&logger), (100, 0));
    // Where nobody waits, it is there all the same; and a call after it waits as ever.
    drop(logger.committed(|| logger.info("APP", "100")));
    logger.info("APP", "101");
    assert_eq!(counts(&logger), (102, 0));
    (0..102).for_each(|_| pass.send(()).unwrap());
    logger.deref().flush().unwrap();
    let lines = lines.lock().unwrap();
    let at = |n: usize| lines[n].trim_end().ends_with(&format!("INFO - {n}"));
    assert!((0..102).all(at), "{lines:?}");
}

#[test]
fn a_future_tells_when_the_disk_has_not_taken_the_record() {
    let directory = tempfile::tempdir().unwrap();
    let (pass, passes) = mpsc::channel::<()>();
    let (destination, _) = gate(passes);
    let queue = full_spool(directory.path()).patience(Duration::ZERO);
    let logger = to(destination, directory.path(), queue);
    let committed = logger.committed(|| logger.info("APP", "in memory alone"));
    assert_eq!(block_on(committed), Durability::Memory);
    drop(pass);
}
