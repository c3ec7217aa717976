//! A destination that stands still until it is told to go on.

use std::io;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

use hydra_logger::{Destination, DestinationStats, LineMeta};

/// Lets one line through for each message that it gets, and tells of each line that it has.
pub(crate) struct Gate {
    passes: Mutex<Receiver<()>>,
    lines: Arc<Mutex<Vec<String>>>,
    stats: DestinationStats,
}

impl Destination for Gate {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let passed = self.passes.lock().unwrap().recv();
        passed.map_err(io::Error::other)?;
        let line = String::from_utf8_lossy(line).trim_end().to_owned();
        self.stats.delivered(meta.level, line.len());
        self.lines.lock().unwrap().push(line);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// A gate, and the lines that it has let through.
pub(crate) fn gate(passes: Receiver<()>) -> (Arc<Gate>, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::default();
    let gate = Gate {
        passes: Mutex::new(passes),
        lines: Arc::clone(&lines),
        stats: DestinationStats::default(),
    };
    (Arc::new(gate), lines)
}
