//! Destinations that a program brings along.

use std::sync::Arc;

use crate::format::{FormatKind, FormatSettings};
use crate::{Destination, Level};

/// A destination of the program's own in a layer: what a configuration file cannot name.
///
/// It stays through every change of the configuration.
///
/// ```
/// use hydra_core::format::{FormatKind, FormatSettings};
/// use hydra_core::pipeline::CustomDestination;
/// use hydra_core::{Destination, DestinationStats, Level, LineMeta};
/// use std::sync::Arc;
///
/// #[derive(Default)]
/// struct Nowhere(DestinationStats);
/// impl Destination for Nowhere {
///     fn deliver(&self, line: &[u8], meta: &LineMeta) -> std::io::Result<()> {
///         self.0.delivered(meta.level, line.len());
///         Ok(())
///     }
///     fn flush(&self) -> std::io::Result<()> {
///         Ok(())
///     }
///     fn stats(&self) -> &DestinationStats {
///         &self.0
///     }
/// }
///
/// let nowhere = CustomDestination::new("APP", "nowhere", Arc::new(Nowhere::default()))
///     .level(Level::Error)
///     .format(FormatSettings::new(FormatKind::Json));
/// # let _ = nowhere;
/// ```
#[derive(Clone)]
#[must_use = "it does nothing until it is given to a logger"]
pub struct CustomDestination {
    pub(super) layer: String,
    pub(super) name: Arc<str>,
    pub(super) level: Level,
    pub(super) format: FormatSettings,
    pub(super) destination: Arc<dyn Destination>,
}

impl CustomDestination {
    /// A destination for a layer, which is added if it is not configured. The name is shown in
    /// errors and metrics. Unless set otherwise it takes all that the layer lets through, in plain
    /// text without colour.
    pub fn new(
        layer: impl Into<String>,
        name: impl Into<Arc<str>>,
        destination: Arc<dyn Destination>,
    ) -> CustomDestination {
        CustomDestination {
            layer: layer.into(),
            name: name.into(),
            level: Level::Trace,
            format: FormatSettings::new(FormatKind::PlainText),
            destination,
        }
    }

    /// The lowest level that it takes.
    pub fn level(mut self, level: Level) -> CustomDestination {
        self.level = level;
        self
    }

    /// The format of its lines.
    pub fn format(mut self, format: FormatSettings) -> CustomDestination {
        self.format = format;
        self
    }
}

impl std::fmt::Debug for CustomDestination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomDestination")
            .field("layer", &self.layer)
            .field("name", &self.name)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}
