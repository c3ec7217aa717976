//! A destination of the program's own that panics when it is flushed or closed is an error of it:
//! the others are flushed, and the program goes on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hydra_logger::{CustomDestination, Destination, DestinationStats, LineMeta, Logger};

#[derive(Default)]
struct Own {
    panics: bool,
    flushed: AtomicUsize,
    stats: DestinationStats,
}

impl Destination for Own {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        self.stats.delivered(meta.level, line.len());
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        assert!(!self.panics, "on purpose");
        self.flushed.fetch_add(1, Relaxed);
        Ok(())
    }
    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

#[test]
fn a_destination_that_panics_at_its_end_stops_neither_the_others_nor_the_program() {
    let panics = Arc::new(Own {
        panics: true,
        ..Own::default()
    });
    let other = Arc::new(Own::default());
    let logger = Logger::builder()
        .destination(CustomDestination::new("APP", "panics", panics))
        .destination(CustomDestination::new("APP", "other", other.clone()))
        .build()
        .unwrap();
    logger.info("APP", "one");
    let error = logger.flush().unwrap_err();
    assert_eq!(error.to_string(), "the destination panicked");
    assert_eq!(other.flushed.load(Relaxed), 1);
    drop(logger);
    assert_eq!(other.flushed.load(Relaxed), 2);
}
