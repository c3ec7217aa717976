//! What a fork does with a logger: its locks, and those of its layers, are held meanwhile.

use std::sync::Arc;

use hydra_core::fork::{self, Held, OverFork};

use super::Core;

impl OverFork for Core {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        // Who changes the layers holds the state.
        let state = fork::hold(Arc::clone(&self), |core| &core.state, |_| ());
        let mut each_layer = Vec::new();
        self.layers()
            .for_each(|_, layer| each_layer.push(layer.hold_over_fork()));
        let layers = fork::hold(self, |core| &core.layers, |_| ());
        Box::new(HeldOverFork(each_layer, layers, state))
    }
}

/// The locks of a logger and of its layers, in the order in which they are let go; a child takes
/// over what they guard as it is.
#[expect(dead_code, reason = "kept for their drop")]
struct HeldOverFork<L, M, S>(Vec<L>, M, S);

impl<L: Held, M: Held, S: Held> Held for HeldOverFork<L, M, S> {
    fn renew(&mut self) {}
}
