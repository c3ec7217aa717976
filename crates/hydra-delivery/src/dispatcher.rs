//! The other side of the rings: one thread takes the calls of all of them, in the order of their
//! times, through the pipeline.

mod ring_end;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Weak;
use std::time::{Duration, Instant};

use bumpalo::Bump;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::pipeline::{Call, Deliverer, Message};
use hydra_core::{Fields, Key, Level, Value, clock, unix_now};

use crate::accounts::Untold;
use crate::engine::Shared;
use crate::queue::gather;
pub(crate) use ring_end::RingEnd;
use ring_end::Tools;

thread_local! {
    static DISPATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs the pipeline for others at this moment: then it cannot wait for them.
pub(crate) fn is_dispatching() -> bool {
    DISPATCHING.get()
}

/// Says that this thread is dispatching, until it is dropped.
pub(crate) struct Dispatching(bool);

impl Dispatching {
    pub(crate) fn begin() -> Dispatching {
        Dispatching(DISPATCHING.replace(true))
    }
}

impl Drop for Dispatching {
    fn drop(&mut self) {
        DISPATCHING.set(self.0);
    }
}

/// How often calls that were refused are told of.
const SUMMARY_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether the ring file is still there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// All rings of an engine.
pub(crate) struct Dispatcher {
    shared: Weak<Shared>,
    rings: Vec<RingEnd>,
    arena: Bump,
    /// The flush whose marks the rings hold.
    flush: Option<u64>,
    summary_at: Option<Instant>,
    /// When the ring file is looked at next.
    look_at: Option<Instant>,
}

impl Dispatcher {
    pub(crate) fn new(shared: Weak<Shared>) -> Dispatcher {
        Dispatcher {
            shared,
            rings: Vec::new(),
            arena: Bump::new(),
            flush: None,
            summary_at: None,
            look_at: None,
        }
    }

    /// In the child of a fork: the rings are the parent's, and wiped.
    pub(crate) fn forget(&mut self) {
        gather::forget();
        self.rings.clear();
        self.flush = None;
        self.summary_at = None;
    }

    /// Takes what is in the rings now through the pipeline. Whether there was anything.
    pub(crate) fn round(&mut self) -> bool {
        let Some(shared) = self.shared.upgrade() else {
            return false;
        };
        let _dispatching = Dispatching::begin();
        // In this order: a call that another thread made because of one that is not seen yet has a
        // later time, and waits for the next round.
        let now = clock::cut();
        self.rings.append(&mut shared.new_rings());
        for ring in &mut self.rings {
            ring.look();
        }
        self.begin_flush(&shared);
        let ran = self.run(&shared, now);
        gather::hand_in();
        self.rings.iter_mut().for_each(RingEnd::count);
        let waiting = self.rings.iter().any(|ring| ring.next.is_some());
        self.rings.iter_mut().for_each(RingEnd::release);
        self.drop_finished(&shared);
        if shared.accounts.is_untold() {
            self.summarise(&shared);
        }
        if self.rings.iter().any(|ring| ring.kept.is_some()) {
            self.look_at_file(&shared);
        }
        shared.hand_over();
        self.end_flush(&shared);
        ran || waiting
    }

    /// Runs calls in the order of their times, as long as they are due.
    fn run(&mut self, shared: &Shared, now: i64) -> bool {
        let mut ran = false;
        let mut tools = Tools {
            arena: std::mem::take(&mut self.arena),
            deliverer: Deliverer::new(),
        };
        while !shared.is_forking() {
            let mut first: Option<(usize, i64)> = None;
            let mut second = i64::MAX;
            for (i, ring) in self.rings.iter().enumerate() {
                let Some(stamp) = ring.due(now) else {
                    continue;
                };
                match first {
                    Some((_, earliest)) if earliest <= stamp => second = second.min(stamp),
                    _ => {
                        second = first.map_or(second, |(_, earliest)| second.min(earliest));
                        first = Some((i, stamp));
                    }
                }
            }
            let Some((first, _)) = first else {
                break;
            };
            ran = true;
            // As many of this ring as come before the next of any other.
            let ring = &mut self.rings[first];
            let mut run = || ring.run_until((now, second), &mut tools, shared);
            if catch_unwind(AssertUnwindSafe(&mut run)).is_err() {
                let message = "the dispatcher panicked over a record, which is lost";
                diagnostics::report(ErrorKind::Write, "asynchronous logger", &message);
                ring.pass();
            }
        }
        self.arena = tools.arena;
        ran
    }

    fn begin_flush(&mut self, shared: &Shared) {
        if self.flush.is_none()
            && let Some(ticket) = shared.tickets.asked()
        {
            self.flush = Some(ticket);
            for ring in &mut self.rings {
                ring.mark = ring.consumer.limit();
            }
        }
    }

    fn end_flush(&mut self, shared: &Shared) {
        let done = |ring: &RingEnd| ring.consumer.position() >= ring.mark;
        if let Some(ticket) = self.flush.filter(|_| self.rings.iter().all(done)) {
            self.flush = None;
            shared.tickets.done(ticket);
        }
    }

    fn drop_finished(&mut self, shared: &Shared) {
        for ring in self.rings.extract_if(.., |ring| ring.is_finished()) {
            shared.accounts.finish(&ring.counts);
            ring.end();
        }
    }

    /// Closes every ring: nothing is accepted from now on, and the next rounds bring what was.
    pub(crate) fn close(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            self.rings.append(&mut shared.new_rings());
        }
        self.rings.iter_mut().for_each(|ring| ring.consumer.close());
    }

    /// Whether anything waits, or a thread is gone.
    pub(crate) fn has_work(&self) -> bool {
        self.rings.iter().any(RingEnd::has_work)
    }

    /// At the end, when every destination has had its time: gives back what can be, and says
    /// whether nothing is left in any ring.
    pub(crate) fn settle(&mut self) -> bool {
        self.rings.iter_mut().for_each(RingEnd::release);
        if let Some(shared) = self.shared.upgrade() {
            self.drop_finished(&shared);
        }
        self.rings.is_empty()
    }

    /// From time to time, while records flow: whether the ring file is still there.
    fn look_at_file(&mut self, shared: &Shared) {
        let now = Instant::now();
        if self.look_at.is_none_or(|at| now >= at) {
            self.look_at = Some(now + LOOK_EVERY);
            shared.look_at_ring_file();
        }
    }

    /// Says in the log itself, in the layer that it happened to, how many calls were not taken.
    #[cold]
    fn summarise(&mut self, shared: &Shared) {
        let now = Instant::now();
        if self.summary_at.is_some_and(|at| now < at) {
            return;
        }
        self.summary_at = Some(now + SUMMARY_EVERY);
        for untold in shared.accounts.take_untold() {
            let _ = catch_unwind(|| summary(&untold));
        }
    }
}

fn summary(untold: &Untold) {
    const KEYS: &[Key<'static>] = &[
        Key::new("dropped"),
        Key::new("dropped_level"),
        Key::new("reason"),
    ];
    let reason = untold.reason.to_string();
    let values = [
        Value::U64(untold.count),
        Value::Str(untold.level.name()),
        Value::Str(&reason),
    ];
    untold.layer.deliver(&Call {
        unix_ns: unix_now(),
        level: Level::Warning,
        message: Message::Static("records were dropped: the queue was full"),
        fields: Fields::of_site(KEYS, &values),
        context: None,
        location: None,
    });
}
