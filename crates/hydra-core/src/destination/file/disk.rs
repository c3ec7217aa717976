//! Bringing a file to its disk: what survives a loss of power.
//!
//! A failed sync is not tried again for the same bytes, since the system may say that all is well of
//! what it has thrown away: whoever asked for it delivers them again. Nor does anything come to the block
//! in which they end: ext4 has forgotten by then that a block which could not be written is new, and what
//! it writes there later, and syncs, is read as zeros after a restart.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

use super::open::OpenFile;

/// What of a path's files has still to be synced.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// Whether somebody syncs: then a file is synced before it is left for another one.
    is_asked: AtomicBool,
    /// A file was opened, and perhaps made, since its directory was synced.
    has_new_name: AtomicBool,
    /// A file that was left could not be synced.
    has_failed: AtomicBool,
    /// The block in which a failed sync ended could not be left either.
    is_in_bad_block: AtomicBool,
}

/// No usual block is larger.
const BLOCK: u64 = 4096;

impl Disk {
    /// From now on files are synced before they are left.
    pub(super) fn ask(&self) {
        self.is_asked.store(true, Release);
    }

    /// A file takes the place of this one.
    pub(super) fn leave(&self, left: Option<&OpenFile>) {
        self.has_new_name.store(true, Release);
        if let Some(left) = left.filter(|left| left.regular && self.is_asked.load(Acquire))
            && left.file.sync_data().is_err()
        {
            self.has_failed.store(true, Release);
        }
    }

    /// Syncs the open file, if there is one, and its name.
    pub(super) fn sync(&self, path: &Path, open: Option<&File>) -> io::Result<()> {
        let synced = open.map_or(Ok(()), |file| self.sync_file(file));
        if self.has_new_name.swap(false, AcqRel)
            && let Err(error) = sync_directory_of(path)
        {
            self.has_new_name.store(true, Relaxed);
            return Err(error);
        }
        if self.has_failed.swap(false, AcqRel) {
            return Err(io::Error::other(
                "a file that was rotated away could not be synced",
            ));
        }
        synced
    }
}

impl Disk {
    fn sync_file(&self, file: &File) -> io::Result<()> {
        if self.is_in_bad_block.load(Relaxed) {
            leave_block(file)?;
            self.is_in_bad_block.store(false, Relaxed);
            return Err(io::Error::other("a sync before it has failed"));
        }
        let synced = file.sync_data();
        if synced.is_err() {
            let is_left = leave_block(file).is_ok();
            self.is_in_bad_block.store(!is_left, Relaxed);
        }
        synced
    }
}

/// Goes on in the next block of a file that is appended to, on a line of its own should this one be zeros.
fn leave_block(mut file: &File) -> io::Result<()> {
    let length = file.metadata()?.len();
    let rest = length.next_multiple_of(BLOCK) - length;
    let mut padding = vec![b' '; rest as usize];
    padding.push(b'\n');
    file.write_all(&padding)
}

/// Brings the names in a file's directory to the disk, and that of the directory itself, which may be
/// new as well.
///
/// # Errors
/// The directory of the file cannot be opened or synced. Those above it need not let us.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let Some(directory) = path.parent() else {
        return Ok(());
    };
    crate::state_dir::sync(directory)
}
