//! What may change while a logger is used: the levels of its layers, and all of its configuration.

use std::sync::Arc;

use hydra_core::Level;
use hydra_core::config::{Config, DEFAULT_LAYER};
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Assembly, BuildError, levels_changed};

use super::{Core, PATIENCE, add_counts, guarded};
use crate::layers::shortened;

impl Core {
    pub(crate) fn set_level(&self, name: &str, level: Level) {
        let name = shortened(name);
        self.remembered_layer(name);
        let mut state = self.state();
        state.levelled.insert(name.to_owned(), level);
        self.layers().for_each(|other, layer| {
            // A layer without a name in the configuration is the layer DEFAULT.
            if other == name || (name == DEFAULT_LAYER && !state.names(other)) {
                let (level, route) = self.route(&state, other);
                layer.set_route(level, route);
            }
        });
        drop(state);
        levels_changed();
    }

    pub(crate) fn update(&self, config: Config) -> Result<(), BuildError> {
        // What was accepted under the old configuration goes where it says, if that can be had soon.
        let _ = self.settle(Some(PATIENCE));
        let mut state = self.state();
        if state.closed {
            drop(state);
            diagnostics::report(ErrorKind::Closed, "update_config", &"the logger is closed");
            return Ok(());
        }
        #[cfg(feature = "async")]
        crate::strategies::check(&config)?;
        let mut settings = config.clone();
        // Nothing goes to a capturing logger's destinations: they must not open.
        settings.lazy_initialization |= state.captured.is_some();
        let mut assembly =
            Assembly::new(&settings, Some(&state.assembly))?.with(&state.custom, &settings)?;
        #[cfg(feature = "async")]
        if let Some(engine) = self.engine.get() {
            crate::strategies::fits(engine, &config)?;
            assembly.renew(&state.assembly)?;
        }
        #[cfg(feature = "async")]
        self.configure_engine(&config);
        self.queue(&mut assembly, Some(&state.assembly), &mut []);
        let kept: Vec<_> = assembly.protections().cloned().collect();
        let old = std::mem::replace(&mut state.assembly, assembly);
        let gone = old
            .protections()
            .filter(|protection| !kept.contains(protection));
        gone.for_each(|protection| add_counts(protection, &mut state.redacted));
        state.config = config;
        state.levelled.clear();
        // Under the lock, so that a layer which is made meanwhile sees the new configuration.
        self.layers().for_each(|name, layer| {
            let (level, route) = self.route(&state, name);
            layer.set_route(level, route);
        });
        self.layers_mut().keep_all(state.assembly.layer_names());
        let retired: Vec<_> = old
            .not_in(&state.assembly)
            .map(|(name, destination)| (Arc::clone(name), Arc::clone(destination)))
            .collect();
        let settled = state.replaced.settle();
        let replaced = retired.iter().map(|(_, d)| Arc::clone(d));
        state.replaced.extend(replaced);
        drop(state);
        drop(settled);
        levels_changed();
        for (name, destination) in retired {
            if let Err(error) = guarded(|| destination.retire()) {
                diagnostics::report(ErrorKind::Write, &name, &error);
            }
        }
        Ok(())
    }
}
