//! Real processes, one path: every line once, none torn, in each writer's order, and no file beyond
//! its limit by more than 64 KiB for each writer.

#![cfg(unix)]

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::process::Child;

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use support::{TestDir, contents, files, info, lines, now, role, shared_dir, spawn};

const LINES: usize = 20_000;
const MAX_SIZE: u64 = 200_000;

fn options(dir: &Path) -> FileOptions {
    FileOptions::new(dir.join("app.log")).max_size(MAX_SIZE)
}

/// What one of several writers does: its number and its lines' are in each line.
fn write(options: FileOptions, writer: &str, lines: usize) {
    let file = FileDestination::new(options);
    for n in 0..lines {
        let padding = "x".repeat(n * 7 % 150);
        let line = format!("{writer} {n} {padding} end\n");
        file.deliver(line.as_bytes(), &info(now())).unwrap();
    }
}

fn finish(children: Vec<Child>) {
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

/// Every line of every writer is there once, whole, in order.
fn check(log: &Path, writers: usize, each: usize, header: Option<&str>) {
    let mut next: HashMap<String, usize> = HashMap::new();
    for line in lines(log)
        .iter()
        .filter(|line| Some(line.as_str()) != header)
    {
        let parts: Vec<&str> = line.split(' ').collect();
        assert!(parts.len() == 4 && parts[3] == "end", "torn: {line:?}");
        let n: usize = parts[1].parse().unwrap();
        let expected = next.entry(parts[0].to_owned()).or_default();
        assert_eq!(n, *expected, "writer {}", parts[0]);
        assert_eq!(parts[2].len(), n * 7 % 150);
        *expected += 1;
    }
    assert_eq!(next.len(), writers);
    assert!(next.values().all(|&count| count == each), "{next:?}");
    let limit = MAX_SIZE as usize + writers * 64 * 1024;
    let sizes: Vec<usize> = files(log).iter().map(|path| contents(path).len()).collect();
    assert!(sizes.iter().all(|&size| size <= limit), "{sizes:?}");
    // Nobody rotates what another has just rotated.
    let total: usize = sizes.iter().sum();
    assert!(
        sizes.len() <= total / (MAX_SIZE as usize / 2) + 2,
        "{sizes:?}"
    );
}

#[test]
fn every_line_of_write_through_processes_is_there_once() {
    if let Some(writer) = role() {
        return write(options(&shared_dir()), &writer, LINES);
    }
    let dir = TestDir::new();
    let test = "every_line_of_write_through_processes_is_there_once";
    finish(
        (0..4)
            .map(|n| spawn(test, &n.to_string(), dir.path()))
            .collect(),
    );
    check(&dir.join("app.log"), 4, LINES, None);
    assert!(files(&dir.join("app.log")).len() > 5);
}

#[test]
fn every_line_of_buffered_and_write_through_processes_together_is_there_once() {
    if let Some(writer) = role() {
        let buffer = writer.starts_with('b').then_some(16 * 1024);
        return write(options(&shared_dir()).buffer_size(buffer), &writer, LINES);
    }
    let dir = TestDir::new();
    let test = "every_line_of_buffered_and_write_through_processes_together_is_there_once";
    let roles = ["b1", "b2", "t1", "t2"];
    finish(
        roles
            .iter()
            .map(|role| spawn(test, role, dir.path()))
            .collect(),
    );
    check(&dir.join("app.log"), 4, LINES, None);
}

#[test]
fn several_processes_write_the_header_of_each_file_once() {
    if let Some(writer) = role() {
        return write(options(&shared_dir()).header("h,e,a,d\n"), &writer, LINES);
    }
    let dir = TestDir::new();
    let test = "several_processes_write_the_header_of_each_file_once";
    finish(
        (0..3)
            .map(|n| spawn(test, &n.to_string(), dir.path()))
            .collect(),
    );
    let log = dir.join("app.log");
    check(&log, 3, LINES, Some("h,e,a,d"));
    for path in files(&log) {
        let text = String::from_utf8(contents(&path)).unwrap();
        assert!(text.starts_with("h,e,a,d\n"), "{}", path.display());
        assert_eq!(text.matches("h,e,a,d").count(), 1);
    }
}

#[cfg(feature = "gzip")]
#[test]
fn every_line_is_there_once_when_several_processes_compress_old_files() {
    if let Some(writer) = role() {
        return write(options(&shared_dir()).compress(true), &writer, LINES);
    }
    let dir = TestDir::new();
    let test = "every_line_is_there_once_when_several_processes_compress_old_files";
    finish(
        (0..3)
            .map(|n| spawn(test, &n.to_string(), dir.path()))
            .collect(),
    );
    let log = dir.join("app.log");
    check(&log, 3, LINES, None);
    let all = files(&log);
    let compressed = all.iter().filter(|path| path.extension().unwrap() == "gz");
    assert!(compressed.count() > 0, "{all:?}");
    assert!(
        dir.join("app.log.1").exists(),
        "the youngest is never compressed"
    );
    let leftovers = std::fs::read_dir(dir.path()).unwrap();
    let names: Vec<_> = leftovers.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().ends_with(".tmp")),
        "{names:?}"
    );
}

#[test]
fn several_destinations_and_threads_of_one_process_lose_nothing() {
    let dir = TestDir::new();
    std::thread::scope(|scope| {
        for writer in ["a", "b", "c"] {
            let buffer = (writer == "c").then_some(8 * 1024);
            let options = options(dir.path()).buffer_size(buffer);
            scope.spawn(move || write(options, writer, LINES));
        }
        let shared = FileDestination::new(options(dir.path()));
        std::thread::scope(|inner| {
            for writer in ["d", "e"] {
                let file = &shared;
                inner.spawn(move || {
                    for n in 0..LINES {
                        let line = format!("{writer} {n} {} end\n", "x".repeat(n * 7 % 150));
                        file.deliver(line.as_bytes(), &info(now())).unwrap();
                    }
                });
            }
        });
    });
    check(&dir.join("app.log"), 5, LINES, None);
}
