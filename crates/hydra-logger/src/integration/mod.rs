//! What the integrations with `tracing` and `log` share: targets become layers, values are
//! gathered.

mod gathered;
mod targets;

pub(crate) use gathered::{Gathered, Outgoing};
pub(crate) use targets::{Rule, Targets};

use std::error::Error;
use std::fmt;

/// Another logger had been installed before: a process has one for `tracing` and one for `log`, and
/// neither can be replaced.
///
/// ```
/// # #[cfg(feature = "log")] {
/// let logger = hydra_logger::Logger::new();
/// logger.install_log()?;
/// let error = logger.install_log().unwrap_err();
/// assert!(error.to_string().starts_with("the log crate's logger cannot be installed"));
/// # }
/// # Ok::<(), hydra_logger::InstallError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallError {
    pub(crate) what: &'static str,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cannot be installed: this process has one already; install once, at the start of \
             main, and remove other loggers' set-up",
            self.what
        )
    }
}

impl Error for InstallError {}
