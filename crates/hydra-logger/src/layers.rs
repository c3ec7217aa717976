//! The layers of a logger by name: as many as are configured, and a bounded number of others.

use std::collections::HashMap;
use std::sync::Arc;

use hydra_core::metrics::LayerSnapshot;
use hydra_core::pipeline::{LayerCounts, Route, WeakLayer};
use hydra_core::{Layer, Level};

/// How many layers that are not configured are kept. One more works, and is there as long as
/// somebody holds a handle to it; then it is forgotten, and made anew at the next call.
const MAX_KEPT: usize = 10_000;

/// The longest name of a layer, in bytes: all that a configuration takes fits, 255 characters.
const MAX_NAME: usize = 1020;

/// A layer's name without what goes beyond the longest. Every name is kept, and stands in every line:
/// they must not be as long as somebody likes.
pub(crate) fn shortened(name: &str) -> &str {
    &name[..name.floor_char_boundary(MAX_NAME)]
}

#[derive(Default)]
pub(crate) struct Layers {
    kept: HashMap<Box<str>, Layer>,
    /// Beyond [`MAX_KEPT`]: those that somebody may still hold, so that changes reach them.
    held: HashMap<Box<str>, WeakLayer>,
    /// How many of these there may be before those that nobody holds are taken out.
    sweep_at: usize,
    forgotten: Arc<LayerCounts>,
}

impl Layers {
    pub(crate) fn get(&self, name: &str) -> Option<Layer> {
        match self.kept.get(name) {
            Some(layer) => Some(layer.clone()),
            None => self.held.get(name)?.upgrade(),
        }
    }

    /// Adds a layer that is not there, with its name as it is shown. One that is named in the configuration is always kept.
    pub(crate) fn add(
        &mut self,
        logger: u64,
        (name, shown): (&str, &str),
        (level, route): (Level, Route),
        named: bool,
    ) -> Layer {
        if named || self.kept.len() < MAX_KEPT {
            let layer = Layer::new(logger, shown, level, route);
            self.kept.insert(name.into(), layer.clone());
            return layer;
        }
        if self.held.len() >= self.sweep_at {
            self.held.retain(|_, layer| layer.upgrade().is_some());
            self.sweep_at = 2 * self.held.len() + 1000;
        }
        let layer = Layer::with_heir(logger, shown, level, route, Arc::clone(&self.forgotten));
        self.held.insert(name.into(), layer.downgrade());
        layer
    }

    /// Keeps a layer by its name.
    pub(crate) fn keep(&mut self, name: &str, layer: &Layer) {
        if !self.kept.contains_key(name) {
            self.held.remove(name);
            self.kept.insert(name.into(), layer.clone());
        }
    }

    /// Keeps those of these layers that are there.
    pub(crate) fn keep_all<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            if let Some(layer) = self.get(name) {
                self.keep(name, &layer);
            }
        }
    }

    /// Every layer that is there.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&str, &Layer)) {
        for (name, layer) in &self.kept {
            visit(name, layer);
        }
        for (name, layer) in &self.held {
            if let Some(layer) = layer.upgrade() {
                visit(name, &layer);
            }
        }
    }

    /// The counts of the layers that are not there any more, together.
    pub(crate) fn forgotten(&self) -> LayerSnapshot {
        self.forgotten.snapshot()
    }
}
