//! Compressing old files with gzip, on a thread of its own, so that no caller waits for it.
//!
//! A file is compressed into `.app.log.gz-PID-N.tmp` beside it, then, under the rotation lock, takes
//! its place in the chain, which may have moved on meanwhile: it is found again by its identity. A
//! compressor that is killed leaves the temporary file, which the next one removes: while somebody
//! works on one he holds its exclusive lock.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::diagnostics::{self, ErrorKind};
use crate::sys;

use super::backups::{self, Backup};
use super::disk;
use super::lock::RotationLock;
use super::options::FileOptions;

/// The first backup that is compressed.
const FIRST: usize = 2;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The thread that compresses for one destination, at most one at a time.
#[derive(Debug, Default)]
pub(super) struct Compressor(Mutex<Option<JoinHandle<()>>>);

impl Compressor {
    /// Starts compressing what there is to compress. What comes while a thread is at work is left
    /// to the next rotation.
    pub(super) fn start(&self, options: &FileOptions) {
        if !options.compress {
            return;
        }
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        let options = options.clone();
        // Without a thread to be had, the next rotation tries again; the files are merely larger.
        *running = thread::Builder::new()
            .name("hydra-gzip".into())
            .spawn(move || run(&options))
            .ok();
    }

    /// In a forked child, which does not have the thread: leaves it to the parent.
    pub(super) fn forget(&self) {
        // Locked at this moment only by a thread that drops the destination; the child has no such
        // thread, and so nobody asks again.
        if let Ok(mut running) = self.0.try_lock() {
            std::mem::forget(running.take());
        }
    }

    /// Waits for the thread at work, if there is one.
    pub(super) fn finish(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = running {
            // It does not panic; if it did, the file would stay uncompressed.
            let _ = thread.join();
        }
    }
}

fn run(options: &FileOptions) {
    let told = |error: &io::Error| {
        diagnostics::report(
            ErrorKind::Rotate,
            &options.path.to_string_lossy(),
            &format_args!("compressing old files: {error}"),
        );
    };
    if let Err(error) = remove_leftovers(&options.path) {
        told(&error);
    }
    let found = backups::list(&options.path).unwrap_or_default();
    for backup in found.iter().filter(|b| b.number >= FIRST && !b.gzip) {
        match compress(options, backup) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return told(&error),
            _ => {}
        }
    }
}

fn compress(options: &FileOptions, backup: &Backup) -> io::Result<()> {
    if !backups::is_left(&backup.path) {
        return Ok(());
    }
    let mut plain = File::open(&backup.path)?;
    let metadata = plain.metadata()?;
    let temporary = Temporary::create(options)?;
    let mut encoder = GzEncoder::new(&temporary.file, Compression::default());
    io::copy(&mut plain, &mut encoder)?;
    encoder.finish()?;
    if let Ok(written) = metadata.modified() {
        // The age limit goes by this time.
        temporary.file.set_modified(written)?;
    }
    // The plain file goes when this one takes its place: a loss of power must not cost both.
    temporary.file.sync_all()?;
    let _lock = RotationLock::acquire(&options.path, options.mode)?;
    let id = sys::file_id(&metadata);
    let now_at = backups::list(&options.path)?
        .into_iter()
        .find(|b| !b.gzip && fs::metadata(&b.path).is_ok_and(|found| sys::file_id(&found) == id));
    if let Some(now_at) = now_at {
        let compressed = backups::path_of(&options.path, now_at.number, true);
        fs::rename(&temporary.path, compressed)?;
        disk::sync_directory_of(&now_at.path)?;
        fs::remove_file(&now_at.path)?;
    }
    Ok(())
}

/// A file that is removed unless it was renamed.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    fn create(options: &FileOptions) -> io::Result<Temporary> {
        let mut name = prefix(&options.path);
        let number = NEXT.fetch_add(1, Relaxed);
        name.push(format!("{}-{number}.tmp", std::process::id()));
        let path = options.path.with_file_name(name);
        let mut how = OpenOptions::new();
        how.write(true).create(true).truncate(true);
        sys::set_mode(&mut how, options.mode);
        let file = how.open(&path)?;
        sys::try_exclusive(&file);
        Ok(Temporary { file, path })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already, if it took its place in the chain.
        let _ = fs::remove_file(&self.path);
    }
}

fn prefix(log: &Path) -> OsString {
    let mut name = OsString::from(".");
    name.push(log.file_name().unwrap_or_default());
    name.push(".gz-");
    name
}

fn remove_leftovers(log: &Path) -> io::Result<()> {
    let prefix = prefix(log);
    let directory = log.parent().unwrap_or(Path::new("."));
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(prefix.as_encoded_bytes()) && bytes.ends_with(b".tmp") {
            let is_left = File::open(entry.path()).is_ok_and(|file| sys::try_exclusive(&file));
            if is_left {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}
