//! A file read from its first row to its last, by whoever takes it over: whether it is sound, and what
//! can be saved of it.

use std::collections::{BTreeMap, HashMap};

use super::super::body::{self, Row};
use super::super::salvage::{Salvaged, salvage};
use super::super::{log, origin, part};
use super::{FileError, SpoolFile};

impl SpoolFile {
    /// Whether every row is where SQLite looks for it, and says the same in its columns as in its body.
    /// Damaged lines within it are for those who read it.
    pub(in crate::spool) fn is_sound(&self) -> Result<bool, FileError> {
        if log::examine(&self.path) != log::State::Sound {
            return Ok(false);
        }
        let sql = "SELECT number, identity, lines, body FROM rows";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(read) = body::decode(row.get_ref(3)?.as_blob().unwrap_or_default()) else {
                return Ok(false);
            };
            let lines = read.lines.as_batch().len() as u32 + read.damaged;
            let said: (u64, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if (read.number, read.identity, lines) != said {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Every row that can be read one way or another, beside damage: through SQLite, and by the
    /// marks of rows in its log and, where SQLite gives up, in the whole file. The connection is
    /// closed. Lines that were delivered may be among them where the note of it is damaged.
    pub(in crate::spool) fn salvage(self) -> Salvaged {
        let known = self.read_all();
        let done = self.done().unwrap_or_default();
        let origins = self.origins();
        let SpoolFile {
            path, connection, ..
        } = self;
        drop(connection);
        salvage(path, known.ok(), &done, origins)
    }

    fn done(&self) -> Result<HashMap<String, u64>, FileError> {
        let mut statement = self
            .connection
            .prepare("SELECT identity, number FROM done")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn read_all(&self) -> Result<BTreeMap<u64, Row>, FileError> {
        let mut rows = BTreeMap::new();
        self.each_row(|row| drop(rows.insert(row.number, row)))?;
        Ok(rows)
    }

    /// Reads every row, those of other destinations too, in their order.
    pub(in crate::spool) fn each_row(&self, mut work: impl FnMut(Row)) -> Result<(), FileError> {
        let records = if origin::has_origins(&self.connection) {
            "first_record, last_record"
        } else {
            "0, 0"
        };
        let sql = format!(
            "SELECT number, identity, first, lines, body, {records} FROM rows ORDER BY number"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let number = row.get(0)?;
            let bytes = row.get_ref(4)?.as_blob().unwrap_or_default();
            let mut read = body::what_is_whole(bytes);
            read.number = number;
            read.identity = row.get(1)?;
            read.records = (row.get(5)?, row.get(6)?);
            let declared: u32 = row.get(3)?;
            let first: u32 = row.get(2)?;
            read.damaged = declared.saturating_sub(read.lines.as_batch().len() as u32);
            if read.damaged == 0 {
                read.lines = part(&read.lines.as_batch(), first as usize);
            }
            work(read);
        }
        Ok(())
    }
}
