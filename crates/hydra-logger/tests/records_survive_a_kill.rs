//! `kill -9` at random instants under load, with `durability: process`: what was accepted before is in
//! the file after recovery, each record once, in the order of its thread.
//!
//! What was accepted the writer says through a pipe, which a kill leaves as it is. Rounds: 40 a case,
//! or as many as HYDRA_KILL_ROUNDS says.

#![cfg(all(feature = "async", feature = "config-files", target_os = "linux"))]

#[path = "support/child.rs"]
mod child;
#[path = "support/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::ops::Deref as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use hydra_logger::config::Durability;
use hydra_logger::recovery::{self, Outcome};
use hydra_logger::{AsyncLogger, EngineOptions, FallbackOptions, Logger, Strategy};
use random::Random;

/// Tells a child which writer it is.
const WRITER: &str = "HYDRA_TEST_WRITER";
const THREADS: u64 = 3;

fn rounds() -> u64 {
    let rounds = std::env::var("HYDRA_KILL_ROUNDS").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(40)
}

fn state_dir(place: &Path) -> PathBuf {
    place.join("state")
}

fn logger(place: &Path, role: &str) -> AsyncLogger {
    let rotates = role == "rotates" || role == "closes";
    // A relative path is another in another directory.
    std::env::set_current_dir(place).unwrap();
    let logger = Logger::builder()
        .file("app.log", |file| {
            if rotates {
                file.max_size(200 << 10).backup_count(10_000)
            } else {
                file.unlimited_size()
            }
        })
        .durability(Durability::Process)
        .state_dir(state_dir(place))
        .build()
        .unwrap();
    let mut options = EngineOptions::default();
    if role == "spools" || role == "fills" || role == "starts" {
        // Each line goes through the spool.
        let direct = FallbackOptions::default().order(Strategy::Direct, &[Strategy::Memory]);
        options.queue = options.queue.fallback(direct);
    }
    if role == "overflows" {
        // What a worker has in its hand stays out of it.
        let policy = hydra_logger::OverflowPolicy::Spill;
        options.queue = options.queue.max_records(100).policy(policy);
    }
    let logger = logger.into_async(options);
    assert_eq!(logger.durability(), Durability::Process);
    logger
}

/// What a child does, in the test of this name; false in the parent.
fn is_child() -> bool {
    let Some((role, place)) = child::task() else {
        return false;
    };
    if role == "recover" {
        recovery::recover(&state_dir(&place)).unwrap();
        return true;
    }
    let logger = logger(&place, &role);
    if role == "starts" {
        while logger.metrics().outcome().kept > 0 {
            thread::sleep(Duration::from_millis(1));
        }
        logger.deref().close().unwrap();
        return true;
    }
    let writer = std::env::var(WRITER).unwrap();
    let last = if role == "closes" { 2_000 } else { u64::MAX };
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (logger, writer) = (&logger, &writer);
            scope.spawn(move || write(logger, &format!("{writer}{number}"), last));
        }
    });
    logger.deref().close().unwrap();
    true
}

fn write(logger: &AsyncLogger, thread: &str, last: u64) {
    // The harness prints as well, and its lock is not ours.
    let mut pipe = std::fs::OpenOptions::new()
        .write(true)
        .open("/proc/self/fd/1")
        .unwrap();
    for n in 0..last {
        logger.info("APP", format_args!("{thread} {n}"));
        if n % 16 == 15 {
            // One write(2), which no other thread's comes between.
            let said = format!("@ {thread} {}\n", n + 1);
            pipe.write_all(said.as_bytes()).unwrap();
        }
    }
}

/// A writer that is killed after a while: what it said was accepted, by thread.
struct Writer {
    child: Child,
    said: thread::JoinHandle<Vec<u8>>,
}

impl Writer {
    fn start(test: &str, role: &str, place: &Path, writer: &str) -> Writer {
        let mut child = spawn(test, role, place, writer);
        let mut pipe = child.stdout.take().unwrap();
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            pipe.read_to_end(&mut said).unwrap();
            said
        });
        Writer { child, said }
    }

    /// Kills it, unless it has ended.
    fn kill(mut self) -> BTreeMap<String, u64> {
        let _ = self.child.kill();
        self.child.wait().unwrap();
        let said = self.said.join().unwrap();
        let mut accepted = BTreeMap::new();
        // The last line may be cut short.
        let whole = said
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        for line in String::from_utf8_lossy(&said[..whole]).lines() {
            let words: Vec<&str> = line.split(' ').collect();
            if let ["@", thread, count] = words[..] {
                accepted.insert(thread.to_owned(), count.parse().unwrap());
            }
        }
        accepted
    }
}

