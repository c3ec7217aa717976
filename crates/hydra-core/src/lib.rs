//! The engine of Hydra-Logger: what happens between a call and a line in a file.
//!
//! Applications use the crate `hydra-logger`, which has the logger, its macros, and the integrations
//! with `tracing` and `log`. This crate is for those who build on the engine: a destination, a format
//! or a face of their own.
//!
//! # The way of a record
//!
//! 1. A call asks its [`Layer`] whether the level is on: one relaxed load.
//! 2. [`Layer::emit`](pipeline::Layer::emit) runs the program's own code once, such as a value's
//!    `Display`: from here on a [`Record`] is plain data, borrowed, with the fields of the thread's
//!    [`Context`].
//! 3. The layer's [`Route`](pipeline::Route) has a group for each distinct format. The
//!    [`LineFormat`](format::LineFormat) renders the record once, into the thread's [`Buffer`].
//! 4. Each [`Destination`] of the group that takes the level gets the line.
//!
//! All of it happens on the calling thread, and nothing is allocated once a thread is warm.
//!
//! # The modules
//!
//! | module | what is in it |
//! |---|---|
//! | the root | what a call says: [`Level`], [`Record`], [`Value`] and [`OwnedValue`], [`Fields`], [`Context`] |
//! | [`pipeline`] | layers, routes, and [`Assembly`](pipeline::Assembly), which makes both from a configuration |
//! | [`format`](mod@format) | the six layouts of a line, bound to a layer ahead; colours and themes; what is escaped |
//! | [`destination`] | the trait, the console, and files: rotation, several processes, short writes, forks |
//! | [`config`] | the model, its builder, the environment; with the feature `config-files` YAML, TOML, JSON, presets, live reload |
//! | [`metrics`] | counts and latencies of layers and destinations |
//! | [`diagnostics`] | what goes wrong inside: counted, kept, given to callbacks, told on stderr |
//! | [`fork`] | locks that are held over a fork |
//! | [`state_dir`] | where that is kept which must outlive the process |
//! | [`waits`] | what a face for another language does around that which may wait |
//!
//! # An engine by hand
//!
//! ```
//! use hydra_core::config::Config;
//! use hydra_core::format::FormatKind;
//! use hydra_core::pipeline::Assembly;
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("app.jsonl");
//!
//! let config = Config::builder()
//!     .layer("APP", |layer| layer.file(&path, |file| file.format(FormatKind::Json)))
//!     .build()?;
//! let assembly = Assembly::new(&config, None)?; // opens nothing yet
//! assert!(assembly.route("APP").is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `config-files` (on): configuration files and presets. `gzip`: compresses rotated files.

mod buffer;
pub mod clock;
pub mod config;
mod context;
pub mod destination;
pub mod diagnostics;
mod digits;
mod event;
pub mod exit;
pub mod fork;
pub mod format;
mod key;
mod level;
mod level_set;
pub mod metrics;
pub mod patience;
pub mod pipeline;
mod place;
mod primitives;
mod process;
mod record;
mod scan;
pub mod state_dir;
mod sys;
mod time;
mod value;
pub mod waits;

pub use buffer::{Buffer, Piece};
pub use context::{Context, InContext, Scope};
pub use destination::{Destination, LineMeta};
pub use event::Event;
pub use key::{CORE_KEYS, Key};
pub use level::{Level, ParseLevelError};
pub use level_set::LevelSet;
pub use metrics::{DestinationSnapshot, DestinationStats};
pub use pipeline::{Layer, Message};
pub use place::is_remote;
pub use process::fork_generation;
pub use record::{Fields, Location, Record, Text, truncated};
pub use scan::TextClass;
pub use time::unix_now;
pub use value::{Mapping, OwnedValue, Sequence, ToValue, Value, run_user_code};
