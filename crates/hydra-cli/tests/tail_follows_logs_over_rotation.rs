//! `hydra tail` shows every line exactly once, whatever happens to the file meanwhile: the real
//! program follows what the real file destination writes and rotates.

#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, PipeReader, PipeWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::format::{FormatKind, FormatSettings, RenderContext};
use hydra_core::{Buffer, Destination as _, Level, LineMeta, Record};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tempfile::TempDir;

/// How long a line is waited for before the test fails.
const DEADLINE: Duration = Duration::from_mins(2);

/// 2026-03-10T12:00:00Z; record `n` is made `n` milliseconds later.
const NOON: i64 = 1_773_144_000_000_000_000;

/// The program, and what it shows.
struct Tail {
    child: Child,
    lines: Receiver<String>,
    /// Its stdout is read as long as this end of a pipe is open.
    reading: Option<PipeWriter>,
}

impl Tail {
    fn start(args: &[&str], files: &[&Path]) -> Tail {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hydra"))
            .arg("tail")
            .args(args)
            .args(files)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        let (stop, reading) = std::io::pipe().unwrap();
        std::thread::spawn(move || read_lines(stdout, &stop, &send));
        Tail {
            child,
            lines,
            reading: Some(reading),
        }
    }

    /// Lines until one ends like this.
    fn until(&self, end: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        while !found.last().is_some_and(|line| line.ends_with(end)) {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => found.push(line),
                Err(error) => panic!(
                    "{end:?} did not come ({error}); the last: {:?}",
                    found.last()
                ),
            }
        }
        found
    }

    /// Waits for what it says on stderr when a file is missing.
    fn until_it_waits(&mut self) {
        let mut line = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        BufReader::new(stderr).read_line(&mut line).unwrap();
        assert!(line.contains("waiting for it"), "{line}");
    }
}

/// Hands out lines until `stop` is closed at its other end; then nobody reads `stdout` any more.
fn read_lines(mut stdout: ChildStdout, stop: &PipeReader, send: &Sender<String>) {
    let mut pending = Vec::new();
    let mut bytes = [0; 8 << 10];
    loop {
        let mut fds = [
            PollFd::new(&stdout, PollFlags::IN),
            PollFd::new(stop, PollFlags::IN),
        ];
        while poll(&mut fds, None) == Err(Errno::INTR) {}
        if !fds[1].revents().is_empty() {
            return;
        }
        let got = stdout.read(&mut bytes).unwrap();
        if got == 0 {
            return;
        }
        pending.extend_from_slice(&bytes[..got]);
        while let Some(newline) = pending.iter().position(|byte| *byte == b'\n') {
            let mut line: Vec<u8> = pending.drain(..=newline).collect();
            line.pop();
            let _ = send.send(String::from_utf8(line).unwrap());
        }
    }
}

impl Drop for Tail {
    /// It ends by itself and in good order, as its reader goes: what is killed is not looked at for
    /// coverage either.
    fn drop(&mut self) {
        self.reading = None;
        if std::thread::panicking() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        } else {
            assert_eq!(end(&mut self.child).code(), Some(0));
        }
    }
}

