//! What is logged through the [`log`](https://docs.rs/log) crate, by an application's libraries
//! above all, as records of a [`Logger`].
//!
//! ```
//! let logger = hydra_logger::Logger::new();
//! logger.install_log()?;
//! log::warn!(target: "APP", attempt = 2; "the password was wrong");
//! # Ok::<(), hydra_logger::InstallError>(())
//! ```
//!
//! **Layers.** A target is the module that logs, unless the call says otherwise: `my_app::db`. It
//! goes to the layer of that name if the configuration (or [`Logger::set_level`]) names one, else
//! to that of the longest beginning in whole parts, here `my_app`; so a layer `hyper` is the place
//! to quieten all of hyper. With neither, the target is the layer's name, and its records go where
//! those of unknown layers go: to `DEFAULT`. [`HydraLog::layer`] and [`HydraLog::layer_by`] decide
//! otherwise. Where the layer has another name than the target, the target is kept as the field
//! `target`.
//!
//! **Levels.** ERROR, WARN, INFO, DEBUG and TRACE are ours of the same names (nothing is CRITICAL).
//! The `log` crate's own maximum is kept at the lowest level that any layer lets through, also
//! after [`Logger::set_level`] and [`Logger::update_config`], so that a call below it costs one
//! load.
//!
//! **Fields.** Key-values keep their types: numbers, booleans, texts, null; an error comes with its
//! sources; all else is shown by its `Display`. File and line are kept if they are static, which
//! the macros' are.

use std::sync::OnceLock;

use ::log::kv::{self, VisitSource, VisitValue};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::on_levels_changed;

use crate::integration::{Gathered, InstallError, Outgoing, Rule, Targets};
use crate::{Level, Location, Logger, Message, Value};

/// A [`log::Log`] that sends to a [`Logger`].
///
/// [`Logger::install_log`] is the short way. This type is for those who choose the layer, or hand
/// the logger to another `log::Log` that filters or multiplies.
///
/// ```
/// use hydra_logger::{log_crate::HydraLog, testing};
/// use log::Log;
///
/// let (logger, records) = testing::capture();
/// let log = HydraLog::new(&logger).layer("LIBRARIES");
/// let message = format_args!("connected");
/// log.log(&log::Record::builder().target("hyper").level(log::Level::Info).args(message).build());
/// assert_eq!(records.layer("LIBRARIES")[0].message, "connected");
/// ```
pub struct HydraLog {
    targets: Targets,
}

impl HydraLog {
    /// Sends to the layers that the targets name.
    pub fn new(logger: &Logger) -> HydraLog {
        HydraLog {
            targets: Targets::new(logger, Rule::Target),
        }
    }

    /// Sends everything to one layer.
    #[must_use]
    pub fn layer(self, name: impl Into<String>) -> HydraLog {
        self.rule(Rule::Fixed(name.into()))
    }

    /// Sends to the layer that a function names for a target. It is asked once for each target and
    /// configuration.
    ///
    /// ```
    /// use hydra_logger::{Logger, log_crate::HydraLog};
    /// let log = HydraLog::new(&Logger::new())
    ///     .layer_by(|target| if target.starts_with("sqlx") { "DB" } else { "APP" }.to_owned());
    /// # let _ = log;
    /// ```
    #[must_use]
    pub fn layer_by(self, name_of: impl Fn(&str) -> String + Send + Sync + 'static) -> HydraLog {
        self.rule(Rule::Function(Box::new(name_of)))
    }

    fn rule(self, rule: Rule) -> HydraLog {
        HydraLog {
            targets: Targets::new(self.targets.logger(), rule),
        }
    }

    /// Makes this the process's logger, and keeps [`log::max_level`] in step with its layers.
    ///
    /// # Errors
    /// The process has one already.
    ///
    /// ```
    /// use hydra_logger::{Logger, log_crate::HydraLog};
    /// HydraLog::new(&Logger::new()).layer("APP").install()?;
    /// assert_eq!(log::max_level(), log::LevelFilter::Info);
    /// # Ok::<(), hydra_logger::InstallError>(())
    /// ```
    pub fn install(self) -> Result<(), InstallError> {
        static INSTALLED: OnceLock<Logger> = OnceLock::new();
        let logger = self.targets.logger().clone();
        ::log::set_boxed_logger(Box::new(self)).map_err(|_| InstallError {
            what: "the log crate's logger",
        })?;
        set_max_level(INSTALLED.get_or_init(|| logger));
        on_levels_changed(|| {
            if let Some(logger) = INSTALLED.get() {
                set_max_level(logger);
            }
        });
        Ok(())
    }
}

