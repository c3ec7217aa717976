//! A file whose lines are sealed: chained and signed, so that it can be proved later that none was
//! changed, removed or added. What a seal is, this module does not know: a [`Seal`] makes the
//! bytes, given by [`seal_with`].
//!
//! # What is promised
//!
//! - **A record is with the system when `deliver` has returned `Ok`**, and with
//!   [`SealedOptions::fsync`] on the disk. There is no buffer.
//! - **One writer a file**: a chain has one end. Who writes holds the exclusive flock on the file. A
//!   process that finds it taken, or finds a file that cannot be gone on with (damaged, of another
//!   key, no chain at all), tells so once and writes a file of its own beside it,
//!   `audit.log.pid4711`, a chain of its own: no record is lost. A forked child does the same. Every
//!   logger of one process writes to one chain.
//! - **What could not be written whole is cut off again**, and the chain goes back with it.
//! - **A file moved or removed by others** is noticed within a second; the next one is tied to it.
//! - **Old files go by age alone**, the oldest first, and each removal is a line of the chain.
//! - **It is closed in order** when the last logger lets go of it and when the process exits in
//!   order. Of a process that was killed the file lacks the closing seal; the next writer tells so
//!   in it and goes on.

mod open;
mod registry;
pub(super) use registry::{AllHeld, at_exit};
mod retention;
mod rotation;
mod ticker;
mod writer;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::destination::{Destination, LineMeta};
use crate::metrics::DestinationStats;
use crate::waits;

use super::options::FileOptions;
use writer::Writer;

/// Makes the bytes of a sealed file. It is never called by two threads at once.
///
/// Times are nanoseconds since 1970-01-01 UTC. What a method appends to `out` is written at once;
/// then [`Seal::settle`] says whether that went well.
pub trait Seal: Send {
    /// Begins a file: the next one of the chain that was closed with this seal, or else the one
    /// behind `before`, if that is the end of a chain.
    ///
    /// # Errors
    /// There is nothing to seal with, as random numbers.
    fn begin(
        &mut self,
        before: Option<&mut File>,
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> io::Result<()>;

    /// Goes on with a file that holds something. Returns how many bytes of it are to be kept; what
    /// is behind them is cut off before `out` is written.
    ///
    /// # Errors
    /// The file cannot be read, or nothing may be added to it.
    fn resume(&mut self, file: &mut File, unix_ns: i64, out: &mut Vec<u8>) -> io::Result<u64>;

    /// Seals a record, a line with its newline.
    ///
    /// # Errors
    /// It is not one line. Nothing was appended.
    fn record(&mut self, line: &[u8], unix_ns: i64, out: &mut Vec<u8>) -> io::Result<()>;

    /// Signs what is not signed yet, if there is anything; with `closing`, as the end of the file.
    fn sign(&mut self, closing: bool, unix_ns: i64, out: &mut Vec<u8>);

    /// Records that an old file is about to be removed. `first` is its first line, `next` that of
    /// the file behind it in the chain. `false`: it is not one of this chain, and must stay.
    fn removing(
        &mut self,
        first: &[u8],
        next: &[u8],
        kept_for: Duration,
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> bool;

    /// What was appended since the last time is in the file, or nothing of it is.
    fn settle(&mut self, written: bool);

    /// Whether everything is signed.
    fn is_signed(&self) -> bool;
}

/// What a [`Seal`] is made of.
///
/// ```
/// use hydra_core::destination::file::sealed::SealOptions;
/// let options = SealOptions { key_file: "audit.key".into(), checkpoint_every: 1000 };
/// assert_eq!(options.checkpoint_every, 1000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealOptions {
    /// The private key; made when it is missing.
    pub key_file: PathBuf,
    /// How many records stand between two signatures at most.
    pub checkpoint_every: u64,
}

/// Makes seals.
pub type MakeSeal = fn(&SealOptions) -> io::Result<Box<dyn Seal>>;

static MAKE: OnceLock<MakeSeal> = OnceLock::new();

/// Says how seals are made, for the whole process; the first one stays. Without any, no
/// configuration can ask for a sealed file.
///
/// ```
/// use hydra_core::destination::file::sealed;
/// sealed::seal_with(|_| Err(std::io::Error::other("no key today")));
/// assert!(sealed::can_seal());
/// ```
pub fn seal_with(make: MakeSeal) {
    // The first one stays.
    let _ = MAKE.set(make);
}

/// Whether somebody said how seals are made.
pub fn can_seal() -> bool {
    MAKE.get().is_some()
}

fn make_seal(options: &SealOptions) -> io::Result<Box<dyn Seal>> {
    let none = || io::Error::new(io::ErrorKind::Unsupported, "this build cannot seal files");
    MAKE.get().ok_or_else(none)?(options)
}

/// What a [`SealedFile`] does.
///
/// ```
/// use hydra_core::destination::file::FileOptions;
/// use hydra_core::destination::file::sealed::SealedOptions;
/// use std::time::Duration;
///
/// let options = SealedOptions::new(FileOptions::new("logs/audit.log").max_size(100 << 20))
///     .retention(Duration::from_hours(365 * 24))
///     .fsync(true);
/// assert!(options.key_file().ends_with("logs/audit.key"));
/// ```
#[derive(Clone, Debug)]
pub struct SealedOptions {
    file: FileOptions,
    seal: SealOptions,
    interval: Duration,
    fsync: bool,
    retention: Option<Duration>,
}

/// How many records stand between two signatures unless set otherwise.
pub const DEFAULT_CHECKPOINT_EVERY: u64 = 1000;

/// How long a record waits for a signature unless set otherwise.
pub const DEFAULT_CHECKPOINT_INTERVAL: Duration = Duration::from_mins(1);

impl SealedOptions {
    /// The defaults, for a file. Of its options the path, the size, the period, the time zone, the
    /// mode and compression count. The key is `audit.key` beside the file.
    pub fn new(file: FileOptions) -> SealedOptions {
        let key_file = file.path.with_file_name("audit.key");
        SealedOptions {
            file,
            seal: SealOptions {
                key_file,
                checkpoint_every: DEFAULT_CHECKPOINT_EVERY,
            },
            interval: DEFAULT_CHECKPOINT_INTERVAL,
            fsync: false,
            retention: None,
        }
    }

