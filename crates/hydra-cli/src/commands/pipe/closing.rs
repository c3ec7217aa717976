//! The one line at the end.

use std::fmt;

use hydra_logger::Metrics;

use super::pump::Counts;
use crate::signals::Signals;

/// What was read, written and not written.
pub(super) struct Closing {
    counts: Counts,
    /// Destinations that lost lines, and how many.
    lost: Vec<(String, u64)>,
}

impl Closing {
    pub(super) fn new(counts: Counts, metrics: &Metrics) -> Closing {
        let lossy = metrics.destinations.iter().filter(|d| d.counts.dropped > 0);
        // That a reader of stdout goes away is how `| head` ends, and no loss.
        let lost = lossy
            .filter(|d| !(d.name == "console stdout" && Signals::stdout_is_gone()))
            .map(|d| (d.name.clone(), d.counts.dropped));
        Closing {
            counts,
            lost: lost.collect(),
        }
    }

    /// How many records could not be written to every destination that they should have gone to.
    ///
    /// Two destinations that lose lines mostly lose the same ones, as on a full disk: the larger
    /// number counts, and the line shows both.
    pub(super) fn lost(&self) -> u64 {
        self.lost.iter().map(|(_, lost)| *lost).max().unwrap_or(0)
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            read,
            empty,
            below,
            unparsed,
        } = self.counts;
        let lost = self.lost();
        let written = read.saturating_sub(below).saturating_sub(lost);
        let s = if read == 1 { "" } else { "s" };
        write!(
            f,
            "{read} record{s} read, {written} written, {lost} not written"
        )?;
        let mut notes = Vec::new();
        if empty > 0 {
            notes.push(format!("{empty} empty skipped"));
        }
        if below > 0 {
            notes.push(format!("{below} below the level"));
        }
        if unparsed > 0 {
            notes.push(format!("{unparsed} not taken apart"));
        }
        notes.extend(
            self.lost
                .iter()
                .map(|(name, lost)| format!("{name} lost {lost}")),
        );
        if !notes.is_empty() {
            write!(f, " ({})", notes.join(", "))?;
        }
        Ok(())
    }
}
