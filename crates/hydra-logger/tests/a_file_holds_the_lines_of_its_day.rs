//! Daily rotation happens at midnight of the zone that the lines show.

use std::fs;

use hydra_logger::config::{Rotate, TimeZoneSetting};
use hydra_logger::{Fields, Level, Logger};

const NS: i64 = 1_000_000_000;
/// 2026-03-01 23:30 in UTC, which is 01:30 of the next day two hours east.
const EVENING: i64 = 1_772_407_800 * NS;

fn files_of(zone: TimeZoneSetting) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let logger = Logger::builder()
        .layer("APP", |layer| {
            layer.file(&path, |file| file.rotate(Rotate::Daily).time_zone(zone))
        })
        .build()
        .unwrap();
    let app = logger.layer("APP");
    for (minutes, text) in [(-60, "first"), (0, "second"), (60, "third")] {
        app.emit_at(
            EVENING + minutes * 60 * NS,
            Level::Info,
            text.into(),
            Fields::NONE,
            None,
        );
    }
    logger.close().unwrap();
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    ["app.log.1", "app.log"]
        .map(|name| {
            let words = ["first", "second", "third"];
            words
                .into_iter()
                .filter(|word| text(name).contains(word))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .into()
}

#[test]
fn midnight_is_that_of_the_lines_zone() {
    assert_eq!(files_of(TimeZoneSetting::Utc), ["first second", "third"]);
    assert_eq!(
        files_of(TimeZoneSetting::Fixed(7200)),
        ["", "first second third"]
    );
    assert_eq!(
        files_of(TimeZoneSetting::Fixed(3600)),
        ["first", "second third"]
    );
}
