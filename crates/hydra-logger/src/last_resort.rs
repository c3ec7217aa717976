//! Where records go that no layer takes: stderr, after one notice that says so.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use hydra_core::destination::console::ConsoleDestination;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::format::{FormatKind, FormatSettings};
use hydra_core::pipeline::{Group, OpenRoute, Protection, Target};
use hydra_core::{Destination, DestinationStats, LineMeta};

use crate::Level;
use crate::config::{Config, Stream};

pub(crate) const NAME: &str = "console stderr (last resort)";

/// The last resort of one logger.
pub(crate) struct LastResort {
    console: ConsoleDestination,
    noticed: AtomicBool,
}

impl LastResort {
    pub(crate) fn new() -> Arc<LastResort> {
        Arc::new(LastResort {
            console: ConsoleDestination::new(Stream::Stderr),
            noticed: AtomicBool::new(false),
        })
    }

    /// The route of a layer that has no other.
    pub(crate) fn route(
        self: &Arc<Self>,
        layer: &str,
        config: &Config,
        protection: Option<Protection>,
    ) -> OpenRoute {
        let of_layer = OfLayer {
            last_resort: Arc::clone(self),
            layer: layer.to_owned(),
            known: known_layers(config),
        };
        let target = Target::new(Level::Trace, NAME, Arc::new(of_layer));
        let format = FormatSettings::new(FormatKind::PlainText).bind(layer);
        OpenRoute {
            groups: format
                .into_iter()
                .map(|format| Group::new(format, vec![target.clone()]))
                .collect(),
            protection,
            security: None,
            max_text: usize::try_from(config.max_message_size).unwrap_or(usize::MAX),
            measured: config.enable_performance,
            ..OpenRoute::default()
        }
    }

    pub(crate) fn stats(&self) -> &DestinationStats {
        self.console.stats()
    }
}

fn known_layers(config: &Config) -> String {
    if config.layers.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = config.layers.keys().map(String::as_str).collect();
    names.join(", ")
}

/// The last resort as one layer's destination: the notice names the layer.
struct OfLayer {
    last_resort: Arc<LastResort>,
    layer: String,
    known: String,
}

impl Destination for OfLayer {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        if !self.last_resort.noticed.swap(true, Relaxed) {
            let notice = format!(
                "layer {:?} is not configured, and there is neither DEFAULT nor __CENTRALIZED__ to \
                 take its records: they go to stderr. The layers there are: {}. (Said once.)",
                self.layer, self.known
            );
            diagnostics::notice(&notice);
            diagnostics::track(ErrorKind::Unrouted, &self.layer, &notice);
        }
        self.last_resort.console.deliver(line, meta)
    }

    fn flush(&self) -> io::Result<()> {
        self.last_resort.console.flush()
    }

    fn stats(&self) -> &DestinationStats {
        self.last_resort.stats()
    }
}
