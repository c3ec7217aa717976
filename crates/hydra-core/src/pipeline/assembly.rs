//! From a [`Config`] to destinations and routes.
//!
//! A destination is made once for each distinct setting, however many layers name it: two layers
//! that write the same file share one open file, its buffer and its counts. When a configuration
//! is replaced, destinations whose settings did not change are carried over as they are.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::build_error::BuildError;
use super::custom::CustomDestination;
use super::made::{Made, Settings, console_streams, midnight, must_be_auditable, with_defaults};
use super::protection::Protection;
use super::protections::Protections;
use super::route::{Group, OpenRoute, Target};
use super::security::SecurityCheck;
use crate::config::{
    CENTRALIZED_LAYER, Config, DEFAULT_LAYER, DestinationConfig, DestinationKind, Durability,
    GUARANTEED_LAYERS, NetworkConfig,
};
use crate::format::{FormatSettings, LineFormat};
use crate::{Destination, Level, LevelSet};

/// One destination of a layer, ready to be bound.
pub(super) struct Output {
    format: FormatSettings,
    /// What it must not see beside what no destination of the layer sees.
    protection: Option<Protection>,
    /// Beside those of the layer.
    guaranteed: LevelSet,
    /// None: as its layer says.
    pub(super) durability: Option<Durability>,
    waits: bool,
    pub(super) target: Target,
}

/// What a layer does.
pub(super) struct LayerPlan {
    pub(super) name: String,
    level: Level,
    protection: Option<Protection>,
    guaranteed: LevelSet,
    /// None: as the logger says.
    pub(super) durability: Option<Durability>,
    pub(super) outputs: Vec<Output>,
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
    pub(super) made: Vec<Made>,
    pub(super) layers: Vec<LayerPlan>,
    protections: Protections,
    security: Option<SecurityCheck>,
    max_text: usize,
    measured: bool,
    /// Of layers and destinations that say nothing of their own.
    pub(super) durability: Durability,
}

impl Assembly {
    /// Makes the destinations; nothing is opened, unless the configuration says so. Destinations
    /// of `previous` whose settings are the same are taken over.
    ///
    /// # Errors
    /// The first thing that cannot be made, and where it stands.
    pub fn new(config: &Config, previous: Option<&Assembly>) -> Result<Assembly, BuildError> {
        let protections = Protections::new(config, previous.map(|p| &p.protections))?;
        let mut assembly = Assembly {
            made: Vec::new(),
            layers: Vec::new(),
            protections,
            security: security(config, previous),
            max_text: usize::try_from(config.max_message_size).unwrap_or(usize::MAX),
            measured: config.enable_performance,
            durability: previous.map_or(config.durability, |previous| previous.durability),
        };
        for (name, layer) in &config.layers {
            let mut outputs = Vec::new();
            for (i, destination) in layer.destinations.iter().enumerate() {
                let path = || format!("layers.{name}.destinations[{i}]");
                assembly.outputs(config, destination, previous, &path, &mut outputs)?;
            }
            assembly.layers.push(LayerPlan {
                name: name.clone(),
                level: config.level_of(name),
                protection: assembly.protections.of_layer(name, layer, config)?,
                guaranteed: layer.guaranteed_levels.unwrap_or(LevelSet::SEVERE),
                durability: layer.durability,
                outputs,
            });
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
                waits: false,
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
            let known = self.layers.iter_mut().find(|plan| plan.name == own.layer);
            if let Some(plan) = known {
                plan.outputs.push(output);
            } else {
                self.layers.push(LayerPlan {
                    name: own.layer.clone(),
                    level: config.level_of(&own.layer),
                    protection: self.protections.root(),
                    guaranteed: LevelSet::SEVERE,
                    durability: None,
                    outputs: vec![output],
                });
            }
        }
        Ok(self)
    }

