//! From a [`Config`] to destinations and routes.
//!
//! A destination is made once for each distinct setting, however many layers name it: two layers
//! that write the same file share one open file, its buffer and its counts. When a configuration
//! is replaced, destinations whose settings did not change are carried over as they are.

use std::fmt;
use std::io::IsTerminal as _;
use std::sync::Arc;

use super::build_error::BuildError;
use super::custom::CustomDestination;
use super::route::{Group, Route, Target};
use crate::config::{
    CENTRALIZED_LAYER, Config, ConsoleConfig, DEFAULT_LAYER, DestinationConfig, DestinationKind,
    FileConfig, NetworkConfig, Rotate, Stream, TimeZoneSetting,
};
use crate::destination::console::ConsoleDestination;
use crate::destination::file::{FileDestination, FileOptions, RotateEvery};
use crate::destination::host::host;
use crate::format::{FormatKind, FormatSettings, LineFormat, find_zone};
use crate::{Destination, Level};

/// A destination and the settings it was made from; none, where the program made it.
#[derive(Clone)]
struct Made {
    settings: Option<Settings>,
    name: Arc<str>,
    destination: Arc<dyn Destination>,
}

#[derive(Clone, PartialEq)]
enum Settings {
    Stdout,
    Stderr,
    File {
        file: FileConfig,
        /// Where midnight is asked for, if it is: that of the lines' own time.
        midnight: Option<TimeZoneSetting>,
        header: Option<Vec<u8>>,
        force_flush: bool,
    },
}

/// One destination of a layer, ready to be bound.
struct Output {
    format: FormatSettings,
    target: Target,
}

/// Every destination of a configuration, and what each layer sends to them.
///
/// ```
/// use hydra_core::config::Config;
/// use hydra_core::pipeline::Assembly;
/// let assembly = Assembly::new(&Config::default(), None)?;
/// assert_eq!(assembly.layer_names().collect::<Vec<_>>(), ["DEFAULT"]);
/// assert_eq!(assembly.destinations().count(), 1);
/// # Ok::<(), hydra_core::pipeline::BuildError>(())
/// ```
pub struct Assembly {
    made: Vec<Made>,
    layers: Vec<(String, Level, Vec<Output>)>,
    max_text: usize,
    measured: bool,
}

impl Assembly {
    /// Makes the destinations; nothing is opened, unless the configuration says so. Destinations
    /// of `previous` whose settings are the same are taken over.
    ///
    /// # Errors
    /// The first thing that cannot be made, and where it stands.
    pub fn new(config: &Config, previous: Option<&Assembly>) -> Result<Assembly, BuildError> {
        let mut assembly = Assembly {
            made: Vec::new(),
            layers: Vec::new(),
            max_text: usize::try_from(config.max_message_size).unwrap_or(usize::MAX),
            measured: config.enable_performance,
        };
        for (name, layer) in &config.layers {
            let mut outputs = Vec::new();
            for (i, destination) in layer.destinations.iter().enumerate() {
                let path = || format!("layers.{name}.destinations[{i}]");
                assembly.outputs(config, destination, previous, &path, &mut outputs)?;
            }
            assembly
                .layers
                .push((name.clone(), config.level_of(name), outputs));
        }
        Ok(assembly)
    }

    /// The same assembly with destinations of the program's own.
    ///
    /// # Errors
    /// The format of one of them is wrong.
    pub fn with(
        mut self,
        custom: &[CustomDestination],
        config: &Config,
    ) -> Result<Self, BuildError> {
        for own in custom {
            let made = Made {
                settings: None,
                name: Arc::clone(&own.name),
                destination: Arc::clone(&own.destination),
            };
            let path = || format!("layer {}, destination {}", own.layer, own.name);
            let output = Output::new(own.format.clone(), (own.level, None), made.clone(), &path)?;
            if !self
                .made
                .iter()
                .any(|m| Arc::ptr_eq(&m.destination, &made.destination))
            {
                self.made.push(made);
            }
            let known = self.layers.iter_mut().find(|(name, ..)| *name == own.layer);
            if let Some((.., outputs)) = known {
                outputs.push(output);
            } else {
                let level = config.level_of(&own.layer);
                self.layers.push((own.layer.clone(), level, vec![output]));
            }
        }
        Ok(self)
    }

    /// An assembly without layers: everything takes the last resort.
    pub fn empty() -> Assembly {
        Assembly {
            made: Vec::new(),
            layers: Vec::new(),
            max_text: Config::MAX_MESSAGE_SIZE as usize,
            measured: true,
        }
    }

