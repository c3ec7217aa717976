//! One file of the spool: a SQLite database, and which of its rows are still to be delivered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::adopt;
use super::body::{self, Row};
use super::log;
use super::origin::{self, Origin, Origins};
use super::salvage::{Salvaged, salvage};

/// The size of a page of the database in bytes: that of a row of some sixty usual lines, so that what
/// damages a page costs no more than they.
pub(super) const PAGE: usize = 16 * 1024;

/// After so many pages the log begins anew: 4 MiB.
const LOG_PAGES: i64 = 256;

/// Rows are numbered from here on; those that go before all others are numbered downwards.
pub(super) const MIDDLE: u64 = 1 << 40;

/// A place's number in the spool that has the file open.
pub(super) type PlaceId = usize;

/// A row that is still to be delivered.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) place: PlaceId,
    /// Lines that are still to be delivered.
    pub(super) lines: u32,
    pub(super) bytes: u64,
    /// Whether it holds lines that may be dropped for room.
    pub(super) may_drop: bool,
    /// Whether somebody has taken it, to deliver it.
    pub(super) is_taken: bool,
}

/// What is held of one place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) lines: u64,
    pub(super) bytes: u64,
}

impl Held {
    fn add(&mut self, entry: &Entry) {
        self.lines += u64::from(entry.lines);
        self.bytes += entry.bytes;
    }
}

/// The place of rows that are nobody's here: they stay in the file.
pub(super) const NOBODY: PlaceId = PlaceId::MAX;

/// A row to be written.
#[derive(Debug)]
pub(super) struct NewRow {
    pub(super) number: u64,
    pub(super) body: Vec<u8>,
    pub(super) entry: Entry,
    /// The numbers of the first and the last of its records in the ring file; 0 without one.
    pub(super) records: (u64, u64),
}

/// Whose a row is.
pub(super) struct Whose<'r> {
    pub(super) identity: &'r str,
    /// None where nobody says how to open the destination.
    pub(super) origin: Option<&'r Arc<Origin>>,
}

pub(super) struct SpoolFile {
    path: PathBuf,
    connection: Connection,
    /// A sync has failed: what the system says of this file from now on cannot be relied on.
    pub(super) is_poisoned: bool,
    rows: BTreeMap<u64, Entry>,
    by_place: HashMap<PlaceId, BTreeSet<u64>>,
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
            rows: BTreeMap::new(),
            by_place: HashMap::new(),
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

    /// How many rows are still to be delivered here.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
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
            if !self.rows.contains_key(&number) {
                held.add(&entry);
                self.remember(number, entry);
            }
        }
        Ok(held)
    }

    /// Forgets the rows of a place, which stay in the file; how many bytes they have.
    pub(super) fn release(&mut self, place: PlaceId) -> u64 {
        let numbers = self.by_place.remove(&place).unwrap_or_default();
        let rows = numbers.iter().filter_map(|number| self.rows.remove(number));
        rows.map(|entry| entry.bytes).sum()
    }

    /// What it holds for each place.
    pub(super) fn held(&self) -> HashMap<PlaceId, Held> {
        let mut held = HashMap::<PlaceId, Held>::new();
        for entry in self.rows.values() {
            held.entry(entry.place).or_default().add(entry);
        }
        held
    }

    fn remember(&mut self, number: u64, entry: Entry) {
        self.by_place.entry(entry.place).or_default().insert(number);
        self.rows.insert(number, entry);
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
            self.remember(row.number, row.entry.clone());
        }
        Ok(())
    }

    /// The oldest row of a place that nobody has taken, taken now.
    pub(super) fn take(&mut self, place: PlaceId) -> Option<(u64, Entry)> {
        let numbers = self.by_place.get(&place)?;
        let mut numbers = numbers.iter().copied();
        let number = numbers.find(|number| !self.rows[number].is_taken)?;
        let entry = self.rows.get_mut(&number)?;
        entry.is_taken = true;
        Some((number, entry.clone()))
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

    /// Leaves a row that was taken.
    pub(super) fn give_back(&mut self, number: u64) {
        if let Some(entry) = self.rows.get_mut(&number) {
            entry.is_taken = false;
        }
    }

    /// Lowers the number of lines that a row is held to have.
    pub(super) fn has_lines(&mut self, number: u64, lines: u32) {
        if let Some(entry) = self.rows.get_mut(&number) {
            entry.lines = lines;
        }
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
            let Some(entry) = self.rows.get_mut(&number) else {
                continue;
            };
            if lines < entry.lines {
                entry.is_taken = false;
                entry.lines -= lines;
                part = (lines > 0).then_some((number, lines)).or(part);
                continue;
            }
            bytes += entry.bytes;
            self.rows.remove(&number);
            if let Some(numbers) = self.by_place.get_mut(&place) {
                numbers.remove(&number);
            }
            self.unremoved.push(number);
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
        let oldest = self.by_place.get(&place).and_then(BTreeSet::first);
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
        let mine = self.rows.len() + self.unremoved.len();
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

    /// The oldest row with lines that may be dropped, if nobody has taken it.
    pub(super) fn oldest_to_drop(&self) -> Option<(u64, Entry)> {
        let mut rows = self.rows.iter();
        rows.find(|(_, entry)| entry.may_drop && !entry.is_taken)
            .map(|(number, entry)| (*number, entry.clone()))
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
        let Some(entry) = self.rows.get_mut(&number) else {
            return Ok(0);
        };
        let freed = entry.bytes.saturating_sub(body.len() as u64);
        entry.bytes -= freed;
        entry.lines = lines;
        entry.may_drop = false;
        Ok(freed)
    }

    /// Whether every row is where SQLite looks for it, and says the same in its columns as in its body.
    /// Damaged lines within it are for those who read it.
    pub(super) fn is_sound(&self) -> Result<bool, FileError> {
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
    pub(super) fn salvage(self) -> Salvaged {
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
    pub(super) fn each_row(&self, mut work: impl FnMut(Row)) -> Result<(), FileError> {
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
                read.lines = super::part(&read.lines.as_batch(), first as usize);
            }
            work(read);
        }
        Ok(())
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
