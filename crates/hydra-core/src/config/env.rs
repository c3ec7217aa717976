//! Environment variables over a configuration: `HYDRA_LOG_*`.
//!
//! A variable with a wrong value, or that nobody knows, is a [`Problem`] and changes nothing: a
//! program never fails for its environment. An empty value is as if the variable were not set.

use std::ffi::OsString;

use crate::Level;
use crate::config::cx::Cx;
use crate::config::destination::{DestinationConfig, DestinationKind};
use crate::config::error::{Problem, ProblemKind};
use crate::config::fields::{Kind, read, word};
use crate::config::model::{Config, LayerConfig};
use crate::config::rules;
use crate::config::table::{CONFIG, THEME};
use crate::config::tree::{Data, Entry, Mark, Node};
use crate::config::words::{COLOR_MODES, FORMATS, LEVELS, Words, nearest};
use crate::diagnostics::{self, ErrorKind};
use crate::format::{ColorMode, FormatKind, Theme};

/// What every variable's name begins with.
pub const PREFIX: &str = "HYDRA_LOG_";

/// What the name of a layer's level begins with.
const LAYER_LEVEL: &str = "HYDRA_LOG_LEVEL_";

/// One variable that is read, see [`VARIABLES`].
///
/// ```
/// for variable in hydra_core::config::env::VARIABLES {
///     println!("{:<34} {}", variable.name, variable.meaning);
/// }
/// ```
#[non_exhaustive]
pub struct Variable {
    /// Its name; `<LAYER>` in it stands for a layer's.
    pub name: &'static str,
    /// What it sets, and what it takes.
    pub meaning: &'static str,
    sets: Sets,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variable")
            .field("name", &self.name)
            .field("meaning", &self.meaning)
            .finish_non_exhaustive()
    }
}

