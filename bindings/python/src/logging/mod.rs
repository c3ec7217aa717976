//! Python's `logging`: what its handlers are given, and the way past its records.
//!
//! | module | holds |
//! |---|---|
//! | `sink` | the Rust half of `HydraHandler`: a `LogRecord` as a record of a logger |
//! | `methods` | `info` and its kin for the loggers of `logging`: past the `LogRecord` where nobody would see it |
//! | `chain` | whether nobody would: the walk from a logger to the handlers of its root |
//! | `fields` | what both put into fields |

mod chain;
mod fields;
mod methods;
mod sink;

pub(crate) use methods::{add_logging_methods, logging_functions};
pub(crate) use sink::LoggingSink;
