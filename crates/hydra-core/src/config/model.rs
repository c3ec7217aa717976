//! The root of a configuration: [`Config`], [`LayerConfig`], [`Templates`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::{DestinationConfig, RedactionConfig, Strategy};
use crate::format::Theme;
use crate::{Level, LevelSet};

/// The layer that takes the records of layers that are not configured.
pub const DEFAULT_LAYER: &str = "DEFAULT";

/// The layer that takes them when there is no `DEFAULT` either; the only name of the form `__X__`
/// that a configuration may use.
pub const CENTRALIZED_LAYER: &str = "__CENTRALIZED__";

/// The layers of which no record of any level is dropped where a queue is full.
pub const GUARANTEED_LAYERS: [&str; 3] = ["SECURITY", "AUDIT", "COMPLIANCE"];

/// A whole configuration.
///
/// The default is what a logger does that was told nothing: one layer, `DEFAULT`, whose one
/// destination is the console (stderr), in plain text, from INFO on, coloured on a terminal.
///
/// ```
/// use hydra_core::Level;
/// use hydra_core::config::{Config, DestinationConfig, LayerConfig};
///
/// let mut config = Config::default();
/// config.layers.insert(
///     "APP".into(),
///     LayerConfig {
///         level: Some(Level::Debug),
///         destinations: vec![DestinationConfig::file("logs/app.log")],
///         ..LayerConfig::default()
///     },
/// );
/// assert_eq!(config.layers.len(), 2);
/// ```
// Each switch is one that the plan names; none depends on another.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// The layers by name. Default: `DEFAULT`, with a console.
    pub layers: BTreeMap<String, LayerConfig>,
    /// The level of layers that have none of their own. Default: INFO.
    pub default_level: Level,
    /// Templates of plain-text lines, for destinations that have none of their own.
    pub templates: Templates,
    /// Digits after the second, 0 to 9; `None` leaves it to each format.
    pub subsecond_digits: Option<u8>,
    /// The zone of time stamps; `None` leaves it to each format (plain text local, others UTC).
    pub time_zone: Option<TimeZoneSetting>,
    /// Whether lines name the source file and line of the call. Default: no.
    pub source: bool,
    /// Longer texts are truncated, and marked, in bytes: the message, and each text in a field's
    /// value, each by itself; a record of many long fields is a longer line. Default: 16 MiB.
    pub max_message_size: u64,
    /// Whether a destination opens at its first record only. Default: yes.
    pub lazy_initialization: bool,
    /// Size of the buffer of file destinations, in bytes; `None`: write-through, each record is
    /// with the system when the call returns.
    pub buffer_size: Option<u64>,
    /// The longest time that a record rests in such a buffer; `None` leaves it to the file
    /// destination where there is a buffer.
    pub flush_interval: Option<Duration>,
    /// What an asynchronous logger's records survive once their call has returned. Default: memory.
    pub durability: Durability,
    /// The directory for what must outlive the process; `None`: see
    /// [`state_dir`](crate::state_dir).
    pub state_dir: Option<PathBuf>,
    /// The first strategy of an asynchronous logger's queues; `None`: [`Strategy::Async`]. Where
    /// neither this nor another one is named, a record that its destination refuses is dropped.
    pub primary_strategy: Option<Strategy>,
    /// Those that take over while a destination is in trouble, in their order. Default: none.
    pub fallback_strategies: Vec<Strategy>,
    /// Whether sensitive data is redacted. Default: yes.
    pub redact_sensitive: bool,
    /// What is redacted, and what stands in its place.
    pub redaction: RedactionConfig,
    /// Whether threats in messages are counted and marked. Default: no.
    pub enable_security: bool,
    /// Whether the sanitizer runs. Control characters are escaped by every format in any case.
    /// Default: yes.
    pub enable_sanitization: bool,
    /// Whether plugins are called. Default: yes.
    pub enable_plugins: bool,
    /// Whether latencies are measured. Default: yes (one record in sixteen).
    pub enable_performance: bool,
    /// Whether analytics run. Default: no.
    pub enable_analytics: bool,
    /// The colours in use.
    pub theme: Theme,
    /// Themes that the configuration defines, by name, beside the built-in ones.
    pub themes: BTreeMap<String, Theme>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            layers: BTreeMap::from([(
                DEFAULT_LAYER.to_owned(),
                LayerConfig {
                    destinations: vec![DestinationConfig::console()],
                    ..LayerConfig::default()
                },
            )]),
            ..Config::empty()
        }
    }
}

