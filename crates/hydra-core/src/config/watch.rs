//! Live reload: a callback with the new configuration when a file, or one that it includes, has
//! changed.
//!
//! A thread looks at the files twice a second: at their length, time of change and inode, so that a
//! file that an editor writes anew and renames into place is seen as well as one that is written in
//! place. A change is read when the files have not changed for one look, so that a file is not read
//! half written. A new configuration that is wrong is reported through
//! [`diagnostics`](crate::diagnostics), once, and the old one stays.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};
use std::{fmt, fs, io, thread};

use crate::config::error::ConfigError;
use crate::config::load::{Loaded, load_file};
use crate::diagnostics::{self, ErrorKind};
use crate::process;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// Calls `on_change` with the new configuration each time that the file at `path`, or one that it
/// includes, has changed and is right. It is not called for what the file is now: load it after the
/// watch has begun, and no change falls between the two.
///
/// The callback runs on the watching thread; its panics are reported and end nothing. The watch
/// ends when the returned value is dropped, which waits for a callback that runs.
///
/// # Errors
/// The thread cannot be started, or there is no working directory for a relative path.
///
/// ```no_run
/// use hydra_core::config::{Config, watch};
/// let watch = watch("hydra.yaml", |loaded| println!("{} layers", loaded.config.layers.len()))?;
/// let config = Config::from_file("hydra.yaml").unwrap();
/// // ... the program runs ...
/// drop(watch);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn watch(
    path: impl AsRef<Path>,
    mut on_change: impl FnMut(Loaded) + Send + 'static,
) -> io::Result<Watch> {
    // The program may change its working directory later.
    let mut watcher = Watcher::new(std::path::absolute(path)?);
    let (stop, stopped) = mpsc::channel::<()>();
    let thread = thread::Builder::new()
        .name("hydra-config-watch".to_owned())
        .spawn(move || {
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                match watcher.look() {
                    Some(Ok(loaded)) => {
                        let call = AssertUnwindSafe(|| on_change(loaded));
                        if catch_unwind(call).is_err() {
                            watcher.report(&"the callback for a change panicked");
                        }
                    }
                    Some(Err(error)) => watcher.report(&error),
                    None => {}
                }
            }
        })?;
    Ok(Watch {
        stop: Some(stop),
        thread: Some(thread),
        process: process::id(),
    })
}

/// A watch that runs until this is dropped, see [`watch`].
///
/// ```
/// let directory = std::env::temp_dir();
/// let watch = hydra_core::config::watch(directory.join("none.yaml"), |_| {})?;
/// drop(watch);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct Watch {
    /// Dropping it wakes the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Whose thread it is: a forked child has none to wait for.
    process: u32,
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        // Dropped by its own callback, it must not wait for itself.
        if thread.thread().id() != thread::current().id() && self.process == process::id() {
            // It catches what a callback does, and has no panic of its own.
            let _ = thread.join();
        }
    }
}

/// What tells one state of a file from another; `None`: it is not there.
type Stamp = Option<(u64, Option<SystemTime>, u64)>;

/// The state of the files, without the clock: each call of [`Watcher::look`] is one look.
struct Watcher {
    path: PathBuf,
    /// Every file that the last loading read or tried, with its state then.
    seen: Vec<(PathBuf, Stamp)>,
    /// The states at the last look, while a change is not settled.
    pending: Option<Vec<Stamp>>,
}

impl Watcher {
    fn new(path: PathBuf) -> Self {
        // The states are taken before the file is read: a change in between is seen later.
        let own = stamp(&path);
        let (files, _) = load(&path);
        let others = files.into_iter().filter(|file| *file != path);
        let mut seen = vec![(path.clone(), own)];
        seen.extend(others.map(|file| (file.clone(), stamp(&file))));
        Watcher {
            path,
            seen,
            pending: None,
        }
    }

    fn report(&self, message: &dyn fmt::Display) {
        let component = self.path.display().to_string();
        diagnostics::report(ErrorKind::Configuration, &component, message);
    }

    /// The result of loading anew, when a change has settled.
    fn look(&mut self) -> Option<Result<Loaded, ConfigError>> {
        let now: Vec<Stamp> = self.seen.iter().map(|(file, _)| stamp(file)).collect();
        if self.seen.iter().map(|(_, stamp)| stamp).eq(&now) {
            self.pending = None;
            return None;
        }
        if self.pending.as_ref() != Some(&now) {
            self.pending = Some(now);
            return None;
        }
        self.pending = None;
        let (files, result) = load(&self.path);
        let old = std::mem::take(&mut self.seen).into_iter().zip(now);
        self.seen = old.map(|((file, _), now)| (file, now)).collect();
        if result.is_ok() {
            // The others are included no more.
            self.seen.retain(|(file, _)| files.contains(file));
        }
        for file in files {
            if !self.seen.iter().any(|(seen, _)| *seen == file) {
                let stamp = stamp(&file);
                self.seen.push((file, stamp));
            }
        }
        Some(result)
    }
}

