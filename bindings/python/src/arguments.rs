//! What is passed to a logger's constructor besides its configuration: it wins over the
//! environment, which wins over the configuration, now and at every `update_config`.

use std::time::Duration;

use hydra_logger::config::{Config, Value, load_value};
use hydra_logger::{EngineOptions, Error, Logger, under_environment};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::config::tell;
use crate::config_value::from_python;
use crate::exceptions::{configuration_error, wrong_configuration};

/// The buffer of a mode that buffers: with 64 KiB every five-hundredth call of a Python program
/// waits for a write of 19 us, with 16 KiB of 9.
const BUFFER: u64 = 16 << 10;

/// The keys of a configuration that are arguments too. The plan's word for one of them differs.
const KEYS: [&str; 14] = [
    "enable_security",
    "enable_sanitization",
    "enable_plugins",
    "enable_performance_monitoring",
    "enable_analytics",
    "redact_sensitive",
    "date_format",
    "time_format",
    "logger_name_format",
    "message_format",
    "buffer_size",
    "flush_interval",
    "primary_strategy",
    "fallback_strategies",
];

/// What no configuration has: it is about this program and its interpreter.
const SWITCHES: [&str; 4] = ["release_gil", "handle_signals", "watch", "raise_errors"];

/// Those that only an asynchronous logger follows.
const ASYNC_KEYS: [&str; 2] = ["durability", "state_dir"];

/// What only an asynchronous logger has.
const OF_ENGINE: [&str; 4] = ["queue_class", "queue_size", "test_mode", "ring_checksums"];

/// A mode switches features off and buffers files; it never changes where records go. Of several,
/// the one that does the most holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    HighPerformance,
    MinimalFeatures,
    BareMetal,
}

const MODES: [(&str, Mode); 4] = [
    ("high_performance_mode", Mode::HighPerformance),
    ("minimal_features_mode", Mode::MinimalFeatures),
    ("bare_metal_mode", Mode::BareMetal),
    ("ultra_fast_mode", Mode::BareMetal),
];

impl Mode {
    fn apply(self, config: &mut Config) {
        config.enable_security = false;
        config.enable_plugins = false;
        config.enable_performance = false;
        if self >= Mode::MinimalFeatures {
            config.redact_sensitive = false;
            config.enable_sanitization = false;
            config.enable_analytics = false;
        }
        let interval = match self {
            Mode::MinimalFeatures => Duration::from_millis(100),
            Mode::HighPerformance | Mode::BareMetal => Duration::from_secs(1),
        };
        config.buffer_size.get_or_insert(BUFFER);
        config.flush_interval.get_or_insert(interval);
    }
}

/// What was passed to the constructor.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an argument of its own"
)]
#[derive(Default)]
pub(crate) struct Arguments {
    mode: Option<Mode>,
    /// Laid over the configuration; a map, or nothing.
    over: Value,
    /// Whether a value that cannot be shown, or a line that cannot be written, raises: for tests.
    pub(crate) raise_errors: bool,
    /// Whether records go their way without the GIL even where nothing waits.
    pub(crate) release_gil: bool,
    /// Whether signals that end the process flush first.
    pub(crate) handle_signals: bool,
    /// Whether the configuration's file is followed.
    pub(crate) watch: bool,
    /// Of an asynchronous logger: lines that may wait for a destination.
    queue_size: Option<usize>,
    /// Of an asynchronous logger: whether each call waits until its record is delivered.
    test_mode: bool,
    /// Of an asynchronous logger: whether records in a ring file have checksums.
    ring_checksums: bool,
}

impl Arguments {
    /// Takes the keyword arguments of a constructor.
    pub(crate) fn new(
        py: Python<'_>,
        given: Option<&Bound<'_, PyDict>>,
        is_async: bool,
    ) -> PyResult<Arguments> {
        let (mut over, mut by_class) = (Vec::new(), Vec::new());
        let mut arguments = Arguments::default();
        for (name, value) in given.into_iter().flatten() {
            let name: String = name.extract()?;
            if value.is_none() {
                continue;
            }
            let is_key =
                KEYS.contains(&name.as_str()) || is_async && ASYNC_KEYS.contains(&name.as_str());
            if is_key {
                over.push((name, from_python(&value)?));
            } else if is_async && name == "queue_class" {
                by_class = strategies_of(&value)?;
            } else if let Some((_, mode)) = MODES.iter().find(|(mode, _)| *mode == name) {
                if value.is_truthy()? {
                    arguments.mode = arguments.mode.max(Some(*mode));
                }
            } else if let Some(place) = arguments.switch(&name) {
                *place = value.is_truthy()?;
            } else if is_async && OF_ENGINE.contains(&name.as_str()) {
                arguments.set_of_engine(&name, &value)?;
            } else {
                return Err(unknown(&name, is_async));
            }
        }
        by_class.retain(|(name, _)| over.iter().all(|(given, _)| given != name));
        over.extend(by_class);
        arguments.over = Value::Map(over);
        let checked =
            load_value(&arguments.over).map_err(|error| wrong_configuration(py, &error))?;
        tell(&checked.warnings);
        Ok(arguments)
    }