/// What a variable sets.
enum Sets {
    /// `default_level`, and the level of `DEFAULT`.
    Level,
    /// The level of the layer whose name ends the variable's.
    LayerLevel,
    /// The format of every destination, or of consoles alone.
    Format { consoles: bool },
    /// The `color_mode` of consoles.
    ColorMode,
    /// A colour of the theme, by its key there.
    Color(&'static str),
    /// A key of the root.
    Key(&'static str),
    /// Nothing here: it is asked where the configuration says nothing.
    Nothing,
}

macro_rules! variables {
    ($($name:literal: $sets:expr, $meaning:literal;)*) => {
        /// Every variable that is read, in the order in which they are applied.
        ///
        /// ```
        /// use hydra_core::config::env::VARIABLES;
        /// assert!(VARIABLES.iter().any(|variable| variable.name == "HYDRA_LOG_LEVEL"));
        /// ```
        pub static VARIABLES: &[Variable] = &[
            $(Variable { name: concat!("HYDRA_LOG_", $name), meaning: $meaning, sets: $sets },)*
        ];
    };
}

variables! {
    "LEVEL": Sets::Level,
        "default_level, and the level of the layer DEFAULT: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL";
    "LEVEL_<LAYER>": Sets::LayerLevel,
        "the level of one layer, which is added if it is not there; in the name, _ stands for any \
         sign that is no letter or digit, and case does not count";
    "FORMAT": Sets::Format { consoles: false },
        "the format of every destination: plain-text, json, csv, syslog, gelf, logfmt";
    "CONSOLE_FORMAT": Sets::Format { consoles: true }, "the format of consoles alone";
    "COLOR_MODE": Sets::ColorMode, "the color_mode of consoles: auto, always, never";
    "THEME": Sets::Key("theme"), "the colours: default, dark, light, quiet, or one of themes";
    "COLOR_TRACE": Sets::Color("trace"), "the colour of TRACE: a name like cyan or bright_red";
    "COLOR_DEBUG": Sets::Color("debug"), "the colour of DEBUG";
    "COLOR_INFO": Sets::Color("info"), "the colour of INFO";
    "COLOR_WARNING": Sets::Color("warning"), "the colour of WARNING";
    "COLOR_ERROR": Sets::Color("error"), "the colour of ERROR";
    "COLOR_CRITICAL": Sets::Color("critical"), "the colour of CRITICAL";
    "COLOR_KEY": Sets::Color("key"), "the colour of the keys of fields";
    "DATE_FORMAT": Sets::Key("date_format"), "date_format: strftime";
    "TIME_FORMAT": Sets::Key("time_format"), "time_format: strftime";
    "LOGGER_NAME_FORMAT": Sets::Key("logger_name_format"), "logger_name_format: a template";
    "MESSAGE_FORMAT": Sets::Key("message_format"), "message_format: a template";
    "SUBSECOND_DIGITS": Sets::Key("subsecond_digits"), "subsecond_digits: 0 to 9";
    "TIME_ZONE": Sets::Key("time_zone"), "time_zone: local, utc, +02:00, Europe/Vienna";
    "SOURCE": Sets::Key("source"), "source: true, false";
    "MAX_MESSAGE_SIZE": Sets::Key("max_message_size"), "max_message_size: a size like 16MB";
    "BUFFER_SIZE": Sets::Key("buffer_size"), "buffer_size: a size like 64KB";
    "FLUSH_INTERVAL": Sets::Key("flush_interval"), "flush_interval: a duration like 1s";
    "DURABILITY": Sets::Key("durability"), "durability of asynchronous loggers: memory, process, power";
    "PRIMARY_STRATEGY": Sets::Key("primary_strategy"), "strategy of asynchronous queues: async, sync, direct, memory";
    "STATE_DIR": Sets::Nothing, "the state directory, where state_dir names none";
    "LAZY_INITIALIZATION": Sets::Key("lazy_initialization"), "lazy_initialization: true, false";
    "REDACT_SENSITIVE": Sets::Key("redact_sensitive"), "redact_sensitive: true, false";
    "ENABLE_SECURITY": Sets::Key("enable_security"), "enable_security: true, false";
    "ENABLE_SANITIZATION": Sets::Key("enable_sanitization"), "enable_sanitization: true, false";
    "ENABLE_PLUGINS": Sets::Key("enable_plugins"), "enable_plugins: true, false";
    "ENABLE_PERFORMANCE": Sets::Key("enable_performance"), "enable_performance: true, false";
    "ENABLE_ANALYTICS": Sets::Key("enable_analytics"), "enable_analytics: true, false";
}

/// Applies the variables among `variables`, and returns what is wrong with some of them.
///
/// They are applied in the order of [`VARIABLES`], whatever order they come in.
///
/// ```
/// use hydra_core::Level;
/// use hydra_core::config::{Config, env};
///
/// let mut config = Config::default();
/// let problems = env::apply(
///     &mut config,
///     [("HYDRA_LOG_LEVEL_AUTH", "DEBUG"), ("HYDRA_LOG_COLOR_INFO", "pinkish"), ("HOME", "/")],
/// );
/// assert_eq!(config.level_of("AUTH"), Level::Debug);
/// assert_eq!(problems.len(), 1);
/// assert_eq!(problems[0].path, "HYDRA_LOG_COLOR_INFO");
/// ```
#[must_use = "the problems should be shown to somebody"]
pub fn apply<K, V>(config: &mut Config, variables: impl IntoIterator<Item = (K, V)>) -> Vec<Problem>
where
    K: Into<OsString>,
    V: Into<OsString>,
{
    let mut given: Vec<(String, String)> = variables
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .map(|(name, value)| {
            // A name or value that is no text matches nothing, and is told with its wrong signs.
            let text = |os: OsString| os.to_string_lossy().into_owned();
            (text(name), text(value))
        })
        .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
        .collect();
    given.sort();
    let mut cx = Cx::new(&[]);
    for variable in VARIABLES {
        for (name, value) in &given {
            if variable.is(name) {
                let entry = entry(name, value);
                cx.at_key(&entry, |cx| variable.apply(config, name, &entry.value, cx));
            }
        }
    }
    for (name, value) in &given {
        if !VARIABLES.iter().any(|variable| variable.is(name)) {
            unknown(&entry(name, value), &mut cx);
        }
    }
    cx.problems
}

/// Applies the environment of the process, and reports what is wrong through
/// [`diagnostics`].
///
/// ```
/// use hydra_core::config::{Config, env};
/// let mut config = Config::default();
/// env::apply_process(&mut config);
/// ```
pub fn apply_process(config: &mut Config) {
    for problem in apply(config, std::env::vars_os()) {
        diagnostics::report(ErrorKind::Configuration, "the environment", &problem);
    }
}

fn entry(name: &str, value: &str) -> Entry {
    let mark = Mark::default();
    Entry {
        key: name.to_owned(),
        mark,
        value: Node::new(mark, Data::Text(value.to_owned())),
    }
}

fn unknown(entry: &Entry, cx: &mut Cx<'_>) {
    let names = VARIABLES.iter().map(|variable| variable.name);
    // The prefix, which all have, would make any two names alike.
    let short = |name: &'static str| name.strip_prefix(PREFIX).unwrap_or(name);
    let suggestion = nearest(&entry.key[PREFIX.len()..], names.map(short));
    cx.at_key(entry, |cx| {
        cx.problem(
            ProblemKind::UnknownKey,
            entry.mark,
            "no variable of this name is read".to_owned(),
        )
        .suggest(suggestion.map(|name| format!("{PREFIX}{name}")));
    });
}

impl Variable {
    fn is(&self, name: &str) -> bool {
        match self.sets {
            Sets::LayerLevel => name.len() > LAYER_LEVEL.len() && name.starts_with(LAYER_LEVEL),
            _ => self.name == name,
        }
    }

    fn apply(&self, config: &mut Config, name: &str, node: &Node, cx: &mut Cx<'_>) {
        match self.sets {
            Sets::Level => {
                if let Some(level) = level(node, cx) {
                    config.default_level = level;
                    if let Some(layer) = config.layers.get_mut(crate::config::DEFAULT_LAYER) {
                        layer.level = Some(level);
                    }
                }
            }
            Sets::LayerLevel => {
                if let Some(level) = level(node, cx) {
                    set_layer_level(config, &name[LAYER_LEVEL.len()..], level, cx);
                }
            }
            Sets::Format { consoles } => {
                if let Some((index, written)) = word(node, &FORMATS, cx) {
                    let plain = written.eq_ignore_ascii_case("plain");
                    for destination in destinations(config, consoles) {
                        destination.format = FormatKind::ALL[index];
                        if plain && destination.color_mode.is_none() {
                            destination.color_mode = Some(ColorMode::Never);
                        }
                    }
                }
            }
            Sets::ColorMode => {
                if let Some((index, _)) = word(node, &COLOR_MODES, cx) {
                    for destination in destinations(config, true) {
                        destination.color_mode = Some(ColorMode::ALL[index]);
                    }
                }
            }
            Sets::Color(key) => {
                let mut theme: Theme = config.theme;
                for field in THEME.iter().filter(|field| field.name == key) {
                    read(&field.kind, &mut theme, node, cx);
                }
                config.theme = theme;
            }
            Sets::Nothing => {}
            Sets::Key(key) => {
                for field in CONFIG.iter().filter(|field| field.name == key) {
                    let node = as_written(&field.kind, node);
                    read(&field.kind, config, &node, cx);
                }
            }
        }
    }
}

/// A variable is always text; what takes a number or a switch reads it from that.
fn as_written(kind: &Kind<Config>, node: &Node) -> Node {
    /// Switches as environments write them.
    const ON: Words = Words {
        what: "switch",
        names: &["false", "true"],
        aliases: &[
            ("0", 0),
            ("1", 1),
            ("no", 0),
            ("yes", 1),
            ("off", 0),
            ("on", 1),
        ],
        note: None,
    };
    let Data::Text(text) = &node.data else {
        return node.clone();
    };
    let data = match kind {
        Kind::Switch(_) => ON.find(text).map(|index| Data::Bool(index == 1)),
        Kind::Count { .. } => text.parse().ok().map(|value| Data::Int {
            value: Some(value),
            raw: text.clone(),
        }),
        _ => None,
    };
    Node::new(node.mark, data.unwrap_or_else(|| node.data.clone()))
}

fn level(node: &Node, cx: &mut Cx<'_>) -> Option<Level> {
    word(node, &LEVELS, cx).map(|(index, _)| Level::ALL[index])
}

fn destinations(
    config: &mut Config,
    consoles: bool,
) -> impl Iterator<Item = &mut DestinationConfig> {
    config
        .layers
        .values_mut()
        .flat_map(|layer| &mut layer.destinations)
        .filter(move |destination| {
            !consoles || matches!(destination.kind, DestinationKind::Console(_))
        })
}

/// Sets the level of every layer whose name can be written so; else adds one.
fn set_layer_level(config: &mut Config, name: &str, level: Level, cx: &mut Cx<'_>) {
    let mut found = false;
    for (layer, settings) in &mut config.layers {
        if variable_name(layer) == variable_name(name) {
            settings.level = Some(level);
            found = true;
        }
    }
    if found {
        return;
    }
    if let Some(wrong) = rules::layer_name(name) {
        cx.problem(ProblemKind::Reserved, Mark::default(), wrong.to_owned());
        return;
    }
    let layer = LayerConfig {
        level: Some(level),
        ..LayerConfig::default()
    };
    config.layers.insert(name.to_owned(), layer);
}

/// A layer's name as a variable can have it.
fn variable_name(layer: &str) -> String {
    let sign = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    layer.chars().map(sign).collect()
}

#[cfg(test)]
mod tests;