fn load(path: &Path) -> (Vec<PathBuf>, Result<Loaded, ConfigError>) {
    let result = load_file(path);
    let files = match &result {
        Ok(loaded) => loaded.files.clone(),
        Err(error) => error.files.clone(),
    };
    (files, result)
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok(), inode(&metadata)))
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    /// Two looks: the first sees the change, the second that it has settled.
    fn looks(watcher: &mut Watcher) -> Option<Result<Level, String>> {
        assert!(watcher.look().is_none(), "a change is not read at once");
        let result = watcher.look()?;
        let level = result.map(|loaded| loaded.config.default_level);
        Some(level.map_err(|error| error.to_string()))
    }

    /// Writes as editors do: beside the file, then renamed over it.
    fn replace(path: &Path, text: &str) {
        let beside = path.with_extension("new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, path).unwrap();
    }

    #[test]
    fn a_change_is_read_once_it_has_settled_whether_in_place_or_renamed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.yaml");
        fs::write(&path, "default_level: INFO").unwrap();
        let mut watcher = Watcher::new(path.clone());
        assert_eq!(looks(&mut watcher), None, "nothing has changed");
        replace(&path, "default_level: WARN");
        assert_eq!(looks(&mut watcher), Some(Ok(Level::Warning)));
        assert_eq!(looks(&mut watcher), None, "it is told once");
        fs::write(&path, "default_level: CRITICAL").unwrap();
        assert!(watcher.look().is_none());
        fs::write(&path, "default_level: DEBUG # more to come").unwrap();
        assert_eq!(
            looks(&mut watcher),
            Some(Ok(Level::Debug)),
            "still being written"
        );
    }

    #[test]
    fn included_files_are_watched_from_when_they_are_included() {
        let directory = tempfile::tempdir().unwrap();
        let (main, other) = (
            directory.path().join("a.yaml"),
            directory.path().join("b.yaml"),
        );
        fs::write(&main, "source: true").unwrap();
        fs::write(&other, "default_level: ERROR").unwrap();
        let mut watcher = Watcher::new(main.clone());
        fs::write(&other, "default_level: DEBUG").unwrap();
        assert_eq!(looks(&mut watcher), None);
        replace(&main, "include: b.yaml");
        assert_eq!(looks(&mut watcher), Some(Ok(Level::Debug)));
        replace(&other, "default_level: TRACE");
        assert_eq!(looks(&mut watcher), Some(Ok(Level::Trace)));
        replace(&main, "source: false");
        assert_eq!(looks(&mut watcher), Some(Ok(Level::Info)));
        replace(&other, "default_level: INFO");
        assert_eq!(looks(&mut watcher), None);
    }

    #[test]
    fn a_wrong_file_is_told_once_and_a_right_one_after_it_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.yaml");
        let mut watcher = Watcher::new(path.clone());
        fs::write(&path, "default_level: LOUD").unwrap();
        let error = looks(&mut watcher).unwrap().unwrap_err();
        assert!(error.contains("LOUD"), "{error}");
        assert_eq!(looks(&mut watcher), None);
        fs::remove_file(&path).unwrap();
        assert!(looks(&mut watcher).unwrap().is_err());
        replace(&path, "include: later.yaml");
        assert!(looks(&mut watcher).unwrap().is_err());
        fs::write(directory.path().join("later.yaml"), "default_level: ERROR").unwrap();
        assert_eq!(
            looks(&mut watcher),
            Some(Ok(Level::Error)),
            "the missing file is watched"
        );
    }

    #[test]
    fn the_thread_calls_back_and_ends_with_its_guard() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.yaml");
        fs::write(&path, "default_level: INFO").unwrap();
        let (sender, receiver) = mpsc::channel();
        let watch = watch(&path, move |loaded| {
            let _ = sender.send(loaded.config.default_level);
        })
        .unwrap();
        replace(&path, "default_level: ERROR");
        let level = receiver.recv_timeout(Duration::from_secs(30));
        assert_eq!(level, Ok(Level::Error));
        drop(watch);
        // The callback, and the sender in it, are gone with the thread.
        assert!(receiver.recv().is_err());
    }
}
