//! `durability` of a layer or a destination alone: the destination's own holds, else its layer's, else
//! the logger's; and a call waits for the disk only where its record goes to one with `power`.

#![cfg(all(feature = "spool", feature = "config-files", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;
#[path = "support/event_loop.rs"]
mod event_loop;
#[path = "support/gate.rs"]
mod gate;

use std::fs;
use std::ops::Deref as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, mpsc};

use event_loop::run_a_loop;
use gate::gate;
use hydra_logger::config::{Config, Durability, Syntax, load_text};
use hydra_logger::recovery::{self, Outcome};
use hydra_logger::{
    AsyncLogger, CustomDestination, Destination, EngineOptions, Level, Logger, Room,
};

/// Layers of each durability, each with a file of its own.
fn three_layers(place: &Path) -> Config {
    let file = |name: &str| place.join(name);
    Config::builder()
        .state_dir(place.join("state"))
        .layer("MEMORY", |layer| {
            layer.file(file("memory.log"), |file| file)
        })
        .layer("PROCESS", |layer| {
            let layer = layer.durability(Durability::Process);
            layer.file(file("process.log"), |file| file)
        })
        .layer("POWER", |layer| {
            // Its own is more than its layer's.
            let layer = layer.durability(Durability::Memory);
            layer.file(file("power.log"), |file| file.durability(Durability::Power))
        })
        .build()
        .unwrap()
}

fn start(config: Config) -> AsyncLogger {
    let logger = Logger::from_config(config).unwrap();
    logger.into_async(EngineOptions::default())
}

fn numbers(path: &Path) -> Vec<u32> {
    let text = fs::read_to_string(path).unwrap();
    let number = |line: &str| line.rsplit_once(' ').unwrap().1.parse().unwrap();
    text.lines().map(number).collect()
}

#[test]
fn a_call_waits_only_where_its_record_goes_to_a_destination_with_power() {
    run_a_loop(true);
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let mut config = three_layers(place);
    let severe = Config::builder()
        .layer("MIXED", |layer| {
            let layer = layer.file(place.join("all.log"), |file| file);
            layer.file(place.join("severe.log"), |file| {
                file.level(Level::Error).durability(Durability::Power)
            })
        })
        .build()
        .unwrap();
    config.layers.extend(severe.layers);
    let logger = start(config);
    let waits = |layer: &str, level: Level| {
        logger.log(level, layer, "one more");
        Room::of_last_call().is_some()
    };
    assert!(waits("POWER", Level::Info));
    assert!(!waits("PROCESS", Level::Info));
    assert!(!waits("MEMORY", Level::Error));
    assert!(!waits("MIXED", Level::Info));
    assert!(waits("MIXED", Level::Error));
    let of = |layer| logger.durability_of(layer);
    assert_eq!(logger.durability(), Durability::Memory);
    assert_eq!(of("MEMORY"), Durability::Memory);
    assert_eq!(of("PROCESS"), Durability::Process);
    assert_eq!(of("POWER"), Durability::Power);
    assert_eq!(of("MIXED"), Durability::Memory, "the least of both");
    logger.deref().close().unwrap();
}

#[test]
fn only_the_lines_of_such_a_destination_are_in_the_spool() {
    let directory = tempfile::tempdir().unwrap();
    let (pass, passes) = mpsc::channel();
    let (other_pass, other_passes) = mpsc::channel();
    let to = |layer, gate: Arc<gate::Gate>| {
        CustomDestination::new(layer, layer, gate as Arc<dyn Destination>)
    };
    let logger = Logger::builder()
        .layer("PAYMENT", |layer| layer.durability(Durability::Power))
        .destination(to("PAYMENT", gate(passes).0))
        .destination(to("APP", gate(other_passes).0))
        .state_dir(directory.path())
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 0..10 {
        logger.info("APP", format_args!("{n}"));
        logger.info("PAYMENT", format_args!("{n}"));
    }
    let kept = |name: &str| {
        let queues = logger.metrics().queues;
        queues
            .into_iter()
            .find(|(other, _)| other == name)
            .unwrap()
            .1
            .kept
    };
    assert_eq!((kept("PAYMENT"), kept("APP")), (10, 0));
    assert_eq!(logger.durability_of("PAYMENT"), Durability::Power);
    assert_eq!(logger.durability_of("APP"), Durability::Memory);
    drop((pass, other_pass));
}

