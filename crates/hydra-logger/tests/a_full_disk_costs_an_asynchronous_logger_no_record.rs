//! An asynchronous logger with strategies whose file is on a full disk, and then its spool and its ring
//! file too: every record is in the file when there is room again, once, in its order.

#![cfg(all(feature = "spool", target_os = "linux"))]

#[path = "support/small_disk.rs"]
mod small_disk;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hydra_logger::config::{Config, Durability, Strategy};
use hydra_logger::{
    AsyncLogger, EngineOptions, FallbackOptions, Logger, QueueOptions, QueuePerformance,
};
use small_disk::SmallDisk;

fn performance(logger: &AsyncLogger) -> QueuePerformance {
    let queues = logger.queue_performance();
    let all = QueuePerformance::of_all(queues.iter().map(|(_, queue)| queue));
    assert!(all.counts.is_exact(), "{:?}", all.counts);
    all
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "it takes too long: {what}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn every_record_is_in_the_file_once_there_is_room_again() {
    let (small, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(_mounted) = SmallDisk::mount(small.path(), "256k") else {
        return;
    };
    let path = small.path().join("app.log");
    let ballast = small.path().join("ballast");
    fs::write(&ballast, vec![0; 200 << 10]).unwrap();
    let config = Config::builder()
        .layer("APP", |layer| layer.file(&path, |file| file))
        .fallback_strategies([Strategy::Sync, Strategy::Direct, Strategy::Memory])
        .state_dir(state.path())
        .build()
        .unwrap();
    let logger = Logger::from_config(config)
        .unwrap()
        .into_async(hydra_logger::EngineOptions::default());
    let mut next = 0;
    wait_until("the disk is full, and passed by", || {
        // So many have room on the disk, without the ballast: 60 bytes each.
        if next < 3500 {
            hydra_logger::info!(logger, "APP", "record {next:05}");
            next += 1;
        }
        performance(&logger).current_strategy == Strategy::Direct
    });
    assert_eq!(performance(&logger).counts.dropped.total(), 0);
    fs::remove_file(&ballast).unwrap();
    wait_until("all are delivered", || {
        let counts = performance(&logger).counts;
        counts.delivered == next
    });
    Logger::close(&logger).unwrap();
    check(&path, next);
    assert!(performance(&logger).success_rate() > 99.99);
}

/// So many records are there, once, in their order.
fn check(path: &Path, count: u64) {
    let text = fs::read_to_string(path).unwrap();
    let found: Vec<_> = text
        .lines()
        .map(|line| line.rsplit(' ').next().unwrap())
        .collect();
    let wanted: Vec<_> = (0..count).map(|number| format!("{number:05}")).collect();
    assert!(found == wanted, "{} lines of {count}", found.len());
}

/// Writes zeros until nothing more has room.
fn fill(path: &Path) {
    let mut ballast = fs::File::create(path).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while ballast.write(&vec![0; size]).is_ok() {}
    }
}

fn file_spool_and_ring_on_a_full_disk(durability: Durability) {
    let small = tempfile::tempdir().unwrap();
    let Some(_mounted) = SmallDisk::mount(small.path(), "4m") else {
        return;
    };
    let (path, state) = (small.path().join("app.log"), small.path().join("state"));
    let ballast = small.path().join("ballast");
    let config = Config::builder()
        .layer("APP", |layer| layer.file(&path, |file| file))
        .durability(durability)
        .state_dir(&state)
        .build()
        .unwrap();
    let fallback = FallbackOptions::default()
        .order(
            Strategy::Async,
            &[Strategy::Sync, Strategy::Direct, Strategy::Memory],
        )
        .pauses(Duration::from_millis(5), Duration::from_millis(50));
    let options = EngineOptions {
        queue: QueueOptions::default().fallback(fallback),
        ..EngineOptions::default()
    };
    let logger = Logger::from_config(config).unwrap().into_async(options);
    assert_eq!(logger.durability(), durability);
    let mut next = 0;
    let mut log = || {
        hydra_logger::info!(logger, "APP", "record {next:05}");
        next += 1;
    };
    // The ring has its place, and the file a beginning.
    (0..100).for_each(|_| log());
    Logger::flush(&logger).unwrap();
    fill(&ballast);
    let mut more = 0;
    wait_until("nothing takes a record but memory", || {
        // What a ring in a file holds, as it gives no room back.
        if more < 2_000 {
            log();
            more += 1;
        }
        performance(&logger).current_strategy == Strategy::Memory
    });
    (0..500).for_each(|_| log());
    let counts = performance(&logger).counts;
    assert_eq!((counts.dropped.total(), counts.kept), (0, 0));
    fs::remove_file(&ballast).unwrap();
    wait_until("all are delivered", || {
        performance(&logger).counts.delivered == next
    });
    Logger::close(&logger).unwrap();
    check(&path, next);
    assert_eq!(logger.metrics().outcome().delivered, next);
    let left: Vec<_> = fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "ring"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn nor_one_where_the_spool_is_on_the_full_disk_as_well() {
    file_spool_and_ring_on_a_full_disk(Durability::Memory);
}

#[test]
fn nor_one_where_the_ring_is_there_too() {
    file_spool_and_ring_on_a_full_disk(Durability::Process);
}
