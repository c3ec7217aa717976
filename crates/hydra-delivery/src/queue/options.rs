//! What can be asked of a queue.

#[cfg(feature = "spool")]
use std::sync::Arc;
use std::time::Duration;

use hydra_core::LineMeta;

use crate::fallback::{FallbackOptions, Strategy};
#[cfg(feature = "spool")]
use crate::spool::Spool;

/// How many lines wait in a queue at most, unless set.
pub const DEFAULT_MAX_RECORDS: usize = 100_000;

/// How many bytes of lines wait in a queue at most, unless set: 16 MiB.
pub const DEFAULT_MAX_BYTES: usize = 16 * 1024 * 1024;

/// How long a line waits for room, unless set.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(5);

/// What happens to a line that finds its destination's queue full.
///
/// No policy drops a line that is [guaranteed](LineMeta::guaranteed), as ERROR and CRITICAL are, nor
/// any line of a queue that [is](QueueOptions::guaranteed): they wait for room, and go to stderr at
/// last.
///
/// ```
/// use hydra_delivery::queue::OverflowPolicy;
/// use std::time::Duration;
/// let default = OverflowPolicy::Block { limit: Duration::from_secs(5) };
/// assert_eq!(OverflowPolicy::default(), default);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OverflowPolicy {
    /// It waits for room, but not beyond this time after the destination last took something: a
    /// destination that stands still is waited for once, not once for each line. Then it is
    /// dropped; where there is a spool, all that waits goes there instead.
    Block {
        /// How long.
        limit: Duration,
    },
    /// The oldest line that may be dropped makes way.
    DropOldest,
    /// It is dropped.
    DropNewest,
    /// It is dropped, and `deliver` returns
    /// [`StorageFull`](std::io::ErrorKind::StorageFull).
    Error,
    /// It goes to the spool at once, with all that waits before it. Without a spool, as `Block` with
    /// its default limit.
    Spill,
}

impl Default for OverflowPolicy {
    fn default() -> OverflowPolicy {
        OverflowPolicy::Block {
            limit: DEFAULT_LIMIT,
        }
    }
}

/// What a queue does. The defaults: 100,000 records, 16 MiB, and 5 seconds' waiting for room.
///
/// ```
/// use hydra_delivery::queue::{OverflowPolicy, QueueOptions};
/// let options = QueueOptions::default()
///     .max_records(1_000)
///     .policy(OverflowPolicy::DropOldest);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct QueueOptions {
    pub(super) max_records: usize,
    pub(super) max_bytes: usize,
    pub(super) policy: OverflowPolicy,
    pub(super) guaranteed: bool,
    pub(super) patience: Duration,
    pub(super) fallback: Option<FallbackOptions>,
    pub(super) durable: bool,
    #[cfg(feature = "spool")]
    pub(super) spool: Option<Arc<Spool>>,
}

impl Default for QueueOptions {
    fn default() -> QueueOptions {
        QueueOptions {
            max_records: DEFAULT_MAX_RECORDS,
            max_bytes: DEFAULT_MAX_BYTES,
            policy: OverflowPolicy::default(),
            guaranteed: false,
            patience: DEFAULT_LIMIT,
            fallback: None,
            durable: false,
            #[cfg(feature = "spool")]
            spool: None,
        }
    }
}

impl QueueOptions {
    /// How many lines wait at most, one at least. Those that a worker has taken to deliver them, up
    /// to 64 KiB, do not count.
    #[must_use]
    pub fn max_records(mut self, records: usize) -> QueueOptions {
        self.max_records = records.max(1);
        self
    }

    /// How many bytes of lines wait at most. A line that is longer waits alone.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> QueueOptions {
        self.max_bytes = bytes;
        self
    }

    /// What happens to a line that finds no room.
    #[must_use]
    pub fn policy(mut self, policy: OverflowPolicy) -> QueueOptions {
        self.policy = policy;
        self
    }

    /// Whether no line is ever dropped by a policy, whatever its level.
    #[must_use]
    pub fn guaranteed(mut self, guaranteed: bool) -> QueueOptions {
        self.guaranteed = guaranteed;
        self
    }

    /// How long a line that no policy drops waits for room, under every policy, before it goes to
    /// stderr; and how long `retire` and `reopen` wait for their turn. 5 seconds unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> QueueOptions {
        self.patience = patience;
        self
    }

    /// Keeps what the destination refuses, and tries again; other strategies take over while it is in
    /// trouble. Without this, which is the default, a line that is refused is dropped.
    #[must_use]
    pub fn fallback(mut self, fallback: FallbackOptions) -> QueueOptions {
        self.fallback = Some(fallback);
        self
    }

    /// The same, unless it was set before.
    #[must_use]
    pub fn default_fallback(mut self, fallback: FallbackOptions) -> QueueOptions {
        self.fallback.get_or_insert(fallback);
        self
    }

    /// Has what is handed over brought into the spool before that returns, and synced by its
    /// destination before it leaves it. What a destination refuses stays there.
    pub(crate) fn durable(mut self) -> QueueOptions {
        self.durable = true;
        self.default_fallback(FallbackOptions::default().order(Strategy::Async, &[]))
    }

    /// Whether there is a spool.
    #[cfg_attr(
        not(feature = "spool"),
        expect(clippy::unused_self, reason = "no spool")
    )]
    pub(crate) fn has_spool(&self) -> bool {
        #[cfg(feature = "spool")]
        return self.spool.is_some();
        #[cfg(not(feature = "spool"))]
        false
    }

    /// Where lines go for which there is no room; those that are there for a destination of this
    /// name, of this process or of dead ones, are delivered before all others.
    #[cfg(feature = "spool")]
    #[must_use]
    pub fn spool(mut self, spool: Arc<Spool>) -> QueueOptions {
        self.spool = Some(spool);
        self
    }

    /// The same, unless it was set before.
    #[cfg(feature = "spool")]
    #[must_use]
    pub fn default_spool(mut self, spool: impl FnOnce() -> Option<Arc<Spool>>) -> QueueOptions {
        self.spool = self.spool.or_else(spool);
        self
    }

    /// Whether a policy may drop this line.
    pub(super) fn may_drop(&self, meta: &LineMeta) -> bool {
        !self.guaranteed && !meta.guaranteed
    }
}
