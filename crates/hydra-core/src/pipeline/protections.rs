//! The protections of a configuration: one for each distinct policy.

use hydra_protect::Redactor;

use super::build_error::BuildError;
use super::protection::Protection;
use crate::config::{Config, LayerConfig, RedactionConfig};

/// Protections by their policies. One whose policy did not change is carried over when a
/// configuration is replaced, and its counts with it.
#[derive(Default)]
pub(super) struct Protections {
    made: Vec<(RedactionConfig, Protection)>,
    carried: Vec<(RedactionConfig, Protection)>,
    root: Option<Protection>,
}

impl Protections {
    /// Those of a logger that was told nothing.
    pub(super) fn standard() -> Protections {
        let protection = Protection::new(Redactor::new());
        Protections {
            made: vec![(RedactionConfig::default(), protection.clone())],
            root: Some(protection),
            ..Protections::default()
        }
    }

    pub(super) fn new(
        config: &Config,
        previous: Option<&Protections>,
    ) -> Result<Protections, BuildError> {
        let mut protections = Protections {
            carried: previous.map_or_else(Vec::new, |previous| previous.made.clone()),
            ..Protections::default()
        };
        if config.redact_sensitive {
            let protection = protections.of(&config.redaction, &|| "the root".to_owned())?;
            protections.root = Some(protection);
        }
        Ok(protections)
    }

    pub(super) fn root(&self) -> Option<Protection> {
        self.root.clone()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Protection> {
        self.made.iter().map(|(_, protection)| protection)
    }

    /// The protection of a layer; none where nothing is redacted in it.
    pub(super) fn of_layer(
        &mut self,
        name: &str,
        layer: &LayerConfig,
        config: &Config,
    ) -> Result<Option<Protection>, BuildError> {
        let on = layer.redact_sensitive.unwrap_or(config.redact_sensitive);
        let policy = layer.redaction.as_ref().unwrap_or(&config.redaction);
        on.then(|| self.of(policy, &|| format!("layers.{name}")))
            .transpose()
    }

    /// The protection by a policy: the one there is, or a new one.
    pub(super) fn of(
        &mut self,
        policy: &RedactionConfig,
        path: &dyn Fn() -> String,
    ) -> Result<Protection, BuildError> {
        let same = |(known, _): &&(RedactionConfig, Protection)| known == policy;
        if let Some((_, protection)) = self.made.iter().find(same) {
            return Ok(protection.clone());
        }
        let carried = self.carried.iter().find(same).map(|(_, p)| p.clone());
        let protection = match carried {
            Some(protection) => protection,
            None => Protection::new(policy.redactor().map_err(|source| BuildError::Redaction {
                path: path(),
                source,
            })?),
        };
        self.made.push((policy.clone(), protection.clone()));
        Ok(protection)
    }
}
