//! A destination of a process that is gone: it gets what it has not had yet.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, MutexGuard};

use hydra_core::destination::BatchBuf;
use hydra_core::{Destination, DestinationStats, LineMeta};

use super::book::{Book, Place};
use super::{Earlier, layout, number};
use crate::lock::lock;

/// A destination's part of a file that was taken over: written as any file is, since nobody has it
/// in memory, and what was written survives this process as well.
struct Part {
    file: Arc<File>,
    offset: u64,
    /// The first write that failed.
    error: Mutex<Option<io::Error>>,
}

impl Part {
    fn write(&self, at: usize, bytes: &[u8]) {
        if let Err(error) = self.file.write_all_at(bytes, self.offset + at as u64) {
            lock(&self.error).get_or_insert(error);
        }
    }
}

impl Place for Part {
    fn put(&self, at: usize, bytes: &[u8]) {
        self.write(at, bytes);
    }

    fn commit(&self, at: usize, number: u64) {
        self.write(at, &number.to_le_bytes());
    }

    fn commit_u32(&self, at: usize, number: u32) {
        self.write(at, &number.to_le_bytes());
    }
}

/// Takes lines in the place of the destination, leaves out those that it had, and keeps book of the
/// others: who is killed here is followed by another who goes on.
pub(crate) struct Replay {
    inner: Arc<dyn Destination>,
    part: Option<Part>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lines: BatchBuf,
    numbers: Vec<u64>,
    /// Everything up to this number was taken.
    done: u64,
    taken: u64,
    failed: Option<io::Error>,
    earlier: Option<Earlier>,
}

impl Replay {
    /// `part`: the file, where the destination's part of it begins, and how far it has come; `done`:
    /// that of one that has no part; `earlier`: what the spool has of its lines.
    pub(crate) fn new(
        inner: Arc<dyn Destination>,
        part: Option<(&Arc<File>, u64, u64)>,
        done: u64,
        earlier: Option<Earlier>,
    ) -> Replay {
        let done = part.map_or(done, |(_, _, done)| done);
        Replay {
            inner,
            part: part.map(|(file, offset, _)| Part {
                file: Arc::clone(file),
                offset,
                error: Mutex::default(),
            }),
            state: Mutex::new(State {
                done,
                earlier,
                ..State::default()
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Delivers what has gathered. How many lines were taken in all, or why not all of them were.
    pub(crate) fn finish(&self) -> (u64, Option<io::Error>) {
        let mut state = self.state();
        self.bring_earlier(&mut state);
        if let Err(error) = self.inner.flush().and_then(|()| self.inner.retire()) {
            state.failed.get_or_insert(error);
        }
        let part = self.part.as_ref();
        let mut failed = part.and_then(|part| lock(&part.error).take());
        (state.taken, state.failed.take().or_else(|| failed.take()))
    }

    /// Delivers what is in the spool, unless that was done.
    fn bring_earlier(&self, state: &mut State) {
        self.write(state);
        if state.failed.is_some() {
            return;
        }
        let Some(Earlier { records, deliver }) = state.earlier.take() else {
            return;
        };
        // First of all: what the spool has it may be rid of before this process is killed.
        if records.1 > state.done {
            state.done = records.1;
            if let Some(part) = &self.part {
                part.commit(layout::DEST_DONE, records.1);
            }
        }
        state.failed = deliver(&*self.inner).err();
    }

    fn write(&self, state: &mut State) {
        let batch = state.lines.as_batch();
        if batch.is_empty() || state.failed.is_some() {
            return;
        }
        let result = match &self.part {
            Some(part) => {
                let mut book = Book::new(part, &state.numbers);
                self.inner.deliver_logged(&batch, &mut book)
            }
            None => self.inner.deliver_batch(&batch),
        };
        match result {
            Ok(()) => state.taken += batch.len() as u64,
            Err(error) => {
                state.taken += error.taken as u64;
                state.failed = Some(error.error);
            }
        }
        state.lines.clear();
        state.numbers.clear();
    }
}

impl Destination for Replay {
    fn deliver(&self, line: &[u8], meta: &LineMeta) -> io::Result<()> {
        let number = number::current();
        let mut state = self.state();
        let is_later = |earlier: &Earlier| earlier.records.0 <= number;
        if state.earlier.as_ref().is_some_and(is_later) {
            self.bring_earlier(&mut state);
        }
        if number <= state.done || state.failed.is_some() {
            return Ok(());
        }
        let is_full = state.lines.bytes_len() + line.len() > layout::MOST_BYTES
            || state.numbers.len() == layout::MOST_LINES;
        if is_full {
            self.write(&mut state);
        }
        state.lines.push(line, meta);
        state.numbers.push(number);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        self.inner.stats()
    }
}
