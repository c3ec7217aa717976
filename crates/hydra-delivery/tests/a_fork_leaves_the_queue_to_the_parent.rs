//! Forks while callers fill queues and workers empty them.

#![cfg(unix)]

mod support;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use hydra_core::destination::file::{FileDestination, FileOptions};
use hydra_core::{Destination as _, Level};
use hydra_delivery::queue::{QueueOptions, QueuedDestination};
use hydra_delivery::workers::{Workers, WorkersOptions};
use support::{exact, meta, put};

const FORKS: usize = 60;
const LINES_OF_A_CHILD: usize = 50;

/// Runs `body` in a forked child, and waits for it.
fn in_child(body: impl FnOnce()) {
    // SAFETY: the child uses what this crate makes usable after a fork, and glibc's allocator.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let ended_well = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok();
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(i32::from(!ended_well)) };
    }
    let mut status = -1;
    // SAFETY: waits for a child of this process.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((waited, status), (child, 0));
}

fn queue(workers: &Workers, path: &Path) -> QueuedDestination {
    let file = Arc::new(FileDestination::new(FileOptions::new(path)));
    let options = QueueOptions::default().max_records(200);
    workers.queue(path.to_string_lossy(), file, options)
}

#[test]
fn a_child_finds_its_queues_empty_and_every_line_of_both_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let paths = [dir.path().join("a.log"), dir.path().join("b.log")];
    let workers = Workers::new(WorkersOptions::default());
    let queues = paths.clone().map(|path| queue(&workers, &path));
    let done = AtomicBool::new(false);
    let mut expected = HashMap::new();
    thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let (queue, done) = (&queues[caller % 2], &done);
                scope.spawn(move || {
                    let mut n = 0;
                    while !done.load(Relaxed) {
                        put(queue, Level::Info, &format!("caller{caller} {n}"));
                        n += 1;
                        if n % 20 == 0 {
                            queue.hand_over();
                        }
                    }
                    n
                })
            })
            .collect();
        for number in 0..FORKS {
            in_child(|| {
                for (queue, at) in queues.iter().zip(0..) {
                    assert_eq!(exact(queue).queued, 0);
                    let before = exact(queue).delivered;
                    for n in 0..LINES_OF_A_CHILD {
                        let line = format!("child{number}-{at} {n}\n");
                        queue.deliver(line.as_bytes(), &meta(Level::Info)).unwrap();
                    }
                    queue.flush_within(Duration::from_secs(30)).unwrap();
                    let counts = exact(queue);
                    assert_eq!(counts.delivered - before, LINES_OF_A_CHILD as u64);
                }
            });
            for at in 0..2 {
                expected.insert(format!("child{number}-{at}"), LINES_OF_A_CHILD);
            }
        }
        done.store(true, Relaxed);
        for (caller, thread) in callers.into_iter().enumerate() {
            expected.insert(format!("caller{caller}"), thread.join().unwrap());
        }
    });
    for queue in &queues {
        queue.flush().unwrap();
        assert_eq!(exact(queue).dropped.total(), 0);
    }
    let text: String = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut found: HashMap<String, usize> = HashMap::new();
    for line in text.lines() {
        let (writer, n) = line.split_once(' ').unwrap();
        let next = found.entry(writer.to_owned()).or_default();
        // In order, so that none is missing and none is there twice.
        assert_eq!(n.parse(), Ok(*next), "{line}");
        *next += 1;
    }
    assert_eq!(found, expected);
}
