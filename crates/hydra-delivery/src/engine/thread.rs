//! The dispatcher's thread: when it starts, its rounds, its rests, and when it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::{Acquire, Relaxed, SeqCst};
use std::thread;

use hydra_core::diagnostics::{self, ErrorKind};

use super::Shared;
use super::power::Gathering;
use crate::lock::lock;
use crate::naps::Naps;
use crate::own_thread;

impl Shared {
    /// Whether somebody waits for the end of this round.
    pub(crate) fn is_forking(&self) -> bool {
        self.forking.load(Relaxed) > 0
    }

    /// Whether there is a dispatcher's thread.
    pub(crate) fn is_running(&self) -> bool {
        self.is_running.load(SeqCst)
    }

    /// Has it read what came, by a thread that starts where there is none.
    pub(super) fn start(&self) {
        if self.is_running.swap(true, SeqCst) {
            return self.bell.wake();
        }
        let this = self.this();
        let named = thread::Builder::new().name("hydra-dispatch".into());
        if let Err(error) = named.spawn(move || this.dispatch()) {
            self.is_running.store(false, SeqCst);
            let message = format_args!("no thread for the dispatcher: {error}");
            diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
        }
    }

    /// The dispatcher's thread.
    fn dispatch(&self) {
        own_thread::mark();
        let mut naps = Naps::default();
        let mut gathering = Gathering::default();
        loop {
            while !self.is_over() {
                while self.is_forking() {
                    // For a moment; a lock that is wanted again at once is hard to come by.
                    thread::yield_now();
                }
                let worked = self.round_of_many(&mut gathering);
                if self.watch.is_due(self.pressure.interval()) {
                    self.look();
                }
                if worked {
                    naps.worked();
                    continue;
                }
                self.bell.rest(naps.length(), || self.has_work());
            }
            self.is_running.swap(false, SeqCst);
            // Whoever asks from here on sees that nobody runs, and helps itself.
            if self.tickets.asked().is_none() || self.is_running.swap(true, SeqCst) {
                return;
            }
        }
    }

    pub(crate) fn round(&self) -> bool {
        // Callbacks for errors, which may wait for a thread that forks, find the lock let go.
        diagnostics::deferred(|| {
            let mut dispatcher = lock(&self.dispatcher);
            catch_unwind(AssertUnwindSafe(|| dispatcher.round())).unwrap_or_else(|_| {
                let message = "the dispatcher panicked, and goes on";
                diagnostics::report(ErrorKind::Write, "asynchronous logger", &message);
                true
            })
        })
    }

    fn has_work(&self) -> bool {
        self.has_new_rings.load(Acquire)
            || self.tickets.asked().is_some()
            || self.is_over()
            || lock(&self.dispatcher).has_work()
    }

    /// Whether everything is done that ever will be.
    fn is_over(&self) -> bool {
        self.is_closed() && self.tickets.asked().is_none() && !lock(&self.dispatcher).has_work()
    }
}
