//! What the tests of queues share: a destination that does what the test says, and checks.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use hydra_core::destination::{Batch, BatchError, host};
use hydra_core::{Destination, DestinationStats, Level, LineMeta};
use hydra_delivery::queue::{QueueCounts, QueuedDestination};

/// Longer than anything here takes; a test that waits for so long has failed.
pub const LONG: Duration = Duration::from_mins(1);

pub fn meta(level: Level) -> LineMeta {
    LineMeta::new(level, 0)
}

pub fn put(queue: &QueuedDestination, level: Level, line: &str) {
    queue
        .deliver(format!("{line}\n").as_bytes(), &meta(level))
        .unwrap();
    exact(queue);
}

/// The counts, which must come to a whole at every moment.
pub fn exact(queue: &QueuedDestination) -> QueueCounts {
    let counts = queue.counts();
    assert!(counts.is_exact(), "{counts:?}");
    counts
}

pub fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}

/// What a destination does with a line.
pub type Behaviour = Box<dyn Fn(&str) -> io::Result<()> + Send + Sync>;

/// Keeps what it takes and what it is asked for, in order; behaves as the test says.
pub struct Probe {
    behaviour: Behaviour,
    seen: Mutex<Vec<String>>,
    stats: DestinationStats,
}

impl Probe {
    pub fn new(behaviour: impl Fn(&str) -> io::Result<()> + Send + Sync + 'static) -> Arc<Probe> {
        Arc::new(Probe {
            behaviour: Box::new(behaviour),
            seen: Mutex::default(),
            stats: DestinationStats::default(),
        })
    }

    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn saw(&self, what: &str) {
        self.seen.lock().unwrap().push(what.to_owned());
    }
}

impl Destination for Probe {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let line = text(line);
        (self.behaviour)(&line)?;
        self.saw(&line);
        self.stats.delivered(meta.level, line.len());
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.saw("[flush]");
        (self.behaviour)("[flush]")
    }

    fn retire(&self) -> io::Result<()> {
        self.saw("[retire]");
        Ok(())
    }

    fn reopen(&self) -> io::Result<()> {
        self.saw("[reopen]");
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// What a [`Gate`] does with the batch that it holds.
pub enum Verdict {
    Take,
    /// Refuses the line of this index.
    Refuse(usize),
    Panic,
}

/// A destination whose worker stands in it until the test lets it go.
pub struct Gate {
    entered: Sender<Vec<String>>,
    verdicts: Mutex<Receiver<Verdict>>,
    stats: DestinationStats,
}

/// The test's end of a [`Gate`].
pub struct Keeper {
    entered: Receiver<Vec<String>>,
    verdicts: Sender<Verdict>,
}

impl Keeper {
    /// Waits until a worker stands in the gate; returns what it brings.
    pub fn entered(&self) -> Vec<String> {
        self.entered.recv_timeout(LONG).expect("a worker comes")
    }

    pub fn let_go(&self, verdict: Verdict) {
        self.verdicts.send(verdict).unwrap();
    }
}

pub fn gate() -> (Arc<Gate>, Keeper) {
    let (entered_sender, entered) = channel();
    let (verdicts, verdicts_receiver) = channel();
    let gate = Gate {
        entered: entered_sender,
        verdicts: Mutex::new(verdicts_receiver),
        stats: DestinationStats::default(),
    };
    (Arc::new(gate), Keeper { entered, verdicts })
}

impl Destination for Gate {
    fn deliver(&self, _: &[u8], _: &LineMeta) -> io::Result<()> {
        unreachable!("lines come in batches")
    }

    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let lines = batch.iter().map(|(line, _)| text(line)).collect();
        // The test may have ended, and with it whoever would answer: then everything goes through.
        let _ = self.entered.send(lines);
        let verdict = {
            let verdicts = self
                .verdicts
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            verdicts.recv().unwrap_or(Verdict::Take)
        };
        match verdict {
            Verdict::Take => Ok(()),
            Verdict::Refuse(taken) => Err(BatchError {
                taken,
                error: io::Error::other("refused"),
            }),
            Verdict::Panic => std::panic::resume_unwind(Box::new("a test's own panic")),
        }
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

/// What would have gone to stderr in this process.
pub fn on_stderr() -> &'static Mutex<Vec<String>> {
    static LINES: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    LINES.get_or_init(|| {
        host::show_in(Box::new(|_, line| {
            on_stderr().lock().unwrap().push(text(line));
            Ok(())
        }));
        Mutex::default()
    })
}
