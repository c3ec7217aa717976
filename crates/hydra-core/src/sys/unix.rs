//! Unix: identity by device and inode, whole-file locks by flock(2), hooks of the C library.

use std::ffi::CString;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Which file it is, whatever its name: while somebody holds it open, no other file has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// The identity of the file that `metadata` describes.
pub(crate) fn file_id(metadata: &Metadata) -> FileId {
    FileId {
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}

/// Whether it is this file, by its numbers.
pub(crate) fn is_file(metadata: &Metadata, device: u64, inode: u64) -> bool {
    metadata.dev() == device && metadata.ino() == inode
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

/// The turn of who appends to a file and must know where: held over the look at its length and the
/// write. It is the open file's (of Linux), so that neither another open file of this process nor a
/// child of a fork takes it for its own; programs that do not ask for one are not held back.
pub(crate) struct AppendTurn<'f>(&'f File);

impl AppendTurn<'_> {
    /// Waits for it, unless the system has no such locks.
    pub(crate) fn take(file: &File) -> AppendTurn<'_> {
        end_lock(file, libc::F_WRLCK);
        AppendTurn(file)
    }
}

impl Drop for AppendTurn<'_> {
    fn drop(&mut self) {
        end_lock(self.0, libc::F_UNLCK);
    }
}

/// Locks, or lets go, a byte that no file has.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn end_lock(file: &File, kind: libc::c_int) {
    // SAFETY: all zeroes is a value of this plain structure.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as libc::c_short;
    lock.l_whence = libc::SEEK_SET as libc::c_short;
    lock.l_start = libc::off_t::MAX - 1;
    lock.l_len = 1;
    // SAFETY: the descriptor is open and the structure lives as long as the call. Where it fails,
    // there is no such lock, and what it keeps apart may meet.
    while unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLKW, &raw mut lock) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn end_lock(_: &File, _: libc::c_int) {}

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

/// Whether this is a pipe with a name: to open it waits for somebody who reads.
pub(crate) fn is_fifo(metadata: &Metadata) -> bool {
    metadata.file_type().is_fifo()
}

/// Opens a pipe for writing. Unlike the standard library it does not wait on when a signal comes.
pub(crate) fn open_fifo(path: &Path) -> io::Result<File> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path ends in a zero byte and lives until the call returns.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC) };
    if fd == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was opened here, and is nobody else's.
    Ok(File::from(unsafe { OwnedFd::from_raw_fd(fd) }))
}

/// Whether writing to the file may wait for somebody else: all but a regular file of a file system
/// on this machine.
pub(crate) fn may_wait(file: &File, metadata: &Metadata) -> bool {
    !metadata.is_file() || is_remote(file)
}

/// File systems that ask another machine, or another process.
#[cfg(target_os = "linux")]
pub(crate) fn is_remote(file: &File) -> bool {
    is_remote_descriptor(file.as_raw_fd())
}

#[cfg(target_os = "linux")]
fn is_remote_descriptor(fd: libc::c_int) -> bool {
    const REMOTE: [u32; 14] = [
        0x6969,      // NFS
        0x517B,      // SMB
        0xFE53_4D42, // SMB2
        0xFF53_4D42, // CIFS
        0x6573_5546, // FUSE
        0x00C3_6400, // Ceph
        0x5346_414F, // AFS
        0x6B41_4653, // AFS of the kernel
        0x7375_7245, // Coda
        0x0102_1997, // 9P
        0x0BD0_0BD0, // Lustre
        0x4750_4653, // GPFS
        0x7461_636F, // OCFS2
        0x786F_4256, // VirtualBox's shared folders
    ];
    let mut found = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the pointer is to a place for one `statfs`, which is read only if the call has
    // filled it.
    unsafe {
        libc::fstatfs(fd, found.as_mut_ptr()) != 0
            || REMOTE.contains(&(found.assume_init().f_type as u32))
    }
}

/// Elsewhere the kind of a file system is not asked for.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_remote(_: &File) -> bool {
    false
}

/// Runs `hook` when the process exits in order: a return from `main`, or `std::process::exit`.
pub(crate) fn at_exit(hook: extern "C" fn()) {
    // SAFETY: `hook` is a plain function that lives as long as the program. It does not unwind:
    // an `extern "C" fn` of Rust aborts instead. A refusal (no memory) leaves the hook out.
    unsafe { libc::atexit(hook) };
}

/// Runs `prepare` before each fork(2), on the thread that forks, and afterwards `parent` in the
/// parent and `child` in the child; whether the system agreed to.
pub(crate) fn around_fork(
    prepare: extern "C" fn(),
    parent: extern "C" fn(),
    child: extern "C" fn(),
) -> bool {
    // SAFETY: the three are plain functions that live as long as the program and do not unwind.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) == 0 }
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

/// Nanoseconds since some moment before the program began, by a clock that never jumps.
pub(crate) fn monotonic() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: as in `now`.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    (time.tv_sec as u64)
        .wrapping_mul(1_000_000_000)
        .wrapping_add(time.tv_nsec as u64)
}

/// The number of the user that the process runs as.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub(crate) fn user() -> Option<u32> {
    // SAFETY: the call takes nothing, cannot fail, and touches no memory of ours.
    Some(unsafe { libc::getuid() })
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

    /// One write that does not wait for anybody, or `None` where that cannot be had: what may be
    /// written at this moment is all, a part, or nothing.
    #[cfg(target_os = "linux")]
    pub(crate) fn write_now(&self, bytes: &[u8]) -> Option<io::Result<usize>> {
        let part = libc::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len(),
        };
        // SAFETY: the pointer is to one `iovec`, whose pointer is to `bytes.len()` readable bytes,
        // and a write does not change them. An offset of -1 is the file's own position.
        let written = unsafe { libc::pwritev2(self.0, &raw const part, 1, -1, libc::RWF_NOWAIT) };
        if let Ok(written) = usize::try_from(written) {
            return Some(Ok(written));
        }
        match io::Error::last_os_error().raw_os_error() {
            // A terminal cannot say; nor can most file systems, but on this machine they are quick.
            Some(libc::EOPNOTSUPP) if self.is_local_file() => Some(self.write(bytes)),
            _ => None,
        }
    }

    /// Elsewhere there is no such write.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn write_now(&self, _bytes: &[u8]) -> Option<io::Result<usize>> {
        None
    }

    #[cfg(target_os = "linux")]
    fn is_local_file(&self) -> bool {
        let mut found = std::mem::MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the pointer is to a place for one `stat`, which is read only if the call has
        // filled it.
        let is_file = unsafe {
            libc::fstat(self.0, found.as_mut_ptr()) == 0
                && found.assume_init().st_mode & libc::S_IFMT == libc::S_IFREG
        };
        is_file && !is_remote_descriptor(self.0)
    }

    /// Waits until a write may go on, or until a signal comes. Another error shows itself in that
    /// write.
    pub(crate) fn wait(&self) -> io::Result<()> {
        let mut poll = libc::pollfd {
            fd: self.0,
            events: libc::POLLOUT,
            revents: 0,
        };
        // SAFETY: the pointer is to one `pollfd`, and that is the number given.
        let result = unsafe { libc::poll(&raw mut poll, 1, -1) };
        match io::Error::last_os_error() {
            error if result == -1 && error.kind() == io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }
}
