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
use crate::engine::lock;

/// Behind the name of a file that nobody reads any more.
const DAMAGED: &str = ".damaged";

/// Behind the name of one that is being made.
const UNFINISHED: &str = ".new";

/// A file that a dead process has left.
pub(super) enum Found {
    Sound(SpoolFile),
    Damaged(Salvaged),
}

/// Takes over the files with lines for a destination whose owners are dead.
pub(super) fn adopt(directory: &Path, identity: &str) -> Vec<Found> {
    let paths = left_behind(directory);
    if paths.is_empty() {
        return Vec::new();
    }
    let Ok(_alone) = Alone::take(directory) else {
        return Vec::new();
    };
    let found = paths.into_iter();
    found.filter_map(|path| look_into(path, identity)).collect()
}

/// The files of a directory.
fn left_behind(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let is_spool = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let is_database = path.extension().is_some_and(|ending| ending == "db");
        is_database && name.is_some_and(|name| name.starts_with("spool-"))
    };
    paths.filter(is_spool).collect()
}

/// When the first line of a file was written, in nanoseconds since 1970, as its name says.
pub(super) fn born(path: &Path) -> i64 {
    let name = path.file_name().and_then(|name| name.to_str());
    let time = name.and_then(|name| name.split('-').nth(1));
    time.and_then(|time| time.parse().ok()).unwrap_or_default()
}

fn look_into(path: PathBuf, identity: &str) -> Option<Found> {
    let file = match SpoolFile::open(path.clone()) {
        Ok(file) => file,
        Err(FileError::Damaged(_)) => {
            return Some(Found::Damaged(salvage(path, None, &HashMap::new())));
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
            let is_mine = identities.iter().any(|(other, _)| other == identity);
            is_mine.then_some(Found::Sound(file))
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