    /// Puts something before each destination that `previous` does not have, as a queue; before the
    /// program's own too, which then stay so. `wrap` is given a destination's name, whether calls
    /// wait for it, and what records are to survive on their way there; where it gives nothing, the
    /// destination stays as it is.
    pub fn wrap(
        &mut self,
        previous: Option<&Assembly>,
        custom: &mut [CustomDestination],
        wrap: impl Fn(
            &Arc<str>,
            (bool, Durability),
            &Arc<dyn Destination>,
        ) -> Option<Arc<dyn Destination>>,
    ) {
        let is_known = |made: &Made| {
            let same = |known: &Made| Arc::ptr_eq(&known.destination, &made.destination);
            previous.is_some_and(|previous| previous.made.iter().any(same))
        };
        let durabilities = self.durabilities();
        for (made, durability) in self.made.iter_mut().zip(durabilities) {
            if is_known(made) {
                continue;
            }
            let bare = Arc::clone(&made.destination);
            let Some(wrapped) = wrap(&made.name, (made.waits, durability), &bare) else {
                continue;
            };
            made.destination = wrapped;
            replace(&mut self.layers, &bare, &made.destination);
            for own in &mut *custom {
                if Arc::ptr_eq(&own.destination, &bare) {
                    own.destination = Arc::clone(&made.destination);
                }
            }
        }
    }

    /// Puts something before every destination, those too that have no queue in an asynchronous
    /// logger: `wrap` is given a destination's name, and whether it is one of those.
    pub fn wrap_all(
        &mut self,
        wrap: impl Fn(&Arc<str>, bool, &Arc<dyn Destination>) -> Arc<dyn Destination>,
    ) {
        for made in &mut self.made {
            let bare = Arc::clone(&made.destination);
            made.destination = wrap(&made.name, made.waits, &bare);
            replace(&mut self.layers, &bare, &made.destination);
        }
    }

    /// An assembly without layers: everything takes the last resort.
    pub fn empty() -> Assembly {
        Assembly {
            made: Vec::new(),
            layers: Vec::new(),
            protections: Protections::standard(),
            security: None,
            max_text: Config::MAX_MESSAGE_SIZE as usize,
            measured: true,
            durability: Durability::Memory,
        }
    }

    /// The level and the route of a layer.
    ///
    /// A layer that is not configured is the layer `DEFAULT`, or the centralised one, under its own
    /// name; one that is configured without destinations uses theirs. `None`: there is neither.
    ///
    /// # Panics
    /// Never: the formats were bound once before.
    pub fn route(&self, layer: &str) -> Option<(Level, OpenRoute)> {
        let (own, taker) = self.plans(layer)?;
        let guaranteed = if GUARANTEED_LAYERS.contains(&layer) {
            LevelSet::ALL
        } else {
            own.guaranteed
        };
        Some((
            own.level,
            OpenRoute {
                groups: groups(&self.shown(layer), guaranteed, &taker.outputs),
                protection: own.protection.clone(),
                security: self.security.clone(),
                max_text: self.max_text,
                measured: self.measured,
                waits: taker.outputs.iter().any(|output| output.waits),
                durable: self.durable(own, taker),
            },
        ))
    }

    /// Who says what becomes of a layer's records, and whose destinations take them.
    pub(super) fn plans(&self, layer: &str) -> Option<(&LayerPlan, &LayerPlan)> {
        let find = |name: &str| self.layers.iter().find(|plan| plan.name == name);
        let with_outputs = |name: &str| find(name).filter(|plan| !plan.outputs.is_empty());
        let taker = with_outputs(layer)
            .or_else(|| with_outputs(DEFAULT_LAYER))
            .or_else(|| with_outputs(CENTRALIZED_LAYER))?;
        Some((find(layer).unwrap_or(taker), taker))
    }

