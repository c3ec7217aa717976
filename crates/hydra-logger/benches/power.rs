//! `durability: power`: records of 256 bytes, each on the disk when its call has returned. By threads: how
//! many a second, and how long a call takes. Then a thread that makes ten thousand calls before it waits
//! for them.
//!
//! Files and spool are in HYDRA_BENCH_DIR, or the directory for temporary files: a real disk, or the
//! figures mean nothing.

use std::future::Future as _;
use std::ops::Deref as _;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use hydra_logger::config::{DestinationBuilder, Durability};
use hydra_logger::{AsyncLogger, EngineOptions, Logger};

const FOR: Duration = Duration::from_secs(2);

fn main() {
    println!("| threads | records a second | p50 of a call | p99 | all in the file after |");
    println!("|---|---|---|---|---|");
    for threads in [1, 16, 64, 256] {
        run(threads);
    }
    println!("| calls at once | records a second | all in the file after |");
    println!("|---|---|---|");
    at_once(10_000);
}

/// A file, and its logger. With its time, layer and level a line has 256 bytes.
fn logger() -> (tempfile::TempDir, AsyncLogger, String) {
    let root = std::env::var_os("HYDRA_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(root).expect("a directory");
    let logger = Logger::builder()
        .file(
            directory.path().join("app.log"),
            DestinationBuilder::unlimited_size,
        )
        .durability(Durability::Power)
        .state_dir(directory.path().join("state"))
        .build()
        .expect("a logger")
        .into_async(EngineOptions::default());
    let message = "x".repeat(256 - "2026-01-01 00:00:00 BENCH INFO - \n".len());
    (directory, logger, message)
}

fn run(threads: usize) {
    let (_directory, logger, message) = logger();
    let start = Barrier::new(threads);
    let took = thread::scope(|scope| {
        let writer = || {
            start.wait();
            let (began, mut took) = (Instant::now(), Vec::new());
            while began.elapsed() < FOR {
                let called = Instant::now();
                logger.info("BENCH", message.as_str());
                took.push(called.elapsed());
            }
            took
        };
        let writers: Vec<_> = (0..threads).map(|_| scope.spawn(writer)).collect();
        let took = writers
            .into_iter()
            .map(|writer| writer.join().expect("it ends"));
        took.flatten().collect::<Vec<_>>()
    });
    assert_eq!(logger.durability(), Durability::Power);
    let began = Instant::now();
    logger.deref().flush().expect("a disk with room");
    tell(threads, took, began.elapsed());
}

fn tell(threads: usize, mut took: Vec<Duration>, drained: Duration) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_micros();
    println!(
        "| {threads} | {:.0} | {} µs | {} µs | {} ms |",
        took.len() as f64 / FOR.as_secs_f64(),
        at(50),
        at(99),
        drained.as_millis()
    );
}

fn at_once(calls: usize) {
    let (_directory, logger, message) = logger();
    let (began, mut made) = (Instant::now(), 0);
    while began.elapsed() < FOR {
        let mut committed = pin!(logger.committed(|| {
            for _ in 0..calls {
                logger.info("BENCH", message.as_str());
            }
        }));
        made += calls;
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        while committed
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            thread::park();
        }
    }
    let took = began.elapsed();
    assert_eq!(logger.durability(), Durability::Power);
    let began = Instant::now();
    logger.deref().flush().expect("a disk with room");
    println!(
        "| {calls} | {:.0} | {} ms |",
        made as f64 / took.as_secs_f64(),
        began.elapsed().as_millis()
    );
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
