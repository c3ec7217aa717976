//! A configuration made step by step in Rust, and checked as a file is.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::RedactionConfig;
use crate::config::decode::complete;
use crate::config::destination::{
    AuditConfig, ConsoleConfig, DestinationConfig, DestinationKind, FileConfig, NetworkConfig,
    Rotate, Stream,
};
use crate::config::error::ConfigError;
use crate::config::model::{Config, Durability, LayerConfig, Templates, TimeZoneSetting};
use crate::config::strategy::Strategy;
use crate::format::{ColorMode, Facility, FormatKind, Theme};
use crate::{Level, LevelSet};

impl Config {
    /// Begins a configuration without layers. One that gets none has the layer `DEFAULT` with a
    /// console, as [`Config::default`] has.
    ///
    /// ```
    /// use hydra_core::Level;
    /// use hydra_core::config::Config;
    /// use hydra_core::format::FormatKind;
    ///
    /// let config = Config::builder()
    ///     .default_level(Level::Debug)
    ///     .layer("DEFAULT", |layer| layer.console(|console| console))
    ///     .layer("APP", |layer| {
    ///         layer
    ///             .level(Level::Info)
    ///             .console(|console| console.level(Level::Warning))
    ///             .file("logs/app.log", |file| file.format(FormatKind::Json).max_size(10 << 20))
    ///     })
    ///     .build()?;
    /// assert_eq!(config.layers["APP"].destinations.len(), 2);
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::from(Config::empty())
    }
}

/// Makes a [`Config`], see [`Config::builder`]. A whole [`Config`] may be its beginning:
///
/// ```
/// use hydra_core::Level;
/// use hydra_core::config::{Config, ConfigBuilder};
/// let config = ConfigBuilder::from(Config::default()).default_level(Level::Error).build()?;
/// assert!(config.layers.contains_key("DEFAULT"));
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ConfigBuilder {
    config: Config,
}

impl From<Config> for ConfigBuilder {
    fn from(config: Config) -> Self {
        ConfigBuilder { config }
    }
}

/// Methods that set one field each.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty) => $($field:ident).+ = $set:expr;)*) => {
        $($(#[$doc])*
        pub fn $name(mut self, $value: $type) -> Self {
            self.$($field).+ = $set;
            self
        })*
    };
}

impl ConfigBuilder {
    setters! {
        /// The level of layers that have none of their own. Default: INFO.
        default_level(level: Level) => config.default_level = level;
        /// Templates of plain-text lines.
        templates(templates: Templates) => config.templates = templates;
        /// Digits after the second, 0 to 9.
        subsecond_digits(digits: u8) => config.subsecond_digits = Some(digits);
        /// The zone of time stamps.
        time_zone(zone: TimeZoneSetting) => config.time_zone = Some(zone);
        /// Whether lines name the source file and line of the call. Default: no.
        source(on: bool) => config.source = on;
        /// Longer messages are truncated, in bytes. Default: 16 MiB.
        max_message_size(bytes: u64) => config.max_message_size = bytes;
        /// Whether a destination opens at its first record only. Default: yes.
        lazy_initialization(on: bool) => config.lazy_initialization = on;
        /// The size of file destinations' buffers, in bytes. Default: none, write-through.
        buffer_size(bytes: u64) => config.buffer_size = Some(bytes);
        /// The longest time that a record rests in such a buffer.
        flush_interval(interval: Duration) => config.flush_interval = Some(interval);
        /// What an asynchronous logger's records survive. Default: [`Durability::Memory`].
        durability(durability: Durability) => config.durability = durability;
        /// The directory for what must outlive the process. Default: see
        /// [`state_dir`](crate::state_dir).
        state_dir(path: impl Into<PathBuf>) => config.state_dir = Some(path.into());
        /// The first strategy of an asynchronous logger's queues. Default: [`Strategy::Async`].
        primary_strategy(strategy: Strategy) => config.primary_strategy = Some(strategy);
        /// Those that take over while a destination is in trouble, in their order. Default: none.
        fallback_strategies(strategies: impl IntoIterator<Item = Strategy>) =>
            config.fallback_strategies = strategies.into_iter().collect();
        /// Whether sensitive data is redacted. Default: yes.
        redact_sensitive(on: bool) => config.redact_sensitive = on;
        /// What is redacted, and what stands in its place.
        redaction(redaction: RedactionConfig) => config.redaction = redaction;
        /// Whether threats are counted and marked.
        enable_security(on: bool) => config.enable_security = on;
        /// Whether the sanitizer runs.
        enable_sanitization(on: bool) => config.enable_sanitization = on;
        /// Whether plugins are called.
        enable_plugins(on: bool) => config.enable_plugins = on;
        /// Whether latencies are measured.
        enable_performance(on: bool) => config.enable_performance = on;
        /// Whether analytics run.
        enable_analytics(on: bool) => config.enable_analytics = on;
        /// The colours.
        theme(theme: Theme) => config.theme = theme;
    }

