//! Appending to the file: the hot path, and the way out of it.
//!
//! [`Appender::append`] is one write(2) on a file opened with O_APPEND. The lock around the file
//! is only read: threads do not wait for each other, and the kernel puts their lines one behind the
//! other. Whoever has to open, look, rotate or mend takes the lock for writing ([`Alone`]), so that
//! no thread of this process is in the middle of a write then; other processes may be.
//!
//! Cost beside write(2): lock 10 ns, watch 1 ns, room 0 (5 with a size limit).

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use crate::metrics::DestinationStats;
use crate::waits;

use super::alone::Alone;
use super::disk::Disk;
use super::logged::Logged;
use super::open::OpenFile;
use super::options::FileOptions;
use super::pace::Pace;
use super::room::Room;
use super::schedule::Watch;
use super::troubles::Troubles;

#[derive(Debug)]
pub(super) struct Appender {
    pub(super) options: FileOptions,
    pub(super) stats: DestinationStats,
    file: RwLock<Option<OpenFile>>,
    pub(super) watch: Watch,
    pub(super) room: Room,
    pub(super) pace: Pace,
    pub(super) disk: Disk,
    /// A rotation failed: the next one is tried at the next look, a second later.
    pub(super) is_stuck: AtomicBool,
    #[cfg(feature = "gzip")]
    pub(super) compressor: super::compress::Compressor,
}

/// A write(2) of the hot path that did not take the whole record.
pub(super) struct Unfinished {
    pub(super) file: Arc<File>,
    pub(super) result: io::Result<usize>,
}

/// Why a write(2) of the hot path is not all.
enum NotWritten {
    /// A signal came, and is to be answered.
    Interrupted(io::Error),
    /// The file is to be opened, looked at, rotated or mended.
    NeedsAlone(Option<Unfinished>),
}

impl Appender {
    pub(super) fn new(options: FileOptions) -> Appender {
        Appender {
            stats: DestinationStats::default(),
            file: RwLock::new(None),
            watch: Watch::new(),
            room: Room::new(options.max_size),
            pace: Pace::new(),
            disk: Disk::default(),
            is_stuck: AtomicBool::new(false),
            #[cfg(feature = "gzip")]
            compressor: super::compress::Compressor::default(),
            options,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.options.path
    }

    /// Appends one record with one write(2), and once more if that failed. The caller holds no
    /// lock.
    ///
    /// # Errors
    /// The record is not in the file. [`Interrupted`](io::ErrorKind::Interrupted) comes only inside
    /// [`waits::run`], and may be tried again.
    #[inline]
    pub(super) fn append(&self, record: &[u8], unix_ns: i64) -> io::Result<()> {
        match self.append_now(record, unix_ns) {
            Ok(()) => Ok(()),
            Err(NotWritten::Interrupted(error)) => Err(error),
            Err(NotWritten::NeedsAlone(unfinished)) => {
                self.append_alone(record, unix_ns, unfinished)
            }
        }
    }

    /// Appends whole lines of one period, at most [`CHUNK`](super::room::CHUNK) bytes, with one
    /// write(2) where the file has room for all of them. Returns how many bytes are in the file, as
    /// [`Alone::append_lines`] does.
    pub(super) fn append_lines(
        &self,
        lines: &[u8],
        first_ns: i64,
        last_ns: i64,
    ) -> (usize, io::Result<()>) {
        if self.watch.is_due(last_ns) {
            // The file is looked at by the time of the first line, which may not ask for it.
            self.watch.expire();
        }
        let unfinished = match self.append_now(lines, first_ns) {
            Ok(()) => return (lines.len(), Ok(())),
            Err(NotWritten::Interrupted(error)) => return (0, Err(error)),
            Err(NotWritten::NeedsAlone(unfinished)) => unfinished,
        };
        let ((done, result), troubles) =
            self.alone(|alone| alone.append_lines(lines, first_ns, unfinished, None));
        troubles.report(self.path(), &self.stats);
        (done, result)
    }

    /// The same, telling of each write before and after it.
    pub(super) fn append_lines_logged(
        &self,
        (first_ns, last_ns): (i64, i64),
        logged: &mut Logged<'_, '_>,
    ) -> (usize, io::Result<()>) {
        if self.watch.is_due(last_ns) {
            self.watch.expire();
        }
        let lines = logged.rest();
        let ((done, result), troubles) =
            self.alone(|alone| alone.append_lines(lines, first_ns, None, Some(logged)));
        troubles.report(self.path(), &self.stats);
        (done, result)
    }

    /// One write(2), where nothing but that is to be done.
    #[inline(always)]
    fn append_now(&self, bytes: &[u8], unix_ns: i64) -> Result<(), NotWritten> {
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
        let open = match &*file {
            Some(open)
                if !self.watch.is_due(unix_ns) && !open.ragged && self.room.take(bytes.len()) =>
            {
                open
            }
            _ => return Err(NotWritten::NeedsAlone(None)),
        };
        match (&*open.file).write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Err(error)
                if error.kind() == io::ErrorKind::Interrupted && waits::can_be_interrupted() =>
            {
                Err(NotWritten::Interrupted(error))
            }
            result => Err(NotWritten::NeedsAlone(Some(Unfinished {
                file: Arc::clone(&open.file),
                result,
            }))),
        }
    }

    #[cold]
    fn append_alone(
        &self,
        record: &[u8],
        unix_ns: i64,
        unfinished: Option<Unfinished>,
    ) -> io::Result<()> {
        let (result, troubles) = self.alone(|alone| alone.append(record, unix_ns, unfinished));
        troubles.report(self.path(), &self.stats);
        result
    }

    /// Brings what was written to the disk. Whoever writes meanwhile does not wait for it.
    pub(super) fn sync(&self) -> io::Result<()> {
        let open = {
            let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
            let open = file.as_ref().filter(|open| open.regular);
            open.map(|open| Arc::clone(&open.file))
        };
        waits::run(|| self.disk.sync(self.path(), open.as_deref()))
    }

    /// Does `work` while no other thread of this process writes. What goes wrong on the way is
    /// handed back, to be told when the caller holds no lock.
    pub(super) fn alone<'a, T>(&'a self, work: impl FnOnce(&mut Alone<'a>) -> T) -> (T, Troubles) {
        let mut alone = Alone::new(self, self.lock());
        let result = work(&mut alone);
        (result, alone.into_troubles())
    }

    /// As [`Appender::alone`], for a caller that holds a lock and collects what goes wrong.
    pub(super) fn alone_into<'a, T>(
        &'a self,
        troubles: &mut Troubles,
        work: impl FnOnce(&mut Alone<'a>) -> T,
    ) -> T {
        let (result, more) = self.alone(work);
        troubles.extend(more);
        result
    }

    /// Closes the file of a destination that is retired: threads that do not log any more keep what
    /// they knew of its logger, and so the destination. One that logs all the same opens it again.
    /// A thread that is writing, perhaps to a pipe that nobody reads, is not waited for.
    pub(super) fn close_unless_in_use(&self) {
        if let Ok(mut file) = self.file.try_write() {
            self.disk.leave(file.as_ref());
            *file = None;
            self.pace.closed();
        }
    }

    /// Keeps every other thread of this process from writing.
    pub(super) fn lock(&self) -> RwLockWriteGuard<'_, Option<OpenFile>> {
        self.file.write().unwrap_or_else(PoisonError::into_inner)
    }
}
