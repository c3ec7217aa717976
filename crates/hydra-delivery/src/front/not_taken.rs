//! A call that its thread's ring does not take: it waits for room, goes its way on the calling thread, is
//! refused, or finds that the process has forked.

use std::rc::Rc;
use std::time::Instant;

use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::patience::{self, Deadline, Wait};
use hydra_core::pipeline::{Call, FrontSeat};
use hydra_core::waits;

use super::Seat;
use super::thread_ring::{RINGS, SharedRing};
use crate::accounts::Refused;
use crate::call::Route;
use crate::dispatcher;
use crate::own_thread;
use crate::queue::{DEFAULT_LIMIT, OverflowPolicy};
use crate::ring::{Producer, PushError};

impl Seat {
    #[cold]
    #[inline(never)]
    pub(super) fn without_ring(&self, call: &Call<'_>) -> bool {
        if self.shared.is_closed() {
            return self.closed(call);
        }
        self.at_once(call)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn not_pushed(&mut self, call: &Call<'_>, route: Route, why: PushError) -> bool {
        match why {
            PushError::Closed => self.closed(call),
            PushError::Forked => self.in_child(call),
            PushError::TooLarge if self.is_kept => self.too_large(call),
            PushError::Full | PushError::TooLarge => self.no_room(call, route),
        }
    }

    #[cold]
    #[inline(never)]
    fn closed(&self, call: &Call<'_>) -> bool {
        if self.shared.process_ends() {
            // The logger is still there, only its threads are not any more, or soon. What this
            // thread has logged before comes first.
            let until = Deadline::within(DEFAULT_LIMIT);
            let flushed = waits::run(|| self.shared.flush(Some(until)));
            let taken = self.at_once(call);
            let retired = waits::run(|| self.shared.retire_queues(until)).and(flushed);
            if let Err(error) = retired {
                diagnostics::report(ErrorKind::Write, self.layer.name(), &error);
            }
            return taken;
        }
        self.layer.report_closed();
        false
    }

    /// A call that is too large for a ring in a file: it is delivered before this returns, behind
    /// what the thread has logged before.
    #[cold]
    #[inline(never)]
    fn too_large(&self, call: &Call<'_>) -> bool {
        let until = Some(Deadline::within(DEFAULT_LIMIT));
        if !dispatcher::is_dispatching() && !own_thread::is_own() {
            let _ = waits::run(|| self.shared.flush(until));
        }
        let taken = self.at_once(call);
        self.shared.hand_over();
        taken
    }

    /// The call goes its way on this thread.
    fn at_once(&self, call: &Call<'_>) -> bool {
        self.shared.accounts.count_direct();
        if self.is_kept {
            self.layer.deliver_protected(call);
        } else {
            self.layer.deliver(call);
        }
        if self.shared.is_durable() && !dispatcher::is_dispatching() {
            waits::run(|| self.shared.hand_over());
        }
        true
    }

    /// The policy for a ring that is full.
    fn no_room(&self, call: &Call<'_>, route: Route) -> bool {
        if dispatcher::is_dispatching() || own_thread::is_own() {
            // Who empties the rings, or what comes after them, cannot wait for one.
            return self.at_once(call);
        }
        let must_stay = self.layer.guarantees(call.level);
        let limit = match self.shared.overflow() {
            OverflowPolicy::Block { limit } => limit,
            OverflowPolicy::DropNewest if !must_stay => {
                return self.refuse(call, Refused::DropNewest);
            }
            OverflowPolicy::Error if !must_stay => return self.refuse(call, Refused::Error),
            _ => DEFAULT_LIMIT,
        };
        // What is to survive the process is in its file when the call returns.
        let may_go = !self.is_kept && self.shared.is_running();
        if may_go && !waits::may_wait() && self.hand_over(call) {
            return true;
        }
        let since = self.since.unwrap_or_else(patience::now);
        if self.wait(call, route, Deadline::after(since, limit)) {
            return true;
        }
        if self.shared.process_ends() {
            // It was closed meanwhile: no limit has passed.
            return self.closed(call);
        }
        if must_stay {
            return self.at_once(call);
        }
        self.refuse(call, Refused::Timeout)
    }

    /// Has another thread wait in this one's place; `false`: too many calls wait there.
    fn hand_over(&self, call: &Call<'_>) -> bool {
        let number = self.shared.stand_in.take(&self.shared, &self.layer, call);
        if let (Some(number), Some(ring)) = (number, &self.ring) {
            ring.borrow_mut().handed = number;
        }
        number.is_some()
    }

    fn wait(&self, call: &Call<'_>, route: Route, until: Deadline) -> bool {
        let Some(ring) = &self.ring else {
            return false;
        };
        let handed = std::mem::take(&mut ring.borrow_mut().handed);
        if !waits::run(|| self.shared.stand_in.wait(handed, Some(until))) {
            ring.borrow_mut().handed = handed;
            return false;
        }
        loop {
            if self.shared.is_running() {
                let producer = &mut ring.borrow_mut().producer;
                if !waits::run(|| wait_for_room(producer, until)) {
                    return false;
                }
            } else {
                // There is no thread to be had for the dispatcher: its work is done here, where
                // a format may log to this ring.
                self.shared.round();
            }
            match ring.borrow_mut().push(call, route, &self.layer) {
                Ok(()) => return true,
                Err(PushError::Full) => {}
                Err(_) => return false,
            }
        }
    }

    fn refuse(&self, call: &Call<'_>, reason: Refused) -> bool {
        self.shared.accounts.refuse(&self.layer, call.level, reason);
        if reason == Refused::Error {
            let message = "the queue of the asynchronous logger is full";
            diagnostics::report(ErrorKind::Write, self.layer.name(), &message);
        }
        false
    }

    /// A child of fork has none of its parent's threads, and the ring is wiped: it starts anew.
    fn in_child(&mut self, call: &Call<'_>) -> bool {
        let wiped = self.ring.take();
        let is_other =
            |ring: &SharedRing| wiped.as_ref().is_none_or(|wiped| !Rc::ptr_eq(wiped, ring));
        let _ = RINGS.try_with(|rings| rings.borrow_mut().retain(|(_, ring)| is_other(ring)));
        let was_protected = self.is_kept;
        self.takes_as_made = false;
        self.sit_down();
        if self.is_kept != was_protected {
            // Redacted or not, it is not what this ring takes.
            self.is_kept = was_protected;
            let taken = self.at_once(call);
            self.sit_down();
            return taken;
        }
        self.accept(call)
    }
}

/// Waits until the ring has room, or the call's time is over.
fn wait_for_room(producer: &mut Producer, until: Deadline) -> bool {
    let mut wait = Wait::default();
    while let Some(slice) = wait.slice(until) {
        if producer.wait_for_room(Some(Instant::now() + slice)) {
            return true;
        }
    }
    false
}
