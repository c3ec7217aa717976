//! [`Logger`]: layers by name, and the life of their destinations.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hydra_core::config::{Config, DEFAULT_LAYER, env};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Assembly, BuildError, CustomDestination};
use hydra_core::{Event, Fields, Key, Layer, Level, Message, Value, truncated};

use crate::layers::shortened;
use crate::metrics::Metrics;
use crate::shared::{Core, PATIENCE, State};
use crate::testing::Captured;

/// The length up to which no field's name is cut, in bytes: that a name is no longer is seen
/// without looking for the limit, which is behind a lock.
const SHORT_NAME: usize = 64;

/// A logger: layers, each with its level and its destinations.
///
/// Cheap to clone, and shared by threads. When the last clone is dropped, or at
/// [`Logger::close`], everything is flushed.
///
/// ```
/// use hydra_logger::{Level, Logger};
///
/// let logger = Logger::new();
/// logger.info("APP", "started");
/// logger.log(Level::Warning, "APP", format_args!("{} tries left", 2));
/// assert!(!logger.is_enabled("APP", Level::Debug));
/// logger.close()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Logger(pub(crate) Arc<Core>);

impl Default for Logger {
    fn default() -> Self {
        Logger::new()
    }
}

impl Logger {
    /// A logger without configuration: INFO and above as plain text on stderr, in colour on a
    /// terminal. `HYDRA_LOG_*` variables are followed.
    pub fn new() -> Logger {
        let logger = under_environment(Config::default(), Logger::from_config);
        logger.unwrap_or_else(|error| {
            diagnostics::report(ErrorKind::Configuration, "default configuration", &error);
            Logger::from_parts(Config::empty(), Assembly::empty(), None)
        })
    }

    /// A logger with this configuration. Nothing is opened or created before the first record,
    /// unless `lazy_initialization` is off.
    ///
    /// # Errors
    /// A destination needs a cargo feature that this build lacks, a template is wrong, or a
    /// destination that must open at once does not.
    pub fn from_config(config: Config) -> Result<Logger, BuildError> {
        Logger::with_custom(config, Vec::new())
    }

    /// The same, with destinations of the program's own.
    pub(crate) fn with_custom(
        config: Config,
        custom: Vec<CustomDestination>,
    ) -> Result<Logger, BuildError> {
        #[cfg(feature = "audit")]
        crate::audit::provide();
        #[cfg(feature = "async")]
        crate::strategies::check(&config)?;
        let assembly = Assembly::new(&config, None)?.with(&custom, &config)?;
        let state = State::new(config, assembly, None).with_custom(custom);
        Ok(Logger(Core::new(state)))
    }

    /// A logger whose records are kept for a test.
    pub(crate) fn capturing(records: Captured) -> Logger {
        let mut config = Config::empty();
        config.default_level = Level::Trace;
        Logger::from_parts(config, Assembly::empty(), Some(records))
    }

    fn from_parts(config: Config, assembly: Assembly, captured: Option<Captured>) -> Logger {
        Logger(Core::new(State::new(config, assembly, captured)))
    }

    /// The number of this logger, unique in the process.
    #[inline]
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// A handle to a layer, for a loop that logs much. A layer that is not configured is the layer
    /// `DEFAULT`, or else `__CENTRALIZED__`, under its own name; with neither, its records go to
    /// stderr. Any text is a name: what no line may hold is shown as `_`, and what goes beyond 1020
    /// bytes is left out. A handle does not keep its logger open: after [`Logger::close`], or when the last
    /// clone of the logger is gone, its records are reported, not written.
    ///
    /// ```
    /// use hydra_logger::{Logger, info};
    /// let logger = Logger::new();
    /// let db = logger.layer("DB");
    /// for rows in 0..3 {
    ///     info!(db; rows, "fetched");
    /// }
    /// ```
    pub fn layer(&self, name: &str) -> Layer {
        let name = shortened(name);
        let known = self.0.layers().get(name);
        known.unwrap_or_else(|| self.0.add_layer(name))
    }

    #[inline]
    pub(crate) fn default_layer(&self) -> &Layer {
        self.0.default.get_or_init(|| self.layer(DEFAULT_LAYER))
    }

