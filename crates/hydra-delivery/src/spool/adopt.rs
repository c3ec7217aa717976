//! What dead processes have left in the directory.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use hydra_core::state_dir;
use rustix::fs::{FlockOperation, fcntl_lock};

use super::file::{self, FileError, SpoolFile};
use super::log;
use super::salvage::{Salvaged, salvage};
use crate::boot;
use crate::lock::lock;

/// Behind the name of a file that nobody reads any more.
const DAMAGED: &str = ".damaged";

/// Behind the name of one that is being made.
const UNFINISHED: &str = ".new";
const UNFINISHED_DATABASE: &str = ".db.new";

/// A file that a dead process has left.
pub(super) enum Found {
    Sound(SpoolFile),
    Damaged(Salvaged),
}

/// Takes over the files with lines for a destination whose owners are dead.
pub(super) fn adopt(directory: &Path, identity: &str) -> Vec<Found> {
    let found = look_into_each(directory, Some(identity));
    let found = found.unwrap_or_default().into_iter();
    found.map(|(_, found)| found).collect()
}

/// Takes over every file whose owner is dead, the oldest first.
pub(super) fn adopt_all(directory: &Path) -> io::Result<Vec<(PathBuf, Found)>> {
    look_into_each(directory, None)
}

fn look_into_each(directory: &Path, identity: Option<&str>) -> io::Result<Vec<(PathBuf, Found)>> {
    let (paths, unfinished) = left_behind(directory);
    if paths.is_empty() && unfinished.is_empty() {
        return Ok(Vec::new());
    }
    let _alone = Alone::take(directory)?;
    // Whoever was making them is dead: it would be alone here.
    for path in unfinished {
        let _ = fs::remove_file(path);
    }
    let found = paths.into_iter();
    let found = found.filter_map(|path| Some((path.clone(), look_into(path, identity)?)));
    Ok(found.collect())
}

/// The files of a directory, the oldest first, and those that were not finished.
fn left_behind(directory: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return Default::default();
    };
    let (mut paths, mut unfinished) = (Vec::new(), Vec::new());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with("spool-")) else {
            continue;
        };
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "db") {
            paths.push(path);
        } else if name.contains(UNFINISHED_DATABASE) {
            unfinished.push(path);
        }
    }
    paths.sort();
    (paths, unfinished)
}

/// When the first line of a file was written, in nanoseconds since 1970, as its name says.
pub(super) fn born(path: &Path) -> i64 {
    part_of_name(path, 1).unwrap_or_default()
}

/// The process that made it.
pub(super) fn pid(path: &Path) -> u32 {
    part_of_name(path, 3).unwrap_or_default()
}

fn part_of_name<T: std::str::FromStr>(path: &Path, at: usize) -> Option<T> {
    let name = path.file_name()?.to_str()?;
    name.split('-').nth(at)?.parse().ok()
}

/// Opens a file; none where it is not to be had, or has nothing for this destination.
fn look_into(path: PathBuf, identity: Option<&str>) -> Option<Found> {
    let file = match SpoolFile::open(path.clone()) {
        Ok(file) => file,
        Err(FileError::Damaged(_)) => {
            let salvaged = salvage(path, None, &HashMap::new(), HashMap::new());
            return Some(Found::Damaged(salvaged));
        }
        // Its owner lives, or it cannot be read now.
        Err(_) => return None,
    };
    match file.identities() {
        Ok(identities) if identities.is_empty() && log::examine(&path) == log::State::Sound => {
            drop(file);
            file::remove(&path);
            None
        }
        Ok(identities) => {
            let is_sound = file.is_sound().unwrap_or(false);
            if !is_sound {
                return Some(Found::Damaged(file.salvage()));
            }
            let is_mine = |identity| identities.iter().any(|(other, _)| other == identity);
            identity.is_none_or(is_mine).then_some(Found::Sound(file))
        }
        Err(_) => Some(Found::Damaged(file.salvage())),
    }
}

/// Gives a damaged file another name, which no spool looks at; where that fails it keeps its own.
pub(super) fn put_aside(path: &Path) -> PathBuf {
    for path in [path, &log::path_of(path)] {
        let _ = fs::rename(path, with(path, DAMAGED));
    }
    with(path, DAMAGED)
}

/// A new file of this process, with lines since a time. Nobody sees it before it is whole.
pub(super) fn create(directory: &Path, born: i64) -> io::Result<SpoolFile> {
    state_dir::make(Some(directory))?;
    super::check(directory)?;
    let _alone = Alone::take(directory)?;
    let path = new_path(directory, born);
    let unfinished = with(&path, UNFINISHED);
    file::remove(&unfinished);
    let made = file::make_private(&unfinished).and_then(|()| {
        SpoolFile::create(&unfinished)?;
        fs::rename(&unfinished, &path)?;
        Ok(SpoolFile::open(path)?)
    });
    file::remove(&unfinished);
    made
}

/// A path that is free. Names are in the order of their lines.
fn new_path(directory: &Path, born: i64) -> PathBuf {
    let mut number = 0;
    loop {
        let process = std::process::id();
        let name = format!("spool-{born:020}-{}-{process}-{number}.db", boot());
        let path = directory.join(name);
        if !path.exists() && !with(&path, DAMAGED).exists() {
            return path;
        }
        number += 1;
    }
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// The beginning of the boot's number, which has no dash.
fn boot() -> &'static str {
    boot::id().get(..8).unwrap_or("0")
}

/// One process at a time, and one of its threads, looks into what others have left: whoever finds a
/// file locked then knows that its owner lives. A lock of the process's own: a forked child does not
/// hold it. It goes when *any* descriptor of that file is closed, of which there is but one here.
struct Alone {
    _file: File,
    _thread: MutexGuard<'static, ()>,
}

impl Alone {
    fn take(directory: &Path) -> io::Result<Alone> {
        static THREAD: Mutex<()> = Mutex::new(());
        let thread = lock(&THREAD);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(directory.join("adopt.lock"))?;
        fcntl_lock(&file, FlockOperation::LockExclusive)?;
        Ok(Alone {
            _file: file,
            _thread: thread,
        })
    }
}
