//! Loggers come and go in a program that lives long: their files are closed with them, though the
//! threads that logged through them live on.
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;

use hydra_logger::config::Config;
use hydra_logger::{Logger, info};

const BUFFERED: usize = 1 << 16;
const WRITE_THROUGH: usize = 0;

fn configuration(path: &Path, buffer: usize) -> Config {
    let config = Config::builder().layer("APP", |layer| {
        layer.file(path, |file| match buffer {
            WRITE_THROUGH => file,
            bytes => file.buffer_size(bytes as u64),
        })
    });
    config.build().unwrap()
}

/// How many descriptors of this process are of files in a directory.
fn open_in(directory: &Path) -> usize {
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap();
    let targets = descriptors.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|path| path.starts_with(directory)).count()
}

#[test]
fn closing_closes_the_file() {
    for buffer in [WRITE_THROUGH, BUFFERED] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let logger = Logger::from_config(configuration(&path, buffer)).unwrap();
        info!(logger, "APP", "one");
        assert_eq!(open_in(directory.path()), 1);
        logger.close().unwrap();
        assert_eq!(open_in(directory.path()), 0, "buffer of {buffer}");
        assert_eq!(support::lines(&path).len(), 1);
    }
}

#[test]
fn dropping_a_logger_closes_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    for _ in 0..100 {
        let logger = Logger::from_config(configuration(&path, WRITE_THROUGH)).unwrap();
        info!(logger, "APP", "one");
    }
    assert_eq!(open_in(directory.path()), 0);
    assert_eq!(support::lines(&path).len(), 100);
}

#[test]
fn another_configuration_closes_the_files_of_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = |turn: usize| directory.path().join(format!("{turn}.log"));
    let logger = Logger::from_config(configuration(&path(0), BUFFERED)).unwrap();
    for turn in 1..100 {
        info!(logger, "APP", "one");
        let next = configuration(&path(turn), BUFFERED);
        logger.update_config(next).unwrap();
    }
    assert_eq!(open_in(directory.path()), 0, "the last file has no line");
}
