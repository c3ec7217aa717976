//! What a caller sees of a queue whose destination blocks, fails, panics or is slow.

mod support;

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hydra_core::{Destination as _, Level, diagnostics};
use hydra_delivery::queue::{DropReason, OverflowPolicy, QueueOptions};
use hydra_delivery::workers::{Workers, WorkersOptions};
use support::{LONG, Probe, Verdict, exact, gate, on_stderr, put};

fn workers() -> Workers {
    Workers::new(WorkersOptions::default())
}

fn numbered(lines: std::ops::Range<usize>) -> Vec<String> {
    lines.map(|n| format!("line {n}")).collect()
}

#[test]
fn what_is_asked_of_a_destination_has_its_place_among_the_lines() {
    let probe = Probe::new(|_| Ok(()));
    let queue = workers().queue("orders", probe.clone(), QueueOptions::default());
    put(&queue, Level::Info, "line 0");
    put(&queue, Level::Info, "line 1");
    queue.reopen().unwrap();
    put(&queue, Level::Info, "line 2");
    queue.flush().unwrap();
    assert_eq!(exact(&queue).delivered, 3);
    put(&queue, Level::Info, "line 3");
    queue.retire().unwrap();
    let seen = probe.seen();
    let expected = [
        "line 0", "line 1", "[reopen]", "line 2", "[flush]", "line 3", "[retire]",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn after_retire_a_late_line_needs_nobody_to_hand_it_over() {
    let (delivered, lines) = channel();
    let delivered = Mutex::new(delivered);
    let probe = Probe::new(move |line| {
        delivered.lock().unwrap().send(line.to_owned()).unwrap();
        Ok(())
    });
    let queue = workers().queue("retired", probe, QueueOptions::default());
    queue.retire().unwrap();
    put(&queue, Level::Info, "late");
    assert_eq!(lines.recv_timeout(LONG).unwrap(), "late");
}

#[test]
fn a_queue_that_is_dropped_still_delivers_though_the_pool_is_gone() {
    let (gate, keeper) = gate();
    let workers = workers();
    let queue = workers.queue("dropped", gate, QueueOptions::default());
    put(&queue, Level::Info, "line 0");
    drop(queue);
    drop(workers);
    assert_eq!(keeper.entered(), numbered(0..1));
    keeper.let_go(Verdict::Take);
}

#[test]
fn a_destination_that_blocks_holds_its_worker_and_nothing_else() {
    let workers = Workers::new(WorkersOptions::default().max_workers(2));
    let (gate, keeper) = gate();
    let blocked = workers.queue("blocked", gate, QueueOptions::default());
    put(&blocked, Level::Info, "line 0");
    blocked.hand_over();
    keeper.entered();
    put(&blocked, Level::Info, "line 1");
    let probe = Probe::new(|_| Ok(()));
    let other = workers.queue("other", probe.clone(), QueueOptions::default());
    for line in numbered(0..1000) {
        put(&other, Level::Info, &line);
    }
    other.flush().unwrap();
    assert_eq!(probe.seen()[..1000], numbered(0..1000));
    let error = blocked.flush_within(Duration::from_millis(20)).unwrap_err();
    assert_eq!(
        (error.queued, error.error.kind()),
        (2, io::ErrorKind::TimedOut)
    );
    assert_eq!(exact(&blocked).queued, 2);
    keeper.let_go(Verdict::Take);
    assert_eq!(keeper.entered(), ["line 1"]);
    keeper.let_go(Verdict::Take);
    blocked.flush_within(LONG).unwrap();
    assert_eq!(exact(&blocked).delivered, 2);
}

#[test]
fn retire_and_reopen_wait_for_their_turn_no_longer_than_patience_says() {
    let (gate, keeper) = gate();
    let options = QueueOptions::default().patience(Duration::from_millis(5));
    let queue = workers().queue("patience", gate, options);
    put(&queue, Level::Info, "line 0");
    queue.hand_over();
    keeper.entered();
    for result in [queue.reopen(), queue.retire()] {
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
    keeper.let_go(Verdict::Take);
    queue.flush().unwrap();
}

#[test]
fn a_blocked_caller_goes_on_when_the_worker_takes_something() {
    let (gate, keeper) = gate();
    let options = QueueOptions::default()
        .max_records(2)
        .policy(OverflowPolicy::Block { limit: LONG });
    let queue = Arc::new(workers().queue("room", gate, options));
    put(&queue, Level::Info, "line 0");
    queue.hand_over();
    assert_eq!(keeper.entered(), numbered(0..1));
    put(&queue, Level::Info, "line 1");
    put(&queue, Level::Info, "line 2");
    let caller = thread::spawn({
        let queue = Arc::clone(&queue);
        move || put(&queue, Level::Info, "line 3")
    });
    keeper.let_go(Verdict::Take);
    // The caller is let in, or had not yet come: either way nothing is lost.
    assert_eq!(keeper.entered(), numbered(1..3));
    caller.join().unwrap();
    keeper.let_go(Verdict::Take);
    queue.hand_over();
    assert_eq!(keeper.entered(), numbered(3..4));
    keeper.let_go(Verdict::Take);
    queue.flush().unwrap();
    assert_eq!(exact(&queue).delivered, 4);
}

#[test]
fn a_destination_that_stands_still_is_waited_for_once() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let _subscription = diagnostics::on_error({
        let told = Arc::clone(&told);
        move |error| {
            if error.component == "standing still" {
                told.lock().unwrap().push(error.message.clone());
            }
        }
    });
    let limit = Duration::from_millis(200);
    let (gate, keeper) = gate();
    let options = QueueOptions::default()
        .max_records(1)
        .policy(OverflowPolicy::Block { limit });
    let queue = workers().queue("standing still", gate, options);
    put(&queue, Level::Info, "line 0");
    queue.hand_over();
    keeper.entered();
    put(&queue, Level::Info, "line 1");
    let began = Instant::now();
    for line in numbered(2..102) {
        put(&queue, Level::Info, &line);
    }
    let took = began.elapsed();
    assert!(took >= limit && took < limit * 100, "{took:?}");
    assert_eq!(exact(&queue).dropped.of(DropReason::Timeout), 100);
    keeper.let_go(Verdict::Take);
    keeper.entered();
    keeper.let_go(Verdict::Take);
    queue.flush().unwrap();
    // The worker that found the queue empty tells it, perhaps after another has flushed.
    while told.lock().unwrap().is_empty() {
        std::thread::yield_now();
    }
    let summary = "100 records dropped (timeout: 100 INFO)";
    assert_eq!(*told.lock().unwrap(), [summary]);
    assert_eq!(queue.stats().snapshot().dropped, 100);
}

#[test]
fn errors_are_never_dropped_they_wait_and_go_to_stderr_at_last() {
    for policy in [
        OverflowPolicy::Block {
            limit: Duration::ZERO,
        },
        OverflowPolicy::DropOldest,
        OverflowPolicy::DropNewest,
        OverflowPolicy::Error,
    ] {
        let (gate, keeper) = gate();
        let options = QueueOptions::default()
            .max_records(1)
            .policy(policy)
            .patience(Duration::from_millis(1));
        let queue = workers().queue("errors", gate, options);
        put(&queue, Level::Info, "line 0");
        queue.hand_over();
        keeper.entered();
        put(&queue, Level::Error, "line 1");
        on_stderr().lock().unwrap().clear();
        put(&queue, Level::Critical, "the last one");
        assert_eq!(*on_stderr().lock().unwrap(), ["the last one"]);
        assert_eq!(exact(&queue).dropped.of(DropReason::LastResort), 1);
        keeper.let_go(Verdict::Take);
        assert_eq!(keeper.entered(), numbered(1..2));
        keeper.let_go(Verdict::Take);
        queue.flush().unwrap();
    }
}

#[test]
fn orders_and_errors_keep_their_order_when_older_lines_make_way() {
    let (gate, keeper) = gate();
    let options = QueueOptions::default()
        .max_records(3)
        .policy(OverflowPolicy::DropOldest);
    let queue = Arc::new(workers().queue("kept", gate, options));
    put(&queue, Level::Info, "line 0");
    queue.hand_over();
    keeper.entered();
    put(&queue, Level::Error, "line 1");
    put(&queue, Level::Info, "line 2");
    // Waits behind line 2, and is overtaken by nothing.
    queue.flush_within(Duration::ZERO).unwrap_err();
    put(&queue, Level::Error, "line 3");
    for line in numbered(4..10) {
        put(&queue, Level::Info, &line);
    }
    queue.hand_over();
    keeper.let_go(Verdict::Take);
    let mut found = Vec::new();
    while found.len() < 3 {
        found.extend(keeper.entered());
        keeper.let_go(Verdict::Take);
    }
    assert_eq!(found, ["line 1", "line 3", "line 9"]);
    queue.flush().unwrap();
    let counts = exact(&queue);
    assert_eq!(counts.dropped.of(DropReason::Oldest), 6);
    assert_eq!((counts.accepted, counts.delivered), (10, 4));
}

/// Whether the line of this number is refused.
type Fails = fn(usize) -> bool;

#[test]
fn a_destination_that_fails_costs_the_lines_that_it_refuses() {
    let number = |line: &str| line.trim_start_matches("line ").parse::<usize>().ok();
    let refused = || io::Error::other("refused");
    let always: Fails = |_| true;
    let one_in_three: Fails = |n| n % 3 == 0;
    let until_the_hundredth: Fails = |n| n < 100;
    for (name, fails) in [
        ("always", always),
        ("one in three", one_in_three),
        ("until the hundredth", until_the_hundredth),
    ] {
        for panics in [false, true] {
            let probe = Probe::new(move |line| match number(line) {
                Some(n) if fails(n) && panics => {
                    std::panic::resume_unwind(Box::new("a test's own panic"))
                }
                Some(n) if fails(n) => Err(refused()),
                _ => Ok(()),
            });
            let queue = workers().queue(name, probe.clone(), QueueOptions::default());
            for (n, line) in numbered(0..300).iter().enumerate() {
                put(&queue, Level::Info, line);
                if n % 7 == 0 {
                    queue.hand_over();
                }
            }
            queue.flush().unwrap();
            let expected: Vec<_> = (0..300).filter(|n| !fails(*n)).collect();
            let seen = probe.seen();
            let seen: Vec<_> = seen.iter().filter_map(|line| number(line)).collect();
            assert_eq!(seen, expected, "{name}");
            let counts = exact(&queue);
            let lost = 300 - expected.len() as u64;
            assert_eq!(counts.dropped.of(DropReason::Refused), lost);
            assert_eq!((counts.errors, counts.queued), (lost, 0));
            let stats = queue.stats().snapshot();
            assert_eq!((stats.dropped, stats.errors), (lost, lost));
        }
    }
}

#[test]
fn a_flush_that_fails_or_panics_is_the_error_of_the_one_who_asked() {
    for panics in [false, true] {
        let probe = Probe::new(move |line| match line {
            "[flush]" if panics => std::panic::resume_unwind(Box::new("a test's own panic")),
            "[flush]" => Err(io::Error::other("no flush today")),
            _ => Ok(()),
        });
        let queue = workers().queue("flush", probe, QueueOptions::default());
        put(&queue, Level::Info, "line 0");
        let error = queue.flush_within(LONG).unwrap_err();
        let expected = if panics {
            "it panicked"
        } else {
            "no flush today"
        };
        assert_eq!(
            (error.queued, error.error.to_string().as_str()),
            (0, expected)
        );
        assert_eq!(exact(&queue).errors, 1);
    }
}

#[test]
fn a_hundred_slow_destinations_are_served_by_four_workers_each_in_its_order() {
    const LINES: usize = 5;
    let workers = Workers::new(WorkersOptions::default().max_workers(4));
    // A line is taken for a token, and there are none at first.
    let (token, tokens) = channel();
    let tokens = Arc::new(Mutex::new(tokens));
    let inside = Arc::new(AtomicUsize::new(0));
    let queues: Vec<_> = (0..100)
        .map(|n| {
            let (tokens, inside) = (Arc::clone(&tokens), Arc::clone(&inside));
            let probe = Probe::new(move |line| {
                if line.starts_with("line") {
                    assert!(inside.fetch_add(1, Relaxed) < 4);
                    tokens.lock().unwrap().recv().unwrap();
                    inside.fetch_sub(1, Relaxed);
                }
                Ok(())
            });
            let name = format!("slow {n}");
            let queue = workers.queue(name, probe.clone(), QueueOptions::default());
            (queue, probe)
        })
        .collect();
    for line in numbered(0..LINES) {
        for (queue, _) in &queues {
            put(queue, Level::Info, &line);
            queue.hand_over();
        }
    }
    let until = Instant::now() + LONG;
    while inside.load(Relaxed) < 4 {
        assert!(Instant::now() < until);
        thread::yield_now();
    }
    for _ in 0..LINES * queues.len() {
        token.send(()).unwrap();
    }
    for (queue, probe) in &queues {
        queue.flush().unwrap();
        assert_eq!(probe.seen()[..LINES], numbered(0..LINES));
        assert_eq!(exact(queue).delivered, LINES as u64);
    }
    assert_eq!(workers.threads(), 4);
}

#[test]
fn all_threads_but_one_end_when_there_is_nothing_to_do() {
    let options = WorkersOptions::default().idle(Duration::from_millis(1));
    let workers = Workers::new(options);
    let gates: Vec<_> = (0..5)
        .map(|_| {
            let (gate, keeper) = gate();
            let queue = workers.queue("idle", gate, QueueOptions::default());
            put(&queue, Level::Info, "line 0");
            queue.hand_over();
            keeper.entered();
            (queue, keeper)
        })
        .collect();
    assert_eq!(workers.threads(), 5);
    for (queue, keeper) in &gates {
        keeper.let_go(Verdict::Take);
        queue.flush().unwrap();
    }
    let until = Instant::now() + LONG;
    while workers.threads() > 1 {
        assert!(Instant::now() < until);
        thread::yield_now();
    }
    let (queue, keeper) = &gates[0];
    put(queue, Level::Info, "line 1");
    queue.hand_over();
    keeper.entered();
    keeper.let_go(Verdict::Take);
    assert_eq!(workers.threads(), 1);
}

#[test]
fn where_the_system_gives_no_thread_the_caller_delivers() {
    let options = WorkersOptions::default().stack_size(1 << 60);
    let workers = Workers::new(options);
    let probe = Probe::new(|_| Ok(()));
    let queue = workers.queue("no thread", probe.clone(), QueueOptions::default());
    put(&queue, Level::Info, "line 0");
    queue.hand_over();
    assert_eq!(probe.seen(), numbered(0..1));
    queue.flush().unwrap();
    assert_eq!((workers.threads(), exact(&queue).delivered), (0, 1));
}

#[test]
fn many_callers_fill_one_queue_and_each_ones_lines_keep_their_order() {
    const LINES: usize = 20_000;
    let probe = Probe::new(|_| Ok(()));
    let options = QueueOptions::default().max_records(500);
    let queue = workers().queue("callers", probe.clone(), options);
    thread::scope(|scope| {
        for caller in 0..4 {
            let queue = &queue;
            scope.spawn(move || {
                for n in 0..LINES {
                    put(queue, Level::Info, &format!("{caller} {n}"));
                }
            });
        }
    });
    queue.flush().unwrap();
    let seen = probe.seen();
    for caller in 0..4 {
        let prefix = format!("{caller} ");
        let own = seen.iter().filter_map(|line| line.strip_prefix(&prefix));
        let numbers = own.map(|number| number.parse::<usize>().unwrap());
        assert!(numbers.eq(0..LINES));
    }
    assert_eq!(exact(&queue).delivered, 4 * LINES as u64);
}
