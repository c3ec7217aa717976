//! What is left of a damaged file.

use std::fs;
use std::path::Path;

use super::damage::{csv_rows, json_lines};
use super::{BackupManager, CorruptionDetector, Damage, FallbackError, Layout};

/// What was recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// Contents that are whole.
    pub contents: Vec<u8>,
    /// The damage of what was left out; none if the file was whole.
    pub lost: Vec<Damage>,
    /// Whether the contents are those of a backup, and so may be older.
    pub from_backup: bool,
}

/// Reads what is whole: a file, all whole lines of it, or its newest whole backup.
///
/// ```
/// use hydra_protect::fallback::{DataRecovery, Layout};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("events.jsonl");
/// std::fs::write(&path, "{\"n\":1}\n{\"n\":\n{\"n\":3}\n")?;
/// let recovered = DataRecovery::recover(&path, Layout::JsonLines)?;
/// assert_eq!(recovered.contents, b"{\"n\":1}\n{\"n\":3}\n");
/// assert_eq!(recovered.lost[0].line, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DataRecovery;

impl DataRecovery {
    /// Reads what is whole; changes no file.
    ///
    /// # Errors
    /// What the system refuses; a damaged JSON file without a whole backup.
    pub fn recover(path: &Path, layout: Layout) -> Result<Recovered, FallbackError> {
        let read = fs::read(path);
        let contents = read.as_deref().unwrap_or_default();
        let lost: Vec<Damage> = match layout {
            Layout::Json => CorruptionDetector::check(contents, layout)
                .damage
                .into_iter()
                .collect(),
            Layout::JsonLines => json_lines(contents).filter_map(Result::err).collect(),
            Layout::Csv => csv_rows(contents).filter_map(Result::err).collect(),
        };
        if read.is_ok() && (lost.is_empty() || layout != Layout::Json) {
            let contents = if lost.is_empty() {
                contents.to_vec()
            } else {
                whole_lines(contents, layout)
            };
            return Ok(Recovered {
                contents,
                lost,
                from_backup: false,
            });
        }
        for backup in BackupManager::default().list(path) {
            if let Ok(contents) = fs::read(&backup)
                && CorruptionDetector::check(&contents, layout).is_whole()
            {
                return Ok(Recovered {
                    contents,
                    lost,
                    from_backup: true,
                });
            }
        }
        read.map_err(FallbackError::io("read", path))?;
        let damage = lost.into_iter().next().unwrap_or_else(|| Damage {
            line: 1,
            offset: 0,
            reason: "it is empty".into(),
        });
        Err(FallbackError::Damaged {
            path: path.to_owned(),
            damage,
        })
    }
}

fn whole_lines(contents: &[u8], layout: Layout) -> Vec<u8> {
    let mut whole = Vec::with_capacity(contents.len());
    let mut push = |line: &[u8]| {
        whole.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            whole.push(b'\n');
        }
    };
    match layout {
        Layout::Csv => csv_rows(contents).flatten().for_each(&mut push),
        _ => json_lines(contents).flatten().for_each(&mut push),
    }
    whole
}
