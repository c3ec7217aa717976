//! The one writer of a path in this process: what it has open, and how it gets there.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diagnostics::{self, ErrorKind};
use crate::process;
use crate::sys::{self, FileId};

use super::super::backups;
use super::super::lock::RotationLock;
use super::super::schedule::{Period, Verdict};
use super::super::timer::NEVER;
use super::ticker::TICKER;
use super::{Seal, SealedOptions, make_seal};

pub(super) const SECOND: i64 = 1_000_000_000;
/// How often a process that writes beside the file tries the file itself again.
const BESIDE: i64 = 10 * SECOND;
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
    /// Why the file at the path is not the one that is written, as it was told last.
    beside: Option<String>,
    /// A rotation has just ended: old files may be compressed.
    pub(super) rotated: Option<Arc<SealedOptions>>,
}

/// An open file.
pub(super) struct Open {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) id: FileId,
    /// What of it is the chain's; nobody else writes to it.
    pub(super) size: u64,
    /// The size of its first lines, without a record.
    pub(super) begun: u64,
    pub(super) period: Option<Period>,
    /// When to look whether it is still the file at its path.
    pub(super) look_at: i64,
    pub(super) seal: Box<dyn Seal>,
    pub(super) options: Arc<SealedOptions>,
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

    /// Opens the file where it is not open.
    pub(super) fn open(&mut self, options: &Arc<SealedOptions>, unix_ns: i64) -> io::Result<()> {
        if self.open.is_some() {
            return Ok(());
        }
        let main = &options.file.path;
        let refused = match self.open_at(main, options, unix_ns) {
            Ok(()) => {
                self.beside = None;
                return Ok(());
            }
            Err(error) => error,
        };
        let is_ours_to_avoid = matches!(
            refused.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::InvalidData
        );
        if !is_ours_to_avoid {
            return Err(refused);
        }
        let own = beside(main);
        self.open_at(&own, options, unix_ns)?;
        let why = refused.to_string();
        if self.beside.as_ref() != Some(&why) {
            let message = format!("{why}; until then records go to {}", own.display());
            self.troubles.push((ErrorKind::Open, message));
            self.beside = Some(why);
        }
        Ok(())
    }

    fn open_at(
        &mut self,
        path: &Path,
        options: &Arc<SealedOptions>,
        unix_ns: i64,
    ) -> io::Result<()> {
        if let Some(directory) = path.parent()
            && !directory.exists()
        {
            fs::create_dir_all(directory)?;
        }
        let _lock = RotationLock::acquire(&options.file.path, options.file.mode)?;
        let mut file = open_alone(path, options.file.mode)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let what = "an audit file must be a regular file, not a pipe or a device";
            return Err(io::Error::new(io::ErrorKind::Unsupported, what));
        }
        let mut seal = make_seal(&options.seal)?;
        self.out.clear();
        let size = if metadata.len() == 0 {
            let before = backups::path_of(path, 1, false);
            let mut before = OpenOptions::new().read(true).append(true).open(before).ok();
            seal.begin(before.as_mut(), unix_ns, &mut self.out)?;
            0
        } else {
            let keep = seal.resume(&mut file, unix_ns, &mut self.out)?;
            if keep < metadata.len() {
                file.set_len(keep)?;
            }
            keep
        };
        let written = metadata.modified().ok().filter(|_| size > 0);
        let written = written.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let written = written.and_then(|since| i64::try_from(since.as_nanos()).ok());
        self.open = Some(Open {
            id: sys::file_id(&metadata),
            path: path.to_owned(),
            file,
            size,
            begun: 0,
            period: options.period(written.unwrap_or(unix_ns)),
            look_at: unix_ns.saturating_add(if *path == options.file.path {
                SECOND
            } else {
                BESIDE
            }),
            seal,
            options: Arc::clone(options),
        });
        self.write_first()?;
        if let Some(open) = &mut self.open
            && size == 0
        {
            open.begun = open.size;
        }
        self.prune(unix_ns);
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
        if (is_full || is_over) && open.size > open.begun {
            self.rotate(unix_ns)?;
        }
        Ok(())
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

    /// Writes what a file begins with: without that there is none.
    pub(super) fn write_first(&mut self) -> io::Result<()> {
        let written = self.write_out();
        if written.is_err() {
            self.open = None;
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
            && let Err(error) = file.sync_data()
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

/// Opens a file that nobody else writes to.
pub(super) fn open_alone(path: &Path, mode: u32) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).append(true).create(true);
    sys::set_mode(&mut how, mode);
    let file = how.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another process writes to the file, and a chain has one end",
        )),
    }
}

/// The file of this process beside one that it cannot write to: `audit.log.pid4711`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".pid{}", process::id()));
    path.with_file_name(name)
}
