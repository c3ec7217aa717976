//! Generated histories of a queue against a model of a few lines: order, counts and policies.
//!
//! The model is a list. A worker stands in the destination whenever anything waits, so that each
//! step has one outcome: what it takes next must be the beginning of the list.

mod support;

use hydra_core::{Destination as _, Level};
use hydra_delivery::queue::{DropReason, OverflowPolicy, QueueOptions, QueuedDestination};
use hydra_delivery::workers::{Workers, WorkersOptions};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;
use support::{Gate, Keeper, Verdict, exact, gate, meta, on_stderr};

#[derive(Clone, Debug)]
enum Step {
    /// So many lines of this length.
    Deliver(usize, usize, Level),
    HandOver,
    /// The destination takes what it holds, or refuses a line of it (counted from its beginning, in
    /// percent), or panics; the worker comes back with the rest, or with what waits.
    Take,
    Refuse(usize),
    Panic,
}

fn step() -> impl Strategy<Value = Step> {
    let level = prop_oneof![
        6 => Just(Level::Info),
        1 => Just(Level::Warning),
        1 => Just(Level::Error),
        1 => Just(Level::Critical),
    ];
    let length =
        prop_oneof![12 => 1..200_usize, 2 => 10_000..30_000_usize, 1 => 65_000..70_000_usize];
    prop_oneof![
        10 => (1..20_usize, length, level).prop_map(|(n, length, level)| Step::Deliver(n, length, level)),
        2 => Just(Step::HandOver),
        4 => Just(Step::Take),
        2 => (0..100_usize).prop_map(Step::Refuse),
        1 => Just(Step::Panic),
    ]
}

#[derive(Clone, Debug)]
struct Bounds {
    records: usize,
    bytes: usize,
    policy: OverflowPolicy,
    guaranteed: bool,
}

fn bounds() -> impl Strategy<Value = Bounds> {
    let records = prop_oneof![Just(1_usize), 2..40_usize, Just(100_000)];
    let bytes = prop_oneof![Just(1_usize), 200..5_000_usize, 50_000..200_000_usize];
    let policy = prop_oneof![
        1 => Just(OverflowPolicy::Block { limit: Duration::ZERO }),
        3 => Just(OverflowPolicy::DropOldest),
        1 => Just(OverflowPolicy::DropNewest),
        1 => Just(OverflowPolicy::Error),
    ];
    (records, bytes, policy, prop::bool::weighted(0.1)).prop_map(
        |(records, bytes, policy, guaranteed)| Bounds {
            records,
            bytes,
            policy,
            guaranteed,
        },
    )
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    text: String,
    level: Level,
}

struct World {
    bounds: Bounds,
    queue: QueuedDestination,
    keeper: Keeper,
    stats: std::sync::Arc<Gate>,
    waiting: Vec<Line>,
    in_hand: Vec<Line>,
    accepted: u64,
    delivered: u64,
    dropped: BTreeMap<(usize, Level), u64>,
    last_resort: Vec<String>,
}

impl World {
    fn new(workers: &Workers, bounds: Bounds) -> World {
        let (gate, keeper) = gate();
        let options = QueueOptions::default()
            .max_records(bounds.records)
            .max_bytes(bounds.bytes)
            .policy(bounds.policy)
            .guaranteed(bounds.guaranteed)
            .patience(Duration::ZERO);
        World {
            bounds,
            queue: workers.queue("model", gate.clone(), options),
            keeper,
            stats: gate,
            waiting: Vec::new(),
            in_hand: Vec::new(),
            accepted: 0,
            delivered: 0,
            dropped: BTreeMap::new(),
            last_resort: Vec::new(),
        }
    }

    fn may_drop(&self, level: Level) -> bool {
        !self.bounds.guaranteed && level < Level::Error
    }

    fn has_room(&self, line: &Line) -> bool {
        let bytes: usize = self.waiting.iter().map(|line| line.text.len() + 1).sum();
        self.waiting.is_empty()
            || self.waiting.len() < self.bounds.records
                && bytes + line.text.len() < self.bounds.bytes
    }

    fn drop(&mut self, reason: DropReason, level: Level) {
        *self.dropped.entry((reason as usize, level)).or_default() += 1;
    }

