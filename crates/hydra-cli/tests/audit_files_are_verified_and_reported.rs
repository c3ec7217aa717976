//! `hydra verify` and `hydra audit`, on files that the program itself has written.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use support::run;

const CONFIG: &str = "\
layers:
  DEFAULT:
    destinations:
      - { type: file, path: audit.log, audit: true, max_size: 4KB, format: json }
";

/// An audit file of so many records, and what it was rotated into.
fn written(records: usize) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("hydra.yaml"), CONFIG).unwrap();
    let lines: Vec<String> = (0..records)
        .map(|i| format!("role {i} granted\n"))
        .collect();
    let ran = run(
        directory.path(),
        &["pipe", "--config", "hydra.yaml"],
        lines.concat().as_bytes(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    directory
}

fn verify(directory: &Path, args: &[&str]) -> (Option<i32>, String) {
    let ran = run(directory, &[&["verify"], args].concat(), b"");
    (ran.code, ran.stdout + &ran.stderr)
}

fn edit(directory: &Path, name: &str, edit: impl FnOnce(String) -> String) {
    let path = directory.join(name);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, edit(text)).unwrap();
}

#[test]
fn what_was_written_is_whole_with_all_its_rotated_files_compressed_or_not() {
    let directory = written(100);
    let at = directory.path();
    let (code, text) = verify(at, &["audit.log"]);
    assert_eq!(code, Some(0), "{text}");
    let files = text.lines().count();
    assert!(
        files > 3 && text.lines().all(|line| line.contains(": whole: ")),
        "{text}"
    );
    assert!(
        text.lines().last().unwrap().starts_with("audit.log: "),
        "{text}"
    );

    let old = at.join("audit.log.2");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&fs::read(&old).unwrap()).unwrap();
    fs::write(at.join("audit.log.2.gz"), gzip.finish().unwrap()).unwrap();
    fs::remove_file(old).unwrap();
    let (code, text) = verify(at, &["audit.log", "audit.log.1"]);
    assert_eq!((code, text.lines().count()), (Some(0), files), "{text}");

    let (code, json) = verify(at, &["--json", "audit.log"]);
    let objects: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((code, objects.len()), (Some(0), files));
    let records: u64 = objects
        .iter()
        .map(|object| object["records"].as_u64().unwrap())
        .sum();
    assert_eq!((records, &objects[0]["verdict"]), (100, &"whole".into()));
}

#[test]
fn damage_is_told_where_it_is_without_what_the_line_says() {
    let directory = written(12);
    edit(directory.path(), "audit.log", |text| {
        text.replace("role 4 granted", "role 7 granted")
    });
    let (code, text) = verify(directory.path(), &["audit.log"]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("DAMAGED in 1 place") && text.contains("line 6, byte "),
        "{text}"
    );
    assert!(!text.contains("granted"), "{text}");
    let (_, json) = verify(directory.path(), &["--json", "audit.log"]);
    let object: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(object["damages"][0]["line"], 6);
    assert_eq!(object["damages"][0]["check"], "chain");
}

