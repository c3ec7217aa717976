//! Rotated files: `app.log.1` is the youngest, each rotation makes it `.2`, and so on; compressed
//! ones end in `.gz`. Everything here happens under the rotation lock.
//!
//! The chain is renamed from its old end on, up to its first gap, so that a process killed in the
//! middle leaves a gap, which the next rotation fills, and never two files for one name.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::sys;

use super::options::FileOptions;

/// A writer looks at the path at least this often before it writes (records are stamped once a
/// second), so that it has long left a file renamed earlier, though it may still hold it open.
const LEFT_AFTER: i64 = 60;

/// One rotated file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Backup {
    pub(super) number: usize,
    pub(super) gzip: bool,
    pub(super) path: PathBuf,
}

/// The name of backup `number` of `log`.
pub(super) fn path_of(log: &Path, number: usize, gzip: bool) -> PathBuf {
    let mut name = OsString::from(log.file_name().unwrap_or_default());
    name.push(format!(".{number}{}", if gzip { ".gz" } else { "" }));
    log.with_file_name(name)
}

/// All backups of `log`, the youngest first.
pub(super) fn list(log: &Path) -> io::Result<Vec<Backup>> {
    let directory = log.parent().unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if let Some((number, gzip)) = number_of(log, &path) {
            found.push(Backup { number, gzip, path });
        }
    }
    found.sort();
    Ok(found)
}

fn number_of(log: &Path, path: &Path) -> Option<(usize, bool)> {
    let name = path.file_name()?.as_encoded_bytes();
    let rest = name
        .strip_prefix(log.file_name()?.as_encoded_bytes())?
        .strip_prefix(b".")?;
    let (digits, gzip) = match rest.strip_suffix(b".gz") {
        Some(digits) => (digits, true),
        None => (rest, false),
    };
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    // `.01` and `.+1` are somebody else's names.
    let ours = path_of(log, number, gzip);
    (number > 0 && ours.file_name() == path.file_name()).then_some((number, gzip))
}

/// Makes `log` its backup 1, and each backup the next.
pub(super) fn shift(log: &Path) -> io::Result<()> {
    let found = list(log)?;
    let mut gap = 1;
    for backup in &found {
        gap += usize::from(backup.number == gap);
    }
    for backup in found.iter().rev().filter(|backup| backup.number < gap) {
        fs::rename(&backup.path, path_of(log, backup.number + 1, backup.gzip))?;
    }
    fs::rename(log, path_of(log, 1, false))
}

/// Removes the backups that the options do not keep, and those that stand there compressed too
/// (their compressor was killed between its last two steps).
pub(super) fn prune(options: &FileOptions) -> io::Result<()> {
    let found = list(&options.path)?;
    let mut result = Ok(());
    for (position, backup) in found.iter().enumerate() {
        let twin = found
            .get(position + 1)
            .is_some_and(|next| next.number == backup.number);
        let beyond = options
            .backup_count
            .is_some_and(|count| backup.number > count);
        let old = options
            .max_age
            .is_some_and(|age| is_older(&backup.path, age));
        if (twin || beyond || old) && is_left(&backup.path) {
            match fs::remove_file(&backup.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let message = format!("{} cannot be removed: {error}", backup.path.display());
                    result = Err(io::Error::new(error.kind(), message));
                }
                _ => {}
            }
        }
    }
    result
}

fn is_older(path: &Path, age: Duration) -> bool {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|written| {
            // A time in the future is not old.
            SystemTime::now()
                .duration_since(written)
                .is_ok_and(|passed| passed > age)
        })
}

/// Whether nobody writes to the file any more: no writer of ours holds it open (each holds a
/// shared lock on its file), or it has not changed for a minute.
pub(super) fn is_left(path: &Path) -> bool {
    if path.extension() == Some(OsStr::new("gz")) {
        return true;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    sys::try_exclusive(&file) || file.metadata().is_ok_and(|metadata| is_still(&metadata))
}

fn is_still(metadata: &fs::Metadata) -> bool {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64);
    now.saturating_sub(sys::changed_at(metadata)) > LEFT_AFTER
}
