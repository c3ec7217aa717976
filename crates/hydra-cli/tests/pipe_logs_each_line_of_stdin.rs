//! `hydra pipe`.

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{Ran, hydra, run, start};

/// A configuration whose one destination is stdout, in JSON.
const JSON: &str = "default_level: TRACE\nlayers:\n  DEFAULT:\n    destinations:\n      \
                    - {type: console, stream: stdout, format: json}\n";

fn pipe_json(args: &[&str], stdin: &[u8]) -> (Vec<Value>, Ran) {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("c.yaml"), JSON).unwrap();
    let args = [&["pipe", "--config", "c.yaml"], args].concat();
    let ran = run(directory.path(), &args, stdin);
    let lines = ran.stdout.lines();
    let records = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (records, ran)
}

fn texts<'a>(records: &'a [Value], key: &str) -> Vec<&'a str> {
    records.iter().map(|r| r[key].as_str().unwrap()).collect()
}

#[test]
fn each_line_is_a_record_of_the_layer_with_the_level_that_it_shows() {
    let stdin = b"started\n[error] no\r\nlevel=warn x=1\n<7>probing\nlast, without a newline";
    let (records, ran) = pipe_json(&["--layer", "WEB"], stdin);
    let levels = ["INFO", "ERROR", "WARNING", "DEBUG", "INFO"];
    assert_eq!(texts(&records, "level"), levels);
    assert_eq!(texts(&records, "logger"), ["WEB"; 5]);
    assert_eq!(records[1]["message"], "[error] no");
    assert_eq!(records[4]["message"], "last, without a newline");
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.stderr,
        "hydra: 5 records read, 5 written, 0 not written\n"
    );
}

#[test]
fn a_reserved_layer_is_refused_with_the_reason_and_the_centralised_one_is_taken() {
    let (records, ran) = pipe_json(&["--layer", "__X__"], b"a\n");
    assert_eq!((records.len(), ran.code), (0, Some(2)));
    let reason = "'__X__' for '--layer <NAME>': layer names of the form __X__ are reserved, except \
                  __CENTRALIZED__";
    assert!(ran.stderr.contains(reason), "{}", ran.stderr);
    let (records, ran) = pipe_json(&["--layer", "__CENTRALIZED__"], b"a\n");
    assert_eq!(texts(&records, "logger"), ["__CENTRALIZED__"]);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn without_a_configuration_everything_goes_to_stdout() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(
        directory.path(),
        &["pipe", "--layer", "APP"],
        b"TRACE a\nb\n",
    );
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].ends_with(" APP TRACE - TRACE a"), "{lines:?}");
    assert!(lines[1].ends_with(" APP INFO - b"), "{lines:?}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn any_bytes_are_taken_and_empty_lines_are_counted() {
    let stdin = b"a\xff\0b\x1b[2J\n\n\r\n\xc3\n\xc3\xbc\n";
    let (records, ran) = pipe_json(&[], stdin);
    let messages = texts(&records, "message");
    assert_eq!(messages, ["a\\xff\0b\u{1b}[2J", "\\xc3", "\u{fc}"]);
    let expected = "hydra: 3 records read, 3 written, 0 not written (2 empty skipped)\n";
    assert_eq!(ran.stderr, expected);
    assert!(!ran.stdout.contains(['\0', '\u{1b}']));
}

