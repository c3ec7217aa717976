//! `hydra recover`: what a killed process has left, looked at, written out and delivered.

#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io::Read as _};

use hydra_core::destination::BatchBuf;
use hydra_core::{Level, LineMeta};
use hydra_logger::config::Durability;
use hydra_logger::spool::{Spool, SpoolOptions};
use hydra_logger::{EngineOptions, Logger};
use support::run;

const CHILD: &str = "HYDRA_TEST_PLACE";

/// In a child: logs to a pipe that nobody reads, so that nothing is delivered, and is killed.
fn log_and_die(place: &Path, durability: Durability) -> ! {
    let logger = Logger::builder()
        .file(place.join("out/app.log"), |file| file)
        .durability(durability)
        .state_dir(place.join("state"))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 0..10_u32 {
        logger.info("APP", format_args!("order {n} of ann@example.com"));
    }
    let own = format!("kill -9 {}", std::process::id());
    let _ = Command::new("sh").args(["-c", &own]).status();
    unreachable!("it is dead")
}

/// A state directory with what a process has left, and the log that it was writing to.
fn left_behind(test: &str, durability: Durability) -> tempfile::TempDir {
    if let Some(place) = std::env::var_os(CHILD) {
        log_and_die(Path::new(&place), durability);
    }
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("out")).unwrap();
    let log = place.path().join("out/app.log");
    let made = Command::new("mkfifo").arg(&log).status().unwrap();
    assert!(made.success());
    let status = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, place.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(!status.success());
    // Where there was a pipe there is a file now.
    fs::remove_file(&log).unwrap();
    place
}

/// Each line that was logged, once and in order.
fn assert_all_orders(log: &str) {
    let ends = log
        .lines()
        .map(|line| line.split_once("INFO - ").unwrap().1);
    let expected = (0..10).map(|n| format!("order {n} of [REDACTED:EMAIL]"));
    assert!(ends.eq(expected), "{log}");
}

#[test]
fn what_is_left_is_listed_exported_and_delivered_once() {
    let place = left_behind(
        "what_is_left_is_listed_exported_and_delivered_once",
        Durability::Process,
    );
    let state = place.path().join("state").display().to_string();

    let listed = run(place.path(), &["recover", "--list", &state], b"");
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(
        listed.stdout.contains("10 records of process"),
        "{}",
        listed.stdout
    );

    let exported = run(place.path(), &["recover", "--export", &state], b"");
    let lines: Vec<&str> = exported.stdout.lines().collect();
    assert_eq!(lines.len(), 10);
    assert!(lines[3].contains(r#""logger":"APP""#), "{}", lines[3]);
    // It was redacted before it came into the file.
    assert!(
        lines[3].contains("order 3 of [REDACTED:EMAIL]"),
        "{}",
        lines[3]
    );
    let ring = fs::read_dir(&state).unwrap().next().unwrap().unwrap();
    let mut bytes = Vec::new();
    fs::File::open(ring.path())
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"ann@"));

    // From another directory: the paths are absolute.
    let elsewhere = tempfile::tempdir().unwrap();
    let delivered = run(elsewhere.path(), &["recover", &state], b"");
    assert_eq!(delivered.code, Some(0), "{}", delivered.stderr);
    assert!(
        delivered.stdout.contains("10 lines delivered"),
        "{}",
        delivered.stdout
    );
    let log = fs::read_to_string(place.path().join("out/app.log")).unwrap();
    assert_all_orders(&log);

    let again = run(place.path(), &["recover", &state], b"");
    assert_eq!(again.code, Some(0));
    assert_eq!(again.stdout, format!("nothing to recover in {state}\n"));
}

#[test]
fn a_directory_that_is_missing_or_empty_holds_nothing_and_one_that_is_named_nowhere_is_the_default()
{
    let place = tempfile::tempdir().unwrap();
    for directory in ["missing", "."] {
        for option in [None, Some("--list"), Some("--export")] {
            let args: Vec<&str> = ["recover"]
                .into_iter()
                .chain(option)
                .chain([directory])
                .collect();
            let output = run(place.path(), &args, b"");
            assert_eq!(output.code, Some(0), "{}", output.stderr);
            let text = output.stdout + &output.stderr;
            assert!(text.starts_with("nothing to recover in /"), "{text}");
        }
    }
    assert!(!place.path().join("missing").exists());
}

