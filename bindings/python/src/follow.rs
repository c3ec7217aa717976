//! A logger that follows its configuration's file: `HydraLogger("hydra.yaml", watch=True)`.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};

use hydra_logger::config::{Watch, watch};
use hydra_logger::diagnostics::{self, ErrorKind};
use pyo3::prelude::*;

use crate::exceptions::configuration_error;
use crate::gil::{self, Owned};
use crate::logger::State;

/// A watch whose logger is still being made.
pub(crate) struct Follower {
    watch: Option<Owned<Watch>>,
    /// The logger that follows, once it is known; none if it could not be made.
    followed: Arc<OnceLock<Weak<State>>>,
}

impl Follower {
    /// Begins to watch a file.
    pub(crate) fn of(py: Python<'_>, config: Option<&Bound<'_, PyAny>>) -> PyResult<Follower> {
        let Some(path) = config.and_then(|config| config.extract::<PathBuf>().ok()) else {
            let message = "watch=True follows a file: the configuration must be its path";
            return Err(configuration_error(py, message.to_owned()));
        };
        let followed = Arc::<OnceLock<Weak<State>>>::default();
        let target = Arc::clone(&followed);
        let begin = || {
            watch(path, move |loaded| {
                // A change that is seen while the logger is being made waits for it.
                let Some(state) = target.wait().upgrade() else {
                    return;
                };
                if let Err(error) = state.update(loaded.config) {
                    diagnostics::report(ErrorKind::Configuration, "a changed file", &error);
                }
            })
        };
        let watch = gil::detached(py, begin)?;
        Ok(Follower {
            watch: Some(Owned::new(watch)),
            followed,
        })
    }

    /// Lets it change the logger from now on, as long as the watch is kept.
    pub(crate) fn follow(mut self, state: &Arc<State>) -> Option<Owned<Watch>> {
        let _ = self.followed.set(Arc::downgrade(state));
        self.watch.take()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        // No logger was made: the watch, which ends now, would wait for it for ever.
        let _ = self.followed.set(Weak::new());
    }
}
