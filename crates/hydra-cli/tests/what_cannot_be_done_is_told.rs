//! Each command that cannot do its work says on stderr what it tried, with what, and why; the exit
//! code is 2 for wrong arguments and 1 for all else.

mod support;

use std::fs;
use std::path::Path;

use support::{Ran, hydra, run, start};

/// A folder with a file that stands where a folder would be needed, and a right log.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "in the way").unwrap();
    let line = r#"{"timestamp":"2026-11-21T12:05:36Z","level":"INFO","logger":"A","message":"x"}"#;
    fs::write(folder.path().join("a.log"), format!("{line}\n")).unwrap();
    folder
}

/// Checks the exit code, and how the last line of what the program says begins.
fn told(folder: &Path, args: &[&str], code: i32, start: &str) {
    let ran = run(folder, args, b"");
    assert_eq!(ran.code, Some(code), "{args:?}: {}", ran.stderr);
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with(start), "{args:?}: {}", ran.stderr);
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let folder = folder();
    let cases: [(&[&str], &str); 6] = [
        (
            &["convert", "--to", "json", "a.log", "-o", "file/b.json"],
            "hydra: cannot write file/b.json: ",
        ),
        (
            &["convert", "--to", "json", "missing.log"],
            "hydra: cannot read missing.log: ",
        ),
        (&["convert", "--to", "json", "."], "hydra: Is a directory"),
        (
            &["man", "--out", "file"],
            "hydra: cannot write manual pages to file: ",
        ),
        (
            &["demo", "--out", "file", "--lines", "1"],
            "hydra: cannot write the demo's files to file: ",
        ),
        (
            &["demo", "--data", "file", "--out", "out"],
            "hydra: cannot read the logs in file: ",
        ),
    ];
    for (args, start) in cases {
        told(folder.path(), args, 1, start);
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_configuration_that_is_wrong_or_beyond_this_build_is_told_before_anything_is_read() {
    let folder = folder();
    let destinations = "layers:\n  APP:\n    destinations:\n      - ";
    let http = format!("{destinations}{{type: async_http, url: \"https://example.org\"}}\n");
    fs::write(folder.path().join("http.yaml"), http).unwrap();
    let opened =
        format!("lazy_initialization: false\n{destinations}{{type: file, path: file/a}}\n");
    fs::write(folder.path().join("open.yaml"), opened).unwrap();
    fs::write(folder.path().join("wrong.yaml"), "layrs: {}\n").unwrap();
    for (config, start) in [
        (
            "http.yaml",
            "hydra: layers.APP.destinations[0]: this build has no",
        ),
        (
            "open.yaml",
            "hydra: layers.APP.destinations[0]: cannot be opened: ",
        ),
        ("wrong.yaml", "  wrong.yaml:1:1: layrs: unknown key"),
    ] {
        told(folder.path(), &["pipe", "--config", config], 1, start);
    }
}

#[test]
fn lines_of_no_known_format_are_left_out_and_the_first_ones_told() {
    let folder = folder();
    let ran = run(folder.path(), &["convert", "--to", "json"], b"no format\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    let told: Vec<&str> = ran.stderr.lines().collect();
    let expected = [
        "hydra: stdin:1: a line of no format that is known",
        "hydra: 1 of 1 lines could not be read and were left out",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_table_that_is_followed_begins_with_its_header() {
    let folder = folder();
    let args = ["tail", "--no-follow", "--format", "csv", "a.log"];
    let ran = run(folder.path(), &args, b"");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "timestamp,level,logger,message,fields");
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn the_demos_files_go_to_the_users_cache_unless_it_is_told_where() {
    let folder = folder();
    for (variable, below) in [("XDG_CACHE_HOME", ""), ("HOME", ".cache"), ("TMPDIR", "")] {
        let home = folder.path().join(variable);
        fs::create_dir(&home).unwrap();
        let mut command = hydra(folder.path());
        command.args(["demo", "--lines", "1"]).env(variable, &home);
        if variable == "HOME" {
            // Set to nothing is as if it were not set.
            command.env("XDG_CACHE_HOME", "");
        }
        let ran = Ran::from(start(&mut command).wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let files = home.join(below).join("hydra-logger/demo");
        assert!(fs::read_dir(&files).unwrap().count() > 1, "{variable}");
    }
}