#[test]
fn a_line_of_ten_megabytes_stays_whole() {
    let line = "0123456789".repeat(1 << 20);
    let (records, ran) = pipe_json(&[], format!("{line}\nnext\n").as_bytes());
    assert_eq!(records.len(), 2);
    assert!(records[0]["message"] == line.as_str());
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_line_beyond_the_limit_is_cut_and_tells_how_much_is_missing() {
    // The characters of two bytes do not fall on the limit: none is torn.
    let line = format!("x{}", "\u{fc}".repeat(20 << 19));
    let (records, ran) = pipe_json(&[], format!("{line}\nnext\n").as_bytes());
    let message = records[0]["message"].as_str().unwrap();
    let (kept, mark) = message.split_once("...[").unwrap();
    let missing: usize = mark.split_once(' ').unwrap().0.parse().unwrap();
    assert!(line.starts_with(kept));
    assert_eq!(kept.len() + missing, line.len());
    assert!(message.len() <= 16 << 20);
    assert_eq!(records[1]["message"], "next");
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_fixed_level_turns_recognition_off_and_a_lowest_one_filters() {
    let stdin = b"ERROR a\nDEBUG b\n";
    let (records, _) = pipe_json(&["--level", "warning"], stdin);
    assert_eq!(texts(&records, "level"), ["WARNING", "WARNING"]);
    let (records, ran) = pipe_json(&["--min-level", "INFO"], stdin);
    assert_eq!(texts(&records, "message"), ["ERROR a"]);
    let expected = "hydra: 2 records read, 1 written, 0 not written (1 below the level)\n";
    assert_eq!(ran.stderr, expected);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn structured_lines_are_taken_apart_into_time_level_message_and_fields() {
    let stdin = concat!(
        r#"{"time":"2026-01-02T03:04:05Z","level":"error","msg":"no","user":{"id":7}}"#,
        "\nts=1700000000 level=warn msg=\"very slow\" ms=12\nplain ERROR text\n"
    );
    let (records, ran) = pipe_json(&["--parse", "auto"], stdin.as_bytes());
    assert_eq!(texts(&records, "level"), ["ERROR", "WARNING", "ERROR"]);
    let messages = ["no", "very slow", "plain ERROR text"];
    assert_eq!(texts(&records, "message"), messages);
    let time = |at: usize| records[at]["timestamp"].as_str().unwrap();
    assert!(time(0).starts_with("2026-01-02T03:04:05"), "{}", time(0));
    assert!(time(1).starts_with("2023-11-14T22:13:20"), "{}", time(1));
    assert_eq!(records[0]["user"]["id"], 7);
    assert_eq!(records[1]["ms"], 12);
    assert_eq!(
        ran.stderr,
        "hydra: 3 records read, 3 written, 0 not written\n"
    );
}

#[test]
fn what_another_program_calls_its_logger_does_not_change_the_layer() {
    let stdin = concat!(
        r#"{"level":30,"logger":"db","host":"h","msg":"a"}"#,
        "\n",
        r#"{"version":"1.1","host":"web","level":3,"short_message":"b"}"#,
        "\nmethod=GET status=200\n"
    );
    let (records, _) = pipe_json(&["--parse", "auto", "--layer", "X"], stdin.as_bytes());
    assert_eq!(texts(&records, "logger"), ["X"; 3]);
    assert_eq!(texts(&records, "level"), ["INFO", "ERROR", "INFO"]);
    assert_eq!(records[0]["logger_"], "db");
    assert_eq!(records[1]["host"], "web");
    assert_eq!(records[2]["status"], 200);
}

#[test]
fn a_line_that_is_not_of_the_syntax_is_logged_as_it_is_and_counted() {
    let (records, ran) = pipe_json(&["--parse", "json"], b"{\"msg\":\"a\"}\na=1\n{broken\n");
    assert_eq!(texts(&records, "message"), ["a", "a=1", "{broken"]);
    let expected = "hydra: 3 records read, 3 written, 0 not written (2 not taken apart)\n";
    assert_eq!(ran.stderr, expected);
    let (records, _) = pipe_json(&["--parse", "logfmt"], b"a=1\n{\"msg\":\"a\"}\n");
    assert_eq!(records[0]["a"], 1);
    assert_eq!(records[1]["message"], "{\"msg\":\"a\"}");
}

#[test]
fn what_cannot_be_written_is_counted_and_makes_the_exit_code_one() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("occupied"), "").unwrap();
    let config = "layers:\n  DEFAULT:\n    destinations:\n      \
                  - {type: file, path: occupied/app.log}\n      \
                  - {type: file, path: good.log}\n";
    fs::write(directory.path().join("c.yaml"), config).unwrap();
    let ran = run(directory.path(), &["pipe", "-c", "c.yaml"], b"a\nb\nc\n");
    assert_eq!(ran.code, Some(1));
    let last = ran.stderr.lines().last().unwrap();
    let expected = "hydra: 3 records read, 0 written, 3 not written (file occupied/app.log lost 3)";
    assert_eq!(last, expected);
    let good = fs::read_to_string(directory.path().join("good.log")).unwrap();
    assert_eq!(good.lines().count(), 3);
}

#[test]
fn presets_work_and_unknown_ones_name_the_nearest() {
    let directory = tempfile::tempdir().unwrap();
    let args = ["pipe", "--preset", "bare_metal", "--layer", "APP"];
    let ran = run(directory.path(), &args, b"a\nb\n");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = run(directory.path(), &["pipe", "--preset", "prodction"], b"a\n");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.ends_with("did you mean production?\n"),
        "{}",
        ran.stderr
    );
    let ran = run(directory.path(), &["pipe", "--config", "no.yaml"], b"a\n");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("no.yaml cannot be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn variables_of_the_environment_are_followed() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = hydra(directory.path());
    command.args(["pipe", "--layer", "AUTH"]);
    command.env("HYDRA_LOG_LEVEL_AUTH", "ERROR");
    let mut child = start(&mut command);
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"a\nERROR b\n")
        .unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.ends_with("AUTH ERROR - ERROR b\n"));
}

/// The rest of what the program does when told to by signals and pipes, which only Unix has.
#[cfg(unix)]
mod on_unix {
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::{Duration, Instant};

    use super::*;

    /// Enough to fill a pipe many times.
    fn many_lines() -> Vec<u8> {
        (0..50_000)
            .flat_map(|n| format!("{n}\n").into_bytes())
            .collect()
    }

    #[test]
    fn a_filter_whose_reader_has_gone_ends_quietly() {
        let directory = tempfile::tempdir().unwrap();
        let mut command = hydra(directory.path());
        let mut child = start(command.arg("pipe"));
        drop(child.stdout.take());
        // Nobody takes all of it: that is the point.
        let _ = child.stdin.take().unwrap().write_all(&many_lines());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert!(output.status.signal() == Some(13) || output.status.success());
    }

