//! What the engine does where memory runs short: it takes less, step by step, and says so.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::time::Duration;

use hydra_core::diagnostics::{self, ErrorKind};

use crate::lock::lock;
use crate::memory_limit::{Limits, MemoryUsage};

/// When the engine takes less. Percentages are of the limit that is nearest: of the process's
/// cgroups, its address space or its data, never of the host.
///
/// ```
/// use hydra_delivery::MemoryOptions;
/// assert_eq!(MemoryOptions::default().smaller_percent, 70.0);
/// ```
#[derive(Clone, Debug)]
pub struct MemoryOptions {
    /// From here on destinations' queues are a sixteenth of their size, and new threads get rings of
    /// 64 KiB at most. Default: 70.
    pub smaller_percent: f64,
    /// From here on each call waits until its record is delivered, too. Default: 90.
    pub synchronous_percent: f64,
    /// How often memory is looked at, while records flow. Default: 1 second.
    pub check_interval: Duration,
    /// Where `proc` and `sys` are found. Default: `/`.
    pub root: PathBuf,
}

impl Default for MemoryOptions {
    fn default() -> MemoryOptions {
        MemoryOptions {
            smaller_percent: 70.0,
            synchronous_percent: 90.0,
            check_interval: Duration::from_secs(1),
            root: PathBuf::from("/"),
        }
    }
}

/// How short memory is.
///
/// ```
/// assert!(hydra_delivery::MemoryStep::Normal < hydra_delivery::MemoryStep::Synchronous);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemoryStep {
    /// There is enough.
    Normal,
    /// Queues and new rings are small.
    Smaller,
    /// Each call waits until its record is delivered, too.
    Synchronous,
}

impl MemoryStep {
    const ALL: [MemoryStep; 3] = [
        MemoryStep::Normal,
        MemoryStep::Smaller,
        MemoryStep::Synchronous,
    ];

    /// Its name: `normal`, `smaller`, `synchronous`.
    pub const fn name(self) -> &'static str {
        match self {
            MemoryStep::Normal => "normal",
            MemoryStep::Smaller => "smaller",
            MemoryStep::Synchronous => "synchronous",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            MemoryStep::Normal => "queues have their size again",
            MemoryStep::Smaller => "queues are smaller from now on",
            MemoryStep::Synchronous => "records are delivered before calls return",
        }
    }
}

/// A step is left only where usage is so far below its beginning, in percent, so that it does not
/// come and go with every record.
const HYSTERESIS: f64 = 5.0;
/// The bytes of a ring that is made while memory is short.
const SMALL_RING: usize = 64 << 10;

/// How short memory was when it was last looked at.
pub(crate) struct Pressure {
    options: MemoryOptions,
    step: AtomicU8,
    /// Found at the first look.
    pub(crate) limits: Mutex<Option<Limits>>,
}

impl Pressure {
    pub(crate) fn new(options: MemoryOptions) -> Pressure {
        Pressure {
            options,
            step: AtomicU8::new(0),
            limits: Mutex::new(None),
        }
    }

    #[inline]
    pub(crate) fn step(&self) -> MemoryStep {
        MemoryStep::ALL[usize::from(self.step.load(Relaxed))]
    }

    /// Whether memory is so short that records are delivered before calls return.
    #[inline]
    pub(crate) fn is_synchronous(&self) -> bool {
        self.step.load(Relaxed) == MemoryStep::Synchronous as u8
    }

    pub(crate) fn interval(&self) -> Duration {
        self.options.check_interval
    }

    pub(crate) fn usage(&self) -> Option<MemoryUsage> {
        let mut limits = lock(&self.limits);
        let found = || Limits::below(&self.options.root);
        limits.get_or_insert_with(found).usage()
    }

    /// How large a new ring is.
    pub(crate) fn ring_size(&self, size: usize) -> usize {
        match self.step() {
            MemoryStep::Normal => size,
            _ => size.min(SMALL_RING),
        }
    }

    /// Looks, and says so where the step has changed. Returns the new one then.
    pub(crate) fn look(&self) -> Option<MemoryStep> {
        let usage = self.usage();
        let before = self.step();
        let now = self.next(before, usage.map_or(0.0, |usage| usage.percent()));
        if now == before {
            return None;
        }
        self.step.store(now as u8, Relaxed);
        let percent = usage.map_or(0.0, |usage| usage.percent());
        let limit = usage.map_or("limit", |usage| usage.of.name());
        let message = format_args!(
            "{percent:.0} % of the memory ({limit}) are used: {}",
            now.meaning()
        );
        diagnostics::report(ErrorKind::named("memory"), "asynchronous logger", &message);
        Some(now)
    }

    fn next(&self, before: MemoryStep, percent: f64) -> MemoryStep {
        let begins = |step| match step {
            MemoryStep::Normal => f64::NEG_INFINITY,
            MemoryStep::Smaller => self.options.smaller_percent,
            MemoryStep::Synchronous => self.options.synchronous_percent,
        };
        let holds = |step| {
            let margin = if step <= before { HYSTERESIS } else { 0.0 };
            percent >= begins(step) - margin
        };
        let mut steps = MemoryStep::ALL.into_iter().rev();
        steps
            .find(|step| holds(*step))
            .unwrap_or(MemoryStep::Normal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_at_their_percentages_and_end_five_below() {
        let pressure = Pressure::new(MemoryOptions::default());
        let mut step = MemoryStep::Normal;
        let expected = [
            (69.9, MemoryStep::Normal),
            (70.0, MemoryStep::Smaller),
            (66.0, MemoryStep::Smaller),
            (64.9, MemoryStep::Normal),
            (69.0, MemoryStep::Normal),
            (95.0, MemoryStep::Synchronous),
            (86.0, MemoryStep::Synchronous),
            (84.0, MemoryStep::Smaller),
            (89.0, MemoryStep::Smaller),
            (90.0, MemoryStep::Synchronous),
            (10.0, MemoryStep::Normal),
        ];
        for (percent, next) in expected {
            step = pressure.next(step, percent);
            assert_eq!(step, next, "at {percent} %");
        }
    }
}
