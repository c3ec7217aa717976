//! SIGSTOP, as a shell, a debugger or a frozen container does it: of the process, and of who reads its
//! pipe. Nothing is lost, and time that the process did not have is not taken from any time limit.

#![cfg(all(feature = "async", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;

use std::ffi::CString;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command};
use std::thread;
use std::time::Duration;

use hydra_logger::config::{DestinationBuilder, Durability};
use hydra_logger::{AsyncLogger, EngineOptions, Logger, OverflowPolicy, Phase, QueueOptions};

/// More lines than a pipe holds.
const RECORDS: usize = 2_000;
/// A time limit; and a stop that is longer.
const LIMIT: Duration = Duration::from_secs(3);
const STOP: Duration = Duration::from_millis(3_300);
/// Longer than a slow machine takes for anything here.
const LONG: Duration = Duration::from_mins(1);

fn record(n: usize) -> String {
    format!("{n} {:100}", "with a text")
}

fn wait_until(mut done: impl FnMut() -> bool) {
    while !done() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// The pipe that the lines go to.
struct Pipe(PathBuf);

impl Pipe {
    fn new(place: &Path) -> Pipe {
        let path = place.join("pipe");
        let name = CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: a string that ends with a zero.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        Pipe(path)
    }

    /// The end to read from. Both, so that neither end waits for the other.
    fn open(&self) -> File {
        let mut options = File::options();
        options.read(true).write(true).open(&self.0).unwrap()
    }
}

/// Every record is there, once, in its order.
fn assert_all(text: &str) {
    let mut found = text.lines().map(|line| {
        let (_, message) = line
            .split_once("INFO - ")
            .unwrap_or_else(|| panic!("{line:?}"));
        message.split(' ').next().unwrap().parse::<usize>().unwrap()
    });
    assert!((0..RECORDS).all(|n| found.next() == Some(n)));
    assert_eq!(found.next(), None);
}

/// A child that runs the test of this name, and what it says.
fn spawn(test: &str, role: &str, place: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = child::child(test, role, place).spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    (child, said)
}

/// Waits until a child says this.
fn hear(said: &mut BufReader<ChildStdout>, what: &str) {
    let mut line = String::new();
    while !line.contains(what) {
        line.clear();
        assert_ne!(
            said.read_line(&mut line).unwrap(),
            0,
            "it ended before {what}"
        );
    }
}

fn signal(child: &Child, signal: libc::c_int) {
    let id = libc::pid_t::try_from(child.id()).unwrap();
    // SAFETY: takes plain integers; the child has not been waited for.
    assert_eq!(unsafe { libc::kill(id, signal) }, 0);
}

/// Stops it, all of its threads, for so long.
fn stop(child: &Child, time: Duration) {
    signal(child, libc::SIGSTOP);
    let state = format!("/proc/{}/stat", child.id());
    wait_until(|| fs::read_to_string(&state).unwrap().contains(") T "));
    thread::sleep(time);
    signal(child, libc::SIGCONT);
}

fn logger(path: &Path, state: &Path, role: &str, options: EngineOptions) -> AsyncLogger {
    let durability = match role {
        "process" => Durability::Process,
        _ => Durability::Memory,
    };
    let logger = Logger::builder()
        .file(path, DestinationBuilder::unlimited_size)
        .durability(durability)
        .state_dir(state)
        .build()
        .unwrap()
        .into_async(options);
    assert_eq!(logger.durability(), durability);
    logger
}

/// A child's end that waits for whoever reads the pipe.
fn close_slowly(role: &str, place: &Path) {
    let logger = logger(
        &place.join("pipe"),
        &place.join("state"),
        role,
        EngineOptions::default(),
    );
    for n in 0..RECORDS {
        logger.info("APP", &record(n));
    }
    let closing = Logger::clone(&logger);
    let closing = thread::spawn(move || closing.close_within(LIMIT));
    // Not before: it would only begin after the stop.
    wait_until(|| logger.health().phase == Phase::Cleaning);
    println!("\nclosing");
    closing.join().unwrap().unwrap();
    let outcome = logger.metrics().outcome();
    assert_eq!((outcome.delivered, outcome.queued), (RECORDS as u64, 0));
}

#[test]
fn a_stop_of_the_process_takes_nothing_from_the_time_of_its_end() {
    const TEST: &str = "a_stop_of_the_process_takes_nothing_from_the_time_of_its_end";
    if let Some((role, place)) = child::task() {
        return close_slowly(&role, &place);
    }
    thread::scope(|scope| {
        for role in ["memory", "process"] {
            scope.spawn(move || {
                let place = tempfile::tempdir().unwrap();
                let pipe = Pipe::new(place.path());
                let ours = pipe.open();
                let (mut child, mut said) = spawn(TEST, role, place.path());
                hear(&mut said, "closing");
                stop(&child, STOP);
                let text = drained(&pipe, ours);
                assert!(child.wait().unwrap().success());
                assert_all(&text);
            });
        }
    });
}

/// What is in the pipe until all others have closed it.
fn drained(pipe: &Pipe, ours: File) -> String {
    let mut reader = File::open(&pipe.0).unwrap();
    // Another has opened it, who is still to do so when it was stopped early.
    wait_until(|| {
        let mut bytes: libc::c_int = 0;
        // SAFETY: an open descriptor, and a number that lives for the call.
        let asked = unsafe { libc::ioctl(ours.as_raw_fd(), libc::FIONREAD, &raw mut bytes) };
        assert_eq!(asked, 0, "{}", std::io::Error::last_os_error());
        bytes > 0
    });
    drop(ours);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

/// Callers that wait for room, behind a destination that waits for whoever reads.
fn log_slowly(place: &Path) {
    let policy = OverflowPolicy::Block { limit: LIMIT };
    let options = EngineOptions {
        ring_size: 4096,
        overflow: policy,
        queue: QueueOptions::default().max_records(10).policy(policy),
        ..EngineOptions::default()
    };
    let logger = logger(&place.join("pipe"), &place.join("state"), "memory", options);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..RECORDS {
                logger.info("APP", &record(n));
            }
        });
        wait_until(|| logger.health().ring_percent > 90.0);
        println!("\nfull");
    });
    Logger::close_within(&logger, LONG).unwrap();
    let outcome = logger.metrics().outcome();
    assert_eq!((outcome.delivered, outcome.dropped), (RECORDS as u64, 0));
}

