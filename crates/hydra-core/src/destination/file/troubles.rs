//! Troubles met while a lock is held, told when it is not: a callback of the error tracker may log
//! to this very file.

use std::fmt;
use std::path::Path;

use crate::diagnostics::{self, ErrorKind};
use crate::metrics::DestinationStats;

#[derive(Debug, Default)]
#[must_use = "troubles are told by `report`, once the locks are let go"]
pub(super) struct Troubles(Vec<(ErrorKind, String)>);

impl Troubles {
    pub(super) fn push(&mut self, kind: ErrorKind, what: &dyn fmt::Display) {
        self.0.push((kind, what.to_string()));
    }

    pub(super) fn extend(&mut self, more: Troubles) {
        self.0.extend(more.0);
    }

    pub(super) fn report(self, path: &Path, stats: &DestinationStats) {
        for (kind, what) in self.0 {
            stats.error();
            diagnostics::report(kind, &path.to_string_lossy(), &what);
        }
    }
}
