//! One rendering for each format, levels of destinations, the split console, and counts that agree.

mod support;

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use hydra_core::pipeline::{Assembly, OpenRoute};
use hydra_logger::config::{Config, Rotate, Stream, TimeZoneSetting};
use hydra_logger::format::{FormatKind, FormatSettings};
use hydra_logger::{
    CustomDestination, Destination, DestinationStats, Level, LineMeta, Logger, info,
};

#[test]
fn a_value_is_shown_once_however_many_destinations_there_are() {
    struct Counts(Cell<u32>);
    impl fmt::Display for Counts {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            write!(f, "shown {}", self.0.get())
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = |i: usize| directory.path().join(format!("{i}.log"));
    let formats = [
        FormatKind::PlainText,
        FormatKind::PlainText,
        FormatKind::Json,
        FormatKind::Csv,
    ];
    let config = Config::builder().layer("APP", |layer| {
        formats
            .into_iter()
            .enumerate()
            .fold(layer, |layer, (i, format)| {
                layer.file(path(i), |file| file.format(format))
            })
    });
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    let (in_message, in_field) = (Counts(Cell::new(0)), Counts(Cell::new(0)));
    info!(logger, "APP", value = %in_field, "{in_message}");
    assert_eq!((in_message.0.get(), in_field.0.get()), (1, 1));
    for i in 0..formats.len() {
        let text = support::lines(&path(i)).pop().unwrap();
        assert_eq!(text.matches("shown 1").count(), 2, "{text}");
    }
}

#[test]
fn destinations_of_one_format_share_one_rendering() {
    let config = Config::builder().layer("APP", |layer| {
        layer
            .file("a.log", |file| file)
            .file("b.log", |file| file.level(Level::Error))
            .file("c.log", |file| file.format(FormatKind::Json))
            .file("d.log", |file| file.buffer_size(4096))
    });
    let assembly = Assembly::new(&config.build().unwrap(), None).unwrap();
    let Some((_, OpenRoute { groups, .. })) = assembly.route("APP") else {
        panic!("no route");
    };
    assert_eq!(groups.len(), 2, "plain text for three files, JSON for one");
}

#[test]
fn a_destination_takes_its_level_of_what_its_layer_lets_through() {
    let directory = tempfile::tempdir().unwrap();
    let path = |level: Level| directory.path().join(level.name());
    let levels = [Level::Trace, Level::Info, Level::Error];
    let config = Config::builder().layer("APP", |layer| {
        levels
            .into_iter()
            .fold(layer.level(Level::Debug), |layer, level| {
                layer.file(path(level), |file| file.level(level))
            })
    });
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    for level in Level::ALL {
        logger.log(level, "APP", "a message");
    }
    let counts = levels.map(|level| support::lines(&path(level)).len());
    assert_eq!(counts, [5, 4, 2], "DEBUG is the layer's level");
    assert!(!logger.is_enabled("APP", Level::Trace));
}

#[test]
fn a_layer_whose_destinations_all_ask_for_more_builds_nothing_below_that() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::builder().layer("APP", |layer| {
        layer
            .level(Level::Trace)
            .file(directory.path().join("a"), |file| file.level(Level::Error))
    });
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    let evaluated = AtomicU32::new(0);
    info!(
        logger,
        "APP",
        n = evaluated.fetch_add(1, Relaxed),
        "not built"
    );
    assert_eq!(evaluated.into_inner(), 0);
}

