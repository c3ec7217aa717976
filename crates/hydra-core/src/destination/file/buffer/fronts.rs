//! The front buffers: one for all threads, and lanes of their own for threads that meet there.
//!
//! A record takes some 200 ns, of which the lock is held for 10. But where two threads run at once,
//! each must fetch the lock and the end of the lines from the other's core for each record: 77 ns a
//! cache line, twice, and one waits for the other meanwhile. So when threads have met a few times each
//! fills a lane of its own, and who writes merges the lines by their times.
//!
//! Lines keep the order of their calls: a record that was made because of another one, in whatever
//! thread, comes later. For that all locks are held at once while the lines are taken; and the one
//! front's lines, those of calls that began before there were lanes, go first. A record's time is that of
//! its call's beginning, so what a call that has returned led to has a later one. Times that a program
//! gives to its records itself, or a clock that is set back, can change places of lines of several
//! threads that rest at the same time, never of one thread's.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::destination::LineMeta;
use crate::metrics::DestinationStats;

use super::super::run::Run;
use super::super::short_lock::{ShortGuard, ShortLock};
use super::back::Back;
use super::front::{Accepted, Front};
use super::lane::{self, Lane};

/// More threads share them.
pub(super) const LANES: usize = 8;
/// A lane takes this share of what the front takes.
const SHARE: usize = 2;
/// How often threads meet before each has its lane: a flush now and then is no reason.
const MEETINGS: u32 = 64;

#[derive(Debug, Default)]
pub(super) struct Fronts {
    /// What every thread writes for each line, as little as can be: it travels between cores.
    one: ShortLock<Front>,
    lanes: OnceLock<Box<[ShortLock<Lane>; LANES]>>,
    meetings: AtomicU32,
}

/// All locks, in their order.
pub(in super::super) struct AllFronts<'a> {
    one: ShortGuard<'a, Front>,
    lanes: Option<[ShortGuard<'a, Lane>; LANES]>,
}

/// What the calling thread fills.
pub(super) enum OwnFront<'a> {
    One(ShortGuard<'a, Front>),
    Lane(ShortGuard<'a, Lane>),
}

impl Fronts {
    /// Takes one line, if there is room for it.
    #[inline(always)]
    pub(super) fn deliver(
        &self,
        line: &[u8],
        meta: &LineMeta,
        stats: &DestinationStats,
    ) -> Option<Accepted> {
        if let Some(lanes) = self.lanes.get() {
            return deliver_to_lane(lanes, line, meta, stats);
        }
        let mut front = match self.one.try_lock() {
            Some(front) => front,
            None => self.meet(),
        };
        let has_room = front.has_room(line.len(), meta.unix_ns);
        has_room.then(|| front.accept(line, meta, stats))
    }

    /// Takes lines of one period, if there is room for all of them.
    pub(super) fn deliver_run(&self, run: &Run<'_>, stats: &DestinationStats) -> Option<Accepted> {
        let mut own = self.own();
        let (bytes, first) = (run.bytes().len(), run.first_ns());
        let has_room = own.has_room(bytes, first);
        has_room.then(|| own.marked(bytes, first).accept_run(run, stats))
    }

    /// Another thread has the one front.
    #[cold]
    #[inline(never)]
    fn meet(&self) -> ShortGuard<'_, Front> {
        let front = self.one.lock();
        if self.meetings.fetch_add(1, Relaxed) == MEETINGS {
            // With the lock held: a fork, which holds it, finds them all there or none.
            self.lanes.get_or_init(Box::default);
        }
        // This line is the one front's yet, as are those of calls which have looked before.
        front
    }

    pub(super) fn own(&self) -> OwnFront<'_> {
        match self.lanes.get() {
            Some(lanes) => OwnFront::Lane(own_lane(lanes).lock()),
            None => OwnFront::One(self.one.lock()),
        }
    }

    pub(super) fn hold(&self) -> AllFronts<'_> {
        // First this one: with it held no lanes are made.
        let one = self.one.lock();
        let lanes = self.lanes.get();
        AllFronts {
            one,
            lanes: lanes.map(|lanes| lanes.each_ref().map(ShortLock::lock)),
        }
    }
}

/// Apart, so that what one thread alone fills costs no instruction more.
#[inline(never)]
fn deliver_to_lane(
    lanes: &[ShortLock<Lane>; LANES],
    line: &[u8],
    meta: &LineMeta,
    stats: &DestinationStats,
) -> Option<Accepted> {
    let mut lane = own_lane(lanes).lock();
    let has_room = lane.has_room(line.len(), meta.unix_ns);
    has_room.then(|| {
        let front = lane.marked(line.len(), meta.unix_ns);
        front.accept(line, meta, stats)
    })
}

/// The lane of this thread.
#[inline]
fn own_lane(lanes: &[ShortLock<Lane>; LANES]) -> &ShortLock<Lane> {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = THREADS.fetch_add(1, Relaxed));
    &lanes[OWN.with(|own| *own) % LANES]
}

