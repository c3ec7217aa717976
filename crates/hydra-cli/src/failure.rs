//! Why a command could not do its work.

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use hydra_logger::BuildError;
use hydra_logger::config::ConfigError;

/// Why a command could not do its work: what was asked for, what is wrong, what would be right.
///
/// ```
/// use hydra_cli::Failure;
/// let failure = Failure::Usage("no preset \"prod\"; did you mean production?".into());
/// assert_eq!(failure.to_string(), "no preset \"prod\"; did you mean production?");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The arguments fit the grammar, and yet ask for what is not there.
    Usage(String),
    /// A configuration is wrong.
    Config(ConfigError),
    /// A configuration is right, but this build cannot do what it asks for.
    Build(BuildError),
    /// A file cannot be read or written.
    File {
        /// What was tried, as it stands before the path: `cannot read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// stdin cannot be read, or stdout cannot be written.
    Io(io::Error),
}

impl Failure {
    /// Tells it on stderr, and gives the exit code: 2 for wrong arguments, 1 for all else. A
    /// reader that has gone is told nothing, and is no failure.
    pub(crate) fn tell(&self) -> ExitCode {
        if matches!(self, Failure::Io(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        // With stderr closed there is nobody left to tell.
        let _ = writeln!(io::stderr(), "hydra: {self}");
        match self {
            Failure::Usage(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) => f.write_str(message),
            Failure::Config(error) => error.fmt(f),
            Failure::Build(error) => error.fmt(f),
            Failure::File {
                action,
                path,
                source,
            } => write!(f, "{action} {}: {source}", path.display()),
            Failure::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Failure::Usage(_) => None,
            Failure::Config(error) => Some(error),
            Failure::Build(error) => Some(error),
            Failure::File { source, .. } => Some(source),
            Failure::Io(error) => Some(error),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Config(error)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Failure::Build(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}
