//! [`AsyncLogger`]: what its calls bring about once they have returned. Each test of the synchronous
//! logger is run over the asynchronous one as well, see CONTRIBUTING.

#![cfg(feature = "async")]

#[path = "support/executor.rs"]
mod executor;
#[path = "support/gate.rs"]
mod gate;
mod support;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use executor::block_on;
use gate::gate;
use hydra_logger::format::FormatKind;
use hydra_logger::{
    AsyncLogger, CustomDestination, Destination, DestinationStats, EngineOptions, Level, LineMeta,
    Logger, OverflowPolicy, info,
};

fn to_file(path: &Path, options: EngineOptions) -> AsyncLogger {
    let logger = Logger::builder()
        .file(path, |file| file.format(FormatKind::Json).max_size(1 << 30))
        .build()
        .unwrap();
    logger.into_async(options)
}

fn is_exact(logger: &AsyncLogger) -> bool {
    let counts = logger.engine_counts();
    counts.accepted == counts.dispatched + counts.queued
}

#[test]
fn every_record_of_every_thread_is_in_the_file_once_and_in_its_threads_order() {
    const THREADS: u64 = 4;
    const RECORDS: u64 = 5_000;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let options = EngineOptions {
        ring_size: 16 << 10,
        ..EngineOptions::default()
    };
    let logger = to_file(&path, options);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let logger = &logger;
            scope.spawn(move || {
                for n in 0..RECORDS {
                    info!(logger, "APP", thread, n, "record");
                }
            });
        }
        assert!(is_exact(&logger));
    });
    block_on(logger.close()).unwrap();
    let counts = logger.engine_counts();
    assert_eq!((counts.accepted, counts.queued), (THREADS * RECORDS, 0));
    let mut next = HashMap::<u64, u64>::new();
    for line in support::lines(&path) {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let expected = next.entry(line["thread"].as_u64().unwrap()).or_default();
        assert_eq!(line["n"].as_u64(), Some(*expected));
        *expected += 1;
    }
    assert_eq!(next, (0..THREADS).map(|thread| (thread, RECORDS)).collect());
}

#[test]
fn a_record_that_followed_from_another_threads_comes_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = to_file(&path, EngineOptions::default());
    let (to_other, from_first) = sync_channel::<()>(0);
    let (to_first, from_other) = sync_channel::<()>(0);
    thread::scope(|scope| {
        let first = |logger: &AsyncLogger, send: &SyncSender<()>, receive: &Receiver<()>| {
            for n in 0..2000 {
                info!(logger, "APP", n = 2 * n, "token");
                send.send(()).unwrap();
                receive.recv().unwrap();
            }
        };
        let logger = &logger;
        scope.spawn(move || first(logger, &to_other, &from_other));
        scope.spawn(move || {
            for n in 0..2000 {
                from_first.recv().unwrap();
                info!(logger, "APP", n = 2 * n + 1, "token");
                to_first.send(()).unwrap();
            }
        });
    });
    block_on(logger.close()).unwrap();
    let order: Vec<_> = support::lines(&path)
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["n"].as_u64())
        .collect();
    assert!(
        order.iter().enumerate().all(|(i, n)| *n == Some(i as u64)),
        "{order:?}"
    );
    assert_eq!(order.len(), 4000);
}

#[test]
fn a_destination_that_blocks_delays_neither_callers_nor_other_destinations() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let (pass, passes) = sync_channel(100);
    let (blocked, lines) = gate(passes);
    let logger = Logger::builder()
        .layer("APP", |layer| layer.file(&path, |file| file))
        .destination(CustomDestination::new("APP", "blocked", blocked))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    for n in 0..100 {
        logger.info("APP", format_args!("record {n}"));
    }
    // The file has all of them while the other destination has not taken its first.
    while support::lines(&path).len() < 100 {
        thread::yield_now();
    }
    assert!(lines.lock().unwrap().is_empty());
    for _ in 0..100 {
        pass.send(()).unwrap();
    }
    block_on(logger.close()).unwrap();
    assert_eq!(lines.lock().unwrap().len(), 100);
}

/// A destination that uses the very logger that it belongs to.
struct Meddler(
    std::sync::OnceLock<hydra_logger::AsyncLogger>,
    SyncSender<io::ErrorKind>,
    DestinationStats,
);

impl Destination for Meddler {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        self.2.delivered(meta.level, line.len());
        if line.ends_with(b"first\n")
            && let Some(logger) = self.0.get()
        {
            logger.info("APP", "second");
            let refused = Logger::flush(logger).unwrap_err().kind();
            let _ = self.1.send(refused);
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.2
    }
}

#[test]
fn a_destination_may_log_to_its_own_logger_but_not_wait_for_it() {
    let (refused, was_refused) = sync_channel(1);
    let meddler = Meddler(
        std::sync::OnceLock::new(),
        refused,
        DestinationStats::default(),
    );
    let meddler = Arc::new(meddler);
    let destination = Arc::clone(&meddler) as Arc<dyn Destination>;
    let logger = Logger::builder()
        .destination(CustomDestination::new("APP", "meddler", destination))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    assert!(meddler.0.set(logger.clone()).is_ok());
    logger.info("APP", "first");
    assert_eq!(was_refused.recv(), Ok(io::ErrorKind::WouldBlock));
    block_on(logger.close()).unwrap();
    assert_eq!(meddler.2.snapshot().records, 2);
}

