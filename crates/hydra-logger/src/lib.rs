//! One logger with many heads: an application writes a record to a named *layer* (`"APP"`, `"AUTH"`,
//! `"DB"`), and the layer sends it to any number of *destinations* (console, files), each with its
//! own level and *format*.
//!
//! # To begin
//!
//! Without any configuration, INFO and above goes to stderr, in colour on a terminal:
//!
//! ```
//! use hydra_logger::{Logger, info, warning};
//!
//! let logger = Logger::new();
//! info!(logger, "APP", "started");
//! warning!(logger, "AUTH", user = "ada", attempt = 3, "login failed from {}", "Vienna");
//! // 2026-11-21 13:05:36.123456+01:00 AUTH WARNING - login failed from Vienna user=ada attempt=3
//! ```
//!
//! [`log!`] tells everything that a call may hold; [`Logger::info`] and its sisters do without
//! macros. What is below the level is not built: the check costs half a nanosecond.
//!
//! # To send different things to different places
//!
//! A layer has a level and destinations. One that is not configured is the layer `DEFAULT`, under
//! its own name: no record is lost for want of a layer.
//!
//! ```
//! use hydra_logger::format::FormatKind;
//! use hydra_logger::{Level, Logger, error, info};
//! # let directory = tempfile::tempdir()?;
//! # let path = |name: &str| directory.path().join(name);
//!
//! let logger = Logger::builder()
//!     .console(|console| console.level(Level::Error)) // of the layer DEFAULT
//!     .layer("AUTH", |layer| {
//!         layer
//!             .level(Level::Debug)
//!             .file(path("auth.log"), |file| file)
//!             .file(path("auth.json"), |file| file.format(FormatKind::Json).level(Level::Warning))
//!     })
//!     .build()?;
//! info!(logger, "AUTH", user = "ada", "logged in");
//! error!(logger, "PAYMENTS", "card refused"); // DEFAULT: the console
//! assert!(path("auth.log").exists() && !path("auth.json").exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same from a file is [`Logger::from_file`], and [`Logger::preset`] has ready-made ones. In a
//! hot loop, keep a handle: [`Logger::layer`].
//!
//! # To log data, not only text
//!
//! Fields keep their types in every format: numbers, booleans, null, durations, times, lists, maps,
//! errors with their sources. [`ToValue`] makes a type of yours a field, [`Mapping`] a nested one.
//!
//! ```
//! use hydra_logger::{Logger, error, info};
//! # let logger = Logger::new();
//! # let path = std::path::Path::new("/tmp");
//! let tags = vec!["new", "paid"];
//! info!(logger, "SHOP", order = 4711, total = 12.5, tags, "order placed");
//! if let Err(cause) = "x".parse::<u16>() {
//!     error!(logger, "SHOP", error = #cause, path = %path.display(), "no such port");
//! }
//! ```
//!
//! One record is one line, whatever bytes it holds: newlines, terminal escapes and the like are
//! escaped in every format, and no field can forge a level or a time.
//!
//! # To say once what belongs to many records
//!
//! Fields of a [`Context`] stand in every record of its scope, on its thread; a call's own field of
//! the same name wins. [`Context::current`] hands them to another thread, [`InContext`] to a future.
//!
//! ```
//! use hydra_logger::{Context, info, testing};
//! let (logger, records) = testing::capture();
//! {
//!     let _scope = Context::new().with("request_id", "r-17").enter();
//!     info!(logger, "API", "accepted"); // … request_id=r-17
//! }
//! info!(logger, "API", "outside");
//! assert_eq!(records.all()[0].field("request_id"), Some(&"r-17".into()));
//! assert_eq!(records.all()[1].field("request_id"), None);
//! ```
//!
//! # To keep files from growing
//!
//! A file is rotated at 5 MiB and three old ones are kept, unless set otherwise; several processes
//! may write to the same file. Each record is with the system when the call returns; with a
//! `buffer_size` it is faster, ERROR and above are written at once, and what rests in a buffer is
//! written by [`Logger::flush`], by [`Logger::close`], and at the end of the process.
//!
//! ```
//! use hydra_logger::config::Rotate;
//! use hydra_logger::{Logger, info};
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("app.log");
//! let logger = Logger::builder()
//!     .file(&path, |file| {
//!         file.max_size(100 << 20).rotate(Rotate::Daily).backup_count(14).buffer_size(64 << 10)
//!     })
//!     .build()?;
//! info!(logger, "APP", "started");
//! logger.close()?;
//! assert!(std::fs::read_to_string(&path)?.contains("APP INFO - started"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # To change what is logged while the program runs
//!
//! [`Logger::set_level`] changes a layer for every handle of it, [`Logger::update_config`]
//! everything; neither loses a record.
//!
//! ```
//! use hydra_logger::{Level, Logger};
//! let logger = Logger::new();
//! logger.set_level("DB", Level::Trace);
//! assert!(logger.is_enabled("DB", Level::Trace));
//! ```
//!
//! # To test what your code logs
//!
//! [`testing::capture`] is a logger that keeps its records for assertions.
//!
//! ```
//! let (logger, records) = hydra_logger::testing::capture();
//! hydra_logger::error!(logger, "DB", table = "orders", "connection lost");
//! assert!(records.contains("connection lost"));
//! assert_eq!(records.layer("DB")[0].field("table"), Some(&"orders".into()));
//! ```
//!
//! # To take what libraries log
//!
//! One line each, with the features `tracing` and `log`: `logger.install_tracing()` turns the events
//! of `tracing` into records, with the fields of their spans; `logger.install_log()` those of the
//! `log` crate, with their key-values. Targets are layers. The modules `tracing` and `log_crate` say
//! how, and what can be chosen.
//!
//! # To know that nothing is lost
//!
//! The library never panics into an application, and swallows no error: what cannot be written is
//! counted in [`Logger::metrics`], tracked by [`diagnostics`], and told on stderr, a few lines a
//! second at most.
//!
//! ```
//! use hydra_logger::{Logger, diagnostics};
//! let logger = Logger::new();
//! logger.info("APP", "one");
//! let metrics = logger.metrics();
//! assert_eq!(metrics.layers["APP"].records, 1);
//! assert_eq!(metrics.destinations[0].counts.dropped, 0);
//! let _subscription = diagnostics::on_error(|error| eprintln!("{}", error.message));
//! ```

