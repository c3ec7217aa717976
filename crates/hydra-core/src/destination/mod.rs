//! Where lines go: the [`Destination`] trait, and the destinations that need no network.

mod batch;
pub mod console;
pub mod file;
pub mod host;
mod write_log;

pub use batch::{Batch, BatchBuf, BatchError};
pub use write_log::{FilePlace, WriteLog};

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::metrics::DestinationStats;
use crate::{Level, LevelSet, diagnostics};

/// What a destination may want to know of a line, beside its bytes.
///
/// ```
/// use hydra_core::{Level, LineMeta};
/// let meta = LineMeta::new(Level::Error, 1_700_000_000_000_000_000);
/// assert!(meta.guaranteed);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LineMeta {
    /// The record's level.
    pub level: Level,
    /// The record's time, in nanoseconds since 1970-01-01 UTC.
    pub unix_ns: i64,
    /// Whether no queue may drop it, however full.
    pub guaranteed: bool,
}

impl LineMeta {
    /// Of a record of this level and time, which is guaranteed if it is an ERROR or worse.
    #[inline]
    pub const fn new(level: Level, unix_ns: i64) -> LineMeta {
        LineMeta {
            level,
            unix_ns,
            guaranteed: LevelSet::SEVERE.contains(level),
        }
    }

    /// The same, but guaranteed or not.
    ///
    /// ```
    /// use hydra_core::{Level, LineMeta};
    /// assert!(LineMeta::new(Level::Info, 0).guaranteed(true).guaranteed);
    /// ```
    #[inline]
    #[must_use]
    pub const fn guaranteed(self, guaranteed: bool) -> LineMeta {
        LineMeta { guaranteed, ..self }
    }
}

/// A place where rendered lines go.
///
/// A destination is shared by threads and layers. It is given whole lines, each ending with a
/// newline, already rendered: it never formats, and it is never called with a lock held.
///
/// What goes wrong is an `Err` (this line is not kept: the caller counts it as dropped and reports
/// it), or, for lines accepted earlier (a buffer that could not be written), counted in
/// [`Destination::stats`] and reported through [`crate::diagnostics`] by the destination itself.
///
/// ```
/// use hydra_core::{Destination, DestinationStats, LineMeta};
/// use std::io;
/// use std::sync::Mutex;
///
/// #[derive(Default)]
/// struct Lines(Mutex<Vec<Vec<u8>>>, DestinationStats);
///
/// impl Destination for Lines {
///     fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
///         self.0.lock().unwrap().push(line.to_vec());
///         self.1.delivered(meta.level, line.len());
///         Ok(())
///     }
///     fn flush(&self) -> io::Result<()> {
///         Ok(())
///     }
///     fn stats(&self) -> &DestinationStats {
///         &self.1
///     }
/// }
/// ```
pub trait Destination: Send + Sync {
    /// Takes one line, newline included.
    ///
    /// # Errors
    /// The line was not kept: nothing of it will appear later.
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()>;

