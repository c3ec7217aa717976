//! `update_config` and `set_level` while threads log: every record is there, once.

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use hydra_logger::config::{
    Config, DestinationBuilder, DestinationConfig, DestinationKind, NetworkConfig, NetworkType,
};
use hydra_logger::format::FormatKind;
use hydra_logger::{Level, Logger, info, testing};

/// The configurations that take turns: other files, other buffers, one file more.
fn configuration(directory: &Path, turn: usize) -> Config {
    let path = |name: &str| directory.join(name);
    let builder = Config::builder().layer("APP", |layer| match turn % 4 {
        0 => layer.file(path("a.log"), DestinationBuilder::unlimited_size),
        1 => layer.file(path("b.log"), |file| {
            file.unlimited_size().buffer_size(4096)
        }),
        2 => layer.file(path("a.log"), |file| {
            file.unlimited_size().buffer_size(1 << 16)
        }),
        _ => layer.file(path("c.log"), |file| {
            file.unlimited_size().format(FormatKind::Json)
        }),
    });
    builder.build().unwrap()
}

#[test]
fn under_four_threads_every_line_is_there_exactly_once() {
    const THREADS: u64 = 4;
    const CHANGES: usize = 200;
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::from_config(configuration(directory.path(), 0)).unwrap();
    let done = AtomicBool::new(false);
    let sent: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (logger, done) = (&logger, &done);
                scope.spawn(move || {
                    let handle = logger.layer("APP");
                    let mut n = 0;
                    while !done.load(Relaxed) {
                        // Half through a handle, half through the name.
                        info!(handle; thread, n, "id-{thread}-{n}-");
                        info!(logger, "APP", "id-{thread}-{}-", n + 1);
                        n += 2;
                    }
                    n
                })
            })
            .collect();
        for turn in 1..=CHANGES {
            logger
                .update_config(configuration(directory.path(), turn))
                .unwrap();
        }
        done.store(true, Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    logger.close().unwrap();

    let mut seen: HashMap<String, u32> = HashMap::new();
    for name in ["a.log", "b.log", "c.log"] {
        for line in support::lines(&directory.path().join(name)) {
            let (_, rest) = line.split_once("id-").expect("a whole line");
            let mut parts = rest.split('-');
            let (thread, n) = (parts.next(), parts.next());
            let id = thread.zip(n).map(|(thread, n)| format!("{thread}-{n}"));
            let id = id.filter(|_| parts.next().is_some());
            let id = id.unwrap_or_else(|| panic!("not a whole line: {line:?}"));
            *seen.entry(id).or_default() += 1;
        }
    }
    for (thread, sent) in sent.iter().enumerate() {
        for n in 0..*sent {
            let count = seen.remove(&format!("{thread}-{n}"));
            assert_eq!(count, Some(1), "record {n} of thread {thread}");
        }
    }
    assert!(seen.is_empty(), "lines that nobody sent: {seen:?}");
    assert!(sent.iter().all(|sent| *sent > 0));
}

#[test]
fn a_level_takes_effect_for_every_handle_at_once() {
    let (logger, records) = testing::capture();
    let (handle, clone) = (logger.layer("DB"), logger.clone());
    let say = || {
        info!(handle; "by handle");
        info!(logger, "DB", "by a literal name");
        clone.info("DB", "by a method of a clone");
        info!(
            logger,
            String::from("DB").as_str(),
            "by a name made at run time"
        );
    };
    say();
    assert_eq!(records.take().len(), 4);
    logger.set_level("DB", Level::Warning);
    say();
    assert_eq!(records.take(), []);
    assert!(!clone.is_enabled("DB", Level::Info));
    assert!(clone.is_enabled("DB", Level::Warning));
    handle.set_level(Level::Info);
    say();
    assert_eq!(records.take().len(), 4);
}