    #[test]
    fn a_reader_that_has_gone_costs_the_file_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let config = "buffer_size: 64KB\nlayers:\n  DEFAULT:\n    destinations:\n      \
                      - {type: console, stream: stdout}\n      \
                      - {type: file, path: app.log, max_size: 100MB}\n";
        fs::write(directory.path().join("c.yaml"), config).unwrap();
        let mut command = hydra(directory.path());
        let mut child = start(command.args(["pipe", "-c", "c.yaml"]));
        drop(child.stdout.take());
        child
            .stdin
            .take()
            .unwrap()
            .write_all(&many_lines())
            .unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let last = ran.stderr.lines().last().unwrap();
        assert_eq!(
            last,
            "hydra: 50000 records read, 50000 written, 0 not written"
        );
        let file = fs::read(directory.path().join("app.log")).unwrap();
        assert_eq!(file.lines().count(), 50_000);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_makes_the_exit_code_one() {
        let directory = tempfile::tempdir().unwrap();
        let mut command = hydra(directory.path());
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        command.arg("pipe").stdin(std::process::Stdio::piped());
        command.stdout(full).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"a\n").unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(1));
        let expected = "hydra: 1 record read, 0 written, 1 not written (console stdout lost 1)\n";
        assert!(ran.stderr.ends_with(expected), "{}", ran.stderr);
    }

    fn send(signal: &str, process: u32) {
        let sent = Command::new("kill")
            .args([signal, &process.to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    #[test]
    fn sigterm_and_sigint_log_what_was_sent_and_end_in_good_order() {
        for signal in ["-TERM", "-INT"] {
            let directory = tempfile::tempdir().unwrap();
            let mut command = hydra(directory.path());
            let mut child = start(command.arg("pipe"));
            // One write, so that the line without an end is there when the first line is.
            let stdin = child.stdin.as_mut().unwrap();
            stdin.write_all(b"one\nno end yet").unwrap();
            let mut stdout = BufReader::new(child.stdout.take().unwrap());
            let mut first = String::new();
            stdout.read_line(&mut first).unwrap();
            assert!(first.ends_with(" - one\n"));
            send(signal, child.id());
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).unwrap();
            assert!(rest.ends_with(" - no end yet\n"), "{rest}");
            // stdin is open all the time: the signal alone has ended it.
            let status = child.wait().unwrap();
            let mut stderr = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut stderr)
                .unwrap();
            assert_eq!(stderr, "hydra: 2 records read, 2 written, 0 not written\n");
            assert_eq!(status.code(), Some(0));
        }
    }

    fn wait_for(file: &Path, text: &str) {
        let start = Instant::now();
        while !fs::read_to_string(file).is_ok_and(|found| found.contains(text)) {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "no {text} in {}",
                file.display()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn after_sighup_lines_go_to_a_new_file_of_the_name() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("app.log");
        let old = directory.path().join("app.log.old");
        let config = "layers:\n  DEFAULT:\n    destinations:\n      \
                      - {type: file, path: app.log}\n";
        fs::write(directory.path().join("c.yaml"), config).unwrap();
        let mut command = hydra(directory.path());
        let mut child = start(command.args(["pipe", "-c", "c.yaml"]));
        child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"before\n")
            .unwrap();
        wait_for(&log, "before");
        fs::rename(&log, &old).unwrap();
        send("-HUP", child.id());
        child.stdin.as_mut().unwrap().write_all(b"after\n").unwrap();
        wait_for(&log, "after");
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(
            ran.stderr,
            "hydra: 2 records read, 2 written, 0 not written\n"
        );
        assert!(!fs::read_to_string(old).unwrap().contains("after"));
    }

    #[test]
    fn a_file_that_sighup_cannot_open_anew_is_told_and_the_old_one_written_on() {
        let directory = tempfile::tempdir().unwrap();
        let in_it = |name: &str| directory.path().join(name);
        let config = "layers:\n  DEFAULT:\n    destinations:\n      \
                      - {type: file, path: logs/app.log}\n";
        fs::write(in_it("c.yaml"), config).unwrap();
        let mut command = hydra(directory.path());
        let mut child = start(command.args(["pipe", "-c", "c.yaml"]));
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"before\n").unwrap();
        wait_for(&in_it("logs/app.log"), "before");
        fs::rename(in_it("logs"), in_it("moved")).unwrap();
        fs::write(in_it("logs"), "a file in place of the folder").unwrap();
        send("-HUP", child.id());
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("reopening on SIGHUP") {
            assert!(stderr.read_line(&mut told).unwrap() > 0, "{told}");
        }
        stdin.write_all(b"after\n").unwrap();
        drop(stdin);
        stderr.read_to_string(&mut told).unwrap();
        assert!(
            told.contains("2 records read, 2 written, 0 not written"),
            "{told}"
        );
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let moved = fs::read_to_string(in_it("moved/app.log")).unwrap();
        assert_eq!(moved.lines().count(), 2, "{moved}");
    }
}
