//! Construction touches no file system: destinations open at their first record, unless told to.

use std::path::Path;

use hydra_logger::config::Config;
use hydra_logger::{Level, Logger, info};

/// What a directory holds, without lock files.
fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

fn two_files(directory: &Path, lazy: bool) -> Config {
    let builder = Config::builder()
        .lazy_initialization(lazy)
        .layer("APP", |layer| {
            layer
                .file(directory.join("all.log"), |file| file)
                .file(directory.join("deep/errors.log"), |file| {
                    file.level(Level::Error)
                })
        });
    builder.build().unwrap()
}

#[test]
fn a_destination_opens_at_its_first_record() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::from_config(two_files(directory.path(), true)).unwrap();
    let _handle = logger.layer("APP");
    logger.flush().unwrap();
    logger.debug("APP", "below the level");
    assert_eq!(files(directory.path()), [""; 0]);
    info!(logger, "APP", "the first");
    assert_eq!(files(directory.path()), ["all.log"]);
    logger.error("APP", "the first error");
    assert_eq!(files(directory.path()), ["all.log", "deep"]);
}

#[test]
fn a_logger_that_is_never_used_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::from_config(two_files(directory.path(), true)).unwrap();
    logger
        .update_config(two_files(&directory.path().join("elsewhere"), true))
        .unwrap();
    logger.close().unwrap();
    drop(logger);
    assert_eq!(files(directory.path()), [""; 0]);
}

#[test]
fn without_lazy_initialization_everything_opens_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let _logger = Logger::from_config(two_files(directory.path(), false)).unwrap();
    assert_eq!(files(directory.path()), ["all.log", "deep"]);
    assert_eq!(files(&directory.path().join("deep")), ["errors.log"]);
}

#[test]
fn without_lazy_initialization_what_does_not_open_is_an_error_that_says_where() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("deep"), "a file, not a directory").unwrap();
    let error = Logger::from_config(two_files(directory.path(), false)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("layers.APP.destinations[1]: cannot be opened: "),
        "{text}"
    );
}
