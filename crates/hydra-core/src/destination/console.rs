//! The console: [`ConsoleDestination`] writes lines to stdout, stderr, or to both by level.
//!
//! What it promises:
//!
//! - A line is with the system when [`deliver`](Destination::deliver) returns: nothing is buffered.
//! - A line is written with one write(2), and stays whole among the lines of all threads of this
//!   process. What an application prints with `println!` goes through the standard library's own
//!   buffer, a line at a time: it does not fall into the middle of ours. Other processes on the same
//!   pipe do not tear lines of up to 4096 bytes (`PIPE_BUF`).
//! - The standard library's locks are never taken: an application that holds `stdout().lock()`, or
//!   forks while another thread writes, does not stop the logger. (An `eprintln!` of several parts
//!   is several writes, so that a line of ours may stand between two of them.)
//! - A signal (EINTR), a short write and a full pipe or terminal that does not block (EAGAIN) do
//!   not tear a line: it is finished, however long the reader takes. A slow reader slows the
//!   application, as it would with `println!`. Under a face of another language ([`waits`]) a signal
//!   ends the call instead, so that the program can answer it: a line of which nothing is written
//!   yet is tried again or given up, one that is begun is finished before the next.
//! - A line that an error tore is ended with a newline before the next one is written.
//!
//! A pipe whose reader has gone is the error [`BrokenPipe`](io::ErrorKind::BrokenPipe), for each
//! line again: the caller counts them, and need not report them, since a reader that goes away is
//! how `| head` ends. The signal SIGPIPE is left as it is: Rust and Python programs ignore it; a
//! program that does not is ended by it.
//!
//! In a [host](super::host) that shows the streams itself, lines go there.

use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::{ConsoleConfig, Stream};
use crate::destination::host::host;
use crate::destination::{Batch, BatchError, Destination, LineMeta};
use crate::metrics::DestinationStats;
use crate::{Level, process, sys, waits};

/// Writes lines to stdout, stderr, or both by level.
///
/// ```
/// use hydra_core::config::{ConsoleConfig, Stream};
/// use hydra_core::destination::console::ConsoleDestination;
/// use hydra_core::{Destination, Level, LineMeta};
///
/// let console = ConsoleDestination::new(Stream::Stdout);
/// console.deliver(b"started\n", &LineMeta::new(Level::Info, 0))?;
/// assert_eq!(console.stats().snapshot().records, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ConsoleDestination {
    config: ConsoleConfig,
    stats: DestinationStats,
}

impl ConsoleDestination {
    /// A console on this stream. With [`Stream::Split`], what is WARNING or above goes to stderr;
    /// [`ConsoleDestination::from`] a configuration sets another level.
    pub fn new(stream: Stream) -> ConsoleDestination {
        ConsoleDestination::from(ConsoleConfig {
            stream,
            ..ConsoleConfig::default()
        })
    }

    /// The stream for a level: stdout or stderr.
    fn stream(&self, level: Level) -> Stream {
        match self.config.stream {
            Stream::Split if level >= self.config.split_level => Stream::Stderr,
            Stream::Split => Stream::Stdout,
            one => one,
        }
    }
}

impl From<ConsoleConfig> for ConsoleDestination {
    fn from(config: ConsoleConfig) -> Self {
        ConsoleDestination {
            config,
            stats: DestinationStats::default(),
        }
    }
}

impl Destination for ConsoleDestination {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let stream = self.stream(meta.level);
        match host() {
            Some(show) => show(stream, line)?,
            None => Target::of(stream)
                .deliver(line)
                .map_err(|torn| torn.error)?,
        }
        self.stats.delivered(meta.level, line.len());
        Ok(())
    }

    /// Lines for the same stream, one behind the other, go there with one write.
    fn deliver_batch(&self, batch: &Batch<'_>) -> Result<(), BatchError> {
        let mut taken = 0;
        while let Some(meta) = batch.slice(taken..usize::MAX).metas().next() {
            let stream = self.stream(meta.level);
            // A host is shown one line at a time.
            let count = batch
                .slice(taken..usize::MAX)
                .metas()
                .take(if host().is_some() { 1 } else { usize::MAX })
                .take_while(|meta| self.stream(meta.level) == stream)
                .count();
            let run = batch.slice(taken..taken + count);
            let (whole, result) = match host() {
                Some(show) => {
                    let result = show(stream, run.bytes());
                    (usize::from(result.is_ok()), result)
                }
                None => match Target::of(stream).deliver(run.bytes()) {
                    Ok(()) => (count, Ok(())),
                    Err(torn) => (run.whole_lines(torn.written), Err(torn.error)),
                },
            };
            for (line, meta) in run.slice(0..whole).iter() {
                self.stats.delivered(meta.level, line.len());
            }
            taken += whole;
            result.map_err(|error| BatchError { taken, error })?;
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        match self.config.stream {
            Stream::Stdout => STDOUT.flush(),
            Stream::Stderr => STDERR.flush(),
            Stream::Split => STDOUT.flush().and(STDERR.flush()),
        }
    }

    fn stats(&self) -> &DestinationStats {
        &self.stats
    }
}

static STDOUT: Target = Target::new(sys::STDOUT);
static STDERR: Target = Target::new(sys::STDERR);

/// Writes a line of the logger's own on stderr. The caller holds no lock.
pub(crate) fn to_stderr(line: &str) -> io::Result<()> {
    let delivered = STDERR.deliver(line.as_bytes());
    delivered.map_err(|torn| torn.error)
}