fn spawn(test: &str, role: &str, place: &Path, writer: &str) -> Child {
    child::child(test, role, place)
        .env(WRITER, writer)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Each thread's numbers in the order in which they stand in the files, the oldest first.
fn numbers(place: &Path) -> BTreeMap<String, Vec<u64>> {
    let mut files: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        match name.strip_prefix("app.log") {
            Some("") => files.push((0, place.join(name))),
            Some(number) => files.extend(
                number[1..]
                    .parse()
                    .ok()
                    .map(|number: u32| (number, place.join(&name))),
            ),
            None => {}
        }
    }
    files.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (_, path) in files {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "the end of {} is torn",
            path.display()
        );
        // A piece of a line before another process's was blanked, as it could not be cut off.
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (_, message) = line
                .split_once("INFO - ")
                .unwrap_or_else(|| panic!("{line:?}"));
            let (thread, n) = message.split_once(' ').unwrap();
            found
                .entry(thread.to_owned())
                .or_default()
                .push(n.parse().unwrap());
        }
    }
    found
}

/// Nothing that was accepted is missing, nothing is doubled, and the order is each thread's.
fn check(place: &Path, accepted: &[BTreeMap<String, u64>], round: u64) -> u64 {
    let found = numbers(place);
    let mut lines = 0;
    for (thread, count) in accepted.iter().flatten() {
        let there = found.get(thread).map_or(0, |numbers| numbers.len() as u64);
        assert!(
            there >= *count,
            "round {round}: {thread} said {count}, and {there} are there"
        );
    }
    for (thread, numbers) in found {
        lines += numbers.len() as u64;
        for (n, number) in numbers.into_iter().enumerate() {
            assert_eq!(number, n as u64, "round {round}: {thread}");
        }
    }
    let left = std::fs::read_dir(state_dir(place)).into_iter().flatten();
    let names = left.map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name != "adopt.lock").collect();
    assert!(left.is_empty(), "round {round}: {left:?}");
    lines
}

fn recover(place: &Path) {
    for left in recovery::recover(&state_dir(place)).unwrap() {
        assert_eq!((left.outcome, left.damaged), (Outcome::Delivered, 0));
    }
}

/// Makes a pipe of the log, which nobody reads: nothing is delivered.
#[cfg(feature = "spool")]
fn deliver_nothing(place: &Path) {
    let made = Command::new("mkfifo").arg(place.join("app.log")).status();
    assert!(made.unwrap().success());
}

fn wait_a_while(random: &mut Random, most: u64) {
    thread::sleep(Duration::from_micros(random.below(most)));
}

/// How long a writer may be at it: its start takes some milliseconds.
const LONG: u64 = 60_000;

/// Runs rounds of `round`; lines must have been written at all.
fn each_round(seed: u64, mut round: impl FnMut(&Path, &mut Random, u64) -> u64) {
    let mut random = Random(seed);
    let mut lines = 0;
    for number in 0..rounds() {
        let place = tempfile::tempdir().unwrap();
        lines += round(place.path(), &mut random, number);
    }
    assert!(lines > rounds(), "no more than {lines} lines in all rounds");
}

#[test]
fn a_killed_writers_records_are_delivered_once() {
    const TEST: &str = "a_killed_writers_records_are_delivered_once";
    if is_child() {
        return;
    }
    each_round(1, |place, random, round| {
        let writer = Writer::start(TEST, "writes", place, "a");
        wait_a_while(random, LONG);
        let accepted = writer.kill();
        recover(place);
        check(place, &[accepted], round)
    });
}

#[test]
fn a_kill_inside_rotation_loses_and_doubles_nothing() {
    const TEST: &str = "a_kill_inside_rotation_loses_and_doubles_nothing";
    if is_child() {
        return;
    }
    each_round(2, |place, random, round| {
        let writer = Writer::start(TEST, "rotates", place, "a");
        wait_a_while(random, LONG);
        let accepted = writer.kill();
        recover(place);
        check(place, &[accepted], round)
    });
}

#[test]
fn a_kill_inside_shutdown_loses_and_doubles_nothing() {
    const TEST: &str = "a_kill_inside_shutdown_loses_and_doubles_nothing";
    if is_child() {
        return;
    }
    each_round(3, |place, random, round| {
        let writer = Writer::start(TEST, "closes", place, "a");
        wait_a_while(random, LONG);
        let accepted = writer.kill();
        recover(place);
        check(place, &[accepted], round)
    });
}

#[test]
fn a_recovery_that_is_killed_is_gone_on_with() {
    const TEST: &str = "a_recovery_that_is_killed_is_gone_on_with";
    if is_child() {
        return;
    }
    each_round(4, |place, random, round| {
        let writer = Writer::start(TEST, "rotates", place, "a");
        wait_a_while(random, LONG);
        let accepted = writer.kill();
        for _ in 0..3 {
            let mut child = spawn(TEST, "recover", place, "");
            wait_a_while(random, 12_000);
            let _ = child.kill();
            child.wait().unwrap();
        }
        recover(place);
        check(place, &[accepted], round)
    });
}

