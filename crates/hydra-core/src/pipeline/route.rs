//! What a layer does with a record: an immutable value, made ahead.

use std::sync::Arc;

use crate::diagnostics::{self, ErrorKind};
use crate::format::LineFormat;
use crate::{Destination, Level};

/// A destination in a route.
#[derive(Clone)]
pub struct Target {
    /// Records below this level do not go there.
    pub level: Level,
    /// The destination's name in errors and metrics: `file logs/app.log`.
    pub name: Arc<str>,
    /// The destination.
    pub destination: Arc<dyn Destination>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("level", &self.level)
            .field("name", &self.name)
            .finish()
    }
}

impl Target {
    /// Counts and reports a line that the destination did not take.
    #[cold]
    #[inline(never)]
    pub(super) fn refused(&self, error: &std::io::Error) {
        let stats = self.destination.stats();
        stats.dropped(1);
        stats.error();
        // Whoever read the other end is gone for good: that is said once, not for each line.
        if error.kind() != std::io::ErrorKind::BrokenPipe || stats.snapshot().errors == 1 {
            diagnostics::report(ErrorKind::Write, &self.name, error);
        }
    }
}

/// Destinations that get the same line, which is rendered once for all of them.
pub struct Group {
    level: Level,
    format: Box<dyn LineFormat>,
    targets: Box<[Target]>,
}

impl Group {
    /// A group; its level is the lowest of its targets'.
    pub fn new(format: Box<dyn LineFormat>, targets: Vec<Target>) -> Group {
        let level = targets
            .iter()
            .map(|target| target.level)
            .min()
            .unwrap_or(Level::Critical);
        Group {
            level,
            format,
            targets: targets.into(),
        }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    pub(super) fn format(&self) -> &dyn LineFormat {
        &*self.format
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }
}

/// What becomes of a layer's records.
pub enum Route {
    /// They are rendered and delivered.
    Open {
        /// The groups, in the order of their first destination.
        groups: Box<[Group]>,
        /// The longest text of a message or value, in bytes; what is more is cut.
        max_text: usize,
    },
    /// The logger is closed: they are counted and reported.
    Closed,
}

impl Route {
    /// The lowest level at which any destination takes a record; `None` where none takes any.
    pub fn lowest_level(&self) -> Option<Level> {
        match self {
            Route::Open { groups, .. } => groups.iter().map(Group::level).min(),
            Route::Closed => None,
        }
    }
}
