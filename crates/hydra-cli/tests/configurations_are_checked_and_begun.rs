//! `hydra check`, `schema` and `presets`.

mod support;

use std::fs;

use serde_json::Value;
use support::run;

#[test]
fn every_error_is_told_with_its_place_and_what_would_be_right() {
    let directory = tempfile::tempdir().unwrap();
    let bad = "default_level: INFOO\nlayrs: {}\nlayers:\n  APP:\n    destinations:\n      \
               - type: file\n        path: app.log\n        max_size: 5XB\n";
    fs::write(directory.path().join("bad.yaml"), bad).unwrap();
    let ran = run(directory.path(), &["check", "bad.yaml"], b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let expected = [
        (
            "bad.yaml:1:16: error: default_level: found \"INFOO\"",
            "did you mean INFO?",
        ),
        (
            "bad.yaml:2:1: error: layrs: unknown key",
            "did you mean layers?",
        ),
        (
            "bad.yaml:8:19: error: layers.APP.destinations[0].max_size: found \"5XB\"",
            "",
        ),
        ("bad.yaml: 3 errors", ""),
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, (start, end)) in lines.iter().zip(expected) {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    }
}

#[test]
fn a_warning_leaves_the_exit_code_zero() {
    let directory = tempfile::tempdir().unwrap();
    let toml =
        "[[layers.APP.destinations]]\ntype = \"async_http\"\nurl = \"https://example.org\"\n";
    fs::write(directory.path().join("c.toml"), toml).unwrap();
    let ran = run(directory.path(), &["check", "c.toml"], b"");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.starts_with("c.toml:"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(" warning: layers.APP.destinations[0]"),
        "{}",
        ran.stdout
    );
    let end = "c.toml: right: 1 layer, 1 destination, 1 warning\n";
    assert!(ran.stdout.ends_with(end), "{}", ran.stdout);
}

#[test]
fn programs_read_what_was_found_as_json() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("good.json"), "{}").unwrap();
    fs::write(directory.path().join("bad.json"), "{\"layrs\": 1}").unwrap();
    let args = [
        "check",
        "--format",
        "json",
        "good.json",
        "bad.json",
        "missing.json",
    ];
    let ran = run(directory.path(), &args, b"");
    assert_eq!(ran.code, Some(1));
    let lines = ran.stdout.lines();
    let found: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ok: Vec<bool> = found.iter().map(|f| f["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, false, false]);
    let error = &found[1]["errors"][0];
    assert_eq!(error["kind"], "unknown_key");
    assert_eq!((&error["line"], &error["column"]), (&1.into(), &2.into()));
    assert_eq!(error["suggestion"], "layers");
    assert_eq!(found[2]["errors"][0]["kind"], "unreadable");
}

#[test]
fn every_preset_is_listed_and_is_a_configuration_that_is_right() {
    let directory = tempfile::tempdir().unwrap();
    let list = run(directory.path(), &["presets"], b"").stdout;
    let names: Vec<&str> = list.lines().map(|l| l.split(' ').next().unwrap()).collect();
    assert!(names.contains(&"production") && names.len() >= 10, "{list}");
    for name in names.into_iter().chain(["ultra_fast"]) {
        let text = run(directory.path(), &["presets", name], b"").stdout;
        assert!(text.starts_with("# "), "{name} has no comment");
        fs::write(directory.path().join("preset.yaml"), text).unwrap();
        let ran = run(directory.path(), &["check", "preset.yaml"], b"");
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stdout);
    }
    let ran = run(directory.path(), &["presets", "web"], b"");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("did you mean web_app?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_schema_is_json_and_names_the_layers() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), &["schema"], b"");
    let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(schema["properties"]["layers"].is_object());
}
