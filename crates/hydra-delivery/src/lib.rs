//! The asynchronous engine of Hydra-Logger: the synchronous pipeline behind a ring.
//!
//! A call copies its record into a ring of its thread and returns; one dispatcher merges the rings by
//! time and runs the pipeline; workers bring the lines to the destinations. What became of each
//! record is counted.

// The dispatcher is what uses them.
#![allow(dead_code)]

mod bell;
mod memory;
mod primitives;
pub mod queue;
mod ring;
mod sys;
pub mod workers;

#[cfg(test)]
mod tests;
