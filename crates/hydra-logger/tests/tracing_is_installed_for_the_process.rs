//! `install_tracing`: one subscriber, whose disabled calls cost nothing, and which may be re-entered.
#![cfg(feature = "tracing")]

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hydra_logger::config::Config;
use hydra_logger::testing::{self, Records};
use hydra_logger::{Level, Logger, OwnedValue};
use tracing::{Span, debug, info, info_span};

/// The process's subscriber; each test has targets of its own.
static INSTALLED: LazyLock<(Logger, Records)> = LazyLock::new(|| {
    let (logger, records) = testing::capture();
    logger.install_tracing().expect("nobody was before us");
    (logger, records)
});

#[test]
fn it_takes_the_events_of_every_thread_and_installs_once() {
    let (logger, records) = &*INSTALLED;
    std::thread::spawn(|| info!(target: "THREAD", "in any thread"))
        .join()
        .unwrap();
    assert_eq!(records.layer("THREAD").len(), 1);
    let error = logger.install_tracing().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("the tracing subscriber cannot be installed: this process"),
        "{text}"
    );
}

#[test]
fn levels_may_change_at_any_time_and_a_disabled_event_evaluates_nothing() {
    let (logger, records) = &*INSTALLED;
    let evaluated = AtomicU32::new(0);
    let say = || {
        debug!(target: "DB", n = evaluated.fetch_add(1, Relaxed), "a query");
        (evaluated.load(Relaxed), records.layer("DB").len())
    };
    logger.set_level("DB", Level::Warning);
    assert_eq!(say(), (0, 0));
    assert!(!tracing::enabled!(target: "DB", tracing::Level::DEBUG));
    logger.set_level("DB", Level::Debug);
    assert_eq!(say(), (1, 1));
    assert!(tracing::enabled!(target: "DB", tracing::Level::DEBUG));
    logger.layer("DB").set_level(Level::Error);
    assert_eq!(say(), (1, 1));
    let config = Config::builder().default_level(Level::Trace);
    logger.update_config(config.build().unwrap()).unwrap();
    assert_eq!(say(), (2, 2));
}

#[test]
fn a_debug_that_logs_records_or_panics_disturbs_nothing() {
    struct Logs;
    impl fmt::Debug for Logs {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Span::current().record("late", 1);
            info!(target: "DEBUG", "inside");
            f.write_str("shown")
        }
    }
    struct Panics;
    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("a Debug that panics, on purpose")
        }
    }
    let (_, records) = &*INSTALLED;
    let span = info_span!(target: "DEBUG", "request", late = tracing::field::Empty);
    span.in_scope(|| info!(target: "DEBUG", value = ?Logs, bad = ?Panics, "outer"));
    let records = records.layer("DEBUG");
    let messages: Vec<_> = records
        .iter()
        .map(|record| record.message.as_str())
        .collect();
    assert_eq!(messages, ["inside", "outer"]);
    assert_eq!(records[0].field("late"), Some(&OwnedValue::I64(1)));
    assert_eq!(records[1].field("value"), Some(&"shown".into()));
    assert_eq!(
        records[1].field("bad"),
        Some(&"<its Display panicked>".into())
    );
}
