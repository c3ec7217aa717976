//! Who asks for a flush draws a number, and waits until it is called.

use std::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Release, SeqCst},
};
use std::sync::{Condvar, Mutex, PoisonError};
use std::task::Waker;

use hydra_core::patience::{Deadline, Wait};

#[derive(Debug, Default)]
pub(crate) struct Tickets {
    drawn: AtomicU64,
    pub(crate) called: Mutex<Called>,
    call: Condvar,
    /// A copy of `called`, to look at without the lock.
    seen: AtomicU64,
}

#[derive(Debug, Default)]
pub(crate) struct Called {
    number: u64,
    /// Of those who wait without a thread.
    wakers: Vec<(u64, Waker)>,
}

impl Tickets {
    pub(crate) fn ask(&self) -> u64 {
        // SeqCst: against the end of the dispatcher's thread, which looks here last.
        self.drawn.fetch_add(1, SeqCst) + 1
    }

    /// The last number that was drawn, if it has not been called.
    pub(crate) fn asked(&self) -> Option<u64> {
        let drawn = self.drawn.load(SeqCst);
        (drawn > self.seen.load(Acquire)).then_some(drawn)
    }

    /// Calls this number and all before it.
    pub(crate) fn done(&self, ticket: u64) {
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        called.number = ticket.max(called.number);
        self.seen.fetch_max(ticket, AcqRel);
        self.call.notify_all();
        let is_due = |(number, _): &mut (u64, Waker)| *number <= ticket;
        let due: Vec<_> = called.wakers.extract_if(.., is_due).collect();
        drop(called);
        for (_, waker) in due {
            waker.wake();
        }
    }

    /// The last number that was drawn.
    pub(crate) fn last(&self) -> u64 {
        self.drawn.load(SeqCst)
    }

    /// Whether this number was called.
    pub(crate) fn is_called(&self, ticket: u64) -> bool {
        self.seen.load(Acquire) >= ticket
    }

    /// The same; if it was not, the waker will be told.
    pub(crate) fn poll(&self, ticket: u64, waker: &Waker) -> bool {
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if called.number >= ticket {
            return true;
        }
        wait_with(&mut called.wakers, ticket, waker);
        false
    }

    /// In the child of a fork: nobody waits.
    pub(crate) fn renew(&self) {
        self.seen.store(self.drawn.load(SeqCst), Release);
    }

    /// Waits for a number; `false`: not until then.
    pub(crate) fn wait(&self, ticket: u64, until: Option<Deadline>) -> bool {
        let mut wait = Wait::default();
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        while called.number < ticket {
            called = match until {
                None => self
                    .call
                    .wait(called)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let Some(slice) = wait.slice(until) else {
                        return false;
                    };
                    let waited = self.call.wait_timeout(called, slice);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }
}

/// Remembers that a waker waits for a number.
pub(crate) fn wait_with(wakers: &mut Vec<(u64, Waker)>, number: u64, waker: &Waker) {
    let is_known = |(other, known): &(u64, Waker)| *other == number && known.will_wake(waker);
    if !wakers.iter().any(is_known) {
        wakers.push((number, waker.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_number_calls_all_before_it() {
        let tickets = Tickets::default();
        assert_eq!(tickets.asked(), None);
        let (first, second) = (tickets.ask(), tickets.ask());
        assert_eq!(tickets.asked(), Some(second));
        assert!(!tickets.wait(first, Some(Deadline::within(Duration::ZERO))));
        tickets.done(second);
        let soon = Some(Deadline::within(Duration::from_mins(1)));
        assert!(tickets.wait(first, soon) && tickets.wait(second, soon));
        assert_eq!(tickets.asked(), None);
    }
}
