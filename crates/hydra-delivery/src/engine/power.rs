//! What an engine with `durability: power`, of its own or of a destination alone, does otherwise: calls
//! wait until their records are on the disk.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hydra_core::config::Durability;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::{Destination, DestinationStats, LineMeta};

use super::{Engine, EngineOptions, Shared};
use crate::queue::{self, QueueOptions};
use crate::stand_in::Room;

/// Whether there are destinations with `power`.
pub(super) struct Durable {
    is_there: AtomicBool,
    /// It was told that there is no spool for them.
    is_told: AtomicBool,
}

impl Durable {
    pub(super) fn new(options: &EngineOptions) -> Durable {
        // Whoever delivers each record before the call returns has nothing to keep.
        let is_asked = options.durability == Some(Durability::Power);
        Durable {
            is_there: AtomicBool::new(is_asked && !options.wait_for_each),
            is_told: AtomicBool::new(false),
        }
    }
}

impl Engine {
    /// A destination that has no queue, as it is to be given lines where records are to survive a loss
    /// of power: each is synced. None where calls wait for each record anyway.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hydra_core::Destination;
    /// use hydra_core::config::Stream;
    /// use hydra_core::destination::console::ConsoleDestination;
    /// use hydra_delivery::{Engine, EngineOptions};
    ///
    /// let engine = Engine::new(EngineOptions { wait_for_each: true, ..EngineOptions::default() });
    /// let stdout: Arc<dyn Destination> = Arc::new(ConsoleDestination::new(Stream::Stdout));
    /// assert!(engine.synced(&stdout).is_none());
    /// ```
    pub fn synced(&self, destination: &Arc<dyn Destination>) -> Option<Arc<dyn Destination>> {
        let synced = || Arc::new(Synced(Arc::clone(destination))) as Arc<dyn Destination>;
        (!self.0.options.wait_for_each).then(synced)
    }
}

impl Engine {
    /// Makes calls as a thread that must not be held up: none waits for the disk, or for room while
    /// there is another thread to do so. What they wait for; none where none had to.
    ///
    /// ```
    /// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
    /// assert!(engine.without_waiting(|| ()).is_none());
    /// ```
    pub fn without_waiting(&self, calls: impl FnOnce()) -> Option<Room> {
        Room::of(&self.0, calls)
    }
}

/// A destination that syncs each line.
struct Synced(Arc<dyn Destination>);

impl Destination for Synced {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        self.0.deliver(line, meta)?;
        self.0.sync()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn retire(&self) -> io::Result<()> {
        self.0.retire()
    }

    fn reopen(&self) -> io::Result<()> {
        self.0.reopen()
    }

    fn stats(&self) -> &DestinationStats {
        self.0.stats()
    }
}

/// A commit of so many records costs each little: no more are waited for.
const MANY: f64 = 1024.0;
/// How long others are waited for at most: about what a sync of the disk takes, which is what a commit
/// less saves.
const LONGEST: Duration = Duration::from_micros(500);

/// What is known of the callers that wait for commits. Those of one commit make their next calls when it
/// is done, all at about the same time: whoever began the next with the first of them would have the
/// others wait for two.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// How many callers a commit has had lately. At once when there are more, by and by when less.
    callers: f64,
    /// How long a commit took.
    took: Duration,
}

impl Gathering {
    /// How many callers are worth waiting for, and how long.
    fn expected(&self) -> (u64, Duration) {
        (self.callers.min(MANY) as u64, (self.took / 2).min(LONGEST))
    }

    /// A commit had so many callers, and took so long.
    fn ended(&mut self, callers: u64, took: Duration) {
        let callers = callers as f64;
        let fewer = self.callers + (callers - self.callers) / 4.0;
        self.callers = callers.max(fewer);
        self.took = took;
    }
}

impl Shared {
    /// A round, for those who wait for its commit and those who are about to come.
    pub(super) fn round_of_many(&self, gathering: &mut Gathering) -> bool {
        if !self.is_durable() {
            return self.round();
        }
        self.wait_for_callers(gathering);
        let (called, began) = (self.tickets.called(), Instant::now());
        let worked = self.round();
        let callers = self.tickets.called() - called;
        if callers > 0 {
            gathering.ended(callers, began.elapsed());
        }
        worked
    }

    fn wait_for_callers(&self, gathering: &Gathering) {
        let (count, limit) = gathering.expected();
        let called = self.tickets.called();
        let are_there = || {
            let waiting = self.tickets.last() - called;
            waiting == 0 || waiting >= count || self.is_closed()
        };
        if are_there() {
            return;
        }
        let until = Instant::now() + limit;
        self.tickets.await_more(count);
        while !are_there() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.bell.rest(Some(left), are_there);
        }
        self.tickets.await_more(0);
    }

    /// Whether calls may have to wait until their records survive a loss of power.
    pub(crate) fn is_durable(&self) -> bool {
        self.durable.is_there.load(Relaxed)
    }

    /// The settings of a queue: one that keeps what it is given on the disk where that is asked for.
    pub(super) fn queue_options(&self, durability: Durability) -> QueueOptions {
        let options = self.options.queue.clone();
        if durability != Durability::Power {
            return options;
        }
        self.durable.is_there.store(true, Relaxed);
        if !options.has_spool() && !self.durable.is_told.swap(true, Relaxed) {
            let why = if cfg!(feature = "spool") {
                "there is no spool"
            } else {
                "this program was built without the feature `spool`"
            };
            let message = format_args!(
                "{why}: calls wait until their records are with their destinations, and synced there"
            );
            diagnostics::report(ErrorKind::Open, "durability: power", &message);
        }
        options.durable()
    }

    /// Has the lines of destinations with `power` brought into the spool, in one commit, and the
    /// others on their way.
    pub(super) fn hand_over_durably(&self) {
        let mut queues = self.queues();
        queues.retain(|queue| {
            let is_durable = queue.is_durable();
            if !is_durable {
                queue.hand_over();
            }
            is_durable
        });
        queue::hand_over_all(&queues);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: Duration = Duration::from_micros(300);

    fn after(callers: &[u64]) -> (u64, Duration) {
        let mut gathering = Gathering::default();
        for callers in callers {
            gathering.ended(*callers, COMMIT);
        }
        gathering.expected()
    }

    #[test]
    fn as_many_callers_are_expected_as_came_last_and_for_half_a_commit() {
        assert_eq!(after(&[]), (0, Duration::ZERO));
        assert_eq!(after(&[1, 16]), (16, COMMIT / 2));
        let mut slow = Gathering::default();
        slow.ended(2, Duration::from_secs(1));
        assert_eq!(slow.expected(), (2, LONGEST));
    }

    #[test]
    fn callers_that_do_not_come_back_are_soon_expected_no_more() {
        assert_eq!(after(&[16, 12]).0, 15);
        assert_eq!(after(&[2, 1]).0, 1);
        let lonely = [&[256][..], &[1; 20]].concat();
        assert_eq!(after(&lonely).0, 1);
    }

    #[test]
    fn a_crowd_is_large_enough_as_it_is() {
        assert_eq!(after(&[100_000]).0, 1024);
    }
}
