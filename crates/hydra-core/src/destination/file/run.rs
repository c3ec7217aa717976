//! Lines of a batch that may be written at once.

use crate::Level;
use crate::destination::Batch;
use crate::metrics::DestinationStats;

use super::options::FileOptions;
use super::room::CHUNK;
use super::schedule::{Period, Verdict};

/// Lines that belong to one file, at most [`CHUNK`] bytes unless it is a single one.
pub(super) struct Run<'a> {
    lines: Batch<'a>,
    first_ns: i64,
    last_ns: i64,
}

impl<'a> Run<'a> {
    /// The first of these lines, as many as go together; none of an empty batch.
    pub(super) fn first_of(batch: &Batch<'a>, options: &FileOptions) -> Option<Run<'a>> {
        let first_ns = batch.metas().next()?.unix_ns;
        let mut count = batch.whole_lines(CHUNK as usize).max(1);
        if let Some(every) = options.rotate_every {
            let period = Period::around(first_ns, every, &options.time_zone);
            count = batch
                .metas()
                .take(count)
                .position(|meta| period.judge(meta.unix_ns) != Verdict::Belongs)
                .map_or(count, |other| other.max(1));
        }
        let lines = batch.slice(0..count);
        Some(Run {
            lines,
            first_ns,
            last_ns: lines.metas().next_back()?.unix_ns,
        })
    }

    pub(super) fn lines(&self) -> &Batch<'a> {
        &self.lines
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.lines.bytes()
    }

    /// The time of the first line, by which the file is chosen.
    pub(super) fn first_ns(&self) -> i64 {
        self.first_ns
    }

    /// The time of the last line.
    pub(super) fn last_ns(&self) -> i64 {
        self.last_ns
    }

    /// Whether any of the lines is as severe as this.
    pub(super) fn reaches(&self, level: Level) -> bool {
        self.lines.metas().any(|meta| meta.level >= level)
    }
}

/// Counts lines that are in the file.
pub(super) fn count(lines: &Batch<'_>, stats: &DestinationStats) {
    let mut counts = [0_u64; Level::ALL.len()];
    for meta in lines.metas() {
        counts[meta.level.index()] += 1;
    }
    let mut bytes = lines.bytes().len() as u64;
    for (level, count) in Level::ALL.into_iter().zip(counts) {
        if count > 0 {
            stats.delivered_lines(level, count, std::mem::take(&mut bytes));
        }
    }
}