#[test]
fn nor_from_that_of_a_caller_who_waits_for_room() {
    const TEST: &str = "nor_from_that_of_a_caller_who_waits_for_room";
    if let Some((_, place)) = child::task() {
        return log_slowly(&place);
    }
    let place = tempfile::tempdir().unwrap();
    let pipe = Pipe::new(place.path());
    let ours = pipe.open();
    let (mut child, mut said) = spawn(TEST, "memory", place.path());
    hear(&mut said, "full");
    stop(&child, STOP);
    let text = drained(&pipe, ours);
    assert!(child.wait().unwrap().success());
    assert_all(&text);
}

/// `cat` from the pipe into a file.
fn reader(pipe: &Pipe, out: &Path) -> Child {
    let read = Command::new("cat")
        .stdin(
            File::options()
                .read(true)
                .write(true)
                .open(&pipe.0)
                .unwrap(),
        )
        .stdout(File::create(out).unwrap())
        .spawn();
    read.unwrap()
}

fn with_a_reader_that_is_stopped(role: &str) {
    let place = tempfile::tempdir().unwrap();
    let pipe = Pipe::new(place.path());
    let out = place.path().join("out");
    let mut reader = reader(&pipe, &out);
    signal(&reader, libc::SIGSTOP);
    let logged = place.path().join("state");
    let logger = logger(&pipe.0, &logged, role, EngineOptions::default());
    for n in 0..RECORDS {
        logger.info("APP", &record(n));
    }
    wait_until(|| logger.engine_counts().queued == 0);
    let outcome = logger.metrics().outcome();
    assert!(outcome.queued > 0 && outcome.dropped == 0, "{outcome}");
    let closing = Logger::clone(&logger);
    let closing = thread::spawn(move || closing.close_within(LONG));
    wait_until(|| logger.health().phase == Phase::Cleaning);
    signal(&reader, libc::SIGCONT);
    closing.join().unwrap().unwrap();
    assert_eq!(logger.metrics().outcome().delivered, RECORDS as u64);
    let all = || fs::read_to_string(&out).unwrap().lines().count() == RECORDS;
    wait_until(all);
    reader.kill().unwrap();
    reader.wait().unwrap();
    assert_all(&fs::read_to_string(&out).unwrap());
}

#[test]
fn a_stop_of_who_reads_a_pipe_costs_no_line() {
    with_a_reader_that_is_stopped("memory");
    with_a_reader_that_is_stopped("process");
}

#[test]
fn nor_does_it_where_each_call_waits_for_the_reader() {
    let place = tempfile::tempdir().unwrap();
    let pipe = Pipe::new(place.path());
    let out = place.path().join("out");
    let mut reader = reader(&pipe, &out);
    signal(&reader, libc::SIGSTOP);
    let logger = Logger::builder()
        .file(&pipe.0, DestinationBuilder::unlimited_size)
        .build()
        .unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..RECORDS {
                logger.info("APP", &record(n));
            }
        });
        // So many are in the pipe whose reader stands still.
        wait_until(|| logger.metrics().outcome().delivered > 100);
        signal(&reader, libc::SIGCONT);
    });
    logger.close().unwrap();
    wait_until(|| fs::read_to_string(&out).unwrap().lines().count() == RECORDS);
    reader.kill().unwrap();
    reader.wait().unwrap();
    assert_all(&fs::read_to_string(&out).unwrap());
}
