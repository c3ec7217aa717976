//! RLIMIT_FSIZE makes write(2) short, as a full disk does, on any file system and without root. The
//! limit is a process's, so each of these tests runs in a process of its own.

#![cfg(unix)]

mod support;

use std::path::Path;

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use support::{NOON, TestDir, batch, error, info, lines, put, read, role, run, shared_dir};

/// Limits the size of the files that this process writes, as `ulimit -f` does.
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

fn in_a_process_of_its_own(test: &str, body: impl FnOnce(&Path)) {
    if role().is_some() {
        body(&shared_dir());
        // A process that is looked at for coverage writes its counts at its end, whole.
        limit_file_size(libc::RLIM_INFINITY);
    } else {
        let dir = TestDir::new();
        assert!(run(test, "alone", dir.path()).success());
    }
}

#[test]
fn a_record_cut_short_is_cut_back_and_refused_and_writing_resumes() {
    in_a_process_of_its_own(
        "a_record_cut_short_is_cut_back_and_refused_and_writing_resumes",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path));
            put(&file, "line 0001", NOON);
            limit_file_size(25);
            put(&file, "line 0002", NOON);
            for _ in 0..3 {
                let refused = file.deliver(b"line 0003\n", &info(NOON)).unwrap_err();
                assert!(
                    refused.to_string().contains("only 5 of 10 bytes"),
                    "{refused}"
                );
                assert_eq!(read(&path), "line 0001\nline 0002\n");
            }
            limit_file_size(1000);
            put(&file, "line 0004", NOON);
            assert_eq!(lines(&path), ["line 0001", "line 0002", "line 0004"]);
            let counted = file.stats().snapshot();
            assert_eq!(
                (counted.records, counted.dropped, counted.errors),
                (3, 0, 0)
            );
        },
    );
}

#[test]
fn of_a_batch_cut_short_the_whole_lines_are_accepted_and_the_torn_one_is_refused() {
    in_a_process_of_its_own(
        "of_a_batch_cut_short_the_whole_lines_are_accepted_and_the_torn_one_is_refused",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path));
            put(&file, "line 0001", NOON);
            let all: Vec<String> = (2..=6).map(|n| format!("line {n:04}")).collect();
            let all: Vec<(&str, i64)> = all.iter().map(|line| (&**line, NOON)).collect();
            let lines_of_batch = batch(&all);
            limit_file_size(35);
            for (from, taken) in [(0, 2), (2, 0), (3, 0)] {
                let rest = lines_of_batch.as_batch().slice(from..5);
                let refused = file.deliver_batch(&rest).unwrap_err();
                assert_eq!(refused.taken, taken, "{refused}");
                assert_eq!(read(&path), "line 0001\nline 0002\nline 0003\n");
            }
            limit_file_size(1000);
            let rest = lines_of_batch.as_batch().slice(4..5);
            file.deliver_batch(&rest).unwrap();
            assert_eq!(
                lines(&path),
                ["line 0001", "line 0002", "line 0003", "line 0006"]
            );
            assert_eq!(file.stats().snapshot().records, 4);
        },
    );
}

#[test]
fn where_others_write_too_the_torn_record_becomes_an_empty_line() {
    in_a_process_of_its_own(
        "where_others_write_too_the_torn_record_becomes_an_empty_line",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path));
            let other = FileDestination::new(FileOptions::new(&path));
            put(&file, "line 0001", NOON);
            put(&other, "line 0002", NOON);
            limit_file_size(25);
            file.deliver(b"line 0003\n", &info(NOON)).unwrap_err();
            assert!(read(&path).starts_with("line 0001\nline 0002\n    \n"));
            assert!(file.stats().snapshot().errors > 0);
            limit_file_size(1000);
            put(&other, "line 0004", NOON);
            let found = lines(&path);
            let whole: Vec<&str> = found.iter().map(|line| line.trim()).collect();
            assert_eq!(whole, ["line 0001", "line 0002", "", "line 0004"]);
        },
    );
}