    /// The level and the route of a layer.
    ///
    /// A layer that is not configured is the layer `DEFAULT`, or the centralised one, under its own
    /// name; one that is configured without destinations uses theirs. `None`: there is neither.
    ///
    /// # Panics
    /// Never: the formats were bound once before.
    pub fn route(&self, layer: &str) -> Option<(Level, Route)> {
        let find = |name: &str| self.layers.iter().find(|(n, ..)| n == name);
        let with_outputs = |name: &str| find(name).filter(|(.., outputs)| !outputs.is_empty());
        let own = find(layer);
        let (_, level, outputs) = with_outputs(layer)
            .or_else(|| with_outputs(DEFAULT_LAYER))
            .or_else(|| with_outputs(CENTRALIZED_LAYER))?;
        let level = own.map_or(*level, |(_, level, _)| *level);
        Some((
            level,
            Route::Open {
                groups: groups(layer, outputs),
                max_text: self.max_text,
                measured: self.measured,
            },
        ))
    }

    /// The names of the configured layers.
    pub fn layer_names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|(name, ..)| name.as_str())
    }

    /// Every destination, once, with its name.
    pub fn destinations(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<dyn Destination>)> {
        self.made.iter().map(|made| (&made.name, &made.destination))
    }

    /// The destinations of this assembly that another one does not have.
    pub fn not_in<'a>(
        &'a self,
        other: &'a Assembly,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Arc<dyn Destination>)> {
        self.destinations().filter(|(_, destination)| {
            !other
                .made
                .iter()
                .any(|made| Arc::ptr_eq(&made.destination, destination))
        })
    }

    /// The outputs of one destination of the configuration: one, but two for a split console.
    fn outputs(
        &mut self,
        config: &Config,
        destination: &DestinationConfig,
        previous: Option<&Assembly>,
        path: &dyn Fn() -> String,
        outputs: &mut Vec<Output>,
    ) -> Result<(), BuildError> {
        let lowest = destination.level.unwrap_or(Level::Trace);
        match &destination.kind {
            DestinationKind::Console(console) => {
                for (stream, levels) in console_streams(console, lowest) {
                    let format = format_settings(config, destination, stream.is_terminal());
                    let made = self.made(stream, config, previous, path)?;
                    outputs.push(Output::new(format, levels, made, path)?);
                }
            }
            DestinationKind::File(file) if file.compress && cfg!(not(feature = "gzip")) => {
                return Err(BuildError::Unavailable {
                    path: format!("{}.compress", path()),
                    what: "gzip compression",
                    feature: "gzip",
                });
            }
            DestinationKind::File(file) => {
                let format = format_settings(config, destination, false);
                let settings = Settings::File {
                    file: with_defaults(file, config),
                    midnight: midnight(file, &format),
                    header: bind(&format, path)?.header(),
                    force_flush: destination.force_flush,
                };
                let made = self.made(settings, config, previous, path)?;
                outputs.push(Output::new(format, (lowest, None), made, path)?);
            }
            DestinationKind::Network(network) => {
                return Err(unavailable(network, path()));
            }
        }
        Ok(())
    }

    /// The destination with these settings: the one there is, or a new one.
    fn made(
        &mut self,
        settings: Settings,
        config: &Config,
        previous: Option<&Assembly>,
        path: &dyn Fn() -> String,
    ) -> Result<Made, BuildError> {
        if let Some(known) = self
            .made
            .iter()
            .find(|made| made.settings.as_ref() == Some(&settings))
        {
            return Ok(known.clone());
        }
        let carried = previous.and_then(|p| {
            p.made
                .iter()
                .find(|made| made.settings.as_ref() == Some(&settings))
        });
        let made = match carried {
            Some(made) => made.clone(),
            None => Made::new(settings, config.lazy_initialization).map_err(|source| {
                BuildError::Open {
                    path: path(),
                    source,
                }
            })?,
        };
        self.made.push(made.clone());
        Ok(made)
    }
}

impl Output {
    fn new(
        format: FormatSettings,
        (level, below): (Level, Option<Level>),
        made: Made,
        path: &dyn Fn() -> String,
    ) -> Result<Output, BuildError> {
        bind(&format, path)?;
        let target = Target::new(level, made.name, made.destination).below(below);
        Ok(Output { format, target })
    }
}

impl Settings {
    /// Whether it shows colours: a terminal, or a host that stands for one.
    fn is_terminal(&self) -> bool {
        match self {
            Settings::Stdout | Settings::Stderr if host().is_some() => true,
            Settings::Stdout => std::io::stdout().is_terminal(),
            Settings::Stderr => std::io::stderr().is_terminal(),
            Settings::File { .. } => false,
        }
    }
}

