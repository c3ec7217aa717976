//! Threads of the engine's own.

use std::cell::Cell;

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Says that this thread is the engine's, from now on.
pub(crate) fn mark() {
    IS_OWN.set(true);
}

/// Whether it is: then it cannot wait for the engine.
pub(crate) fn is_own() -> bool {
    IS_OWN.get()
}