    /// What the model says of a new line; whether `deliver` is an error.
    fn offer(&mut self, line: Line) -> bool {
        self.accepted += 1;
        if self.bounds.policy == OverflowPolicy::DropOldest {
            while !self.has_room(&line) {
                let oldest = self
                    .waiting
                    .iter()
                    .position(|line| self.may_drop(line.level));
                let Some(oldest) = oldest else { break };
                let gone = self.waiting.remove(oldest);
                self.drop(DropReason::Oldest, gone.level);
            }
        }
        if self.has_room(&line) {
            self.waiting.push(line);
            return false;
        }
        let reason = match self.bounds.policy {
            _ if !self.may_drop(line.level) => {
                self.last_resort.push(line.text);
                DropReason::LastResort
            }
            OverflowPolicy::DropOldest => DropReason::Oldest,
            OverflowPolicy::DropNewest => DropReason::Newest,
            OverflowPolicy::Error => DropReason::Error,
            _ => DropReason::Timeout,
        };
        self.drop(reason, line.level);
        reason == DropReason::Error
    }

    fn deliver(&mut self, length: usize, level: Level) {
        let line = Line {
            text: format!("{:06}{}", self.accepted, "x".repeat(length)),
            level,
        };
        let bytes = format!("{}\n", line.text);
        let is_error = self.offer(line);
        let result = self.queue.deliver(bytes.as_bytes(), &meta(level));
        assert_eq!(result.is_err(), is_error, "{result:?}");
        if self.in_hand.is_empty() {
            self.queue.hand_over();
        }
        self.worker_comes();
    }

    /// Where nothing is in hand and something waits, the worker takes it.
    fn worker_comes(&mut self) {
        if self.in_hand.is_empty() && !self.waiting.is_empty() {
            let taken = self.keeper.entered();
            let rest = self.waiting.split_off(taken.len());
            self.in_hand = std::mem::replace(&mut self.waiting, rest);
            self.check_hand(&taken);
            assert!(!taken.is_empty());
        }
    }

    fn check_hand(&self, taken: &[String]) {
        let expected: Vec<_> = self.in_hand.iter().map(|line| &line.text).collect();
        assert_eq!(taken.iter().collect::<Vec<_>>(), expected);
    }

    /// The destination takes so many lines, and refuses the next one if there is one.
    fn settle(&mut self, taken: usize, verdict: Verdict) {
        if self.in_hand.is_empty() {
            return;
        }
        self.queue.hand_over();
        self.keeper.let_go(verdict);
        self.delivered += taken as u64;
        let mut rest = self.in_hand.split_off(taken);
        self.in_hand.clear();
        if !rest.is_empty() {
            let refused = rest.remove(0);
            self.drop(DropReason::Refused, refused.level);
        }
        self.in_hand = rest;
        if !self.in_hand.is_empty() {
            let again = self.keeper.entered();
            self.check_hand(&again);
        }
        self.worker_comes();
        if self.in_hand.is_empty() {
            // Nothing waits: the worker has counted when a flush comes back.
            self.queue.flush().unwrap();
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Deliver(count, length, level) => {
                for _ in 0..count {
                    self.deliver(length, level);
                }
            }
            Step::HandOver => self.queue.hand_over(),
            Step::Take => self.settle(self.in_hand.len(), Verdict::Take),
            Step::Refuse(percent) => {
                let at = self.in_hand.len() * percent / 100;
                self.settle(at, Verdict::Refuse(at));
            }
            Step::Panic => self.settle(0, Verdict::Panic),
        }
        self.check();
    }

    fn check(&self) {
        let counts = exact(&self.queue);
        let queued = (self.waiting.len() + self.in_hand.len()) as u64;
        assert_eq!(
            (counts.accepted, counts.delivered, counts.queued),
            (self.accepted, self.delivered, queued)
        );
        for reason in DropReason::ALL {
            for level in Level::ALL {
                let expected = self.dropped.get(&(reason as usize, level)).copied();
                assert_eq!(
                    counts.dropped.by_level(reason)[level.index()],
                    expected.unwrap_or(0),
                    "{reason:?} {level}"
                );
            }
        }
        let refused = counts.dropped.of(DropReason::Refused);
        assert_eq!(counts.errors, refused);
        // What the caller is told, the caller counts.
        let told = counts.dropped.of(DropReason::Error);
        assert_eq!(
            self.stats.stats().snapshot().dropped,
            counts.dropped.total() - told
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_queue_does_what_its_model_says(
        bounds in bounds(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let stderr = on_stderr();
        stderr.lock().unwrap().clear();
        let workers = Workers::new(WorkersOptions::default());
        let mut world = World::new(&workers, bounds);
        for step in &steps {
            world.take(step);
        }
        while !world.in_hand.is_empty() {
            world.take(&Step::Take);
        }
        let counts = exact(&world.queue);
        prop_assert_eq!(counts.queued, 0);
        let lines = stderr.lock().unwrap();
        let last_resort: Vec<_> = lines.iter().filter(|line| !line.starts_with("hydra-logger:")).collect();
        prop_assert_eq!(last_resort, world.last_resort.iter().collect::<Vec<_>>());
    }
}
