//! Lines into a file: one write(2) each, or through two buffers; rotated by size and by time while
//! other threads and processes write to it too.
//!
//! # What is promised
//!
//! - **Write-through** (the default): a line is in the file when `deliver` has returned `Ok`, by one
//!   write(2) with O_APPEND and no mutex. It survives the process, killed or not, though not a loss
//!   of power before the next [`sync`](Destination::sync), which nobody calls unasked.
//! - **Buffered** ([`FileOptions::buffer_size`]): a line is in the file when the buffer was flushed:
//!   when it is full, after [`FileOptions::flush_interval`], with a record of
//!   [`FileOptions::flush_level`], by `flush`, when the process exits in order or panics. A process
//!   killed by a signal loses what rests there.
//! - **A line is there whole and once, or `deliver` said that it is not.** What a full disk cuts
//!   short is cut back, or blanked where several processes append (see `torn.rs`).
//! - **Any number of threads, destinations and processes** may write to one path and rotate it. Who
//!   rotates holds a lock on `.app.log.lock`, a file beside `app.log` that is made where a size, a
//!   period or a header is asked for, and never removed. Who writes to a file holds a shared flock
//!   on it, and the others see by it that an old file is still in use.
//! - **A file moved or removed by others** (logrotate, an operator) is noticed within a second, by
//!   the records' own time and before the line is written; `reopen` notices at once. Under logrotate's
//!   `copytruncate`, whose own race between its copy and its truncation remains, nothing is torn and
//!   no NULs appear.
//! - **After a fork** the child starts with empty buffers and files of its own.
//! - **Nothing panics or hangs**; writing resumes when the cause of an error is gone.
//!
//! A process over its RLIMIT_FSIZE gets SIGXFSZ, which kills it unless the application ignores it:
//! a library does not change what signals do.

mod alone;
mod appender;
mod backups;
mod buffer;
#[cfg(feature = "gzip")]
mod compress;
mod disk;
mod flusher;
mod fork;
mod lock;
mod logged;
mod open;
mod options;
mod pace;
mod registry;
mod room;
mod run;
mod schedule;
pub mod sealed;
mod settle;
mod short_lock;
mod timer;
mod torn;
mod troubles;

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::destination::{Batch, BatchError, Destination, LineMeta, WriteLog};
use crate::diagnostics::{self, ErrorKind};
use crate::metrics::DestinationStats;
use crate::waits;

use alone::Alone;
use appender::Appender;
use buffer::{Accepted, Buffer};
use flusher::FLUSHER;
pub use options::{DEFAULT_BUFFER_SIZE, DEFAULT_FLUSH_INTERVAL, FileOptions, RotateEvery};
pub use registry::{flush_all, retire_all};
pub use settle::IntendedLines;
use timer::NEVER;
use troubles::Troubles;

/// A file that lines are appended to. The [module](self) says what is promised.
///
/// ```
/// use hydra_core::destination::file::{FileDestination, FileOptions};
/// use hydra_core::{Destination, Level, LineMeta};
///
/// let directory = std::env::temp_dir().join(format!("hydra-doc-{}", std::process::id()));
/// let path = directory.join("logs/app.log");
/// let file = FileDestination::new(FileOptions::new(&path).max_size(1024 * 1024));
/// assert!(!path.exists()); // nothing is opened before the first line
///
/// let meta = LineMeta::new(Level::Info, 1_700_000_000_000_000_000);
/// file.deliver(b"started\n", &meta)?;
/// assert_eq!(std::fs::read(&path)?, b"started\n");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FileDestination {
    shared: Arc<Shared>,
}

/// What the flusher, the hooks and the destination itself share.
#[derive(Debug)]
struct Shared {
    appender: Appender,
    buffer: Option<Buffer>,
}

/// The end of the process: nothing rests from now on.
pub(crate) fn at_exit() {
    registry::at_exit();
    sealed::at_exit();
}

/// A thread panics: what rests in buffers is written.
pub(crate) fn in_panic() {
    registry::in_panic();
}

/// The locks of every file of the process, while it forks. Both kinds are let go in this order,
/// which no other order of locks contradicts: nobody holds one of each.
pub(crate) struct Held {
    sealed: sealed::AllHeld,
    plain: fork::AllHeld,
}

impl Held {
    /// Waits for writes under way.
    pub(crate) fn take() -> Held {
        Held {
            sealed: sealed::AllHeld::take(),
            plain: fork::AllHeld::take(),
        }
    }