/// Waits for the program to end.
fn end(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(begun.elapsed() < DEADLINE, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Writes numbered records.
struct Writer {
    format: FormatKind,
    file: FileDestination,
}

impl Writer {
    fn new(options: FileOptions, format: FormatKind) -> Writer {
        Writer {
            format,
            file: FileDestination::new(options),
        }
    }

    fn write(&self, numbers: std::ops::Range<usize>) {
        for n in numbers {
            let meta = LineMeta::new(Level::Info, NOON + n as i64 * 1_000_000);
            self.file.deliver(&line(self.format, n), &meta).unwrap();
        }
    }
}

/// Record `n` as a line.
fn line(kind: FormatKind, n: usize) -> Vec<u8> {
    let message = format!("record {n}.");
    let record = Record::new(NOON + n as i64 * 1_000_000, Level::Info, "APP", &message);
    let mut out = Buffer::default();
    let format = FormatSettings::new(kind).bind("APP").unwrap();
    format.render(&record, &mut RenderContext::default(), &mut out);
    out.as_bytes().to_vec()
}

fn numbers(lines: &[String]) -> Vec<usize> {
    let number = |line: &String| {
        let (_, number) = line
            .rsplit_once("record ")
            .unwrap_or_else(|| panic!("{line:?}"));
        number.strip_suffix('.').unwrap().parse().unwrap()
    };
    lines.iter().map(number).collect()
}

fn all(range: std::ops::Range<usize>) -> Vec<usize> {
    range.collect()
}

struct Log {
    folder: TempDir,
}

impl Log {
    fn new() -> Log {
        Log {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("app.log")
    }

    fn append(&self, numbers: std::ops::Range<usize>) {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path())
            .unwrap();
        for n in numbers {
            file.write_all(&line(FormatKind::Json, n)).unwrap();
        }
    }
}

#[test]
fn every_line_is_shown_once_while_the_file_is_rotated_much_faster_than_it_is_read() {
    let log = Log::new();
    let writer = Writer::new(
        FileOptions::new(log.path()).max_size(2000),
        FormatKind::PlainText,
    );
    writer.write(0..5);
    let tail = Tail::start(&[], &[&log.path()]);
    assert_eq!(numbers(&tail.until("record 4.")), all(0..5));
    // About 25 records a file: a hundred rotations.
    writer.write(5..2500);
    assert_eq!(numbers(&tail.until("record 2499.")), all(5..2500));
    assert!(fs::read_dir(log.folder.path()).unwrap().count() > 50);
}

#[test]
fn two_writers_that_rotate_the_same_file_lose_and_double_nothing() {
    let log = Log::new();
    let options = FileOptions::new(log.path()).max_size(4000);
    let first = Writer::new(options.clone(), FormatKind::Json);
    let second = Writer::new(options, FormatKind::Json);
    first.write(0..1);
    let tail = Tail::start(&[], &[&log.path()]);
    tail.until("record 0.");
    std::thread::scope(|scope| {
        scope.spawn(|| first.write(1..1000));
        second.write(1000..2000);
    });
    let mut found = Vec::new();
    while found.len() < 1999 {
        let line = tail
            .lines
            .recv_timeout(DEADLINE)
            .expect("a line that was written");
        found.extend(numbers(&[line]));
    }
    found.sort_unstable();
    assert_eq!(found, all(1..2000));
}

#[test]
fn a_file_that_is_moved_is_read_to_its_end_and_then_the_new_one() {
    let log = Log::new();
    log.append(0..3);
    let tail = Tail::start(&[], &[&log.path()]);
    tail.until("record 2.");
    let mut old = OpenOptions::new().append(true).open(log.path()).unwrap();
    fs::rename(log.path(), log.folder.path().join("app-20260310.log")).unwrap();
    old.write_all(&line(FormatKind::Json, 3)).unwrap();
    assert_eq!(numbers(&tail.until("record 3.")), [3]);
    log.append(4..6);
    assert_eq!(numbers(&tail.until("record 5.")), [4, 5]);
    // A writer that has not noticed yet.
    old.write_all(&line(FormatKind::Json, 6)).unwrap();
    assert_eq!(numbers(&tail.until("record 6.")), [6]);
}

#[test]
fn what_copytruncate_left_in_the_copy_is_shown_before_what_came_after() {
    let log = Log::new();
    log.append(0..3);
    let tail = Tail::start(&[], &[&log.path()]);
    tail.until("record 2.");
    let mut next = 3;
    for round in 0..20 {
        log.append(next..next + 5);
        // As logrotate does it: older copies move on, then copy and truncate.
        for number in (1..=round).rev() {
            let name = |number: usize| log.folder.path().join(format!("app.log.{number}"));
            fs::rename(name(number), name(number + 1)).unwrap();
        }
        fs::copy(log.path(), log.folder.path().join("app.log.1")).unwrap();
        fs::File::options()
            .write(true)
            .truncate(true)
            .open(log.path())
            .unwrap();
        // In odd rounds it has grown beyond its old size when it is looked at.
        let more = if round % 2 == 1 { 20 } else { 1 };
        log.append(next + 5..next + 5 + more);
        next += 5 + more;
        let shown = tail.until(&format!("record {}.", next - 1));
        assert_eq!(numbers(&shown), all(next - 5 - more..next), "round {round}");
    }
}

#[test]
fn a_file_that_is_removed_and_made_again_is_followed() {
    let log = Log::new();
    log.append(0..1);
    let tail = Tail::start(&[], &[&log.path()]);
    tail.until("record 0.");
    for n in 1..20 {
        fs::remove_file(log.path()).unwrap();
        log.append(n..n + 1);
        assert_eq!(numbers(&tail.until(&format!("record {n}."))), [n]);
    }
}

#[test]
fn a_file_that_is_not_there_yet_is_shown_from_its_first_line_on_rotated_or_not() {
    let log = Log::new();
    let mut tail = Tail::start(&[], &[&log.path()]);
    tail.until_it_waits();
    let writer = Writer::new(
        FileOptions::new(log.path()).max_size(2000),
        FormatKind::Logfmt,
    );
    writer.write(0..500);
    assert_eq!(numbers(&tail.until("record 499.")), all(0..500));
}

#[test]
fn half_a_line_is_shown_when_it_is_whole() {
    let log = Log::new();
    log.append(0..1);
    let tail = Tail::start(&[], &[&log.path()]);
    tail.until("record 0.");
    let whole = line(FormatKind::Json, 1);
    let (first, second) = whole.split_at(30);
    let mut file = OpenOptions::new().append(true).open(log.path()).unwrap();
    file.write_all(first).unwrap();
    // Whether half of it was looked at or not: what is shown is the whole.
    std::thread::yield_now();
    file.write_all(second).unwrap();
    assert_eq!(numbers(&tail.until("record 1.")), [1]);
}

#[test]
fn several_files_are_told_apart() {
    let log = Log::new();
    log.append(0..1);
    let other = log.folder.path().join("other.log");
    fs::write(&other, "what no format knows\n").unwrap();
    let tail = Tail::start(&[], &[&log.path(), &other]);
    let header = |path: &Path| format!("==> {} <==", path.display());
    let shown = tail.until("what no format knows");
    assert_eq!(shown[0], header(&log.path()));
    assert_eq!(shown[2..4], [String::new(), header(&other)]);
    log.append(1..2);
    let shown = tail.until("record 1.");
    assert_eq!(shown[..2], [String::new(), header(&log.path())]);
}

#[test]
fn it_ends_when_nobody_reads_any_more_though_nothing_is_written() {
    let log = Log::new();
    log.append(0..1);
    let mut child = Command::new(env!("CARGO_BIN_EXE_hydra"))
        .arg("tail")
        .arg(log.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout: BufReader<ChildStdout> = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    drop(stdout);
    assert_eq!(end(&mut child).code(), Some(0));
}

/// What the program shows of the lines that are there, without following.
fn shown(args: &[&str], path: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hydra"))
        .args(["tail", "--no-follow"])
        .args(args)
        .arg(path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn shown_numbers(args: &[&str], path: &Path) -> Vec<usize> {
    let lines: Vec<String> = shown(args, path).lines().map(str::to_owned).collect();
    numbers(&lines)
}

#[test]
fn it_begins_with_the_last_lines_that_pass() {
    let log = Log::new();
    log.append(0..1000);
    assert_eq!(shown_numbers(&[], &log.path()), all(990..1000));
    assert_eq!(shown_numbers(&["-n", "3"], &log.path()), all(997..1000));
    assert_eq!(shown_numbers(&["-n", "0"], &log.path()), [0_usize; 0]);
    assert_eq!(shown_numbers(&["-n", "5000"], &log.path()), all(0..1000));
    let args = ["--grep", "record 1.\\.", "-n", "2"];
    assert_eq!(shown_numbers(&args, &log.path()), [18, 19]);
    assert_eq!(shown_numbers(&["--layer", "DB"], &log.path()), [0_usize; 0]);
    assert_eq!(
        shown_numbers(&["--level", "warning"], &log.path()),
        [0_usize; 0]
    );
    assert_eq!(
        shown_numbers(&["--level", "info", "--layer", "APP", "-n1"], &log.path()),
        [999]
    );
}

#[test]
fn since_reads_back_into_rotated_and_compressed_files() {
    let log = Log::new();
    let writer = Writer::new(
        FileOptions::new(log.path()).max_size(2000),
        FormatKind::Json,
    );
    writer.write(0..200);
    let second = log.folder.path().join("app.log.2");
    let packed = Command::new("gzip").arg(&second).status().unwrap();
    assert!(packed.success());
    let args = ["--since", "2026-03-10T12:00:00.100Z"];
    assert_eq!(shown_numbers(&args, &log.path()), all(100..200));
    let args = ["--since", "2026-03-10T12:00:00.100Z", "--lines", "4"];
    assert_eq!(shown_numbers(&args, &log.path()), all(196..200));
}

#[test]
fn a_line_of_no_format_continues_the_record_before_it() {
    let log = Log::new();
    let text = "2026-03-10 12:00:00Z APP ERROR - failed\n  at main.rs\n\
                2026-03-10 12:00:01Z APP INFO - fine\n  nothing to see\n";
    fs::write(log.path(), text).unwrap();
    let found = shown(&["--level", "ERROR", "--format", "json"], &log.path());
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(lines[0].contains("failed"), "{found}");
    assert_eq!(lines[1], "  at main.rs");
}

#[test]
fn colours_are_added_and_a_strangers_escape_sequences_are_not_obeyed() {
    let log = Log::new();
    let text = "level=error msg=x a=1\nraw \x1b[31mred\x1b[0m \x1b]0;title\x07\n";
    fs::write(log.path(), text).unwrap();
    let colored = shown(&["--color", "always"], &log.path());
    assert!(
        colored.contains("\x1b[31mERROR\x1b[0m - x \x1b[34ma\x1b[0m=1"),
        "{colored:?}"
    );
    assert!(
        colored.contains("raw \x1b[31mred\x1b[0m \\x1b]0;title\\x07"),
        "{colored:?}"
    );
    assert!(shown(&[], &log.path()).ends_with("raw \x1b[31mred\x1b[0m \x1b]0;title\x07\n"));
}

#[test]
fn without_following_a_file_that_is_not_there_is_an_error() {
    let log = Log::new();
    let output = Command::new(env!("CARGO_BIN_EXE_hydra"))
        .args(["tail", "--no-follow"])
        .arg(log.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("app.log"));
    let folder = Command::new(env!("CARGO_BIN_EXE_hydra"))
        .arg("tail")
        .arg(log.folder.path())
        .output()
        .unwrap();
    assert_eq!(folder.status.code(), Some(1));
}
