//! Contents that replace a file's at once.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{BackupManager, FallbackError};

/// Writes files whole.
///
/// The steps, each of which may be the last one: lock the folder, write a temporary file beside the
/// target, `fsync` it, keep the old file as a backup, rename, `fsync` the folder. A temporary file
/// that a killed process has left is removed by the next writer of the same file.
///
/// ```
/// use hydra_protect::fallback::AtomicWriter;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("state.json");
/// AtomicWriter::new().write(&path, b"{\"n\":1}")?;
/// assert_eq!(std::fs::read(&path)?, b"{\"n\":1}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct AtomicWriter {
    backups: Option<BackupManager>,
}

impl AtomicWriter {
    /// A writer that keeps nothing of the old file.
    pub fn new() -> AtomicWriter {
        AtomicWriter::default()
    }

    /// Keeps the old file as a backup.
    #[must_use]
    pub fn with_backups(mut self, backups: BackupManager) -> AtomicWriter {
        self.backups = Some(backups);
        self
    }

    /// Replaces the contents of a file. Folders on the way to it are made.
    ///
    /// # Errors
    /// What the system refuses; then the file is what it was.
    pub fn write(&self, path: &Path, contents: &[u8]) -> Result<(), FallbackError> {
        let folder = Folder::lock(path)?;
        folder.remove_left_over(path);
        let temporary = temporary(path);
        let written = self.write_through(path, &temporary, contents);
        if written.is_err() {
            // It may never have been made.
            let _ = fs::remove_file(&temporary);
        }
        written?;
        folder.sync()
    }

    fn write_through(
        &self,
        path: &Path,
        temporary: &Path,
        contents: &[u8],
    ) -> Result<(), FallbackError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(temporary);
        let mut file = file.map_err(FallbackError::io("create", temporary))?;
        if let Ok(old) = fs::metadata(path) {
            let set = file.set_permissions(old.permissions());
            set.map_err(FallbackError::io("set the permissions of", temporary))?;
        }
        let written = file.write_all(contents);
        written.map_err(FallbackError::io("write", temporary))?;
        file.sync_all()
            .map_err(FallbackError::io("sync", temporary))?;
        if let Some(backups) = &self.backups {
            backups.keep_old(path)?;
        }
        fs::rename(temporary, path).map_err(FallbackError::io("replace", path))
    }
}

/// The folder of a file, locked against other threads and processes for as long as it lives.
pub(super) struct Folder {
    path: PathBuf,
    handle: File,
}

impl Folder {
    pub(super) fn lock(path: &Path) -> Result<Folder, FallbackError> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(FallbackError::io("make the folder", folder))?;
        let handle = File::open(folder).map_err(FallbackError::io("open the folder", folder))?;
        handle
            .lock()
            .map_err(FallbackError::io("lock the folder", folder))?;
        Ok(Folder {
            path: folder.to_owned(),
            handle,
        })
    }

    pub(super) fn sync(&self) -> Result<(), FallbackError> {
        let synced = self.handle.sync_all();
        synced.map_err(FallbackError::io("sync the folder", &self.path))
    }

    /// Takes away what writers of that file have left who were killed: who holds the lock is alone.
    fn remove_left_over(&self, path: &Path) {
        let start = temporary_start(path);
        for name in names(&self.path) {
            if name_starts(&name, &start) && name.as_encoded_bytes().ends_with(b".tmp") {
                // What cannot be removed now is in nobody's way.
                let _ = fs::remove_file(self.path.join(name));
            }
        }
    }
}

/// The names in a folder; none where it cannot be read.
pub(super) fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.flatten().map(|entry| entry.file_name()).collect()
}

pub(super) fn name_starts(name: &OsStr, start: &OsStr) -> bool {
    name.as_encoded_bytes()
        .starts_with(start.as_encoded_bytes())
}

/// `.NAME.`
fn temporary_start(path: &Path) -> OsString {
    let mut start = OsString::from(".");
    start.push(path.file_name().unwrap_or_default());
    start.push(".");
    start
}

fn temporary(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = temporary_start(path);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    name.push(format!("{}-{number}.tmp", std::process::id()));
    path.with_file_name(name)
}
