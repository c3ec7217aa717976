//! The commands, a module for each: its `Args`, and `run`.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod man;
pub(crate) mod pipe;
pub(crate) mod presets;
pub(crate) mod schema;
