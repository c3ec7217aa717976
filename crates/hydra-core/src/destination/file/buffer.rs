//! Two buffers before the file: threads fill the front one under a short lock (10 ns, a copy and a
//! few stores) while one of them writes the back one, outside that lock. Threads that meet at the front
//! one get [front buffers of their own](fronts).
//!
//! Locks are taken in this order and never the other way: back, the fronts', the appender's. Whoever
//! holds the back lock is the one who writes, so that lines reach the file in the order in which they
//! were accepted. The buffers change places only under all these locks.
//!
//! A buffer that cannot be written is kept and tried again: by the flusher, by `flush`, and by each
//! line that finds no room. Such a line is refused (the caller counts it) as long as nothing can be
//! written; nothing that was accepted makes way for it. What is left when the destination is dropped
//! or the process exits is counted as dropped, line by line.

mod back;
mod front;
mod fronts;
mod lane;
mod run;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::destination::LineMeta;
use crate::metrics::DestinationStats;
use crate::patience::{Deadline, Wait};
use crate::sys;

pub(super) use back::Back;
pub(super) use front::Accepted;
pub(super) use fronts::AllFronts;

use super::alone::Alone;
use super::appender::Appender;
use super::options::DEFAULT_FLUSH_INTERVAL;
use super::schedule::Period;
use super::timer::NEVER;
use super::troubles::Troubles;
use fronts::{Fronts, OwnFront};

#[derive(Debug)]
pub(super) struct Buffer {
    back: Mutex<Back>,
    fronts: Fronts,
    /// When the flusher is to look here, in nanoseconds of [`sys::monotonic`]; [`NEVER`] while
    /// nothing rests in the buffers.
    due: AtomicU64,
    interval: Duration,
}

impl Buffer {
    pub(super) fn new(interval: Option<Duration>) -> Buffer {
        Buffer {
            back: Mutex::default(),
            fronts: Fronts::default(),
            due: AtomicU64::new(NEVER),
            interval: interval.unwrap_or(DEFAULT_FLUSH_INTERVAL),
        }
    }

    /// Takes one line, if the front buffer has room for it.
    #[inline]
    pub(super) fn deliver(
        &self,
        appender: &Appender,
        line: &[u8],
        meta: &LineMeta,
    ) -> Option<Accepted> {
        self.fronts.deliver(line, meta, &appender.stats)
    }

    /// Takes one line for which the front buffer had no room: writes. The caller holds no lock.
    #[cold]
    pub(super) fn deliver_full(
        &self,
        appender: &Appender,
        line: &[u8],
        meta: &LineMeta,
    ) -> io::Result<Accepted> {
        let mut troubles = Troubles::default();
        let result = {
            let mut back = self.back();
            self.make_room(appender, &mut back, line, meta, &mut troubles)
        };
        troubles.report(appender.path(), &appender.stats);
        result
    }

    fn make_room(
        &self,
        appender: &Appender,
        back: &mut Back,
        line: &[u8],
        meta: &LineMeta,
        troubles: &mut Troubles,
    ) -> io::Result<Accepted> {
        let front = self.emptied(appender, back, line.len(), meta.unix_ns, troubles)?;
        if let Some(mut front) = front {
            let accepted =
                front
                    .marked(line.len(), meta.unix_ns)
                    .accept(line, meta, &appender.stats);
            drop(front);
            back.write_or_keep(appender, troubles);
            return Ok(accepted);
        }
        back.write(appender, troubles)?;
        appender.alone_into(troubles, |alone| alone.append(line, meta.unix_ns, None))?;
        appender.stats.delivered(meta.level, line.len());
        Ok(Accepted::Written)
    }