    /// Logs a message at a level. Level and layer are checked before the message is formatted.
    pub fn log<'a>(&self, level: Level, layer: &str, message: impl Into<Message<'a>>) {
        let layer = self.layer(layer);
        if layer.is_enabled(level) {
            layer.emit(level, message.into(), Fields::NONE, None);
        }
    }

    /// Logs a message with fields whose names are known only at run time. A name that is longer
    /// than `max_message_size` is cut as a text is, but never to less than 64 bytes.
    ///
    /// ```
    /// use hydra_logger::{Level, Logger, Value};
    /// let logger = Logger::new();
    /// logger.log_with(Level::Info, "API", "request", &[
    ///     ("method", Value::Str("GET")),
    ///     ("status", Value::U64(200)),
    /// ]);
    /// ```
    pub fn log_with<'a>(
        &self,
        level: Level,
        layer: &str,
        message: impl Into<Message<'a>>,
        fields: &[(&str, Value<'_>)],
    ) {
        let layer = self.layer(layer);
        if layer.is_enabled(level) {
            self.with_fields(fields, |fields| {
                layer.emit(level, message.into(), fields, None);
            });
        }
    }

    /// Hands on fields whose names are known only at run time, the names cut.
    fn with_fields(&self, fields: &[(&str, Value<'_>)], then: impl FnOnce(Fields<'_>)) {
        let cut;
        let mut keys: Vec<Key<'_>> = fields.iter().map(|(name, _)| Key::dynamic(name)).collect();
        if keys.iter().any(|key| key.name().len() > SHORT_NAME) {
            cut = self.cut_names(fields);
            keys = cut.iter().map(|name| Key::dynamic(name)).collect();
        }
        let values: Vec<Value<'_>> = fields.iter().map(|(_, value)| *value).collect();
        then(Fields::new(&keys, &values));
    }

    #[cold]
    fn cut_names<'f>(&self, fields: &[(&'f str, Value<'_>)]) -> Vec<Cow<'f, str>> {
        let limit = self.0.state().config.max_message_size;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(SHORT_NAME);
        let names = fields.iter().map(|(name, _)| truncated(name, limit));
        names.collect()
    }

    /// Whether a record of this level in this layer would go anywhere.
    pub fn is_enabled(&self, layer: &str, level: Level) -> bool {
        self.layer(layer).is_enabled(level)
    }

    /// Changes the level of a layer, for every handle of it, until the next
    /// [`Logger::update_config`]. That of `DEFAULT` is the level of every layer that is neither
    /// configured nor was given one here. No record is lost.
    ///
    /// ```
    /// use hydra_logger::{Level, Logger};
    /// let logger = Logger::new();
    /// logger.set_level("DB", Level::Trace);
    /// assert!(logger.is_enabled("DB", Level::Trace));
    /// assert!(!logger.is_enabled("API", Level::Trace));
    /// ```
    pub fn set_level(&self, layer: &str, level: Level) {
        self.0.set_level(layer, level);
    }

    /// Whether the configuration, or [`Logger::set_level`], names this layer. It asks under a lock:
    /// nothing for a hot path.
    ///
    /// ```
    /// use hydra_logger::Logger;
    /// assert!(Logger::new().names_layer("DEFAULT"));
    /// assert!(!Logger::new().names_layer("DB"));
    /// ```
    pub fn names_layer(&self, name: &str) -> bool {
        self.0.state().names(name)
    }

    /// The lowest level that any layer lets through, or `None` if none does.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn lowest_level(&self) -> Option<Level> {
        // A target that is not there yet will be the layer DEFAULT under its own name.
        let mut layers = vec![self.default_layer().clone()];
        self.0
            .layers()
            .for_each(|_, layer| layers.push(layer.clone()));
        let any = |level: &Level| layers.iter().any(|layer| layer.is_enabled(*level));
        Level::ALL.into_iter().find(any)
    }

    /// The configuration in force.
    pub fn config(&self) -> Config {
        self.0.state().config.clone()
    }

    /// Replaces the configuration. Handles stay good; destinations whose settings are the same go
    /// on as they are, the others are flushed. No record is lost, and none is written twice.
    ///
    /// # Errors
    /// As [`Logger::from_config`]; then everything stays as it was. A closed logger stays closed.
    pub fn update_config(&self, config: Config) -> Result<(), BuildError> {
        self.0.update(config)
    }

    /// Brings everything accepted so far to where it goes.
    ///
    /// # Errors
    /// The first destination's that could not; the others are flushed all the same, and what could
    /// not be written is kept for the next try.
    pub fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }

    /// Opens files anew, as after logrotate has moved them.
    ///
    /// # Errors
    /// As [`Logger::flush`].
    pub fn reopen(&self) -> io::Result<()> {
        self.0.each_destination(|destination| destination.reopen())
    }

    /// Flushes and ends the logger. A record after it is not written, but counted and reported.
    /// Closing again does nothing.
    ///
    /// # Errors
    /// As [`Logger::flush`].
    pub fn close(&self) -> io::Result<()> {
        self.close_within(PATIENCE)
    }

    /// The same within a limit, which matters to an asynchronous logger: so long it gives the records
    /// that wait.
    ///
    /// # Errors
    /// As [`Logger::flush`], and `TimedOut` where not everything could be delivered in time.
    ///
    /// ```
    /// use std::time::Duration;
    /// let logger = hydra_logger::Logger::new();
    /// logger.close_within(Duration::from_secs(1))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close_within(&self, limit: Duration) -> io::Result<()> {
        self.0.close(limit)
    }

    /// The counts of every layer and destination at this moment.
    ///
    /// ```
    /// use hydra_logger::Logger;
    /// let logger = Logger::new();
    /// logger.info("APP", "one");
    /// assert_eq!(logger.metrics().layers["APP"].records, 1);
    /// ```
    pub fn metrics(&self) -> Metrics {
        self.0.metrics()
    }
}

