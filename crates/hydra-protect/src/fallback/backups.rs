//! What a file was before.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::FallbackError;
use super::atomic::{AtomicWriter, Folder, name_starts, names};

/// Keeps the last versions of a file beside it: `state.json.bak.1`, `state.json.bak.2` and so on,
/// the highest number the newest.
///
/// ```
/// use hydra_protect::fallback::{AtomicWriter, BackupManager};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("state.json");
/// let backups = BackupManager::new(2);
/// let writer = AtomicWriter::new().with_backups(backups.clone());
/// for n in 1..=4 {
///     writer.write(&path, format!("{n}").as_bytes())?;
/// }
/// assert_eq!(backups.list(&path).len(), 2);
/// assert!(backups.restore(&path)?);
/// assert_eq!(std::fs::read(&path)?, b"3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BackupManager {
    keep: usize,
}

impl BackupManager {
    /// How many backups are kept where nothing is said.
    pub const DEFAULT_KEEP: usize = 5;

    /// Keeps so many versions of each file, at least one.
    pub fn new(keep: usize) -> BackupManager {
        BackupManager { keep: keep.max(1) }
    }

    /// The backups of a file, the newest first.
    pub fn list(&self, path: &Path) -> Vec<PathBuf> {
        let mut numbered = numbered(path);
        numbered.sort_unstable_by(|a, b| b.cmp(a));
        numbered.into_iter().map(|(_, path)| path).collect()
    }

    /// Keeps what a file holds now. Returns where; `None` if there is no such file.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn backup(&self, path: &Path) -> Result<Option<PathBuf>, FallbackError> {
        let folder = Folder::lock(path)?;
        let kept = self.copy_old(path)?;
        folder.sync()?;
        Ok(kept)
    }

    /// Puts the newest backup in the file's place; false if there is none.
    ///
    /// # Errors
    /// What the system refuses; then the file is what it was.
    pub fn restore(&self, path: &Path) -> Result<bool, FallbackError> {
        let Some(newest) = self.list(path).into_iter().next() else {
            return Ok(false);
        };
        let contents = fs::read(&newest).map_err(FallbackError::io("read", &newest))?;
        AtomicWriter::new().write(path, &contents)?;
        Ok(true)
    }

    /// Keeps the old file under another name, without copying it: it is about to be replaced, not
    /// changed. The folder is locked.
    pub(super) fn keep_old(&self, path: &Path) -> Result<(), FallbackError> {
        if !path.exists() {
            return Ok(());
        }
        let next = next(path);
        if fs::hard_link(path, &next).is_err() {
            // A file system without hard links.
            self.copy_old(path)?;
        }
        self.remove_oldest(path);
        Ok(())
    }

    fn copy_old(&self, path: &Path) -> Result<Option<PathBuf>, FallbackError> {
        if !path.exists() {
            return Ok(None);
        }
        let next = next(path);
        fs::copy(path, &next).map_err(FallbackError::io("copy to", &next))?;
        let synced = fs::File::open(&next).and_then(|file| file.sync_all());
        synced.map_err(FallbackError::io("sync", &next))?;
        self.remove_oldest(path);
        Ok(Some(next))
    }

    fn remove_oldest(&self, path: &Path) {
        for old in self.list(path).into_iter().skip(self.keep) {
            // One too many is no reason to fail.
            let _ = fs::remove_file(old);
        }
    }
}

impl Default for BackupManager {
    fn default() -> BackupManager {
        BackupManager::new(BackupManager::DEFAULT_KEEP)
    }
}

/// `NAME.bak.`
fn start(path: &Path) -> OsString {
    let mut start = path.file_name().unwrap_or_default().to_owned();
    start.push(".bak.");
    start
}

fn numbered(path: &Path) -> Vec<(u64, PathBuf)> {
    let start = start(path);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let names = names(folder.unwrap_or(Path::new(".")));
    let number = |name: OsString| {
        let digits = name.as_encoded_bytes().get(start.len()..)?;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        name_starts(&name, &start).then(|| (number, path.with_file_name(name)))
    };
    names.into_iter().filter_map(number).collect()
}

fn next(path: &Path) -> PathBuf {
    let last = numbered(path).into_iter().map(|(number, _)| number).max();
    let mut name = start(path);
    name.push(last.unwrap_or(0).saturating_add(1).to_string());
    path.with_file_name(name)
}
