//! What is told of a spool: what it holds, and what it has lost.

use hydra_core::Level;

/// What a spool holds, and what it could not keep.
///
/// ```
/// use hydra_delivery::spool::{Spool, SpoolOptions};
/// # let directory = tempfile::tempdir()?;
/// let spool = Spool::open(directory.path(), SpoolOptions::default())?;
/// assert_eq!((spool.counts().lines, spool.counts().files), (0, 0)); // no file before it is needed
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpoolCounts {
    /// Lines that are kept.
    pub lines: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are open.
    pub files: usize,
    /// Lines that were found damaged.
    pub damaged: u64,
    /// Lines that made way for others.
    pub dropped: u64,
    /// Files whose sync has failed.
    pub poisoned: u64,
}

/// Lines that a spool does not keep any more, though nobody has delivered them, since this was last
/// asked for.
///
/// ```
/// assert!(hydra_delivery::spool::Losses::default().is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Those that made way for others, in the order of [`Level::ALL`].
    pub dropped: [u64; Level::ALL.len()],
    /// Those that were found damaged.
    pub damaged: u64,
}

impl Losses {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        *self == Losses::default()
    }
}