impl Made {
    fn new(settings: Settings, lazy: bool) -> std::io::Result<Made> {
        let (name, destination): (String, Arc<dyn Destination>) = match &settings {
            Settings::Stdout => (
                "console stdout".into(),
                Arc::new(ConsoleDestination::new(Stream::Stdout)),
            ),
            Settings::Stderr => (
                "console stderr".into(),
                Arc::new(ConsoleDestination::new(Stream::Stderr)),
            ),
            Settings::File {
                file,
                midnight,
                header,
                force_flush,
            } => {
                let options = file_options(file).force_flush(*force_flush);
                let zone = midnight.as_ref().and_then(|zone| find_zone(zone).ok());
                let options = match zone {
                    Some(zone) => options.time_zone(zone),
                    None => options,
                };
                let options = match header {
                    Some(header) => options.header(header.clone()),
                    None => options,
                };
                let destination = FileDestination::new(options);
                if !lazy {
                    destination.open()?;
                }
                (
                    format!("file {}", file.path.display()),
                    Arc::new(destination),
                )
            }
        };
        Ok(Made {
            settings: Some(settings),
            name: name.into(),
            destination,
        })
    }
}

/// The destinations that get the same line stand in one group.
fn groups(layer: &str, outputs: &[Output]) -> Box<[Group]> {
    let mut formats: Vec<(&FormatSettings, Vec<Target>)> = Vec::new();
    for output in outputs {
        match formats
            .iter_mut()
            .find(|(format, _)| **format == output.format)
        {
            Some((_, targets)) => targets.push(output.target.clone()),
            None => formats.push((&output.format, vec![output.target.clone()])),
        }
    }
    formats
        .into_iter()
        .filter_map(|(format, targets)| Some(Group::new(format.bind(layer).ok()?, targets)))
        .collect()
}

fn bind(
    format: &FormatSettings,
    path: &dyn Fn() -> String,
) -> Result<Box<dyn LineFormat>, BuildError> {
    // Whether a format is right does not depend on the layer it is bound to.
    format.bind("").map_err(|source| BuildError::Format {
        path: path(),
        source,
    })
}

/// The streams of a console, each with its range of levels.
fn console_streams(
    console: &ConsoleConfig,
    lowest: Level,
) -> Vec<(Settings, (Level, Option<Level>))> {
    let split = console.split_level;
    match console.stream {
        Stream::Stdout => vec![(Settings::Stdout, (lowest, None))],
        Stream::Stderr => vec![(Settings::Stderr, (lowest, None))],
        Stream::Split => vec![
            (Settings::Stdout, (lowest, Some(split))),
            (Settings::Stderr, (lowest.max(split), None)),
        ],
    }
}

fn format_settings(
    config: &Config,
    destination: &DestinationConfig,
    terminal: bool,
) -> FormatSettings {
    let colored = destination
        .effective_color_mode()
        .decide(terminal, |name| std::env::var_os(name));
    let zone = destination.time_zone.as_ref().or(config.time_zone.as_ref());
    FormatSettings {
        templates: destination.templates.or(&config.templates),
        subsecond_digits: destination.subsecond_digits.or(config.subsecond_digits),
        time_zone: zone.cloned(),
        theme: colored.then_some(config.theme),
        source: config.source,
        facility: destination.facility,
        app_name: destination.app_name.clone(),
        host_name: destination.host_name.clone(),
        structured_data_id: destination.structured_data_id.clone(),
        ..FormatSettings::new(destination.format)
    }
}

/// A file's settings, with the logger's where it has none of its own.
fn with_defaults(file: &FileConfig, config: &Config) -> FileConfig {
    let mut file = file.clone();
    file.buffer_size = file.buffer_size.or(config.buffer_size);
    file.flush_interval = file.flush_interval.or(config.flush_interval);
    file
}

/// The zone whose midnight ends a file's day: none where the file is not rotated by time, so that
/// no zone is looked up for nothing.
fn midnight(file: &FileConfig, format: &FormatSettings) -> Option<TimeZoneSetting> {
    let by_time = file.rotate != Rotate::Never;
    let default = || match format.kind {
        FormatKind::PlainText => TimeZoneSetting::Local,
        _ => TimeZoneSetting::Utc,
    };
    by_time.then(|| format.time_zone.clone().unwrap_or_else(default))
}

fn file_options(file: &FileConfig) -> FileOptions {
    let period = match file.rotate {
        Rotate::Daily => Some(RotateEvery::Daily),
        Rotate::Hourly => Some(RotateEvery::Hourly),
        _ => None,
    };
    let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let options = FileOptions::new(&file.path)
        .max_size(file.max_size)
        .rotate_every(period)
        .backup_count(file.backup_count as usize)
        .max_age(file.max_age)
        .mode(file.mode)
        .buffer_size(file.buffer_size.filter(|size| *size > 0).map(bytes))
        .flush_interval(file.flush_interval);
    #[cfg(feature = "gzip")]
    let options = options.compress(file.compress);
    options
}

fn unavailable(network: &NetworkConfig, path: String) -> BuildError {
    let network_type = network.network_type;
    BuildError::Unavailable {
        path,
        what: network_type.name(),
        feature: network_type.short_name(),
    }
}

impl fmt::Debug for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.made.iter().map(|made| &made.name);
        f.debug_struct("Assembly")
            .field("destinations", &names.collect::<Vec<_>>())
            .field("layers", &self.layer_names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
