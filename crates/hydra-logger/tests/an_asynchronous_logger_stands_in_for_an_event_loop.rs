//! A call on a thread that must not be held up, as a face for another language says of one that runs
//! an event loop: where there is no room, another thread waits in its place.

#![cfg(feature = "async")]

#[path = "support/event_loop.rs"]
mod event_loop;
#[path = "support/executor.rs"]
mod executor;

use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use event_loop::run_a_loop;
use executor::block_on;
use hydra_logger::{
    AsyncLogger, CustomDestination, Destination, DestinationStats, EngineOptions, LineMeta, Logger,
    OverflowPolicy, QueueOptions, Room,
};

/// Keeps lines, once its gate is open.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
    lines: Mutex<Vec<String>>,
    stats: DestinationStats,
}

impl Gate {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn numbers(&self) -> Vec<usize> {
        let lines = self.lines.lock().unwrap();
        let number = |line: &String| line.split_whitespace().last()?.parse().ok();
        lines.iter().filter_map(number).collect()
    }
}

impl Destination for Gate {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let is_open = self.is_open.lock().unwrap();
        drop(
            self.opened
                .wait_while(is_open, |is_open| !*is_open)
                .unwrap(),
        );
        let line = String::from_utf8_lossy(line).into_owned();
        self.lines.lock().unwrap().push(line);
        self.stats.delivered(meta.level, 1);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// Room for some ten records, before a shut gate.
fn narrow(gate: &Arc<Gate>, limit: Duration) -> AsyncLogger {
    let policy = OverflowPolicy::Block { limit };
    let options = EngineOptions {
        ring_size: 4096,
        overflow: policy,
        queue: QueueOptions::default().max_records(1).policy(policy),
        ..EngineOptions::default()
    };
    let destination = Arc::clone(gate) as Arc<dyn Destination>;
    let custom = CustomDestination::new("APP", "the gate", destination);
    let logger = Logger::builder().destination(custom).build().unwrap();
    logger.into_async(options)
}

fn log(logger: &AsyncLogger, numbers: std::ops::Range<usize>) {
    for number in numbers {
        logger.info("APP", format!("{number}").as_str());
    }
}

const LONG: Duration = Duration::from_hours(1);

#[test]
fn its_calls_return_at_once_and_are_made_in_their_order() {
    run_a_loop(true);
    let gate = Arc::new(Gate::default());
    let logger = narrow(&gate, LONG);
    log(&logger, 0..1000);
    let room = Room::of_last_call().expect("nothing takes a thousand records");
    assert!(!room.is_there());
    let counts = logger.engine_counts();
    assert!(counts.queued > 900, "{counts:?}");
    assert_eq!(counts.accepted, counts.dispatched + counts.queued);
    gate.open();
    block_on(room.clone());
    assert!(room.is_there());
    log(&logger, 1000..1100);
    Logger::flush(&logger).unwrap();
    assert_eq!(gate.numbers(), (0..1100).collect::<Vec<_>>());
    let counts = logger.engine_counts();
    assert_eq!((counts.accepted, counts.queued), (1100, 0));
    assert!(counts.refused.is_empty());
}

#[test]
fn when_it_may_wait_again_its_calls_come_behind_those() {
    run_a_loop(true);
    let gate = Arc::new(Gate::default());
    let logger = narrow(&gate, LONG);
    log(&logger, 0..500);
    run_a_loop(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(10));
            gate.open();
        });
        log(&logger, 500..600);
    });
    Logger::close(&logger).unwrap();
    assert_eq!(gate.numbers(), (0..600).collect::<Vec<_>>());
}

#[test]
fn the_limit_of_the_policy_runs_for_all_that_wait_at_once() {
    run_a_loop(true);
    let gate = Arc::new(Gate::default());
    let logger = narrow(&gate, Duration::from_millis(100));
    log(&logger, 0..1000);
    let began = Instant::now();
    block_on(Room::of_last_call().unwrap());
    assert!(began.elapsed() < Duration::from_secs(20));
    gate.open();
    Logger::close(&logger).unwrap();
    let counts = logger.engine_counts();
    let refused: u64 = counts.refused.values().sum();
    assert!(refused > 0);
    assert_eq!(counts.accepted + refused, 1000);
}

#[test]
fn a_logger_that_is_closed_while_calls_wait_makes_them_first() {
    run_a_loop(true);
    let gate = Arc::new(Gate::default());
    let logger = narrow(&gate, LONG);
    log(&logger, 0..300);
    gate.open();
    Logger::close(&logger).unwrap();
    assert_eq!(gate.numbers(), (0..300).collect::<Vec<_>>());
}
