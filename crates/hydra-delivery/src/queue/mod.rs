//! The queue before a destination: [`QueuedDestination`] takes lines without waiting for it, and
//! [`Workers`](crate::workers::Workers) bring them there.
//!
//! # What is promised
//!
//! - Lines reach the destination **in their order**, in batches of at most 64 KiB, and one worker at
//!   a time serves it. What it is asked for ([`flush`](Destination::flush), `retire`, `reopen`) has
//!   its place among the lines.
//! - **The queue is bounded** in records and bytes; an [`OverflowPolicy`] says what becomes of a line
//!   that finds it full. ERROR and CRITICAL, and every line of a queue that is
//!   [guaranteed](QueueOptions::guaranteed), are never dropped by a policy: they wait for room, and
//!   go to stderr where none comes.
//! - **Every line is accounted for** at every moment, see [`QueueCounts`]. Drops are told by
//!   [`diagnostics`](hydra_core::diagnostics) as a summary: when the queue is empty again, and every 10 seconds while they go
//!   on.
//! - **A destination that blocks** holds its worker and nothing else; one that fails or panics costs
//!   the lines that it refused, unless there is a [fallback](QueueOptions::fallback): then they stay,
//!   and are tried again.
//! - **With a spool** what finds no room within its limit goes to the local disk, and what could not
//!   be delivered at the end; it is delivered before all that comes later.
//! - **In an engine with [`Durability::Power`](hydra_core::config::Durability::Power)** what is handed
//!   over is in the spool, on the disk, when that returns, and stays there until the destination has
//!   taken and synced it. Where the spool fails, that waits for the destination instead.
//! - **After a fork** the child's queue is empty: what was in it is the parent's to deliver.

mod chunk;
mod counts;
mod detour;
mod disk;
mod durable;
pub(crate) mod gather;
mod options;
mod performance;
mod serve;
mod shared;
mod state;
mod ways;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use hydra_core::{Destination, DestinationStats, LineMeta};

use crate::dispatcher;
use crate::fallback::Strategy;
use crate::health::QueueHealth;
use crate::ring_file::Slot;
use crate::workers::Pool;
#[cfg(feature = "spool")]
pub(crate) use chunk::CHUNK;
use chunk::What;
pub use counts::{DropReason, Drops, QueueCounts};
pub(crate) use durable::hand_over_all;
pub use options::{
    DEFAULT_LIMIT, DEFAULT_MAX_BYTES, DEFAULT_MAX_RECORDS, OverflowPolicy, QueueOptions,
};
pub use performance::QueuePerformance;
#[cfg(feature = "spool")]
pub(crate) use serve::{SPOOLED, accepted};
pub(crate) use shared::Queue;
use state::Tell;
pub use ways::SwitchRecord;

/// A destination behind a queue. The [module](self) says what is promised.
///
/// Made by [`Workers::queue`](crate::workers::Workers::queue). Dropped with lines in it, it still
/// delivers them, as long as the process lives; with a [fallback](QueueOptions::fallback), if the
/// destination takes them, and else they go where a retired queue's go.
///
/// ```
/// use hydra_core::config::Stream;
/// use hydra_core::destination::console::ConsoleDestination;
/// use hydra_core::{Destination, Level, LineMeta};
/// use hydra_delivery::queue::QueueOptions;
/// use hydra_delivery::workers::{Workers, WorkersOptions};
/// use std::sync::Arc;
///
/// let workers = Workers::new(WorkersOptions::default());
/// let stdout = Arc::new(ConsoleDestination::new(Stream::Stdout));
/// let queued = workers.queue("stdout", stdout, QueueOptions::default());
/// queued.deliver(b"started\n", &LineMeta::new(Level::Info, 0))?;
/// queued.hand_over(); // or nothing happens before 64 KiB are together
/// queued.flush()?;
/// assert_eq!(queued.counts().delivered, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct QueuedDestination {
    queue: Arc<Queue>,
    /// Whether somebody has waited in vain for the destination's end.
    given_up: AtomicBool,
    /// By which it is known in a ring file.
    kept_name: String,
}

/// What a flush with a time limit left undone.
///
/// ```
/// use hydra_delivery::queue::FlushError;
/// let error = FlushError { queued: 12, error: std::io::ErrorKind::TimedOut.into() };
/// assert_eq!(error.to_string(), "timed out (12 records are still queued)");
/// ```
#[derive(Debug)]
pub struct FlushError {
    /// Lines that are still queued.
    pub queued: u64,
    /// What went wrong: [`TimedOut`](io::ErrorKind::TimedOut), or the destination's own error.
    pub error: io::Error,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} records are still queued)",
            self.error, self.queued
        )
    }
}

impl std::error::Error for FlushError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl QueuedDestination {
    pub(crate) fn new(
        name: Arc<str>,
        inner: Arc<dyn Destination>,
        options: QueueOptions,
        pool: Arc<Pool>,
    ) -> QueuedDestination {
        let kept_name = kept_name(&name);
        let queue = Queue::new(name, inner, options, pool);
        QueuedDestination {
            queue,
            kept_name,
            given_up: AtomicBool::new(false),
        }
    }

    /// Has everything delivered that was taken so far, without waiting for it. Whoever delivers
    /// calls this when nothing more is at hand; until then lines gather to 64 KiB.
    #[inline]
    pub fn hand_over(&self) {
        gather::hand_in_for(&self.queue);
        let mut state = self.queue.lock();
        state.hand_over();
        self.queue.hand_over(state);
    }

