//! `hydra convert`, the real program, from every format to every other.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use hydra_core::format::FormatKind;

/// Runs the program on a log that comes from stdin.
fn convert(args: &[&str], log: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hydra"))
        .arg("convert")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let log = log.to_vec();
    let feeding = std::thread::spawn(move || {
        let _ = stdin.write_all(&log);
    });
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    output
}

fn converted(args: &[&str], log: &[u8]) -> String {
    let output = convert(args, log);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

const LOG: &str = r#"{"timestamp":"2026-11-21T12:05:36.123456Z","level":"INFO","logger":"APP","message":"logged in","user_id":7,"name":"Ada L."}
{"timestamp":"2026-11-21T12:05:36.123457Z","level":"TRACE","logger":"my layer","message":"two\nlines \u001b[31m","ok":true,"none":null,"list":[1,"a b",{"x":1.5}]}
{"timestamp":"2026-11-21T12:05:36.123458Z","level":"CRITICAL","logger":"DB","message":"gone, \"quoted\" = yes","level_":"forged","path":"C:\\logs\\new"}
"#;

#[test]
fn every_pair_of_formats_that_keeps_everything_gives_the_same_log_again() {
    for kind in [
        FormatKind::Csv,
        FormatKind::Logfmt,
        FormatKind::Syslog,
        FormatKind::PlainText,
    ] {
        let there = converted(&["--to", kind.name()], LOG.as_bytes());
        assert_ne!(there, LOG);
        let back = converted(&["--from", kind.name(), "--to", "json"], there.as_bytes());
        assert_eq!(back, LOG, "over {kind}");
        let back = converted(&["--to", "json"], there.as_bytes());
        assert_eq!(back, LOG, "over {kind}, found out");
    }
}

#[test]
fn every_format_can_be_written_from_every_other_and_read_again() {
    for from in FormatKind::ALL {
        let first = converted(&["--to", from.name()], LOG.as_bytes());
        for to in FormatKind::ALL {
            let there = converted(
                &["--from", from.name(), "--to", to.name()],
                first.as_bytes(),
            );
            let back = converted(&["--to", "json"], there.as_bytes());
            let head = |log: &str| -> Vec<Vec<String>> {
                let lines = log.lines();
                lines
                    .map(|line| line.split(',').take(4).map(str::to_owned).collect())
                    .collect()
            };
            assert_eq!(head(&back), head(LOG), "{from} to {to}");
        }
    }
}

#[test]
fn lines_that_cannot_be_read_are_told_with_their_numbers_and_counted() {
    let strange = (0..8).map(|n| format!("what is this {n}\n"));
    let mut log: String = [LOG.to_owned()].into_iter().chain(strange).collect();
    log += "\n{\"message\":\n";
    log += LOG;
    let output = convert(&["--from", "json", "--to", "json"], log.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{LOG}{LOG}")
    );
    let told = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 6, "{told}");
    assert!(
        lines[0].starts_with("hydra: stdin:4: not a line of json: at byte 1"),
        "{told}"
    );
    assert!(
        lines[5].contains("9 of 16 lines could not be read"),
        "{told}"
    );
}

#[test]
fn the_place_in_the_source_gets_columns_where_the_first_record_has_one() {
    let line = r#"{"timestamp":"2026-11-21T12:05:36.000000Z","level":"INFO","logger":"A","message":"x","file":"a.rs","line":7}
"#;
    let csv = converted(&["--to", "csv"], line.as_bytes());
    let expected = "timestamp,level,logger,message,fields,file,line\n\
                    2026-11-21T12:05:36.000000Z,INFO,A,x,,a.rs,7\n";
    assert_eq!(csv, expected);
    assert_eq!(converted(&["--to", "json"], csv.as_bytes()), line);
    assert_eq!(
        converted(&["--to", "csv"], b""),
        "timestamp,level,logger,message,fields\n"
    );
}

#[test]
fn files_are_read_and_written_but_not_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("a.log"), folder.path().join("b.csv"));
    std::fs::write(&log, LOG).unwrap();
    let name = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (log_name, out_name) = (name(&log), name(&out));
    converted(&["--to", "csv", &log_name, "-o", &out_name], b"");
    assert_eq!(converted(&["--to", "json", &out_name], b""), LOG);
    let output = convert(&["--to", "csv", &log_name, "-o", &log_name], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&log).unwrap(), LOG);
    let output = convert(&["--to", "csv", "/nonexistent.log"], b"");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_long_log_takes_no_more_memory_than_a_short_one() {
    // 30 MB in, under a limit of memory that the log alone would pass.
    let log = LOG
        .replace("logged in", &"logged in ".repeat(2000))
        .repeat(1500);
    let mut child = Command::new("sh")
        .arg("-c")
        .arg("ulimit -v 28000; exec \"$0\" convert --to logfmt")
        .arg(env!("CARGO_BIN_EXE_hydra"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(log.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}