#[test]
fn a_buffer_cut_short_keeps_what_is_left_and_writes_it_later() {
    in_a_process_of_its_own(
        "a_buffer_cut_short_keeps_what_is_left_and_writes_it_later",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path).buffer_size(40));
            file.open().unwrap();
            limit_file_size(25);
            for n in 1..=4 {
                put(&file, &format!("line {n:04}"), NOON);
            }
            file.flush().unwrap_err();
            assert_eq!(read(&path), "line 0001\nline 0002\n");
            // An urgent record is accepted and kept, though it cannot be written yet.
            file.deliver(b"line 0005\n", &error(NOON)).unwrap();
            for n in 6..=8 {
                put(&file, &format!("line {n:04}"), NOON);
            }
            // Both buffers are full: the newest makes way, and nothing that was accepted does.
            file.deliver(b"line 0009\n", &info(NOON)).unwrap_err();
            assert_eq!(read(&path), "line 0001\nline 0002\n");
            limit_file_size(1000);
            put(&file, "line 0010", NOON);
            file.flush().unwrap();
            let expected: Vec<String> = (1..=8)
                .chain([10])
                .map(|n| format!("line {n:04}"))
                .collect();
            assert_eq!(lines(&path), expected);
            let counted = file.stats().snapshot();
            assert_eq!((counted.records, counted.dropped), (9, 0));
            assert!(counted.errors > 0);
        },
    );
}

#[test]
fn buffered_lines_that_cannot_be_written_at_the_end_are_counted_and_reported() {
    in_a_process_of_its_own(
        "buffered_lines_that_cannot_be_written_at_the_end_are_counted_and_reported",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path).buffer_size(40));
            for n in 1..=4 {
                put(&file, &format!("line {n:04}"), NOON);
            }
            limit_file_size(25);
            drop(file);
            assert_eq!(read(&path), "line 0001\nline 0002\n");
            let told = hydra_core::diagnostics::stats().last;
            let told: Vec<&str> = told.iter().map(|error| error.message.as_str()).collect();
            assert!(
                told.contains(&"2 buffered lines could not be written and are lost"),
                "{told:?}"
            );
        },
    );
}

#[test]
fn a_retired_file_writes_what_is_left_before_what_comes_late() {
    in_a_process_of_its_own(
        "a_retired_file_writes_what_is_left_before_what_comes_late",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path).buffer_size(40));
            file.open().unwrap();
            limit_file_size(15);
            for n in 1..=3 {
                put(&file, &format!("line {n:04}"), NOON);
            }
            file.retire().unwrap_err();
            file.deliver(b"line 0004\n", &info(NOON)).unwrap_err();
            assert_eq!(read(&path), "line 0001\n");
            limit_file_size(1000);
            put(&file, "line 0005", NOON);
            let expected = ["line 0001", "line 0002", "line 0003", "line 0005"];
            assert_eq!(lines(&path), expected);
        },
    );
}

#[test]
fn threads_that_meet_the_limit_together_leave_whole_lines_alone() {
    in_a_process_of_its_own(
        "threads_that_meet_the_limit_together_leave_whole_lines_alone",
        |dir| {
            let path = dir.join("app.log");
            let file = FileDestination::new(FileOptions::new(&path));
            file.open().unwrap();
            limit_file_size(50_003);
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let file = &file;
                    scope.spawn(move || {
                        for n in 0..2_000 {
                            let line = format!("{thread} {n:06}\n");
                            let _ = file.deliver(line.as_bytes(), &info(NOON));
                        }
                    });
                }
            });
            let found = lines(&path);
            assert!(found.iter().all(|line| line.len() == 8), "a torn line");
            assert_eq!(found.len() as u64, file.stats().snapshot().records);
            assert_eq!(found.len(), 5_555);
        },
    );
}