    /// The front buffer with room for so many bytes of that time: what was in it is in the back
    /// buffer, to be written. None where they are more than the buffer takes, or nothing may rest
    /// here.
    fn emptied(
        &self,
        appender: &Appender,
        back: &mut Back,
        bytes: usize,
        unix_ns: i64,
        troubles: &mut Troubles,
    ) -> io::Result<Option<OwnFront<'_>>> {
        let options = &appender.options;
        if !back.is_opened {
            appender.alone_into(troubles, Alone::open)?;
            back.is_opened = true;
            back.capacity = if back.is_retired {
                0
            } else {
                options.buffer_bytes()
            };
        }
        if appender.watch.is_due(unix_ns) {
            // The lines that are written now may be older than what has happened to the file.
            appender.watch.expire();
        }
        // What could not be written earlier goes first.
        back.write(appender, troubles)?;
        let mut own = self.fronts.own();
        if !own.has_room(bytes, unix_ns) {
            drop(own);
            let mut fronts = self.fronts.hold();
            fronts.begin_period(options.rotate_every.map_or(i64::MAX, |every| {
                Period::around(unix_ns, every, &options.time_zone).end
            }));
            fronts.hand_over(back);
            own = self.fronts.own();
            own.allot(back.capacity);
        }
        Ok(own.has_room(bytes, unix_ns).then_some(own))
    }

    /// Writes everything that rests here.
    pub(super) fn flush(&self, appender: &Appender) -> (io::Result<()>, Troubles) {
        let mut back = self.back();
        let mut troubles = Troubles::default();
        let result = self.flush_held(appender, &mut back, &mut troubles);
        (result, troubles)
    }

    fn flush_held(
        &self,
        appender: &Appender,
        back: &mut Back,
        troubles: &mut Troubles,
    ) -> io::Result<()> {
        let result = back.write(appender, troubles).and_then(|()| {
            let mut fronts = self.fronts.hold();
            fronts.disarm();
            self.due.store(NEVER, Relaxed);
            fronts.hand_over(back);
            back.write(appender, troubles)
        });
        if result.is_err() {
            self.fronts.hold().arm();
            self.due.store(self.due_from_now(), Relaxed);
        }
        result
    }

    /// Flushes, and lets nothing rest here from now on.
    pub(super) fn retire(&self, appender: &Appender) -> (io::Result<()>, Troubles) {
        let back = self.back();
        self.retire_held(appender, back)
    }

    /// As [`Buffer::retire`], unless another thread writes for longer than `patience`: for a
    /// process that is about to end, and must not hang.
    pub(super) fn retire_within(
        &self,
        appender: &Appender,
        patience: Duration,
    ) -> Option<(io::Result<()>, Troubles)> {
        let back = self.back_within(patience)?;
        Some(self.retire_held(appender, back))
    }

    /// As [`Buffer::flush`], unless another thread writes for longer than `patience`.
    pub(super) fn flush_within(
        &self,
        appender: &Appender,
        patience: Duration,
    ) -> Option<(io::Result<()>, Troubles)> {
        let mut back = self.back_within(patience)?;
        let mut troubles = Troubles::default();
        let result = self.flush_held(appender, &mut back, &mut troubles);
        Some((result, troubles))
    }

    fn retire_held(
        &self,
        appender: &Appender,
        mut back: MutexGuard<'_, Back>,
    ) -> (io::Result<()>, Troubles) {
        back.is_retired = true;
        back.capacity = 0;
        // What comes now finds no room, and learns that no more is to be had.
        self.fronts.hold().begin_period(i64::MIN);
        let mut troubles = Troubles::default();
        let result = self.flush_held(appender, &mut back, &mut troubles);
        (result, troubles)
    }

    /// Gives up what rests here, and returns how many lines that were.
    pub(super) fn abandon(&self) -> u64 {
        let mut back = self.back();
        let mut fronts = self.fronts.hold();
        let lost = back.lines() + fronts.lines();
        back.clear();
        fronts.clear();
        lost
    }

    /// Brings the destination's counts up to date.
    pub(super) fn hand_over_counts(&self, stats: &DestinationStats) {
        self.fronts.hold().hand_over_counts(stats);
    }

    /// When the flusher is to look here.
    pub(super) fn due(&self) -> u64 {
        self.due.load(Relaxed)
    }

    /// Something begins to rest here, in one of the fronts; returns when the flusher is to look.
    pub(super) fn begin_to_rest(&self) -> u64 {
        let due = self.due_from_now();
        // What rests in another one is not to rest for longer.
        self.due.fetch_min(due, Relaxed).min(due)
    }

    fn due_from_now(&self) -> u64 {
        let interval = u64::try_from(self.interval.as_nanos()).unwrap_or(NEVER);
        sys::monotonic().saturating_add(interval)
    }

    pub(super) fn back(&self) -> MutexGuard<'_, Back> {
        self.back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fronts(&self) -> AllFronts<'_> {
        self.fronts.hold()
    }

    fn back_within(&self, patience: Duration) -> Option<MutexGuard<'_, Back>> {
        let (deadline, mut wait) = (Deadline::within(patience), Wait::default());
        loop {
            match self.back.try_lock() {
                Ok(back) => return Some(back),
                Err(TryLockError::Poisoned(back)) => return Some(back.into_inner()),
                Err(TryLockError::WouldBlock) => {
                    let slice = wait.slice(deadline)?;
                    thread::sleep(slice.min(Duration::from_millis(1)));
                }
            }
        }
    }

    /// Empties all buffers in a forked child: their lines are the parent's.
    pub(super) fn forget(&self, back: &mut Back, fronts: &mut AllFronts<'_>) {
        back.clear();
        fronts.clear();
        fronts.disarm();
        self.due.store(NEVER, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_to_rest_does_not_let_rest_longer_what_already_does() {
        let buffer = Buffer::new(None);
        let due = buffer.begin_to_rest();
        while sys::monotonic() == due - buffer.interval.as_nanos() as u64 {}
        assert_eq!(buffer.begin_to_rest(), due);
        assert_eq!(buffer.due(), due);
    }
}
