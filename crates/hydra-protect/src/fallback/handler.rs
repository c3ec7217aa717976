//! Reading and writing values, the safe way.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{AtomicWriter, BackupManager, DataRecovery, FallbackError, Layout};

/// Writes JSON, JSON lines and CSV whole, with backups, and reads what is whole of them.
///
/// ```
/// use hydra_protect::fallback::FallbackHandler;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("state.json");
/// let files = FallbackHandler::new();
/// files.safe_write_json(&vec![1, 2, 3], &path)?;
/// assert_eq!(files.safe_read_json::<Vec<i32>>(&path)?, [1, 2, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FallbackHandler {
    writer: AtomicWriter,
}

impl FallbackHandler {
    /// Keeps [`BackupManager::DEFAULT_KEEP`] backups of each file.
    pub fn new() -> FallbackHandler {
        FallbackHandler::with_backups(BackupManager::default())
    }

    /// Keeps backups as told.
    pub fn with_backups(backups: BackupManager) -> FallbackHandler {
        FallbackHandler {
            writer: AtomicWriter::new().with_backups(backups),
        }
    }

    /// Writes one JSON value, with a line's end behind it.
    ///
    /// # Errors
    /// A value that JSON cannot hold (a map whose keys are no texts), or what the system refuses.
    pub fn safe_write_json(
        &self,
        value: &impl Serialize,
        path: &Path,
    ) -> Result<(), FallbackError> {
        let mut contents = serde_json::to_vec(value).map_err(|error| no_value(&error))?;
        contents.push(b'\n');
        self.writer.write(path, &contents)
    }

    /// Writes one JSON value a line.
    ///
    /// # Errors
    /// As [`safe_write_json`](Self::safe_write_json); then no line was written.
    pub fn safe_write_json_lines<T: Serialize>(
        &self,
        values: impl IntoIterator<Item = T>,
        path: &Path,
    ) -> Result<(), FallbackError> {
        let mut contents = Vec::new();
        for value in values {
            serde_json::to_writer(&mut contents, &value).map_err(|error| no_value(&error))?;
            contents.push(b'\n');
        }
        self.writer.write(path, &contents)
    }

    /// Writes rows of cells; the first may hold the columns' names.
    ///
    /// # Errors
    /// Rows of different lengths, or what the system refuses.
    pub fn safe_write_csv<R, C>(
        &self,
        rows: impl IntoIterator<Item = R>,
        path: &Path,
    ) -> Result<(), FallbackError>
    where
        R: IntoIterator<Item = C>,
        C: AsRef<[u8]>,
    {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).map_err(|error| no_value(&error))?;
        }
        let contents = writer.into_inner().map_err(|error| no_value(&error))?;
        self.writer.write(path, &contents)
    }

    /// Reads one JSON value; of a damaged or missing file the newest whole backup's.
    ///
    /// # Errors
    /// What the system refuses, damage without a backup, a value of another type.
    pub fn safe_read_json<T: DeserializeOwned>(&self, path: &Path) -> Result<T, FallbackError> {
        let recovered = DataRecovery::recover(path, Layout::Json)?;
        serde_json::from_slice(&recovered.contents).map_err(|error| no_value(&error))
    }

    /// Reads the rows of a CSV file that are whole.
    ///
    /// # Errors
    /// What the system refuses, text that is not UTF-8.
    pub fn safe_read_csv(&self, path: &Path) -> Result<Vec<Vec<String>>, FallbackError> {
        let recovered = DataRecovery::recover(path, Layout::Csv)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(recovered.contents.as_slice());
        let rows = reader.records().map(|row| {
            let row = row.map_err(|error| no_value(&error))?;
            Ok(row.iter().map(str::to_owned).collect())
        });
        rows.collect()
    }
}

fn no_value(error: &dyn std::fmt::Display) -> FallbackError {
    FallbackError::Value {
        reason: error.to_string(),
    }
}
