//! A disk that answers EIO, at calls that a tracer picks: to writes of the log, and to syncs. Every record
//! is in the file in the end, in its order.
//!
//! Needs strace; without it the test says that it skips, but in CI.

#![cfg(all(feature = "spool", target_os = "linux"))]

use std::fs;
use std::ops::Deref as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hydra_logger::config::Durability;
use hydra_logger::{AsyncLogger, EngineOptions, FallbackOptions, Logger, QueueOptions, Strategy};

/// Tells a child where, and how it keeps its records.
const PLACE: &str = "HYDRA_TEST_PLACE";
const DURABILITY: &str = "HYDRA_TEST_DURABILITY";
const RECORDS: u64 = 200;

fn logger(place: &Path, durability: Durability) -> AsyncLogger {
    let fallback = FallbackOptions::default()
        .order(
            Strategy::Async,
            &[Strategy::Sync, Strategy::Direct, Strategy::Memory],
        )
        .pauses(Duration::from_millis(1), Duration::from_millis(10));
    let options = EngineOptions {
        queue: QueueOptions::default().fallback(fallback),
        ..EngineOptions::default()
    };
    let logger = Logger::builder()
        .file(place.join("app.log"), |file| file)
        .durability(durability)
        .state_dir(place.join("state"))
        .build()
        .unwrap()
        .into_async(options);
    assert_eq!(logger.durability(), durability);
    logger
}

/// What a child does under the tracer; false in the parent.
fn is_child() -> bool {
    let Some(place) = std::env::var_os(PLACE).map(PathBuf::from) else {
        return false;
    };
    let durability = match std::env::var(DURABILITY).as_deref() {
        Ok("process") => Durability::Process,
        Ok("power") => Durability::Power,
        _ => Durability::Memory,
    };
    let logger = logger(&place, durability);
    for n in 0..RECORDS {
        logger.info("APP", format_args!("{n}"));
        if n % 10 == 9 {
            // So that the tracer has many calls to choose from; an error is what it is about.
            let _ = logger.deref().flush();
        }
    }
    while logger.metrics().outcome().delivered < RECORDS {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(logger.metrics().outcome().dropped, 0);
    if durability == Durability::Memory {
        logger.deref().close().unwrap();
        return true;
    }
    // The next start finds what is left.
    // SAFETY: takes plain integers.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    true
}

/// Which calls fail.
enum Fault {
    /// Those that write to the log.
    Writes,
    /// Those that sync whatever file.
    Syncs,
}

/// Runs a test's child under the tracer, which has calls fail.
fn with_faults(test: &str, durability: &str, fault: &Fault) {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is not installed");
        eprintln!("SKIPPED: it needs strace");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let mut tracer = Command::new("timeout");
    tracer.args(["60", "strace", "-f", "-qq", "-o"]);
    tracer.arg(place.path().join("trace"));
    match fault {
        Fault::Writes => tracer
            .args([
                "-e",
                "trace=write",
                "-e",
                "inject=write:error=EIO:when=4..30",
                "-P",
            ])
            .arg(place.path().join("app.log")),
        Fault::Syncs => tracer.args([
            "-e",
            "trace=fdatasync,fsync",
            "-e",
            "inject=fdatasync,fsync:error=EIO:when=3..12",
        ]),
    };
    let output = tracer
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(PLACE, place.path())
        .env(DURABILITY, durability)
        .output()
        .unwrap();
    let trace = fs::read_to_string(place.path().join("trace")).unwrap();
    assert!(
        trace.contains("(INJECTED)"),
        "no call has failed: {output:?}"
    );
    if durability == "memory" {
        assert!(output.status.success(), "{output:?}");
    } else {
        assert!(trace.contains("killed by SIGKILL"), "{output:?}");
        logger(place.path(), Durability::Process)
            .deref()
            .close()
            .unwrap();
    }
    check(place.path(), durability == "memory");
}

/// Every record is there, in its order; one may come again, with those behind it, where a process died.
fn check(place: &Path, once: bool) {
    let text = fs::read_to_string(place.join("app.log")).unwrap();
    let mut next = 0;
    // Blank is what a block was filled up with of which a sync has failed.
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (_, n) = line.split_once("INFO - ").expect("a whole line");
        let n: u64 = n.parse().unwrap();
        assert!(
            n == next || (!once && n < next),
            "{n} comes after {next} lines"
        );
        next = n + 1;
    }
    assert_eq!(next, RECORDS);
}

#[test]
fn with_writes_to_the_log_that_fail() {
    const TEST: &str = "with_writes_to_the_log_that_fail";
    if is_child() {
        return;
    }
    with_faults(TEST, "memory", &Fault::Writes);
    with_faults(TEST, "process", &Fault::Writes);
}

#[test]
fn with_syncs_of_log_and_spool_that_fail() {
    const TEST: &str = "with_syncs_of_log_and_spool_that_fail";
    if is_child() {
        return;
    }
    with_faults(TEST, "power", &Fault::Syncs);
}
