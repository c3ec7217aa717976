//! A snapshot of a logger's counts.

use std::collections::BTreeMap;

use hydra_core::{DestinationSnapshot, Level};

/// The counts of a logger at one moment.
///
/// ```
/// let metrics = hydra_logger::Logger::new().metrics();
/// for destination in &metrics.destinations {
///     println!("{}: {} records", destination.name, destination.counts.records);
/// }
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Of each layer, by its name.
    pub layers: BTreeMap<String, LayerMetrics>,
    /// Of layers that are not configured and whose names are not kept any more, together: a logger
    /// keeps ten thousand names.
    pub other_layers: LayerMetrics,
    /// Of each destination of the configuration in force.
    pub destinations: Vec<DestinationMetrics>,
}

/// The counts of a layer.
///
/// ```
/// let logger = hydra_logger::Logger::new();
/// logger.error("DB", "connection lost");
/// assert_eq!(logger.metrics().layers["DB"].by_level[4], 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerMetrics {
    /// Records that passed the level check.
    pub records: u64,
    /// The same for each level, in the order of [`Level::ALL`].
    pub by_level: [u64; Level::ALL.len()],
}

impl LayerMetrics {
    pub(crate) fn new(by_level: [u64; Level::ALL.len()]) -> LayerMetrics {
        LayerMetrics {
            records: by_level.iter().sum(),
            by_level,
        }
    }
}

/// The counts of a destination.
///
/// ```
/// let metrics = hydra_logger::Logger::new().metrics();
/// assert_eq!(metrics.destinations[0].name, "console stderr");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DestinationMetrics {
    /// What and where it is: `file logs/app.log`.
    pub name: String,
    /// Its counts.
    pub counts: DestinationSnapshot,
}
