//! From a destination of the configuration to the outputs of its layer: which format its lines have, and
//! which destination takes them.

use std::sync::Arc;

use super::super::build_error::BuildError;
use super::super::made::{
    Made, Settings, console_streams, midnight, must_be_auditable, with_defaults,
};
use super::super::route::Target;
use super::{Assembly, Output};
use crate::config::{Config, DestinationConfig, DestinationKind, NetworkConfig};
use crate::format::{FormatSettings, LineFormat};
use crate::{Destination, Level, LevelSet};

impl Assembly {
    /// The outputs of one destination of the configuration: one, but two for a split console.
    pub(super) fn outputs(
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
    pub(in crate::pipeline) fn destination(&self) -> &Arc<dyn Destination> {
        self.target.shared()
    }

    pub(super) fn new(
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