    /// Makes the files the child's own.
    pub(crate) fn renew(&mut self) {
        self.sealed.renew();
        self.plain.renew();
    }
}

impl FileDestination {
    /// A destination for the options' path. Opens and creates nothing.
    pub fn new(options: FileOptions) -> FileDestination {
        let shared = Arc::new(Shared {
            buffer: options
                .is_buffered()
                .then(|| Buffer::new(options.flush_interval)),
            appender: Appender::new(options),
        });
        // Before anybody can take one of its locks: a fork holds those that it knows of.
        registry::add(&shared);
        FileDestination { shared }
    }

    /// Opens the file now, and makes its directories, rather than at the first line.
    ///
    /// # Errors
    /// The system's, when the file cannot be opened or made.
    pub fn open(&self) -> io::Result<()> {
        self.alone(Alone::open)
    }

    /// Writes what is buffered, then opens the path anew: for a program
    /// that is told, by SIGHUP for example, that the file was moved. A file that was never opened
    /// stays so.
    ///
    /// # Errors
    /// The buffer could not be written, or the path not be opened; the old file stays in use then.
    pub fn reopen(&self) -> io::Result<()> {
        let flushed = self.flush();
        self.alone(Alone::reopen).and(flushed)
    }

    /// The file's path, absolute.
    pub fn path(&self) -> &Path {
        self.shared.appender.path()
    }

    fn alone<'a>(&'a self, work: impl FnOnce(&mut Alone<'a>) -> io::Result<()>) -> io::Result<()> {
        let (result, troubles) = self.shared.appender.alone(work);
        self.shared.tell(troubles);
        result
    }

    #[inline]
    fn deliver_through(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let appender = &self.shared.appender;
        if is_sampled() {
            let started = Instant::now();
            self.append(line, meta)?;
            let took = started.elapsed();
            appender.stats.latency(took);
            appender.pace.took(took);
        } else {
            self.append(line, meta)?;
        }
        appender.stats.delivered(meta.level, line.len());
        Ok(())
    }

    #[inline]
    fn append(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let appender = &self.shared.appender;
        if appender.pace.is_steady() {
            return appender.append(line, meta.unix_ns);
        }
        appender.pace.write(|| appender.append(line, meta.unix_ns))
    }

    #[inline]
    fn deliver_buffered(&self, buffer: &Buffer, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let appender = &self.shared.appender;
        let accepted = match buffer.deliver(appender, line, meta) {
            Some(accepted) => accepted,
            None => appender
                .pace
                .write(|| buffer.deliver_full(appender, line, meta))?,
        };
        if accepted == Accepted::Written {
            return Ok(());
        }
        let is_urgent = meta.level >= appender.options.flush_level;
        self.arm(buffer, accepted, is_urgent);
        Ok(())
    }

    /// Sees to it that what rests in the buffer is flushed: in time, or now.
    #[inline]
    fn arm(&self, buffer: &Buffer, accepted: Accepted, is_urgent: bool) {
        if is_urgent || accepted == Accepted::First && !FLUSHER.arm(buffer.begin_to_rest()) {
            // What is accepted is kept, come what may.
            self.flush_now();
        }
    }

    #[cold]
    fn flush_now(&self) {
        let flush = || {
            self.shared.flush_and_tell();
            Ok(())
        };
        // It has told what went wrong.
        let _ = self.shared.appender.pace.write(flush);
    }
}

