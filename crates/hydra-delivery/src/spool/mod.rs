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
mod file;
mod left;
mod log;
mod origin;
mod salvage;
mod store;

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use hydra_core::Level;
use hydra_core::destination::{Batch, BatchBuf};
use hydra_core::fork::{self, Held, OverFork};

use crate::lock::lock;
use file::PlaceId;
pub(crate) use left::{LeftFile, left};
use store::{Request, Store};

/// How many bytes a spool keeps at most, unless set: 1 GiB.
pub const DEFAULT_MAX_BYTES: u64 = 1 << 30;

/// What happens to lines for which a spool has no room.
///
/// ```
/// use hydra_delivery::spool::WhenFull;
/// assert_eq!(WhenFull::default(), WhenFull::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// They are refused, and stay where they are.
    #[default]
    Refuse,
    /// The oldest lines that may be dropped make way, whosever they are. What is guaranteed, as ERROR
    /// and CRITICAL are, stays.
    DropOldest,
}

/// What a spool does.
///
/// ```
/// use hydra_delivery::spool::{SpoolOptions, WhenFull};
/// let options = SpoolOptions::default()
///     .max_bytes(64 << 20)
///     .when_full(WhenFull::DropOldest);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    max_bytes: u64,
    when_full: WhenFull,
}

impl Default for SpoolOptions {
    fn default() -> SpoolOptions {
        SpoolOptions {
            max_bytes: DEFAULT_MAX_BYTES,
            when_full: WhenFull::default(),
        }
    }
}

impl SpoolOptions {
    /// How many bytes are kept at most; the file is somewhat larger. [`DEFAULT_MAX_BYTES`] unless
    /// set. What other processes have left counts when it has been taken over.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> SpoolOptions {
        self.max_bytes = bytes;
        self
    }

    /// What happens when there is no room; [`WhenFull::Refuse`] unless set.
    #[must_use]
    pub fn when_full(mut self, when_full: WhenFull) -> SpoolOptions {
        self.when_full = when_full;
        self
    }
}

/// What a spool holds, and what it could not keep.
///
/// ```
/// use hydra_delivery::spool::{Spool, SpoolOptions};
/// # let directory = tempfile::tempdir()?;
/// let spool = Spool::open(directory.path(), SpoolOptions::default())?;
/// assert_eq!((spool.counts().lines, spool.counts().files), (0, 0)); // no file before it is needed
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpoolCounts {
    /// Lines that are kept.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are open.
    pub files: usize,
    /// Lines that were found damaged.
    pub damaged: u64,
    /// Lines that made way for others.
    pub dropped: u64,
    /// Files whose sync has failed.
    pub poisoned: u64,
}

/// Lines that a spool does not keep any more, though nobody has delivered them, since this was last
/// asked for.
///
/// ```
/// assert!(hydra_delivery::spool::Losses::default().is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Those that made way for others, in the order of [`Level::ALL`].
    pub dropped: [u64; Level::ALL.len()],
    /// Those that were found damaged.
    pub damaged: u64,
}

impl Losses {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        *self == Losses::default()
    }
}

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

/// What waits to be committed.
struct Pending {
    group: Vec<Request>,
    /// Somebody commits a group.
    has_leader: bool,
    next_ticket: u64,
    next_number: u64,
    /// The least that was given to a row which goes before all others.
    first_number: u64,
    results: HashMap<u64, Result<(), (io::ErrorKind, String)>>,
}

