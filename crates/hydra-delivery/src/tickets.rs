//! Who asks for a flush draws a number, and waits until it is called.
//!
//! Hundreds may wait at once, each for its commit. So none takes a lock on its way: threads sleep on one
//! word, which changes with each call, and look at the number that was called last.
//!
//! Loom runs this file in every order: `crates/hydra-delivery/loom`.

use std::collections::BTreeMap;
use std::mem;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::task::Waker;
use std::time::Instant;

use hydra_core::patience::{Deadline, Wait};

use crate::primitives::{AtomicU64, Mutex, fence};
use crate::sys::Word;

pub(crate) struct Tickets {
    drawn: AtomicU64,
    /// The last number that was called.
    called: AtomicU64,
    /// How often numbers were called.
    calls: Word,
    /// Who draws a number before this one need not wake the dispatcher.
    awaited: AtomicU64,
    /// Of those who wait without a thread.
    pub(crate) wakers: Mutex<Wakers>,
}

impl Default for Tickets {
    fn default() -> Tickets {
        Tickets {
            drawn: AtomicU64::new(0),
            called: AtomicU64::new(0),
            calls: Word::new(0),
            awaited: AtomicU64::new(0),
            wakers: Mutex::new(Wakers::default()),
        }
    }
}

impl Tickets {
    pub(crate) fn ask(&self) -> u64 {
        // SeqCst: against the end of the dispatcher's thread, which looks here last.
        self.drawn.fetch_add(1, SeqCst) + 1
    }

    /// The last number that was drawn, if it has not been called.
    pub(crate) fn asked(&self) -> Option<u64> {
        let drawn = self.drawn.load(SeqCst);
        (drawn > self.called()).then_some(drawn)
    }

    /// Calls this number and all before it.
    pub(crate) fn done(&self, ticket: u64) {
        self.called.fetch_max(ticket, AcqRel);
        // Release: who sees this has seen the number.
        self.calls.fetch_add(1, Release);
        self.calls.wake();
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        let due = wakers.take_due(ticket);
        drop(wakers);
        due.into_iter().for_each(Waker::wake);
    }

    /// The last number that was drawn.
    pub(crate) fn last(&self) -> u64 {
        self.drawn.load(SeqCst)
    }

    /// The last number that was called.
    pub(crate) fn called(&self) -> u64 {
        self.called.load(Acquire)
    }

    /// Whether this number was called.
    pub(crate) fn is_called(&self, ticket: u64) -> bool {
        self.called() >= ticket
    }

    /// The same; if it was not, the waker will be told.
    pub(crate) fn poll(&self, ticket: u64, waker: &Waker) -> bool {
        if self.is_called(ticket) {
            return true;
        }
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever calls it takes the lock afterwards.
        if self.is_called(ticket) {
            return true;
        }
        wakers.add(ticket, waker);
        false
    }

    /// Until the number that is so far behind the last that was called, nobody need wake the
    /// dispatcher, which comes by itself; 0: everybody is to.
    pub(crate) fn await_more(&self, count: u64) {
        let number = if count == 0 { 0 } else { self.called() + count };
        self.awaited.store(number, Relaxed);
        // Whoever does not see it is seen by the dispatcher, which looks for drawn numbers from here on.
        fence(SeqCst);
    }

    /// Whether the dispatcher is to be told of a number that was drawn.
    pub(crate) fn is_to_be_told(&self, ticket: u64) -> bool {
        fence(SeqCst);
        ticket >= self.awaited.load(Relaxed)
    }

    /// In the child of a fork: nobody waits.
    pub(crate) fn renew(&self) {
        self.awaited.store(0, Relaxed);
        self.called.store(self.drawn.load(SeqCst), Release);
    }

    /// Waits for a number; `false`: not until then.
    pub(crate) fn wait(&self, ticket: u64, until: Option<Deadline>) -> bool {
        let mut wait = Wait::default();
        loop {
            // Before the number: a call that comes in between ends the sleep at once.
            let calls = self.calls.load(Acquire);
            if self.is_called(ticket) {
                return true;
            }
            let slice = match until {
                None => None,
                Some(until) => match wait.slice(until) {
                    None => return false,
                    Some(slice) => Some(Instant::now() + slice),
                },
            };
            self.calls.wait(calls, slice);
        }
    }
}

/// Those who wait for numbers without a thread.
#[derive(Debug, Default)]
pub(crate) struct Wakers(BTreeMap<Waiting, Waker>);

/// The number, and the two pointers that a waker is: whoever asks twice is there once.
type Waiting = (u64, usize, usize);

impl Wakers {
    /// Remembers that a waker waits for a number.
    pub(crate) fn add(&mut self, number: u64, waker: &Waker) {
        let vtable: *const _ = waker.vtable();
        let key = (number, waker.data().addr(), vtable.addr());
        self.0.entry(key).or_insert_with(|| waker.clone());
    }

    /// Those who wait for a number up to this one.
    pub(crate) fn take_due(&mut self, number: u64) -> Vec<Waker> {
        let rest = self.0.split_off(&(number + 1, 0, 0));
        let due = mem::replace(&mut self.0, rest);
        due.into_values().collect()
    }
}