impl Logger {
    /// Takes what is logged through the `log` crate from now on: [`log_crate`](crate::log_crate)
    /// says how. The logger then lives as long as the process; what rests in buffers is written at
    /// its end.
    ///
    /// # Errors
    /// The process has another logger for the `log` crate already.
    ///
    /// ```
    /// let logger = hydra_logger::Logger::new();
    /// logger.install_log()?;
    /// log::info!("through the log crate");
    /// # Ok::<(), hydra_logger::InstallError>(())
    /// ```
    pub fn install_log(&self) -> Result<(), InstallError> {
        HydraLog::new(self).install()
    }
}

fn set_max_level(logger: &Logger) {
    ::log::set_max_level(match logger.lowest_level() {
        Some(Level::Trace) => ::log::LevelFilter::Trace,
        Some(Level::Debug) => ::log::LevelFilter::Debug,
        Some(Level::Info) => ::log::LevelFilter::Info,
        Some(Level::Warning) => ::log::LevelFilter::Warn,
        Some(Level::Error) => ::log::LevelFilter::Error,
        Some(Level::Critical) | None => ::log::LevelFilter::Off,
    });
}

fn level(level: ::log::Level) -> Level {
    match level {
        ::log::Level::Error => Level::Error,
        ::log::Level::Warn => Level::Warning,
        ::log::Level::Info => Level::Info,
        ::log::Level::Debug => Level::Debug,
        ::log::Level::Trace => Level::Trace,
    }
}

impl ::log::Log for HydraLog {
    fn enabled(&self, metadata: &::log::Metadata<'_>) -> bool {
        let layer = self.targets.layer(metadata.target());
        layer.is_enabled(level(metadata.level()))
    }

    fn log(&self, record: &::log::Record<'_>) {
        let layer = self.targets.layer(record.target());
        let level = level(record.level());
        if !layer.is_enabled(level) {
            return;
        }
        let mut pairs = Pairs(Gathered::default());
        if let Err(error) = record.key_values().visit(&mut pairs) {
            diagnostics::report(ErrorKind::Format, record.target(), &error);
        }
        let mut fields = Outgoing::default();
        if layer.name() != record.target() {
            fields.push("target", Value::Str(record.target()));
        }
        fields.extend(pairs.0.iter());
        let location = record
            .file_static()
            .zip(record.line())
            .map(|(file, line)| Location { file, line });
        let message = Message::from(*record.args());
        layer.emit(level, message, fields.fields(), location.as_ref());
    }

    fn flush(&self) {
        if let Err(error) = self.targets.logger().flush() {
            diagnostics::report(ErrorKind::Write, "flush", &error);
        }
    }
}

impl std::fmt::Debug for HydraLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HydraLog")
            .field("logger", self.targets.logger())
            .finish_non_exhaustive()
    }
}

/// Gathers key-values.
struct Pairs<'k>(Gathered<'k>);

impl<'k> VisitSource<'k> for Pairs<'k> {
    fn visit_pair(&mut self, key: kv::Key<'k>, value: kv::Value<'k>) -> Result<(), kv::Error> {
        // Every key of the `log` crate is borrowed; one that was made in passing would have no name.
        let name = key.to_borrowed_str().unwrap_or("unnamed");
        value.visit(Pair {
            name,
            gathered: &mut self.0,
        })
    }
}

struct Pair<'a, 'k> {
    name: &'k str,
    gathered: &'a mut Gathered<'k>,
}

macro_rules! visit {
    ($($visit:ident $method:ident $type:ty;)*) => {$(
        fn $visit(&mut self, value: $type) -> Result<(), kv::Error> {
            self.gathered.$method(self.name, value);
            Ok(())
        }
    )*};
}

impl<'v> VisitValue<'v> for Pair<'_, '_> {
    visit! {
        visit_u64 u64 u64;
        visit_i64 i64 i64;
        visit_u128 u128 u128;
        visit_i128 i128 i128;
        visit_f64 f64 f64;
        visit_bool bool bool;
        visit_str str &str;
        visit_error error &(dyn std::error::Error + 'static);
        visit_borrowed_error error &'v (dyn std::error::Error + 'static);
    }

    fn visit_null(&mut self) -> Result<(), kv::Error> {
        self.gathered.null(self.name);
        Ok(())
    }

    fn visit_any(&mut self, value: kv::Value<'_>) -> Result<(), kv::Error> {
        self.gathered.shown(self.name, format_args!("{value}"));
        Ok(())
    }
}
