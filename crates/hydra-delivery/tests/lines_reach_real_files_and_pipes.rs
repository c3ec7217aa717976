//! Queues before what they are for: files that are rotated, a pipe whose reader stops.

#![cfg(unix)]

mod support;

use std::ffi::CString;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hydra_core::destination::file::{FileDestination, FileOptions, RotateEvery};
use hydra_core::{Destination as _, Level, LineMeta};
use hydra_delivery::queue::{DropReason, OverflowPolicy, QueueOptions, QueuedDestination};
use hydra_delivery::workers::{Workers, WorkersOptions};
use support::{LONG, exact, put};

const HOUR: i64 = 3600 * 1_000_000_000;

fn queue(path: &Path, options: FileOptions, queue: QueueOptions) -> QueuedDestination {
    let workers = Workers::new(WorkersOptions::default());
    let file = Arc::new(FileDestination::new(options));
    workers.queue(path.to_string_lossy(), file, queue)
}

/// The lines of the log and its backups, the oldest first.
fn lines(log: &Path) -> Vec<String> {
    let backups = (1..).map(|n| log.with_extension(format!("log.{n}")));
    let mut paths: Vec<_> = backups.take_while(|path| path.exists()).collect();
    paths.reverse();
    paths.push(log.to_owned());
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[test]
fn every_line_is_in_a_file_that_is_rotated_once_and_in_order() {
    const LINES: usize = 50_000;
    for buffer in [0, 64 * 1024] {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("app.log");
        let options = FileOptions::new(&log)
            .max_size(500_000)
            .rotate_every(RotateEvery::Hourly)
            .buffer_size(buffer);
        let queue = queue(&log, options, QueueOptions::default().max_records(2_000));
        for n in 0..LINES {
            let line = format!("{n} {}\n", "x".repeat(n % 150));
            let meta = LineMeta::new(Level::Info, (n / 20_000) as i64 * HOUR);
            queue.deliver(line.as_bytes(), &meta).unwrap();
            if n % 100 == 0 {
                queue.hand_over();
                exact(&queue);
            }
        }
        queue.flush().unwrap();
        let found = lines(&log);
        let numbers = found.iter().map(|line| line.split(' ').next().unwrap());
        assert!(numbers.map(|n| n.parse::<usize>().unwrap()).eq(0..LINES));
        assert_eq!(exact(&queue).delivered, LINES as u64);
        let stats = queue.stats().snapshot();
        assert_eq!((stats.records, stats.errors), (LINES as u64, 0));
        let sizes = fs::read_dir(dir.path()).unwrap();
        let largest = sizes
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .max();
        assert!(largest.unwrap() <= 500_000 + 64 * 1024);
    }
}

fn fifo(path: &Path) {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path ends in a zero byte and lives until the call returns.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
}

#[test]
fn a_pipe_whose_reader_stops_holds_nobody_up_and_what_made_way_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pipe");
    fifo(&path);
    let options = QueueOptions::default()
        .max_records(1_000)
        .policy(OverflowPolicy::DropOldest);
    let queue = queue(&path, FileOptions::new(&path), options);
    put(&queue, Level::Info, "0");
    queue.hand_over();
    // The worker waits for a reader when it opens the pipe; here it comes, reads a line and stops.
    let mut reader = BufReader::new(fs::File::open(&path).unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    assert_eq!(first, "0\n");
    let padding = "x".repeat(200);
    let mut sent = 1;
    // A pipe takes 64 KiB and the worker holds as much: that is 700 lines.
    while exact(&queue).dropped.of(DropReason::Oldest) < 1_000 {
        put(&queue, Level::Info, &format!("{sent} {padding}"));
        queue.hand_over();
        sent += 1;
    }
    let error = queue.flush_within(Duration::from_millis(1)).unwrap_err();
    assert_eq!(error.error.kind(), std::io::ErrorKind::TimedOut);
    assert!(error.queued > 0, "{error}");
    // The reader goes on: what was not dropped arrives, whole and in order.
    let queue = Arc::new(queue);
    let flusher = std::thread::spawn({
        let queue = Arc::clone(&queue);
        move || {
            queue.flush_within(LONG).unwrap();
            let counts = exact(&queue);
            queue.retire().unwrap();
            counts
        }
    });
    let mut found = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let (number, rest) = line.trim_end().split_once(' ').unwrap();
        assert_eq!(rest, padding);
        let number: u64 = number.parse().unwrap();
        found.push(number);
        if number == sent - 1 {
            break;
        }
    }
    let counts = flusher.join().unwrap();
    assert!(found.is_sorted_by(|one, next| one < next));
    assert_eq!(counts.delivered, found.len() as u64 + 1);
    assert_eq!((counts.accepted, counts.queued), (sent, 0));
}
