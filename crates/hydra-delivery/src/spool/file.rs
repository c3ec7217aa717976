//! One file of the spool: a SQLite database, whose rows hold lines. What is still to be delivered of them it
//! knows without reading them.

mod whole;

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::adopt;
use super::body::{self, Row};
use super::log;
use super::new_row::{NewRow, Whose};
use super::origin::{self, Origins};
use super::undelivered::{Entry, Held, NOBODY, PlaceId, Settled, Undelivered};

/// The size of a page of the database in bytes: that of a row of some sixty usual lines, so that what
/// damages a page costs no more than they.
pub(super) const PAGE: usize = 16 * 1024;

/// After so many pages the log begins anew: 4 MiB.
const LOG_PAGES: i64 = 256;

/// Rows are numbered from here on; those that go before all others are numbered downwards.
pub(super) const MIDDLE: u64 = 1 << 40;

pub(super) struct SpoolFile {
    path: PathBuf,
    connection: Connection,
    /// A sync has failed: what the system says of this file from now on cannot be relied on.
    pub(super) is_poisoned: bool,
    pub(super) undelivered: Undelivered,
    /// Rows that are done with, but could not be removed yet.
    unremoved: Vec<u64>,
    /// What this process has written of where rows came from.
    origins: Origins,
}

/// What went wrong with a file.
#[derive(Debug)]
pub(super) enum FileError {
    /// Another process has it.
    Busy,
    /// No room on the disk: nothing was changed, and it may come right.
    Full(rusqlite::Error),
    /// What was to be written may or may not be there, and what is read may not be what was written.
    Failed(rusqlite::Error),
    /// It is damaged.
    Damaged(rusqlite::Error),
}

