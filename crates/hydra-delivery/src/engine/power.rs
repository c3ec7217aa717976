//! What an engine with `durability: power` does otherwise: calls wait until their records are on the
//! disk.

use hydra_core::config::Durability;
use hydra_core::diagnostics::{self, ErrorKind};

use super::{EngineOptions, Shared};

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
