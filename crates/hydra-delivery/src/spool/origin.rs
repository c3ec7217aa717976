//! Where the lines of a destination came from: what says how to open it, for a process that does not
//! have it.
//!
//! Table `origins`, of files whose `user_version` is [`VERSION`]: for each destination the
//! configuration as JSON, with absolute paths and without secrets, as a ring file has it; the CRC-32
//! of both texts; and the name of the ring file whose records are numbered in its rows, empty without
//! one.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

/// The `user_version` of files with origins; those of earlier versions of this program have 0.
pub(super) const VERSION: i64 = 1;

pub(super) const TABLE: &str = "CREATE TABLE origins (identity TEXT PRIMARY KEY, \
     configuration TEXT NOT NULL, ring TEXT NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID;";

/// Where the lines of a destination came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The configuration that has the destination, as JSON.
    pub(crate) configuration: Arc<str>,
    /// The name of the ring file that numbers the records; empty: there is none.
    pub(crate) ring: String,
}

impl Origin {
    fn sum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(self.configuration.as_bytes());
        hasher.update(self.ring.as_bytes());
        hasher.finalize()
    }
}

/// The origins of each destination, by its name.
pub(super) type Origins = HashMap<String, Arc<Origin>>;

/// Writes an origin, in the place of the one before.
pub(super) fn write(
    connection: &Connection,
    identity: &str,
    origin: &Origin,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO origins (identity, configuration, ring, sum) \
               VALUES (?1, ?2, ?3, ?4)";
    let values = params![identity, origin.configuration, origin.ring, origin.sum()];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

/// The origins in a file, as far as they are whole: whoever has none waits for its logger.
pub(super) fn read(connection: &Connection) -> Origins {
    if !has_origins(connection) {
        return Origins::new();
    }
    let sql = "SELECT identity, configuration, ring, sum FROM origins";
    let read = || {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let configuration: String = row.get(1)?;
            let origin = Origin {
                configuration: configuration.into(),
                ring: row.get(2)?,
            };
            Ok((row.get(0)?, origin, row.get(3)?))
        })?;
        rows.collect::<rusqlite::Result<Vec<(String, Origin, u32)>>>()
    };
    let rows = read().unwrap_or_default().into_iter();
    let whole = rows.filter(|(_, origin, sum)| origin.sum() == *sum);
    whole
        .map(|(name, origin, _)| (name, Arc::new(origin)))
        .collect()
}

/// Whether the file is of a version that has them.
pub(super) fn has_origins(connection: &Connection) -> bool {
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0));
    version == Ok(VERSION)
}
