//! The `log` crate through a `HydraLog`: targets, levels, key-values, the maximum.
#![cfg(feature = "log")]

use std::sync::Arc;

use hydra_logger::log_crate::HydraLog;
use hydra_logger::testing::{self, CapturedRecord};
use hydra_logger::{
    CustomDestination, Destination, DestinationStats, Level, LineMeta, Logger, OwnedValue,
};
use log::Log as _;

/// Without a logger that is installed, the macros let nothing through.
fn everything_is_let_through() {
    log::set_max_level(log::LevelFilter::Trace);
}

/// What a logger makes of one call, without being installed.
fn logged(call: impl FnOnce(&HydraLog)) -> CapturedRecord {
    everything_is_let_through();
    let (logger, records) = testing::capture();
    call(&HydraLog::new(&logger));
    records.take().pop().expect("a record")
}

#[test]
fn levels_message_place_and_target_are_kept() {
    let levels = [
        (log::Level::Error, Level::Error),
        (log::Level::Warn, Level::Warning),
        (log::Level::Info, Level::Info),
        (log::Level::Debug, Level::Debug),
        (log::Level::Trace, Level::Trace),
    ];
    for (theirs, ours) in levels {
        let line = line!() + 1;
        let record = logged(|log| log::log!(logger: log, target: "hyper", theirs, "n {}", 1));
        assert_eq!(record.level, ours);
        assert_eq!(
            (record.layer.as_str(), record.message.as_str()),
            ("hyper", "n 1")
        );
        let place = record.location.unwrap();
        assert_eq!((place.file, place.line), (file!(), line));
        assert_eq!(record.fields, []);
    }
    let here = logged(|log| log::info!(logger: log, "m"));
    assert_eq!(here.layer, module_path!());
}

#[test]
fn key_values_keep_their_types() {
    let failed: &(dyn std::error::Error + 'static) = &std::fmt::Error;
    let record = logged(|log| {
        let (text, list) = ("a b", vec![1]);
        log::info!(
            logger: log,
            unsigned = 7_u64, signed = -7_i64, big = u128::MAX, ratio = 0.5, yes = true,
            letter = 'x', text, shown:% = 1.5, debug:? = list, error:err = failed,
            none = None::<i32>;
            "m"
        );
    });
    let text = |text: &str| OwnedValue::from(text);
    let expected = [
        ("unsigned", OwnedValue::U64(7)),
        ("signed", OwnedValue::I64(-7)),
        ("big", OwnedValue::U128(u128::MAX)),
        ("ratio", OwnedValue::F64(0.5)),
        ("yes", OwnedValue::Bool(true)),
        ("letter", text("x")),
        ("text", text("a b")),
        ("shown", text("1.5")),
        ("debug", text("[1]")),
        (
            "error",
            text("an error occurred when formatting an argument"),
        ),
        ("none", OwnedValue::Null),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(record.fields, expected);
}

#[test]
fn a_layer_may_be_fixed_or_chosen_and_the_target_is_kept() {
    everything_is_let_through();
    let (logger, records) = testing::capture();
    let fixed = HydraLog::new(&logger).layer("LIBRARIES");
    log::info!(logger: fixed, target: "hyper", "m");
    let chosen = HydraLog::new(&logger).layer_by(str::to_uppercase);
    log::info!(logger: chosen, target: "hyper", target = "its own", a = 1; "m");
    let records = records.take();
    assert_eq!(records[0].layer, "LIBRARIES");
    assert_eq!(records[0].field("target"), Some(&"hyper".into()));
    assert_eq!(records[1].layer, "HYPER");
    assert_eq!(records[1].field("target"), Some(&"its own".into()));
}

#[test]
fn enabled_says_what_the_layer_would_take() {
    everything_is_let_through();
    let (logger, records) = testing::capture();
    logger.set_level("hyper", Level::Warning);
    let log = HydraLog::new(&logger);
    let enabled = |target: &str, level| {
        log.enabled(&log::Metadata::builder().target(target).level(level).build())
    };
    assert!(!enabled("hyper::client", log::Level::Info));
    assert!(enabled("hyper::client", log::Level::Warn));
    assert!(enabled("hyperion", log::Level::Trace));
    log::info!(logger: log, target: "hyper::client", "below");
    log.flush();
    assert!(records.is_empty());
}

#[test]
fn a_target_made_at_run_time_works_and_its_place_is_left_out_unless_static() {
    let record = logged(|log| {
        let (target, file) = (format!("plugin-{}", 7), String::from("made/at/run/time.rs"));
        let arguments = format_args!("m");
        let mut builder = log::Record::builder();
        builder
            .target(&target)
            .file(Some(&file))
            .line(Some(1))
            .args(arguments);
        log.log(&builder.level(log::Level::Info).build());
    });
    assert_eq!((record.layer.as_str(), record.location), ("plugin-7", None));
}

/// Key-values of which the second cannot be shown.
struct Broken;

impl log::kv::Source for Broken {
    fn visit<'kvs>(
        &'kvs self,
        visitor: &mut dyn log::kv::VisitSource<'kvs>,
    ) -> Result<(), log::kv::Error> {
        visitor.visit_pair("first".into(), 1.into())?;
        Err(log::kv::Error::msg("the second is broken"))
    }
}

#[test]
fn key_values_that_break_off_are_reported_and_the_record_keeps_what_came_before() {
    let record = logged(|log| {
        let arguments = format_args!("m");
        let mut builder = log::Record::builder();
        builder.target("BROKEN").key_values(&Broken).args(arguments);
        log.log(&builder.level(log::Level::Info).build());
    });
    assert_eq!(record.field("first"), Some(&OwnedValue::I64(1)));
    let told = hydra_logger::diagnostics::stats().last;
    let told: Vec<_> = told.iter().filter(|e| e.component == "BROKEN").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].message.contains("the second is broken"), "{told:?}");
}

/// Takes records, and cannot be flushed.
#[derive(Default)]
struct NeverFlushed(DestinationStats);

impl Destination for NeverFlushed {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> std::io::Result<()> {
        self.0.delivered(meta.level, line.len());
        Ok(())
    }
    fn flush(&self) -> std::io::Result<()> {
        Err(std::io::Error::other("no flush today"))
    }
    fn stats(&self) -> &DestinationStats {
        &self.0
    }
}

#[test]
fn a_flush_that_fails_is_reported_as_the_log_crate_has_no_error_for_it() {
    let custom = CustomDestination::new("APP", "never flushed", Arc::new(NeverFlushed::default()));
    let logger = Logger::builder().destination(custom).build().unwrap();
    HydraLog::new(&logger).flush();
    let told = hydra_logger::diagnostics::stats().last;
    let found = told.iter().any(|e| e.message.contains("no flush today"));
    assert!(found, "{told:?}");
}
