//! The engine of Hydra-Logger.

pub mod config;
pub mod destination;
pub mod diagnostics;
pub mod format;
mod level;
pub mod metrics;

pub use destination::{Destination, LineMeta};
pub use level::{Level, ParseLevelError};
pub use metrics::{DestinationSnapshot, DestinationStats};
