//! Many threads on one destination, while another thread does everything that can be done to it.

#![cfg(unix)]

mod support;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

use hydra_core::Destination;
use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::diagnostics;
use support::{NOON, TestDir, error, info, lines, now, put};

const THREADS: usize = 4;

fn log_until(stop: &AtomicBool, file: &FileDestination, thread: usize) -> usize {
    let mut n = 0;
    while !stop.load(Relaxed) || n < 100 {
        let line = format!("{thread} {n}\n");
        let meta = if n % 50 == 49 {
            error(now())
        } else {
            info(now())
        };
        file.deliver(line.as_bytes(), &meta).unwrap();
        n += 1;
    }
    n
}

fn check(found: &[String], counts: &[usize]) {
    let mut next = vec![0; counts.len()];
    for line in found {
        let (thread, n) = line.split_once(' ').unwrap();
        let expected = &mut next[thread.parse::<usize>().unwrap()];
        assert_eq!(n.parse(), Ok(*expected), "{line}");
        *expected += 1;
    }
    assert_eq!(next, counts);
}

/// Four threads log, while this one flushes, opens, reopens, moves the file away if it is not
/// rotated, and at last retires it.
fn log_and_disturb(max_size: Option<u64>, buffer: Option<usize>) {
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let options = FileOptions::new(&path)
        .max_size(max_size)
        .buffer_size(buffer);
    let file = FileDestination::new(options);
    let stop = AtomicBool::new(false);
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (stop, file) = (&stop, &file);
                scope.spawn(move || log_until(stop, file, thread))
            })
            .collect();
        for round in 0..300 {
            match round % 3 {
                0 => file.flush().unwrap(),
                1 => file.open().unwrap(),
                _ => {
                    if max_size.is_none() {
                        // Each older than those moved later.
                        let moved = path.with_extension(format!("log.{}", 1000 - round));
                        let _ = fs::rename(&path, moved);
                    }
                    file.reopen().unwrap();
                }
            }
        }
        file.retire().unwrap();
        stop.store(true, Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    // The file is still open: retired, it keeps nothing back.
    check(&lines(&path), &counts);
    let counted = file.stats().snapshot();
    assert_eq!(counted.records as usize, counts.iter().sum::<usize>());
    assert_eq!((counted.dropped, counted.errors), (0, 0));
}

#[test]
fn every_line_is_there_once_in_each_threads_order_while_the_file_is_moved() {
    log_and_disturb(None, None);
    log_and_disturb(None, Some(3000));
}

#[test]
fn every_line_is_there_once_in_each_threads_order_while_the_file_is_rotated() {
    log_and_disturb(Some(60_000), None);
    log_and_disturb(Some(60_000), Some(3000));
}

#[test]
fn lines_of_threads_that_meet_at_a_buffer_stand_in_the_order_of_their_calls() {
    const TURNS: usize = 1000;
    let dir = TestDir::new();
    let path = dir.join("app.log");
    let options = FileOptions::new(&path).buffer_size(4000);
    let file = FileDestination::new(options);
    let (turn, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let logged: Vec<usize> = std::thread::scope(|scope| {
        let (file, turn, over) = (&file, &turn, &over);
        // Two that keep the others company, so that threads meet.
        let noise = [0, 1].map(|thread| {
            scope.spawn(move || {
                let mut n = 0;
                while !over.load(Relaxed) || n < 10_000 {
                    put(file, &format!("{thread} {n}"), now());
                    n += 1;
                }
                n
            })
        });
        // Two that take turns: each line is there because of the other's.
        let relay = [0, 1].map(|thread| {
            scope.spawn(move || {
                for n in (thread..TURNS).step_by(2) {
                    while turn.load(Acquire) != n {
                        std::thread::yield_now();
                    }
                    put(file, &format!("2 {n}"), now());
                    turn.store(n + 1, Release);
                }
            })
        });
        for thread in relay {
            thread.join().unwrap();
        }
        over.store(true, Relaxed);
        noise
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    file.flush().unwrap();
    check(&lines(&path), &[logged[0], logged[1], TURNS]);
}

#[test]
fn whoever_is_told_of_an_error_may_log_to_the_same_file() {
    for buffer in [None, Some(1000)] {
        let dir = TestDir::new();
        let path = dir.join("app.log");
        // In the lock's place, so that no rotation works.
        fs::create_dir(dir.join(".app.log.lock")).unwrap();
        let options = FileOptions::new(&path).max_size(20).buffer_size(buffer);
        let file = Arc::new(FileDestination::new(options));
        let (to, component) = (Arc::clone(&file), path.to_str().unwrap().to_owned());
        let _told = diagnostics::on_error(move |error| {
            if error.component == component {
                to.deliver(b"told\n", &info(NOON)).unwrap();
            }
        });
        for n in 1..6 {
            put(&*file, &format!("line {n:04}"), NOON);
        }
        file.flush().unwrap();
        let found = lines(&path);
        assert!(found.contains(&"told".to_owned()));
        assert_eq!(found.iter().filter(|line| *line != "told").count(), 5);
    }
}
