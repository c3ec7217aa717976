//! The settings of an engine.

use std::path::PathBuf;

use hydra_core::config::Durability;

use crate::health::HealthOptions;
use crate::pressure::MemoryOptions;
use crate::queue::{OverflowPolicy, QueueOptions};
use crate::workers::WorkersOptions;

/// The settings of an [`Engine`](crate::Engine).
///
/// ```
/// use hydra_delivery::EngineOptions;
/// let options = EngineOptions { ring_size: 1 << 16, ..EngineOptions::default() };
/// assert_eq!(EngineOptions::default().ring_size, 512 << 10);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The bytes of each thread's ring; made a power of two from 4 KiB to 1 GiB. Half of it should
    /// hold a thousand records. Default: 512 KiB.
    pub ring_size: usize,
    /// What happens to a call for which there is no room in its thread's ring. `DropOldest` waits
    /// there as `Block` does: the oldest is dropped where lines wait for their destination. What the
    /// layer [guarantees](hydra_core::Layer::guarantees) waits under every policy, and at last goes its way on
    /// the calling thread.
    pub overflow: OverflowPolicy,
    /// The queue before each destination, with a policy of its own.
    pub queue: QueueOptions,
    /// The threads that deliver.
    pub workers: WorkersOptions,
    /// What records survive once their call has returned; none leaves it to whoever makes the engine
    /// of a configuration, and is [`Durability::Memory`] here.
    pub durability: Option<Durability>,
    /// Whether rings lie in a file, so that records survive the process, though `durability` does not
    /// say so: where single destinations ask for [`Durability::Process`]. Default: no.
    pub ring_file: bool,
    /// The directory for what must outlive the process; none: see [`hydra_core::state_dir`].
    pub state_dir: Option<PathBuf>,
    /// Whether each record of a ring file has a checksum, by which a recovery knows what the machine, or
    /// another program, has damaged: a killed process damages nothing. Default: no.
    pub ring_checksums: bool,
    /// Whether each call waits until its record went through the pipeline: for tests that look at
    /// what a call has brought about. Default: no.
    pub wait_for_each: bool,
    /// When it takes less, since memory runs short.
    pub memory: MemoryOptions,
    /// What it stays below while it is well.
    pub health: HealthOptions,
}

impl Default for EngineOptions {
    fn default() -> EngineOptions {
        EngineOptions {
            ring_size: 512 << 10,
            overflow: OverflowPolicy::default(),
            queue: QueueOptions::default(),
            workers: WorkersOptions::default(),
            durability: None,
            ring_file: false,
            state_dir: None,
            ring_checksums: false,
            wait_for_each: false,
            memory: MemoryOptions::default(),
            health: HealthOptions::default(),
        }
    }
}