/// How many generations of forked processes have locks of their own.
const GENERATIONS: usize = 32;

/// One of the process's two streams, shared by every console of the process.
///
/// A child of fork takes another of its locks than its parent did: a thread that held the parent's
/// is not there to let go of it.
struct Target {
    stream: sys::Stream,
    locks: [Mutex<State>; GENERATIONS],
}

struct State {
    /// Whether an error ended the last line before its newline.
    torn: bool,
    /// The end of a line in which a signal came, see [`waits`]: it goes before the next line.
    rest: Vec<u8>,
}

/// How far lines came before an error: so many bytes are written, or owed and will be.
struct Torn {
    error: io::Error,
    written: usize,
}

impl State {
    const fn new() -> State {
        State {
            torn: false,
            rest: Vec::new(),
        }
    }

    fn is_clean(&self) -> bool {
        !self.torn && self.rest.is_empty()
    }
}

impl Target {
    const fn new(stream: sys::Stream) -> Target {
        Target {
            stream,
            locks: [const { Mutex::new(State::new()) }; GENERATIONS],
        }
    }

    /// Stdout, or stderr.
    fn of(stream: Stream) -> &'static Target {
        if stream == Stream::Stderr {
            &STDERR
        } else {
            &STDOUT
        }
    }

    fn mutex(&self) -> &Mutex<State> {
        &self.locks[process::fork_generation() % GENERATIONS]
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.mutex().lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        self.mutex().try_lock().ok()
    }

    /// Writes whole lines. For a face that is first tried without waiting, which is cheaper than to
    /// let go of that face's lock.
    fn deliver(&self, lines: &[u8]) -> Result<(), Torn> {
        if !waits::has_face() {
            return self.write(&mut self.lock(), lines);
        }
        let Some(mut state) = self.try_lock().filter(|state| state.is_clean()) else {
            return self.deliver_waiting(lines);
        };
        match self.stream.write_now(lines) {
            Some(Ok(written)) if written == lines.len() => Ok(()),
            // The lock goes along, and is let go there: nobody's line gets between the parts.
            Some(Ok(written)) if written > 0 => waits::run(move || {
                state.rest.extend_from_slice(&lines[written..]);
                self.write_rest(&mut state).map_err(|torn| Torn {
                    written: written + torn.written,
                    ..torn
                })
            }),
            _ => {
                drop(state);
                self.deliver_waiting(lines)
            }
        }
    }

    /// Writes whole lines while a face has let go of its lock.
    fn deliver_waiting(&self, lines: &[u8]) -> Result<(), Torn> {
        let mut written = 0;
        waits::run_to_the_end(|| {
            self.write(&mut self.lock(), lines).map_err(|torn| {
                written = torn.written;
                torn.error
            })
        })
        .map_err(|error| Torn { error, written })
    }

    fn flush(&self) -> io::Result<()> {
        let flushed = self.write(&mut self.lock(), b"");
        flushed.map_err(|torn| torn.error)
    }

    /// Writes what is owed, then whole lines.
    fn write(&self, state: &mut State, lines: &[u8]) -> Result<(), Torn> {
        let before = |error| Torn { error, written: 0 };
        if !state.rest.is_empty() {
            self.write_rest(state).map_err(|torn| before(torn.error))?;
            if !state.rest.is_empty() {
                return Err(before(ErrorKind::Interrupted.into()));
            }
        }
        if state.torn {
            self.write_whole(b"\n")
                .map_err(|(error, _)| before(error))?;
            state.torn = false;
        }
        self.write_lines(state, lines)
    }

    /// Writes the rest of lines that were begun: all of it, or as much as goes before a signal.
    fn write_rest(&self, state: &mut State) -> Result<(), Torn> {
        let rest = std::mem::take(&mut state.rest);
        self.write_whole(&rest).or_else(|(error, written)| {
            if error.kind() == ErrorKind::Interrupted {
                state.rest.extend_from_slice(&rest[written..]);
                return Ok(());
            }
            state.torn = written == 0 || rest[written - 1] != b'\n';
            Err(Torn { error, written })
        })
    }

    /// Writes lines. Once a signal cuts them short, the rest is owed.
    fn write_lines(&self, state: &mut State, lines: &[u8]) -> Result<(), Torn> {
        self.write_whole(lines).or_else(|(error, written)| {
            if written > 0 && error.kind() == ErrorKind::Interrupted {
                state.rest.extend_from_slice(&lines[written..]);
                return Ok(());
            }
            state.torn = written > 0 && lines[written - 1] != b'\n';
            Err(Torn { error, written })
        })
    }

    /// Writes all bytes; an error comes with how many of them were written before it.
    fn write_whole(&self, bytes: &[u8]) -> Result<(), (io::Error, usize)> {
        let mut written = 0;
        while written < bytes.len() {
            match self.stream.write(&bytes[written..]) {
                Ok(0) => return Err((ErrorKind::WriteZero.into(), written)),
                Ok(n) => written += n,
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted if waits::can_be_interrupted() => {
                        return Err((error, written));
                    }
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock => match self.stream.wait() {
                        Err(error) if waits::can_be_interrupted() => return Err((error, written)),
                        _ => {}
                    },
                    _ => return Err((error, written)),
                },
            }
        }
        Ok(())
    }
}
