//! What threads fill under a short lock.

use crate::Level;
use crate::destination::LineMeta;
use crate::metrics::DestinationStats;

use super::super::run::Run;

/// Lines that were accepted and are not on their way to the file.
#[derive(Debug)]
pub(super) struct Front {
    /// Takes its capacity and no more: 0 until the file was opened once, and when nothing may rest
    /// here.
    lines: Vec<u8>,
    /// The time of the youngest line.
    unix_ns: i64,
    /// From this time on, records belong to the next file; not known before the first line.
    period_end: i64,
    /// What was accepted and is not yet in the destination's counts, which are on other cache lines.
    uncounted: [u16; Level::ALL.len()],
    uncounted_bytes: u32,
    /// The flusher knows that something rests here.
    pub(super) armed: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Accepted {
    /// It is in the file.
    Written,
    /// It rests in the buffer, and the flusher knows.
    Buffered,
    /// It is the first to rest in the buffer: the flusher has to be told.
    First,
}

impl Default for Front {
    fn default() -> Front {
        Front {
            lines: Vec::new(),
            unix_ns: 0,
            period_end: i64::MIN,
            uncounted: [0; Level::ALL.len()],
            uncounted_bytes: 0,
            armed: false,
        }
    }
}

impl Front {
    #[inline]
    pub(super) fn has_room(&self, bytes: usize, unix_ns: i64) -> bool {
        bytes <= self.lines.capacity() - self.lines.len() && unix_ns < self.period_end
    }

    #[inline]
    pub(super) fn accept(
        &mut self,
        line: &[u8],
        meta: &LineMeta,
        stats: &DestinationStats,
    ) -> Accepted {
        self.lines.extend_from_slice(line);
        self.unix_ns = meta.unix_ns;
        self.count(meta.level, line.len(), stats);
        self.arm()
    }

    pub(super) fn accept_run(&mut self, run: &Run<'_>, stats: &DestinationStats) -> Accepted {
        self.lines.extend_from_slice(run.bytes());
        // Not that of a late last line, which would put all into the file before.
        self.unix_ns = run.first_ns().max(run.last_ns());
        for (line, meta) in run.lines().iter() {
            self.count(meta.level, line.len(), stats);
        }
        self.arm()
    }

    #[inline]
    fn arm(&mut self) -> Accepted {
        if std::mem::replace(&mut self.armed, true) {
            Accepted::Buffered
        } else {
            Accepted::First
        }
    }

    #[inline]
    fn count(&mut self, level: Level, bytes: usize, stats: &DestinationStats) {
        let lines = &mut self.uncounted[level.index()];
        let sum = self.uncounted_bytes.checked_add(bytes as u32); // a line that fits a buffer
        if let (Some(more), Some(sum)) = (lines.checked_add(1), sum) {
            *lines = more;
            self.uncounted_bytes = sum;
        } else {
            self.hand_over_counts(stats);
            stats.delivered_lines(level, 1, bytes as u64);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn hand_over_counts(&mut self, stats: &DestinationStats) {
        let lines = std::mem::take(&mut self.uncounted);
        for (level, lines) in Level::ALL.into_iter().zip(lines) {
            stats.delivered_lines(level, lines.into(), 0);
        }
        stats.delivered_lines(
            Level::Info,
            0,
            std::mem::take(&mut self.uncounted_bytes).into(),
        );
    }

    /// The lines, and the time of the youngest, for as many bytes of empty space.
    pub(super) fn swap_lines(&mut self, lines: &mut Vec<u8>) -> Option<i64> {
        std::mem::swap(&mut self.lines, lines);
        (!lines.is_empty()).then_some(self.unix_ns)
    }

    /// Takes lines up to this time.
    pub(super) fn begin_period(&mut self, end: i64) {
        self.period_end = end;
    }

    pub(super) fn capacity(&self) -> usize {
        self.lines.capacity()
    }

    /// Takes so many bytes from now on, and tells whether that is a change. Nothing rests here.
    pub(super) fn allot(&mut self, capacity: usize) -> bool {
        let is_another = self.lines.capacity() != capacity;
        if is_another {
            self.lines = Vec::with_capacity(capacity);
        }
        is_another
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many lines rest here.
    pub(super) fn lines(&self) -> u64 {
        count_lines(&self.lines)
    }

    /// Gives up its lines.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }
}

pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    bytes.split(|&byte| byte == b'\n').count() as u64 - 1
}