    /// A layer's name as its lines have it: a program may make it of anything.
    pub fn shown<'n>(&self, layer: &'n str) -> Cow<'n, str> {
        match self.protection() {
            Some(protection) => protection.name(layer),
            None => Cow::Borrowed(layer),
        }
    }

    /// What protects the layers that have no protection of their own; none where nothing is
    /// redacted.
    pub fn protection(&self) -> Option<Protection> {
        self.protections.root()
    }

    /// Every protection that is in use, once.
    pub fn protections(&self) -> impl Iterator<Item = &Protection> {
        self.protections.iter()
    }

    /// What looks for threats, where that was asked for.
    pub fn security(&self) -> Option<&SecurityCheck> {
        self.security.as_ref()
    }

    /// The names of the configured layers.
    pub fn layer_names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|plan| plan.name.as_str())
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
        let begun = outputs.len();
        match &destination.kind {
            DestinationKind::Console(console) => {
                for (stream, levels) in console_streams(console, lowest) {
                    let format = format_settings(config, destination, stream.is_terminal());
                    let settings = (stream, destination.force_sync_io);
                    let made = self.made(settings, config, previous, path)?;
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
                if file.audit.is_some() {
                    must_be_auditable(format.kind, path)?;
                }
                let settings = Settings::File {
                    file: Box::new(with_defaults(file, config)),
                    midnight: midnight(file, &format),
                    header: bind(&format, path)?.header(),
                    force_flush: destination.force_flush,
                };
                let settings = (settings, destination.force_sync_io);
                let made = self.made(settings, config, previous, path)?;
                outputs.push(Output::new(format, (lowest, None), made, path)?);
            }
            DestinationKind::Network(network) => {
                return Err(unavailable(network, path()));
            }
        }
        for output in &mut outputs[begun..] {
            output.guaranteed = destination.guaranteed_levels.unwrap_or_default();
            output.durability = destination.durability;
        }
        if let Some(redaction) = &destination.redaction {
            let protection = self.protections.of(redaction, &path)?;
            for output in &mut outputs[begun..] {
                output.protection = Some(protection.clone());
            }
        }
        Ok(())
    }

    /// The destination with these settings: the one there is, or a new one.
    fn made(
        &mut self,
        (settings, waits): (Settings, bool),
        config: &Config,
        previous: Option<&Assembly>,
        path: &dyn Fn() -> String,
    ) -> Result<Made, BuildError> {
        let is_it = |made: &&Made| made.is_of(&settings, waits);
        if let Some(known) = self.made.iter().find(is_it) {
            return Ok(known.clone());
        }
        let carried = previous.and_then(|previous| previous.made.iter().find(is_it));
        let made = match carried {
            Some(made) => made.clone(),
            None => Made::new(settings, waits, config.lazy_initialization).map_err(|source| {
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
    pub(super) fn destination(&self) -> &Arc<dyn Destination> {
        self.target.shared()
    }

    fn new(
        format: FormatSettings,
        (level, below): (Level, Option<Level>),
        made: Made,
        path: &dyn Fn() -> String,
    ) -> Result<Output, BuildError> {
        bind(&format, path)?;
        let waits = made.waits;
        let target = Target::new(level, made.name, made.destination).below(below);
        Ok(Output {
            format,
            protection: None,
            guaranteed: LevelSet::NONE,
            durability: None,
            waits,
            target,
        })
    }
}

/// Has what went to one destination go to another.
pub(super) fn replace(
    layers: &mut [LayerPlan],
    old: &Arc<dyn Destination>,
    new: &Arc<dyn Destination>,
) {
    for output in layers.iter_mut().flat_map(|plan| &mut plan.outputs) {
        output.target.replace(old, new);
    }
}

/// What looks for threats: that of the configuration before goes on, with its counts.
fn security(config: &Config, previous: Option<&Assembly>) -> Option<SecurityCheck> {
    let known = previous.and_then(|previous| previous.security.clone());
    config.enable_security.then(|| known.unwrap_or_default())
}

/// The destinations that get the same line stand in one group.
fn groups(layer: &str, guaranteed: LevelSet, outputs: &[Output]) -> Box<[Group]> {
    let mut formats: Vec<(&Output, Vec<Target>)> = Vec::new();
    for output in outputs {
        let same =
            |other: &Output| other.format == output.format && other.protection == output.protection;
        let guaranteed = guaranteed | output.guaranteed;
        let target = output.target.clone().guaranteeing(guaranteed);
        match formats.iter_mut().find(|(other, _)| same(other)) {
            Some((_, targets)) => targets.push(target),
            None => formats.push((output, vec![target])),
        }
    }
    let group = |(output, targets): (&Output, Vec<Target>)| {
        let group = Group::new(output.format.bind(layer).ok()?, targets);
        Some(group.with_protection(output.protection.clone()))
    };
    formats.into_iter().filter_map(group).collect()
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
