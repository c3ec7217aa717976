//! What killed processes have left in a state directory: [`recover`] delivers it to where it was
//! going, [`list`] only looks, [`export`] writes it out.
//!
//! Each ring file (`PID-START-N.ring`) whose owner is dead is taken over under its lock, so that one
//! process delivers it and no other. Lines go to the destinations of the configuration that the file
//! holds, from where each of them was left; book is kept as before, so that a recovery may be killed
//! as well, and the next one goes on. When everything is delivered the file is removed.
//!
//! Into **files** each line comes once. Other destinations may get those twice that they were given
//! when the process was killed. What went to a destination of the program's own is delivered to the
//! configured ones alone.

use std::io;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use hydra_core::config::Config;

use crate::ring_file::{reader, record};

#[cfg(target_os = "linux")]
mod taken;
#[cfg(not(target_os = "linux"))]
mod taken {
    //! There are no ring files.

    use super::{Config, Left, Path, io};

    pub(super) fn recover(
        _: &Path,
        _: impl Fn(&str) -> Result<Config, String>,
    ) -> io::Result<Vec<Left>> {
        Ok(Vec::new())
    }

    pub(super) fn list(_: &Path) -> io::Result<Vec<Left>> {
        Ok(Vec::new())
    }

    pub(super) fn export(_: &Path, _: &mut dyn io::Write) -> io::Result<Vec<Left>> {
        Ok(Vec::new())
    }
}

/// A ring file that a process has left.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let left = hydra_delivery::recovery::list(directory.path())?;
/// assert!(left.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Left {
    /// The file.
    pub path: PathBuf,
    /// The process that it belonged to.
    pub pid: u32,
    /// When the file was made, in nanoseconds since 1970-01-01 UTC.
    pub created: i64,
    /// Records that had not reached all of their destinations.
    pub records: u64,
    /// Lines that were delivered now.
    pub delivered: u64,
    /// Places where records made no sense, and were passed over.
    pub damaged: u64,
    /// The bytes of the rings that lie there.
    pub damaged_bytes: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a ring file.
///
/// ```
/// use hydra_delivery::recovery::Outcome;
/// assert_eq!(Outcome::Delivered.to_string(), "delivered");
/// assert_eq!(Outcome::Kept("disk full".into()).to_string(), "kept: disk full");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was only looked at.
    Found,
    /// Everything in it is where it was going, and it was removed.
    Delivered,
    /// Something in it could not be delivered, and it is there for the next time.
    Kept(String),
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Found => f.write_str("found"),
            Outcome::Delivered => f.write_str("delivered"),
            Outcome::Kept(why) => write!(f, "kept: {why}"),
        }
    }
}

/// Delivers what dead processes have left in a directory to where it was going. `parse` reads the
/// configuration that is found with it, as JSON. A directory that is not there holds nothing.
///
/// # Errors
/// The directory cannot be read. What is wrong with one file is in its [`Outcome`].
///
/// ```
/// use hydra_core::config::{Config, Syntax, load_text};
/// # let directory = tempfile::tempdir()?;
/// let left = hydra_delivery::recovery::recover(directory.path(), |json| {
///     let loaded = load_text(json, Syntax::Json).map_err(|error| error.to_string())?;
///     Ok(loaded.config)
/// })?;
/// assert_eq!(left.len(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn recover(
    directory: &Path,
    parse: impl Fn(&str) -> Result<Config, String>,
) -> io::Result<Vec<Left>> {
    taken::recover(directory, parse)
}

/// What dead processes have left in a directory.
///
/// # Errors
/// The directory cannot be read.
///
/// See [`Left`] for an example.
pub fn list(directory: &Path) -> io::Result<Vec<Left>> {
    taken::list(directory)
}

/// Writes what dead processes have left in a directory as JSON, a line a record, and leaves it there.
///
/// # Errors
/// The directory cannot be read, or the lines not be written.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let mut lines = Vec::new();
/// hydra_delivery::recovery::export(directory.path(), &mut lines)?;
/// assert!(lines.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn export(directory: &Path, out: &mut dyn io::Write) -> io::Result<Vec<Left>> {
    taken::export(directory, out)
}

/// How many records any bytes hold, and how many places in them are damaged: for the fuzzer.
#[doc(hidden)]
pub fn read_anything(bytes: &[u8]) -> Option<(usize, u64)> {
    let contents = reader::read(bytes).ok()?;
    let arena = Bump::new();
    for record in &contents.records {
        // Each was read once: it is a call.
        record::read(record.bytes, &arena)?;
    }
    Some((contents.records.len(), contents.damage.records))
}
