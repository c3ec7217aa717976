//! The class `HydraLogger`.

use std::io;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hydra_logger::config::{Config, DEFAULT_LAYER, Watch};
use hydra_logger::{AsyncLogger, Error, Level, Logger};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::arguments::Arguments;
use crate::config;
use crate::config_value::to_python;
use crate::exceptions::{handler_error, not_made, validation_error};
use crate::follow::Follower;
use crate::gil::{self, Owned};
use crate::layer_handle::LayerHandle;
use crate::layer_table::LayerTable;
use crate::levels::level_of;
use crate::notebook;
use crate::plugins::Plugins;
use crate::process;
use crate::text::owned;

/// A logger: layers, each with its level and its destinations.
///
/// Without a configuration, INFO and above goes to stderr as plain text, in colour on a terminal.
///
/// >>> logger = HydraLogger()
/// >>> logger.info("APP", "started")
///
/// config is a mapping, a LoggingConfig, or the path of a YAML, TOML or JSON file. Arguments win
/// over HYDRA_LOG_* variables, these over the configuration; all of them have the meaning of the
/// configuration's keys. buffer_size is in bytes or a text such as "16KB", flush_interval in
/// seconds, a timedelta, or a text such as "100ms". A mode switches features off and buffers files
/// (16 KiB), and leaves destinations as they are. watch=True, with a path, follows the file: when it
/// changes, the logger goes on with the new configuration within two seconds; a new file that is
/// wrong is reported, and the old configuration stays. A forked child does not follow.
///
/// The GIL is kept over a write to a file of this machine, and let go wherever the logger may wait;
/// release_gil=True lets it go for every record. handle_signals=True has SIGTERM and SIGHUP write
/// what rests in buffers before they end the process; it asks for the main thread. raise_errors is
/// for tests: what is otherwise reported is raised.
///
/// A class of your own may have an __init__ with arguments of its own; what it passes to
/// super().__init__() are these.
///
/// Raises ConfigurationError with every fault of the configuration.
#[pyclass(frozen, subclass, dict, weakref, module = "hydra_logger")]
pub(crate) struct HydraLogger {
    /// Whether an engine stands before its pipeline, and its calls may be awaited.
    pub(crate) is_async: bool,
    /// Set by `__new__`, or, in a class that has an `__init__` of its own, by the `__init__` that
    /// this one calls.
    made: OnceLock<Made>,
}

struct Made {
    state: Arc<State>,
    /// Follows the file, where that was asked for.
    _watch: Option<Owned<Watch>>,
}

/// What a logger is, apart from the object: the thread that follows its file changes it.
pub(crate) struct State {
    pub(crate) logger: Owned<Logger>,
    /// The same logger, where it is asynchronous.
    pub(crate) asynchronous: Option<Owned<AsyncLogger>>,
    pub(crate) arguments: Arguments,
    pub(crate) layers: LayerTable,
    /// Whether lines name the place of the call.
    pub(crate) source: AtomicBool,
    pub(crate) plugins: Plugins,
}

impl Deref for HydraLogger {
    type Target = State;

    #[inline]
    fn deref(&self) -> &State {
        let made = || Made::without_arguments(self.is_async);
        &self.made.get_or_init(made).state
    }
}

impl State {
    fn new(logger: Logger, arguments: Arguments, is_async: bool) -> State {
        let into_async = || Owned::new(logger.clone().into_async(arguments.engine()));
        let asynchronous = is_async.then(into_async);
        State {
            asynchronous,
            layers: LayerTable::new(&logger),
            source: AtomicBool::new(logger.config().source),
            logger: Owned::new(logger),
            plugins: Plugins::default(),
            arguments,
        }
    }

    /// Replaces the configuration, under the constructor's arguments.
    pub(crate) fn update(&self, config: Config) -> Result<(), Error> {
        self.arguments.update(&self.logger, config)?;
        self.changed();
        Ok(())
    }

    /// After a change of configuration or levels.
    pub(crate) fn changed(&self) {
        self.layers.refresh(&self.logger);
        let config = self.logger.config();
        self.source.store(config.source, Relaxed);
        self.plugins.enable(config.enable_plugins);
    }
}

impl HydraLogger {
    /// A logger that was made elsewhere.
    pub(crate) fn of(logger: Logger, arguments: Arguments) -> HydraLogger {
        HydraLogger {
            is_async: false,
            made: OnceLock::from(Made::of(logger, arguments, false)),
        }
    }

