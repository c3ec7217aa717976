//! What a logger is told to do: layers, destinations, formats, colours, switches.
//!
//! [`Config`] is plain data. What is written later in this list wins:
//! defaults, a preset (`extends`), included files (`include`), the file itself, the environment
//! (`HYDRA_LOG_*`), the arguments of the program.

mod destination;
mod model;
mod value;

pub use destination::{
    ConsoleConfig, DestinationConfig, DestinationKind, FileConfig, NetworkConfig, NetworkType,
    Rotate, Secret, Stream,
};
pub use model::{
    CENTRALIZED_LAYER, Config, DEFAULT_LAYER, LayerConfig, ParseTimeZoneError, Templates,
    TimeZoneSetting,
};
pub use value::Value;