impl Config {
    /// The default 16 MiB of [`Config::max_message_size`].
    pub const MAX_MESSAGE_SIZE: u64 = 16 << 20;

    /// The defaults without any layer: what a file or a builder starts from.
    ///
    /// ```
    /// assert!(hydra_core::config::Config::empty().layers.is_empty());
    /// ```
    pub fn empty() -> Self {
        Config {
            layers: BTreeMap::new(),
            default_level: Level::Info,
            templates: Templates::default(),
            subsecond_digits: None,
            time_zone: None,
            source: false,
            max_message_size: Config::MAX_MESSAGE_SIZE,
            lazy_initialization: true,
            buffer_size: None,
            flush_interval: None,
            durability: Durability::Memory,
            state_dir: None,
            primary_strategy: None,
            fallback_strategies: Vec::new(),
            redact_sensitive: true,
            redaction: RedactionConfig::default(),
            enable_security: false,
            enable_sanitization: true,
            enable_plugins: true,
            enable_performance: true,
            enable_analytics: false,
            theme: Theme::DEFAULT,
            themes: BTreeMap::new(),
        }
    }

    /// The level of a layer: its own, or [`Config::default_level`].
    ///
    /// ```
    /// use hydra_core::{Level, config::Config};
    /// assert_eq!(Config::default().level_of("DEFAULT"), Level::Info);
    /// ```
    pub fn level_of(&self, layer: &str) -> Level {
        self.layers
            .get(layer)
            .and_then(|layer| layer.level)
            .unwrap_or(self.default_level)
    }

    /// What single layers and destinations ask for of their own, each with the path where it stands.
    ///
    /// ```
    /// use hydra_core::config::{Config, Durability};
    /// let config = Config::builder()
    ///     .layer("PAYMENT", |layer| layer.durability(Durability::Power).console(|console| console))
    ///     .build()?;
    /// let own = config.own_durability();
    /// assert_eq!(own, [("layers.PAYMENT.durability".to_owned(), Durability::Power)]);
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn own_durability(&self) -> Vec<(String, Durability)> {
        let mut own = Vec::new();
        for (name, layer) in &self.layers {
            let of_layer = layer.durability.into_iter();
            own.extend(of_layer.map(|d| (format!("layers.{name}.durability"), d)));
            for (i, destination) in layer.destinations.iter().enumerate() {
                let of_it = destination.durability.into_iter();
                let path = || format!("layers.{name}.destinations[{i}].durability");
                own.extend(of_it.map(|d| (path(), d)));
            }
        }
        own
    }
}

/// What the records of an asynchronous logger survive, from the moment on when their call has
/// returned. A synchronous logger has delivered them by then.
///
/// ```
/// use hydra_core::config::{Config, Durability};
/// assert_eq!(Config::default().durability, Durability::Memory);
/// assert_eq!(Durability::Process.name(), "process");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Durability {
    /// The program's orderly end, and a panic.
    #[default]
    Memory,
    /// The end of the process at any instant, by `kill -9` too: records wait in a mapped file in
    /// the [`state_dir`](crate::state_dir). Sensitive data is redacted on the calling thread,
    /// before it gets there.
    Process,
    /// A loss of power: a call returns when its record is on the disk, in the spool of the
    /// [`state_dir`](crate::state_dir). Calls that are under way at once share a sync. Needs the
    /// feature `spool` of `hydra-logger`.
    Power,
}

impl Durability {
    /// Every durability, from the cheapest on.
    pub const ALL: [Durability; 3] = [Durability::Memory, Durability::Process, Durability::Power];

    /// The word for it in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Durability::Memory => "memory",
            Durability::Process => "process",
            Durability::Power => "power",
        }
    }
}

/// One layer. A layer with no destination of its own uses those of `DEFAULT`, with its own level.
///
/// ```
/// use hydra_core::config::{DestinationConfig, LayerConfig};
/// let layer = LayerConfig {
///     destinations: vec![DestinationConfig::console()],
///     ..LayerConfig::default()
/// };
/// assert_eq!(layer.level, None);
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LayerConfig {
    /// What the layer lets through; `None`: [`Config::default_level`].
    pub level: Option<Level>,
    /// Where its records go.
    pub destinations: Vec<DestinationConfig>,
    /// Whether sensitive data is redacted in the layer; `None`: [`Config::redact_sensitive`].
    pub redact_sensitive: Option<bool>,
    /// What is redacted in the layer; `None`: [`Config::redaction`].
    pub redaction: Option<RedactionConfig>,
    /// The levels of which no record is dropped where a queue is full; `None`: ERROR and CRITICAL.
    /// Of [`GUARANTEED_LAYERS`] none of any level is.
    pub guaranteed_levels: Option<LevelSet>,
    /// What the layer's records survive in an asynchronous logger, at destinations that say nothing of
    /// their own; `None`: [`Config::durability`].
    pub durability: Option<Durability>,
}