#[test]
fn a_cut_end_and_a_missing_file_are_not_whole() {
    let directory = written(100);
    let at = directory.path();
    edit(at, "audit.log", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 2].join("\n") + "\n"
    });
    let (code, text) = verify(at, &["audit.log"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("audit.log: not closed"), "{text}");
    assert_eq!(verify(at, &["--open", "audit.log"]).0, Some(0));
    fs::remove_file(at.join("audit.log.2")).unwrap();
    let (code, text) = verify(at, &["--open", "audit.log"]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("it is not here, and no record says that it was removed"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_being_written_is_whole_so_far() {
    let directory = written(3);
    let at = directory.path();
    edit(at, "audit.log", |text| {
        let lines: Vec<&str> = text.lines().collect();
        lines[..lines.len() - 1].join("\n") + "\n"
    });
    assert_eq!(verify(at, &["audit.log"]).0, Some(1));
    // As its writer holds it.
    let held = fs::File::open(at.join("audit.log")).unwrap();
    held.lock().unwrap();
    let (code, text) = verify(at, &["audit.log"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("it is being written at this moment"),
        "{text}"
    );
    let report = run(at, &["audit", "report", "audit.log"], b"");
    assert_eq!(report.code, Some(0));
    assert!(
        report.stdout.contains("whole so far, being written"),
        "{}",
        report.stdout
    );
}

#[test]
fn the_key_is_the_one_given_or_beside_the_file_or_else_the_files_own_with_a_word_about_that() {
    let directory = written(3);
    let at = directory.path();
    let made = run(at, &["audit", "keygen", "other.key"], b"");
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let again = run(at, &["audit", "keygen", "other.key"], b"");
    assert_eq!(again.code, Some(2));
    assert!(
        again.stderr.contains("other.key is there already"),
        "{}",
        again.stderr
    );
    let (code, text) = verify(at, &["--key", "other.pub", "audit.log"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("key: expected a file of the key "), "{text}");
    let (code, text) = verify(at, &["--key", "audit.key", "audit.log"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("audit.key: not a public key: a PEM file"),
        "{text}"
    );
    fs::remove_file(at.join("audit.pub")).unwrap();
    let (code, text) = verify(at, &["audit.log"]);
    assert_eq!(code, Some(0));
    assert!(
        text.contains("from the file itself, which anybody could have put there"),
        "{text}"
    );
    let (code, text) = verify(at, &["missing.log"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("cannot read missing.log"), "{text}");
}

#[test]
fn the_report_counts_and_shows_no_value() {
    let directory = written(4);
    let at = directory.path();
    let log = "\
2026-11-20 23:59:59.000000+00:00 SHOP INFO - order of [REDACTED:EMAIL], card [REDACTED:CREDIT_CARD]
2026-11-21 00:00:01.000000+00:00 SHOP INFO - order of [REDACTED:EMAIL] for ada<b>
2026-11-21 00:00:02.000000+00:00 AUTH WARNING - three tries event=security event_number=1 user=ada
";
    fs::write(at.join("app.log"), log).unwrap();
    let ran = run(at, &["audit", "report", "app.log", "audit.log"], b"");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let words: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    for row in [
        &["CREDIT_CARD", "SHOP", "1"][..],
        &["EMAIL", "SHOP", "2"],
        &["security", "AUTH", "1"],
        &["2026-11-20", "2", "0"],
        &["2026-11-21", "1", "1"],
        &["audit.log", "6", "whole"],
    ] {
        assert!(
            words.iter().any(|words| words.starts_with(row)),
            "{row:?}\n{}",
            ran.stdout
        );
    }
    let since = [
        "audit",
        "report",
        "--since",
        "2026-11-21",
        "--until",
        "2026-11-21T00:00:02Z",
        "app.log",
    ];
    let limited = run(at, &since, b"").stdout;
    assert!(
        limited.contains("1 records, 1 values redacted in 1 of them, 0 events"),
        "{limited}"
    );
    let html = run(
        at,
        &[
            "audit",
            "report",
            "--format",
            "html",
            "app.log",
            "audit.log",
        ],
        b"",
    )
    .stdout;
    assert!(html.starts_with("<!doctype html>") && html.contains("<td>CREDIT_CARD</td>"));
    for page in [ran.stdout, html] {
        assert!(
            !page.contains("ada") && !page.contains("order of"),
            "{page}"
        );
    }
    let wrong = run(
        at,
        &["audit", "report", "--since", "yesterday", "app.log"],
        b"",
    );
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.stderr.contains("or how long ago (30d)"),
        "{}",
        wrong.stderr
    );

    edit(at, "audit.log", |text| {
        text.replace("role 2 granted", "role 3 granted")
    });
    let ran = run(at, &["audit", "report", "audit.log"], b"");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("DAMAGED in 1 places, see hydra verify"),
        "{}",
        ran.stdout
    );
}
