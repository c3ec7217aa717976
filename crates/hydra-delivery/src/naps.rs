//! How the dispatcher rests.

use std::time::{Duration, Instant};

/// Whether the dispatcher naps or sleeps when there is nothing to do. While records flow it naps,
/// and nobody need wake it; but a nap is a timer, and a rare record is better met by one wake-up.
#[derive(Default)]
pub(crate) struct Naps {
    /// When it found work the last two times after a rest.
    worked: [Option<Instant>; 2],
    rested: bool,
}

impl Naps {
    const LENGTH: Duration = Duration::from_micros(500);
    /// How close two wake-ups are where records flow.
    const FLOW: Duration = Duration::from_millis(10);

    pub(crate) fn worked(&mut self) {
        if std::mem::take(&mut self.rested) {
            self.worked = [self.worked[1], Some(Instant::now())];
        }
    }

    pub(crate) fn length(&mut self) -> Option<Duration> {
        self.rested = true;
        let now = Instant::now();
        let flows = self.worked[0].is_some_and(|at| now.duration_since(at) < Naps::FLOW);
        flows.then_some(Naps::LENGTH)
    }
}
