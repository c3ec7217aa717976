//! Where lines go: the [`Destination`] trait, and the destinations that need no network.

pub mod console;
pub mod file;
pub mod host;

use std::io;

use crate::Level;
use crate::metrics::DestinationStats;

/// What a destination may want to know of a line, beside its bytes.
///
/// ```
/// use hydra_core::{Level, LineMeta};
/// let meta = LineMeta { level: Level::Error, unix_ns: 1_700_000_000_000_000_000 };
/// assert!(meta.level >= Level::Error);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LineMeta {
    /// The record's level.
    pub level: Level,
    /// The record's time, in nanoseconds since 1970-01-01 UTC.
    pub unix_ns: i64,
}

/// A place where rendered lines go.
///
/// A destination is shared by threads and layers. It is given whole lines, each ending with a
/// newline, already rendered: it never formats, and it is never called with a lock held.
///
/// What goes wrong is an `Err` (this line is not kept: the caller counts it as dropped and reports
/// it), or, for lines accepted earlier (a buffer that could not be written), counted in
/// [`Destination::stats`] and reported through [`crate::diagnostics`] by the destination itself.
///
/// ```
/// use hydra_core::{Destination, DestinationStats, LineMeta};
/// use std::io;
/// use std::sync::Mutex;
///
/// #[derive(Default)]
/// struct Lines(Mutex<Vec<Vec<u8>>>, DestinationStats);
///
/// impl Destination for Lines {
///     fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
///         self.0.lock().unwrap().push(line.to_vec());
///         self.1.delivered(meta.level, line.len());
///         Ok(())
///     }
///     fn flush(&self) -> io::Result<()> {
///         Ok(())
///     }
///     fn stats(&self) -> &DestinationStats {
///         &self.1
///     }
/// }
/// ```
pub trait Destination: Send + Sync {
    /// Takes one line, newline included.
    ///
    /// # Errors
    /// The line was not kept: nothing of it will appear later.
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()>;

    /// Brings everything accepted so far to where it goes: after `Ok`, a killed process loses none
    /// of it.
    ///
    /// # Errors
    /// Something accepted earlier is still kept back; a later call tries again.
    fn flush(&self) -> io::Result<()>;

    /// Flushes, and from now on keeps nothing back: a thread that still holds an old route may
    /// deliver after this, and its lines must not rest in a buffer that nobody will flush.
    ///
    /// # Errors
    /// As [`Destination::flush`].
    fn retire(&self) -> io::Result<()> {
        self.flush()
    }

    /// Opens anew what may have been moved away, as a file by logrotate. Nothing by default.
    ///
    /// # Errors
    /// It cannot be opened; the next delivery tries again.
    fn reopen(&self) -> io::Result<()> {
        Ok(())
    }

    /// The running counts. Hands them out and does no more: the logger's own locks may be held.
    fn stats(&self) -> &DestinationStats;
}
