//! Files that more than one destination writes.

use std::collections::HashMap;
use std::path::Path;

use crate::config::cx::Cx;
use crate::config::error::ProblemKind;
use crate::config::model::Config;
use crate::config::tree::{Mark, Node};
use crate::config::{DestinationConfig, DestinationKind, FileConfig};

/// A destination that writes a file, and where it stands.
struct Writer<'c> {
    path: String,
    destination: &'c DestinationConfig,
    file: &'c FileConfig,
}

/// Warns of a file that is written in two formats, or with two ideas of when to rotate it. Two
/// layers that write one file in one way are as it should be.
pub(crate) fn warn(config: &Config, root: &Node, cx: &mut Cx<'_>) {
    let mut first: HashMap<&Path, Writer<'_>> = HashMap::new();
    for (name, layer) in &config.layers {
        for (index, destination) in layer.destinations.iter().enumerate() {
            let DestinationKind::File(file) = &destination.kind else {
                continue;
            };
            let path = format!("layers.{name}.destinations[{index}]");
            let Some(other) = first.get(file.path.as_path()) else {
                let writer = Writer {
                    path,
                    destination,
                    file,
                };
                first.insert(&file.path, writer);
                continue;
            };
            if let Some(differs) = difference(other, destination, file) {
                let message = format!(
                    "{} is written by {} too, {differs}",
                    file.path.display(),
                    other.path
                );
                let mark = place(root, name);
                cx.warning(ProblemKind::Conflict, mark, message).at(path);
            }
        }
    }
}

fn difference(
    other: &Writer<'_>,
    destination: &DestinationConfig,
    file: &FileConfig,
) -> Option<&'static str> {
    if other.destination.format != destination.format {
        Some("in another format")
    } else if other.file != file {
        Some("with other settings of rotation, buffer or mode")
    } else {
        None
    }
}

/// The place of a layer's destinations.
fn place(root: &Node, layer: &str) -> Mark {
    root.get("layers")
        .and_then(|layers| layers.get(layer)?.get("destinations"))
        .map_or_else(Mark::default, |list| list.mark)
}