    /// The private key's file, taken from the directory that is current now.
    #[must_use]
    pub fn with_key_file(mut self, path: impl AsRef<Path>) -> SealedOptions {
        let path = path.as_ref();
        self.seal.key_file = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self
    }

    /// The private key's file.
    pub fn key_file(&self) -> &Path {
        &self.seal.key_file
    }

    /// How many records stand between two signatures at most;
    /// [`DEFAULT_CHECKPOINT_EVERY`] unless set.
    #[must_use]
    pub fn checkpoint_every(mut self, records: u64) -> SealedOptions {
        self.seal.checkpoint_every = records.max(1);
        self
    }

    /// How long a record waits for a signature at most; [`DEFAULT_CHECKPOINT_INTERVAL`] unless set.
    #[must_use]
    pub fn checkpoint_interval(mut self, interval: Duration) -> SealedOptions {
        self.interval = interval;
        self
    }

    /// Brings each record to the disk before the call returns. Off by default: a record then
    /// survives the process, but not a loss of power.
    #[must_use]
    pub fn fsync(mut self, fsync: bool) -> SealedOptions {
        self.fsync = fsync;
        self
    }

    /// How long rotated files are kept; none, the default, keeps all of them.
    #[must_use]
    pub fn retention(mut self, keep: impl Into<Option<Duration>>) -> SealedOptions {
        self.retention = keep.into();
        self
    }
}

/// A sealed file that lines are appended to. The [module](self) says what is promised.
#[derive(Debug)]
pub struct SealedFile {
    options: Arc<SealedOptions>,
    writer: &'static Writer,
    stats: DestinationStats,
    is_retired: std::sync::atomic::AtomicBool,
}

impl SealedFile {
    /// A destination for the options' path. Opens and creates nothing.
    pub fn new(options: SealedOptions) -> SealedFile {
        let writer = registry::writer(&options.file.path);
        writer.attach();
        SealedFile {
            options: Arc::new(options),
            writer,
            stats: DestinationStats::default(),
            is_retired: false.into(),
        }
    }

    /// Opens the file now, rather than at the first line.
    ///
    /// # Errors
    /// Neither the file nor one beside it can be opened, or there is no key.
    pub fn open(&self) -> io::Result<()> {
        self.writer
            .with(|inner| inner.open(&self.options, crate::sys::now()))
    }
}

impl Destination for SealedFile {
    #[inline]
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let deliver = || {
            self.writer
                .with(|inner| inner.deliver(&self.options, line, meta.unix_ns))
        };
        // A disk is waited for; the kernel's memory is not.
        if self.options.fsync {
            waits::run(deliver)
        } else {
            deliver()
        }?;
        self.stats.delivered(meta.level, line.len());
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        waits::run(|| self.writer.with(writer::Inner::sync))
    }

    fn retire(&self) -> io::Result<()> {
        if self
            .is_retired
            .swap(true, std::sync::atomic::Ordering::Relaxed)
        {
            return Ok(());
        }
        self.writer.detach()
    }

    fn reopen(&self) -> io::Result<()> {
        self.writer.with(writer::Inner::look_at_the_next);
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

impl Drop for SealedFile {
    fn drop(&mut self) {
        if let Err(error) = self.retire() {
            let path = self.options.file.path.to_string_lossy();
            crate::diagnostics::report(crate::diagnostics::ErrorKind::Write, &path, &error);
        }
    }
}