    /// What `__new__` of this class makes of its arguments.
    pub(crate) fn construct(
        class: &Bound<'_, PyType>,
        positional: &Bound<'_, PyTuple>,
        arguments: Option<&Bound<'_, PyDict>>,
        is_async: bool,
    ) -> PyResult<HydraLogger> {
        if has_its_own_init(class)? {
            return Ok(HydraLogger {
                is_async,
                made: OnceLock::new(),
            });
        }
        let py = class.py();
        let arguments = arguments.map(PyDictMethods::copy).transpose()?;
        let named = match &arguments {
            Some(arguments) => arguments.get_item("config")?,
            None => None,
        };
        if positional.len() + usize::from(named.is_some()) > 1 {
            return Err(PyTypeError::new_err(format!(
                "{} takes one positional argument, config, and the others by name",
                class.name()?
            )));
        }
        if let (Some(_), Some(arguments)) = (&named, &arguments) {
            arguments.del_item("config")?;
        }
        let config = named.or_else(|| positional.get_item(0).ok());
        let config = config.filter(|config| !config.is_none());
        let made = Made::new(py, config.as_ref(), arguments.as_ref(), is_async)?;
        Ok(HydraLogger {
            is_async,
            made: OnceLock::from(made),
        })
    }

    /// Ends the logger as `close` does, within a limit.
    pub(crate) fn close_within(&self, py: Python<'_>, limit: Duration) -> PyResult<()> {
        self.close_by(py, || self.logger.close_within(limit))
    }

    fn close_by(
        &self,
        py: Python<'_>,
        close: impl FnOnce() -> io::Result<()> + Send,
    ) -> PyResult<()> {
        let mut close = Some(close);
        // Closed at the first try: what a signal kept from being written is flushed.
        let closed = gil::until_done(py, || match close.take() {
            Some(close) => close(),
            None => self.logger.flush(),
        })?;
        self.changed();
        self.close_plugins(py)?;
        closed.map_err(|error| handler_error(py, error.to_string()))
    }

    /// What it is, if that is known yet.
    pub(crate) fn state(&self) -> Option<&State> {
        self.made.get().map(|made| &*made.state)
    }
}

impl Made {
    fn of(logger: Logger, arguments: Arguments, is_async: bool) -> Made {
        Made {
            state: Arc::new(State::new(logger, arguments, is_async)),
            _watch: None,
        }
    }

    /// For a class whose `__init__` does not call this one's.
    #[cold]
    fn without_arguments(is_async: bool) -> Made {
        Made::of(Logger::new(), Arguments::default(), is_async)
    }

    fn new(
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        arguments: Option<&Bound<'_, PyDict>>,
        is_async: bool,
    ) -> PyResult<Made> {
        notebook::look(py)?;
        let arguments = Arguments::new(py, arguments, is_async)?;
        // Begun before the file is read, so that no change falls between the two.
        let follower = arguments.watch.then(|| Follower::of(py, config));
        let follower = follower.transpose()?;
        let config = config.map_or_else(|| Ok(Config::default()), |config| loaded(py, config))?;
        let logger = made(py, || arguments.logger(config))?;
        if arguments.handle_signals {
            process::handle_signals(py)?;
        }
        let state = Arc::new(State::new(logger, arguments, is_async));
        Ok(Made {
            _watch: follower.and_then(|follower| follower.follow(&state)),
            state,
        })
    }
}

/// Whether a class has an `__init__` of its own, whose arguments are its own too.
fn has_its_own_init(class: &Bound<'_, PyType>) -> PyResult<bool> {
    let py = class.py();
    let name = intern!(py, "__init__");
    let ours = py.get_type::<HydraLogger>();
    Ok(!class.getattr(name)?.is(&ours.getattr(name)?))
}