    /// Adds a layer, or goes on with the one of this name.
    pub fn layer(
        mut self,
        name: impl Into<String>,
        build: impl FnOnce(LayerBuilder) -> LayerBuilder,
    ) -> Self {
        let name = name.into();
        let layer = self.config.layers.remove(&name).unwrap_or_default();
        let layer = build(LayerBuilder { layer }).layer;
        self.config.layers.insert(name, layer);
        self
    }

    /// The configuration.
    ///
    /// # Errors
    /// Everything that a file's loading would have found wrong.
    ///
    /// ```
    /// use hydra_core::config::Config;
    /// let error = Config::builder()
    ///     .subsecond_digits(12)
    ///     .layer("APP", |layer| layer.file("", |file| file))
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(error.problems.len(), 2);
    /// assert_eq!(error.problems[1].path, "subsecond_digits");
    /// ```
    pub fn build(mut self) -> Result<Config, ConfigError> {
        complete(&mut self.config);
        self.config.validate()?;
        Ok(self.config)
    }
}

/// Makes a layer, see [`ConfigBuilder::layer`].
///
/// ```
/// use hydra_core::config::{Config, DestinationConfig};
/// let shared = DestinationConfig::file("logs/all.log");
/// let config = Config::builder()
///     .layer("APP", |layer| layer.destination(shared.clone()))
///     .layer("DB", |layer| layer.destination(shared.clone()))
///     .build()?;
/// assert_eq!(config.layers["APP"], config.layers["DB"]);
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct LayerBuilder {
    layer: LayerConfig,
}

impl LayerBuilder {
    setters! {
        /// What the layer lets through. Default: the configuration's `default_level`.
        level(level: Level) => layer.level = Some(level);
        /// Whether sensitive data is redacted in the layer. Default: as in the configuration.
        redact_sensitive(on: bool) => layer.redact_sensitive = Some(on);
        /// What is redacted in the layer. Default: as in the configuration.
        redaction(redaction: RedactionConfig) => layer.redaction = Some(redaction);
        /// The levels of which no record is dropped where a queue is full. Default: ERROR and
        /// CRITICAL; all, for SECURITY, AUDIT and COMPLIANCE.
        guaranteed_levels(levels: LevelSet) => layer.guaranteed_levels = Some(levels);
        /// What its records survive in an asynchronous logger. Default: as in the configuration.
        durability(durability: Durability) => layer.durability = Some(durability);
    }

    /// Adds a console.
    pub fn console(
        self,
        build: impl FnOnce(DestinationBuilder<ConsoleConfig>) -> DestinationBuilder<ConsoleConfig>,
    ) -> Self {
        let builder = build(DestinationBuilder::new(ConsoleConfig::default()));
        self.destination(builder.finish(DestinationKind::Console))
    }

    /// Adds a file.
    pub fn file(
        self,
        path: impl Into<PathBuf>,
        build: impl FnOnce(DestinationBuilder<FileConfig>) -> DestinationBuilder<FileConfig>,
    ) -> Self {
        let builder = build(DestinationBuilder::new(FileConfig::new(path)));
        self.destination(builder.finish(DestinationKind::File))
    }

    /// Adds a destination over the network.
    pub fn network(
        self,
        network: NetworkConfig,
        build: impl FnOnce(DestinationBuilder<NetworkConfig>) -> DestinationBuilder<NetworkConfig>,
    ) -> Self {
        let builder = build(DestinationBuilder::new(network));
        self.destination(builder.finish(DestinationKind::Network))
    }

    /// Adds a destination that was made elsewhere.
    pub fn destination(mut self, destination: DestinationConfig) -> Self {
        self.layer.destinations.push(destination);
        self
    }
}