impl AllFronts<'_> {
    /// Hands all lines to the back buffer, which is empty.
    pub(super) fn hand_over(mut self, back: &mut Back) {
        let capacity = back.capacity;
        let Some(lanes) = &mut self.lanes else {
            if let Some(youngest) = self.one.swap_lines(&mut back.lines) {
                back.unix_ns = youngest;
            }
            self.one.allot(capacity);
            return;
        };
        let mut youngest = self.one.swap_lines(&mut back.of_one);
        self.one.allot(capacity);
        for (lane, taken) in lanes.iter_mut().zip(&mut back.of_lanes) {
            youngest = youngest.max(lane.swap(taken, capacity / SHARE));
        }
        drop(self);
        back.lines.append(&mut back.of_one);
        lane::merge(&mut back.of_lanes, &mut back.lines);
        back.unix_ns = youngest.unwrap_or(back.unix_ns);
    }

    /// Brings the destination's counts up to date.
    pub(super) fn hand_over_counts(&mut self, stats: &DestinationStats) {
        self.each(|front| front.hand_over_counts(stats));
    }

    /// Takes lines up to this time.
    pub(super) fn begin_period(&mut self, end: i64) {
        self.each(|front| front.begin_period(end));
    }

    /// The flusher is to be told of the next line.
    pub(super) fn disarm(&mut self) {
        self.each(|front| front.armed = false);
    }

    /// The flusher knows that something rests.
    pub(super) fn arm(&mut self) {
        self.one.armed = true;
    }

    /// How many lines rest here.
    pub(super) fn lines(&mut self) -> u64 {
        let mut lines = 0;
        self.each(|front| lines += front.lines());
        lines
    }

    /// Gives up all lines.
    pub(super) fn clear(&mut self) {
        self.one.clear();
        for lane in self.lanes.iter_mut().flatten() {
            lane.clear();
        }
    }

    fn each(&mut self, mut work: impl FnMut(&mut Front)) {
        work(&mut self.one);
        for lane in self.lanes.iter_mut().flatten() {
            work(&mut lane.front);
        }
    }
}

impl OwnFront<'_> {
    pub(super) fn has_room(&self, bytes: usize, unix_ns: i64) -> bool {
        match self {
            OwnFront::One(front) => front.has_room(bytes, unix_ns),
            OwnFront::Lane(lane) => lane.has_room(bytes, unix_ns),
        }
    }

    /// The front, to accept so many bytes of this time next.
    pub(super) fn marked(&mut self, bytes: usize, unix_ns: i64) -> &mut Front {
        match self {
            OwnFront::One(front) => front,
            OwnFront::Lane(lane) => lane.marked(bytes, unix_ns),
        }
    }

    /// Takes so much from now on, if nothing rests here.
    pub(super) fn allot(&mut self, capacity: usize) {
        match self {
            OwnFront::Lane(lane) if lane.is_empty() => lane.allot(capacity / SHARE),
            // The one front has what it takes, and where a line has come meanwhile so has the lane.
            OwnFront::One(_) | OwnFront::Lane(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Level;

    use super::*;

    fn deliver(fronts: &Fronts, line: &str, unix_ns: i64) -> bool {
        let meta = LineMeta::new(Level::Info, unix_ns);
        fronts.deliver(line.as_bytes(), &meta, &stats()).is_some()
    }

    /// As the first line of a thread finds it.
    fn allot(fronts: &Fronts, back: &mut Back) {
        let mut all = fronts.hold();
        all.begin_period(i64::MAX);
        all.hand_over(back);
        fronts.own().allot(back.capacity);
    }

    fn taken(back: &mut Back) -> String {
        String::from_utf8(std::mem::take(&mut back.lines)).unwrap()
    }

    fn stats() -> DestinationStats {
        DestinationStats::default()
    }

    #[test]
    fn threads_that_meet_get_lanes_and_the_one_fronts_lines_go_first() {
        let (fronts, mut back) = (Fronts::default(), Back::default());
        back.capacity = 1000;
        allot(&fronts, &mut back);
        for _ in 0..=MEETINGS {
            assert!(fronts.lanes.get().is_none());
            let meta = LineMeta::new(Level::Info, 100);
            fronts.meet().accept(b"met ", &meta, &stats());
        }
        assert!(fronts.lanes.get().is_some());
        assert!(!deliver(&fronts, "it has no room yet", 1));
        allot(&fronts, &mut back);
        assert_eq!(taken(&mut back), "met ".repeat(65));
        // Of a call that has looked before there were lanes.
        let late = LineMeta::new(Level::Info, 200);
        assert!(deliver(&fronts, "lane ", 2));
        fronts.one.lock().accept(b"late ", &late, &stats());
        fronts.hold().hand_over(&mut back);
        assert_eq!(taken(&mut back), "late lane ");
        assert_eq!(back.unix_ns, 200);
    }

    #[test]
    fn a_lane_takes_its_share_and_nothing_once_nothing_may_rest() {
        let (fronts, mut back) = (Fronts::default(), Back::default());
        fronts.lanes.get_or_init(Box::default);
        back.capacity = 200;
        allot(&fronts, &mut back);
        assert!(deliver(&fronts, &"x".repeat(100), 1));
        assert!(!deliver(&fronts, "x", 1));
        back.capacity = 0;
        for _ in 0..3 {
            fronts.hold().hand_over(&mut back);
            assert!(!deliver(&fronts, "x", 1));
        }
        assert_eq!(taken(&mut back), "x".repeat(100));
    }

    #[test]
    fn a_thousand_lines_of_few_bytes_do_not_let_a_lane_grow() {
        let (fronts, mut back) = (Fronts::default(), Back::default());
        fronts.lanes.get_or_init(Box::default);
        back.capacity = 2048;
        allot(&fronts, &mut back);
        let accepted = (0..1000).take_while(|_| deliver(&fronts, "x", 1)).count();
        assert!((16..100).contains(&accepted), "{accepted}");
        allot(&fronts, &mut back);
        assert!(deliver(&fronts, "x", 1));
        assert_eq!(taken(&mut back), "x".repeat(accepted));
    }
}
