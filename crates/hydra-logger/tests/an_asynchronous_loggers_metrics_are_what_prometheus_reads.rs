//! `Metrics::to_prometheus`, read by a parser that we did not write.

#![cfg(feature = "async")]

use hydra_logger::{EngineOptions, Logger, info};
use prometheus_parse::{Scrape, Value};

#[test]
fn every_sample_is_read_back_with_its_labels_and_its_type() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a \"quoted\" \\ name.log");
    let logger = Logger::builder()
        .layer("APP", |layer| layer.file(&path, |file| file))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for _ in 0..3 {
        info!(logger, "APP", "mail to ada@example.org");
    }
    logger.error("APP", "broken");
    Logger::flush(&logger).unwrap();
    let text = logger.metrics().to_prometheus();
    let lines = text.lines().map(|line| Ok(line.to_owned()));
    let scrape = Scrape::parse(lines).unwrap();

    // The parser leaves values escaped as they stand.
    let file = format!("file {}", path.display());
    let file = file.replace('\\', "\\\\").replace('"', "\\\"");
    for (name, labels, expected) in [
        (
            "hydra_layer_records_total",
            &[("layer", "APP"), ("level", "INFO")][..],
            3,
        ),
        (
            "hydra_layer_records_total",
            &[("layer", "APP"), ("level", "ERROR")],
            1,
        ),
        ("hydra_layer_dropped_total", &[("layer", "APP")], 0),
        (
            "hydra_destination_records_total",
            &[("destination", &file), ("level", "INFO")],
            3,
        ),
        ("hydra_redacted_total", &[("detector", "email")], 3),
        ("hydra_engine_accepted_total", &[], 4),
        ("hydra_engine_queued", &[], 0),
        ("hydra_queue_records", &[("destination", &file)], 0),
        (
            "hydra_queue_dropped_total",
            &[("destination", &file), ("reason", "timeout")],
            0,
        ),
    ] {
        let same = |sample: &&prometheus_parse::Sample| {
            let has = |(label, value): &(&str, &str)| sample.labels.get(label) == Some(*value);
            sample.metric == name && labels.iter().all(has)
        };
        let sample = scrape.samples.iter().find(same);
        let sample = sample.unwrap_or_else(|| panic!("no {name} {labels:?} in\n{text}"));
        let (value, is_total) = match sample.value {
            Value::Counter(value) => (value, true),
            Value::Gauge(value) => (value, false),
            _ => panic!("{sample:?}"),
        };
        assert_eq!(
            (value.to_string(), is_total),
            (expected.to_string(), name.ends_with("_total"))
        );
    }
    let summaries = scrape
        .samples
        .iter()
        .filter(|sample| matches!(sample.value, Value::Summary(_)));
    assert_eq!(summaries.count(), 2);
}
