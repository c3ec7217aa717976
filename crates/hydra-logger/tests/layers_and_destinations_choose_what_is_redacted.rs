//! Policies: the root's, a layer's in its place, a destination's on top; and what is counted.

mod support;

use std::path::Path;

use hydra_logger::config::{ActionWord, Config, RedactionConfig};
use hydra_logger::format::FormatKind;
use hydra_logger::{Context, Logger, info};

fn json(config: hydra_logger::config::ConfigBuilder) -> Logger {
    Logger::from_config(config.build().unwrap()).unwrap()
}

fn file(
    layer: hydra_logger::config::LayerBuilder,
    path: &Path,
) -> hydra_logger::config::LayerBuilder {
    layer.file(path, |file| file.format(FormatKind::Json))
}

fn with_keys(keys: &[&str]) -> RedactionConfig {
    RedactionConfig {
        sensitive_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        ..RedactionConfig::default()
    }
}

/// A layer APP with a file, and fields of these names redacted.
fn app_with_keys(path: &Path, keys: &[&str]) -> Config {
    let builder = Config::builder().redaction(with_keys(keys));
    builder.layer("APP", |l| file(l, path)).build().unwrap()
}

#[test]
fn a_layer_has_the_roots_policy_its_own_or_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let logger = json(
        Config::builder()
            .redaction(with_keys(&["badge"]))
            .layer("ROOT", |layer| file(layer, &path("root")))
            .layer("OWN", |layer| {
                file(layer.redaction(with_keys(&["room"])), &path("own"))
            })
            .layer("OFF", |layer| {
                file(layer.redact_sensitive(false), &path("off"))
            }),
    );
    for layer in ["ROOT", "OWN", "OFF"] {
        info!(logger, layer, badge = 7, room = "12b", "password=hunter22");
    }
    let line = |name: &str| support::lines(&path(name)).pop().unwrap();
    let root = line("root");
    assert!(
        root.contains(r#""badge":"[REDACTED:SECRET]","room":"12b""#),
        "{root}"
    );
    assert!(root.contains("password=[REDACTED:PASSWORD]"), "{root}");
    let own = line("own");
    assert!(
        own.contains(r#""badge":7,"room":"[REDACTED:SECRET]""#),
        "{own}"
    );
    let off = line("off");
    assert!(
        off.contains(r#""message":"password=hunter22","badge":7"#),
        "{off}"
    );
}

#[test]
fn a_destination_hides_more_than_its_layer_and_the_others_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let (plain, less) = (
        directory.path().join("plain"),
        directory.path().join("less"),
    );
    let logger = json(Config::builder().layer("APP", |layer| {
        file(layer, &plain).file(&less, |file| {
            file.format(FormatKind::Json)
                .redaction(with_keys(&["room"]))
        })
    }));
    let _scope = Context::new()
        .with("room", "context")
        .with("badge", 1)
        .enter();
    info!(logger, "APP", nested = ?1, room = "12b", "password=hunter22");
    let plain = support::lines(&plain).pop().unwrap();
    assert!(
        plain.contains(r#""room":"12b""#) && plain.contains("[REDACTED:PASSWORD]"),
        "{plain}"
    );
    let less = support::lines(&less).pop().unwrap();
    assert!(less.contains(r#""room":"[REDACTED:SECRET]""#), "{less}");
    assert!(
        !less.contains("context") && less.contains(r#""badge":1"#),
        "{less}"
    );
    assert!(less.contains("[REDACTED:PASSWORD]"), "{less}");
}

#[test]
fn an_action_stands_in_the_place_of_the_marker_and_a_whole_subtree_has_the_marker() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let redaction = RedactionConfig {
        action: ActionWord::Mask,
        ..RedactionConfig::default()
    };
    let logger = json(
        Config::builder()
            .redaction(redaction)
            .layer("APP", |l| file(l, &path)),
    );
    let secrets = vec!["one".to_owned(), "two".to_owned()];
    info!(
        logger,
        "APP",
        password = "correct horse battery",
        secrets,
        none = (),
        "x"
    );
    let line = support::lines(&path).pop().unwrap();
    assert!(line.contains(r#""password":"****tery""#), "{line}");
    assert!(line.contains(r#""secrets":"[REDACTED:SECRET]""#), "{line}");
}

#[test]
fn what_was_redacted_is_counted_by_detector_and_a_change_of_configuration_forgets_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let config = |keys: &[&str]| app_with_keys(&path, keys);
    let logger = Logger::from_config(config(&[])).unwrap();
    info!(logger, "APP", password = "one", "password=hunter22");
    info!(logger, "APP", "nothing of the kind");
    assert_eq!(logger.metrics().redacted["password"], 2);
    logger.update_config(config(&["room"])).unwrap();
    info!(logger, "APP", room = "12b", password = "two", "x");
    let redacted = logger.metrics().redacted;
    assert_eq!((redacted["password"], redacted["secret"]), (3, 1));
}

#[test]
fn a_literal_that_was_clean_for_one_policy_is_looked_at_again_for_another() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let config = |keys: &[&str]| app_with_keys(&path, keys);
    let logger = Logger::from_config(config(&[])).unwrap();
    let log = || info!(logger, "APP", room = "12b", "room=12b");
    log();
    log();
    logger.update_config(config(&["room"])).unwrap();
    log();
    let lines = support::lines(&path);
    assert!(
        lines[1].contains("room=12b") && lines[1].contains(r#""room":"12b""#),
        "{lines:?}"
    );
    assert!(!lines[2].contains("12b"), "{lines:?}");
}

#[test]
fn a_record_with_a_threat_is_marked_and_counted_and_nothing_of_it_is_changed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app");
    let logger = json(
        Config::builder()
            .enable_security(true)
            .layer("APP", |l| file(l, &path)),
    );
    info!(logger, "APP", n = 1, "search for {}", "x' OR '1'='1' --");
    info!(
        logger,
        "APP",
        page = ["<script>alert(1)</script>"],
        "please select an option"
    );
    info!(logger, "APP", n = 2, "please select an option (or two)");
    let lines = support::lines(&path);
    let marked =
        r#""message":"search for x' OR '1'='1' --","n":1,"security_threats":"sql_injection""#;
    assert!(lines[0].contains(marked), "{lines:?}");
    assert!(
        lines[1].contains(r#""security_threats":"xss""#),
        "{lines:?}"
    );
    assert!(!lines[2].contains("security_threats"), "{lines:?}");
    let threats = logger.metrics().threats;
    assert_eq!(
        (threats["sql_injection"], threats["xss"], threats.len()),
        (1, 1, 2)
    );
}
