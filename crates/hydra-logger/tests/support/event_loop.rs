//! A thread that must not be held up, as a face for another language says of one that runs an event
//! loop.

use std::cell::Cell;
use std::sync::Once;

use hydra_core::waits::{self, Face};

thread_local! {
    static RUNS_A_LOOP: Cell<bool> = const { Cell::new(false) };
}

/// From here on this thread must not be held up, or, when its loop is over, may be again.
pub(crate) fn run_a_loop(runs: bool) {
    static FACE: Once = Once::new();
    FACE.call_once(|| {
        waits::set_face(Face {
            wait: |work| work(),
            answers: || false,
            goes_on: || true,
            may_wait: || !RUNS_A_LOOP.get(),
        });
    });
    RUNS_A_LOOP.set(runs);
}
