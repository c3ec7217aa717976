//! Which way lines take to a destination that is in trouble: [`Machine`], a state machine of events
//! and a clock, without threads, files or waiting of its own.
//!
//! Strategies are tried in an order, best first. One is left when it has failed so many times in a
//! row, or was too slow or too full once; the next one takes its place. A strategy that was left is
//! tried again after a pause, which doubles with each failure (half open): it is taken up again when
//! that went well so many times in a row, and so a destination that comes and goes does not switch at
//! each line. The last strategy of the order is never left.

use std::time::Duration;

pub use hydra_core::config::{Strategy, UnknownStrategy};

/// How a [`Machine`] chooses. The defaults: `async`, then `sync`, `direct` and `memory`; left after 3
/// failures in a row or 1 second; tried again after 50 ms, doubling to 30 seconds; taken up again
/// after 2 successes in a row.
///
/// ```
/// use hydra_delivery::fallback::{FallbackOptions, Strategy};
/// let options = FallbackOptions::default().order(Strategy::Async, &[Strategy::Direct]).errors(1);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FallbackOptions {
    order: Vec<Strategy>,
    errors: u32,
    successes: u32,
    limit: Duration,
    shortest_pause: Duration,
    longest_pause: Duration,
}

impl Default for FallbackOptions {
    fn default() -> FallbackOptions {
        FallbackOptions {
            order: Strategy::ALL.to_vec(),
            errors: 3,
            successes: 2,
            limit: Duration::from_secs(1),
            shortest_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(30),
        }
    }
}

impl FallbackOptions {
    /// The strategies, in the order in which they are tried; one that is named twice counts once.
    #[must_use]
    pub fn order(mut self, primary: Strategy, fallbacks: &[Strategy]) -> FallbackOptions {
        self.order = vec![primary];
        for strategy in fallbacks {
            if !self.order.contains(strategy) {
                self.order.push(*strategy);
            }
        }
        self
    }

    /// After how many failures in a row a strategy is left, one at least.
    #[must_use]
    pub fn errors(mut self, errors: u32) -> FallbackOptions {
        self.errors = errors.max(1);
        self
    }

    /// After how many successes in a row one is taken up again, one at least.
    #[must_use]
    pub fn successes(mut self, successes: u32) -> FallbackOptions {
        self.successes = successes.max(1);
        self
    }

    /// How long a full queue is waited for, and the destination under [`Strategy::Sync`].
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> FallbackOptions {
        self.limit = limit;
        self
    }

    /// The pause before what has failed is tried again: the first, and the longest.
    #[must_use]
    pub fn pauses(mut self, shortest: Duration, longest: Duration) -> FallbackOptions {
        self.shortest_pause = shortest;
        self.longest_pause = longest.max(shortest);
        self
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.limit
    }
}

/// Why a strategy was changed.
///
/// ```
/// assert_eq!(hydra_delivery::fallback::Reason::Full.name(), "full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It failed too many times in a row.
    Failed,
    /// It took longer than its limit.
    Slow,
    /// The queue was full for longer than its limit.
    Full,
    /// A better one works again.
    Recovered,
    /// Somebody has chosen it by hand.
    Pinned,
    /// It is no longer chosen by hand.
    Released,
}

impl Reason {
    /// Its name in metrics and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Failed => "failed",
            Reason::Slow => "slow",
            Reason::Full => "full",
            Reason::Recovered => "recovered",
            Reason::Pinned => "pinned",
            Reason::Released => "released",
        }
    }
}

/// A change of strategy.
///
/// ```
/// use hydra_delivery::fallback::{Machine, FallbackOptions, Reason, Strategy};
/// use std::time::Duration;
/// let mut machine = Machine::new(FallbackOptions::default());
/// let switch = machine.failed(Strategy::Async, Reason::Full, Duration::ZERO).unwrap();
/// assert_eq!((switch.from, switch.to), (Strategy::Async, Strategy::Sync));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The strategy before.
    pub from: Strategy,
    /// The one from now on.
    pub to: Strategy,
    /// Why.
    pub reason: Reason,
}

/// What is known of one strategy.
#[derive(Clone, Debug)]
struct Lane {
    strategy: Strategy,
    is_open: bool,
    failures: u32,
    successes: u32,
}

/// A pause after failures.
#[derive(Clone, Debug, Default)]
struct Pause {
    until: Option<Duration>,
    length: Duration,
}

