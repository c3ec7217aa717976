//! The console on real pipes, terminals and files: each test starts this program again as a child
//! that writes to its own stdout.

#![cfg(unix)]

mod child;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::process::{Child, Command, Stdio};

use child::{LINES, line_of, long_line};

const ROLE: &str = "CONSOLE_TEST_ROLE";

/// Not a test: what a child process runs.
#[test]
fn the_child_of_a_test() {
    if let Ok(role) = std::env::var(ROLE) {
        child::run(&role);
    }
}

fn command(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["the_child_of_a_test", "--exact", "--nocapture", "--quiet"])
        .env(ROLE, role)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in ["NO_COLOR", "FORCE_COLOR", "TERM"] {
        command.env_remove(name);
    }
    command
}

/// The child, and its stdout after what the test harness prints there.
fn start(role: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = command(role).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "running 1 test\n" {
        line.clear();
        assert_ne!(
            stdout.read_line(&mut line).unwrap(),
            0,
            "the child says nothing"
        );
    }
    (child, stdout)
}

fn ends_well(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{} {stderr}", output.status);
    stderr
}

/// Waits until the child has said this on its stderr.
fn says(child: &mut Child, expected: &str) {
    let stderr = child.stderr.as_mut().unwrap();
    let mut said = vec![0; expected.len()];
    stderr.read_exact(&mut said).unwrap();
    assert_eq!(String::from_utf8_lossy(&said), expected);
}

#[test]
fn lines_of_threads_and_of_println_stay_whole() {
    let (child, stdout) = start("threads");
    let mut next = [0; 10];
    for line in stdout.lines() {
        let line = line.unwrap();
        let writer: usize = line[1..2].parse().unwrap();
        assert_eq!(line + "\n", line_of(writer, next[writer]));
        next[writer] += 1;
    }
    assert_eq!(next, [LINES, LINES, LINES, LINES, 0, 0, 0, 0, 0, LINES]);
    ends_well(child);
}

#[test]
fn a_reader_that_goes_away_is_an_error_each_time_and_nothing_more() {
    let (child, mut stdout) = start("reader gone");
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "a line\n");
    drop(stdout);
    assert_eq!(ends_well(child), "ended quietly\n");
}

fn assert_long_lines(mut stdout: BufReader<std::process::ChildStdout>) {
    for i in 0..5 {
        let mut line = Vec::new();
        stdout.read_until(b'\n', &mut line).unwrap();
        assert!(line == long_line(i), "line {i} has {} bytes", line.len());
    }
}

#[test]
fn a_line_longer_than_a_pipe_that_does_not_block_is_written_whole() {
    let (child, stdout) = start("full pipe");
    assert_long_lines(stdout);
    ends_well(child);
}

#[test]
fn a_line_is_written_whole_though_signals_interrupt_it() {
    let (mut child, stdout) = start("signals");
    says(&mut child, "go\n");
    assert_long_lines(stdout);
    ends_well(child);
}

#[test]
fn a_split_console_sends_each_level_to_its_stream() {
    let (child, mut stdout) = start("split");
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(text, "<TRACE>\n<DEBUG>\n<INFO>\n<WARNING>\n");
    assert_eq!(ends_well(child), "<ERROR>\n<CRITICAL>\n");
}

#[test]
fn the_lines_of_a_batch_go_to_their_streams_in_order() {
    let (child, mut stdout) = start("batch");
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(text, "<TRACE>\n<DEBUG>\n<INFO>\n<WARNING>\n<INFO>\n");
    assert_eq!(ends_well(child), "<ERROR>\n<CRITICAL>\n<ERROR>\n");
}

#[test]
fn a_lock_that_the_application_holds_on_stdout_does_not_stop_the_logger() {
    let (child, mut stdout) = start("stdout locked");
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert_eq!(text, "<logged>\n<printed>\n");
    ends_well(child);
}

#[test]
fn a_child_of_fork_does_not_wait_for_a_thread_that_it_does_not_have() {
    let (mut child, mut stdout) = start("fork");
    says(&mut child, "forked\n");
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert!(text.contains("<from the child>\n"));
    assert_eq!(text.len(), long_line(0).len() + "<from the child>\n".len());
    ends_well(child);
}

#[test]
fn after_a_line_that_an_error_tore_the_next_one_begins_anew() {
    let path = std::env::temp_dir().join(format!("hydra-console-{}", std::process::id()));
    let mut file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut command = command("file size");
    let child = command.stdout(file.try_clone().unwrap()).spawn().unwrap();
    ends_well(child);
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    let (_, text) = text.split_once("running 1 test\n").unwrap();
    assert!(
        text.starts_with(&format!("{}\nb", "a".repeat(79))),
        "{text}"
    );
    assert!(text.ends_with("b\n<whole again>\n"), "{text}");
}

/// The two ends of a pseudo-terminal.
fn terminal() -> (File, OwnedFd) {
    let (mut master, mut slave) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: two places for the descriptors; name, settings and size may be null.
    let made = unsafe {
        libc::openpty(
            &raw mut master,
            &raw mut slave,
            none,
            none.cast(),
            none.cast(),
        )
    };
    assert_eq!(made, 0);
    // SAFETY: the call has just opened both, and nobody else has them.
    unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) }
}

#[test]
fn a_terminal_gets_colours_unless_the_environment_says_no() {
    const COLORED: &str = "\x1b[34m\"level\"\x1b[0m:\x1b[31m\"ERROR\"\x1b[0m";
    for (set, expected) in [(None, COLORED), (Some("NO_COLOR"), "\"level\":\"ERROR\"")] {
        let (mut screen, stdout) = terminal();
        let mut command = command("color");
        command.envs(set.map(|name| (name, "1"))).stdout(stdout);
        let child = command.spawn().unwrap();
        drop(command); // and with it this process's own end of the terminal
        let mut text = Vec::new();
        let mut chunk = [0; 4096];
        // A terminal whose other end is closed is an error on Linux, not an end.
        while let Ok(n @ 1..) = screen.read(&mut chunk) {
            text.extend_from_slice(&chunk[..n]);
        }
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(expected), "{set:?}: {text:?}");
        ends_well(child);
    }
}

#[test]
fn a_pipe_gets_no_colours() {
    let (child, mut stdout) = start("color");
    let mut text = String::new();
    stdout.read_to_string(&mut text).unwrap();
    assert!(text.contains("\"level\":\"ERROR\""), "{text:?}");
    ends_well(child);
}
