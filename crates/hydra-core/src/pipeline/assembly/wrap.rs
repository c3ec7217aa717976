//! Putting something before destinations, as a queue.

use std::sync::Arc;

use super::super::custom::CustomDestination;
use super::super::made::Made;
use super::{Assembly, LayerPlan};
use crate::Destination;
use crate::config::Durability;

impl Assembly {
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
}

/// Has what went to one destination go to another.
pub(in crate::pipeline) fn replace(
    layers: &mut [LayerPlan],
    old: &Arc<dyn Destination>,
    new: &Arc<dyn Destination>,
) {
    for output in layers.iter_mut().flat_map(|plan| &mut plan.outputs) {
        output.target.replace(old, new);
    }
}
