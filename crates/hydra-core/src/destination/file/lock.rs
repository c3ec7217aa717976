//! The lock under which log files are made, renamed and removed: a file beside the log,
//! `.app.log.lock` for `app.log`, that is never removed and never written to.
//!
//! It is opened anew each time, so that it keeps out other threads and other destinations of this
//! process as well as other processes, and no forked child inherits it for longer than it is held.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys;

/// Who holds the lock needs it for about a millisecond. One that was stopped in the middle must not
/// stop everybody else: after this long we go on without what needs the lock.
const PATIENCE: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct RotationLock(File);

impl RotationLock {
    pub(super) fn acquire(log: &Path, mode: u32) -> io::Result<RotationLock> {
        let path = path_of(log);
        let file = open(&path, mode)?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(RotationLock(file)),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() >= give_up => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        format!(
                            "another process has held the rotation lock {} for {PATIENCE:?}",
                            path.display()
                        ),
                    ));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(100)),
            }
        }
    }
}

impl Drop for RotationLock {
    fn drop(&mut self) {
        // Closing lets go too, but not while a forked child holds a copy of the descriptor. A
        // failure leaves it to that.
        let _ = self.0.unlock();
    }
}

fn path_of(log: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(log.file_name().unwrap_or_default());
    name.push(".lock");
    log.with_file_name(name)
}

fn open(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    sys::set_mode(&mut options, mode);
    match options.open(path) {
        // Another user's, which a reader may lock too.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            File::open(path).map_err(|_| error)
        }
        opened => opened,
    }
}
