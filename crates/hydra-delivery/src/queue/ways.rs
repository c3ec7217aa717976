//! What a queue knows of its strategies: the state machine with the time, and what came of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::fallback::{FallbackOptions, Machine, Reason, Strategy, Switch};

/// How many changes of strategy are remembered.
const REMEMBERED: usize = 32;

/// A change of strategy, and when it was.
///
/// ```
/// # use hydra_delivery::queue::SwitchRecord;
/// fn tell(switch: &SwitchRecord) -> String {
///     format!("{} -> {} ({})", switch.from, switch.to, switch.reason.name())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SwitchRecord {
    /// When, in nanoseconds since 1970-01-01 UTC.
    pub unix_ns: i64,
    /// The strategy before.
    pub from: Strategy,
    /// The one from then on.
    pub to: Strategy,
    /// Why.
    pub reason: Reason,
}

pub(super) struct Ways {
    machine: Option<Machine>,
    began: Instant,
    /// Somebody waits for the destination to be tried, though it is paused.
    pub(super) is_urgent: bool,
    /// Failed attempts so far.
    pub(super) failures: u64,
    pub(super) switches: VecDeque<SwitchRecord>,
    pub(super) switched: u64,
    /// Lines that were delivered, or put on disk, while each strategy was in use.
    pub(super) lines: [u64; Strategy::ALL.len()],
    /// Not before then is the spool read again.
    disk_until: Option<Instant>,
}

impl Ways {
    pub(super) fn new(options: Option<&FallbackOptions>) -> Ways {
        Ways {
            machine: options.cloned().map(Machine::new),
            began: Instant::now(),
            is_urgent: false,
            failures: 0,
            switches: VecDeque::new(),
            switched: 0,
            lines: [0; Strategy::ALL.len()],
            disk_until: None,
        }
    }

    /// Whether there is more than one way.
    #[inline]
    pub(super) fn has_fallback(&self) -> bool {
        self.machine.is_some()
    }

    #[inline]
    pub(super) fn current(&self) -> Strategy {
        self.machine
            .as_ref()
            .map_or(Strategy::Async, Machine::current)
    }

    /// How long a full queue, or a slow destination, is waited for.
    pub(super) fn limit(&self) -> Duration {
        let options = self.machine.as_ref().map(Machine::options);
        options.map(FallbackOptions::time_limit).unwrap_or_default()
    }

    /// Until when nothing is to be tried; `None`: it may be tried now.
    pub(super) fn paused_until(&self) -> Option<Instant> {
        if self.is_urgent {
            return None;
        }
        let machine = self.machine.as_ref();
        let next = machine
            .and_then(Machine::next_try)
            .map(|at| self.began + at);
        next.max(self.disk_until).filter(|at| *at > Instant::now())
    }

    /// Whether the disk, which failed, is to be tried again.
    pub(super) fn tries_disk(&self) -> bool {
        let now = self.began.elapsed();
        self.machine
            .as_ref()
            .is_some_and(|machine| machine.tries_disk(now))
    }

    /// What the spool holds cannot be read now.
    pub(super) fn disk_unreadable(&mut self) {
        self.disk_until = Some(Instant::now() + Duration::from_secs(1));
    }

    pub(super) fn succeeded(&mut self, strategy: Strategy, lines: usize) -> Option<Switch> {
        if strategy == Strategy::Direct {
            self.lines[Strategy::Direct as usize] += lines as u64;
        } else {
            self.disk_until = None;
            let used = match self.current() {
                Strategy::Direct => Strategy::Async,
                used => used,
            };
            self.lines[used as usize] += lines as u64;
        }
        let now = self.began.elapsed();
        let switch = self.machine.as_mut()?.succeeded(strategy, now);
        self.remember(switch)
    }

    pub(super) fn failed(&mut self, strategy: Strategy, reason: Reason) -> Option<Switch> {
        self.failures += 1;
        let now = self.began.elapsed();
        let switch = self.machine.as_mut()?.failed(strategy, reason, now);
        self.remember(switch)
    }

    /// The destination was tried, and refused.
    pub(super) fn refused(&mut self) -> Option<Switch> {
        self.is_urgent = false;
        let strategy = match self.current() {
            Strategy::Sync => Strategy::Sync,
            _ => Strategy::Async,
        };
        self.failed(strategy, Reason::Failed)
    }

    pub(super) fn pin(&mut self, strategy: Option<Strategy>) -> Option<Switch> {
        let switch = self.machine.as_mut()?.pin(strategy);
        self.remember(switch)
    }

    fn remember(&mut self, switch: Option<Switch>) -> Option<Switch> {
        if let Some(Switch { from, to, reason }) = switch {
            if self.switches.len() == REMEMBERED {
                self.switches.pop_front();
            }
            let unix_ns = hydra_core::unix_now();
            self.switches.push_back(SwitchRecord {
                unix_ns,
                from,
                to,
                reason,
            });
            self.switched += 1;
        }
        switch
    }
}
