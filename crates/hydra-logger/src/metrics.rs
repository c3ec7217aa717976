//! A snapshot of a logger's counts.

use std::collections::BTreeMap;

use hydra_core::DestinationSnapshot;
pub use hydra_core::metrics::{LatencySnapshot, LayerSnapshot};

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
    pub layers: BTreeMap<String, LayerSnapshot>,
    /// Of layers that are not configured and whose names are not kept any more, together: a logger
    /// keeps ten thousand names.
    pub other_layers: LayerSnapshot,
    /// Of each destination of the configuration in force.
    pub destinations: Vec<DestinationMetrics>,
    /// Of the destinations that [`Logger::update_config`](crate::Logger::update_config) has
    /// replaced, together and without their latency: no dropped record leaves the account.
    pub replaced_destinations: DestinationSnapshot,
    /// How many values were redacted, by detector; those that redacted nothing are not there. With
    /// those of a configuration that was replaced.
    pub redacted: BTreeMap<String, u64>,
    /// How many records held a threat of each kind, where `enable_security` is on.
    pub threats: BTreeMap<String, u64>,
    /// Of the engine, where the logger is asynchronous.
    #[cfg(feature = "async")]
    pub engine: Option<hydra_delivery::EngineCounts>,
    /// Of the queue before each destination, by its name, where the logger is asynchronous.
    #[cfg(feature = "async")]
    pub queues: Vec<(String, hydra_delivery::queue::QueueCounts)>,
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
