//! Records written out as JSON.

use std::io;
use std::sync::{Arc, Mutex};

use hydra_core::format::{FormatKind, FormatSettings};
use hydra_core::pipeline::{Group, OpenRoute, Target};
use hydra_core::{Destination, DestinationStats, Level, LineMeta};

use crate::lock::lock;

/// Takes everything as JSON.
pub(super) fn json_route(layer: &str, lines: &Arc<Lines>) -> Option<(Level, OpenRoute)> {
    let format = FormatSettings::new(FormatKind::Json).bind(layer).ok()?;
    let lines: Arc<dyn Destination> = Arc::clone(lines) as Arc<dyn Destination>;
    let target = Target::new(Level::Trace, "export", lines);
    let route = OpenRoute {
        groups: Box::new([Group::new(format, vec![target])]),
        ..OpenRoute::default()
    };
    Some((Level::Trace, route))
}

/// Lines in memory.
#[derive(Default)]
pub(super) struct Lines(Mutex<Vec<u8>>, DestinationStats);

impl Lines {
    /// Writes what has gathered.
    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut lines = lock(&self.0);
        let written = out.write_all(&lines);
        lines.clear();
        written
    }
}

impl Destination for Lines {
    fn deliver(&self, line: &[u8], _: &LineMeta) -> io::Result<()> {
        lock(&self.0).extend_from_slice(line);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.1
    }
}
