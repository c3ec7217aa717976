//! The end of a logger: flushed, closed once, and never a panic after it.

mod support;

use hydra_logger::config::Config;
use hydra_logger::diagnostics::{self, ErrorKind};
use hydra_logger::{Level, Logger, info};

fn buffered(directory: &std::path::Path) -> Logger {
    let path = directory.join("app.log");
    let config = Config::builder()
        .layer("APP", |layer| {
            layer.file(path, |file| file.buffer_size(1 << 16))
        })
        .build();
    Logger::from_config(config.unwrap()).unwrap()
}

fn closed_errors(component: &str) -> usize {
    let stats = diagnostics::stats();
    let of_kind = stats.last.iter().filter(|e| e.kind == ErrorKind::Closed);
    of_kind.filter(|e| e.component == component).count()
}

#[test]
fn closing_twice_is_fine_and_writes_everything() {
    let directory = tempfile::tempdir().unwrap();
    let logger = buffered(directory.path());
    info!(logger, "APP", "one");
    logger.close().unwrap();
    logger.close().unwrap();
    logger.flush().unwrap();
    assert_eq!(support::lines(&directory.path().join("app.log")).len(), 1);
}

#[test]
fn a_record_after_the_end_is_counted_and_reported() {
    let directory = tempfile::tempdir().unwrap();
    let logger = buffered(directory.path());
    // A name of its own: other tests of this process are counted too.
    let handle = logger.layer("AFTER_THE_END");
    logger.close().unwrap();
    info!(handle; "by handle");
    info!(logger, "AFTER_THE_END", "by name");
    logger.error("AFTER_THE_END", "by method");
    logger.trace("AFTER_THE_END", "below the level is no record");
    assert_eq!(closed_errors("AFTER_THE_END"), 3);
    assert!(support::lines(&directory.path().join("app.log")).is_empty());
}

#[test]
fn each_record_of_a_layer_is_delivered_or_counted_as_dropped_before_the_end_and_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let logger = buffered(directory.path());
    let handle = logger.layer("APP");
    info!(handle; "before");
    logger.close().unwrap();
    info!(handle; "after, by handle");
    logger.error("APP", "after, by method");
    logger.trace("APP", "below the level is no record");
    let delivered = support::lines(&directory.path().join("app.log")).len() as u64;
    let app = &logger.metrics().layers["APP"];
    assert_eq!((app.records, delivered, app.dropped), (3, 1, 2));
    assert_eq!(app.by_level, [0, 0, 2, 0, 1, 0]);
}

#[test]
fn a_closed_logger_stays_closed_when_its_configuration_changes() {
    let directory = tempfile::tempdir().unwrap();
    let logger = buffered(directory.path());
    logger.close().unwrap();
    logger.update_config(Config::default()).unwrap();
    logger.set_level("CLOSED_FOR_GOOD", Level::Trace);
    logger.trace("CLOSED_FOR_GOOD", "not written");
    assert_eq!(closed_errors("CLOSED_FOR_GOOD"), 1);
    assert_eq!(closed_errors("update_config"), 1);
}

#[test]
fn a_logger_that_is_dropped_flushes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = buffered(directory.path());
    let clone = logger.clone();
    info!(logger, "APP", "one");
    drop(logger);
    assert_eq!(support::lines(&path).len(), 0, "a clone is left");
    drop(clone);
    assert_eq!(support::lines(&path).len(), 1);
}

#[test]
fn a_handle_that_outlives_its_logger_reports() {
    let directory = tempfile::tempdir().unwrap();
    let logger = buffered(directory.path());
    let handle = logger.layer("ORPHAN");
    drop(logger);
    info!(handle; "too late");
    assert_eq!(closed_errors("ORPHAN"), 1);
}

#[test]
fn what_rests_in_a_buffer_is_written_when_the_process_ends() {
    if support::is_child() {
        let path = std::env::var_os("HYDRA_TEST_PATH").unwrap();
        let logger = buffered(std::path::Path::new(&path));
        info!(logger, "APP", "at the end");
        std::mem::forget(logger);
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args([
        "what_rests_in_a_buffer_is_written_when_the_process_ends",
        "--exact",
    ]);
    child
        .env("HYDRA_TEST_CHILD", "1")
        .env("HYDRA_TEST_PATH", directory.path());
    assert!(child.status().unwrap().success());
    assert_eq!(support::lines(&directory.path().join("app.log")).len(), 1);
}