#[test]
fn closing_ends_in_time_though_a_destination_never_returns() {
    let (_pass, passes) = sync_channel(1);
    let (blocked, lines) = gate(passes);
    let logger = Logger::builder()
        .destination(CustomDestination::new("APP", "blocked for ever", blocked))
        .build()
        .unwrap()
        .into_async(EngineOptions::default());
    logger.info("APP", "never delivered");
    let error = block_on(logger.close_within(Duration::from_millis(50))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
    let told = "(0 delivered, 0 kept, 1 waiting, 0 dropped)";
    assert!(error.to_string().ends_with(told), "{error}");
    assert!(lines.lock().unwrap().is_empty());
}

#[test]
fn under_drop_newest_what_stays_out_is_counted_and_told_in_the_log_itself() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let options = EngineOptions {
        ring_size: 4096,
        overflow: OverflowPolicy::DropNewest,
        ..EngineOptions::default()
    };
    let logger = to_file(&path, options);
    let text = "x".repeat(500);
    let mut records = 0;
    while logger.engine_counts().refused.is_empty() {
        info!(logger, "APP", text, "much");
        records += 1;
    }
    logger.error("APP", "an error is never dropped");
    block_on(logger.flush()).unwrap();
    let refused: u64 = logger.engine_counts().refused.values().sum();
    let by: Vec<_> = logger.engine_counts().refused.into_keys().collect();
    assert_eq!(
        (by.len(), by[0].0.as_str(), by[0].1),
        (1, "APP", Level::Info)
    );
    assert_eq!(logger.metrics().layers["APP"].dropped, refused);
    let outcome = block_on(logger.close()).unwrap();
    assert_eq!(outcome, logger.metrics().outcome());
    // The summary of what was dropped is a record too.
    assert_eq!(
        (outcome.delivered, outcome.dropped, outcome.queued),
        (records - refused + 2, refused, 0)
    );
    let lines = support::lines(&path);
    let (told, rest): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.contains("records were dropped"));
    assert_eq!(rest.len() as u64, records - refused + 1);
    let told: serde_json::Value = serde_json::from_str(told[0]).unwrap();
    assert_eq!(told["dropped"].as_u64(), Some(refused));
    assert_eq!(
        (told["dropped_level"].as_str(), told["reason"].as_str()),
        (Some("INFO"), Some("drop_newest"))
    );
}

#[test]
fn a_text_that_no_ring_holds_is_delivered_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let options = EngineOptions {
        ring_size: 4096,
        ..EngineOptions::default()
    };
    let logger = to_file(&path, options);
    let large = "large ".repeat(10_000);
    for _ in 0..3 {
        info!(logger, "APP", large, "between");
        logger.info("APP", "small");
    }
    block_on(logger.close()).unwrap();
    let lines = support::lines(&path);
    let lengths: Vec<_> = lines.iter().map(|line| line.len() > 60_000).collect();
    assert_eq!(lengths, [true, false, true, false, true, false]);
}

#[test]
fn a_call_carries_its_own_context_wherever_it_is_delivered() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = to_file(&path, EngineOptions::default());
    for request in 0..3 {
        let context = hydra_logger::Context::new().with("request", request);
        let _scope = context.enter();
        logger.info("APP", "in");
        info!(logger, "DB", "in");
    }
    logger.info("APP", "out");
    let context = hydra_logger::Context::new().with("request", 3);
    // One context, with a call without any in between.
    for _ in 0..2 {
        let scope = context.enter();
        logger.info("APP", "in");
        drop(scope);
        logger.info("APP", "out");
    }
    block_on(logger.close()).unwrap();
    let requests: Vec<_> = support::lines(&path)
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["request"].as_u64())
        .collect();
    assert_eq!(
        requests,
        [
            [Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), None].as_slice(),
            &[Some(3), None, Some(3), None]
        ]
        .concat()
    );
}

#[test]
fn a_logger_that_is_dropped_delivers_what_it_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = to_file(&path, EngineOptions::default());
    for _ in 0..1000 {
        logger.info("APP", "kept");
    }
    drop(logger);
    assert_eq!(support::lines(&path).len(), 1000);
}

#[test]
fn nothing_sensitive_waits_in_the_lines_of_an_asynchronous_logger() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = to_file(&path, EngineOptions::default());
    logger.info("APP", format_args!("password={}", "hunter22"));
    info!(logger, "APP", password = "hunter22", "login");
    block_on(logger.close()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("[REDACTED:PASSWORD]") && !text.contains("hunter22"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_forked_child_starts_an_engine_of_its_own_and_the_parents_loses_nothing() {
    const FORKS: u64 = 20;
    if !support::is_child() {
        // Alone: other tests' threads do not exist in a child.
        let test = "a_forked_child_starts_an_engine_of_its_own_and_the_parents_loses_nothing";
        support::run_again(test);
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let logger = to_file(&path, EngineOptions::default());
    let done = std::sync::atomic::AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut written = 0_u64;
                    while !done.load(std::sync::atomic::Ordering::Relaxed) || written == 0 {
                        info!(logger, "APP", "parent");
                        written += 1;
                    }
                    written
                })
            })
            .collect();
        for _ in 0..FORKS {
            // SAFETY: the child uses what this crate makes usable after a fork, and the C library's
            // allocator; it ends without running anything of the test's.
            let child = unsafe { libc::fork() };
            if child == 0 {
                for _ in 0..20 {
                    info!(logger, "APP", "child");
                }
                let flushed = Logger::flush(&logger).is_ok();
                // SAFETY: as above.
                unsafe { libc::_exit(i32::from(!flushed)) };
            }
            let mut status = -1;
            // SAFETY: waits for a child of this process.
            let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
            assert_eq!((waited, status), (child, 0));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        let written = threads.into_iter().map(|thread| thread.join().unwrap());
        written.sum::<u64>()
    });
    block_on(logger.close()).unwrap();
    let lines = support::lines(&path);
    let of = |who: &str| lines.iter().filter(|line| line.contains(who)).count() as u64;
    assert_eq!((of("parent"), of("child")), (written, 20 * FORKS));
}
