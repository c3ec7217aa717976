//! The one writer of a path in this process: what it has open, and what is written there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostics::{self, ErrorKind};
use crate::sys;

use super::super::disk;
use super::super::schedule::{Period, Verdict};
use super::super::timer::NEVER;
use super::open::{Open, Syncs};
use super::ticker::TICKER;
use super::{Seal, SealedOptions};

pub(super) const SECOND: i64 = 1_000_000_000;
/// What a seal adds to a line, and room for a signature now and then: the size limit is kept with it.
const SEAL: u64 = 64;

/// The writer of a path.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    inner: Mutex<Inner>,
    #[cfg(feature = "gzip")]
    compressor: super::super::compress::Compressor,
}

/// What its lock protects.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) open: Option<Open>,
    /// Destinations that may still write; without any, the file is closed after each record.
    users: usize,
    pub(super) out: Vec<u8>,
    /// When the records that wait must be signed, by the clock that never jumps.
    pub(super) due: Option<u64>,
    /// To be told when the lock is let go: a callback of the error tracker may log here.
    pub(super) troubles: Vec<(ErrorKind, String)>,
    /// Somebody syncs: then a file is synced before it is left.
    is_synced: bool,
    /// A file was opened, and perhaps made, since its directory was synced.
    pub(super) has_new_name: bool,
    /// A file that was left could not be synced.
    has_failed: bool,
    /// Why the file at the path is not the one that is written, as it was told last.
    pub(super) beside: Option<String>,
    /// A rotation has just ended: old files may be compressed.
    pub(super) rotated: Option<Arc<SealedOptions>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.open.as_ref().map(|open| &open.path);
        f.debug_struct("Inner")
            .field("open", &path)
            .finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(path: &Path) -> Writer {
        Writer {
            path: path.to_owned(),
            inner: Mutex::default(),
            #[cfg(feature = "gzip")]
            compressor: super::super::compress::Compressor::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` under the lock, and tells what went wrong when it is let go.
    #[inline]
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.lock();
        let waited = inner.due;
        let result = work(&mut inner);
        let due = inner.due.filter(|_| waited.is_none());
        if due.is_some() || !inner.troubles.is_empty() || inner.rotated.is_some() {
            self.afterwards(inner, due);
        }
        result
    }

    #[cold]
    fn afterwards(&self, mut inner: MutexGuard<'_, Inner>, due: Option<u64>) {
        let troubles = std::mem::take(&mut inner.troubles);
        let rotated = inner.rotated.take();
        drop(inner);
        if let Some(due) = due {
            TICKER.arm(due);
        }
        #[cfg(feature = "gzip")]
        if let Some(options) = &rotated {
            self.compressor.start(&options.file);
        }
        drop(rotated);
        for (kind, what) in troubles {
            diagnostics::report(kind, &self.path.to_string_lossy(), &what);
        }
    }

    pub(super) fn attach(&self) {
        self.lock().users += 1;
    }

    /// One destination less; the last one closes the file.
    pub(super) fn detach(&self) -> io::Result<()> {
        self.with(|inner| {
            inner.users = inner.users.saturating_sub(1);
            if inner.users == 0 {
                inner.close()
            } else {
                Ok(())
            }
        })
    }

    /// The process ends.
    pub(super) fn end(&self) {
        let closed = self.with(Inner::close);
        if let Err(error) = closed {
            diagnostics::report(ErrorKind::Write, &self.path.to_string_lossy(), &error);
        }
        #[cfg(feature = "gzip")]
        self.compressor.finish();
    }

    /// Signs what has waited for its interval, and says when to ask again.
    pub(super) fn sign_if_due(&self, now: u64) -> u64 {
        self.with(|inner| match inner.due {
            Some(due) if due <= now => {
                inner.sign();
                // Where that failed, it is tried again with the next record.
                NEVER
            }
            due => due.unwrap_or(NEVER),
        })
    }

    /// In a forked child, which does not have the thread that compresses.
    #[cfg(feature = "gzip")]
    pub(super) fn forget(&self) {
        self.compressor.forget();
    }
}

impl Inner {
    /// In a forked child: the file is the parent's.
    pub(super) fn forget(&mut self) {
        self.open = None;
        self.due = None;
        self.beside = None;
        self.rotated = None;
    }

    /// Makes the next record look whether the file was moved.
    pub(super) fn look_at_the_next(&mut self) {
        if let Some(open) = &mut self.open {
            open.look_at = i64::MIN;
        }
    }

    #[inline]
    pub(super) fn deliver(
        &mut self,
        options: &Arc<SealedOptions>,
        line: &[u8],
        unix_ns: i64,
    ) -> io::Result<()> {
        let is_ready = self.open.as_ref().is_some_and(|open| {
            Arc::ptr_eq(&open.options, options)
                && unix_ns < open.look_at
                && open.size + line.len() as u64 + SEAL <= options.file.max_size
        });
        if !is_ready {
            self.ready(options, line.len() as u64, unix_ns)?;
        }
        self.write(|seal, out| seal.record(line, unix_ns, out))?;
        if self.users == 0 {
            self.close()?;
        }
        Ok(())
    }

    /// Makes the file ready for a record: open, with these options, still the one at its path, of
    /// the record's day, with room.
    #[cold]
    fn ready(&mut self, options: &Arc<SealedOptions>, bytes: u64, unix_ns: i64) -> io::Result<()> {
        if let Some(open) = &mut self.open
            && !Arc::ptr_eq(&open.options, options)
        {
            if open.options.seal == options.seal {
                open.options = Arc::clone(options);
            } else {
                self.close()?;
            }
        }
        if self
            .open
            .as_ref()
            .is_some_and(|open| unix_ns >= open.look_at)
        {
            self.look(options, unix_ns)?;
        }
        self.open(options, unix_ns)?;
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let is_full = open.size + bytes + SEAL > options.file.max_size;
        let is_over = match open.period.map(|period| period.judge(unix_ns)) {
            Some(Verdict::Over) => true,
            Some(Verdict::SetBack) => {
                open.period = options.period(unix_ns);
                false
            }
            _ => false,
        };
        let is_done = (is_full || is_over) && open.size > open.begun;
        if is_done || open.syncs == Syncs::Again {
            self.rotate(unix_ns)?;
        }
        Ok(())
    }

    /// Brings what was written to the disk, from now on also what is left for another file.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.is_synced = true;
        self.sync_open();
        if std::mem::take(&mut self.has_new_name)
            && let Some(open) = &self.open
            && let Err(error) = disk::sync_directory_of(&open.path)
        {
            self.has_new_name = true;
            return Err(error);
        }
        if std::mem::take(&mut self.has_failed) {
            return Err(io::Error::other("an audit file could not be synced"));
        }
        Ok(())
    }

    /// Syncs the open file, where somebody syncs; an error is the next [`Inner::sync`]'s.
    pub(super) fn sync_open(&mut self) {
        if let Some(open) = self.open.as_mut().filter(|_| self.is_synced) {
            self.has_failed |= open.sync().is_err();
        }
    }

    /// Signs what is not signed yet.
    fn sign(&mut self) {
        self.due = None;
        let signed = self.write(|seal, out| {
            seal.sign(false, sys::now(), out);
            Ok(())
        });
        if let Err(error) = signed {
            self.troubles.push((ErrorKind::Write, error.to_string()));
        }
    }

    /// Ends the file with a signature and lets go of it.
    pub(super) fn close(&mut self) -> io::Result<()> {
        if self.open.is_none() {
            return Ok(());
        }
        let closed = self.write(|seal, out| {
            seal.sign(true, sys::now(), out);
            Ok(())
        });
        self.sync_open();
        self.open = None;
        self.due = None;
        closed
    }

    /// Has the seal make bytes, and writes them.
    #[inline]
    pub(super) fn write(
        &mut self,
        make: impl FnOnce(&mut dyn Seal, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Err(io::ErrorKind::NotFound.into());
        };
        self.out.clear();
        make(&mut *open.seal, &mut self.out)?;
        self.write_out()
    }

    /// Writes what a file begins with, and gives a new one its name: without that there is none.
    pub(super) fn write_first(&mut self) -> io::Result<()> {
        let unnamed = self.open.as_mut().and_then(|open| open.unnamed.take());
        let written = self
            .write_out()
            .and_then(|()| match (&unnamed, &self.open) {
                (Some(unnamed), Some(open)) => fs::rename(unnamed, &open.path),
                _ => Ok(()),
            });
        if written.is_err() {
            self.open = None;
            if let Some(unnamed) = &unnamed {
                let _ = fs::remove_file(unnamed);
            }
        }
        written
    }

    #[inline]
    fn write_out(&mut self) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if self.out.is_empty() {
            return Ok(());
        }
        let mut file = &open.file;
        if let Err(error) = file.write_all(&self.out) {
            open.seal.settle(false);
            if file.set_len(open.size).is_err() {
                // The next one who opens it cuts off what is torn.
                self.open = None;
                self.due = None;
            }
            return Err(error);
        }
        open.seal.settle(true);
        open.size += self.out.len() as u64;
        if open.options.fsync
            && let Err(error) = open.sync()
        {
            self.troubles
                .push((ErrorKind::Write, format!("fsync: {error}")));
        }
        if open.seal.is_signed() {
            self.due = None;
        } else if self.due.is_none() {
            let interval = u64::try_from(open.options.interval.as_nanos()).unwrap_or(NEVER);
            self.due = Some(sys::monotonic().saturating_add(interval));
        }
        Ok(())
    }
}

impl SealedOptions {
    /// The day or hour that a time belongs to; none where the file is not rotated by time.
    pub(super) fn period(&self, unix_ns: i64) -> Option<Period> {
        let every = self.file.rotate_every?;
        Some(Period::around(unix_ns, every, &self.file.time_zone))
    }
}
