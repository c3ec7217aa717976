//! Where a file lies.

use std::fs::File;

/// Whether a file, or a directory, lies in a file system that asks another machine or another
/// process: its locks, and what it says of a sync, are not to be relied on. `false` where the system
/// cannot be asked.
///
/// ```
/// let directory = std::fs::File::open(std::env::temp_dir())?;
/// let _may_be_lost = hydra_core::is_remote(&directory);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn is_remote(file: &File) -> bool {
    crate::sys::is_remote(file)
}
