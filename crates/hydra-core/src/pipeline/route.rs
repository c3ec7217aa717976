//! What a layer does with a record: an immutable value, made ahead.

use std::sync::Arc;

use super::front::Front;
use super::protection::Protection;
use super::security::SecurityCheck;
use crate::format::LineFormat;
use crate::{Destination, Level, LevelSet, destination};

/// The lowest number of a range that holds no level.
const NOTHING: u8 = u8::MAX;

/// A destination in a route.
///
/// ```
/// use std::sync::Arc;
/// use hydra_core::config::Stream;
/// use hydra_core::destination::console::ConsoleDestination;
/// use hydra_core::pipeline::Target;
/// use hydra_core::Level;
///
/// let stderr = Arc::new(ConsoleDestination::new(Stream::Stderr));
/// let target = Target::new(Level::Info, "stderr", stderr).below(Some(Level::Error));
/// # let _ = target;
/// ```
#[derive(Clone)]
pub struct Target {
    /// The number of the lowest level that goes there; [`NOTHING`] where none does.
    lowest: u8,
    /// How many numbers above it the highest lies.
    span: u8,
    guaranteed: LevelSet,
    name: Arc<str>,
    destination: Arc<dyn Destination>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// A destination that takes records from a level on. The name is shown in errors and metrics.
    pub fn new(
        level: Level,
        name: impl Into<Arc<str>>,
        destination: Arc<dyn Destination>,
    ) -> Target {
        Target {
            lowest: level.number(),
            // Not all of `u8`: a level below the lowest wraps around to a number beyond this.
            span: u8::MAX - level.number(),
            guaranteed: LevelSet::SEVERE,
            name: name.into(),
            destination,
        }
    }

    /// The same, but no queue before the destination drops a record of these levels. ERROR and
    /// CRITICAL unless set.
    #[must_use]
    pub fn guaranteeing(mut self, levels: LevelSet) -> Target {
        self.guaranteed = levels;
        self
    }

    /// The same, but only records below another level.
    #[must_use]
    pub fn below(mut self, level: Option<Level>) -> Target {
        if let Some(level) = level {
            let span = level.number().checked_sub(self.lowest.saturating_add(1));
            if span.is_none() {
                self.lowest = NOTHING;
            }
            self.span = span.unwrap_or(0);
        }
        self
    }

    /// Goes to another destination, if it goes to this one.
    pub(super) fn replace(&mut self, old: &Arc<dyn Destination>, new: &Arc<dyn Destination>) {
        if Arc::ptr_eq(&self.destination, old) {
            self.destination = Arc::clone(new);
        }
    }

    /// Whether a record of this level goes there.
    #[inline]
    pub(super) fn takes(&self, level: Level) -> bool {
        level.number().wrapping_sub(self.lowest) <= self.span
    }

    /// Whether no queue may drop a record of this level on its way there.
    #[inline]
    pub(super) fn guarantees(&self, level: Level) -> bool {
        self.guaranteed.contains(level)
    }

    #[inline]
    pub(super) fn destination(&self) -> &dyn Destination {
        &*self.destination
    }

    /// The same, as it is shared.
    pub(super) fn shared(&self) -> &Arc<dyn Destination> {
        &self.destination
    }

    /// Counts and reports a line that the destination did not take.
    #[cold]
    pub(super) fn refused(&self, error: &std::io::Error) {
        destination::refused(self.destination.stats(), &self.name, error);
    }
}

/// Destinations that get the same line, which is rendered once for all of them.
///
/// ```
/// use hydra_core::format::{FormatKind, FormatSettings};
/// use hydra_core::pipeline::Group;
/// let format = FormatSettings::new(FormatKind::Json).bind("APP")?;
/// let group = Group::new(format, vec![]);
/// # let _ = group;
/// # Ok::<(), hydra_core::format::FormatError>(())
/// ```
pub struct Group {
    lowest: u8,
    /// What its destinations must not see beside what no destination sees.
    protection: Option<Protection>,
    format: Box<dyn LineFormat>,
    targets: Box<[Target]>,
}

