//! Unix: identity by device and inode, whole-file locks by flock(2), hooks of the C library.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::thread;
use std::time::Duration;

/// Which file it is, whatever its name: while somebody holds it open, no other file has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

/// The identity of the file that `metadata` describes.
pub(crate) fn file_id(metadata: &Metadata) -> FileId {
    FileId {
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

/// Whether the file still has a name in some directory: what is written to one without is lost.
pub(crate) fn has_name(metadata: &Metadata) -> bool {
    metadata.nlink() > 0
}

/// Seconds since 1970 at which the file's name, mode or contents last changed.
pub(crate) fn changed_at(metadata: &Metadata) -> i64 {
    metadata.ctime().max(metadata.mtime())
}

/// The permissions that a file created through `options` gets, less the process's umask.
pub(crate) fn set_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode);
}

/// Takes the exclusive lock on `file` if nobody else holds any; its shared lock is gone either way.
pub(crate) fn try_exclusive(file: &File) -> bool {
    file.try_lock().is_ok()
}

/// Takes the shared lock on `file`.
///
/// Those of us who hold the exclusive one let go within microseconds; a program that we do not
/// know may hold it for as long as it likes, and then we go on without rather than hang.
pub(crate) fn share(file: &File) {
    for _ in 0..100 {
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
            Ok(()) | Err(TryLockError::Error(_)) => return,
        }
    }
}

/// Fills `bytes` from the position `at`.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(bytes, at)
}

/// Writes `bytes` over what stands at `at`, in a file opened for appending. Nobody else may be
/// writing through this open file: for the moment it does not append.
pub(crate) fn overwrite_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    set_append(file, false)?;
    let written = file.write_all_at(bytes, at);
    set_append(file, true)?;
    written
}

fn set_append(file: &File, append: bool) -> io::Result<()> {
    let fd = file.as_raw_fd();
    // SAFETY: F_GETFL and F_SETFL take and return plain integers; `file` keeps `fd` open.
    let result = unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        let changed = if append {
            flags | libc::O_APPEND
        } else {
            flags & !libc::O_APPEND
        };
        if flags == -1 {
            flags
        } else {
            libc::fcntl(fd, libc::F_SETFL, changed)
        }
    };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Runs `hook` when the process exits in order: a return from `main`, or `std::process::exit`.
pub(crate) fn at_exit(hook: extern "C" fn()) {
    // SAFETY: `hook` is a plain function that lives as long as the program. It does not unwind:
    // an `extern "C" fn` of Rust aborts instead. A refusal (no memory) leaves the hook out.
    unsafe { libc::atexit(hook) };
}

/// Runs `prepare` before each fork(2), on the thread that forks, and afterwards `parent` in the
/// parent and `child` in the child.
pub(crate) fn around_fork(
    prepare: extern "C" fn(),
    parent: extern "C" fn(),
    child: extern "C" fn(),
) {
    // SAFETY: the three are plain functions that live as long as the program and do not unwind.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
}

/// Runs `hook` in each child of fork(2), after it; whether the system agreed to.
pub(crate) fn in_forked_children(hook: extern "C" fn()) -> bool {
    // SAFETY: a plain function that lives as long as the program and does not unwind.
    unsafe { libc::pthread_atfork(None, None, Some(hook)) == 0 }
}

/// The time, in nanoseconds since 1970-01-01 UTC: what `SystemTime::now` asks, too, without its way
/// over 128 bits (60 instructions less on the way of each record).
#[inline]
pub(crate) fn now() -> i64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of this function, which the call fills. The clock is one
    // that every system has; if it failed all the same, the time would be 1970.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time) };
    time.tv_sec
        .saturating_mul(1_000_000_000)
        .saturating_add(time.tv_nsec)
}

/// The machine's name, as the system has it now.
pub(crate) fn host_name() -> Option<String> {
    let mut name = [0u8; 256];
    // SAFETY: the pointer is to `name.len() - 1` writable bytes; the last byte stays zero.
    let failed = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } != 0;
    let end = name.iter().position(|byte| *byte == 0)?;
    (!failed && end > 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
}

/// One of the process's streams.
pub(crate) struct Stream(libc::c_int);

/// Standard output.
pub(crate) const STDOUT: Stream = Stream(libc::STDOUT_FILENO);
/// Standard error.
pub(crate) const STDERR: Stream = Stream(libc::STDERR_FILENO);

impl Stream {
    /// One write(2).
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the pointer is to `bytes.len()` readable bytes. The descriptor may be closed or
        // be another file by now: that is an error, or what the application wants of its stdout.
        let written = unsafe { libc::write(self.0, bytes.as_ptr().cast(), bytes.len()) };
        usize::try_from(written).map_err(|_| io::Error::last_os_error())
    }

    /// Waits until a write may go on. An error here shows itself in that write.
    pub(crate) fn wait(&self) {
        let mut poll = libc::pollfd {
            fd: self.0,
            events: libc::POLLOUT,
            revents: 0,
        };
        // SAFETY: the pointer is to one `pollfd`, and that is the number given.
        unsafe { libc::poll(&raw mut poll, 1, -1) };
    }
}
