//! The spool: lines on the local disk until their destination takes them.
//!
//! What finds no room in its destination's queue, or a destination that is away, is kept in a file of
//! the state directory, for hours if need be, and over the end of the process.
//!
//! # What is promised
//!
//! - **[`Place::append`] returns when the disk has it**: SQLite with a write-ahead log and
//!   `synchronous = FULL`. Calls of several threads share one commit.
//! - Lines of a place come back **in their order**, and stay until [`Place::settle`] says that they
//!   are done with. Killed between the two, a process leaves them to be delivered again: at least
//!   once.
//! - **A file belongs to one process.** When it has died, however it did, the next one that has a
//!   destination of the same name takes over what is kept for it.
//! - **Damage costs what is damaged**: lines and rows have checksums. What is whole in a damaged file is
//!   written to a new one, the rest is counted, and the file is put aside as `*.damaged`.
//! - **A failed sync poisons its file.** It is never tried again, as the system may say that all is
//!   well of what it has thrown away: what was not acknowledged goes to a new file.
//! - It is **bounded** in bytes. What is full refuses, or drops the oldest lines that may be dropped,
//!   counted by level; what is guaranteed, as ERROR and CRITICAL are, is never among them.
//! - A directory on **another machine** is refused: locks and syncs there cannot be relied on.

mod adopt;
mod body;
mod counts;
mod file;
mod group;
mod left;
mod log;
mod new_row;
mod options;
mod origin;
mod place;
mod salvage;
mod store;
mod undelivered;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use hydra_core::destination::{Batch, BatchBuf};
use hydra_core::fork::{self, Held, OverFork};

use crate::lock::lock;
pub use counts::{Losses, SpoolCounts};
use group::Pending;
pub(crate) use left::{LeftFile, left};
pub use options::{DEFAULT_MAX_BYTES, SpoolOptions, WhenFull};
pub use place::{Place, Taken};
use store::Store;

/// A spool: files of one directory, with lines for any number of destinations. Dropped, it leaves what
/// is kept to the next one.
///
/// ```
/// use hydra_core::destination::BatchBuf;
/// use hydra_core::{Level, LineMeta};
/// use hydra_delivery::spool::{Spool, SpoolOptions};
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path();
///
/// let place = Spool::open(path, SpoolOptions::default())?.place("file app.log", false);
/// let mut lines = BatchBuf::default();
/// lines.push(b"kept\n", &LineMeta::new(Level::Info, 0));
/// place.append(&lines.as_batch())?; // on disk from here on
/// drop(place);
///
/// let place = Spool::open(path, SpoolOptions::default())?.place("file app.log", false);
/// assert_eq!(place.adopted(), 1);
/// if let Some(taken) = place.take(64 * 1024)? {
///     assert_eq!(taken.batch().bytes(), b"kept\n");
///     place.settle(taken, 1); // delivered
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Spool {
    directory: PathBuf,
    pending: Mutex<Pending>,
    committed: Condvar,
    store: Mutex<Store>,
}

impl Spool {
    /// A spool in a directory, which is made, for its user alone, when there is something to keep. It
    /// makes no file before the first line.
    ///
    /// # Errors
    /// It is there and no directory that can be read, or it lies on another machine
    /// ([`Unsupported`](io::ErrorKind::Unsupported)).
    pub fn open(directory: &Path, options: SpoolOptions) -> io::Result<Arc<Spool>> {
        match check(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let directory = std::path::absolute(directory)?;
        let spool = Arc::new(Spool {
            pending: Mutex::default(),
            committed: Condvar::new(),
            store: Mutex::new(Store::new(directory.clone(), options)),
            directory,
        });
        fork::register(&(Arc::clone(&spool) as Arc<dyn OverFork>));
        Ok(spool)
    }

    /// The place of a destination, which is known by its name over the end of the process; what dead
    /// processes have left for it is taken over. Of a guaranteed place no line is dropped for room.
    pub fn place(self: &Arc<Self>, identity: &str, guaranteed: bool) -> Place {
        Place::new(self, identity, guaranteed)
    }

    /// What is kept now.
    pub fn counts(&self) -> SpoolCounts {
        lock(&self.store).counts()
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool")
            .field("directory", &self.directory)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl OverFork for Spool {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        let pending = fork::hold(
            Arc::clone(&self),
            |spool| &spool.pending,
            |pending| {
                *pending = Pending::default();
            },
        );
        let store = fork::hold(self, |spool| &spool.store, Store::forget);
        Box::new(BothHeld(Box::new(pending), Box::new(store)))
    }
}

struct BothHeld(Box<dyn Held>, Box<dyn Held>);

impl Held for BothHeld {
    fn renew(&mut self) {
        self.0.renew();
        self.1.renew();
    }
}

/// Whether a directory can hold a spool.
fn check(directory: &Path) -> io::Result<()> {
    let named = |kind, why: &dyn fmt::Display| {
        io::Error::new(kind, format!("no spool in {}: {why}", directory.display()))
    };
    let opened = File::open(directory).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = opened.map_err(|error| named(error.kind(), &error))?;
    if !metadata.is_dir() {
        return Err(named(io::ErrorKind::NotADirectory, &"not a directory"));
    }
    if hydra_core::is_remote(&file) {
        let why = "it lies on another machine, whose locks and syncs cannot be relied on";
        return Err(named(io::ErrorKind::Unsupported, &why));
    }
    Ok(())
}

/// The lines of a batch from this one on.
fn part(batch: &Batch<'_>, from: usize) -> BatchBuf {
    let mut lines = BatchBuf::with_capacity(batch.bytes().len());
    for (line, meta) in batch.slice(from..usize::MAX).iter() {
        lines.push(line, &meta);
    }
    lines
}
