//! Presets: whole configurations under a name, built in or registered by the program.
//!
//! The built-in ones are commented YAML files, which [`Preset::text`] gives as they are: a
//! configuration file of one's own begins as a copy. Each has a `DEFAULT` layer, so that a call
//! without a layer is written.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::config::error::{ConfigError, Problem, ProblemKind};
use crate::config::load::{Loaded, load_source};
use crate::config::{Config, Value};

macro_rules! built_in {
    ($($name:literal: $description:literal,)*) => {
        /// Name, description and text of the built-in presets.
        const BUILT_IN: &[(&str, &str, &str)] = &[
            $(($name, $description, include_str!(concat!("../../presets/", $name, ".yaml"))),)*
        ];
    };
}

built_in! {
    "production": "Console, JSON files, errors apart, SECURITY and PERFORMANCE layers",
    "development": "Everything from DEBUG on, in colour, and in a plain file",
    "testing": "A quiet console, nothing on disk, the same output on every run",
    "microservice": "JSON on stdout for a collector, a file, a HEALTH layer",
    "web_app": "WEB, REQUEST and ERROR layers",
    "api_service": "API, AUTH and RATE_LIMIT layers",
    "background_worker": "WORKER, TASK and PROGRESS layers",
    "high_performance": "Buffered plain-text files for many records a second",
    "minimal_features": "One buffered file and a console; protection, plugins, measuring off",
    "bare_metal": "The least work for each record: all features off, large buffers",
    "async_production": "Production for an asynchronous logger: JSON on console and in files",
    "throughput_optimized": "One JSON file behind a large buffer, for an asynchronous logger",
    "latency_critical": "Nothing on the calling thread but the copy, lines soon in a file",
    "ultra_high_performance": "The least work and the fewest writes, for an asynchronous logger",
}

/// Other names of built-in presets.
const ALIASES: [(&str, &str); 1] = [("ultra_fast", "bare_metal")];

static REGISTERED: RwLock<BTreeMap<String, (String, Source)>> = RwLock::new(BTreeMap::new());

/// What a preset is registered from: YAML, a [`Config`], or a map.
///
/// ```
/// use hydra_core::config::presets::Source;
/// let source = Source::from("extends: production");
/// assert_eq!(source, Source::Text("extends: production".into()));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// YAML, with its comments.
    Text(String),
    /// A map.
    Value(Value),
}

impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Source::Text(text.to_owned())
    }
}

impl From<String> for Source {
    fn from(text: String) -> Self {
        Source::Text(text)
    }
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        Source::Value(value)
    }
}

impl From<&Config> for Source {
    fn from(config: &Config) -> Self {
        Source::Value(config.to_value())
    }
}

/// A preset, see [`get`] and [`list`].
///
/// ```
/// let preset = hydra_core::config::presets::get("ultra_fast").unwrap();
/// assert_eq!(preset.name, "bare_metal");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// What it is for, in a line.
    pub description: String,
    /// Whether it comes with the library.
    pub built_in: bool,
    source: Source,
}

impl Preset {
    /// The preset as a YAML file: with its comments, if it has some; without its secrets, if it
    /// was made from a [`Config`] or a map.
    ///
    /// ```
    /// let text = hydra_core::config::presets::get("production").unwrap().text();
    /// assert!(text.contains("SECURITY:"));
    /// ```
    pub fn text(&self) -> String {
        match &self.source {
            Source::Text(text) => text.clone(),
            Source::Value(value) => {
                format!(
                    "# {}\n{}",
                    self.description,
                    crate::config::write::yaml(value)
                )
            }
        }
    }

    /// Its configuration.
    ///
    /// # Errors
    /// A preset that this one extends, or a file that it includes, is gone or has changed since it
    /// was registered.
    ///
    /// ```
    /// let preset = hydra_core::config::presets::get("testing").unwrap();
    /// assert!(preset.load()?.config.layers.contains_key("TEST"));
    /// # Ok::<(), hydra_core::config::ConfigError>(())
    /// ```
    pub fn load(&self) -> Result<Loaded, ConfigError> {
        load_source(&self.name, &self.source)
    }
}

/// Registers a preset, or replaces one that was registered under this name.
///
/// A name is of lower-case letters, digits and `_`, and begins with a letter.
///
/// # Errors
/// The name is not of this form or is a built-in preset's, or the configuration is wrong: then all
/// that is wrong with it.
///
/// ```
/// use hydra_core::config::presets;
/// presets::register("my_app", "As production, but louder", "extends: production\ndefault_level: DEBUG")?;
/// assert_eq!(presets::get("my_app").unwrap().description, "As production, but louder");
/// assert!(presets::register("production", "", "{}").is_err());
/// # Ok::<(), hydra_core::config::ConfigError>(())
/// ```
pub fn register(
    name: &str,
    description: &str,
    source: impl Into<Source>,
) -> Result<(), ConfigError> {
    let source = source.into();
    check_name(name)?;
    load_source(name, &source)?;
    // Its printed form begins with the description as a comment.
    let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    registered.insert(name.to_owned(), (description, source));
    Ok(())
}

fn check_name(name: &str) -> Result<(), ConfigError> {
    let form = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let (kind, message) = if !form {
        let message = "not the name of a preset: lower-case letters, digits and _, a letter first";
        (ProblemKind::WrongValue, message)
    } else if built_in(name).is_some() {
        (ProblemKind::Reserved, "a built-in preset has this name")
    } else {
        return Ok(());
    };
    let problem = Problem {
        found: Some(format!("{name:?}")),
        ..Problem::new(kind, message)
    };
    Err(ConfigError {
        problems: vec![problem],
        warnings: Vec::new(),
        files: Vec::new(),
    })
}

/// The preset of this name, or `None`.
///
/// ```
/// assert!(hydra_core::config::presets::get("web_app").is_some());
/// assert!(hydra_core::config::presets::get("no_such").is_none());
/// ```
pub fn get(name: &str) -> Option<Preset> {
    if let Some((name, description, text)) = built_in(name) {
        return Some(built_in_preset(name, description, text));
    }
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    let (description, source) = registered.get(name)?;
    Some(Preset {
        name: name.to_owned(),
        description: description.clone(),
        built_in: false,
        source: source.clone(),
    })
}

/// Every preset: the built-in ones, then the registered ones by name.
///
/// ```
/// let names: Vec<String> = hydra_core::config::presets::list().into_iter().map(|p| p.name).collect();
/// assert_eq!(names[0], "production");
/// ```
pub fn list() -> Vec<Preset> {
    let built_in = BUILT_IN
        .iter()
        .map(|(name, description, text)| built_in_preset(name, description, text));
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    let registered = registered
        .iter()
        .map(|(name, (description, source))| Preset {
            name: name.clone(),
            description: description.clone(),
            built_in: false,
            source: source.clone(),
        });
    built_in.chain(registered).collect()
}

/// The source of a preset, and its name where it was asked for by another.
pub(crate) fn source(name: &str) -> Option<(String, Source)> {
    get(name).map(|preset| (preset.name, preset.source))
}

fn built_in(name: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name, |(_, name)| name);
    BUILT_IN.iter().find(|(n, ..)| *n == name).copied()
}

fn built_in_preset(name: &str, description: &str, text: &str) -> Preset {
    Preset {
        name: name.to_owned(),
        description: description.to_owned(),
        built_in: true,
        source: Source::from(text),
    }
}
