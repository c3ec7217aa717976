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

impl Appender {
    pub(super) fn new(options: FileOptions) -> Appender {
        Appender {
            stats: DestinationStats::default(),
            file: RwLock::new(None),
            watch: Watch::new(),
            room: Room::new(options.max_size),
            pace: Pace::new(),
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
        let unfinished = {
            let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
            match &*file {
                Some(open)
                    if !self.watch.is_due(unix_ns)
                        && !open.ragged
                        && self.room.take(record.len()) =>
                {
                    match (&*open.file).write(record) {
                        Ok(written) if written == record.len() => return Ok(()),
                        interrupted
                            if waits::is_interrupted(&interrupted)
                                && waits::can_be_interrupted() =>
                        {
                            return interrupted.map(drop);
                        }
                        result => Some(Unfinished {
                            file: Arc::clone(&open.file),
                            result,
                        }),
                    }
                }
                _ => None,
            }
        };
        self.append_alone(record, unix_ns, unfinished)
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
            *file = None;
            self.pace.closed();
        }
    }

    /// Keeps every other thread of this process from writing.
    pub(super) fn lock(&self) -> RwLockWriteGuard<'_, Option<OpenFile>> {
        self.file.write().unwrap_or_else(PoisonError::into_inner)
    }
}
