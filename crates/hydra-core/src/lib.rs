//! The engine of Hydra-Logger.

pub mod destination;
pub mod diagnostics;
mod level;
pub mod metrics;

pub use destination::{Destination, LineMeta};
pub use level::{Level, ParseLevelError};
pub use metrics::{DestinationSnapshot, DestinationStats};
