//! What records survive on their way to each destination of an asynchronous logger: the destination's
//! own durability, else its layer's, else the logger's.

use std::sync::Arc;

use super::assembly::{Assembly, LayerPlan, Output, replace};
use super::build_error::BuildError;
use super::made::Made;
use crate::config::Durability;
use crate::{Destination, Level, LevelSet};

impl Assembly {
    /// Gives layers and destinations that say nothing of their own another durability than that of
    /// the configuration: what the program has chosen.
    ///
    /// ```
    /// use hydra_core::config::{Config, Durability};
    /// use hydra_core::pipeline::Assembly;
    /// let mut assembly = Assembly::new(&Config::default(), None)?;
    /// assembly.set_durability(Durability::Process);
    /// let parts = assembly.durability_of("APP");
    /// assert!(parts.iter().all(|(durability, _)| *durability == Durability::Process));
    /// # Ok::<(), hydra_core::pipeline::BuildError>(())
    /// ```
    pub fn set_durability(&mut self, durability: Durability) {
        self.durability = durability;
    }

    /// What a layer's records are to survive on their way to each of its destinations.
    ///
    /// See [`Assembly::set_durability`] for an example.
    pub fn durability_of(&self, layer: &str) -> Vec<(Durability, &Arc<dyn Destination>)> {
        let Some((own, taker)) = self.plans(layer) else {
            return Vec::new();
        };
        let outputs = taker.outputs.iter();
        let part = |output| (self.asked(own, taker, output), Output::destination(output));
        outputs.map(part).collect()
    }

    /// Makes destinations anew that are `previous`'s, where records are now to survive more or less on
    /// their way there: the queue before each stays as it was made.
    ///
    /// # Errors
    /// That would be a destination of the program's own, of which there is but one.
    pub fn renew(&mut self, previous: &Assembly) -> Result<(), BuildError> {
        let (before, now) = (previous.durabilities(), self.durabilities());
        for (made, now) in self.made.iter_mut().zip(now) {
            let old = Arc::clone(&made.destination);
            let is_known = |known: &Made| Arc::ptr_eq(&known.destination, &old);
            let known = previous.made.iter().position(is_known);
            if known.is_none_or(|at| before[at] == now) {
                continue;
            }
            let Made {
                settings,
                name,
                waits,
                ..
            } = &*made;
            let Some(settings) = settings.clone() else {
                return Err(BuildError::Conflict {
                    path: format!("destination {name}"),
                    what: "a destination of the program's own keeps its durability: it takes a new \
                           logger to change that",
                });
            };
            // What cannot be opened now is told at the first record: nothing has changed until then.
            *made = Made::new(settings, *waits, true).map_err(|source| BuildError::Open {
                path: name.to_string(),
                source,
            })?;
            replace(&mut self.layers, &old, &made.destination);
        }
        Ok(())
    }

    /// What records are to survive on their way to each destination that was made: the most that any
    /// layer asks for that sends there, since they share what is before it.
    pub(super) fn durabilities(&self) -> Vec<Durability> {
        let layers = self.layers.iter();
        let parts: Vec<_> = layers
            .flat_map(|plan| self.durability_of(&plan.name))
            .collect();
        let most = |made: &Made| {
            let here = parts
                .iter()
                .filter(|(_, at)| Arc::ptr_eq(at, &made.destination));
            here.map(|(durability, _)| *durability).max()
        };
        let made = self.made.iter();
        made.map(|made| most(made).unwrap_or(self.durability))
            .collect()
    }

    /// The levels of which a layer's record goes to a destination with `power`.
    pub(super) fn durable(&self, own: &LayerPlan, taker: &LayerPlan) -> LevelSet {
        let outputs = taker.outputs.iter();
        let durable = outputs.filter(|o| self.asked(own, taker, o) == Durability::Power);
        let levels = durable.flat_map(|output| {
            let levels = Level::ALL.into_iter();
            levels.filter(|level| output.target.takes(*level))
        });
        levels.collect()
    }

    fn asked(&self, own: &LayerPlan, taker: &LayerPlan, output: &Output) -> Durability {
        let of_layer = own.durability.or(taker.durability);
        output.durability.or(of_layer).unwrap_or(self.durability)
    }
}
