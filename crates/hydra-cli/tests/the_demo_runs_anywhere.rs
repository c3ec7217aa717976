//! `hydra demo`, away from any real logs.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use support::run;

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn it_runs_twice_in_a_row_and_leaves_the_same_files() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let mut before = None;
    for _ in 0..2 {
        let args = ["demo", "--out", "out", "--lines", "20000"];
        let ran = run(directory.path(), &args, b"");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        for format in ["plain-text", "json", "csv", "syslog", "gelf", "logfmt"] {
            let lines = ran.stdout.lines().filter(|line| line.contains(format));
            assert!(lines.count() >= 2, "{format}: {}", ran.stdout);
        }
        assert!(!ran.stdout.contains('\x1b'), "colours without a terminal");
        let now = names(&out);
        assert!(
            now.contains("warnings.jsonl.1"),
            "nothing was rotated: {now:?}"
        );
        assert_eq!(*before.get_or_insert(now.clone()), now);
    }
    assert_eq!(names(directory.path()), BTreeSet::from(["out".to_owned()]));
}

#[test]
fn what_it_says_it_has_written_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(
        directory.path(),
        &["demo", "--out", ".", "--lines", "800"],
        b"",
    );
    let row = ran.stdout.lines().find(|line| line.contains("hdfs.jsonl"));
    let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
    let file = fs::read_to_string(directory.path().join("hdfs.jsonl")).unwrap();
    assert_eq!(cells[3], file.lines().count().to_string());
    for line in file.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["logger"], "HDFS");
        assert!(record["class"].is_string(), "{line}");
    }
    // The next steps that it names, in the words that it names them in.
    let steps: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("  ") && line.contains("hydra "))
        .map(|line| line.split_whitespace().skip(1).collect())
        .collect();
    assert_eq!(steps.len(), 3, "{}", ran.stdout);
    for step in &steps {
        let args: Vec<&str> = step
            .iter()
            .copied()
            .take_while(|word| *word != "<")
            .collect();
        let ran = run(directory.path(), &args, b"");
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.stderr);
    }
    let ran = run(directory.path(), &["check", "hydra.yaml"], b"");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
}

#[test]
fn it_leaves_the_files_of_others_alone() {
    let directory = tempfile::tempdir().unwrap();
    let others = ["mine.log", "android.log.txt", "ssh.logfmt.1.bak"];
    for name in others {
        fs::write(directory.path().join(name), "mine").unwrap();
    }
    run(
        directory.path(),
        &["demo", "--out", ".", "--lines", "8"],
        b"",
    );
    for name in others {
        assert_eq!(
            fs::read_to_string(directory.path().join(name)).unwrap(),
            "mine"
        );
    }
}

#[test]
fn a_directory_without_logs_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(
        directory.path(),
        &["demo", "--data", ".", "--out", "out"],
        b"",
    );
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("Android_2k.log"), "{}", ran.stderr);
    assert!(names(directory.path()).is_empty());
}

#[test]
fn real_logs_are_taken_from_where_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let line = "2026-04-13 17:41:44,747 - WARN  [main:Server@7] - out of luck\n";
    fs::write(directory.path().join("Zookeeper_2k.log"), line).unwrap();
    let args = ["demo", "--data", ".", "--out", "out", "--lines", "3"];
    let ran = run(directory.path(), &args, b"");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let console = "ZOOKEEPER WARNING - out of luck thread=main:Server at_line=7";
    assert!(ran.stdout.contains(console), "{}", ran.stdout);
    assert!(!ran.stdout.contains("android.log"), "{}", ran.stdout);
}
