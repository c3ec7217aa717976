//! The commands, a module for each: its `Args`, and `run`.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod demo;
mod format_arg;
mod log_files;
pub(crate) mod man;
pub(crate) mod pipe;
pub(crate) mod presets;
pub(crate) mod recover;
pub(crate) mod redact;
pub(crate) mod schema;
pub(crate) mod tail;
pub(crate) mod verify;
