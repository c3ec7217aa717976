//! Messages that wait on the disk until somebody takes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;

use super::atomic::names;
use super::{AtomicWriter, FallbackError};

/// Keeps messages in a folder, each in a file of its own, until they are restored and cleaned up.
///
/// ```
/// use std::time::Duration;
/// use hydra_protect::fallback::DataLossProtection;
/// # let folder = tempfile::tempdir()?;
/// let kept = DataLossProtection::new(folder.path().join(".hydra_backup"));
/// kept.backup_message("mail", &serde_json::json!({"to": 7}))?;
/// assert_eq!(kept.restore_messages("mail")?, [serde_json::json!({"to": 7})]);
/// assert_eq!(kept.cleanup_old_backups(Duration::ZERO)?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DataLossProtection {
    folder: PathBuf,
    max_retries: u32,
}

impl DataLossProtection {
    /// The folder that is used where none is named.
    pub const DEFAULT_FOLDER: &'static str = ".hydra_backup";

    /// Keeps messages in that folder, which is made when the first comes; tries each write three
    /// times more.
    pub fn new(folder: impl Into<PathBuf>) -> DataLossProtection {
        DataLossProtection {
            folder: folder.into(),
            max_retries: 3,
        }
    }

    /// How often a failed write is tried once more.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> DataLossProtection {
        self.max_retries = retries;
        self
    }

    /// Keeps a message of a queue. Returns its file.
    ///
    /// # Errors
    /// A value that JSON cannot hold, or what the system refuses every time.
    pub fn backup_message(
        &self,
        queue: &str,
        message: &impl Serialize,
    ) -> Result<PathBuf, FallbackError> {
        let contents = serde_json::to_vec(message).map_err(|error| FallbackError::Value {
            reason: error.to_string(),
        })?;
        let path = self.folder.join(file_name(queue));
        let mut tries = 0;
        loop {
            match AtomicWriter::new().write(&path, &contents) {
                Ok(()) => return Ok(path),
                Err(_) if tries < self.max_retries => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The messages of a queue, the oldest first. They stay until they are cleaned up; what is
    /// damaged is passed over.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn restore_messages(&self, queue: &str) -> Result<Vec<Value>, FallbackError> {
        let mut messages = Vec::new();
        for path in self.files(Some(queue)) {
            let contents = fs::read(&path).map_err(FallbackError::io("read", &path))?;
            messages.extend(serde_json::from_slice::<Value>(&contents));
        }
        Ok(messages)
    }

    /// Removes messages of all queues that are at least so old. Returns how many.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn cleanup_old_backups(&self, age: Duration) -> Result<usize, FallbackError> {
        let mut removed = 0;
        for path in self.files(None) {
            let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
            let written = written.map_err(FallbackError::io("look at", &path))?;
            let since = SystemTime::now()
                .duration_since(written)
                .unwrap_or_default();
            if since >= age {
                fs::remove_file(&path).map_err(FallbackError::io("remove", &path))?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Files of messages by time: their names begin with the queue, then the time.
    fn files(&self, queue: Option<&str>) -> Vec<PathBuf> {
        let start = queue.map(|queue| format!("{}-", encoded(queue)));
        let mut files: Vec<PathBuf> = names(&self.folder)
            .into_iter()
            .filter_map(|name| name.into_string().ok())
            // Temporary files begin with a dot.
            .filter(|name| !name.starts_with('.'))
            .filter(|name| {
                Path::new(name)
                    .extension()
                    .is_some_and(|found| found == "json")
            })
            .filter(|name| start.as_ref().is_none_or(|start| name.starts_with(start)))
            .map(|name| self.folder.join(name))
            .collect();
        files.sort_unstable();
        files
    }
}

impl Default for DataLossProtection {
    fn default() -> DataLossProtection {
        DataLossProtection::new(Path::new(DataLossProtection::DEFAULT_FOLDER))
    }
}

/// `QUEUE-NANOSECONDS-PROCESS-NUMBER.json`, digits in a fixed width, so that names sort by time.
fn file_name(queue: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let (nanoseconds, process) = (now.as_nanos(), std::process::id());
    format!(
        "{}-{nanoseconds:020}-{process}-{number:06}.json",
        encoded(queue)
    )
}

/// A queue's name as a part of a file's: letters, digits and `_` as they are, others as `%XX`.
fn encoded(queue: &str) -> String {
    let byte = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b == b'_' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    queue.bytes().map(byte).collect()
}