    /// As [`Destination::flush`], which waits for as long as it takes; this gives up when the limit
    /// has passed. What is queued then stays so.
    ///
    /// # Errors
    /// Something that was taken before is still queued, or kept back by the destination.
    pub fn flush_within(&self, limit: Duration) -> Result<(), FlushError> {
        let result = self.queue.order(What::Flush, Some(limit));
        result.map_err(|error| FlushError {
            queued: self.counts().queued,
            error,
        })
    }

    /// As [`Destination::retire`], but with a limit of its own: later than that it is done all the
    /// same. Once it has passed, nobody waits for this destination's end again.
    ///
    /// # Errors
    /// `TimedOut` when the limit has passed, and the destination's own.
    pub fn retire_within(&self, limit: Duration) -> io::Result<()> {
        self.queue.lock().retired = true;
        let given_up = self.given_up.load(Relaxed);
        let limit = if given_up { Duration::ZERO } else { limit };
        let result = self.queue.order(What::Retire, Some(limit));
        if matches!(&result, Err(error) if error.kind() == io::ErrorKind::TimedOut) {
            self.given_up.store(true, Relaxed);
            self.queue.keep_what_waits();
        }
        if let Some(place) = &self.queue.place {
            place.rest();
        }
        result
    }

    /// Takes a sixteenth of what it takes otherwise, or all of it again.
    pub(crate) fn shrink(&self, is_short: bool) {
        self.queue.lock().shrink(is_short);
    }

    /// Waits until everything that was taken is delivered; where the destination stands still, once.
    pub(crate) fn settle(&self) {
        let mut state = self.queue.lock();
        let patience = state.options().patience;
        let left = state.patience_ends(patience).left();
        drop(state);
        if self.queue.order(What::Flush, Some(left)).is_ok() {
            self.queue.lock().moves();
        }
    }

    /// Whether lines are in the spool first.
    pub(crate) fn is_durable(&self) -> bool {
        self.queue.is_durable
    }

    /// Whether a loss of power would cost lines that were handed over.
    pub(crate) fn is_at_risk(&self) -> bool {
        let state = self.queue.lock();
        state.is_at_risk && state.queued() > 0
    }

    /// What became of every line, and how full it is.
    pub(crate) fn health(&self) -> (QueueCounts, QueueHealth) {
        let state = self.queue.lock();
        let counts = state.counts();
        let health = QueueHealth {
            name: self.queue.name.to_string(),
            records: counts.queued,
            max_records: state.max_records() as u64,
            percent: state.percent(),
        };
        (counts, health)
    }

    /// The name by which another process finds the destination again.
    pub(crate) fn kept_name(&self) -> &str {
        &self.kept_name
    }

    /// Has what goes into the spool say by which configuration the destination is made.
    pub(crate) fn comes_from(&self, configuration: Arc<str>) {
        if let Some(place) = &self.queue.place {
            place.comes_from(configuration);
        }
    }

    /// Keeps book from now on, in a ring file of this name, of how far the destination has come.
    pub(crate) fn keep_book(&self, slot: Arc<Slot>, ring: String) {
        if let Some(place) = &self.queue.place {
            place.numbered_by(ring);
        }
        self.queue.lock().slot = Some(slot);
    }

    /// What became of every line, at this moment.
    pub fn counts(&self) -> QueueCounts {
        self.queue.note_losses();
        self.queue.lock().counts()
    }

    /// How the queue is doing, and by which strategy.
    pub fn performance(&self) -> QueuePerformance {
        self.queue.performance()
    }

    /// Chooses a strategy by hand, whatever happens; `None` lets the queue choose again. Nothing
    /// happens to a queue without [`QueueOptions::fallback`].
    pub fn pin(&self, strategy: Option<Strategy>) {
        self.queue.pin(strategy);
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.queue.name
    }
}

impl fmt::Debug for QueuedDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedDestination")
            .field("name", &self.queue.name)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl Destination for QueuedDestination {
    /// Copies the line into the queue.
    #[inline]
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        if dispatcher::is_dispatching() && gather::take(&self.queue, line, meta) {
            return Ok(());
        }
        self.queue.take(line, meta)
    }

    /// Waits until everything that was taken before is delivered, and flushes the destination.
    fn flush(&self) -> io::Result<()> {
        self.queue.order(What::Flush, None)
    }

    /// From now on each line is handed over at once. Waits for its turn as long as
    /// [`QueueOptions::patience`] says; later than that it is done all the same.
    fn retire(&self) -> io::Result<()> {
        self.retire_within(self.queue.patience())
    }

    /// As `retire`, waits for its turn.
    fn reopen(&self) -> io::Result<()> {
        let patience = self.queue.patience();
        self.queue.order(What::Reopen, Some(patience))
    }

    /// Those of the destination itself: they count a line when it is delivered or dropped.
    fn stats(&self) -> &DestinationStats {
        self.queue.inner.stats()
    }
}

impl Drop for QueuedDestination {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.retired = true;
        state.is_abandoned = true;
        // Now or never: a worker that pauses for it would hold on to it.
        state.ways.is_urgent |= state.ways.has_fallback();
        state.hand_over();
        self.queue.call_worker(state);
        self.queue.tell(Tell::Now);
    }
}

/// A destination's name as it is wherever a process runs: files are named by their paths.
pub(crate) fn kept_name(name: &str) -> String {
    let path = name.strip_prefix("file ");
    let path = path.and_then(|path| std::path::absolute(path).ok());
    path.map_or_else(
        || name.to_owned(),
        |path| format!("file {}", path.display()),
    )
}