#[test]
fn a_split_console_sends_each_record_to_one_stream() {
    if support::is_child() {
        let config = Config::builder().layer("APP", |layer| {
            let layer = layer.level(Level::Trace);
            layer.console(|console| console.stream(Stream::Split).split_level(Level::Error))
        });
        let logger = Logger::from_config(config.build().unwrap()).unwrap();
        for level in Level::ALL {
            logger.log(level, "APP", "split-here");
        }
        return;
    }
    let output = support::run_again("a_split_console_sends_each_record_to_one_stream");
    let levels = |stream: &[u8]| -> Vec<String> {
        let lines = support::lines_with(stream, "split-here").into_iter();
        lines
            .map(|line| line.split(' ').nth_back(2).unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        levels(&output.stdout),
        ["TRACE", "DEBUG", "INFO", "WARNING"]
    );
    assert_eq!(levels(&output.stderr), ["ERROR", "CRITICAL"]);
}

#[test]
fn what_a_layer_accepts_is_delivered_or_dropped_by_each_destination() {
    let directory = tempfile::tempdir().unwrap();
    let good = directory.path().join("good.log");
    // A directory stands where the file should be.
    let bad = directory.path().join("bad.log");
    std::fs::create_dir(&bad).unwrap();
    let config = Config::builder()
        .layer("APP", |layer| {
            layer.file(&good, |file| file).file(&bad, |file| file)
        })
        .layer("DB", |layer| layer.file(&good, |file| file));
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    for i in 0..30 {
        info!(logger, "APP", i, "to both");
        info!(logger, "DB", i, "to one");
        logger.error("APP", "to both");
        logger.debug("APP", "to none");
    }
    let metrics = logger.metrics();
    assert_eq!(metrics.layers["APP"].records, 60);
    assert_eq!(metrics.layers["APP"].by_level[Level::Error.index()], 30);
    assert_eq!(metrics.layers["DB"].records, 30);
    let counts = |name: &std::path::Path| {
        let name = format!("file {}", name.display());
        let found = metrics.destinations.iter().find(|d| d.name == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {metrics:?}"))
            .counts
            .clone()
    };
    assert_eq!((counts(&good).records, counts(&good).dropped), (90, 0));
    assert_eq!((counts(&bad).records, counts(&bad).dropped), (0, 60));
    assert!(counts(&bad).errors > 0);
    assert_eq!(counts(&good).bytes, std::fs::metadata(&good).unwrap().len());
}

#[test]
fn a_day_ends_at_the_midnight_of_the_lines_own_time() {
    const DAY: i64 = 24 * 3600;
    let now = std::time::SystemTime::now();
    let unix = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    // In which zone it is now half past midnight, and in which half past twelve.
    let zone_where_it_is = |seconds: i64| {
        let distance = (seconds - unix).rem_euclid(DAY) / 60 * 60;
        let distance = if distance > DAY / 2 {
            distance - DAY
        } else {
            distance
        };
        TimeZoneSetting::Fixed(i32::try_from(distance).unwrap())
    };
    for (seconds, rotates) in [(1800, true), (DAY / 2 + 1800, false)] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        std::fs::write(&path, "two hours ago\n").unwrap();
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(now - std::time::Duration::from_hours(2))
            .unwrap();
        let zone = zone_where_it_is(seconds);
        let logger = Logger::builder()
            .file(&path, |file| file.rotate(Rotate::Daily).time_zone(zone))
            .build()
            .unwrap();
        logger.info("APP", "now");
        assert_eq!(directory.path().join("app.log.1").exists(), rotates);
    }
}

/// Keeps its lines.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>, DestinationStats);

impl Destination for Lines {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> std::io::Result<()> {
        let line = String::from_utf8(line.to_vec()).unwrap();
        self.0.lock().unwrap().push(line);
        self.1.delivered(meta.level, 0);
        Ok(())
    }
    fn flush(&self) -> std::io::Result<()> {
        Ok(())
    }
    fn stats(&self) -> &DestinationStats {
        &self.1
    }
}

#[test]
fn a_destination_of_the_programs_own_has_a_level_and_a_format_of_its_own() {
    let lines = Arc::new(Lines::default());
    let own = CustomDestination::new("APP", "my lines", lines.clone())
        .level(Level::Error)
        .format(FormatSettings::new(FormatKind::Json));
    let shown = format!("{own:?}");
    assert!(
        shown.contains("\"my lines\"") && shown.contains("Error"),
        "{shown}"
    );
    let logger = Logger::builder()
        .level(Level::Debug)
        .destination(own)
        .build()
        .unwrap();
    assert!(logger.is_enabled("APP", Level::Error));
    logger.warning("APP", "below its level");
    logger.error("APP", "of its level");
    logger.reopen().unwrap();
    let lines = lines.0.lock().unwrap();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("\"message\":\"of its level\""),
        "{lines:?}"
    );
}

#[test]
fn debug_names_a_loggers_layers() {
    let logger = Logger::builder()
        .layer("APP", |layer| layer.console(|console| console))
        .layer("AUDIT", |layer| layer.console(|console| console))
        .build()
        .unwrap();
    let shown = format!("{logger:?} {:?}", logger.layer("APP"));
    assert!(shown.contains("\"APP\", \"AUDIT\""), "{shown}");
    assert!(shown.contains("Layer { name: \"APP\""), "{shown}");
    assert!(format!("{:?}", Logger::default()).contains("DEFAULT"));
}
