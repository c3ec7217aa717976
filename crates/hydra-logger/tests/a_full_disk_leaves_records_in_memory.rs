//! `durability: process` where there is no room for the ring file, or for all of it: records are kept
//! in memory, every one is delivered, and the logger says so.
//!
//! Needs the right to mount a file system, as root has it; without it the test says that it skips, but in CI.

#![cfg(all(feature = "async", target_os = "linux"))]

#[path = "support/small_disk.rs"]
mod small_disk;

use std::path::Path;
use std::sync::{Arc, Barrier, Mutex};

use hydra_logger::config::Durability;
use hydra_logger::{AsyncLogger, EngineOptions, Logger, diagnostics};
use small_disk::SmallDisk;

fn logger(place: &Path) -> AsyncLogger {
    Logger::builder()
        .file(place.join("app.log"), |file| file)
        .durability(Durability::Process)
        .state_dir(place.join("small"))
        .build()
        .unwrap()
        .into_async(EngineOptions::default())
}

/// Logs from two threads with so much room; what is survived before and after, and what was said.
fn with_room(size: &str) -> Option<(Durability, Durability, Vec<String>)> {
    let place = tempfile::tempdir().unwrap();
    let small = place.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let _mounted = SmallDisk::mount(&small, size)?;
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = Arc::clone(&said);
    let _subscription = diagnostics::on_error(move |error| {
        told.lock().unwrap().push(error.message.clone());
    });
    let logger = logger(place.path());
    let before = logger.durability();
    let both = Barrier::new(2);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (logger, both) = (&logger, &both);
            scope.spawn(move || {
                logger.info("APP", format_args!("{thread} first"));
                both.wait(); // Each needs a ring of its own.
                for n in 1..500 {
                    logger.info("APP", format_args!("{thread} {n}"));
                }
            });
        }
    });
    let after = logger.durability();
    logger.info("APP", "the last one");
    Logger::close(&logger).unwrap();
    let log = std::fs::read_to_string(place.path().join("app.log")).unwrap();
    assert_eq!(log.lines().count(), 1001);
    let left: Vec<_> = std::fs::read_dir(place.path().join("small"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let said = said.lock().unwrap().clone();
    Some((before, after, said))
}

#[test]
fn without_room_for_the_file_records_are_kept_in_memory_and_it_is_said() {
    let Some((before, _, said)) = with_room("64k") else {
        return;
    };
    assert_eq!(before, Durability::Memory);
    assert!(
        said.iter().any(|line| line.contains("No space left")),
        "{said:?}"
    );
}

#[test]
fn without_room_for_one_more_ring_its_records_are_kept_in_memory_and_it_is_said() {
    // The head, a configuration, a destination, and one ring.
    let Some((before, after, said)) = with_room("900k") else {
        return;
    };
    assert_eq!((before, after), (Durability::Process, Durability::Memory));
    assert!(
        said.iter().any(|line| line.contains("No space left")),
        "{said:?}"
    );
}
