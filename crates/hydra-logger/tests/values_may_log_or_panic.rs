//! A `Display` is user code: it may log, two deep, into the same file, and it may panic.

mod support;

use std::cell::RefCell;
use std::fmt;

use hydra_logger::config::Config;
use hydra_logger::format::FormatKind;
use hydra_logger::{Logger, Mapping, OwnedValue, Sequence, ToValue, Value, info, testing};

/// Logs, as often as it is deep, and then shows a number.
struct Logs<'a>(&'a Logger, u32);

impl fmt::Display for Logs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Logs(logger, depth) = *self;
        if depth > 0 {
            info!(logger, "APP", inner = %Logs(logger, depth - 1), "inside {}", depth);
        }
        write!(f, "shown {depth}")
    }
}

struct Panics;

impl fmt::Display for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        panic!("a Display that panics, on purpose")
    }
}

impl Sequence for Panics {
    fn each(&self, show: &mut dyn FnMut(Value<'_>)) {
        show(1.to_value());
        panic!("a sequence that panics, on purpose")
    }
}

impl Mapping for Panics {
    fn each(&self, show: &mut dyn FnMut(&str, Value<'_>)) {
        show("a", 1.to_value());
        panic!("a mapping that panics, on purpose")
    }
}

fn messages(records: &testing::Records) -> Vec<String> {
    let records = records.take().into_iter();
    records.map(|record| record.message).collect()
}

#[test]
fn a_display_in_the_message_may_log() {
    let (logger, records) = testing::capture();
    info!(logger, "APP", "outer {}", Logs(&logger, 1));
    assert_eq!(messages(&records), ["inside 1", "outer shown 1"]);
}

#[test]
fn a_display_in_a_field_may_log_two_deep() {
    let (logger, records) = testing::capture();
    info!(logger, "APP", before = "b", value = %Logs(&logger, 2), after = %"a", "outer");
    let records = records.take();
    let all: Vec<_> = records
        .iter()
        .map(|record| record.message.as_str())
        .collect();
    assert_eq!(all, ["inside 1", "inside 2", "outer"]);
    assert_eq!(records[1].field("inner"), Some(&"shown 1".into()));
    assert_eq!(records[2].field("before"), Some(&"b".into()));
    assert_eq!(records[2].field("value"), Some(&"shown 2".into()));
    assert_eq!(records[2].field("after"), Some(&"a".into()));
}

#[test]
fn a_display_may_log_into_the_same_buffered_file() {
    for format in [FormatKind::PlainText, FormatKind::Json] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let config = Config::builder().layer("APP", |layer| {
            layer.file(&path, |file| file.format(format).buffer_size(4096))
        });
        let logger = Logger::from_config(config.build().unwrap()).unwrap();
        for _ in 0..100 {
            info!(logger, "APP", value = %Logs(&logger, 2), "outer {}", Logs(&logger, 1));
        }
        logger.close().unwrap();
        let lines = support::lines(&path);
        assert_eq!(lines.len(), 400);
        let outer = lines.iter().filter(|line| line.contains("outer shown 1"));
        assert_eq!(outer.count(), 100);
        let inner = lines.iter().filter(|line| line.contains("inside 2"));
        assert_eq!(inner.filter(|line| line.contains("shown 1")).count(), 100);
    }
}

#[test]
fn a_display_that_panics_costs_its_own_text_alone() {
    let (logger, records) = testing::capture();
    info!(logger, "APP", bad = %Panics, good = 1, "the message");
    info!(logger, "APP", "a message: {}", Panics);
    info!(logger, "APP", "the next one");
    let records = records.take();
    assert_eq!(records[0].message, "the message");
    assert_eq!(
        records[0].field("bad"),
        Some(&"half<its Display panicked>".into())
    );
    assert_eq!(records[0].field("good"), Some(&OwnedValue::I64(1)));
    assert_eq!(records[1].message, "a message: half<its Display panicked>");
    assert_eq!(records[2].message, "the next one");
}

#[test]
fn a_collection_that_panics_keeps_what_it_had_shown() {
    let (logger, records) = testing::capture();
    let (list, map) = (Value::Sequence(&Panics), Value::Mapping(&Panics));
    info!(logger, "APP", list, map, "collections");
    let record = &records.take()[0];
    let one = OwnedValue::I64(1);
    let panicked = OwnedValue::from("<iterating panicked>");
    assert_eq!(
        record.field("list"),
        Some(&OwnedValue::List(vec![one.clone(), panicked]))
    );
    let entries = vec![
        ("a".into(), one),
        ("<iterating panicked>".into(), OwnedValue::Null),
    ];
    assert_eq!(record.field("map"), Some(&OwnedValue::Map(entries)));
}

#[test]
fn a_display_may_change_the_configuration_and_close_the_logger() {
    struct Meddles<'a>(&'a Logger, RefCell<Option<fn(&Logger)>>);
    impl fmt::Display for Meddles<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if let Some(meddle) = self.1.take() {
                meddle(self.0);
            }
            f.write_str("meddled")
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let config = Config::builder().layer("APP", |layer| layer.file(&path, |file| file));
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    let meddles: [fn(&Logger); 3] = [
        |logger| logger.update_config(logger.config()).unwrap(),
        |logger| logger.set_level("APP", hydra_logger::Level::Trace),
        |logger| logger.close().unwrap(),
    ];
    for meddle in meddles {
        info!(
            logger,
            "APP",
            "{}",
            Meddles(&logger, RefCell::new(Some(meddle)))
        );
    }
    // The last is on its way when the logger closes: it is written. An asynchronous logger takes a
    // record over when its texts are made: too late.
    let written = if support::is_asynchronous() { 2 } else { 3 };
    assert_eq!(support::lines(&path).len(), written);
}
