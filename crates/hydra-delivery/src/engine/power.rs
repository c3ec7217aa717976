//! What an engine with `durability: power` does otherwise: calls wait until their records are on the
//! disk.

use std::io;
use std::sync::Arc;

use hydra_core::config::Durability;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::{Destination, DestinationStats, LineMeta};

use super::{Engine, EngineOptions, Shared};

/// The options, with queues that keep what they are given on the disk where that is asked for.
pub(super) fn prepared(mut options: EngineOptions) -> EngineOptions {
    if !is_durable(&options) {
        return options;
    }
    options.queue = options.queue.durable();
    if !options.queue.has_spool() {
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
    options
}

/// Whoever delivers each record before the call returns has nothing to keep.
fn is_durable(options: &EngineOptions) -> bool {
    options.durability == Some(Durability::Power) && !options.wait_for_each
}

impl Engine {
    /// A destination that has no queue, as it is to be given lines: where records are to survive a loss
    /// of power each is synced, else none is needed.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hydra_core::Destination;
    /// use hydra_core::config::Stream;
    /// use hydra_core::destination::console::ConsoleDestination;
    /// use hydra_delivery::{Engine, EngineOptions};
    ///
    /// let engine = Engine::new(EngineOptions::default()); // durability: memory
    /// let stdout: Arc<dyn Destination> = Arc::new(ConsoleDestination::new(Stream::Stdout));
    /// assert!(engine.synced(&stdout).is_none());
    /// ```
    pub fn synced(&self, destination: &Arc<dyn Destination>) -> Option<Arc<dyn Destination>> {
        let synced = || Arc::new(Synced(Arc::clone(destination))) as Arc<dyn Destination>;
        self.0.is_durable().then(synced)
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

impl Shared {
    /// Whether calls wait until their records survive a loss of power.
    pub(crate) fn is_durable(&self) -> bool {
        is_durable(&self.options)
    }

    /// Whether all records whose calls have returned survive it, at this moment.
    pub(super) fn survives_power_loss(&self) -> bool {
        self.is_durable() && !self.queues().iter().any(|queue| queue.is_at_risk())
    }
}
