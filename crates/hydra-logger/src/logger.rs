//! [`Logger`]: layers by name, and the life of their destinations.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use hydra_core::config::{Config, DEFAULT_LAYER, env};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Assembly, BuildError, Route, levels_changed};
use hydra_core::{Fields, Key, Layer, Level, Location, Message, Value};

use crate::metrics::{DestinationMetrics, LayerMetrics, Metrics};
use crate::testing::Captured;

static LOGGERS: AtomicU64 = AtomicU64::new(1);

/// How many layers that are not configured are remembered by name; what is more works, but is
/// looked up anew at each call.
const MAX_LAYERS: usize = 10_000;

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
pub struct Logger(Arc<Core>);

struct Core {
    id: u64,
    default: OnceLock<Layer>,
    layers: RwLock<HashMap<Box<str>, Layer>>,
    state: Mutex<State>,
    noticed: AtomicBool,
}

struct State {
    config: Config,
    assembly: Assembly,
    /// Takes the place of every destination.
    captured: Option<Captured>,
    /// Layers whose level [`Logger::set_level`] has changed since the configuration came.
    levelled: BTreeSet<String>,
    closed: bool,
}

impl Default for Logger {
    fn default() -> Self {
        Logger::new()
    }
}

impl Logger {
    /// A logger without configuration: INFO and above as plain text on stderr, in colour on a
    /// terminal. `HYDRA_LOG_*` variables are followed.
    pub fn new() -> Logger {
        let mut config = Config::default();
        env::apply_process(&mut config);
        Logger::from_config(config).unwrap_or_else(|error| {
            // Only a variable can have brought this about; stderr is there whatever it says.
            diagnostics::report(ErrorKind::Configuration, "environment", &error);
            Logger::from_parts(Config::empty(), Assembly::empty(), None)
        })
    }

    /// A logger with this configuration. Nothing is opened or created before the first record,
    /// unless `lazy_initialization` is off.
    ///
    /// # Errors
    /// A destination is of a type that this build lacks, a template is wrong, or a destination
    /// that must open at once does not.
    pub fn from_config(config: Config) -> Result<Logger, BuildError> {
        let assembly = Assembly::new(&config, None)?;
        Ok(Logger::from_parts(config, assembly, None))
    }

    /// A logger whose records are kept for a test.
    pub(crate) fn capturing(records: Captured) -> Logger {
        let mut config = Config::empty();
        config.default_level = Level::Trace;
        Logger::from_parts(config, Assembly::empty(), Some(records))
    }

    fn from_parts(config: Config, assembly: Assembly, captured: Option<Captured>) -> Logger {
        let names: Vec<String> = assembly.layer_names().map(str::to_owned).collect();
        let logger = Logger(Arc::new(Core {
            id: LOGGERS.fetch_add(1, Relaxed),
            default: OnceLock::new(),
            layers: RwLock::default(),
            state: Mutex::new(State {
                config,
                assembly,
                captured,
                levelled: BTreeSet::new(),
                closed: false,
            }),
            noticed: AtomicBool::new(false),
        }));
        for name in names {
            logger.layer(&name);
        }
        logger
    }

