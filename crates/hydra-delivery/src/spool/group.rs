//! Whose lines are committed together: those of all calls that come while a commit is under way are in the
//! next one, which one of them does for all.

use std::collections::HashMap;
use std::io;
use std::sync::PoisonError;

use hydra_core::destination::Batch;

use super::new_row::NewRow;
use super::{Place, Spool, body, file};
use crate::lock::lock;

/// What waits to be committed.
pub(super) struct Pending {
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

/// What a call of `append` brings.
pub(super) struct Request {
    pub(super) ticket: u64,
    pub(super) rows: Vec<NewRow>,
    pub(super) bytes: u64,
}

/// The result of one call.
pub(super) type Answer = (u64, Result<(), (io::ErrorKind, String)>);

impl Request {
    fn new(ticket: u64) -> Request {
        Request {
            ticket,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds rows, whose lines' records have these numbers where book is kept.
    fn add<'a>(
        &mut self,
        place: &Place,
        mut numbers: &[u64],
        rows: impl Iterator<Item = (u64, Vec<u8>, Batch<'a>)>,
    ) {
        for (number, body, lines) in rows {
            let mut row = NewRow::new(number, body, &lines, place.id, place.guaranteed);
            let of_row;
            (of_row, numbers) = numbers.split_at(lines.len().min(numbers.len()));
            let of_records = || of_row.iter().copied().filter(|number| *number > 0);
            row.records = of_records()
                .min()
                .zip(of_records().max())
                .unwrap_or_default();
            self.bytes += row.entry.bytes;
            self.rows.push(row);
        }
    }
}

impl Spool {
    /// Puts lines, each batch with the numbers of its records, among those of the next commit; the
    /// number by which to wait for it.
    pub(super) fn submit(
        &self,
        place: &Place,
        batches: &[(Batch<'_>, &[u64])],
        is_first: bool,
    ) -> u64 {
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
    pub(super) fn committed(&self, ticket: u64) -> io::Result<()> {
        let mut pending = lock(&self.pending);
        loop {
            if let Some(result) = pending.results.remove(&ticket) {
                return result.map_err(|(kind, why)| io::Error::new(kind, why));
            }
            if pending.has_leader {
                let waited = self.committed.wait(pending);
                pending = waited.unwrap_or_else(PoisonError::into_inner);
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