impl From<rusqlite::Error> for FileError {
    fn from(error: rusqlite::Error) -> FileError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FileError::Busy,
            Some(ErrorCode::DiskFull) => FileError::Full(error),
            Some(
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                // A table that is not there, a value of another kind.
                | ErrorCode::Unknown
                | ErrorCode::TypeMismatch,
            )
            | None => FileError::Damaged(error),
            Some(_) => FileError::Failed(error),
        }
    }
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> io::Error {
        match error {
            FileError::Busy => io::ErrorKind::ResourceBusy.into(),
            FileError::Full(error) => io::Error::new(io::ErrorKind::StorageFull, error),
            FileError::Failed(error) => io::Error::other(error),
            FileError::Damaged(error) => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

impl SpoolFile {
    /// Makes a new file, to be opened later.
    pub(super) fn create(path: &Path) -> Result<(), FileError> {
        let file = SpoolFile::connect(path.to_owned())?;
        file.connection.execute_batch(
            "CREATE TABLE rows (number INTEGER PRIMARY KEY, identity TEXT NOT NULL, \
             first INTEGER NOT NULL, lines INTEGER NOT NULL, first_record INTEGER NOT NULL, \
             last_record INTEGER NOT NULL, body BLOB NOT NULL);
             CREATE TABLE done (identity TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;",
        )?;
        file.connection.execute_batch(origin::TABLE)?;
        file.connection
            .pragma_update(None, "user_version", origin::VERSION)?;
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        Ok(file.connection.query_row(checkpoint, [], |_| Ok(()))?)
    }

    /// Opens one that is there, which nobody else may have open.
    pub(super) fn open(path: PathBuf) -> Result<SpoolFile, FileError> {
        let file = SpoolFile::connect(path)?;
        // Takes the lock, and finds out whether it is a spool.
        file.row_count()?;
        Ok(file)
    }

    fn connect(path: PathBuf) -> Result<SpoolFile, FileError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags)?;
        let file = SpoolFile {
            path,
            connection,
            is_poisoned: false,
            undelivered: Undelivered::default(),
            unremoved: Vec::new(),
            origins: Origins::new(),
        };
        let connection = &file.connection;
        // What is left is read from the log all the same; and a damaged one stays as it is.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.busy_timeout(std::time::Duration::ZERO)?;
        connection.pragma_update(None, "page_size", PAGE as i64)?;
        // The lock is the process's own: a forked child does not have it, and it goes with the
        // process however that ends.
        connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        // It is written over from its begin, where the disk need not note that a file has grown.
        connection.pragma_update(None, "journal_size_limit", 2 * LOG_PAGES * PAGE as i64)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -2048)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(16);
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Since when it has lines.
    pub(super) fn born(&self) -> i64 {
        adopt::born(&self.path)
    }

    /// How many rows the file holds, those of other destinations too.
    pub(super) fn row_count(&self) -> Result<usize, FileError> {
        let sql = "SELECT count(*) FROM rows";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// How many rows of each destination the file holds, and how many lines they have.
    pub(super) fn identities(&self) -> Result<Vec<(String, u64)>, FileError> {
        let sql = "SELECT identity, sum(lines - first) FROM rows GROUP BY identity";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where the lines of each destination came from, as far as it is known.
    pub(super) fn origins(&self) -> Origins {
        origin::read(&self.connection)
    }

    /// The numbers of the first and the last record, in this ring file, of a destination's rows.
    pub(super) fn records(&self, identity: &str, ring: &str) -> Option<(u64, u64)> {
        self.origins().get(identity).filter(|o| o.ring == ring)?;
        let sql = "SELECT min(first_record), max(last_record) FROM rows \
                   WHERE identity = ?1 AND first_record > 0";
        let found = self.connection.query_row(sql, [identity], |row| {
            Ok((row.get::<_, Option<u64>>(0)?, row.get::<_, Option<u64>>(1)?))
        });
        let (first, last) = found.ok()?;
        first.zip(last)
    }

    /// Has rows of a destination delivered from now on; how many lines and bytes they have.
    pub(super) fn load(&mut self, identity: &str, place: PlaceId) -> Result<Held, FileError> {
        let sql = "SELECT number, lines, first, length(body) FROM rows WHERE identity = ?1 \
                   ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([identity], |row| {
            let entry = Entry {
                place,
                lines: u32::saturating_sub(row.get(1)?, row.get(2)?),
                bytes: row.get(3)?,
                may_drop: true,
                is_taken: false,
            };
            Ok((row.get(0)?, entry))
        })?;
        let rows = rows.collect::<Result<Vec<(u64, Entry)>, _>>()?;
        drop(statement);
        let mut held = Held::default();
        for (number, entry) in rows {
            if !self.undelivered.has(number) {
                held.add(&entry);
                self.undelivered.add(number, entry);
            }
        }
        Ok(held)
    }

    /// Writes rows, all or none, and has the disk keep them.
    pub(super) fn insert<'r>(
        &mut self,
        rows: &'r [NewRow],
        whose: impl Fn(&'r NewRow) -> Whose<'r>,
    ) -> Result<(), FileError> {
        let written = self.write(rows, whose);
        if let Err(FileError::Failed(_) | FileError::Damaged(_)) = written {
            self.is_poisoned = true;
        }
        written
    }

    fn write<'r>(
        &mut self,
        rows: &'r [NewRow],
        whose: impl Fn(&'r NewRow) -> Whose<'r>,
    ) -> Result<(), FileError> {
        let transaction = self.connection.transaction()?;
        let mut origins = Origins::new();
        {
            let sql = "INSERT INTO rows \
                       (number, identity, first, lines, first_record, last_record, body) \
                       VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6)";
            let mut statement = transaction.prepare_cached(sql)?;
            for row in rows {
                let Whose { identity, origin } = whose(row);
                let (lines, (first, last)) = (row.entry.lines, row.records);
                statement.execute(params![row.number, identity, lines, first, last, row.body])?;
                let known = origins.get(identity).or_else(|| self.origins.get(identity));
                if let Some(origin) = origin
                    && known.is_none_or(|known| !Arc::ptr_eq(known, origin))
                {
                    origin::write(&transaction, identity, origin)?;
                    origins.insert(identity.to_owned(), Arc::clone(origin));
                }
            }
        }
        transaction.commit()?;
        self.origins.extend(origins);
        for row in rows.iter().filter(|row| row.entry.place != NOBODY) {
            self.undelivered.add(row.number, row.entry.clone());
        }
        Ok(())
    }

    /// Reads a row, with those of its lines that are whole.
    pub(super) fn read(&self, number: u64) -> Result<Row, FileError> {
        let sql = "SELECT body FROM rows WHERE number = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([number], |row| {
            let bytes = row.get_ref(0)?.as_blob()?;
            Ok(body::what_is_whole(bytes))
        })?)
    }

    /// Of each of these rows so many lines are done with; those that have more are not taken any
    /// longer. Returns how many bytes the others had.
    pub(super) fn settle(
        &mut self,
        (place, identity): (PlaceId, &str),
        settled: &[(u64, u32)],
    ) -> (u64, Result<(), FileError>) {
        let (mut bytes, mut part) = (0, None);
        for &(number, lines) in settled {
            match self.undelivered.settle(place, number, lines) {
                Some(Settled::All(freed)) => {
                    bytes += freed;
                    self.unremoved.push(number);
                }
                Some(Settled::Part) if lines > 0 => part = Some((number, lines)),
                _ => {}
            }
        }
        (bytes, self.remove(place, identity, part))
    }

    fn remove(
        &mut self,
        place: PlaceId,
        identity: &str,
        part: Option<(u64, u32)>,
    ) -> Result<(), FileError> {
        if self.is_poisoned || (self.unremoved.is_empty() && part.is_none()) {
            return Ok(());
        }
        let oldest = self.undelivered.oldest(place);
        let done = oldest.map(|oldest| oldest - 1);
        let done = done.or_else(|| self.unremoved.iter().max().copied());
        let written = self.unsynced(|file| file.write_removal(identity, done, part));
        match &written {
            Ok(()) => self.unremoved.clear(),
            Err(FileError::Failed(_) | FileError::Damaged(_)) => self.is_poisoned = true,
            Err(_) => {}
        }
        written
    }

    /// Does something of which a loss of power may cost the end: the next commit syncs it as well.
    fn unsynced(
        &mut self,
        work: impl FnOnce(&mut SpoolFile) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        self.connection
            .pragma_update(None, "synchronous", "NORMAL")?;
        let done = work(self);
        let synced = self.connection.pragma_update(None, "synchronous", "FULL");
        // Nothing that is written from here on could be relied on.
        self.is_poisoned |= synced.is_err();
        done
    }

    fn write_removal(
        &mut self,
        identity: &str,
        done: Option<u64>,
        part: Option<(u64, u32)>,
    ) -> Result<(), FileError> {
        let transaction = self.connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached("DELETE FROM rows WHERE number = ?1")?;
            for number in &self.unremoved {
                statement.execute([number])?;
            }
            let sql = "INSERT INTO done (identity, number) VALUES (?1, ?2) ON CONFLICT \
                       (identity) DO UPDATE SET number = max(number, excluded.number)";
            let mut statement = transaction.prepare_cached(sql)?;
            statement.execute(params![identity, done.unwrap_or_default()])?;
            if let Some((number, lines)) = part {
                let sql = "UPDATE rows SET first = first + ?2 WHERE number = ?1";
                transaction
                    .prepare_cached(sql)?
                    .execute(params![number, lines])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Whether it holds rows that are nobody's here.
    pub(super) fn has_others(&self) -> bool {
        let mine = self.undelivered.len() + self.unremoved.len();
        self.row_count().map_or(true, |rows| rows > mine)
    }

    /// Whether rows are in it that are done with, as there was no room to write so.
    pub(super) fn has_unremoved(&self) -> bool {
        !self.unremoved.is_empty()
    }

    /// The size of the database in bytes, without its log.
    pub(super) fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Puts a shorter body in the place of a row's, with nothing in it that may be dropped.
    pub(super) fn replace(
        &mut self,
        number: u64,
        body: &[u8],
        lines: u32,
    ) -> Result<u64, FileError> {
        let sql = "UPDATE rows SET first = 0, lines = ?2, body = ?3 WHERE number = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![number, lines, body])?;
        let bytes = body.len() as u64;
        Ok(self.undelivered.shorten(number, bytes, lines))
    }
}

/// Removes a file and its log; nobody has it open.
pub(super) fn remove(path: &Path) {
    for path in [&log::path_of(path), path] {
        let _ = fs::remove_file(path);
    }
}

/// Makes an empty file that only its user can read; it must not be there.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
