//! From what a layer is to do to its route: its level, and the destinations that take its records, in groups
//! of those that get the same line.

use std::borrow::Cow;

use super::super::route::{Group, OpenRoute, Target};
use super::{Assembly, LayerPlan, Output};
use crate::config::{CENTRALIZED_LAYER, DEFAULT_LAYER, GUARANTEED_LAYERS};
use crate::{Level, LevelSet};

impl Assembly {
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
    pub(in crate::pipeline) fn plans(&self, layer: &str) -> Option<(&LayerPlan, &LayerPlan)> {
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
