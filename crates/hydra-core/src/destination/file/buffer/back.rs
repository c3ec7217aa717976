//! The back buffer: what is on its way to the file.

use std::io;
use std::time::Instant;

use crate::diagnostics::ErrorKind;
use crate::waits;

use super::super::appender::Appender;
use super::super::troubles::Troubles;
use super::front::count_lines;
use super::fronts::LANES;
use super::lane::Taken;

/// The buffer that is written. Its lock is that of whoever writes.
#[derive(Debug, Default)]
pub(in super::super) struct Back {
    pub(super) lines: Vec<u8>,
    /// Bytes of `lines` that are in the file.
    pub(super) written: usize,
    pub(super) unix_ns: i64,
    pub(super) is_opened: bool,
    pub(super) is_retired: bool,
    /// What the next front buffer is to take.
    pub(super) capacity: usize,
    /// Empty space for the one front and for the lanes, while these are in use.
    pub(super) of_one: Vec<u8>,
    pub(super) of_lanes: [Taken; LANES],
}

impl Back {
    /// Writes what is left of the lines; none are left after `Ok`.
    pub(super) fn write(&mut self, appender: &Appender, troubles: &mut Troubles) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let rest = &self.lines[self.written..];
        let (written, result) = appender.alone_into(troubles, |alone| {
            alone.append_lines(rest, self.unix_ns, None, None)
        });
        appender.stats.latency(started.elapsed());
        self.written += written;
        if self.written == self.lines.len() {
            self.clear();
        }
        result
    }

    /// Writes what has just been put here. What cannot be written stays, and is told.
    pub(super) fn write_or_keep(&mut self, appender: &Appender, troubles: &mut Troubles) {
        let written = self.write(appender, troubles);
        if let Err(error) = &written
            && !waits::is_interrupted(&written)
        {
            troubles.push(ErrorKind::Write, error);
        }
    }

    /// How many lines are not in the file.
    pub(super) fn lines(&self) -> u64 {
        count_lines(&self.lines[self.written..])
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.written = 0;
    }
}
