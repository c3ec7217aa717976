//! Python's `logging`: what its handlers are given, and the way past its records.
//!
//! | module | holds |
//! |---|---|
//! | `sink` | the Rust half of `HydraHandler`: a `LogRecord` as a record of a logger |
//! | `methods` | `info` and its kin for the loggers of `logging`, and when they make no `LogRecord` |
//! | `past_record` | such a call as a record of a logger |
//! | `stdlib` | whether `logging` still does what it did |
//! | `chain` | the walk from a logger to the handlers of its root |
//! | `fields` | what all ways put into fields |

mod chain;
mod fields;
mod methods;
mod past_record;
mod sink;
mod stdlib;

pub(crate) use methods::{add_logging_methods, logging_functions};
pub(crate) use sink::LoggingSink;
