//! What dead processes have left, for whoever looks at all of it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hydra_core::LineMeta;

use super::adopt::{self, Found};
use super::body::Row;
use super::origin::Origin;

/// A file of a dead process. Nobody else has it before this is dropped.
pub(crate) struct LeftFile {
    pub(crate) path: PathBuf,
    pub(crate) pid: u32,
    /// When its first line was written, in nanoseconds since 1970.
    pub(crate) born: i64,
    /// How many lines it has for each destination, by its name.
    pub(crate) lines: BTreeMap<String, u64>,
    /// Where they came from, where that is known.
    pub(crate) origins: HashMap<String, Arc<Origin>>,
    /// Lines that are known to be lost.
    pub(crate) damaged: u64,
    found: Found,
}

/// The files that dead processes have left in a directory, the oldest first.
pub(crate) fn left(directory: &Path) -> io::Result<Vec<LeftFile>> {
    let found = adopt::adopt_all(directory)?.into_iter();
    let left = found.filter_map(|(path, found)| LeftFile::new(path, found));
    Ok(left.collect())
}

impl LeftFile {
    /// None where it cannot be read any more.
    fn new(path: PathBuf, found: Found) -> Option<LeftFile> {
        let mut left = LeftFile {
            pid: adopt::pid(&path),
            born: adopt::born(&path),
            path,
            lines: BTreeMap::new(),
            origins: HashMap::new(),
            damaged: 0,
            found,
        };
        match &left.found {
            Found::Sound(file) => {
                left.lines = file.identities().ok()?.into_iter().collect();
                left.origins = file.origins();
            }
            Found::Damaged(salvaged) => {
                for row in &salvaged.rows {
                    let lines = left.lines.entry(row.identity.clone()).or_default();
                    *lines += row.lines.as_batch().len() as u64;
                    left.damaged += u64::from(row.damaged);
                }
                left.origins.clone_from(&salvaged.origins);
            }
        }
        Some(left)
    }

    /// Gives each line, oldest first, with the name of its destination.
    pub(crate) fn each_line(&self, mut work: impl FnMut(&str, &[u8], &LineMeta)) -> io::Result<()> {
        let mut each = |row: &Row| {
            for (line, meta) in row.lines.as_batch().iter() {
                work(&row.identity, line, &meta);
            }
        };
        match &self.found {
            Found::Sound(file) => Ok(file.each_row(|row| each(&row))?),
            Found::Damaged(salvaged) => {
                salvaged.rows.iter().for_each(each);
                Ok(())
            }
        }
    }
}