    fn switch(&mut self, name: &str) -> Option<&mut bool> {
        match name {
            "release_gil" => Some(&mut self.release_gil),
            "handle_signals" => Some(&mut self.handle_signals),
            "watch" => Some(&mut self.watch),
            "raise_errors" => Some(&mut self.raise_errors),
            _ => None,
        }
    }

    fn set_of_engine(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        match name {
            "test_mode" => self.test_mode = value.is_truthy()?,
            "ring_checksums" => self.ring_checksums = value.is_truthy()?,
            _ => self.queue_size = Some(size_of(value)?),
        }
        Ok(())
    }

    /// The settings of the engine, where the logger is asynchronous.
    pub(crate) fn engine(&self) -> EngineOptions {
        let mut options = EngineOptions {
            wait_for_each: self.test_mode,
            ring_checksums: self.ring_checksums,
            ..EngineOptions::default()
        };
        if let Some(size) = self.queue_size {
            options.queue = options.queue.max_records(size);
        }
        options
    }

    /// Makes a logger of a configuration, the environment, and these arguments.
    pub(crate) fn logger(&self, config: Config) -> Result<Logger, Error> {
        under_environment(config, |config| {
            Ok(Logger::from_config(self.over(config)?)?)
        })
    }

    /// Gives a logger another configuration.
    pub(crate) fn update(&self, logger: &Logger, config: Config) -> Result<(), Error> {
        under_environment(config, |config| {
            Ok(logger.update_config(self.over(config)?)?)
        })
    }

    fn over(&self, mut config: Config) -> Result<Config, Error> {
        if let Some(mode) = self.mode {
            mode.apply(&mut config);
        }
        if matches!(&self.over, Value::Map(entries) if !entries.is_empty()) {
            config = config.merge(&self.over)?;
        }
        Ok(config)
    }
}

/// How many records a queue has room for.
fn size_of(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let size = value.extract::<usize>().ok().filter(|size| *size > 0);
    size.ok_or_else(|| {
        let message = format!("queue_size: found {value}: not a number of records, 1 or more");
        configuration_error(value.py(), message)
    })
}

/// The strategies that a class of queues stands for: `MultiFallbackAsyncQueue`, or one of its own kind.
fn strategies_of(class: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Value)>> {
    let names = ["primary_strategy", "fallback_strategies"];
    let values = names.map(|name| class.getattr_opt(name).ok().flatten());
    let [Some(primary), Some(fallbacks)] = values else {
        let message = format!(
            "queue_class: found {class}: not a class with primary_strategy and \
             fallback_strategies, as MultiFallbackAsyncQueue is"
        );
        return Err(configuration_error(class.py(), message));
    };
    let fallbacks = PyList::new(
        class.py(),
        fallbacks.try_iter()?.collect::<PyResult<Vec<_>>>()?,
    )?;
    Ok(vec![
        (names[0].to_owned(), from_python(&primary)?),
        (names[1].to_owned(), from_python(fallbacks.as_any())?),
    ])
}

fn unknown(name: &str, is_async: bool) -> PyErr {
    let (class, of_engine) = if is_async {
        ("AsyncHydraLogger", [&OF_ENGINE[..], &ASYNC_KEYS].concat())
    } else {
        ("HydraLogger", Vec::new())
    };
    let modes = MODES.iter().map(|(name, _)| *name);
    let known = KEYS.into_iter().chain(modes).chain(SWITCHES);
    let known: Vec<&str> = known.chain(of_engine).collect();
    let known = known.join(", ");
    PyTypeError::new_err(format!(
        "{class} has no argument {name:?}; it has config, {known}"
    ))
}
