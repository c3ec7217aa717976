//! Records of layers that are not configured: `DEFAULT`, `__CENTRALIZED__`, and at last stderr.

mod support;

use hydra_logger::config::Config;
use hydra_logger::{Level, Logger, info};

/// A logger with one file for each of these layers.
fn with_layers(directory: &std::path::Path, layers: &[&str]) -> Logger {
    let builder = layers.iter().fold(Config::builder(), |builder, name| {
        let path = directory.join(format!("{name}.log"));
        builder.layer(*name, |layer| layer.file(path, |file| file))
    });
    Logger::from_config(builder.build().unwrap()).unwrap()
}

#[test]
fn it_is_default_under_its_own_name() {
    let directory = tempfile::tempdir().unwrap();
    let logger = with_layers(directory.path(), &["DEFAULT", "__CENTRALIZED__", "APP"]);
    info!(logger, "PAYMENTS", "paid");
    logger.info("SHIPPING", "sent");
    let lines = support::lines(&directory.path().join("DEFAULT.log"));
    assert!(lines[0].contains(" PAYMENTS INFO - paid"), "{lines:?}");
    assert!(lines[1].contains(" SHIPPING INFO - sent"), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn without_default_it_is_the_centralized_layer() {
    let directory = tempfile::tempdir().unwrap();
    let logger = with_layers(directory.path(), &["__CENTRALIZED__", "APP"]);
    info!(logger, "PAYMENTS", "paid");
    let lines = support::lines(&directory.path().join("__CENTRALIZED__.log"));
    assert!(lines[0].contains(" PAYMENTS INFO - paid"), "{lines:?}");
}

#[test]
fn with_neither_it_goes_to_stderr_after_one_notice_that_names_the_layers() {
    if support::is_child() {
        let directory = tempfile::tempdir().unwrap();
        let logger = with_layers(directory.path(), &["APP", "AUTH"]);
        let _never_used = logger.layer("SILENT");
        info!(logger, "PAYMENTS", "paid");
        info!(logger, "PAYMENTS", "paid again");
        logger.error("SHIPPING", "lost");
        logger.debug("SHIPPING", "below the default level");
        let metrics = logger.metrics();
        let last = metrics.destinations.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.counts.records),
            ("console stderr (last resort)", 3)
        );
        return;
    }
    let output =
        support::run_again("with_neither_it_goes_to_stderr_after_one_notice_that_names_the_layers");
    let notices = support::lines_with(&output.stderr, "hydra-logger:");
    assert_eq!(
        notices,
        [
            "hydra-logger: layer \"PAYMENTS\" is not configured, and there is neither DEFAULT nor \
          __CENTRALIZED__ to take its records: they go to stderr. The layers there are: APP, AUTH. \
          (Said once.)"
        ]
    );
    let records = support::lines_with(&output.stderr, " - ");
    assert_eq!(records.len(), 3, "{records:?}");
    assert!(records[2].ends_with(" SHIPPING ERROR - lost"));
}

#[test]
fn a_layer_without_destinations_uses_those_of_default_with_its_own_level() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("default.log");
    let config = Config::builder()
        .layer("DEFAULT", |layer| layer.file(&path, |file| file))
        .layer("DB", |layer| layer.level(Level::Debug));
    let logger = Logger::from_config(config.build().unwrap()).unwrap();
    logger.debug("DB", "query");
    logger.debug("DEFAULT", "below");
    logger.debug("OTHER", "below");
    let lines = support::lines(&path);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains(" DB DEBUG - query"));
}

#[test]
fn without_any_layer_stderr_takes_all_and_is_flushed_and_counted_like_a_destination() {
    if support::is_child() {
        let logger = Logger::new();
        logger.update_config(Config::empty()).unwrap();
        logger.warning("ALONE", "nobody else takes it");
        logger.flush().unwrap();
        let metrics = logger.metrics();
        let counted: u64 = metrics.destinations.iter().map(|d| d.counts.records).sum();
        assert_eq!(counted, 1);
        return;
    }
    let test = "without_any_layer_stderr_takes_all_and_is_flushed_and_counted_like_a_destination";
    let output = support::run_again(test);
    let notices = support::lines_with(&output.stderr, "hydra-logger:");
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0].contains("The layers there are: none."),
        "{notices:?}"
    );
    let records = support::lines_with(&output.stderr, " - nobody else takes it");
    assert_eq!(records.len(), 1, "{records:?}");
}
