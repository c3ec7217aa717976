//! What no policy drops where a queue is full: severe records, those of some layers, and what the
//! configuration names.

#![cfg(feature = "async")]

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use gate::gate;
use hydra_logger::{
    CustomDestination, EngineOptions, Level, LevelSet, Logger, LoggerBuilder, OverflowPolicy,
    QueueOptions,
};

/// Whether records are to be dropped.
#[derive(Clone, Copy)]
enum Drops {
    None,
    Some,
}

/// Room for two lines before a destination, and what comes then is dropped.
fn narrow() -> EngineOptions {
    EngineOptions {
        queue: QueueOptions::default()
            .max_records(2)
            .policy(OverflowPolicy::DropNewest),
        ..EngineOptions::default()
    }
}

/// Sends twenty records of each layer at a destination that stands still, then lets it go, with those
/// that wait if any are `dropped`; how many came of each.
fn arrived(builder: LoggerBuilder, layers: &[&str], level: Level, dropped: Drops) -> Vec<usize> {
    let (pass, passes) = sync_channel(1000);
    let (destination, lines) = gate(passes);
    let logger = builder
        .destination(CustomDestination::new("DEFAULT", "narrow", destination))
        .build()
        .unwrap()
        .into_async(narrow());
    for layer in layers {
        for n in 0..20 {
            logger.log(level, layer, format_args!("{layer} {n}."));
        }
    }
    let counts = || {
        let mut queues = logger.metrics().queues.into_iter();
        queues.find(|(name, _)| name == "narrow").unwrap().1
    };
    // What is dropped is dropped while the destination stands: the dispatcher may not have come to it.
    let deadline = Instant::now() + Duration::from_mins(1);
    while matches!(dropped, Drops::Some) && counts().dropped.total() == 0 {
        assert!(Instant::now() < deadline, "nothing was dropped");
        thread::yield_now();
    }
    for _ in 0..1000 {
        pass.send(()).unwrap();
    }
    Logger::close(&logger).unwrap();
    let counts = counts();
    assert_eq!(counts.accepted, counts.delivered + counts.dropped.total());
    let lines = lines.lock().unwrap();
    assert_eq!(counts.delivered, lines.len() as u64);
    let of = |layer: &str| {
        let begin = format!("{layer} ");
        let own = |line: &&String| line.contains(&begin) && line.ends_with('.');
        lines.iter().filter(own).count()
    };
    layers.iter().map(|layer| of(layer)).collect()
}

#[test]
fn records_of_security_audit_and_compliance_are_never_dropped() {
    let layers = ["APP", "SECURITY", "AUDIT", "COMPLIANCE"];
    let arrived = arrived(Logger::builder(), &layers, Level::Info, Drops::Some);
    assert!(arrived[0] < 20, "the queue was never full");
    assert_eq!(arrived[1..], [20, 20, 20]);
}

#[test]
fn errors_of_any_layer_are_never_dropped() {
    assert_eq!(
        arrived(Logger::builder(), &["APP", "DB"], Level::Error, Drops::None),
        [20, 20]
    );
}

#[test]
fn the_configuration_says_which_levels_of_a_layer_are_never_dropped() {
    let builder = || {
        let levels = LevelSet::from(Level::Info);
        Logger::builder().layer("PAY", |layer| layer.guaranteed_levels(levels))
    };
    let of_info = arrived(builder(), &["APP", "PAY"], Level::Info, Drops::Some);
    assert!(of_info[0] < 20 && of_info[1] == 20, "{of_info:?}");
    // ERROR is not among those that it names.
    let of_error = arrived(builder(), &["PAY"], Level::Error, Drops::Some);
    assert!(of_error[0] < 20, "{of_error:?}");
}

#[test]
fn a_line_for_a_destination_that_calls_wait_for_is_there_when_the_call_returns() {
    let directory = tempfile::tempdir().unwrap();
    let (now, soon) = (
        directory.path().join("now.log"),
        directory.path().join("soon.log"),
    );
    let logger = Logger::builder()
        .layer("PAY", |layer| {
            layer.file(&now, |file| file.force_sync_io(true))
        })
        .file(&soon, |file| file)
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 1..=100 {
        logger.info("PAY", format_args!("paid {n}"));
        logger.info("APP", format_args!("seen {n}"));
        assert_eq!(support::lines(&now).len(), n);
    }
    let queues: Vec<_> = logger
        .metrics()
        .queues
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(queues, [format!("file {}", soon.display())]);
    Logger::close(&logger).unwrap();
    assert_eq!(support::lines(&soon).len(), 100);
}
