//! What becomes of an audit file when its writer is killed, doubled, not alone, or has no room.
#![cfg(all(unix, feature = "audit", feature = "config-files"))]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hydra_logger::Logger;
use hydra_logger::config::{Syntax, load_text};
use hydra_protect::audit::{Report, Verdict, VerifyOptions, VerifyingKey, verify, verify_ties};

const DIRECTORY: &str = "HYDRA_TEST_DIRECTORY";

/// The directory that this process was started with, if it is one that a test has started.
fn given() -> Option<PathBuf> {
    std::env::var_os(DIRECTORY).map(PathBuf::from)
}

/// Starts this program again; there the test finds [`given`].
fn start(test: &str, directory: &Path) -> Child {
    start_under(Command::new("env"), test, directory)
}

/// The same, run by another program, whose last arguments it is.
fn start_under(mut command: Command, test: &str, directory: &Path) -> Child {
    command.arg(std::env::current_exe().unwrap());
    command.args([
        test,
        "--exact",
        "--test-threads=1",
        "--nocapture",
        "--quiet",
    ]);
    command.env(DIRECTORY, directory);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

fn logger(directory: &Path, settings: &str) -> Logger {
    let path = directory.join("audit.log");
    let yaml = format!(
        "layers: {{DEFAULT: {{destinations: [{{type: file, path: {}, audit: true, {settings}}}]}}}}",
        path.display()
    );
    Logger::from_config(load_text(&yaml, Syntax::Yaml).unwrap().config).unwrap()
}

fn report(path: &Path) -> Report {
    let key = VerifyingKey::load(&path.with_file_name("audit.pub")).unwrap();
    verify(
        File::open(path).unwrap(),
        Some(&key),
        &VerifyOptions::default(),
    )
    .unwrap()
}

/// The log and what it was rotated into, held against each other, the youngest first.
fn reports(log: &Path) -> Vec<Report> {
    let number_of = |name: &str| name.strip_prefix("audit.log.")?.parse::<u32>().ok();
    let names = fs::read_dir(log.parent().unwrap()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name());
    // A rotation that was killed among its renames leaves a gap in the numbers.
    let mut old: Vec<_> = names
        .filter_map(|name| number_of(name.to_str().unwrap()))
        .collect();
    old.sort_unstable();
    // Killed at the last of them, it leaves no file without a number.
    let mut reports = Vec::from_iter(log.exists().then(|| report(log)));
    let old = old
        .into_iter()
        .map(|number| PathBuf::from(format!("{}.{number}", log.display())));
    reports.extend(old.map(|path| report(&path)));
    verify_ties(&mut reports);
    reports
}

/// The lines that a child says, up to the end.
fn lines_of(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.lines().map_while(Result::ok)
}

/// The number of the record that a child says is written.
fn written(line: &str) -> Option<u64> {
    line.rsplit_once("written ")?.1.parse().ok()
}

fn say(number: u64) {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "written {number}").unwrap();
    stdout.flush().unwrap();
}

/// Logs so many records, and says of each that it is written.
fn log_and_say(directory: &Path, settings: &str, records: u64) {
    let logger = logger(directory, settings);
    for number in 1..=records {
        logger.info("AUTH", format_args!("record {number}"));
        say(number);
    }
    logger.close().unwrap();
}

#[test]
fn a_writer_that_is_killed_at_any_moment_loses_no_record_and_the_next_one_goes_on() {
    if let Some(directory) = given() {
        log_and_say(&directory, "checkpoint_every: 7, max_size: 20KB", u64::MAX);
    }
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("audit.log");
    let test = "a_writer_that_is_killed_at_any_moment_loses_no_record_and_the_next_one_goes_on";
    let (mut kept, mut seed) = (0, 12_345_u64);
    for round in 1..=12 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let until = 1 + (seed >> 33) % 300;
        let mut child = start(test, place.path());
        let mut said = lines_of(&mut child).filter_map(|line| written(&line));
        said.find(|number| *number == until).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let last = said.last().unwrap_or(until);
        let reports = reports(&log);
        for report in &reports {
            assert!(report.damages.is_empty(), "round {round}: {report}");
        }
        let records: u64 = reports.iter().map(|report| report.records).sum();
        // The record that was being written when it was killed may be there, too.
        assert!(
            (last..=last + 1).contains(&(records - kept)),
            "{records} {kept} {last}"
        );
        kept = records;
    }
    let last = logger(place.path(), "checkpoint_every: 7");
    last.info("AUTH", "the last record");
    last.close().unwrap();
    let reports = reports(&log);
    assert!(reports.len() > 2, "rotated, too");
    for report in &reports {
        assert_eq!(report.verdict(), Verdict::Whole, "{report}");
    }
    assert_eq!(
        reports.iter().map(|report| report.records).sum::<u64>(),
        kept + 1
    );
    let interruptions: usize = reports
        .iter()
        .map(|report| report.interruptions.len())
        .sum();
    assert!(
        (10..=12).contains(&interruptions),
        "{interruptions}: two may fall between two files"
    );
}