#[pymethods]
impl HydraLogger {
    #[new]
    #[classmethod]
    #[pyo3(
        signature = (*positional, **arguments),
        text_signature = "(config=None, *, enable_security=None, enable_sanitization=None, \
            enable_plugins=None, enable_performance_monitoring=None, enable_analytics=None, \
            redact_sensitive=None, date_format=None, time_format=None, logger_name_format=None, \
            message_format=None, buffer_size=None, flush_interval=None, \
            high_performance_mode=False, minimal_features_mode=False, bare_metal_mode=False, \
            ultra_fast_mode=False, release_gil=False, handle_signals=False, \
            watch=False, raise_errors=False)"
    )]
    fn new(
        class: &Bound<'_, PyType>,
        positional: &Bound<'_, PyTuple>,
        arguments: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<HydraLogger> {
        HydraLogger::construct(class, positional, arguments, false)
    }

    /// For a class that has an `__init__` of its own, which passes on what it wants.
    #[pyo3(signature = (config = None, **arguments))]
    fn __init__(
        &self,
        py: Python<'_>,
        config: Option<&Bound<'_, PyAny>>,
        arguments: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        if self.made.get().is_none() {
            // One that was made meanwhile, by a record that was logged, stays.
            let made = Made::new(py, config, arguments, self.is_async)?;
            let _ = self.made.set(made);
        }
        Ok(())
    }

    /// A handle to a layer, for a loop that logs much. One that is not configured is the layer
    /// DEFAULT under its own name.
    fn layer(slf: &Bound<'_, Self>, name: &str) -> LayerHandle {
        let this = slf.get();
        LayerHandle {
            layer: this.logger.layer(name),
            raise_errors: this.arguments.raise_errors,
            fields: None,
            logger: slf.clone().unbind(),
        }
    }

    /// Change the level of a layer, for every handle of it, until the next update_config: a word or
    /// a number, before or behind the layer. That of DEFAULT is the level of every layer that has
    /// none of its own.
    ///
    /// Raises ValidationError if neither is a level.
    #[pyo3(signature = (level, layer = None))]
    fn set_level(
        &self,
        level: &Bound<'_, PyAny>,
        layer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (level, layer) = level_and_layer(level, layer)?;
        self.logger.set_level(&layer, level);
        self.layers.keep(&self.logger, &layer);
        self.changed();
        Ok(())
    }

    /// Whether a record of this level in this layer would go anywhere: a word or a number, before or
    /// behind the layer.
    ///
    /// Raises ValidationError if neither is a level.
    #[pyo3(signature = (level, layer = None))]
    fn is_enabled_for(
        &self,
        level: &Bound<'_, PyAny>,
        layer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let (level, layer) = level_and_layer(level, layer)?;
        Ok(self
            .layers
            .layer(&self.logger, &layer)
            .layer()
            .is_enabled(level))
    }

    /// The configuration in force, without what is as it is by default.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.logger.config().to_value())
    }

    /// Replace the configuration: a mapping, a LoggingConfig or a path, as the constructor takes.
    ///
    /// The arguments of the constructor still win. Handles stay good, no record is lost, and none
    /// is written twice. Raises ConfigurationError, and then everything stays as it was.
    fn update_config(&self, config: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = config.py();
        let config = loaded(py, config)?;
        made(py, || self.update(config))
    }

    /// Bring everything that was logged to where it goes.
    ///
    /// Raises HandlerError if a destination could not: the others are flushed all the same.
    pub(crate) fn flush(&self, py: Python<'_>) -> PyResult<()> {
        let flushed = gil::until_done(py, || self.logger.flush())?;
        flushed.map_err(|error| handler_error(py, error.to_string()))
    }

    /// Flush and end the logger, and close its plugins; closing again does nothing.
    ///
    /// Raises HandlerError if a destination could not be flushed.
    pub(crate) fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.close_by(py, || self.logger.close())
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.close(py)
    }

    /// A logger is a place, not a value: a copy of what holds one goes on logging to it.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    /// In another process, a logger of the same configuration. Plugins and watch=True stay behind.
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyType>, (Bound<'py, PyAny>,))> {
        Ok((slf.get_type(), (slf.get().config(slf.py())?,)))
    }

    fn __repr__(&self) -> String {
        let config = self.logger.config();
        let layers: Vec<&str> = config.layers.keys().map(String::as_str).collect();
        format!("<HydraLogger of {}>", layers.join(", "))
    }
}

fn loaded(py: Python<'_>, config: &Bound<'_, PyAny>) -> PyResult<Config> {
    let loaded = config::load(py, config)?;
    config::tell(&loaded.warnings);
    Ok(loaded.config)
}

/// Without the GIL: destinations are flushed, and files opened where the configuration asks for it.
fn made<T: Send>(py: Python<'_>, make: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    gil::detached(py, make).map_err(|error| not_made(py, &error))
}

/// A level and a layer in either order: the one that is a level is the level.
fn level_and_layer(
    level: &Bound<'_, PyAny>,
    layer: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Level, String)> {
    let name = |layer: &Bound<'_, PyAny>| -> PyResult<String> { owned(&layer.str()?) };
    let Some(layer) = layer else {
        return match level_of(level.as_borrowed()) {
            Some(level) => Ok((level, DEFAULT_LAYER.to_owned())),
            None => Err(no_level(level)),
        };
    };
    if let Some(level) = level_of(level.as_borrowed()) {
        return Ok((level, name(layer)?));
    }
    match level_of(layer.as_borrowed()) {
        Some(found) => Ok((found, name(level)?)),
        None => Err(no_level(level)),
    }
}

fn no_level(found: &Bound<'_, PyAny>) -> PyErr {
    let levels = Level::ALL.map(Level::name).join(", ");
    let message =
        format!("found {found:?}: not a level; allowed: {levels}, or a number of logging");
    validation_error(found.py(), message)
}
