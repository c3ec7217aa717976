//! Live reload: the logger follows its file, and no record is lost on the way.
#![cfg(feature = "config-files")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use hydra_logger::Logger;

fn config(log: &Path) -> String {
    format!(
        "layers:\n  APP:\n    destinations:\n      - type: file\n        path: {}\n        format: logfmt\n        max_size: 10GB\n",
        log.display()
    )
}

#[test]
fn every_record_is_in_the_old_file_or_in_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hydra.yaml");
    let (first, second) = (
        folder.path().join("first.log"),
        folder.path().join("second.log"),
    );
    fs::write(&path, config(&first)).unwrap();
    let (logger, watch) = Logger::from_watched_file(&path).unwrap();

    logger.info("APP", "record 0");
    fs::write(&path, config(&second)).unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut written = 1;
    while !second.exists() {
        assert!(Instant::now() < deadline, "the change was not followed");
        logger.info("APP", format_args!("record {written}"));
        written += 1;
        std::thread::yield_now();
    }
    drop(watch);
    logger.close().unwrap();

    let text = fs::read_to_string(&first).unwrap() + &fs::read_to_string(&second).unwrap();
    let seen: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split("record ").nth(1))
        .collect();
    let expected: Vec<String> = (0..written).map(|n| format!("{n}\"")).collect();
    assert_eq!(seen.len(), expected.len());
    assert!(
        seen.iter()
            .zip(&expected)
            .all(|(seen, expected)| seen.starts_with(expected.as_str()))
    );
}

#[test]
fn a_wrong_file_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hydra.yaml");
    let log = folder.path().join("app.log");
    fs::write(&path, config(&log)).unwrap();
    let (logger, _watch) = Logger::from_watched_file(&path).unwrap();
    let (told, hears) = std::sync::mpsc::channel();
    let _subscription = hydra_logger::diagnostics::on_error(move |error| {
        // The other tests' errors come too.
        if error.component != "a changed file" {
            let _ = told.send(error.message.clone());
        }
    });

    fs::write(&path, "layers: {APP: {levle: INFO}}").unwrap();
    let message = hears.recv_timeout(Duration::from_mins(1)).unwrap();
    assert!(message.contains("levle"), "{message}");
    logger.info("APP", "still here");
    logger.close().unwrap();
    assert!(fs::read_to_string(&log).unwrap().contains("still here"));
}

#[test]
fn a_right_file_that_cannot_be_carried_out_is_reported_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hydra.yaml");
    let log = folder.path().join("app.log");
    fs::write(&path, config(&log)).unwrap();
    let (logger, _watch) = Logger::from_watched_file(&path).unwrap();
    let (told, hears) = std::sync::mpsc::channel();
    let _subscription = hydra_logger::diagnostics::on_error(move |error| {
        // The other tests' errors come too.
        if error.component == "a changed file" {
            let _ = told.send(error.message.clone());
        }
    });

    logger.info("APP", "before");
    // A file cannot be opened where a file stands in place of the folder.
    let below = config(&log.join("below.log"));
    fs::write(&path, format!("lazy_initialization: false\n{below}")).unwrap();
    let message = hears.recv_timeout(Duration::from_mins(1)).unwrap();
    assert!(message.contains("layers.APP.destinations[0]"), "{message}");
    logger.info("APP", "still here");
    logger.close().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("still here"), "{text}");
}
