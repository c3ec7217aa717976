//! An asynchronous logger with strategies whose file is on a full disk: every record is in the file
//! when there is room again, once, in its order.

#![cfg(all(feature = "spool", target_os = "linux"))]

#[path = "support/small_disk.rs"]
mod small_disk;

use std::fs;
use std::time::{Duration, Instant};

use hydra_logger::config::{Config, Strategy};
use hydra_logger::{AsyncLogger, Logger, QueuePerformance};
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
    let text = fs::read_to_string(&path).unwrap();
    let found: Vec<_> = text
        .lines()
        .map(|line| line.rsplit(' ').next().unwrap())
        .collect();
    let wanted: Vec<_> = (0..next).map(|number| format!("{number:05}")).collect();
    assert!(found == wanted, "{} lines of {next}", found.len());
    assert!(performance(&logger).success_rate() > 99.99);
}
