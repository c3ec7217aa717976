//! The way of a record: call, level check, pipeline, destinations. The hot path is `emit`, which
//! reads from top to bottom.

mod assembly;
mod build_error;
mod counts;
mod custom;
mod deliver;
mod durability;
mod emit;
mod front;
mod layer;
mod made;
mod memory;
mod protection;
mod protections;
mod route;
mod scratch;
mod security;
mod watch;

pub use assembly::Assembly;
pub use build_error::BuildError;
pub use counts::LayerCounts;
pub use custom::CustomDestination;
pub use deliver::Deliverer;
pub use emit::Message;
pub use front::{Call, Front, FrontSeat};
pub use layer::{Layer, Mirror, WeakLayer};
pub use protection::Protection;
pub use route::{Group, OpenRoute, Route, Target};
pub use security::{SecurityCheck, THREATS_FIELD};
pub use watch::{levels_changed, on_levels_changed};
