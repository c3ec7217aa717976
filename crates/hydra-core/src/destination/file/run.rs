//! Batches: their lines are written in runs, which belong to one file.

use std::io;
use std::time::Instant;

use crate::Level;
use crate::destination::{Batch, BatchError, Destination as _, WriteLog};
use crate::metrics::DestinationStats;

use super::FileDestination;
use super::buffer::{Accepted, Buffer};
use super::logged::Logged;
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

impl FileDestination {
    /// Delivers a batch, run by run.
    pub(super) fn deliver_runs(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let options = &self.shared.appender.options;
        let mut taken = 0;
        while let Some(run) = Run::first_of(&batch.slice(taken..usize::MAX), options) {
            let delivered = match (&self.shared.buffer, run.lines().get(0)) {
                (_, Some((line, meta))) if run.lines().len() == 1 => {
                    self.deliver(line, &meta).map_err(|error| (0, error))
                }
                (Some(buffer), _) => self.deliver_run_buffered(buffer, &run),
                (None, _) => self.deliver_run_through(&run),
            };
            if let Err((done, error)) = delivered {
                let whole = run.lines().whole_lines(done);
                count(&run.lines().slice(0..whole), self.stats());
                taken += whole;
                return Err(BatchError { taken, error });
            }
            taken += run.lines().len();
        }
        Ok(())
    }

    /// Delivers a batch, run by run, and keeps book of it.
    pub(super) fn deliver_runs_logged(
        &self,
        batch: &Batch<'_>,
        log: &mut dyn WriteLog,
    ) -> Result<(), BatchError> {
        let appender = &self.shared.appender;
        if let Some(buffer) = &self.shared.buffer {
            // Lines that came another way before. What cannot be written is the flusher's.
            let _ = self.shared.finish(buffer, buffer.flush(appender));
        }
        let mut taken = 0;
        while let Some(run) = Run::first_of(&batch.slice(taken..usize::MAX), &appender.options) {
            let started = Instant::now();
            let times = (run.first_ns(), run.last_ns());
            let mut logged = Logged::new(log, *run.lines(), appender.path());
            let mut done = 0;
            let mut append = || {
                let (more, result) = appender.append_lines_logged(times, &mut logged);
                done += more;
                result
            };
            let result = if appender.pace.is_steady() {
                append()
            } else {
                appender.pace.write(append)
            };
            let whole = run.lines().whole_lines(done);
            count(&run.lines().slice(0..whole), &appender.stats);
            taken += whole;
            result.map_err(|error| BatchError { taken, error })?;
            appender.pace.took(started.elapsed());
            appender.stats.latency(started.elapsed());
        }
        Ok(())
    }

    /// Appends lines that belong to one file; an error comes with how many bytes of them are there.
    fn deliver_run_through(&self, run: &Run<'_>) -> Result<(), (usize, io::Error)> {
        let appender = &self.shared.appender;
        let started = Instant::now();
        let mut done = 0;
        let mut append = || {
            let rest = &run.bytes()[done..];
            let (more, result) = appender.append_lines(rest, run.first_ns(), run.last_ns());
            done += more;
            result
        };
        if appender.pace.is_steady() {
            let result = append();
            appender.pace.took(started.elapsed());
            result
        } else {
            appender.pace.write(append)
        }
        .map_err(|error| (done, error))?;
        appender.stats.latency(started.elapsed());
        count(run.lines(), &appender.stats);
        Ok(())
    }

    /// As [`FileDestination::deliver_run_through`], by way of the buffer.
    fn deliver_run_buffered(
        &self,
        buffer: &Buffer,
        run: &Run<'_>,
    ) -> Result<(), (usize, io::Error)> {
        let appender = &self.shared.appender;
        let mut done = 0;
        let accepted = match buffer.deliver_run(appender, run) {
            Some(accepted) => accepted,
            None => appender
                .pace
                .write(|| buffer.deliver_run_full(appender, run, &mut done))
                .map_err(|error| (done, error))?,
        };
        if accepted == Accepted::Written {
            count(run.lines(), &appender.stats);
        } else {
            let is_urgent = run.reaches(appender.options.flush_level);
            self.arm(buffer, accepted, is_urgent);
        }
        Ok(())
    }
}

/// Counts lines that are in the file.
fn count(lines: &Batch<'_>, stats: &DestinationStats) {
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
