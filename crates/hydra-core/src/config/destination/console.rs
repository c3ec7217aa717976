//! A console: which stream, and what goes where.

use crate::Level;

/// Options of a console.
///
/// ```
/// use hydra_core::config::{ConsoleConfig, Stream};
/// assert_eq!(ConsoleConfig::default().stream, Stream::Stderr);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsoleConfig {
    /// Which stream. Default: stderr.
    pub stream: Stream,
    /// With [`Stream::Split`], what goes to stderr: this level and above. Default: WARNING.
    pub split_level: Level,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        ConsoleConfig {
            stream: Stream::Stderr,
            split_level: Level::Warning,
        }
    }
}

/// Which of the process's streams a console is.
///
/// The default is stderr: a program's stdout is its result, which the next program in a pipe
/// reads, and a log line in it would be taken for data.
///
/// ```
/// assert_eq!(hydra_core::config::Stream::Split.name(), "split");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Stream {
    /// `stdout`.
    Stdout,
    /// `stderr`.
    #[default]
    Stderr,
    /// `split`: by level, see [`ConsoleConfig::split_level`].
    Split,
}

impl Stream {
    /// Every choice.
    pub const ALL: [Stream; 3] = [Stream::Stdout, Stream::Stderr, Stream::Split];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Split => "split",
        }
    }
}
