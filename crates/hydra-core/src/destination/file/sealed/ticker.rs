//! One thread for all sealed files of the process: it has those signed whose records have waited for
//! their interval. Where no thread is to be had, the next record that is sealed after that time signs.

use super::super::timer::{NEVER, TimerThread};
use super::registry::{self, Registry};
use super::writer::Writer;
use crate::sys::monotonic;

pub(super) static TICKER: TimerThread<Registry> = TimerThread::new(
    "hydra-seal",
    registry::lock,
    |registry| &mut registry.ticker,
    look,
);

fn look() -> u64 {
    let due = |writer: &'static Writer| writer.sign_if_due(monotonic());
    registry::all().into_iter().map(due).min().unwrap_or(NEVER)
}