/// Templates of the parts of a plain-text line; `None` leaves a part to the level above (the
/// logger's templates, then the format's defaults).
///
/// ```
/// use hydra_core::config::Templates;
/// let templates = Templates { date_format: Some("%d.%m.%Y".into()), ..Templates::default() };
/// assert_eq!(templates.or(&Templates::default()), templates);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Templates {
    /// strftime; default `%Y-%m-%d`.
    pub date_format: Option<String>,
    /// strftime; default `%H:%M:%S`.
    pub time_format: Option<String>,
    /// `{name}` or `%(name)s`; default `{name}`.
    pub logger_name_format: Option<String>,
    /// `{level}`, `{message}` or their %-forms; default `{level} - {message}`.
    pub message_format: Option<String>,
}

impl Templates {
    /// These templates, and those of `other` where these have none.
    #[must_use]
    pub fn or(&self, other: &Templates) -> Templates {
        let pick = |a: &Option<String>, b: &Option<String>| a.as_ref().or(b.as_ref()).cloned();
        Templates {
            date_format: pick(&self.date_format, &other.date_format),
            time_format: pick(&self.time_format, &other.time_format),
            logger_name_format: pick(&self.logger_name_format, &other.logger_name_format),
            message_format: pick(&self.message_format, &other.message_format),
        }
    }
}

/// The zone in which time stamps are written.
///
/// ```
/// use hydra_core::config::TimeZoneSetting;
/// assert_eq!("+02:00".parse(), Ok(TimeZoneSetting::Fixed(7200)));
/// assert_eq!("Europe/Vienna".parse(), Ok(TimeZoneSetting::Named("Europe/Vienna".into())));
/// assert_eq!(TimeZoneSetting::Fixed(-12_600).to_string(), "-03:30");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZoneSetting {
    /// `local`: the zone of the machine.
    Local,
    /// `utc`.
    Utc,
    /// `+02:00`: a fixed distance east of UTC, in seconds, a whole number of minutes below a day.
    Fixed(i32),
    /// `Europe/Vienna`: a zone of the IANA database.
    Named(String),
}

impl std::fmt::Display for TimeZoneSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TimeZoneSetting::Local => f.pad("local"),
            TimeZoneSetting::Utc => f.pad("utc"),
            TimeZoneSetting::Fixed(seconds) => {
                let minutes = seconds.unsigned_abs() / 60;
                let sign = if *seconds < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            TimeZoneSetting::Named(name) => f.pad(name),
        }
    }
}

/// Words that are no [`TimeZoneSetting`].
///
/// ```
/// let error = "+25:00".parse::<hydra_core::config::TimeZoneSetting>().unwrap_err();
/// assert!(error.to_string().contains("+02:00"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimeZoneError {
    found: String,
}

impl std::fmt::Display for ParseTimeZoneError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} is not a time zone; write local, utc, a distance like +02:00, or a name like \
             Europe/Vienna",
            self.found
        )
    }
}

impl std::error::Error for ParseTimeZoneError {}

impl std::str::FromStr for TimeZoneSetting {
    type Err = ParseTimeZoneError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        let error = || ParseTimeZoneError {
            found: text.to_owned(),
        };
        match word.to_ascii_lowercase().as_str() {
            "local" => return Ok(TimeZoneSetting::Local),
            "utc" | "z" => return Ok(TimeZoneSetting::Utc),
            _ => {}
        }
        if word.starts_with(['+', '-']) {
            return fixed(word).map(TimeZoneSetting::Fixed).ok_or_else(error);
        }
        let letters = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        };
        if word.split('/').all(letters) {
            Ok(TimeZoneSetting::Named(word.to_owned()))
        } else {
            Err(error())
        }
    }
}

/// Seconds east of UTC of `+02:00`.
fn fixed(word: &str) -> Option<i32> {
    let digits = |text: &str| {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hours, minutes) = word.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (digits(hours)?, digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    Some(if word.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}
