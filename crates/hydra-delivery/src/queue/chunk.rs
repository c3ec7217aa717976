//! What waits in a queue.

use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, sync::Arc};

use hydra_core::LineMeta;
use hydra_core::destination::{Batch, BatchBuf};

use crate::prefetch;
use hydra_core::patience::{Deadline, Wait};

/// The most bytes of a chunk, unless a line is longer, which then has one of its own. A larger
/// write(2) is slower.
pub(crate) const CHUNK: usize = 64 * 1024;

/// Something for a worker to do.
pub(super) enum Item {
    Lines(Chunk),
    Order(Order),
}

/// Lines, of which the first ones may be gone.
#[derive(Default)]
pub(super) struct Chunk {
    lines: BatchBuf,
    first: usize,
    /// Where book is kept: of each line the number of its record.
    numbers: Vec<u64>,
}

impl Chunk {
    /// Without lines, and with memory for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Chunk {
        Chunk {
            lines: BatchBuf::with_capacity(bytes),
            ..Chunk::default()
        }
    }

    /// Whether a line of this length fits behind those that are there.
    #[inline]
    pub(super) fn fits(&self, bytes: usize) -> bool {
        self.lines.bytes_len() + bytes <= CHUNK
    }

    #[inline]
    pub(super) fn push(&mut self, line: &[u8], meta: &LineMeta) -> bool {
        let is_taken = self.lines.push(line, meta);
        // The next line's place, which a worker on another core has read last.
        let end = self.lines.as_batch().bytes().as_ptr_range().end;
        prefetch::to_write::<3>(end.wrapping_add(64));
        is_taken
    }

    /// Copies the lines of another behind those that are there: they fit.
    pub(super) fn append(&mut self, other: &Chunk) {
        let before = self.lines.as_batch().len();
        self.lines.append(&other.batch());
        if !other.numbers().is_empty() {
            self.numbers.resize(before, 0);
            self.numbers.extend_from_slice(other.numbers());
        }
    }

    /// The number of the record of the line that was pushed last.
    pub(super) fn number(&mut self, number: u64) {
        let before = self.lines.as_batch().len() - 1;
        if self.numbers.len() != before {
            // Lines from before book was kept have none.
            self.numbers.resize(before, 0);
        }
        self.numbers.push(number);
    }

    /// The number of each line's record, where book is kept.
    pub(super) fn numbers(&self) -> &[u64] {
        self.numbers.get(self.first..).unwrap_or_default()
    }

    /// The highest of them, 0 without any.
    pub(super) fn last_number(&self) -> u64 {
        self.numbers().iter().copied().max().unwrap_or(0)
    }

    /// Its lines, with the numbers of their records where book is kept.
    pub(super) fn numbered(&self) -> (Batch<'_>, &[u64]) {
        (self.batch(), self.numbers())
    }

    /// That of the oldest line.
    pub(super) fn front_number(&self) -> Option<u64> {
        self.numbers().first().copied()
    }

    pub(super) fn batch(&self) -> Batch<'_> {
        self.lines.as_batch().slice(self.first..usize::MAX)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.lines.as_batch().len() - self.first
    }

    /// The oldest line.
    pub(super) fn front(&self) -> Option<(&[u8], LineMeta)> {
        self.lines.as_batch().get(self.first)
    }

    /// Takes the oldest line off.
    pub(super) fn skip(&mut self) {
        self.skip_lines(1);
    }

    /// Takes so many of the oldest lines off.
    pub(super) fn skip_lines(&mut self, lines: usize) {
        self.first += lines;
    }

    /// Its memory, empty.
    pub(super) fn into_empty(mut self) -> Chunk {
        self.lines.clear();
        self.numbers.clear();
        self.first = 0;
        self
    }

    /// How many bytes of lines there is memory for.
    pub(super) fn capacity(&self) -> usize {
        self.lines.capacity()
    }
}

/// What a destination is asked for between two lines.
pub(super) struct Order {
    pub(super) what: What,
    pub(super) answer: Arc<Answer>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Flush,
    Retire,
    Reopen,
}

/// Where the one who ordered something waits for what came of it. Not a channel, since to drop one
/// takes its lock, which nobody may hold in a forked child.
#[derive(Default)]
pub(super) struct Answer {
    state: Mutex<Waiting>,
    given: Condvar,
}

#[derive(Default)]
enum Waiting {
    #[default]
    Yes,
    Answered(io::Result<()>),
    /// Nobody waits any longer.
    No,
}

impl Answer {
    /// Gives the answer; returns it where nobody waits for it.
    pub(super) fn give(&self, result: io::Result<()>) -> Option<io::Result<()>> {
        let mut state = self.lock();
        if matches!(*state, Waiting::No) {
            return Some(result);
        }
        *state = Waiting::Answered(result);
        self.given.notify_one();
        None
    }

    /// Waits for the answer, for ever without a limit; none when the limit has passed.
    pub(super) fn wait(&self, limit: Option<Duration>) -> Option<io::Result<()>> {
        let (deadline, mut wait) = (limit.map(Deadline::within), Wait::default());
        let mut state = self.lock();
        loop {
            if let Waiting::Answered(_) = *state
                && let Waiting::Answered(result) = mem::replace(&mut *state, Waiting::No)
            {
                return Some(result);
            }
            let Some(deadline) = deadline else {
                let waited = self.given.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let Some(slice) = wait.slice(deadline) else {
                *state = Waiting::No;
                return None;
            };
            let waited = self.given.wait_timeout(state, slice);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