impl Destination for FileDestination {
    #[inline]
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        match &self.shared.buffer {
            None => self.deliver_through(line, meta),
            Some(buffer) => self.deliver_buffered(buffer, line, meta),
        }
    }

    /// Lines that belong to one file go there with one write(2), of at most 64 KiB, where it has
    /// room for them.
    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        self.deliver_runs(batch)
    }

    /// Written through, whether there is a buffer or not: what is in one is in no book.
    fn deliver_logged(&self, batch: &Batch<'_>, log: &mut dyn WriteLog) -> Result<(), BatchError> {
        self.deliver_runs_logged(batch, log)
    }

    fn flush(&self) -> io::Result<()> {
        if registry::has_given_up() {
            self.shared.retire_within(Duration::ZERO);
            return Ok(());
        }
        self.shared.buffer.as_ref().map_or(Ok(()), |buffer| {
            self.shared.look();
            self.shared
                .finish(buffer, buffer.flush(&self.shared.appender))
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.shared.appender.disk.ask();
        Destination::flush(self)?;
        self.shared.appender.sync()
    }

    fn retire(&self) -> io::Result<()> {
        if registry::has_given_up() {
            self.shared.retire_within(Duration::ZERO);
            return Ok(());
        }
        if let Some(buffer) = &self.shared.buffer {
            self.shared.look();
            let retired = buffer.retire(&self.shared.appender);
            self.shared.finish(buffer, retired)?;
        }
        self.shared.appender.close_unless_in_use();
        Ok(())
    }

    fn reopen(&self) -> io::Result<()> {
        FileDestination::reopen(self)
    }

    fn stats(&self) -> &DestinationStats {
        let stats = &self.shared.appender.stats;
        if let Some(buffer) = &self.shared.buffer {
            buffer.hand_over_counts(stats);
        }
        stats
    }
}

impl Drop for FileDestination {
    fn drop(&mut self) {
        self.shared.close();
        registry::remove(&self.shared);
    }
}

impl Shared {
    fn is_buffered(&self) -> bool {
        self.buffer.is_some()
    }

    fn due(&self) -> u64 {
        self.buffer.as_ref().map_or(NEVER, Buffer::due)
    }

    fn tell(&self, troubles: Troubles) {
        troubles.report(self.appender.path(), &self.appender.stats);
    }

    /// Tells what went wrong in a flush; what could not be written is the flusher's to try again.
    fn finish(
        &self,
        buffer: &Buffer,
        (result, troubles): (io::Result<()>, Troubles),
    ) -> io::Result<()> {
        self.tell(troubles);
        if result.is_err() {
            FLUSHER.arm(buffer.due());
        }
        result
    }

    /// Tells what a flush that nobody asked for came to.
    fn tell_flush(&self, (result, mut troubles): (io::Result<()>, Troubles)) {
        if let Err(error) = result {
            troubles.push(ErrorKind::Write, &error);
        }
        self.tell(troubles);
    }

    fn flush_and_tell(&self) {
        if let Some(buffer) = &self.buffer {
            let (result, mut troubles) = buffer.flush(&self.appender);
            if let Err(error) = &result
                && !waits::is_interrupted(&result)
            {
                troubles.push(ErrorKind::Write, error);
            }
            // An error is told already.
            let _ = self.finish(buffer, (result, troubles));
        }
    }

    /// Makes the next write look whether the file was moved. What rests in the buffer may have
    /// rested for longer than the second after which that is noticed otherwise.
    fn look(&self) {
        self.appender.watch.expire();
    }

    /// Flushes what has rested for its interval.
    fn flush_due(&self) {
        self.look();
        self.flush_and_tell();
    }

    fn flush_within(&self, patience: Duration) {
        self.look();
        if let Some(buffer) = &self.buffer
            && let Some(flushed) = buffer.flush_within(&self.appender, patience)
        {
            self.tell_flush(flushed);
        }
    }

    fn retire_within(&self, patience: Duration) {
        self.look();
        if let Some(buffer) = &self.buffer
            && let Some(flushed) = buffer.retire_within(&self.appender, patience)
        {
            self.tell_flush(flushed);
            self.count_lost(buffer);
        }
    }

    fn close(&self) {
        if registry::has_given_up() {
            return self.retire_within(Duration::ZERO);
        }
        self.look();
        if let Some(buffer) = &self.buffer {
            self.tell_flush(buffer.retire(&self.appender));
            self.count_lost(buffer);
        }
        #[cfg(feature = "gzip")]
        self.appender.compressor.finish();
    }

    /// Counts what could not be written before the end.
    fn count_lost(&self, buffer: &Buffer) {
        let lost = buffer.abandon();
        if lost > 0 {
            self.appender.stats.dropped(lost);
            let path = self.appender.path().to_string_lossy();
            diagnostics::report(
                ErrorKind::Write,
                &path,
                &format_args!("{lost} buffered lines could not be written and are lost"),
            );
        }
    }
}

/// Whether this thread measures this record: one in 16, as two looks at the clock cost 50 ns.
#[inline]
fn is_sampled() -> bool {
    thread_local!(static COUNT: Cell<u8> = const { Cell::new(0) });
    COUNT.with(|count| {
        let next = count.get().wrapping_add(1);
        count.set(next);
        next % 16 == 1
    })
}
