//! How a producer wakes the dispatcher, for one relaxed load a record while nobody sleeps.
//!
//! The dispatcher says that it is about to rest, and then looks at the rings once more; a producer
//! publishes its record, and then looks whether somebody rests. Each must see what the other did
//! before it looked, or a record lies in its ring until the next one comes. That takes a full memory
//! barrier between the two steps on both sides. The dispatcher, which rests seldom, puts both there:
//! membarrier(2) has every running thread pass one, and a record costs none. Where the system call is
//! not to be had, each producer runs the barrier itself, for some 5 ns a record.
//!
//! Loom runs this file in every order: `crates/hydra-delivery/loom`, with the producers' barrier.

use std::sync::atomic::Ordering::{AcqRel, Relaxed, SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use crate::primitives::{compiler_fence, fence};
use crate::sys::{self, Word};

/// The dispatcher runs: it will look at the rings before it rests.
const RUN: u32 = 0;
/// As [`RUN`], and its next rest is over before it begins: somebody has called [`Bell::wake`].
const CALLED: u32 = 1;
/// It rests until a set time: only much work, or a call, wakes it.
const NAP: u32 = 2;
/// It rests until it is woken.
const ASLEEP: u32 = 3;

/// Wakes the one thread that rests on it. A line of its own: each record loads it.
#[repr(align(128))]
pub(crate) struct Bell {
    state: Word,
    /// Producers run the memory barrier, since the dispatcher cannot do it for them.
    is_fenced: bool,
}

impl Bell {
    /// A bell of this process; the child of a fork needs its own.
    pub(crate) fn new() -> Bell {
        Bell::with_fence(!sys::register_barrier())
    }

    /// A bell whose producers run the barrier, or one whose dispatcher has registered it.
    pub(crate) fn with_fence(is_fenced: bool) -> Bell {
        Bell {
            state: Word::new(RUN),
            is_fenced,
        }
    }

    /// Comes between what a producer has published and its look at the bell or at its ring.
    #[inline(always)]
    pub(crate) fn order(&self) {
        if self.is_fenced {
            fence(SeqCst);
        } else {
            // The machine's part is the dispatcher's membarrier(2).
            compiler_fence(SeqCst);
        }
    }

    /// The other side of [`Bell::order`]: comes between what the dispatcher has announced and its
    /// look at the rings.
    pub(crate) fn barrier(&self) {
        fence(SeqCst);
        if !self.is_fenced && !sys::barrier() {
            // The system call was allowed when the bell was made, and is now forbidden. No processor
            // keeps a store to itself for as long as this.
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether the dispatcher rests in any way: whether it pays to find out more.
    #[inline(always)]
    pub(crate) fn is_resting(&self) -> bool {
        self.state.load(Relaxed) >= NAP
    }

    /// Wakes a dispatcher that sleeps; one that naps comes back by itself.
    pub(crate) fn ring(&self) {
        if self.state.load(Relaxed) == ASLEEP {
            self.rouse(ASLEEP);
        }
    }

    /// Wakes a dispatcher that naps or sleeps: so much has come in that it should not wait.
    pub(crate) fn ring_half_full(&self) {
        if let resting @ (NAP | ASLEEP) = self.state.load(Relaxed) {
            self.rouse(resting);
        }
    }

    #[cold]
    fn rouse(&self, from: u32) {
        // Only one of those who ring at once makes the system call. Release: after its rest the
        // dispatcher sees what made us ring.
        if self
            .state
            .compare_exchange(from, RUN, AcqRel, Relaxed)
            .is_ok()
        {
            self.state.wake();
        }
    }

    /// Has the dispatcher look up, whatever it does: what the caller has written before is seen
    /// after the rest that this ends, or after the next one, which then ends at once.
    pub(crate) fn wake(&self) {
        if self.state.swap(CALLED, AcqRel) >= NAP {
            self.state.wake();
        }
    }

    /// The dispatcher's rest: for `nap`, or with `None` until somebody rings, without a timer.
    ///
    /// `has_work` is asked once it is announced, and then there is no rest if it says yes. Before a
    /// sleep it must look at every ring anew (a record, a ring that is closed); before a nap only
    /// for what cannot wait that long, such as a ring that is half full. What a nap overlooks waits
    /// until its end.
    ///
    /// One thread at a time.
    pub(crate) fn rest(&self, nap: Option<Duration>, mut has_work: impl FnMut() -> bool) {
        let resting = if nap.is_some() { NAP } else { ASLEEP };
        let announced = self
            .state
            .compare_exchange(RUN, resting, Relaxed, Relaxed)
            .is_ok();
        if announced {
            match nap {
                // A nap ends by itself: it is not worth a barrier in every thread.
                Some(_) => fence(SeqCst),
                None => self.barrier(),
            }
            if !has_work() {
                self.sleep(resting, nap.map(|nap| Instant::now() + nap));
            }
        }
        // Takes a call with it: its caller's writes are visible from here on.
        self.state.swap(RUN, AcqRel);
    }

    /// Whether the dispatcher sleeps, and not for a time only.
    #[cfg(test)]
    pub(crate) fn is_asleep(&self) -> bool {
        self.state.load(Relaxed) == ASLEEP
    }

    fn sleep(&self, resting: u32, until: Option<Instant>) {
        while self.state.load(Relaxed) == resting
            && until.is_none_or(|until| Instant::now() < until)
        {
            self.state.wait(resting, until);
        }
    }
}