#[test]
fn what_cannot_be_delivered_stays_and_says_why() {
    let place = left_behind(
        "what_cannot_be_delivered_stays_and_says_why",
        Durability::Process,
    );
    let state = place.path().join("state").display().to_string();
    // In the place of the log's directory stands a file.
    fs::remove_dir(place.path().join("out")).unwrap();
    fs::write(place.path().join("out"), "").unwrap();
    let output = run(place.path(), &["recover", &state], b"");
    assert_eq!(output.code, Some(1));
    assert!(output.stdout.contains("kept: "), "{}", output.stdout);
    fs::remove_file(place.path().join("out")).unwrap();
    let output = run(place.path(), &["recover", &state], b"");
    assert!(
        output.stdout.contains("10 lines delivered"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_file_of_another_version_or_of_something_else_is_let_be() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("1-2-0.ring"), "no ring").unwrap();
    fs::write(
        place.path().join("1-2-1.ring"),
        [&b"HYDRARNG"[..], &[9; 100]].concat(),
    )
    .unwrap();
    let output = run(place.path(), &["recover", "."], b"");
    assert_eq!(output.code, Some(1));
    assert!(
        output.stdout.contains("it is no ring file"),
        "{}",
        output.stdout
    );
    assert!(
        output.stdout.contains("version 151587081"),
        "{}",
        output.stdout
    );
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}

#[test]
fn a_spool_is_listed_exported_and_delivered_to_where_it_was_going() {
    let place = left_behind(
        "a_spool_is_listed_exported_and_delivered_to_where_it_was_going",
        Durability::Power,
    );
    let state = place.path().join("state").display().to_string();

    let listed = run(place.path(), &["recover", "--list", &state], b"");
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stdout.contains("spool-"), "{}", listed.stdout);
    let what = ".db: 10 records of process ";
    assert!(listed.stdout.contains(what), "{}", listed.stdout);

    let exported = run(place.path(), &["recover", "--export", &state], b"");
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let lines: Vec<&str> = exported.stdout.lines().collect();
    assert_eq!(lines.len(), 10);
    let line: serde_json::Value = serde_json::from_str(lines[3]).unwrap();
    let message = line["message"].as_str().unwrap();
    assert!(
        message.ends_with("order 3 of [REDACTED:EMAIL]"),
        "{message}"
    );
    let log = place.path().join("out/app.log");
    assert_eq!(line["destination"], format!("file {}", log.display()));

    // In the place of the log's directory stands a file.
    fs::remove_dir(place.path().join("out")).unwrap();
    fs::write(place.path().join("out"), "").unwrap();
    let output = run(place.path(), &["recover", &state], b"");
    assert_eq!(output.code, Some(1));
    assert!(output.stdout.contains("kept: file "), "{}", output.stdout);
    fs::remove_file(place.path().join("out")).unwrap();

    // From another directory: the paths are absolute.
    let elsewhere = tempfile::tempdir().unwrap();
    let delivered = run(elsewhere.path(), &["recover", &state], b"");
    assert_eq!(delivered.code, Some(0), "{}", delivered.stdout);
    let what = "10 lines delivered";
    assert!(delivered.stdout.contains(what), "{}", delivered.stdout);
    assert_all_orders(&fs::read_to_string(&log).unwrap());

    let again = run(place.path(), &["recover", &state], b"");
    assert_eq!(again.stdout, format!("nothing to recover in {state}\n"));
}

#[test]
fn lines_that_nothing_says_where_to_deliver_wait_for_their_logger() {
    let place = tempfile::tempdir().unwrap();
    {
        // As a program of an earlier version, or with a destination of its own, leaves them.
        let spool = Spool::open(place.path(), SpoolOptions::default()).unwrap();
        let mut lines = BatchBuf::default();
        lines.push(b"for a socket\n", &LineMeta::new(Level::Info, 0));
        let own = spool.place("socket", false);
        own.append(&lines.as_batch()).unwrap();
    }
    let what = "1 record of process ";
    let whose = ": adopted by the next start of its logger\n";
    for (args, code) in [(["recover", "--list", "."], 0), (["recover", ".", ""], 1)] {
        let args: Vec<&str> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
        let output = run(place.path(), &args, b"");
        assert_eq!(output.code, Some(code), "{}", output.stderr);
        assert!(output.stdout.contains(what), "{}", output.stdout);
        assert!(output.stdout.ends_with(whose), "{}", output.stdout);
    }
    let spool = Spool::open(place.path(), SpoolOptions::default()).unwrap();
    assert_eq!(spool.place("socket", false).adopted(), 1);
}