    /// The number of this logger, unique in the process.
    #[inline]
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// A handle to a layer, for a loop that logs much. A layer that is not configured is the layer
    /// `DEFAULT`, or else `__CENTRALIZED__`, under its own name; with neither, its records go to
    /// stderr.
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
        if let Some(layer) = self.layers_read().get(name) {
            return layer.clone();
        }
        self.0.add_layer(name)
    }

    #[inline]
    pub(crate) fn default_layer(&self) -> &Layer {
        self.0.default.get_or_init(|| self.layer(DEFAULT_LAYER))
    }

    /// Logs a message at a level. Level and layer are checked before the message is formatted.
    pub fn log<'a>(&self, level: Level, layer: &str, message: impl Into<Message<'a>>) {
        self.send(level, layer, message.into(), Fields::NONE);
    }

    /// Logs a message with fields whose names are known only at run time.
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
        let keys: Vec<Key<'_>> = fields.iter().map(|(name, _)| Key::dynamic(name)).collect();
        let values: Vec<Value<'_>> = fields.iter().map(|(_, value)| *value).collect();
        self.send(level, layer, message.into(), Fields::new(&keys, &values));
    }

    fn send(&self, level: Level, name: &str, message: Message<'_>, fields: Fields<'_>) {
        let layer = self.layer(name);
        if layer.is_enabled(level) {
            layer.emit(level, message, fields, None::<&'static Location>);
        }
    }

    /// Whether a record of this level in this layer would go anywhere.
    pub fn is_enabled(&self, layer: &str, level: Level) -> bool {
        self.layer(layer).is_enabled(level)
    }

    /// Changes the level of a layer, for every handle of it, until the next
    /// [`Logger::update_config`]. No record is lost.
    ///
    /// ```
    /// use hydra_logger::{Level, Logger};
    /// let logger = Logger::new();
    /// logger.set_level("DB", Level::Trace);
    /// assert!(logger.is_enabled("DB", Level::Trace));
    /// assert!(!logger.is_enabled("API", Level::Trace));
    /// ```
    pub fn set_level(&self, layer: &str, level: Level) {
        self.0.state().levelled.insert(layer.to_owned());
        self.layer(layer).set_level(level);
    }

    /// Whether the configuration, or [`Logger::set_level`], names this layer.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn names_layer(&self, name: &str) -> bool {
        let state = self.0.state();
        state.levelled.contains(name) || state.assembly.layer_names().any(|known| known == name)
    }

    /// The lowest level that any layer lets through, or `None` if none does.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn lowest_level(&self) -> Option<Level> {
        let default = self.default_layer().clone();
        let layers = self.layers_read();
        let any = |level| {
            default.is_enabled(level) || layers.values().any(|layer| layer.is_enabled(level))
        };
        Level::ALL.into_iter().find(|level| any(*level))
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
        let mut state = self.0.state();
        if state.closed {
            drop(state);
            diagnostics::report(ErrorKind::Closed, "update_config", &"the logger is closed");
            return Ok(());
        }
        let mut settings = config.clone();
        // Nothing goes to a capturing logger's destinations: they must not open.
        settings.lazy_initialization |= state.captured.is_some();
        let assembly = Assembly::new(&settings, Some(&state.assembly))?;
        let old = std::mem::replace(&mut state.assembly, assembly);
        state.config = config;
        state.levelled.clear();
        // Under the lock, so that a layer which is made meanwhile sees the new configuration.
        for (name, layer) in self.layers_read().iter() {
            let (level, route) = self.0.route(&state, name);
            layer.set_route(level, route);
        }
        let retired: Vec<_> = old
            .not_in(&state.assembly)
            .map(|(name, destination)| (Arc::clone(name), Arc::clone(destination)))
            .collect();
        // Never under the lock: a callback that hears of an error may log.
        drop(state);
        levels_changed();
        for (name, destination) in retired {
            if let Err(error) = destination.retire() {
                diagnostics::report(ErrorKind::Write, &name, &error);
            }
        }
        Ok(())
    }

    /// Brings everything accepted so far to where it goes.
    ///
    /// # Errors
    /// The first destination's that could not; the others are flushed all the same, and what could
    /// not be written is kept for the next try.
    pub fn flush(&self) -> io::Result<()> {
        self.0.each_destination(|destination| destination.flush())
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
        self.0.close()
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
        // The order of locks everywhere: state, then layers.
        let state = self.0.state();
        let layers = self.layers_read();
        Metrics {
            layers: layers
                .iter()
                .map(|(name, layer)| (name.to_string(), LayerMetrics::new(layer)))
                .collect(),
            destinations: state
                .assembly
                .destinations()
                .map(|(name, destination)| DestinationMetrics {
                    name: name.to_string(),
                    counts: destination.stats().snapshot(),
                })
                .collect(),
        }
    }

    fn layers_read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<Box<str>, Layer>> {
        self.0.layers.read().unwrap_or_else(PoisonError::into_inner)
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

impl Core {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn add_layer(&self, name: &str) -> Layer {
        // State first, then layers: the order in which update_config takes them.
        let state = self.state();
        let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(layer) = layers.get(name) {
            return layer.clone();
        }
        let (level, route) = self.route(&state, name);
        let layer = Layer::new(self.id, name, level, route);
        if layers.len() < MAX_LAYERS {
            layers.insert(name.into(), layer.clone());
        }
        layer
    }

    fn route(&self, state: &State, name: &str) -> (Level, Route) {
        if state.closed {
            return (state.config.level_of(name), Route::Closed);
        }
        if let Some(captured) = &state.captured {
            let level = match state.assembly.route(name) {
                Some((level, _)) => level,
                None => state.config.level_of(name),
            };
            return (level, captured.route(&state.config));
        }
        state.assembly.route(name).unwrap_or_else(|| {
            if !self.noticed.swap(true, Relaxed) {
                notice_unrouted(name, &state.assembly);
            }
            state.assembly.last_resort(name)
        })
    }

    fn each_destination(
        &self,
        mut action: impl FnMut(&dyn hydra_core::Destination) -> io::Result<()>,
    ) -> io::Result<()> {
        let destinations: Vec<_> = self
            .state()
            .assembly
            .destinations()
            .map(|(_, d)| Arc::clone(d))
            .collect();
        let results: Vec<_> = destinations.iter().map(|d| action(&**d)).collect();
        results.into_iter().collect()
    }

    fn close(&self) -> io::Result<()> {
        let mut state = self.state();
        if std::mem::replace(&mut state.closed, true) {
            return Ok(());
        }
        for layer in self
            .layers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            layer.set_route(layer.level(), Route::Closed);
        }
        drop(state);
        self.each_destination(|destination| destination.retire())
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            diagnostics::report(ErrorKind::Write, "closing a logger", &error);
        }
    }
}

#[cold]
fn notice_unrouted(name: &str, assembly: &Assembly) {
    let known: Vec<&str> = assembly.layer_names().collect();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    diagnostics::notice(&format_args!(
        "layer {name:?} is not configured, and there is neither DEFAULT nor __CENTRALIZED__ to \
         take its records: they go to stderr. The layers there are: {known}. (Said once.)"
    ));
}

impl std::fmt::Debug for Logger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logger")
            .field("id", &self.0.id)
            .field("assembly", &self.0.state().assembly)
            .finish()
    }
}
