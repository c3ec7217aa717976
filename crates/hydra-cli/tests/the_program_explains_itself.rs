//! Help, version, completions, manual pages.

mod support;

use std::fs;
use std::io::Read as _;

use support::{hydra, run, start};

const COMMANDS: [&str; 10] = [
    "demo",
    "pipe",
    "tail",
    "convert",
    "redact",
    "check",
    "schema",
    "presets",
    "completions",
    "man",
];

#[test]
fn alone_it_prints_its_help_and_each_command_has_examples() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), &[], b"");
    assert_eq!(ran.code, Some(2));
    for command in COMMANDS {
        assert!(ran.stderr.contains(&format!("\n  {command} ")), "{command}");
        let ran = run(directory.path(), &[command, "--help"], b"");
        assert_eq!(ran.code, Some(0));
        let example = format!("hydra {command}");
        let (_, examples) = ran.stdout.split_once("Examples:").unwrap();
        assert!(examples.contains(&example), "{command}: {examples}");
    }
}

#[test]
fn the_version_is_the_packages() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), &["--version"], b"");
    assert_eq!(ran.stdout, format!("hydra {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_shell_has_completions_of_every_command() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(directory.path(), &["completions", shell], b"").stdout;
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} {command}");
        }
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let directory = tempfile::tempdir().unwrap();
    let page = run(directory.path(), &["man"], b"").stdout;
    assert!(page.contains(".TH hydra 1"), "{page}");
    let ran = run(directory.path(), &["man", "--out", "share/man1"], b"");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for command in COMMANDS {
        let file = directory
            .path()
            .join(format!("share/man1/hydra-{command}.1"));
        assert!(
            fs::read_to_string(file).unwrap().contains("Examples"),
            "{command}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    for args in [
        &["schema"][..],
        &["completions", "bash"],
        &["man"],
        &["presets"],
    ] {
        let mut child = start(hydra(directory.path()).args(args));
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}
