//! Long texts are cut and say so; nested values arrive whole.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::time::{Duration, SystemTime};

use hydra_logger::config::Config;
use hydra_logger::format::FormatKind;
use hydra_logger::{Context, Level, Logger, OwnedValue, Value, error, info, testing};
use serde_json::json;

#[test]
fn a_message_and_a_value_beyond_the_limit_are_cut_and_say_how_much_is_missing() {
    let (logger, records) = testing::capture();
    let config = Config::builder()
        .redact_sensitive(false)
        .max_message_size(100);
    logger.update_config(config.build().unwrap()).unwrap();
    let long = "é".repeat(60);
    let cut = format!("{}...[20 bytes truncated]", "é".repeat(50));
    info!(logger, "APP", long, shown = %long, list = [long.as_str()], "{long}");
    logger.info("APP", &long);
    let records = records.take();
    assert_eq!(records[0].message, cut);
    assert_eq!(records[1].message, cut);
    assert_eq!(records[0].field("long"), Some(&cut.as_str().into()));
    assert_eq!(records[0].field("shown"), Some(&cut.as_str().into()));
    assert_eq!(
        records[0].field("list"),
        Some(&OwnedValue::List(vec![cut.as_str().into()]))
    );
}

#[test]
fn context_and_bytes_are_cut_as_a_calls_texts_are() {
    let (logger, records) = testing::capture();
    let config = Config::builder()
        .redact_sensitive(false)
        .max_message_size(100);
    logger.update_config(config.build().unwrap()).unwrap();
    let long = "x".repeat(120);
    let cut: OwnedValue = format!("{}...[20 bytes truncated]", "x".repeat(100))
        .as_str()
        .into();
    let context = Context::new()
        .with("text", long.as_str())
        .with("list", vec![long.as_str()])
        .with("map", BTreeMap::from([("key", long.as_str())]))
        .with("short", "as it is");
    let _scope = context.enter();
    // Thirty bytes that are shown as four characters each.
    info!(logger, "APP", bytes = Value::Bytes(&[0xff; 30]), "message");
    let record = &records.take()[0];
    assert_eq!(record.field("text"), Some(&cut));
    assert_eq!(
        record.field("list"),
        Some(&OwnedValue::List(vec![cut.clone()]))
    );
    assert_eq!(
        record.field("map"),
        Some(&OwnedValue::Map(vec![("key".into(), cut)]))
    );
    assert_eq!(record.field("short"), Some(&"as it is".into()));
    let bytes = format!("{}...[20 bytes truncated]", r"\xff".repeat(25));
    let bytes = bytes.replace(r"\\", r"\");
    assert_eq!(record.field("bytes"), Some(&bytes.as_str().into()));
}

#[test]
fn a_fields_name_from_run_time_is_cut_as_a_text_is() {
    let (logger, records) = testing::capture();
    let config = |limit| {
        let builder = Config::builder().redact_sensitive(false);
        builder.max_message_size(limit).build().unwrap()
    };
    let long = "x".repeat(120);
    for (limit, kept) in [(100, 100), (10, 64), (120, 120)] {
        logger.update_config(config(limit)).unwrap();
        let fields = [("short", Value::U64(1)), (&*long, Value::U64(2))];
        logger.log_with(Level::Info, "APP", "up", &fields);
        let mark = match 120 - kept {
            0 => String::new(),
            missing => format!("...[{missing} bytes truncated]"),
        };
        let cut = "x".repeat(kept) + &mark;
        let record = &records.take()[0];
        assert_eq!(record.field("short"), Some(&OwnedValue::U64(1)));
        assert_eq!(record.field(&cut), Some(&OwnedValue::U64(2)), "{record:?}");
    }
}

#[test]
fn where_secrets_are_redacted_a_text_that_is_cut_does_not_end_in_half_of_one() {
    let (logger, records) = testing::capture();
    let config = Config::builder().max_message_size(30).build().unwrap();
    logger.update_config(config).unwrap();
    let long = "paid by ada with 4111 1111 1111 1111 yesterday";
    info!(logger, "APP", long, "{long}");
    let record = &records.take()[0];
    let cut = "paid by ada with...[30 bytes truncated]";
    assert_eq!(record.message, cut);
    assert_eq!(record.field("long"), Some(&cut.into()));
}

#[test]
fn ten_megabytes_are_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let config = Config::builder().layer("APP", |layer| {
        layer.file(&path, |file| file.unlimited_size().format(FormatKind::Json))
    });
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    let message = "line\n".repeat(2 << 20);
    logger.info("APP", &message);
    logger.info("APP", "short");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    let line: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(line["message"], message.as_str());
}

#[derive(Debug)]
struct Failed(std::num::ParseIntError);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cannot read the port")
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn every_kind_of_value_arrives_as_json_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let config = Config::builder().layer("APP", |layer| {
        layer.file(&path, |file| file.format(FormatKind::Json))
    });
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    let map = BTreeMap::from([("list", vec![Some(1), None]), ("empty", vec![])]);
    let single = HashMap::from([("key".to_owned(), 2.5)]);
    let deep = [(
        "inner",
        Value::List(&[Value::Bool(true), Value::Map(&[("x", Value::Null)])]),
    )];
    let failed = Failed("x".parse::<u16>().unwrap_err());
    let boxed: Box<dyn Error + Send + Sync> = "boxed".into();
    error!(
        logger, "APP",
        map, single, deep = Value::Map(&deep),
        nothing = (), none = None::<u8>, small = -3_i8, large = u64::MAX, huge = u128::MAX,
        half = 0.5, nan = f64::NAN, yes = true, letter = 'ß', text = String::from("t\n"),
        bytes = Value::Bytes(b"a\xff"), took = Duration::from_millis(1500),
        at = SystemTime::UNIX_EPOCH, failed = #failed, boxed,
        "all of them",
    );
    let text = std::fs::read_to_string(&path).unwrap();
    let mut line: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in ["timestamp", "level", "logger", "message"] {
        line.as_object_mut().unwrap().remove(key);
    }
    let expected = json!({
        "map": {"empty": [], "list": [1, null]},
        "single": {"key": 2.5},
        "deep": {"inner": [true, {"x": null}]},
        "nothing": null, "none": null, "small": -3, "large": u64::MAX,
        "half": 0.5, "nan": null, "yes": true, "letter": "ß", "text": "t\n",
        "bytes": "a\\xff", "took": 1.5, "at": "1970-01-01T00:00:00Z",
        "failed": "cannot read the port: invalid digit found in string", "boxed": "boxed",
    });
    assert!(text.contains(&format!("\"huge\":{}", u128::MAX)), "{text}");
    line.as_object_mut().unwrap().remove("huge");
    assert_eq!(line, expected);
}