#[test]
fn what_a_killed_process_has_left_of_each_is_delivered_once() {
    const TEST: &str = "what_a_killed_process_has_left_of_each_is_delivered_once";
    if let Some((_, place)) = child::task() {
        let logger = start(three_layers(&place));
        for n in 0..100 {
            for layer in ["MEMORY", "PROCESS", "POWER"] {
                logger.info(layer, format_args!("record {n}"));
            }
        }
        let own = format!("kill -9 {}", std::process::id());
        let _ = Command::new("sh").args(["-c", &own]).status();
        unreachable!("it is dead");
    }
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let files = ["memory.log", "process.log", "power.log"].map(|name| place.join(name));
    // Pipes that nobody reads: nothing is delivered before.
    let made = Command::new("mkfifo").args(&files).status().unwrap();
    assert!(made.success());
    let died = child::child(TEST, "dies", place).output();
    assert!(!died.unwrap().status.success());
    for path in &files {
        fs::remove_file(path).unwrap();
    }
    let left = recovery::recover(&place.join("state")).unwrap();
    assert_eq!(left.len(), 2, "a ring file and a spool: {left:?}");
    assert!(left.iter().all(|left| left.outcome == Outcome::Delivered));
    for path in &files {
        assert_eq!(
            numbers(path),
            (0..100).collect::<Vec<_>>(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_change_of_the_configuration_changes_it_as_far_as_the_logger_was_made_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let logger = start(three_layers(place));
    let log = |from: u32| {
        for n in from..from + 50 {
            for layer in ["MEMORY", "PROCESS", "POWER"] {
                logger.info(layer, format_args!("record {n}"));
            }
        }
    };
    log(0);
    let mut changed = three_layers(place);
    let layer = |config: &mut Config, name: &str, durability| {
        let layer = config.layers.get_mut(name).unwrap();
        layer.durability = None;
        layer.destinations[0].durability = durability;
    };
    layer(&mut changed, "MEMORY", Some(Durability::Power));
    layer(&mut changed, "POWER", Some(Durability::Process));
    layer(&mut changed, "PROCESS", None);
    logger.update_config(changed).unwrap();
    assert_eq!(logger.durability_of("MEMORY"), Durability::Power);
    assert_eq!(logger.durability_of("POWER"), Durability::Process);
    assert_eq!(logger.durability_of("PROCESS"), Durability::Memory);
    log(50);
    logger.deref().close().unwrap();
    for name in ["memory.log", "process.log", "power.log"] {
        assert_eq!(
            numbers(&place.join(name)),
            (0..100).collect::<Vec<_>>(),
            "{name}"
        );
    }
    let left = fs::read_dir(place.join("state")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["adopt.lock"]);
}

#[test]
fn what_the_logger_was_not_made_for_is_refused_and_nothing_changes() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let config = |durability| {
        Config::builder()
            .layer("APP", |layer| {
                layer.file(place.join("app.log"), |file| file.durability(durability))
            })
            .build()
            .unwrap()
    };
    let logger = start(config(Durability::Memory));
    logger.info("APP", "record 0");
    for durability in [Durability::Process, Durability::Power] {
        let error = logger.update_config(config(durability)).unwrap_err();
        let error = error.to_string();
        let path = "layers.APP.destinations[0].durability: ";
        assert!(
            error.starts_with(path) && error.contains("a new logger"),
            "{error}"
        );
    }
    logger.info("APP", "record 1");
    logger.deref().close().unwrap();
    assert_eq!(numbers(&place.join("app.log")), [0, 1]);
}

#[test]
fn a_layer_without_destinations_asks_for_those_of_default() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path();
    let config = Config::builder()
        .state_dir(place.join("state"))
        .layer("DEFAULT", |layer| {
            layer.file(place.join("app.log"), |file| file)
        })
        .layer("AUDIT", |layer| layer.durability(Durability::Power))
        .build()
        .unwrap();
    let logger = start(config);
    logger.info("AUDIT", "record 0");
    logger.info("APP", "record 1");
    assert_eq!(logger.durability_of("AUDIT"), Durability::Power);
    assert_eq!(logger.durability_of("APP"), Durability::Memory);
    logger.deref().close().unwrap();
    assert_eq!(numbers(&place.join("app.log")), [0, 1]);
}

#[test]
fn every_form_of_a_configuration_says_it_and_what_is_wrong_is_named_with_its_place() {
    let texts = [
        (
            Syntax::Yaml,
            "layers: {APP: {durability: process, destinations: [{type: file, path: a.log, durability: power}]}}",
        ),
        (
            Syntax::Json,
            r#"{"layers": {"APP": {"durability": "process", "destinations":
                [{"type": "file", "path": "a.log", "durability": "power"}]}}}"#,
        ),
        (
            Syntax::Toml,
            "[layers.APP]\ndurability = \"process\"\n[[layers.APP.destinations]]\ntype = \"file\"\n\
             path = \"a.log\"\ndurability = \"power\"\n",
        ),
    ];
    let own = [
        ("layers.APP.durability".to_owned(), Durability::Process),
        (
            "layers.APP.destinations[0].durability".to_owned(),
            Durability::Power,
        ),
    ];
    for (syntax, text) in texts {
        let loaded = load_text(text, syntax).unwrap();
        assert_eq!(
            (loaded.config.own_durability(), loaded.warnings.len()),
            (own.to_vec(), 0)
        );
        let again = load_text(&loaded.config.to_json(), Syntax::Json).unwrap();
        assert_eq!(again.config, loaded.config);
    }
    let wrong = "layers: {APP: {destinations: [{type: console, durability: forever}]}}";
    let error = load_text(wrong, Syntax::Yaml).unwrap_err().to_string();
    let path = "layers.APP.destinations[0].durability";
    assert!(
        error.contains(path) && error.contains("memory, process, power"),
        "{error}"
    );
    for (extra, what) in [
        ("durability: power", "a console syncs nothing"),
        (
            "durability: process, extra: {force_sync_io: true}",
            "before its call returns",
        ),
    ] {
        let text = format!("layers: {{APP: {{destinations: [{{type: console, {extra}}}]}}}}");
        let warnings = load_text(&text, Syntax::Yaml).unwrap().warnings;
        let [warning] = &warnings[..] else {
            panic!("{warnings:?}");
        };
        assert_eq!(warning.path, path);
        assert!(warning.message.contains(what), "{}", warning.message);
    }
}
