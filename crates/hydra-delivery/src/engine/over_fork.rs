//! What a fork does with an engine: all its locks are held meanwhile, and the child, which has none of
//! its threads, starts anew at its first record.

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, Release, SeqCst};

use hydra_core::fork::{self, Held, OverFork};

use super::Shared;
use super::kept::Kept;
use crate::accounts::Book;
use crate::dispatcher::Dispatcher;
use crate::health::Told;
use crate::stand_in::Waiting;

impl OverFork for Shared {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        let this = || Arc::clone(&self);
        self.forking.fetch_add(1, Relaxed);
        let dispatcher = fork::hold(this(), |s| &s.dispatcher, Dispatcher::forget);
        self.forking.fetch_sub(1, Relaxed);
        Box::new(HeldLocks(vec![
            Box::new(dispatcher),
            Box::new(fork::hold(this(), |s| &s.new_rings, Vec::clear)),
            Box::new(fork::hold(this(), |s| &s.kept, Kept::forget)),
            Box::new(fork::hold(this(), |s| &s.queues, |_| ())),
            Box::new(fork::hold(
                this(),
                |s| &s.accounts.book,
                |b| *b = Book::default(),
            )),
            Box::new(fork::hold(this(), |s| &s.tickets.wakers, |_| ())),
            Box::new(fork::hold(this(), |s| &s.pressure.limits, |l| *l = None)),
            Box::new(fork::hold(this(), |s| &s.watch.recent, |_| ())),
            Box::new(fork::hold(this(), |s| &*s.watch.told, Told::renew)),
            Box::new(fork::hold(this(), |s| &s.stand_in.state, Waiting::renew)),
            Box::new(InChild(self)),
        ]))
    }
}

/// All locks of an engine, in the order in which they are taken.
struct HeldLocks(Vec<Box<dyn Held>>);

impl Held for HeldLocks {
    fn renew(&mut self) {
        self.0.iter_mut().for_each(|held| held.renew());
    }
}

/// What stands beside the locks.
struct InChild(Arc<Shared>);

impl Held for InChild {
    fn renew(&mut self) {
        self.0.has_new_rings.store(false, Release);
        self.0.is_running.store(false, SeqCst);
        self.0.forking.store(0, Relaxed);
        self.0.accounts.renew();
        self.0.tickets.renew();
    }
}
