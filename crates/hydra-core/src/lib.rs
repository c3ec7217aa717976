//! The engine of Hydra-Logger.

mod buffer;
pub mod config;
mod context;
pub mod destination;
pub mod diagnostics;
pub mod format;
mod level;
pub mod metrics;
pub mod pipeline;
mod process;
mod record;
mod scan;
mod sys;
mod value;

pub use buffer::{Buffer, Piece};
pub use context::{Context, InContext, Scope};
pub use destination::{Destination, LineMeta};
pub use level::{Level, ParseLevelError};
pub use metrics::{DestinationSnapshot, DestinationStats};
pub use pipeline::{Layer, Message};
pub use record::{CORE_KEYS, Fields, Key, Location, Record, Text};
pub use scan::TextClass;
pub use value::{Mapping, OwnedValue, Sequence, ToValue, Value, run_user_code};
