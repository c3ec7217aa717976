//! A layer's name may come from anywhere: each gives one line in every format, and none is kept
//! however long it is.

mod support;

use hydra_logger::config::Config;
use hydra_logger::format::FormatKind;
use hydra_logger::{Level, Logger};

#[test]
fn any_text_names_a_layer_in_every_format() {
    let long = "ü".repeat(10_000);
    let names = [
        "",
        " ",
        "two words",
        "a\"b",
        "a]b",
        "a=b,c",
        "größe",
        "a\nb\u{1b}[31m\u{202e}",
        &long,
    ];
    for kind in FormatKind::ALL {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.log");
        let config = Config::builder().layer("DEFAULT", |layer| {
            layer.file(&path, |file| file.format(kind))
        });
        let logger = Logger::from_config(config.build().unwrap()).unwrap();
        for name in names {
            logger.info(name, "said");
            logger.set_level(name, Level::Error);
            logger.info(name, "below the level");
            logger.error(name, "said");
        }
        let lines = support::lines(&path);
        let said: Vec<_> = lines.iter().filter(|line| line.contains("said")).collect();
        let header = usize::from(kind == FormatKind::Csv);
        assert_eq!(said.len(), 2 * names.len(), "{kind}: {lines:?}");
        assert_eq!(lines.len(), said.len() + header, "{kind}: {lines:?}");
        assert!(lines.iter().all(|line| line.len() < 2500), "{kind}");
        let control = |line: &&String| line.contains(['\u{1b}', '\u{202e}']);
        assert!(!said.iter().any(control), "{kind}: {lines:?}");
        let metrics = logger.metrics();
        assert_eq!(metrics.layers[&"ü".repeat(510)].records, 2);
        assert_eq!(metrics.layers.len(), names.len() + 1);
    }
}
