//! The way of a record: call, level check, pipeline, destinations. The hot path is [`emit`], which
//! reads from top to bottom.

mod emit;
mod layer;
mod route;
mod scratch;

pub use emit::Message;
pub use layer::Layer;
pub use route::{Group, Route, Target};
