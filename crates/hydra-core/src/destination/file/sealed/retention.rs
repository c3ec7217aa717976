//! Which old files may go: those last written longer ago than they are kept, the oldest first.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::backups::{self, Backup};

/// No first line of a sealed file is longer.
const FIRST_LINE: u64 = 4096;

/// An old file whose time has come.
pub(super) struct Expired {
    pub(super) path: PathBuf,
    /// Its first line.
    pub(super) first: Vec<u8>,
    /// The first line of the file behind it.
    pub(super) next: Vec<u8>,
}

/// The old files of `log` that are not kept any longer, the oldest first.
pub(super) fn expired(log: &Path, keep: Duration) -> io::Result<Vec<Expired>> {
    let mut found = backups::list(log)?;
    found.reverse();
    let mut expired = Vec::new();
    for (i, backup) in found.iter().enumerate() {
        let written = fs::metadata(&backup.path)?.modified()?;
        // A time in the future is not old.
        let age = SystemTime::now()
            .duration_since(written)
            .unwrap_or_default();
        if age <= keep {
            break;
        }
        expired.push(Expired {
            path: backup.path.clone(),
            first: first_line(backup)?,
            next: match found.get(i + 1) {
                Some(next) => first_line(next)?,
                None => head(File::open(log)?)?,
            },
        });
    }
    Ok(expired)
}

fn first_line(backup: &Backup) -> io::Result<Vec<u8>> {
    let file = File::open(&backup.path)?;
    #[cfg(feature = "gzip")]
    if backup.gzip {
        return head(flate2::read::GzDecoder::new(file));
    }
    head(file)
}

fn head(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(FIRST_LINE).read_to_end(&mut bytes)?;
    let end = bytes.iter().position(|byte| *byte == b'\n');
    bytes.truncate(end.unwrap_or(0));
    Ok(bytes)
}
