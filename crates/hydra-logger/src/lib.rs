//! One logger with many heads.
//!
//! ```
//! use hydra_logger::{Logger, info};
//!
//! let logger = Logger::new();
//! info!(logger, "APP", user_id = 7, "logged in from {}", "Vienna");
//! ```

mod builder;
mod error;
#[cfg(feature = "config-files")]
mod files;
#[cfg(any(feature = "log", feature = "tracing"))]
mod integration;
mod last_resort;
mod layers;
#[cfg(feature = "log")]
pub mod log_crate;
mod logger;
mod macros;
pub mod metrics;
mod shared;
mod site;
pub mod testing;
#[cfg(feature = "tracing")]
pub mod tracing;

pub use builder::LoggerBuilder;
pub use error::Error;
pub use hydra_core::config::{self, Config};
pub use hydra_core::pipeline::BuildError;
pub use hydra_core::{
    Context, DestinationSnapshot, Fields, InContext, Key, Layer, Level, Location, Mapping, Message,
    OwnedValue, Record, Scope, Sequence, ToValue, Value, diagnostics, format,
};
#[cfg(any(feature = "log", feature = "tracing"))]
pub use integration::InstallError;
pub use logger::Logger;
pub use metrics::Metrics;

/// What the macros' code needs; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::site::{Site, Target, field_name};
    pub use hydra_core::{Fields, Key, Message, ToValue, Value};
}
