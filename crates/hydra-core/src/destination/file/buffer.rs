//! Two buffers before the file: threads fill the front one under a short lock (10 ns, a copy and a
//! few stores) while one of them writes the back one, outside that lock.
//!
//! Locks are taken in this order and never the other way: back, front, the appender's. Whoever holds
//! the back lock is the one who writes, so that lines reach the file in the order in which they were
//! accepted. The buffers change places only under both locks.
//!
//! A buffer that cannot be written is kept and tried again: by the flusher, by `flush`, and by each
//! line that finds no room. Such a line is refused (the caller counts it) as long as nothing can be
//! written; nothing that was accepted makes way for it. What is left when the destination is dropped
//! or the process exits is counted as dropped, line by line.

mod back;
mod run;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::Level;
use crate::destination::LineMeta;
use crate::metrics::DestinationStats;
use crate::patience::{Deadline, Wait};
use crate::sys;

pub(super) use back::Back;

use super::alone::Alone;
use super::appender::Appender;
use super::options::DEFAULT_FLUSH_INTERVAL;
use super::schedule::Period;
use super::short_lock::{ShortGuard, ShortLock};
use super::timer::NEVER;
use super::troubles::Troubles;

#[derive(Debug)]
pub(super) struct Buffer {
    back: Mutex<Back>,
    front: ShortLock<Front>,
    /// When the flusher is to look here, in nanoseconds of [`sys::monotonic`]; [`NEVER`] while
    /// nothing rests in the buffers.
    due: AtomicU64,
    interval: Duration,
}

/// What every thread writes for each line. With its lock it fills one cache line: a second one would
/// have to travel between cores, too, and that takes as long as rendering the line.
#[derive(Debug)]
pub(super) struct Front {
    /// Takes its capacity and no more: 0 until the file was opened once, and when nothing may rest
    /// here.
    lines: Vec<u8>,
    /// The time of the youngest line.
    unix_ns: i64,
    /// From this time on, records belong to the next file; not known before the first line.
    period_end: i64,
    /// What was accepted and is not yet in the destination's counts, which are on other cache lines.
    uncounted: [u16; Level::ALL.len()],
    uncounted_bytes: u32,
    /// The flusher knows that something rests here.
    armed: bool,
}

impl Buffer {
    pub(super) fn new(interval: Option<Duration>) -> Buffer {
        Buffer {
            back: Mutex::new(Back {
                lines: Vec::new(),
                written: 0,
                unix_ns: 0,
                is_opened: false,
                is_retired: false,
                capacity: 0,
            }),
            front: ShortLock::new(Front {
                lines: Vec::new(),
                unix_ns: 0,
                period_end: i64::MIN,
                uncounted: [0; Level::ALL.len()],
                uncounted_bytes: 0,
                armed: false,
            }),
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
        let mut front = self.front();
        let has_room = front.has_room(line.len(), meta.unix_ns);
        has_room.then(|| front.accept(line, meta, &appender.stats))
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
            let accepted = front.accept(line, meta, &appender.stats);
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
    ) -> io::Result<Option<ShortGuard<'_, Front>>> {
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
        let mut front = self.front();
        if !front.has_room(bytes, unix_ns) {
            front.swap(back);
            front.period_end = options.rotate_every.map_or(i64::MAX, |every| {
                Period::around(unix_ns, every, &options.time_zone).end
            });
        }
        Ok(front.has_room(bytes, unix_ns).then_some(front))
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
            let mut front = self.front();
            front.swap(back);
            front.armed = false;
            self.due.store(NEVER, Relaxed);
            drop(front);
            back.write(appender, troubles)
        });
        if result.is_err() {
            self.front().armed = true;
            self.postpone();
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
        self.front().period_end = i64::MIN;
        let mut troubles = Troubles::default();
        let result = self.flush_held(appender, &mut back, &mut troubles);
        (result, troubles)
    }

    /// Gives up what rests here, and returns how many lines that were.
    pub(super) fn abandon(&self) -> u64 {
        let mut back = self.back();
        let mut front = self.front();
        let lines = |bytes: &[u8]| bytes.split(|&byte| byte == b'\n').count() as u64 - 1;
        let lost = lines(&back.lines[back.written..]) + lines(&front.lines);
        back.clear();
        front.lines.clear();
        lost
    }

    /// Brings the destination's counts up to date.
    pub(super) fn hand_over_counts(&self, stats: &DestinationStats) {
        self.front().hand_over_counts(stats);
    }

    /// When the flusher is to look here.
    pub(super) fn due(&self) -> u64 {
        self.due.load(Relaxed)
    }

    /// Tells the flusher that something rests here; returns when it is to look.
    pub(super) fn postpone(&self) -> u64 {
        let interval = u64::try_from(self.interval.as_nanos()).unwrap_or(NEVER);
        let due = sys::monotonic().saturating_add(interval);
        self.due.store(due, Relaxed);
        due
    }

    pub(super) fn back(&self) -> MutexGuard<'_, Back> {
        self.back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn front(&self) -> ShortGuard<'_, Front> {
        self.front.lock()
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

    /// Empties both buffers in a forked child: their lines are the parent's.
    pub(super) fn forget(&self, back: &mut Back, front: &mut Front) {
        back.clear();
        front.lines.clear();
        front.armed = false;
        self.due.store(NEVER, Relaxed);
    }
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepted {
    /// It is in the file.
    Written,
    /// It rests in the buffer, and the flusher knows.
    Buffered,
    /// It is the first to rest in the buffer: the flusher has to be told.
    First,
}

impl Front {
    #[inline]
    fn has_room(&self, bytes: usize, unix_ns: i64) -> bool {
        bytes <= self.lines.capacity() - self.lines.len() && unix_ns < self.period_end
    }

    #[inline]
    fn accept(&mut self, line: &[u8], meta: &LineMeta, stats: &DestinationStats) -> Accepted {
        self.lines.extend_from_slice(line);
        self.unix_ns = meta.unix_ns;
        self.count(meta.level, line.len(), stats);
        if std::mem::replace(&mut self.armed, true) {
            Accepted::Buffered
        } else {
            Accepted::First
        }
    }

    #[inline]
    fn count(&mut self, level: Level, bytes: usize, stats: &DestinationStats) {
        let lines = &mut self.uncounted[level.index()];
        let sum = self.uncounted_bytes.checked_add(bytes as u32); // a line that fits a buffer
        if let (Some(more), Some(sum)) = (lines.checked_add(1), sum) {
            *lines = more;
            self.uncounted_bytes = sum;
        } else {
            self.hand_over_counts(stats);
            stats.delivered_lines(level, 1, bytes as u64);
        }
    }

    #[cold]
    #[inline(never)]
    fn hand_over_counts(&mut self, stats: &DestinationStats) {
        let lines = std::mem::take(&mut self.uncounted);
        for (level, lines) in Level::ALL.into_iter().zip(lines) {
            stats.delivered_lines(level, lines.into(), 0);
        }
        stats.delivered_lines(
            Level::Info,
            0,
            std::mem::take(&mut self.uncounted_bytes).into(),
        );
    }

    /// Hands the lines to the back buffer, which is empty.
    fn swap(&mut self, back: &mut Back) {
        std::mem::swap(&mut self.lines, &mut back.lines);
        back.unix_ns = self.unix_ns;
        if self.lines.capacity() != back.capacity {
            self.lines = Vec::with_capacity(back.capacity);
        }
    }
}
