//! Counts what a search reads, so that tests can hold how it grows.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Adds the bytes that were read.
pub(crate) fn add(bytes: usize) {
    STEPS.set(STEPS.get() + bytes as u64);
}

/// Starts to count anew.
pub(crate) fn start() {
    STEPS.set(0);
}

/// What was read since.
pub(crate) fn count() -> u64 {
    STEPS.get()
}
