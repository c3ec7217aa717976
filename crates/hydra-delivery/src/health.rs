//! Whether an engine is well, and why not.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hydra_core::diagnostics::{self, ErrorKind};

use crate::lock::lock;
use crate::memory_limit::MemoryUsage;
use crate::pressure::MemoryStep;

/// What an engine that is well stays below.
///
/// ```
/// use hydra_delivery::HealthOptions;
/// assert_eq!(HealthOptions::default().queue_percent, 80.0);
/// ```
#[derive(Clone, Debug)]
pub struct HealthOptions {
    /// How full a queue, or a thread's ring, may be, of its records or bytes. Default: 80.
    pub queue_percent: f64,
    /// How much of the process's memory limit may be used. Default: 90.
    pub memory_percent: f64,
    /// How many records may have been dropped lately: since the last look but one, and at least in
    /// the last minute. Default: 0.
    pub dropped: u64,
    /// How many operations of destinations may have failed in that time. Default: 0.
    pub errors: u64,
}

impl Default for HealthOptions {
    fn default() -> HealthOptions {
        HealthOptions {
            queue_percent: 80.0,
            memory_percent: 90.0,
            dropped: 0,
            errors: 0,
        }
    }
}

/// How far the end of an engine has come.
///
/// ```
/// assert_eq!(hydra_delivery::Phase::Running.name(), "running");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It takes calls.
    Running,
    /// It takes no more, and brings those that wait through the pipeline.
    Flushing,
    /// It waits for its destinations.
    Cleaning,
    /// It is at its end.
    Done,
}

impl Phase {
    const ALL: [Phase; 4] = [
        Phase::Running,
        Phase::Flushing,
        Phase::Cleaning,
        Phase::Done,
    ];

    /// Its name: `running`, `flushing`, `cleaning`, `done`.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Running => "running",
            Phase::Flushing => "flushing",
            Phase::Cleaning => "cleaning",
            Phase::Done => "done",
        }
    }
}

/// Why an engine is not well. As text: `the queue of file app.log is 93 % full`.
///
/// ```
/// use hydra_delivery::HealthReason;
/// assert_eq!(HealthReason::Dropped(3).to_string(), "3 records were dropped lately");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HealthReason {
    /// A queue is full beyond the limit.
    Queue {
        /// Its name, or `a thread`.
        name: String,
        /// How full it is.
        percent: f64,
    },
    /// So many records were dropped lately.
    Dropped(u64),
    /// So many operations of destinations failed lately.
    Errors(u64),
    /// So many percent of the process's memory limit are used.
    Memory(f64),
    /// It takes no more calls.
    Closed,
}

impl HealthReason {
    /// What it is about: `queue`, `drops`, `errors`, `memory`, `closed`.
    pub const fn kind(&self) -> &'static str {
        match self {
            HealthReason::Queue { .. } => "queue",
            HealthReason::Dropped(_) => "drops",
            HealthReason::Errors(_) => "errors",
            HealthReason::Memory(_) => "memory",
            HealthReason::Closed => "closed",
        }
    }
}

impl fmt::Display for HealthReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HealthReason::Queue { name, percent } => {
                write!(f, "the queue of {name} is {percent:.0} % full")
            }
            HealthReason::Dropped(count) => write!(f, "{count} records were dropped lately"),
            HealthReason::Errors(count) => {
                write!(f, "{count} operations of destinations failed lately")
            }
            HealthReason::Memory(percent) => {
                write!(f, "{percent:.0} % of the process's memory limit are used")
            }
            HealthReason::Closed => f.write_str("the logger is closed"),
        }
    }
}

/// How full the queue of a destination is.
///
/// ```
/// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
/// assert!(engine.health().queues.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct QueueHealth {
    /// The destination's.
    pub name: String,
    /// Lines that wait, and those that a worker is delivering now.
    pub records: u64,
    /// How many may wait.
    pub max_records: u64,
    /// How full it is, of its records or its bytes, whichever is more.
    pub percent: f64,
}

/// How an engine is at one moment.
///
/// ```
/// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
/// let health = engine.health();
/// assert!(health.is_healthy(), "{:?}", health.reasons);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Health {
    /// How long the engine has been there.
    pub uptime: Duration,
    /// Calls that wait before the pipeline.
    pub queued: u64,
    /// How full the fullest thread's ring is.
    pub ring_percent: f64,
    /// Of each destination.
    pub queues: Vec<QueueHealth>,
    /// Records that were dropped, before the pipeline and in queues, since the engine began.
    pub dropped: u64,
    /// Operations of destinations that failed since then.
    pub errors: u64,
    /// The memory limit that is nearest; `None` where there is none.
    pub memory: Option<MemoryUsage>,
    /// Whether less of it is used than [`HealthOptions::memory_percent`] says.
    pub memory_ok: bool,
    /// What the engine does about it.
    pub memory_step: MemoryStep,
    /// How far its end has come.
    pub phase: Phase,
    /// Why it is not well; empty where it is.
    pub reasons: Vec<HealthReason>,
}

