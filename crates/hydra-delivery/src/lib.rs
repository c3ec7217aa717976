//! The asynchronous engine of Hydra-Logger: the synchronous pipeline behind a ring.
//!
//! A call copies its record into a ring of its thread and returns; one dispatcher merges the rings by
//! time and runs the pipeline; workers bring the lines to the destinations. What became of each
//! record is counted.

mod accounts;
mod bell;
mod boot;
mod bytes;
mod call;
mod dispatcher;
mod engine;
pub mod fallback;
mod front;
mod health;
mod lock;
mod memory;
mod memory_limit;
mod naps;
mod own_thread;
mod prefetch;
mod pressure;
mod primitives;
pub mod queue;
pub mod recovery;
mod ring;
mod ring_file;
mod side;
#[cfg(feature = "spool")]
pub mod spool;
mod stand_in;
mod statics;
mod sys;
mod tickets;
pub mod workers;

#[cfg(test)]
mod tests;

pub use accounts::{EngineCounts, Refused};
pub use engine::{Engine, EngineOptions};
pub use health::{Health, HealthOptions, HealthReason, Phase, QueueHealth};
pub use memory_limit::{MemoryLimit, MemoryUsage};
pub use pressure::{MemoryOptions, MemoryStep};
pub use stand_in::Room;
