//! Records kept for a test's own assertions.
//!
//! ```
//! use hydra_logger::{Level, OwnedValue, info, testing};
//!
//! let (logger, records) = testing::capture();
//! info!(logger, "AUTH", user_id = 7, "logged in");
//!
//! let record = &records.layer("AUTH")[0];
//! assert_eq!((record.level, record.message.as_str()), (Level::Info, "logged in"));
//! assert_eq!(record.field("user_id"), Some(&OwnedValue::I64(7)));
//! ```

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hydra_core::format::{LineFormat, RenderContext};
use hydra_core::pipeline::{Group, OpenRoute, Protection, SecurityCheck, Target};
use hydra_core::{Buffer, Destination, DestinationStats, LineMeta};

use crate::config::Config;
use crate::{Level, Location, Logger, OwnedValue, Record};

/// A logger whose every layer lets everything through, TRACE included, and the records it is given.
///
/// Nothing is written anywhere. What is kept is what formats see: values after their `Display` has
/// run, the fields of the context, texts cut at the size limit. A test gives the logger to the code
/// it tests; if that code calls [`Logger::update_config`], the levels become those of the
/// configuration, and records are captured all the same.
///
/// ```
/// use hydra_logger::testing;
///
/// fn pay(logger: &hydra_logger::Logger, amount: u32) {
///     if amount > 1000 {
///         hydra_logger::warning!(logger, "PAYMENTS", amount, "unusual amount");
///     }
/// }
///
/// let (logger, records) = testing::capture();
/// pay(&logger, 10);
/// assert!(records.is_empty());
/// pay(&logger, 5000);
/// assert!(records.contains("unusual amount"));
/// ```
pub fn capture() -> (Logger, Records) {
    let records = Records::default();
    (Logger::capturing(Captured::new(&records)), records)
}

/// One record, with everything it holds.
///
/// ```
/// let (logger, records) = hydra_logger::testing::capture();
/// logger.info("APP", "started");
/// let record = records.take().pop().unwrap();
/// assert_eq!((record.layer.as_str(), record.message.as_str()), ("APP", "started"));
/// assert!(record.time <= std::time::SystemTime::now());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CapturedRecord {
    /// When it was made.
    pub time: SystemTime,
    /// Its level.
    pub level: Level,
    /// The name of the layer that was called, configured or not.
    pub layer: String,
    /// The message, its arguments filled in.
    pub message: String,
    /// Every field in the order in which formats show them: the context's first, then the call's.
    pub fields: Vec<(String, OwnedValue)>,
    /// Where the call stands in the source; macros know it, methods do not.
    pub location: Option<Location>,
}

impl CapturedRecord {
    /// The value of a field, or `None` if the record has no field of this name.
    ///
    /// ```
    /// let (logger, records) = hydra_logger::testing::capture();
    /// hydra_logger::info!(logger, "APP", port = 80, "up");
    /// assert!(records.all()[0].field("host").is_none());
    /// ```
    pub fn field(&self, name: &str) -> Option<&OwnedValue> {
        let mut fields = self.fields.iter();
        fields.find_map(|(key, value)| (key == name).then_some(value))
    }
}

impl From<&Record<'_>> for CapturedRecord {
    fn from(record: &Record<'_>) -> Self {
        let distance = Duration::from_nanos(record.unix_ns().unsigned_abs());
        CapturedRecord {
            time: if record.unix_ns() < 0 {
                SystemTime::UNIX_EPOCH - distance
            } else {
                SystemTime::UNIX_EPOCH + distance
            },
            level: record.level(),
            layer: record.layer().to_owned(),
            message: record.message().as_str().to_owned(),
            fields: record
                .fields()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            location: record.location(),
        }
    }
}

/// The records of a [`capture`], in the order in which they came. Cheap to clone; clones share
/// them, and any thread may ask.
///
/// ```
/// let (logger, records) = hydra_logger::testing::capture();
/// logger.error("DB", "connection lost");
/// logger.info("APP", "retrying");
/// assert_eq!(records.len(), 2);
/// assert_eq!(records.layer("DB").len(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Records(Arc<Mutex<Vec<CapturedRecord>>>);

impl Records {
    /// All of them so far.
    pub fn all(&self) -> Vec<CapturedRecord> {
        self.lock().clone()
    }

    /// All of them so far, which are then forgotten.
    ///
    /// ```
    /// let (logger, records) = hydra_logger::testing::capture();
    /// logger.info("APP", "one");
    /// assert_eq!(records.take().len(), 1);
    /// assert!(records.is_empty());
    /// ```
    pub fn take(&self) -> Vec<CapturedRecord> {
        std::mem::take(&mut self.lock())
    }

    /// Those of one layer.
    pub fn layer(&self, name: &str) -> Vec<CapturedRecord> {
        let records = self.lock();
        let of_layer = records.iter().filter(|record| record.layer == name);
        of_layer.cloned().collect()
    }

    /// Whether a message holds this text.
    pub fn contains(&self, text: &str) -> bool {
        self.lock()
            .iter()
            .any(|record| record.message.contains(text))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CapturedRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a capturing logger has in place of destinations.
pub(crate) struct Captured {
    records: Records,
    target: Target,
}

impl Captured {
    fn new(records: &Records) -> Captured {
        Captured {
            records: records.clone(),
            target: Target::new(Level::Trace, "capture", Arc::<Nowhere>::default()),
        }
    }

    pub(crate) fn route(
        &self,
        config: &Config,
        protection: Option<Protection>,
        security: Option<SecurityCheck>,
    ) -> OpenRoute {
        let format = Box::new(Keep(self.records.clone()));
        OpenRoute {
            groups: Box::new([Group::new(format, vec![self.target.clone()])]),
            protection,
            security,
            max_text: usize::try_from(config.max_message_size).unwrap_or(usize::MAX),
            measured: config.enable_performance,
            ..OpenRoute::default()
        }
    }
}

/// A format that keeps what it is to render, and so sees what every format sees.
struct Keep(Records);

impl LineFormat for Keep {
    fn render(&self, record: &Record<'_>, _: &mut RenderContext, _: &mut Buffer) {
        let record = CapturedRecord::from(record);
        self.0.lock().push(record);
    }
}

/// Where the lines of [`Keep`] go, which are empty.
#[derive(Default)]
struct Nowhere(DestinationStats);

impl Destination for Nowhere {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        self.0.delivered(meta.level, line.len());
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.0
    }
}