#[cfg(feature = "async")]
mod async_logger;
#[cfg(feature = "audit")]
mod audit;
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
mod prometheus;
#[cfg(all(feature = "async", feature = "config-files"))]
pub mod recovery;
mod replaced;
mod shared;
#[cfg(all(feature = "signals", unix))]
mod signals;
mod site;
#[cfg(feature = "async")]
mod strategies;
pub mod testing;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(feature = "async")]
pub use async_logger::{AsyncLogger, Committed, Work};
pub use builder::LoggerBuilder;
pub use error::Error;
pub use hydra_core::config::{self, Config};
pub use hydra_core::pipeline::{BuildError, CustomDestination};
pub use hydra_core::{
    Context, Destination, DestinationSnapshot, DestinationStats, Event, Fields, InContext, Key,
    Layer, Level, LevelSet, LineMeta, Location, Mapping, Message, OwnedValue, Record, Scope,
    Sequence, ToValue, Value, diagnostics, format, state_dir,
};
#[cfg(feature = "async")]
pub use hydra_delivery::fallback::{FallbackOptions, Reason, Strategy};
#[cfg(feature = "async")]
pub use hydra_delivery::queue::{
    DropReason, Drops, OverflowPolicy, QueueCounts, QueueOptions, QueuePerformance, SwitchRecord,
};
#[cfg(feature = "spool")]
pub use hydra_delivery::spool;
#[cfg(feature = "async")]
pub use hydra_delivery::workers::WorkersOptions;
#[cfg(feature = "async")]
pub use hydra_delivery::{
    EngineCounts, EngineOptions, Health, HealthOptions, HealthReason, MemoryLimit, MemoryOptions,
    MemoryStep, MemoryUsage, Phase, QueueHealth, Refused, Room,
};
#[cfg(any(feature = "log", feature = "tracing"))]
pub use integration::InstallError;
pub use logger::{Logger, under_environment};
pub use metrics::Metrics;
#[cfg(all(feature = "signals", unix))]
pub use signals::handle_signals;

/// What the macros' code needs; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::site::{Site, Target, field_name};
    pub use hydra_core::{Fields, Key, Message, ToValue, Value};
}

/// The README and the pages under `docs`, whose code is tested with the documentation's.
#[cfg(all(
    doctest,
    feature = "config-files",
    feature = "log",
    feature = "tracing",
    feature = "signals"
))]
mod pages {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[cfg(feature = "async")]
    #[doc = include_str!("../../../docs/async.md")]
    struct Async;
    #[doc = include_str!("../../../docs/configuration.md")]
    struct Configuration;
    #[doc = include_str!("../../../docs/files.md")]
    struct Files;
    #[doc = include_str!("../../../docs/presets.md")]
    struct Presets;
    #[doc = include_str!("../../../docs/security.md")]
    struct Security;
}
