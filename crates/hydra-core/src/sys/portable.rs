//! Any system: no identity, no locks on log files, no hooks.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Which file it is: unknown, so that a file counts as moved only when its path is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// The identity of the file that `metadata` describes.
pub(crate) fn file_id(_: &Metadata) -> FileId {
    FileId {
        device: 0,
        inode: 0,
    }
}

/// Whether it is this file, by its numbers: there are none.
pub(crate) fn is_file(_: &Metadata, _: u64, _: u64) -> bool {
    false
}

/// Whether the file still has a name in some directory.
pub(crate) fn has_name(_: &Metadata) -> bool {
    true
}

/// Seconds since 1970 at which the file last changed.
pub(crate) fn changed_at(metadata: &Metadata) -> i64 {
    metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_secs() as i64)
}

/// Permissions by number are Unix's.
pub(crate) fn set_mode(_: &mut OpenOptions, _mode: u32) {}

/// Never alone: whole-file locks would keep other writers out here, so none is taken.
pub(crate) fn try_exclusive(_: &File) -> bool {
    false
}

/// See [`try_exclusive`].
pub(crate) fn share(_: &File) {}

/// Not to be had without moving the position that other threads use.
pub(crate) fn read_at(_: &File, _bytes: &mut [u8], _at: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// See [`read_at`].
pub(crate) fn overwrite_at(_: &File, _bytes: &[u8], _at: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There are none that have a name among the files.
pub(crate) fn is_fifo(_: &Metadata) -> bool {
    false
}

/// See [`is_fifo`].
pub(crate) fn open_fifo(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether writing to the file may wait for somebody else: where its file system is, is not asked.
pub(crate) fn may_wait(_: &File, metadata: &Metadata) -> bool {
    !metadata.is_file()
}

/// Nothing says so.
pub(crate) fn is_remote(_: &File) -> bool {
    false
}

/// No hook: buffers are flushed when their destination is dropped or the logger closed.
pub(crate) fn at_exit(_: extern "C" fn()) {}

/// There is no fork after which anything could be stale.
pub(crate) fn around_fork(_: extern "C" fn(), _: extern "C" fn(), _: extern "C" fn()) -> bool {
    true
}

/// Nanoseconds since the first call, by a clock that never jumps.
pub(crate) fn monotonic() -> u64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(std::time::Instant::now);
    start.elapsed().as_nanos() as u64
}

/// The time, in nanoseconds since 1970-01-01 UTC.
pub(crate) fn now() -> i64 {
    crate::value::unix_nanoseconds(std::time::SystemTime::now())
}

/// The machine's name, as the environment has it.
pub(crate) fn host_name() -> Option<String> {
    let names = ["COMPUTERNAME", "HOSTNAME"];
    names.into_iter().find_map(|name| std::env::var(name).ok())
}

/// One of the process's streams, through the standard library, which translates for consoles that
/// are not made of bytes.
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// Standard output.
pub(crate) const STDOUT: Stream = Stream::Stdout;
/// Standard error.
pub(crate) const STDERR: Stream = Stream::Stderr;

impl Stream {
    /// Writes and flushes.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write(bytes)?;
                stdout.flush()?;
                Ok(written)
            }
            Stream::Stderr => io::stderr().lock().write(bytes),
        }
    }

    /// There is no write of which it is known that it does not wait.
    pub(crate) fn write_now(&self, _bytes: &[u8]) -> Option<io::Result<usize>> {
        None
    }

    /// Lets others run before the next attempt.
    pub(crate) fn wait(&self) -> io::Result<()> {
        std::thread::yield_now();
        Ok(())
    }
}

/// Users have no numbers.
pub(crate) fn user() -> Option<u32> {
    None
}

/// No lock of this kind.
pub(crate) struct AppendTurn;

impl AppendTurn {
    pub(crate) fn take(_: &std::fs::File) -> AppendTurn {
        AppendTurn
    }
}