/// The state machine. Times are counted from any beginning, and never go back.
///
/// ```
/// use hydra_delivery::fallback::{FallbackOptions, Machine, Reason, Strategy};
/// use std::time::Duration;
///
/// let mut machine = Machine::new(FallbackOptions::default().errors(2).successes(1));
/// let now = Duration::ZERO;
/// machine.failed(Strategy::Async, Reason::Failed, now);
/// assert_eq!(machine.current(), Strategy::Async); // once is not enough
/// machine.failed(Strategy::Async, Reason::Failed, now);
/// assert_eq!(machine.current(), Strategy::Sync);
/// let again = machine.next_try().unwrap(); // not before
/// machine.succeeded(Strategy::Async, again);
/// assert_eq!(machine.current(), Strategy::Async);
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    options: FallbackOptions,
    lanes: Vec<Lane>,
    pinned: Option<Strategy>,
    /// Before the destination is tried again.
    destination: Pause,
    /// Before the disk is.
    disk: Pause,
}

impl Machine {
    /// One that begins with the first strategy.
    pub fn new(options: FallbackOptions) -> Machine {
        let lanes = options.order.iter().map(|&strategy| Lane {
            strategy,
            is_open: false,
            failures: 0,
            successes: 0,
        });
        Machine {
            lanes: lanes.collect(),
            options,
            pinned: None,
            destination: Pause::default(),
            disk: Pause::default(),
        }
    }

    /// The strategy for what comes now: the best that was not left, or the one that was chosen by
    /// hand.
    pub fn current(&self) -> Strategy {
        let best = self.lanes.iter().find(|lane| !lane.is_open);
        let last = self
            .options
            .order
            .last()
            .copied()
            .unwrap_or(Strategy::Async);
        self.pinned
            .unwrap_or_else(|| best.map_or(last, |lane| lane.strategy))
    }

    /// When the destination may be tried again; `None`: at any time.
    pub fn next_try(&self) -> Option<Duration> {
        self.destination.until
    }

    /// Whether the disk, which was left, may be tried again now.
    pub fn tries_disk(&self, now: Duration) -> bool {
        let is_better = |lane: &Lane| lane.strategy == Strategy::Direct && lane.is_open;
        self.pinned.is_none()
            && self.lanes.iter().any(is_better)
            && self.disk.until.is_none_or(|until| until <= now)
    }

    /// A strategy did what it should. What the destination took speaks for all that go to it.
    pub fn succeeded(&mut self, strategy: Strategy, _now: Duration) -> Option<Switch> {
        let before = self.current();
        *self.pause(strategy) = Pause::default();
        let needed = self.options.successes;
        for lane in &mut self.lanes {
            let same = lane.strategy == strategy;
            if same || (delivers(lane.strategy) && delivers(strategy)) {
                lane.failures = 0;
                lane.successes += 1;
                lane.is_open &= lane.successes < needed;
            }
        }
        self.switched(before, Reason::Recovered)
    }

    /// A strategy failed. [`Reason::Failed`] counts, and so many in a row make it left; for any other
    /// reason it is left at once.
    pub fn failed(&mut self, strategy: Strategy, reason: Reason, now: Duration) -> Option<Switch> {
        let before = self.current();
        if reason == Reason::Failed {
            let (shortest, longest) = (self.options.shortest_pause, self.options.longest_pause);
            let pause = self.pause(strategy);
            pause.length = (pause.length * 2).clamp(shortest, longest);
            pause.until = Some(now + pause.length);
        }
        let limit = self.options.errors;
        for lane in &mut self.lanes {
            if delivers(lane.strategy) && delivers(strategy) {
                lane.successes = 0;
            }
            if lane.strategy == strategy {
                lane.successes = 0;
                lane.failures += 1;
                lane.is_open |= reason != Reason::Failed || lane.failures >= limit;
            }
        }
        if let Some(last) = self.lanes.last_mut() {
            last.is_open = false;
        }
        self.switched(before, reason)
    }

    /// Chooses a strategy by hand, whatever happens; `None` lets it choose again.
    pub fn pin(&mut self, strategy: Option<Strategy>) -> Option<Switch> {
        let before = self.current();
        self.pinned = strategy;
        let reason = if strategy.is_some() {
            Reason::Pinned
        } else {
            Reason::Released
        };
        self.switched(before, reason)
    }

    /// What it was made with.
    pub fn options(&self) -> &FallbackOptions {
        &self.options
    }

    fn pause(&mut self, strategy: Strategy) -> &mut Pause {
        if delivers(strategy) {
            &mut self.destination
        } else {
            &mut self.disk
        }
    }

    fn switched(&mut self, from: Strategy, reason: Reason) -> Option<Switch> {
        let to = self.current();
        (from != to).then_some(Switch { from, to, reason })
    }
}

/// Whether a strategy goes to the destination itself.
fn delivers(strategy: Strategy) -> bool {
    matches!(strategy, Strategy::Async | Strategy::Sync)
}
