//! What can be asked of a file destination.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::Level;

/// The size of each of the two buffers when buffering is asked for without a size: 64 KiB.
pub const DEFAULT_BUFFER_SIZE: usize = 64 * 1024;

/// How long a line rests in a buffer at most, unless set: one second.
pub const DEFAULT_FLUSH_INTERVAL: Duration = Duration::from_secs(1);

/// When a file is rotated by time: at the first record of the next day or hour, in
/// [`FileOptions::time_zone`].
///
/// ```
/// use hydra_core::destination::file::{FileOptions, RotateEvery};
/// let options = FileOptions::new("app.log").rotate_every(RotateEvery::Daily);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RotateEvery {
    /// At midnight.
    Daily,
    /// At the full hour.
    Hourly,
}

/// What a [`FileDestination`](super::FileDestination) does. Only the path has no default: each
/// line is written at once, the file grows without limit, and its mode is 0640.
///
/// Sizes are bytes. Setters take a value or `None`.
///
/// ```
/// use hydra_core::destination::file::{FileOptions, RotateEvery};
/// use std::time::Duration;
///
/// let options = FileOptions::new("logs/app.log")
///     .max_size(5 * 1024 * 1024)
///     .rotate_every(RotateEvery::Daily)
///     .backup_count(7)
///     .max_age(Duration::from_hours(30 * 24))
///     .buffer_size(64 * 1024);
/// assert!(options.is_buffered());
/// ```
#[derive(Clone, Debug)]
pub struct FileOptions {
    pub(super) path: PathBuf,
    pub(super) max_size: u64,
    pub(super) rotate_every: Option<RotateEvery>,
    pub(super) time_zone: TimeZone,
    pub(super) backup_count: Option<usize>,
    pub(super) max_age: Option<Duration>,
    #[cfg(feature = "gzip")]
    pub(super) compress: bool,
    pub(super) mode: u32,
    pub(super) buffer_size: Option<usize>,
    pub(super) flush_interval: Option<Duration>,
    pub(super) header: Vec<u8>,
    pub(super) flush_level: Level,
}

impl FileOptions {
    /// The defaults, for the file at `path`. A relative path is taken from the directory that is
    /// current now: a later change of directory does not move the log.
    pub fn new(path: impl AsRef<Path>) -> FileOptions {
        let path = path.as_ref();
        FileOptions {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            max_size: u64::MAX,
            rotate_every: None,
            time_zone: TimeZone::UTC,
            backup_count: None,
            max_age: None,
            #[cfg(feature = "gzip")]
            compress: false,
            mode: 0o640,
            buffer_size: None,
            flush_interval: None,
            header: Vec::new(),
            flush_level: Level::Error,
        }
    }

    /// The file's path, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Rotates before the file would grow beyond this many bytes; none (the default) and 0 mean no
    /// limit. Several processes pass it by at most 64 KiB each, and a single record that is larger
    /// is written whole.
    #[must_use]
    pub fn max_size(mut self, bytes: impl Into<Option<u64>>) -> FileOptions {
        self.max_size = bytes.into().filter(|&bytes| bytes > 0).unwrap_or(u64::MAX);
        self
    }

    /// Rotates at the first record of each day or hour. The default is never.
    #[must_use]
    pub fn rotate_every(mut self, period: impl Into<Option<RotateEvery>>) -> FileOptions {
        self.rotate_every = period.into();
        self
    }

    /// Where midnight is asked for [`FileOptions::rotate_every`]: UTC unless set. A time zone is
    /// not looked up here, as walking the time-zone database costs a millisecond.
    #[must_use]
    pub fn time_zone(mut self, zone: TimeZone) -> FileOptions {
        self.time_zone = zone;
        self
    }

    /// How many rotated files (`app.log.1` is the youngest) are kept; the oldest are removed at a
    /// rotation. None, the default, keeps all of them; 0 keeps none. One that another process
    /// still writes to is kept until the next rotation.
    #[must_use]
    pub fn backup_count(mut self, files: impl Into<Option<usize>>) -> FileOptions {
        self.backup_count = files.into();
        self
    }

    /// Removes, at a rotation, rotated files last written longer ago than this. The default is
    /// never.
    #[must_use]
    pub fn max_age(mut self, age: impl Into<Option<Duration>>) -> FileOptions {
        self.max_age = age.into();
        self
    }

    /// Compresses rotated files with gzip, on a thread of its own, from `.2` on: `.1` may still be
    /// written to by a process that has not yet noticed the rotation. Off by default. Dropping the
    /// destination waits for the file that is being compressed.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn compress(mut self, compress: bool) -> FileOptions {
        self.compress = compress;
        self
    }

    /// The permissions of files that are created (less the umask); 0o640 unless set. Ignored where
    /// there are no such permissions.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> FileOptions {
        self.mode = mode;
        self
    }

    /// Collects lines in a buffer of this many bytes and writes it when it is full, when
    /// [`FileOptions::flush_interval`] has passed, at a record of [`FileOptions::flush_level`], on
    /// `flush`, on a panic and at exit. None (the default) and 0 write each line at once.
    ///
    /// Threads that log at once fill buffers of their own, of half that size and at most eight, whose
    /// lines reach the file in the order of the calls.
    #[must_use]
    pub fn buffer_size(mut self, bytes: impl Into<Option<usize>>) -> FileOptions {
        self.buffer_size = bytes.into();
        self
    }

    /// How long a line rests in the buffer at most; asks for a buffer of
    /// [`DEFAULT_BUFFER_SIZE`] where [`FileOptions::buffer_size`] is not set.
    /// [`DEFAULT_FLUSH_INTERVAL`] unless set.
    #[must_use]
    pub fn flush_interval(mut self, interval: impl Into<Option<Duration>>) -> FileOptions {
        self.flush_interval = interval.into();
        self
    }

    /// Bytes that begin each file, newline included, such as the names of a CSV file's columns.
    /// None unless set.
    #[must_use]
    pub fn header(mut self, header: impl Into<Vec<u8>>) -> FileOptions {
        self.header = header.into();
        self
    }

    /// A record of this level or above is flushed at once, with all before it;
    /// [`Level::Error`] unless set, and [`Level::Trace`] flushes every record.
    #[must_use]
    pub fn flush_level(mut self, level: Level) -> FileOptions {
        self.flush_level = level;
        self
    }

    /// Flushes every record, which is `flush_level(Level::Trace)`, or, with `false`, those from
    /// [`Level::Error`] on.
    #[must_use]
    pub fn force_flush(self, force: bool) -> FileOptions {
        self.flush_level(if force { Level::Trace } else { Level::Error })
    }

    /// Whether lines rest in a buffer: a size or an interval is set, and the size is not 0.
    pub fn is_buffered(&self) -> bool {
        self.buffer_bytes() > 0
    }

    pub(super) fn buffer_bytes(&self) -> usize {
        match (self.buffer_size, self.flush_interval) {
            (Some(bytes), _) => bytes,
            (None, Some(_)) => DEFAULT_BUFFER_SIZE,
            (None, None) => 0,
        }
    }

    /// Whether several processes must agree on who makes a new file.
    pub(super) fn needs_lock(&self) -> bool {
        self.max_size < u64::MAX || self.rotate_every.is_some() || !self.header.is_empty()
    }
}
