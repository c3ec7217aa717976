//! A row on its way into a file.

use std::sync::Arc;

use hydra_core::destination::Batch;

use super::origin::Origin;
use super::undelivered::{Entry, PlaceId};

/// A row to be written.
#[derive(Debug)]
pub(super) struct NewRow {
    pub(super) number: u64,
    pub(super) body: Vec<u8>,
    pub(super) entry: Entry,
    /// The numbers of the first and the last of its records in the ring file; 0 without one.
    pub(super) records: (u64, u64),
}

impl NewRow {
    /// Of these lines, whose bytes are `body`.
    pub(super) fn new(
        number: u64,
        body: Vec<u8>,
        lines: &Batch<'_>,
        place: PlaceId,
        guaranteed: bool,
    ) -> NewRow {
        let mut metas = lines.metas();
        NewRow {
            number,
            entry: Entry {
                place,
                lines: lines.len() as u32,
                bytes: body.len() as u64,
                may_drop: !guaranteed && metas.any(|meta| !meta.guaranteed),
                is_taken: false,
            },
            body,
            records: (0, 0),
        }
    }
}

/// Whose a row is.
pub(super) struct Whose<'r> {
    pub(super) identity: &'r str,
    /// None where nobody says how to open the destination.
    pub(super) origin: Option<&'r Arc<Origin>>,
}
