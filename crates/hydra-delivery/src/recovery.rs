//! What killed processes have left in a state directory: [`recover`] delivers it to where it was
//! going, [`list`] only looks, [`export`] writes it out, and [`begin`] is what a start does.
//!
//! Each ring file (`PID-START-N.ring`) whose owner is dead is taken over under its lock, so that one
//! process delivers it and no other. Lines go to the destinations of the configuration that the file
//! holds, from where each of them was left; book is kept as before, so that a recovery may be killed
//! as well, and the next one goes on. When everything is delivered the file is removed.
//!
//! Into **files** each line comes once. Other destinations may get those twice that they were given
//! when the process was killed. What went to a destination of the program's own is delivered to the
//! configured ones alone.
//!
//! Each **spool** (`spool-….db`, feature `spool`) of a dead process likewise: its lines go, rendered as
//! they are, to the destinations of the configuration that stands beside them. A line leaves the spool
//! when its destination has taken and synced it: a recovery that is killed in between delivers it
//! again. What a spool has for a destination is delivered before what the ring file of the same
//! process has that is younger, and what stands in both once. Spools of earlier versions, which have no
//! configuration beside their lines, and lines of a program's own destinations wait for the next start
//! of their logger.

use std::io;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use hydra_core::config::Config;

use crate::ring_file::{reader, record};
use spooled::Spools;

mod exported;
#[cfg(feature = "spool")]
mod spooled;
#[cfg(not(feature = "spool"))]
mod spooled {
    //! There are no spools.

    use super::{Config, Left, Path, io};
    use crate::ring_file::Earlier;

    pub(super) struct Spools;

    impl Spools {
        pub(super) fn later(_: &Path) -> Spools {
            Spools
        }

        #[expect(
            clippy::unnecessary_wraps,
            reason = "a spool may not be there to be read"
        )]
        pub(super) fn find(_: &Path) -> io::Result<Spools> {
            Ok(Spools)
        }

        #[expect(clippy::unused_self, reason = "it has nothing")]
        pub(super) fn earlier(&self, _: &str, _: Option<&str>) -> Option<Earlier> {
            None
        }

        #[expect(clippy::unused_self, reason = "it has nothing")]
        pub(super) fn recover(&self, _: impl Fn(&str) -> Result<Config, String>) {}

        #[expect(clippy::unused_self, reason = "it has nothing")]
        pub(super) fn left(self) -> Vec<Left> {
            Vec::new()
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "a spool may not be there to be read"
    )]
    pub(super) fn list(_: &Path) -> io::Result<Vec<Left>> {
        Ok(Vec::new())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "a spool may not be there to be read"
    )]
    pub(super) fn export(_: &Path, _: &mut dyn io::Write) -> io::Result<Vec<Left>> {
        Ok(Vec::new())
    }
}
#[cfg(target_os = "linux")]
mod taken;
#[cfg(not(target_os = "linux"))]
mod taken {
    //! There are no ring files.

    use super::spooled::Spools;
    use super::{Config, Left, Path, io};

    pub(super) fn recover(
        _: &Path,
        _: impl Fn(&str) -> Result<Config, String>,
        _: &Spools,
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

/// A ring file or a spool that a process has left.
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
    /// Records that had not reached all of their destinations; of a spool its lines, one for each
    /// destination.
    pub records: u64,
    /// Lines that were delivered now.
    pub delivered: u64,
    /// Places where records made no sense, and were passed over; of a spool the lines that are lost.
    pub damaged: u64,
    /// The bytes of the rings that lie there; of a spool they are not known.
    pub damaged_bytes: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a ring file or a spool.
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
    /// Some of its lines are for a destination that nothing beside them says how to open: one of the
    /// program's own, or a spool of an earlier version. The next start of their logger delivers them.
    ForItsLogger,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Found => f.write_str("found"),
            Outcome::Delivered => f.write_str("delivered"),
            Outcome::Kept(why) => write!(f, "kept: {why}"),
            Outcome::ForItsLogger => f.write_str("adopted by the next start of its logger"),
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
    let spools = Spools::find(directory)?;
    let mut left = taken::recover(directory, &parse, &spools)?;
    spools.recover(parse);
    left.extend(spools.left());
    Ok(left)
}

/// As [`recover`], for a program that starts: of the spools it delivers what is older than a ring file
/// has of the same destination. The rest of them a logger takes over that has such a destination.
///
/// # Errors
/// As [`recover`].
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let parse = |_: &str| Err("there is nothing to read".to_owned());
/// let left = hydra_delivery::recovery::begin(directory.path(), parse)?;
/// assert_eq!(left.len(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn begin(
    directory: &Path,
    parse: impl Fn(&str) -> Result<Config, String>,
) -> io::Result<Vec<Left>> {
    taken::recover(directory, parse, &Spools::later(directory))
}

/// What dead processes have left in a directory.
///
/// # Errors
/// The directory cannot be read.
///
/// See [`Left`] for an example.
pub fn list(directory: &Path) -> io::Result<Vec<Left>> {
    let mut left = taken::list(directory)?;
    left.extend(spooled::list(directory)?);
    Ok(left)
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
    let mut left = taken::export(directory, out)?;
    left.extend(spooled::export(directory, out)?);
    Ok(left)
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
