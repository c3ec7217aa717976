//! The place of one destination in a spool: its lines' way in, and out.

use std::fmt;
use std::io;
use std::sync::Arc;

use hydra_core::destination::{Batch, BatchBuf};

use super::undelivered::PlaceId;
use super::{Losses, Spool};
use crate::lock::lock;

/// Where a spool keeps the lines of one destination.
///
/// See [`Spool`] for an example.
pub struct Place {
    spool: Arc<Spool>,
    pub(super) identity: Box<str>,
    pub(super) id: PlaceId,
    pub(super) guaranteed: bool,
    adopted: u64,
}

impl Place {
    pub(super) fn new(spool: &Arc<Spool>, identity: &str, guaranteed: bool) -> Place {
        let (id, adopted) = lock(&spool.store).add_place(identity);
        Place {
            spool: Arc::clone(spool),
            identity: identity.into(),
            id,
            guaranteed,
            adopted,
        }
    }

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
    pub(super) lines: BatchBuf,
    /// The rows that they are of: the file, the row's number, how many lines.
    pub(super) rows: Vec<(u64, u64, u32)>,
}

impl Taken {
    /// The lines, oldest first.
    pub fn batch(&self) -> Batch<'_> {
        self.lines.as_batch()
    }
}
