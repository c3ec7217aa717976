//! `Logger::metrics()`: what a layer let through, what its destinations took, what they refused.

use std::fs;

use hydra_logger::Logger;

#[test]
fn bytes_are_those_of_every_destination_and_drops_are_counted_at_layer_and_destination() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.log");
    // A folder stands where the second file should: it cannot be opened.
    let bad = folder.path().join("bad.log");
    fs::create_dir(&bad).unwrap();
    let logger = Logger::builder()
        .layer("APP", |layer| {
            layer.file(&good, |file| file).file(&bad, |file| file)
        })
        .build()
        .unwrap();

    for n in 0..200 {
        logger.info("APP", format_args!("record {n}"));
    }
    logger.debug("APP", "below the level");
    let metrics = logger.metrics();
    logger.close().unwrap();

    let app = &metrics.layers["APP"];
    assert_eq!((app.records, app.by_level), (200, [0, 0, 200, 0, 0, 0]));
    assert_eq!(app.bytes, fs::metadata(&good).unwrap().len());
    assert_eq!(app.dropped, 200);
    assert_eq!(app.latency.count, 2, "one record in 128 is measured");
    let [first, second] = &metrics.destinations[..] else {
        panic!("{metrics:?}")
    };
    assert_eq!((first.counts.records, first.counts.dropped), (200, 0));
    assert_eq!(
        (
            second.counts.records,
            second.counts.dropped,
            second.counts.errors
        ),
        (0, 200, 200)
    );
}

#[test]
fn a_layer_is_not_timed_where_measuring_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let logger = Logger::builder()
        .config(|config| config.enable_performance(false))
        .file(folder.path().join("app.log"), |file| file)
        .build()
        .unwrap();
    logger.info("APP", "one");
    assert_eq!(logger.metrics().layers["APP"].latency.count, 0);
}
