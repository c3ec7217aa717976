//! What can be saved of a damaged file.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;

use super::body::{self, Row};
use super::file::MIDDLE;
use super::log;
use super::origin::Origins;

/// What was found in a file that is damaged.
pub(super) struct Salvaged {
    pub(super) path: PathBuf,
    pub(super) rows: Vec<Row>,
    /// Whether there is damage within what was acknowledged.
    pub(super) is_damaged: bool,
    /// Where rows came from, as far as the file says it.
    pub(super) origins: Origins,
}

/// Finds rows in a file that nobody has open, beside those that SQLite has read.
pub(super) fn salvage(
    path: PathBuf,
    known: Option<BTreeMap<u64, Row>>,
    done: &HashMap<String, u64>,
    origins: Origins,
) -> Salvaged {
    let is_damaged = known.is_none() || log::examine(&path) == log::State::Damaged;
    let mut scattered = log::rows(&path);
    if known.is_none()
        && let Ok(bytes) = fs::read(&path)
    {
        scattered.extend(body::scan(&bytes));
    }
    let mut rows = known.unwrap_or_default();
    for row in scattered {
        if done
            .get(&row.identity)
            .is_some_and(|done| (MIDDLE..=*done).contains(&row.number))
        {
            continue;
        }
        // What was not committed when the process was killed its ring file still has.
        let is_in_ring = || {
            origins
                .get(&row.identity)
                .is_some_and(|o| !o.ring.is_empty())
        };
        if !is_damaged && is_in_ring() {
            continue;
        }
        let found = rows.entry(row.number).or_default();
        if found.lines.as_batch().len() < row.lines.as_batch().len() {
            *found = row;
        }
    }
    Salvaged {
        path,
        rows: rows.into_values().collect(),
        is_damaged,
        origins,
    }
}
