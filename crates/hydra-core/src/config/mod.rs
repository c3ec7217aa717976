//! What a logger is told to do: layers, destinations, formats, colours, switches.
//!
//! [`Config`] is plain data. What comes later in this list wins:
//!
//! 1. the defaults,
//! 2. presets (`extends`),
//! 3. included files (`include`),
//! 4. the file itself,
//! 5. the environment (`HYDRA_LOG_*`),
//! 6. what the program sets on the [`Config`] or passes as arguments.
//!
//! Maps are merged key by key; all else, lists too, is replaced whole.

mod builder;
mod cx;
mod decode;
mod destination;
mod destination_table;
mod destination_types;
mod draft;
pub mod env;
mod error;
mod fields;
#[cfg(feature = "config-files")]
mod json;
#[cfg(feature = "config-files")]
mod load;
mod maps;
mod model;
#[cfg(feature = "config-files")]
pub mod presets;
mod print;
mod redaction;
mod rules;
mod schema;
mod shared_files;
mod strategy;
#[cfg(feature = "config-files")]
mod syntax;
mod table;
#[cfg(feature = "config-files")]
mod toml;
mod tree;
mod units;
mod value;
#[cfg(feature = "config-files")]
mod watch;
mod words;
mod write;
#[cfg(feature = "config-files")]
mod yaml;

pub use builder::{ConfigBuilder, DestinationBuilder, LayerBuilder};
pub use destination::{
    AuditConfig, ConsoleConfig, DestinationConfig, DestinationKind, FileConfig, NetworkConfig,
    NetworkType, Rotate, Secret, Stream,
};
pub use error::{ConfigError, Problem, ProblemKind};
#[cfg(feature = "config-files")]
pub use load::{Loaded, load_file, load_text, load_value};
pub use maps::merge_values;
pub use model::{
    CENTRALIZED_LAYER, Config, DEFAULT_LAYER, Durability, GUARANTEED_LAYERS, LayerConfig,
    ParseTimeZoneError, Templates, TimeZoneSetting,
};
pub use redaction::{ActionWord, RedactionConfig};
pub use schema::schema;
pub use strategy::{Strategy, UnknownStrategy};
#[cfg(feature = "config-files")]
pub use syntax::Syntax;
pub use units::{
    MAX_DURATION, ParseUnitError, format_duration, format_size, parse_duration, parse_size,
};
pub use value::Value;
#[cfg(feature = "config-files")]
pub use watch::{Watch, watch};
pub use words::{canonical_word, words};
