//! A host that shows the standard streams itself, in colour, as a notebook does: [`show_in`].
//!
//! From the moment it is there, every console of the process hands its lines to it instead of
//! writing them to the system's streams, and `color_mode: auto` takes it for a terminal.

use std::io;
use std::sync::OnceLock;

use crate::config::Stream;

/// Takes one line, newline included, for stdout or stderr ([`Stream::Split`] is never asked for).
pub type Show = dyn Fn(Stream, &[u8]) -> io::Result<()> + Send + Sync;

static HOST: OnceLock<Box<Show>> = OnceLock::new();

/// Hands the lines of every console to a host, for as long as the process lives. Only the first
/// call has an effect; it says whether this was it.
///
/// `show` is called on the thread that logs, with no lock held; its errors are counted and reported
/// as those of any destination. Consoles that were made before write there too, but in the colours
/// that were decided when they were made.
pub fn show_in(show: Box<Show>) -> bool {
    HOST.set(show).is_ok()
}

/// The host, if there is one.
pub(crate) fn host() -> Option<&'static Show> {
    HOST.get().map(|show| &**show)
}