/// Without it a test says that it skips, but in CI.
#[cfg(target_os = "linux")]
fn has_strace() -> bool {
    let is_there = Command::new("strace").arg("-V").output().is_ok();
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "strace is not installed");
        eprintln!("SKIPPED: it needs strace");
    }
    is_there
}

/// A tracer that kills what it runs at a call of this name: the one of this number among those on the
/// audit file, on that which it is rotated into, and on that which a new one begins as.
#[cfg(target_os = "linux")]
fn killer(place: &Path, call: &str, number: usize) -> Command {
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null"]);
    tracer
        .arg("-e")
        .arg(format!("inject={call}:signal=KILL:when={number}"));
    for name in ["audit.log", "audit.log.1", ".audit.log.new"] {
        tracer.arg("-P").arg(place.join(name));
    }
    tracer
}

#[test]
#[cfg(target_os = "linux")]
fn a_writer_that_is_killed_at_any_call_leaves_no_damage() {
    const RECORDS: u64 = 20;
    const TEST: &str = "a_writer_that_is_killed_at_any_call_leaves_no_damage";
    let settings = "checkpoint_every: 7, max_size: 2KB";
    if let Some(directory) = given() {
        return log_and_say(&directory, settings, RECORDS);
    }
    if !has_strace() {
        return;
    }
    let calls = [
        "openat", "flock", "statx", "write", "rename", "unlink", "close",
    ];
    let mut killed = 0;
    for call in calls {
        let survives = |number| {
            let place = tempfile::tempdir().unwrap();
            // Its key is made before, and is not what this is about.
            logger(place.path(), settings).info("AUTH", "the first record");
            let tracer = killer(place.path(), call, number);
            let mut child = start_under(tracer, TEST, place.path());
            let said = lines_of(&mut child).filter_map(|line| written(&line));
            let said = said.last().unwrap_or(0);
            let survived = child.wait().unwrap().success();
            check_what_is_left(place.path(), &format!("{call} {number}"), said);
            survived
        };
        let mut number = 1;
        while !survives(number) {
            number += 1;
        }
        killed += number - 1;
    }
    assert!(killed > 30, "{killed} kills are not all calls");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_whose_syncs_failed_is_left_for_another_when_they_do_well_again() {
    const TEST: &str = "a_file_whose_syncs_failed_is_left_for_another_when_they_do_well_again";
    if let Some(directory) = given() {
        return log_and_say(&directory, "fsync: true", 10);
    }
    if !has_strace() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-qq", "-o", "/dev/null"]);
    // The first is that of the file's beginning.
    tracer.args(["-e", "inject=fdatasync:error=EIO:when=4..6"]);
    let mut child = start_under(tracer, TEST, place.path());
    assert_eq!(
        lines_of(&mut child)
            .filter_map(|line| written(&line))
            .last(),
        Some(10)
    );
    assert!(child.wait().unwrap().success());
    let reports = reports(&place.path().join("audit.log"));
    for report in &reports {
        assert_eq!(report.verdict(), Verdict::Whole, "{report}");
    }
    // The third to the fifth fail, and of the sixth it is not believed: four records are the other's.
    let records = reports.iter().map(|report| report.records);
    assert_eq!(records.collect::<Vec<_>>(), [4, 6]);
}

/// What a killed writer has left is no damage, though the record that it was about to write may be
/// there, and the next one goes on with it.
fn check_what_is_left(place: &Path, at: &str, said: u64) {
    let log = place.join("audit.log");
    for report in reports(&log) {
        assert!(report.damages.is_empty(), "{at}: {report}");
    }
    let last = logger(place, "checkpoint_every: 7");
    last.info("AUTH", "the last record");
    last.close().unwrap();
    let reports = reports(&log);
    for report in &reports {
        assert_eq!(report.verdict(), Verdict::Whole, "{at}: {report}");
    }
    let records: u64 = reports.iter().map(|report| report.records).sum();
    // The first and the last besides.
    let least = said + 2;
    assert!(
        (least..=least + 1).contains(&records),
        "{at}: {records} of {least}"
    );
}

#[test]
fn a_second_process_writes_a_chain_of_its_own_beside_the_file() {
    let test = "a_second_process_writes_a_chain_of_its_own_beside_the_file";
    if let Some(directory) = given() {
        let logger = logger(&directory, "level: INFO");
        logger.info("AUTH", "from the second process");
        say(1);
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let first = logger(place.path(), "level: INFO");
    first.info("AUTH", "from the first process");
    let mut child = start(test, place.path());
    let own = place.path().join(format!("audit.log.pid{}", child.id()));
    assert_eq!(
        lines_of(&mut child)
            .filter_map(|line| written(&line))
            .last(),
        Some(1)
    );
    assert!(child.wait().unwrap().success());
    first.info("AUTH", "from the first process again");
    first.close().unwrap();
    for (path, records) in [(place.path().join("audit.log"), 2), (own, 1)] {
        let report = report(&path);
        assert_eq!(
            (report.verdict(), report.records),
            (Verdict::Whole, records),
            "{report}"
        );
    }
}

#[test]
fn a_forked_child_never_writes_to_its_parents_chain() {
    let test = "a_forked_child_never_writes_to_its_parents_chain";
    if let Some(directory) = given() {
        let logger = logger(&directory, "level: INFO");
        logger.info("AUTH", "before the fork");
        // SAFETY: the child uses what is made usable after a fork, and glibc's allocator.
        let child = unsafe { libc::fork() };
        for _ in 0..20 {
            logger.info("AUTH", "after the fork, in both");
        }
        // As a process that ends in order: the child's file is closed, too.
        logger.close().unwrap();
        if child == 0 {
            // SAFETY: ends the child at once, which has nothing left to do.
            unsafe { libc::_exit(0) };
        }
        // SAFETY: waits for the child made above.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
        return;
    }
    let place = tempfile::tempdir().unwrap();
    assert!(
        start(test, place.path())
            .wait_with_output()
            .unwrap()
            .status
            .success()
    );
    let mut records = Vec::new();
    for entry in fs::read_dir(place.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("audit.log") {
            let report = report(&path);
            assert_eq!(
                report.verdict(),
                Verdict::Whole,
                "{}: {report}",
                path.display()
            );
            records.push(report.records);
        }
    }
    records.sort_unstable();
    // The child may have come so late that the parent had closed the file, which it then went on with.
    assert!(
        records == [20, 21] || records == [41] || records.iter().sum::<u64>() == 41,
        "{records:?}"
    );
}

#[test]
fn a_process_that_ends_in_order_closes_its_files() {
    let test = "a_process_that_ends_in_order_closes_its_files";
    if let Some(directory) = given() {
        let logger: &'static Logger = Box::leak(Box::new(logger(&directory, "level: INFO")));
        logger.info("AUTH", "never dropped");
        std::process::exit(0);
    }
    let place = tempfile::tempdir().unwrap();
    assert!(start(test, place.path()).wait().unwrap().success());
    let report = report(&place.path().join("audit.log"));
    assert_eq!(
        (report.verdict(), report.records),
        (Verdict::Whole, 1),
        "{report}"
    );
}

/// Limits the size of the files that this process writes: a full disk, on any file system.
fn limit_file_size(bytes: u64) {
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: plain system calls; a write beyond the limit is to be an error and not SIGXFSZ.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
    }
}

#[test]
fn a_record_that_a_full_disk_cuts_short_is_refused_and_the_chain_goes_on_without_it() {
    let test = "a_record_that_a_full_disk_cuts_short_is_refused_and_the_chain_goes_on_without_it";
    if let Some(directory) = given() {
        let logger = logger(&directory, "checkpoint_every: 5");
        let dropped = || logger.metrics().destinations[0].counts.dropped;
        limit_file_size(4_000);
        let mut tried = 0;
        while dropped() < 3 {
            logger.info("AUTH", format_args!("record {tried}"));
            tried += 1;
        }
        limit_file_size(libc::RLIM_INFINITY);
        logger.info("AUTH", "there is room again");
        assert_eq!(dropped(), 3);
        logger.close().unwrap();
        say(tried);
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let mut child = start(test, place.path());
    let tried = lines_of(&mut child)
        .filter_map(|line| written(&line))
        .last()
        .unwrap();
    assert!(child.wait().unwrap().success());
    let report = report(&place.path().join("audit.log"));
    assert_eq!(
        (report.verdict(), report.records),
        (Verdict::Whole, tried - 3 + 1),
        "{report}"
    );
    assert!(report.interruptions.is_empty(), "{report}");
}