#[test]
fn the_level_of_default_is_that_of_every_layer_without_one() {
    let configured = Config::builder()
        .layer("DEFAULT", |layer| layer.console(|console| console))
        .layer("DB", |layer| layer.level(Level::Info));
    let logger = Logger::from_config(configured.build().unwrap()).unwrap();
    let (early, named) = (logger.layer("EARLY"), logger.layer("DB"));
    logger.set_level("QUIET", Level::Error);
    logger.set_level("DEFAULT", Level::Debug);
    assert!(early.is_enabled(Level::Debug));
    assert!(logger.is_enabled("LATE", Level::Debug));
    assert!(logger.is_enabled("DEFAULT", Level::Debug));
    assert!(!named.is_enabled(Level::Debug), "it has a level of its own");
    assert!(!logger.is_enabled("QUIET", Level::Warning));
    logger.update_config(logger.config()).unwrap();
    for layer in ["EARLY", "LATE", "DEFAULT", "QUIET"] {
        assert!(!logger.is_enabled(layer, Level::Debug), "{layer}");
        assert!(logger.is_enabled(layer, Level::Info), "{layer}");
    }
}

#[test]
fn what_replaced_destinations_wrote_and_dropped_stays_in_the_account() {
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("blocked");
    let to = |name: &str| {
        let path = blocked.join(name);
        let config = Config::builder().layer("APP", |layer| layer.file(path, |file| file));
        config.build().unwrap()
    };
    // Where the folder should be there is a file: nothing can be opened.
    std::fs::write(&blocked, "in the way").unwrap();
    let logger = Logger::from_config(to("one.log")).unwrap();
    logger.info("APP", "lost");
    let counts = &logger.metrics().destinations[0].counts;
    assert_eq!((counts.records, counts.dropped), (0, 1));
    std::fs::remove_file(&blocked).unwrap();
    // The next try to open comes when the destination has waited long enough after the last.
    while logger.metrics().destinations[0].counts.records == 0 {
        logger.info("APP", "again");
    }
    let before = logger.metrics().destinations[0].counts.clone();
    assert_eq!(
        before.records + before.dropped,
        logger.metrics().layers["APP"].records
    );
    for name in ["two.log", "three.log"] {
        logger.update_config(to(name)).unwrap();
        logger.info("APP", "once more");
    }
    let metrics = logger.metrics();
    let replaced = &metrics.replaced_destinations;
    assert_eq!(replaced.records, before.records + 1);
    assert_eq!(replaced.dropped, before.dropped);
    assert_eq!(metrics.destinations[0].counts.records, 1);
    let accounted = replaced.records + replaced.dropped + 1;
    assert_eq!(metrics.layers["APP"].records, accounted);
}

#[test]
fn a_level_that_goes_up_and_down_loses_nothing_above_it() {
    let (logger, records) = testing::capture();
    let done = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut sent = 0;
            while !done.load(Relaxed) {
                logger.error("DB", "always");
                sent += 1;
            }
            sent
        });
        for i in 0..2000 {
            logger.set_level("DB", [Level::Trace, Level::Error][i % 2]);
        }
        done.store(true, Relaxed);
        thread.join().unwrap()
    });
    assert_eq!(records.len(), sent);
}

#[test]
fn a_configuration_that_cannot_be_built_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::from_config(configuration(directory.path(), 0)).unwrap();
    let mut config = configuration(directory.path(), 1);
    let queue = DestinationKind::Network(NetworkConfig::new(NetworkType::Queue));
    let layer = config.layers.get_mut("APP").unwrap();
    layer.destinations.push(DestinationConfig::new(queue));
    let error = logger.update_config(config).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("layers.APP.destinations[1]: "),
        "{error}"
    );
    info!(logger, "APP", "still there");
    assert_eq!(support::lines(&directory.path().join("a.log")).len(), 1);
    assert_eq!(logger.config(), configuration(directory.path(), 0));
}

#[test]
fn a_captured_logger_follows_the_levels_of_a_new_configuration_and_opens_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (logger, records) = testing::capture();
    let file = directory.path().join("app.log");
    let config = Config::builder()
        .lazy_initialization(false)
        .layer("APP", |layer| {
            layer.level(Level::Error).file(&file, |file| file)
        })
        .build()
        .unwrap();
    logger.update_config(config).unwrap();
    logger.info("APP", "below");
    logger.error("APP", "above");
    assert_eq!(records.len(), 1);
    assert!(!file.exists());
}