    /// Takes lines, in their order, as [`Destination::deliver`] takes each of them.
    ///
    /// Unless a destination does better, it delivers one after the other, and a panic there is that
    /// line's error. Where a way of one's own panics, the first line counts as refused, and the
    /// others are tried again.
    ///
    /// # Errors
    /// A line was not kept. Those before it were accepted, and those behind it not yet tried: a
    /// caller goes on behind it.
    ///
    /// ```
    /// use hydra_core::config::Stream;
    /// use hydra_core::destination::{BatchBuf, console::ConsoleDestination};
    /// use hydra_core::{Destination, Level, LineMeta};
    ///
    /// let mut lines = BatchBuf::default();
    /// lines.push(b"one\n", &LineMeta::new(Level::Info, 0));
    /// lines.push(b"two\n", &LineMeta::new(Level::Info, 1));
    /// let stdout = ConsoleDestination::new(Stream::Stdout);
    /// stdout.deliver_batch(&lines.as_batch())?; // one write
    /// assert_eq!(stdout.stats().snapshot().records, 2);
    /// # Ok::<(), hydra_core::destination::BatchError>(())
    /// ```
    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let taken = Cell::new(0);
        let deliver = || {
            batch.iter().try_for_each(|(line, meta)| {
                self.deliver(line, &meta)?;
                taken.set(taken.get() + 1);
                Ok(())
            })
        };
        catch_unwind(AssertUnwindSafe(deliver))
            .unwrap_or_else(|_| Err(io::Error::other("it panicked")))
            .map_err(|error| BatchError {
                taken: taken.get(),
                error,
            })
    }

    /// The same, with a book of how far the lines have come. A destination that can tell where its
    /// bytes will stand tells it before it writes; others, as here, only what they have taken.
    ///
    /// # Errors
    /// As [`Destination::deliver_batch`].
    ///
    /// See [`WriteLog`] for an example.
    fn deliver_logged(&self, batch: &Batch<'_>, log: &mut dyn WriteLog) -> Result<(), BatchError> {
        let result = self.deliver_batch(batch);
        log.has_taken(match &result {
            Ok(()) => batch.len(),
            Err(error) => error.taken,
        });
        result
    }

    /// Brings everything accepted so far to where it goes: after `Ok`, a killed process loses none
    /// of it.
    ///
    /// # Errors
    /// Something accepted earlier is still kept back; a later call tries again.
    fn flush(&self) -> io::Result<()>;

    /// Brings everything accepted so far to where it survives a loss of power. A file's is on its
    /// disk, with the names of the file and its directory; from the first call on, so is that of a
    /// file which is left for the next one. What has no disk of its own flushes.
    ///
    /// # Errors
    /// It is not known to be there, and a later call does not find out: what was accepted since the
    /// last call that went well has to be delivered again.
    ///
    /// ```
    /// use hydra_core::destination::file::{FileDestination, FileOptions};
    /// use hydra_core::{Destination, Level, LineMeta};
    /// # let directory = tempfile::tempdir()?;
    /// let file = FileDestination::new(FileOptions::new(directory.path().join("app.log")));
    /// file.sync()?; // nothing yet, but no line is left behind unsynced from here on
    /// file.deliver(b"paid\n", &LineMeta::new(Level::Info, 0))?;
    /// file.sync()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn sync(&self) -> io::Result<()> {
        self.flush()
    }

    /// Flushes, and from now on keeps nothing back: a thread that still holds an old route may
    /// deliver after this, and its lines must not rest in a buffer that nobody will flush.
    ///
    /// # Errors
    /// As [`Destination::flush`].
    fn retire(&self) -> io::Result<()> {
        self.flush()
    }

    /// Opens anew what may have been moved away, as a file by logrotate. Nothing by default.
    ///
    /// # Errors
    /// It cannot be opened; the next delivery tries again.
    fn reopen(&self) -> io::Result<()> {
        Ok(())
    }

    /// The running counts. Hands them out and does no more: the logger's own locks may be held.
    fn stats(&self) -> &DestinationStats;
}

/// Counts and reports a line that a destination did not take: what its caller does with the error of
/// [`Destination::deliver`].
///
/// ```
/// use hydra_core::{DestinationStats, destination};
/// let stats = DestinationStats::default();
/// destination::refused(&stats, "app.log", &std::io::Error::other("disk full"));
/// assert_eq!((stats.snapshot().dropped, stats.snapshot().errors), (1, 1));
/// ```
#[cold]
#[inline(never)]
pub fn refused(stats: &DestinationStats, name: &str, error: &io::Error) {
    stats.dropped(1);
    stats.error();
    if matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::Interrupted
    ) {
        // Whoever read the other end has seen enough (`| head`), or somebody who waits no longer
        // (Ctrl-C) has ended the write: no message on a terminal.
        diagnostics::track(diagnostics::ErrorKind::Write, name, error);
    } else {
        diagnostics::report(diagnostics::ErrorKind::Write, name, error);
    }
}
