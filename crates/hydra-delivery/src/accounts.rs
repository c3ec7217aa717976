//! What became of calls between the front and the pipeline.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hydra_core::{Layer, Level};

use crate::ring::Gauge;

/// Why a call was not taken.
///
/// ```
/// assert_eq!(hydra_delivery::Refused::Timeout.to_string(), "timeout");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Refused {
    /// The ring was full, and the policy is to drop the newest.
    DropNewest,
    /// The ring was full, and the policy is to tell.
    Error,
    /// The ring was full for longer than the policy waits.
    Timeout,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::DropNewest => "drop_newest",
            Refused::Error => "error",
            Refused::Timeout => "timeout",
        })
    }
}

/// What a ring counts: the one by its thread, the other by the dispatcher. So plain stores do.
#[derive(Debug, Default)]
pub(crate) struct RingCounts {
    pub(crate) accepted: OwnCount,
    pub(crate) dispatched: OwnCount,
    /// How full the ring is; none before there is one.
    pub(crate) gauge: OnceLock<Gauge>,
}

/// A count that one thread writes.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct OwnCount(AtomicU64);

impl OwnCount {
    #[inline]
    pub(crate) fn add(&self, count: u64) {
        self.0.store(self.0.load(Relaxed) + count, Release);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Acquire)
    }
}

/// What an engine has taken and handed on, at one moment: `accepted = dispatched + queued`, exactly.
///
/// ```
/// let engine = hydra_delivery::Engine::new(hydra_delivery::EngineOptions::default());
/// let counts = engine.counts();
/// assert_eq!(counts.accepted, counts.dispatched + counts.queued);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineCounts {
    /// Calls that were taken.
    pub accepted: u64,
    /// Calls that went through the pipeline.
    pub dispatched: u64,
    /// Calls that wait.
    pub queued: u64,
    /// Calls that were not taken, by layer, level and reason.
    pub refused: BTreeMap<(String, Level, Refused), u64>,
}

/// The counts of all rings of an engine.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) book: Mutex<Book>,
    /// Whether the book holds calls that no summary has told of.
    is_untold: AtomicBool,
    /// Calls that took no ring.
    direct: AtomicU64,
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    open: Vec<Arc<RingCounts>>,
    /// The sum of those whose thread is gone.
    finished: u64,
    refused: BTreeMap<(String, Level, Refused), u64>,
    untold: Vec<Untold>,
}

/// Calls of a layer that were not taken.
#[derive(Debug)]
pub(crate) struct Untold {
    pub(crate) layer: Layer,
    pub(crate) level: Level,
    pub(crate) reason: Refused,
    pub(crate) count: u64,
}

impl Accounts {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, counts: &Arc<RingCounts>) {
        self.book().open.push(Arc::clone(counts));
    }

    /// A call went its way on the thread that made it.
    pub(crate) fn count_direct(&self) {
        self.direct.fetch_add(1, Relaxed);
    }

    /// A ring is drained, and its thread is gone.
    pub(crate) fn finish(&self, counts: &Arc<RingCounts>) {
        let mut book = self.book();
        book.finished += counts.dispatched.get();
        book.open.retain(|other| !Arc::ptr_eq(other, counts));
    }

    pub(crate) fn refuse(&self, layer: &Layer, level: Level, reason: Refused) {
        let key = (layer.name().to_owned(), level, reason);
        let mut book = self.book();
        *book.refused.entry(key).or_default() += 1;
        let same = |u: &&mut Untold| {
            u.level == level && u.reason == reason && u.layer.name() == layer.name()
        };
        match book.untold.iter_mut().find(same) {
            Some(untold) => untold.count += 1,
            None => book.untold.push(Untold {
                layer: layer.clone(),
                level,
                reason,
                count: 1,
            }),
        }
        self.is_untold.store(true, Release);
    }

    #[inline]
    pub(crate) fn is_untold(&self) -> bool {
        self.is_untold.load(Acquire)
    }

    pub(crate) fn take_untold(&self) -> Vec<Untold> {
        let mut book = self.book();
        self.is_untold.store(false, Release);
        std::mem::take(&mut book.untold)
    }

    /// How full the fullest ring is, in percent.
    pub(crate) fn fullest_ring(&self) -> f64 {
        let book = self.book();
        let gauges = book.open.iter().filter_map(|ring| ring.gauge.get());
        gauges.map(Gauge::percent).fold(0.0, f64::max)
    }

    pub(crate) fn snapshot(&self) -> EngineCounts {
        let book = self.book();
        let gone = book.finished + self.direct.load(Relaxed);
        let mut counts = EngineCounts {
            accepted: gone,
            dispatched: gone,
            queued: 0,
            refused: book.refused.clone(),
        };
        for ring in &book.open {
            // In this order: what has been dispatched has been accepted.
            let dispatched = ring.dispatched.get();
            counts.dispatched += dispatched;
            counts.accepted += ring.accepted.get().max(dispatched);
        }
        counts.queued = counts.accepted - counts.dispatched;
        counts
    }

    /// In the child of a fork, whose book is empty.
    pub(crate) fn renew(&self) {
        self.is_untold.store(false, Release);
        self.direct.store(0, Relaxed);
    }
}
