//! A snapshot of a logger's counts.

use std::collections::BTreeMap;
use std::fmt;

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

/// What became of a logger's records, counted at each destination: a record that goes to two is there
/// twice.
///
/// ```
/// use hydra_logger::{Logger, metrics::Outcome};
/// let logger = Logger::new();
/// logger.info("APP", "one");
/// let outcome = logger.metrics().outcome();
/// assert_eq!(outcome, Outcome { delivered: 1, ..Outcome::default() });
/// assert_eq!(outcome.to_string(), "1 delivered, 0 kept, 0 waiting, 0 dropped");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Lines that their destination took.
    pub delivered: u64,
    /// Lines that are kept on the disk, for when their destination takes them.
    pub kept: u64,
    /// Calls and lines that still wait in memory.
    pub queued: u64,
    /// Calls and lines that were dropped; [`Metrics`] says where, of which level and why.
    pub dropped: u64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            delivered,
            kept,
            queued,
            dropped,
        } = self;
        write!(
            f,
            "{delivered} delivered, {kept} kept, {queued} waiting, {dropped} dropped"
        )
    }
}

impl Metrics {
    /// What became of the records: the sum of all destinations, queues and rings.
    pub fn outcome(&self) -> Outcome {
        let destinations = self
            .destinations
            .iter()
            .map(|destination| &destination.counts);
        let mut outcome = Outcome::default();
        for counts in destinations.chain([&self.replaced_destinations]) {
            outcome.delivered += counts.records;
            outcome.dropped += counts.dropped;
        }
        #[cfg(feature = "async")]
        {
            for (_, counts) in &self.queues {
                outcome.kept += counts.kept;
                outcome.queued += counts.queued;
            }
            if let Some(engine) = &self.engine {
                outcome.queued += engine.queued;
                outcome.dropped += engine.refused.values().sum::<u64>();
            }
        }
        outcome
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
