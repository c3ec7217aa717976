//! Which layer a `tracing` or `log` target is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Once, PoisonError, RwLock};

use hydra_core::Layer;
use hydra_core::pipeline::on_levels_changed;

use crate::Logger;

/// How many targets are remembered; more than any program has call sites, unless targets are made
/// at run time.
const MAX_TARGETS: usize = 10_000;

/// Counts the changes of levels and configurations: what was remembered before one is void.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// How a layer is found.
pub(crate) enum Rule {
    /// By the target: the longest beginning of it, in whole `::` parts, that the logger's
    /// configuration names; else the target itself.
    Target,
    /// Always this one.
    Fixed(String),
    /// By the application's own function.
    Function(Box<dyn Fn(&str) -> String + Send + Sync>),
}

/// Targets and the layers found for them.
pub(crate) struct Targets {
    logger: Logger,
    rule: Rule,
    found: RwLock<Found>,
}

#[derive(Default)]
struct Found {
    as_of: u64,
    layers: HashMap<Box<str>, Layer>,
}

impl Targets {
    pub(crate) fn new(logger: &Logger, rule: Rule) -> Targets {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            on_levels_changed(|| {
                CHANGES.fetch_add(1, Relaxed);
            });
        });
        Targets {
            logger: logger.clone(),
            rule,
            found: RwLock::default(),
        }
    }

    pub(crate) fn logger(&self) -> &Logger {
        &self.logger
    }

    /// The layer of a target.
    pub(crate) fn layer(&self, target: &str) -> Layer {
        let changes = CHANGES.load(Relaxed);
        {
            let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
            if found.as_of == changes
                && let Some(layer) = found.layers.get(target)
            {
                return layer.clone();
            }
        }
        self.find(target, changes)
    }

    #[cold]
    fn find(&self, target: &str, changes: u64) -> Layer {
        let layer = match &self.rule {
            Rule::Target => self.logger.layer(self.longest_known(target)),
            Rule::Fixed(name) => self.logger.layer(name),
            Rule::Function(name_of) => self.logger.layer(&name_of(target)),
        };
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        if found.as_of != changes {
            found.layers.clear();
            found.as_of = changes;
        }
        if found.layers.len() < MAX_TARGETS {
            found.layers.insert(target.into(), layer.clone());
        }
        layer
    }

    fn longest_known<'a>(&self, target: &'a str) -> &'a str {
        let mut name = target;
        while !self.logger.names_layer(name) {
            match name.rfind("::") {
                Some(end) => name = &name[..end],
                None => return target,
            }
        }
        name
    }
}
