//! Flushing an engine and closing it, at the end of the process as well.

use std::io;
use std::sync::atomic::Ordering::{AcqRel, Release};
use std::time::Duration;

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::exit::AtEnd;
use hydra_core::patience::Deadline;

use super::{Engine, Shared};
use crate::health::Phase;
use crate::lock::lock;
use crate::own_thread;
use crate::queue;

impl Engine {
    /// Brings every call that was made before through the pipeline.
    ///
    /// # Errors
    /// `TimedOut` when that took longer than the limit, and `WouldBlock` where a destination or
    /// format asks for it while it is given a record.
    pub fn flush(&self, limit: Option<Duration>) -> io::Result<()> {
        self.0.flush(limit.map(Deadline::within))
    }

    /// Takes no more calls, and brings those that were taken to their destinations, within the limit.
    /// Closing again only waits.
    ///
    /// # Errors
    /// As [`Engine::flush`], and a destination's own.
    pub fn close(&self, limit: Duration) -> io::Result<()> {
        self.0.close(Deadline::within(limit))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.0.is_closed() {
            return;
        }
        if let Err(error) = self.close(queue::DEFAULT_LIMIT) {
            diagnostics::report(ErrorKind::Write, "closing an asynchronous logger", &error);
        }
    }
}

impl Shared {
    /// Asks for a flush; the number by which to wait for it.
    ///
    /// Where there is no thread to do it this one does, until then; one round at least.
    pub(crate) fn begin_flush(&self, until: Option<Deadline>) -> u64 {
        let ticket = self.tickets.ask();
        if self.tickets.is_to_be_told(ticket) {
            self.bell.wake();
        }
        // Nobody has called yet, all is over, or there is no thread to be had.
        while !self.is_running() && self.tickets.asked().is_some() {
            self.round();
            if until.is_some_and(|until| until.left().is_zero()) {
                break;
            }
        }
        ticket
    }

    pub(crate) fn flush(&self, until: Option<Deadline>) -> io::Result<()> {
        if crate::dispatcher::is_dispatching() || own_thread::is_own() {
            let message = "a destination cannot wait for the engine that waits for it";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, message));
        }
        let drained = self.stand_in.drain(until);
        let ticket = self.begin_flush(until);
        if self.tickets.wait(ticket, until) && drained {
            return Ok(());
        }
        let message = "the records that wait could not be brought on their way in time";
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    }

    fn close(&self, until: Deadline) -> io::Result<()> {
        self.stand_in.drain(Some(until));
        let first = {
            let _no_ring_meanwhile = lock(&self.new_rings);
            !self.is_closed.swap(true, AcqRel)
        };
        if first {
            self.watch.enter(Phase::Flushing);
            lock(&self.dispatcher).close();
        }
        let flushed = self.flush(Some(until));
        self.watch.enter(Phase::Cleaning);
        let retired = self.retire_queues(until);
        self.end_ring_file();
        self.watch.enter(Phase::Done);
        retired.and(flushed)
    }

    /// Waits until everything that was taken is delivered, as far as destinations move: one that
    /// stands still is waited for once.
    pub(crate) fn settle(&self) {
        // The dispatcher itself, whose formats may log, waits for nobody: that is the one error.
        let until = Deadline::within(queue::DEFAULT_LIMIT);
        if self.flush(Some(until)).is_ok() {
            self.queues().iter().for_each(|queue| queue.settle());
        }
    }

    /// Brings to the destinations what was handed on, and keeps nothing back from now on.
    pub(crate) fn retire_queues(&self, until: Deadline) -> io::Result<()> {
        let mut result = Ok(());
        for queue in self.queues() {
            result = result.and(queue.retire_within(until.left()));
        }
        result
    }
}

impl AtEnd for Shared {
    fn at_exit(&self, limit: Duration) {
        self.ends.store(true, Release);
        if let Err(error) = self.close(Deadline::within(limit)) {
            diagnostics::report(ErrorKind::Write, "the end of the process", &error);
        }
    }

    fn in_panic(&self, limit: Duration) {
        let until = Deadline::within(limit);
        if self.flush(Some(until)).is_err() {
            return;
        }
        for queue in self.queues() {
            // What stays queued is still delivered if the process lives on.
            let _ = queue.flush_within(until.left());
        }
    }
}