/// Makes a destination; `K` holds the options of its kind.
///
/// ```
/// use hydra_core::config::{Config, Rotate, Stream};
/// use hydra_core::format::{ColorMode, FormatKind};
/// let config = Config::builder()
///     .layer("APP", |layer| {
///         layer
///             .console(|console| console.stream(Stream::Stdout).color_mode(ColorMode::Always))
///             .file("logs/app.csv", |file| file.format(FormatKind::Csv).rotate(Rotate::Daily))
///     })
///     .build()?;
/// assert_eq!(config.layers["APP"].destinations[1].format, FormatKind::Csv);
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct DestinationBuilder<K> {
    kind: K,
    /// What all kinds have; its own kind is set at the end.
    common: DestinationConfig,
}

impl<K> DestinationBuilder<K> {
    fn new(kind: K) -> Self {
        let common = DestinationConfig::console();
        DestinationBuilder { kind, common }
    }

    fn finish(self, wrap: fn(K) -> DestinationKind) -> DestinationConfig {
        DestinationConfig {
            kind: wrap(self.kind),
            ..self.common
        }
    }

    setters! {
        /// What it takes of what its layer lets through. Default: all of it.
        level(level: Level) => common.level = Some(level);
        /// The layout of its lines. Default: plain text.
        format(format: FormatKind) => common.format = format;
        /// When its lines are coloured. Default: auto for a console, never for all else.
        color_mode(mode: ColorMode) => common.color_mode = Some(mode);
        /// Templates that differ from the logger's.
        templates(templates: Templates) => common.templates = templates;
        /// Digits after the second, 0 to 9.
        subsecond_digits(digits: u8) => common.subsecond_digits = Some(digits);
        /// The zone of its time stamps.
        time_zone(zone: TimeZoneSetting) => common.time_zone = Some(zone);
        /// Syslog's facility. Default: user.
        facility(facility: Facility) => common.facility = facility;
        /// Syslog's APP-NAME. Default: the file name of the running program.
        app_name(name: &str) => common.app_name = Some(name.to_owned());
        /// The host in syslog and GELF. Default: the machine's name.
        host_name(name: &str) => common.host_name = Some(name.to_owned());
        /// The name of syslog's element of fields. Default: `fields@32473`.
        structured_data_id(id: &str) => common.structured_data_id = Some(id.to_owned());
        /// What is redacted here beside what is redacted everywhere.
        redaction(redaction: RedactionConfig) => common.redaction = Some(redaction);
        /// Whether it flushes after each record. Default: no.
        force_flush(on: bool) => common.force_flush = on;
        /// The levels of which no record is dropped here where a queue is full, beside those of the
        /// layer. Default: none.
        guaranteed_levels(levels: LevelSet) => common.guaranteed_levels = Some(levels);
        /// What records survive on their way here in an asynchronous logger. Default: as in the layer.
        durability(durability: Durability) => common.durability = Some(durability);
        /// Whether it delivers before the call returns, past any queue. Default: no.
        force_sync_io(on: bool) => common.force_sync_io = on;
    }
}

impl DestinationBuilder<ConsoleConfig> {
    setters! {
        /// Which stream. Default: stderr.
        stream(stream: Stream) => kind.stream = stream;
        /// With [`Stream::Split`], what goes to stderr: this level and above. Default: WARNING.
        split_level(level: Level) => kind.split_level = level;
    }
}

impl DestinationBuilder<FileConfig> {
    setters! {
        /// The file is rotated before it grows beyond this, in bytes. Default: 5 MiB.
        max_size(bytes: u64) => kind.max_size = Some(bytes);
        /// How many rotated files are kept. Default: 3.
        backup_count(count: u32) => kind.backup_count = count;
        /// Whether it is rotated by time too. Default: never.
        rotate(rotate: Rotate) => kind.rotate = rotate;
        /// Rotated files older than this are removed. Default: none is, for its age.
        max_age(age: Duration) => kind.max_age = Some(age);
        /// Whether rotated files are compressed. Default: no.
        compress(on: bool) => kind.compress = on;
        /// The permissions of a file that is created. Default: `0o640`.
        mode(mode: u32) => kind.mode = mode;
        /// The size of its buffer, in bytes. Default: the logger's.
        buffer_size(bytes: u64) => kind.buffer_size = Some(bytes);
        /// The longest time that a record rests in the buffer. Default: the logger's.
        flush_interval(interval: Duration) => kind.flush_interval = Some(interval);
        /// Chains and signs its lines, so that `hydra verify` can prove that none was changed.
        audit(audit: AuditConfig) => kind.audit = Some(audit);
    }

    /// The file is never rotated for its size.
    pub fn unlimited_size(mut self) -> Self {
        self.kind.max_size = None;
        self
    }
}
