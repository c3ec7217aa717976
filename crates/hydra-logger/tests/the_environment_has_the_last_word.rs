//! `HYDRA_LOG_*` takes effect through every way of making a logger that follows the environment,
//! and never makes one fail. Each test logs in a child, whose environment is its own.

#![cfg(feature = "config-files")]

mod support;

use std::process::{Command, Output, Stdio};

use hydra_logger::{Error, Logger};

/// How the child makes its logger.
const HOW: &str = "TEST_HOW";

/// A file whose console has a time that plain text may hold and JSON may not.
const FILE: &str = r#"
default_level: INFO
time_format: '%H:%M:%S "'
layers:
  DEFAULT:
    destinations: [{type: console, format: plain-text}]
"#;

fn make(how: &str) -> Result<Logger, Error> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hydra.yaml");
    match how {
        "new" => Ok(Logger::new()),
        "preset" => Logger::preset("production"),
        "file" => {
            std::fs::write(&path, FILE.replace("time_format", "# time_format")).unwrap();
            Logger::from_file(path)
        }
        "watched" => {
            std::fs::write(&path, FILE.replace("time_format", "# time_format")).unwrap();
            Ok(Logger::from_watched_file(path)?.0)
        }
        _ => {
            std::fs::write(&path, FILE).unwrap();
            Logger::from_file(path)
        }
    }
}

/// What the child says about its layers, on stdout and stderr.
fn child(how: &str, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["the_child", "--exact", "--nocapture"])
        .envs(variables.iter().copied())
        .env(HOW, how)
        .stdin(Stdio::null());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// Both streams' lines that hold this.
fn lines(output: &Output, part: &str) -> Vec<String> {
    let mut lines = support::lines_with(&output.stdout, part);
    lines.extend(support::lines_with(&output.stderr, part));
    lines.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_child() {
    let Ok(how) = std::env::var(HOW) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    std::env::set_current_dir(&directory).unwrap(); // presets write files here
    let logger = make(&how).unwrap();
    for layer in ["AUTH", "OTHER"] {
        logger.debug(layer, &format!("record debug {layer}"));
        logger.error(layer, &format!("record error {layer}"));
    }
    logger.close().unwrap();
    std::env::set_current_dir("/").unwrap();
}

#[test]
fn a_layers_level_and_the_format_take_effect_however_the_logger_is_made() {
    for how in ["new", "preset", "file", "watched"] {
        let variables = [
            ("HYDRA_LOG_LEVEL_AUTH", "DEBUG"),
            ("HYDRA_LOG_FORMAT", "logfmt"),
        ];
        let without = child(how, &[]);
        assert_eq!(lines(&without, "record debug"), [""; 0], "{how}");
        let with = child(how, &variables);
        let debug = lines(&with, "record debug");
        assert_eq!(debug.len(), 1, "{how}: {with:?}");
        assert!(debug[0].contains(r#"logger=AUTH message="record debug AUTH""#));
        assert_eq!(lines(&with, "logger=OTHER").len(), 1, "{how}: {with:?}");
    }
}

#[test]
fn variables_that_do_not_fit_the_file_are_reported_and_left_out() {
    let variables = [
        ("HYDRA_LOG_CONSOLE_FORMAT", "json"),
        ("HYDRA_LOG_LEVEL", "DEBUG"),
    ];
    let output = child("unfit", &variables);
    assert_eq!(lines(&output, "INFO - ").len(), 0);
    let errors = lines(&output, "ERROR - record error");
    assert_eq!(errors.len(), 2, "{output:?}");
    let report = lines(&output, "hydra-logger: configuration error");
    assert_eq!(report.len(), 1, "{output:?}");
    assert!(report[0].contains("which are therefore left out"));
    assert!(report[0].contains("layers.DEFAULT.destinations[0]"));
}