/// Makes something of a configuration with the `HYDRA_LOG_*` variables over it, or, if they do not
/// fit together, of the configuration alone: a program never fails for its environment. What `make`
/// changes in the configuration wins over both.
///
/// # Errors
/// That of `make`, for the configuration alone.
///
/// ```
/// use hydra_logger::{Config, Level, Logger, under_environment};
/// let logger = under_environment(Config::default(), |mut config| {
///     config.default_level = Level::Trace; // as an argument of the program's says
///     Logger::from_config(config)
/// })?;
/// assert!(logger.is_enabled("APP", Level::Trace));
/// # Ok::<(), hydra_logger::BuildError>(())
/// ```
pub fn under_environment<T, E: std::fmt::Display>(
    config: Config,
    make: impl Fn(Config) -> Result<T, E>,
) -> Result<T, E> {
    let mut under = config.clone();
    env::apply_process(&mut under);
    make(under).or_else(|error| {
        let made = make(config)?;
        diagnostics::report(
            ErrorKind::Configuration,
            "the environment",
            &format_args!("with the HYDRA_LOG_* variables, which are therefore left out: {error}"),
        );
        Ok(made)
    })
}

/// A logger that is not kept alive.
#[cfg(feature = "config-files")]
#[derive(Default)]
pub(crate) struct WeakLogger(std::sync::Weak<Core>);

#[cfg(feature = "config-files")]
impl WeakLogger {
    pub(crate) fn upgrade(&self) -> Option<Logger> {
        self.0.upgrade().map(Logger)
    }
}

#[cfg(feature = "config-files")]
impl Logger {
    pub(crate) fn downgrade(&self) -> WeakLogger {
        WeakLogger(Arc::downgrade(&self.0))
    }
}

macro_rules! event_methods {
    ($($name:ident $event:ident $what:literal;)*) => {
        impl Logger {$(
            #[doc = concat!("Logs ", $what, ", as an [`Event::", stringify!($event), "`], with its fields.")]
            ///
            /// ```
            #[doc = concat!("use hydra_logger::{Event, testing};")]
            /// let (logger, records) = testing::capture();
            #[doc = concat!("logger.", stringify!($name), "(\"APP\", \"a message\");")]
            #[doc = concat!("let event = Event::", stringify!($event), ";")]
            /// let record = &records.all()[0];
            /// assert_eq!(record.level, event.level());
            /// assert_eq!(record.field("event"), Some(&event.name().into()));
            /// ```
            pub fn $name<'a>(&self, layer: &str, message: impl Into<Message<'a>>) {
                self.event(Event::$event, layer, message, &[]);
            }
        )*}
    };
}

event_methods! {
    security Security "what bears on security";
    audit Audit "who did what";
    compliance Compliance "what a rule asks to be kept";
}

impl Logger {
    /// Logs an event with fields of the call's own, which win over those of its kind.
    ///
    /// ```
    /// use hydra_logger::{Event, Value, testing};
    /// let (logger, records) = testing::capture();
    /// logger.event(Event::Audit, "AUDIT", "role granted", &[("user", Value::Str("ada"))]);
    /// assert_eq!(records.all()[0].field("user"), Some(&"ada".into()));
    /// assert!(records.all()[0].field("pid").is_some());
    /// ```
    pub fn event<'a>(
        &self,
        event: Event,
        layer: &str,
        message: impl Into<Message<'a>>,
        fields: &[(&str, Value<'_>)],
    ) {
        let layer = self.layer(layer);
        if !layer.is_enabled(event.level()) {
            return;
        }
        self.with_fields(fields, |fields| layer.event(event, message.into(), fields));
    }
}

macro_rules! level_methods {
    ($($name:ident $level:ident $what:literal;)*) => {
        impl Logger {$(
            #[doc = concat!("Logs ", $what, ", at `Level::", stringify!($level), "`.")]
            ///
            /// ```
            #[doc = concat!("hydra_logger::Logger::new().", stringify!($name), "(\"APP\", \"a message\");")]
            /// ```
            pub fn $name<'a>(&self, layer: &str, message: impl Into<Message<'a>>) {
                self.log(Level::$level, layer, message);
            }
        )*}
    };
}

level_methods! {
    trace Trace "the steps inside a function";
    debug Debug "what helps to find a fault";
    info Info "what happened";
    warning Warning "what was unexpected";
    error Error "that an operation failed";
    critical Critical "that the program cannot go on";
}

impl std::fmt::Debug for Logger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logger")
            .field("id", &self.0.id)
            .field("layers", &self.0.state().config.layers.keys())
            .finish_non_exhaustive()
    }
}