impl Health {
    /// Whether there is no reason against it.
    pub fn is_healthy(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Finds the reasons.
    pub(crate) fn judge(&mut self, options: &HealthOptions, (dropped, errors): (u64, u64)) {
        let queues = self
            .queues
            .iter()
            .map(|queue| (&*queue.name, queue.percent));
        let full = queues
            .chain([("a thread", self.ring_percent)])
            .filter(|(_, percent)| *percent > options.queue_percent);
        self.reasons
            .extend(full.map(|(name, percent)| HealthReason::Queue {
                name: name.to_owned(),
                percent,
            }));
        if dropped > options.dropped {
            self.reasons.push(HealthReason::Dropped(dropped));
        }
        if errors > options.errors {
            self.reasons.push(HealthReason::Errors(errors));
        }
        let memory = self.memory.map_or(0.0, |usage| usage.percent());
        self.memory_ok = memory <= options.memory_percent;
        if !self.memory_ok {
            self.reasons.push(HealthReason::Memory(memory));
        }
        if self.phase > Phase::Running {
            self.reasons.push(HealthReason::Closed);
        }
    }
}

/// Who is told, and what is remembered between two looks.
pub(crate) struct Watch {
    born: Instant,
    phase: AtomicU8,
    /// When the dispatcher looks next, in milliseconds since it was born.
    next: AtomicU64,
    pub(crate) recent: Mutex<Recent>,
    pub(crate) told: Arc<Mutex<Told>>,
}

/// Counts of earlier looks.
#[derive(Default)]
pub(crate) struct Recent {
    last: Option<Sample>,
    before: Sample,
}

#[derive(Clone, Copy, Default)]
struct Sample {
    at: Duration,
    dropped: u64,
    errors: u64,
}

type Callback = Arc<dyn Fn(&HealthReason) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Told {
    callbacks: Vec<Callback>,
    /// The kinds, and queues, that stood at the last look.
    standing: Vec<String>,
    untold: VecDeque<HealthReason>,
    is_telling: bool,
}

/// For so long a drop or an error is recent.
const LATELY: Duration = Duration::from_mins(1);

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch {
            born: Instant::now(),
            phase: AtomicU8::new(0),
            next: AtomicU64::new(0),
            recent: Mutex::default(),
            told: Arc::default(),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Relaxed))]
    }

    /// The end goes on, never back.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.fetch_max(phase as u8, Relaxed);
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.born.elapsed()
    }

    /// Whether it is time for the dispatcher to look; then the next time is an interval away.
    #[inline]
    pub(crate) fn is_due(&self, interval: Duration) -> bool {
        let now = self.born.elapsed().as_millis() as u64;
        if now < self.next.load(Relaxed) {
            return false;
        }
        self.next
            .store(now.saturating_add(interval.as_millis() as u64), Relaxed);
        true
    }

    /// How much these have grown lately.
    pub(crate) fn recent(&self, dropped: u64, errors: u64) -> (u64, u64) {
        let mut recent = lock(&self.recent);
        let now = Sample {
            at: self.uptime(),
            dropped,
            errors,
        };
        let last = *recent.last.get_or_insert(now);
        if now.at.saturating_sub(last.at) >= LATELY {
            recent.before = last;
            recent.last = Some(now);
        }
        // A queue that is gone took its counts along.
        (
            dropped.saturating_sub(recent.before.dropped),
            errors.saturating_sub(recent.before.errors),
        )
    }

    pub(crate) fn add(&self, callback: Callback) {
        lock(&self.told).callbacks.push(callback);
    }

    pub(crate) fn has_callbacks(&self) -> bool {
        !lock(&self.told).callbacks.is_empty()
    }

    /// Tells of reasons that did not stand at the last look, in their order. The callbacks run on a
    /// thread of their own: what they do is no matter to the dispatcher.
    pub(crate) fn tell(&self, reasons: &[HealthReason]) {
        let name = |reason: &HealthReason| match reason {
            HealthReason::Queue { name, .. } => format!("queue {name}"),
            other => other.kind().to_owned(),
        };
        let mut told = lock(&self.told);
        let is_new = |reason: &&HealthReason| !told.standing.contains(&name(reason));
        let new: Vec<_> = reasons.iter().filter(is_new).cloned().collect();
        told.standing = reasons.iter().map(name).collect();
        told.untold.extend(new);
        if told.untold.is_empty() || std::mem::replace(&mut told.is_telling, true) {
            return;
        }
        drop(told);
        let told = Arc::clone(&self.told);
        let named = thread::Builder::new().name("hydra-alert".into());
        if let Err(error) = named.spawn(move || tell_all(&told)) {
            lock(&self.told).is_telling = false;
            let message = format_args!("no thread to tell of an alert: {error}");
            diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
        }
    }
}

fn tell_all(told: &Mutex<Told>) {
    while let Some((callbacks, reason)) = lock(told).next() {
        for callback in &callbacks {
            // One that panics has told of it by itself.
            let _ = catch_unwind(AssertUnwindSafe(|| callback(&reason)));
        }
    }
}

impl Told {
    /// Who is to be told, and what; the thread that tells ends where there is nothing.
    fn next(&mut self) -> Option<(Vec<Callback>, HealthReason)> {
        let reason = self.untold.pop_front();
        self.is_telling = reason.is_some();
        Some((self.callbacks.clone(), reason?))
    }

    /// In the child of a fork, which does not have that thread.
    pub(crate) fn renew(&mut self) {
        self.untold.clear();
        self.is_telling = false;
    }
}
