//! [`Logger`]: layers by name, and the life of their destinations.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use hydra_core::config::Config;
use hydra_core::config::DEFAULT_LAYER;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Assembly, BuildError, Route};
use hydra_core::{Fields, Key, Layer, Level, Location, Message, Value};

use crate::metrics::{DestinationMetrics, LayerMetrics, Metrics};

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
        Logger::from_config(Config::default()).unwrap_or_else(|error| {
            // Only a variable can have brought this about: it is reported, and left out.
            diagnostics::report(ErrorKind::Configuration, "environment", &error);
            Logger::from_assembly(Config::empty(), Assembly::empty())
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
        Ok(Logger::from_assembly(config, assembly))
    }

    fn from_assembly(config: Config, assembly: Assembly) -> Logger {
        let names: Vec<String> = assembly.layer_names().map(str::to_owned).collect();
        let logger = Logger(Arc::new(Core {
            id: LOGGERS.fetch_add(1, Relaxed),
            default: OnceLock::new(),
            layers: RwLock::default(),
            state: Mutex::new(State {
                config,
                assembly,
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
        self.layer(layer).set_level(level);
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
        let assembly = Assembly::new(&config, Some(&state.assembly))?;
        let old = std::mem::replace(&mut state.assembly, assembly);
        state.config = config;
        // Under the lock, so that a layer which is made meanwhile sees the new configuration.
        for layer in self.layers_read().values() {
            let (level, route) = self.0.route(&state, layer.name());
            layer.set_route(level, route);
        }
        let retired: Vec<_> = old
            .not_in(&state.assembly)
            .map(|(name, destination)| (Arc::clone(name), Arc::clone(destination)))
            .collect();
        // Never under the lock: a callback that hears of an error may log.
        drop(state);
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