#[test]
fn two_processes_write_one_file_and_each_is_recovered() {
    const TEST: &str = "two_processes_write_one_file_and_each_is_recovered";
    if is_child() {
        return;
    }
    each_round(5, |place, random, round| {
        let first = Writer::start(TEST, "writes", place, "a");
        let second = Writer::start(TEST, "writes", place, "b");
        wait_a_while(random, LONG);
        let accepted_first = first.kill();
        if round % 2 == 0 {
            // While the other one goes on.
            recover(place);
        }
        wait_a_while(random, LONG / 4);
        let accepted_second = second.kill();
        recover(place);
        check(place, &[accepted_first, accepted_second], round)
    });
}

#[test]
fn the_next_start_delivers_by_itself_before_its_own_records() {
    const TEST: &str = "the_next_start_delivers_by_itself_before_its_own_records";
    if is_child() {
        return;
    }
    each_round(6, |place, random, round| {
        let first = Writer::start(TEST, "writes", place, "a");
        wait_a_while(random, LONG);
        let accepted_first = first.kill();
        let second = Writer::start(TEST, "writes", place, "b");
        wait_a_while(random, LONG);
        let accepted_second = second.kill();
        recover(place);
        check(place, &[accepted_first, accepted_second], round)
    });
}

/// A line is in the ring until it is known there that the spool has it: who is killed in between leaves
/// it in both. The rows of the spool say which records they hold.
#[cfg(feature = "spool")]
#[test]
fn what_ring_and_spool_both_have_is_delivered_once_and_in_order() {
    const TEST: &str = "what_ring_and_spool_both_have_is_delivered_once_and_in_order";
    if is_child() {
        return;
    }
    let mut spooled = 0;
    each_round(8, |place, random, round| {
        let role = ["fills", "overflows"][round as usize % 2];
        deliver_nothing(place);
        let writer = Writer::start(TEST, role, place, "a");
        // On a machine that has other things to do it takes longer until the ring has let go of lines.
        let slowly = if spooled == 0 { round } else { 0 };
        wait_a_while(random, 4 * LONG * (1 + slowly));
        let accepted = writer.kill();
        // Where there was a pipe there is a file now.
        std::fs::remove_file(place.join("app.log")).unwrap();
        let left = recovery::recover(&state_dir(place)).unwrap();
        for left in left {
            assert_eq!((left.outcome, left.damaged), (Outcome::Delivered, 0));
            let is_spool = left.path.extension().is_some_and(|ending| ending == "db");
            spooled += if is_spool { left.delivered } else { 0 };
        }
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(place.join("app.log"))
            .unwrap();
        check(place, &[accepted], round)
    });
    assert!(spooled > 0, "nothing was in a spool");
}

/// Two at a time as well. Who is killed between a delivery and its note has it delivered again.
#[cfg(feature = "spool")]
#[test]
fn a_recovery_of_a_spool_that_is_killed_is_gone_on_with() {
    const TEST: &str = "a_recovery_of_a_spool_that_is_killed_is_gone_on_with";
    if is_child() {
        return;
    }
    each_round(9, |place, random, round| {
        deliver_nothing(place);
        let writer = Writer::start(TEST, "fills", place, "a");
        wait_a_while(random, 2 * LONG);
        let accepted = writer.kill();
        std::fs::remove_file(place.join("app.log")).unwrap();
        for _ in 0..3 {
            let mut children = [(); 2].map(|()| spawn(TEST, "recover", place, ""));
            wait_a_while(random, 12_000);
            for child in &mut children {
                let _ = child.kill();
                child.wait().unwrap();
            }
        }
        recover(place);
        check_at_least_once(place, &accepted, round)
    });
}

/// A worker that is killed between a delivery from the spool and its note has it delivered again.
#[cfg(feature = "spool")]
#[test]
fn a_kill_between_ring_and_spool_loses_nothing() {
    const TEST: &str = "a_kill_between_ring_and_spool_loses_nothing";
    if is_child() {
        return;
    }
    each_round(7, |place, random, round| {
        let writer = Writer::start(TEST, "spools", place, "a");
        wait_a_while(random, 2 * LONG);
        let accepted = writer.kill();
        let started = spawn(TEST, "starts", place, "").wait().unwrap();
        assert!(started.success(), "round {round}");
        check_at_least_once(place, &accepted, round)
    });
}

/// Nothing that was accepted is missing.
#[cfg(feature = "spool")]
fn check_at_least_once(place: &Path, accepted: &BTreeMap<String, u64>, round: u64) -> u64 {
    let mut lines = 0;
    for (thread, mut numbers) in numbers(place) {
        numbers.sort_unstable();
        numbers.dedup();
        let said = accepted.get(&thread).copied().unwrap_or(0);
        let there = numbers.len() as u64;
        assert!(there >= said, "round {round}: {thread} said {said}");
        assert!(numbers.into_iter().eq(0..there), "round {round}: {thread}");
        lines += there;
    }
    let nothing_said = accepted.values().all(|said| *said == 0);
    assert!(lines > 0 || nothing_said, "round {round}");
    lines
}