impl Group {
    /// A group of destinations with the same format.
    pub fn new(format: Box<dyn LineFormat>, targets: Vec<Target>) -> Group {
        let lowest = targets
            .iter()
            .map(|target| target.lowest)
            .min()
            .unwrap_or(NOTHING);
        Group {
            lowest,
            protection: None,
            format,
            targets: targets.into(),
        }
    }

    /// The same group, whose lines show less than others: a protection of its own comes on top of
    /// that of the route.
    #[must_use]
    pub fn with_protection(mut self, protection: Option<Protection>) -> Group {
        self.protection = protection;
        self
    }

    pub(super) fn protection(&self) -> Option<&Protection> {
        self.protection.as_ref()
    }

    /// Whether any of them may take a record of this level.
    #[inline]
    pub(super) fn takes(&self, level: Level) -> bool {
        level.number() >= self.lowest
    }

    pub(super) fn format(&self) -> &dyn LineFormat {
        &*self.format
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }
}

/// What becomes of a layer's records.
///
/// ```
/// use hydra_core::config::Config;
/// use hydra_core::pipeline::{Assembly, Layer, Route};
/// let assembly = Assembly::new(&Config::default(), None)?;
/// let (level, route) = assembly.route("APP").expect("there is a DEFAULT");
/// let layer = Layer::new(1, "APP", level, Route::Open(route));
/// assert!(layer.is_enabled(level));
/// # Ok::<(), hydra_core::pipeline::BuildError>(())
/// ```
pub enum Route {
    /// They are rendered and delivered, on the thread that calls.
    Open(OpenRoute),
    /// They are handed to somebody who takes them through the open route later, elsewhere.
    Queued {
        /// Who takes them.
        front: Arc<dyn Front>,
        /// What becomes of them then.
        open: OpenRoute,
    },
    /// The logger is closed: they are counted and reported.
    Closed,
}

/// The way of a layer's records to its destinations.
///
/// ```
/// use hydra_core::pipeline::OpenRoute;
/// let nowhere = OpenRoute::default();
/// assert!(nowhere.groups.is_empty());
/// ```
pub struct OpenRoute {
    /// The groups, in the order of their first destination.
    pub groups: Box<[Group]>,
    /// What takes out what must not be shown; none where nothing is.
    pub protection: Option<Protection>,
    /// What looks for threats; none unless it was asked for.
    pub security: Option<SecurityCheck>,
    /// The longest text of a message or of a value, in the call or the context, in bytes; what is
    /// more is cut. Names are not: those of call sites are short, and `Logger::log_with` cuts
    /// its own. Default: 1 MiB.
    pub max_text: usize,
    /// Whether one record in 128 is timed, for the layer's latencies. Default: no.
    pub measured: bool,
    /// Whether a call waits, in an asynchronous logger too, until its record has been through here.
    /// Default: no.
    pub waits: bool,
    /// The levels of which a record goes to a destination with
    /// [`Durability::Power`](crate::config::Durability::Power): a call of an asynchronous logger waits
    /// until the disk has it. Default: none.
    pub durable: LevelSet,
}

impl Default for OpenRoute {
    fn default() -> OpenRoute {
        OpenRoute {
            groups: Box::default(),
            protection: None,
            security: None,
            max_text: 1 << 20,
            measured: false,
            waits: false,
            durable: LevelSet::NONE,
        }
    }
}

impl Route {
    /// The way to the destinations, if there is one.
    pub fn open(&self) -> Option<&OpenRoute> {
        match self {
            Route::Open(open) | Route::Queued { open, .. } => Some(open),
            Route::Closed => None,
        }
    }

    /// Whether a record of this level may be dropped nowhere on its way to one of the destinations that
    /// take it.
    pub fn guarantees(&self, level: Level) -> bool {
        let guarantees = |target: &Target| target.takes(level) && target.guarantees(level);
        self.open().is_some_and(|open| {
            let mut targets = open.groups.iter().flat_map(Group::targets);
            targets.any(guarantees)
        })
    }

    /// The number of the lowest level at which any destination takes a record.
    pub(super) fn lowest(&self) -> u8 {
        // Records after the end are counted, so they must get as far as the pipeline.
        self.open().map_or(0, |open| {
            let lowest = open.groups.iter().map(|group| group.lowest).min();
            lowest.unwrap_or(NOTHING)
        })
    }
}
