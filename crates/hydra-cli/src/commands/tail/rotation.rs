//! Which files came after one that was rotated away.
//!
//! Loggers, ours too, rename `app.log` to `app.log.1`, that to `app.log.2` and so on, the oldest
//! first. While names are walked from the youngest on, files only move in the walk's own direction:
//! none is missed, at worst one is met twice; a gap of one name is a rotation that is under way.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::open::{Open, id};

/// How many files are opened at most on the way to the one that was read last.
const FARTHEST: usize = 256;

/// The name of the n-th rotated file, the log itself for 0.
pub(super) fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(format!(".{number}"));
    path.with_file_name(name)
}

/// What the files are to have come after.
#[derive(Clone, Copy)]
pub(super) enum After<'a> {
    /// A file that was read.
    File(&'a Open),
    /// A time at which there was no log of that name.
    Time(SystemTime),
}

impl After<'_> {
    fn is(&self, metadata: &Metadata) -> bool {
        matches!(self, After::File(open) if open.id == id(metadata))
    }

    /// The time before which a file is an older one, where nothing else tells.
    fn time(&self) -> io::Result<Option<SystemTime>> {
        match self {
            After::File(open) => {
                let metadata = open.metadata()?;
                Ok(if is_removed(&metadata) {
                    Some(metadata.modified()?)
                } else {
                    None
                })
            }
            // The clock of files may be a tick behind.
            After::Time(time) => Ok(Some(*time - Duration::from_millis(20))),
        }
    }
}

/// The files that came after one, the oldest first; the last one is the log of now. None while
/// there is no log of that name.
///
/// Where the file has been removed, those count that were written after it; where it was moved to
/// a name that is no rotation's, only the log of now does.
pub(super) fn successors(path: &Path, after: After<'_>) -> io::Result<Vec<File>> {
    let time = after.time()?;
    let mut ids = Vec::new();
    let mut found: Vec<File> = Vec::new();
    let mut misses = 0;
    let mut is_complete = time.is_some();
    for number in 0..FARTHEST {
        let Some(file) = existing(&numbered(path, number))? else {
            misses += 1;
            if number == 0 || misses > 1 {
                break;
            }
            continue;
        };
        misses = 0;
        let metadata = file.metadata()?;
        if after.is(&metadata) {
            is_complete = true;
            break;
        }
        let modified = metadata.modified()?;
        if number > 0 && time.is_some_and(|time| modified < time) {
            break;
        }
        let id = id(&metadata);
        if !ids.contains(&id) {
            ids.push(id);
            found.push(file);
        }
    }
    if !is_complete {
        found.truncate(1);
    }
    found.reverse();
    Ok(found)
}

/// The copies that were made of a log before it was truncated, the oldest first: the one that
/// `own`, read so far, is continued in, and those that were made after it.
pub(super) fn copies(path: &Path, own: &Open) -> io::Result<Vec<Open>> {
    let mut found = Vec::new();
    for number in 1..FARTHEST {
        let Some(mut file) = existing(&numbered(path, number))? else {
            break;
        };
        let place = own.place_in(&mut file)?;
        found.push((file, place.unwrap_or(0)));
        if place.is_some() {
            let opened = found.into_iter().rev();
            return opened.map(|(file, place)| Open::new(file, place)).collect();
        }
    }
    // None of them is a copy of what was read.
    Ok(Vec::new())
}

fn existing(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        file => file.map(Some),
    }
}

#[cfg(unix)]
fn is_removed(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.nlink() == 0
}

#[cfg(not(unix))]
fn is_removed(_: &Metadata) -> bool {
    false
}
