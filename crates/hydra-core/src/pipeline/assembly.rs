//! From a [`Config`] to destinations and routes.
//!
//! A destination is made once for each distinct setting, however many layers name it: two layers
//! that write the same file share one open file, its buffer and its counts. When a configuration
//! is replaced, destinations whose settings did not change are carried over as they are.

mod outputs;
mod routes;
mod wrap;

use std::fmt;
use std::sync::Arc;

use super::build_error::BuildError;
use super::custom::CustomDestination;
use super::made::Made;
use super::protection::Protection;
use super::protections::Protections;
use super::route::Target;
use super::security::SecurityCheck;
use crate::config::{Config, Durability};
use crate::format::FormatSettings;
use crate::{Destination, Level, LevelSet};
pub(super) use wrap::replace;

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
}

/// What looks for threats: that of the configuration before goes on, with its counts.
fn security(config: &Config, previous: Option<&Assembly>) -> Option<SecurityCheck> {
    let known = previous.and_then(|previous| previous.security.clone());
    config.enable_security.then(|| known.unwrap_or_default())
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