impl Default for Pending {
    fn default() -> Pending {
        Pending {
            group: Vec::new(),
            has_leader: false,
            next_ticket: 0,
            next_number: file::MIDDLE,
            first_number: file::MIDDLE,
            results: HashMap::new(),
        }
    }
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
        let (id, adopted) = lock(&self.store).add_place(identity);
        Place {
            spool: Arc::clone(self),
            identity: identity.into(),
            id,
            guaranteed,
            adopted,
        }
    }

    /// What is kept now.
    pub fn counts(&self) -> SpoolCounts {
        lock(&self.store).counts()
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Puts lines, each batch with the numbers of its records, among those of the next commit; the
    /// number by which to wait for it.
    fn submit(&self, place: &Place, batches: &[(Batch<'_>, &[u64])], is_first: bool) -> u64 {
        let mut pending = lock(&self.pending);
        let ticket = pending.next_ticket;
        pending.next_ticket += 1;
        let mut number = pending.next_number;
        if is_first {
            let lines: usize = batches.iter().map(|(batch, _)| batch.len()).sum();
            // A row has one line at least.
            pending.first_number -= lines as u64;
            number = pending.first_number;
        }
        let mut request = Request::new(ticket);
        for (batch, numbers) in batches {
            let next = || {
                number += 1;
                number
            };
            request.add(
                place,
                numbers,
                body::encode(batch, &place.identity, place.guaranteed, next),
            );
        }
        if !is_first {
            pending.next_number = number;
        }
        pending.group.push(request);
        ticket
    }

    /// Waits until the lines of this number are on the disk, or not; commits them where nobody else
    /// does.
    fn committed(&self, ticket: u64) -> io::Result<()> {
        let mut pending = lock(&self.pending);
        loop {
            if let Some(result) = pending.results.remove(&ticket) {
                return result.map_err(|(kind, why)| io::Error::new(kind, why));
            }
            if pending.has_leader {
                let waited = self.committed.wait(pending);
                pending = waited.unwrap_or_else(std::sync::PoisonError::into_inner);
                continue;
            }
            // Whoever comes while this one commits is in the next group.
            pending.has_leader = true;
            let group = std::mem::take(&mut pending.group);
            drop(pending);
            let results = lock(&self.store).commit(group);
            pending = lock(&self.pending);
            pending.has_leader = false;
            pending.results.extend(results);
            self.committed.notify_all();
        }
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

/// Where a spool keeps the lines of one destination.
///
/// See [`Spool`] for an example.
pub struct Place {
    spool: Arc<Spool>,
    identity: Box<str>,
    id: PlaceId,
    guaranteed: bool,
    adopted: u64,
}

impl Place {
    /// Keeps lines behind those that are there. They are on disk when it returns, all or none.
    ///
    /// # Errors
    /// None of them is kept: [`QuotaExceeded`](io::ErrorKind::QuotaExceeded) where the spool has no
    /// room, [`StorageFull`](io::ErrorKind::StorageFull) where the disk has none, and the disk's own.
    pub fn append(&self, batch: &Batch<'_>) -> io::Result<()> {
        self.append_all(&[(*batch, &[])])
    }

    /// The same for several batches, in one commit, each with the numbers of its records where book is
    /// kept.
    pub(crate) fn append_all(&self, batches: &[(Batch<'_>, &[u64])]) -> io::Result<()> {
        if batches.iter().all(|(batch, _)| batch.is_empty()) {
            return Ok(());
        }
        self.committed(self.submit(batches))
    }

    /// Begins to keep lines, in the next commit: with those of other places that begin before
    /// anybody waits. To be waited for by [`Place::committed`].
    pub(crate) fn submit(&self, batches: &[(Batch<'_>, &[u64])]) -> u64 {
        self.spool.submit(self, batches, false)
    }

    /// Waits until the lines of a [`Place::submit`] are on the disk.
    pub(crate) fn committed(&self, ticket: u64) -> io::Result<()> {
        self.spool.committed(ticket)
    }

    /// Keeps lines before those that this spool was given for the place.
    pub(crate) fn prepend(&self, batch: Batch<'_>, numbers: &[u64]) -> io::Result<()> {
        self.committed(self.spool.submit(self, &[(batch, numbers)], true))
    }

    /// Has what is kept from now on say by which configuration the destination is made, for whoever
    /// delivers it without having it.
    pub(crate) fn comes_from(&self, configuration: Arc<str>) {
        lock(&self.spool.store).comes_from(self.id, configuration);
    }

    /// And in which ring file its records are numbered.
    pub(crate) fn numbered_by(&self, ring: String) {
        lock(&self.spool.store).numbered_by(self.id, ring);
    }

    /// The numbers of the first and the last record, in this ring file, of what is kept; none where
    /// none is known to come from there.
    pub(crate) fn records(&self, ring: &str) -> Option<(u64, u64)> {
        lock(&self.spool.store).records(self.id, ring)
    }

    /// The oldest lines that nobody has taken, of about so many bytes, one at least. They are taken
    /// until [`Place::settle`]. `None`: nothing is kept.
    ///
    /// # Errors
    /// They cannot be read now.
    pub fn take(&self, bytes: usize) -> io::Result<Option<Taken>> {
        lock(&self.spool.store).take(self.id, bytes)
    }

    /// The first so many of lines that were taken are done with, and gone from the spool; the others
    /// may be taken again.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "nobody may settle them again"
    )]
    pub fn settle(&self, taken: Taken, done: usize) {
        lock(&self.spool.store).settle(self.id, &taken, done);
    }

    /// Nothing more is expected for now: the spool's file goes, if there is nothing in it.
    pub(crate) fn rest(&self) {
        lock(&self.spool.store).rest();
    }

    /// How many lines are kept, those that are taken too.
    pub fn kept(&self) -> u64 {
        lock(&self.spool.store).kept(self.id)
    }

    /// How many lines were taken over from dead processes.
    pub fn adopted(&self) -> u64 {
        self.adopted
    }

    /// What was lost since this was last asked for.
    pub fn losses(&self) -> Losses {
        lock(&self.spool.store).losses(self.id)
    }

    /// The spool that it is a place of.
    pub fn spool(&self) -> &Arc<Spool> {
        &self.spool
    }
}

impl Drop for Place {
    /// What is kept is there for the next place of this name.
    fn drop(&mut self) {
        lock(&self.spool.store).release(self.id);
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("identity", &self.identity)
            .field("kept", &self.kept())
            .finish_non_exhaustive()
    }
}

/// Lines on their way out of a spool.
#[derive(Debug)]
pub struct Taken {
    lines: BatchBuf,
    /// The rows that they are of: the file, the row's number, how many lines.
    rows: Vec<(u64, u64, u32)>,
}

impl Taken {
    /// The lines, oldest first.
    pub fn batch(&self) -> Batch<'_> {
        self.lines.as_batch()
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
