//! A thread that waits for room in the place of those that must not be held up, as the thread of an
//! event loop: a full ring would hold up every task of the loop.
//!
//! A call of such a thread that finds its ring full is copied, and made once more by the stand-in,
//! in whose own ring it waits for room under the same policy. Until then, calls of that thread go the
//! same way, so that they keep their order: the dispatcher merges rings by the times of calls. What
//! waits here is bounded; beyond that the calling thread waits after all. Whoever makes a call may
//! wait for the [`Room`] without a thread, and need not: what was taken here is not lost.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Release},
};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context as Task, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bumpalo::Bump;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::patience::{self, Deadline, Wait};
use hydra_core::pipeline::Call;
use hydra_core::{Context, Layer, waits};

use crate::accounts::Refused;
use crate::call::{self, Read, Route, Said};
use crate::engine::Shared;
use crate::front::Seat;
use crate::lock::lock;
use crate::tickets::Wakers;

/// How many bytes of calls wait here at most.
const MOST: usize = 16 << 20;
/// How long the thread stays when there is nothing to do: rings that are full are soon full again.
const LINGER: Duration = Duration::from_secs(1);

/// How many calls wait for one commit at most.
const AT_ONCE: usize = 1024;

thread_local! {
    /// What the last call of this thread that was handed over waits for.
    static LAST: RefCell<Option<Room>> = const { RefCell::new(None) };
    static STANDS_IN: Cell<bool> = const { Cell::new(false) };
}

/// The calls that wait, and the thread that makes them.
#[derive(Default)]
pub(crate) struct StandIn {
    pub(crate) state: Mutex<Waiting>,
    changed: Condvar,
    /// A copy of `done`, to look at without the lock.
    done: AtomicU64,
}

#[derive(Default)]
pub(crate) struct Waiting {
    calls: VecDeque<Kept>,
    bytes: usize,
    /// How many calls were ever handed over, and how many of them were made.
    given: u64,
    done: u64,
    is_running: bool,
    wakers: Wakers,
}

/// A call that waits.
struct Kept {
    layer: Layer,
    context: Option<Context>,
    bytes: Box<[u8]>,
    since: Instant,
}

impl Waiting {
    /// In the child of a fork: the calls are the parent's to make.
    pub(crate) fn renew(&mut self) {
        *self = Waiting {
            given: self.given,
            done: self.given,
            ..Waiting::default()
        };
    }
}

impl StandIn {
    /// Takes a call over. Its number; `None`: there are too many, or no thread to be had.
    pub(crate) fn take(&self, shared: &Arc<Shared>, layer: &Layer, call: &Call<'_>) -> Option<u64> {
        const NOWHERE: Route = Route {
            layer: 0,
            context: 0,
        };
        let mut bytes = vec![0; call::len(call)].into_boxed_slice();
        call::write(&Said::by(call), NOWHERE, &mut bytes);
        let mut state = lock(&self.state);
        if state.bytes + bytes.len() > MOST || !starts(&mut state, shared) {
            return None;
        }
        state.bytes += bytes.len();
        state.given += 1;
        let number = state.given;
        state.calls.push_back(Kept {
            layer: layer.clone(),
            context: call.context.clone(),
            bytes,
            since: patience::now(),
        });
        drop(state);
        self.changed.notify_all();
        Room::remember(shared, Until::Made(number));
        Some(number)
    }

    /// Whether this call, and all before it, were made.
    #[inline]
    pub(crate) fn is_done(&self, number: u64) -> bool {
        self.done.load(Acquire) >= number
    }

    /// How many calls wait.
    pub(crate) fn waiting(&self) -> u64 {
        let state = lock(&self.state);
        state.given - state.done
    }

    /// Waits until the calls that were handed over so far were made; `false`: not until then.
    pub(crate) fn drain(&self, until: Option<Deadline>) -> bool {
        let given = lock(&self.state).given;
        self.wait(given, until)
    }

    /// Waits until this call was made; `false`: not until then.
    pub(crate) fn wait(&self, number: u64, until: Option<Deadline>) -> bool {
        if STANDS_IN.get() {
            return true;
        }
        let mut wait = Wait::default();
        let mut state = lock(&self.state);
        while state.done < number {
            let Some(until) = until else {
                let waited = self.changed.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let Some(slice) = wait.slice(until) else {
                return false;
            };
            let waited = self.changed.wait_timeout(state, slice);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The thread.
    fn run(&self, shared: &Arc<Shared>) {
        STANDS_IN.set(true);
        let mut seats = BTreeMap::new();
        let mut arena = Bump::new();
        let mut made = Vec::new();
        while let Some(kept) = self.next(shared) {
            let call = AssertUnwindSafe(|| make(shared, &mut seats, &kept, &arena));
            // A destination of the program's may panic where the call goes its way here.
            let _ = catch_unwind(call);
            arena.reset();
            made.push(kept.bytes.len());
            if shared.is_durable() && made.len() < AT_ONCE && self.has_more() {
                continue;
            }
            if shared.is_durable() {
                // They are done when they are on the disk: many together.
                let _ = shared.flush(None);
            }
            made.drain(..).for_each(|bytes| self.made(bytes));
        }
    }

    fn has_more(&self) -> bool {
        !lock(&self.state).calls.is_empty()
    }

    /// The next call; `None`: the thread ends.
    fn next(&self, shared: &Shared) -> Option<Kept> {
        let mut state = lock(&self.state);
        let mut has_waited = false;
        loop {
            if let Some(kept) = state.calls.pop_front() {
                return Some(kept);
            }
            if has_waited || shared.is_closed() {
                state.is_running = false;
                return None;
            }
            let waited = self.changed.wait_timeout(state, LINGER);
            let (again, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            has_waited = timeout.timed_out();
            state = again;
        }
    }

    fn made(&self, bytes: usize) {
        let mut state = lock(&self.state);
        state.bytes -= bytes;
        state.done += 1;
        let done = state.done;
        self.done.store(done, Release);
        let due = state.wakers.take_due(done);
        drop(state);
        self.changed.notify_all();
        due.into_iter().for_each(Waker::wake);
    }
}

/// Whether there is a thread, or one could be made.
fn starts(state: &mut Waiting, shared: &Arc<Shared>) -> bool {
    if state.is_running {
        return true;
    }
    let shared = Arc::clone(shared);
    let named = thread::Builder::new().name("hydra-stand-in".into());
    let spawned = named.spawn(move || shared.stand_in.run(&shared));
    if let Err(error) = &spawned {
        let message = format_args!("no thread to wait in the place of others: {error}");
        diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
    }
    state.is_running = spawned.is_ok();
    state.is_running
}

fn make(shared: &Arc<Shared>, seats: &mut BTreeMap<String, Seat>, kept: &Kept, arena: &Bump) {
    let mut few = call::NO_VALUES;
    let Read::Call(_, mut call) = call::read(&kept.bytes, arena, &mut few) else {
        return;
    };
    call.context.clone_from(&kept.context);
    let seat = seats
        .entry(kept.layer.name().to_owned())
        .or_insert_with(|| Seat::new(Arc::clone(shared), &kept.layer));
    if !seat.accept_since(&call, kept.since) && shared.is_closed() {
        shared
            .accounts
            .refuse(&kept.layer, call.level, Refused::Timeout);
    }
}

/// What a call waits for on a thread that must not be held up, for room or until its record is on the
/// disk: a future. Dropped, it changes nothing: the call is made all the same.
///
/// ```
/// let logger_has_room = hydra_delivery::Room::of_last_call().is_none();
/// assert!(logger_has_room);
/// ```
#[derive(Clone)]
pub struct Room {
    shared: Arc<Shared>,
    until: Until,
}

#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// This call was made by the thread that stands in.
    Made(u64),
    /// Who drew this number is called: the dispatcher has done its part.
    Called(u64),
}

impl Room {
    /// Has the caller of this thread find what it waits for.
    pub(crate) fn remember(shared: &Arc<Shared>, until: Until) {
        let shared = Arc::clone(shared);
        let _ = LAST.try_with(|last| last.replace(Some(Room { shared, until })));
    }

    /// Of the last call of this thread that had to wait, the first time it is asked for: only where
    /// a [face](hydra_core::waits::Face) says that the thread must not be held up.
    pub fn of_last_call() -> Option<Room> {
        LAST.try_with(RefCell::take).ok().flatten()
    }

    /// Makes calls as a thread that must not be held up. What the last of them waits for in this engine;
    /// none where none had to wait.
    pub(crate) fn of(shared: &Arc<Shared>, calls: impl FnOnce()) -> Option<Room> {
        drop(Room::of_last_call());
        waits::without(calls);
        let last = Room::of_last_call()?;
        if Arc::ptr_eq(&last.shared, shared) {
            return Some(last);
        }
        // Another engine's comes last; what was made here before is before all that is asked for now.
        let until = match lock(&shared.stand_in.state).given {
            given if !shared.stand_in.is_done(given) => Until::Made(given),
            _ => Until::Called(shared.tickets.last()),
        };
        let shared = Arc::clone(shared);
        Some(Room { shared, until })
    }

    /// Whether the call was made.
    pub fn is_there(&self) -> bool {
        match self.until {
            Until::Made(number) => self.shared.stand_in.is_done(number),
            Until::Called(ticket) => self.shared.tickets.is_called(ticket),
        }
    }

    /// That of the last call of all, of any thread, that had to wait in the same engine.
    #[must_use]
    pub fn of_all(&self) -> Room {
        let until = match self.until {
            Until::Made(_) => Until::Made(lock(&self.shared.stand_in.state).given),
            Until::Called(_) => Until::Called(self.shared.tickets.last()),
        };
        Room {
            shared: Arc::clone(&self.shared),
            until,
        }
    }

    /// Whether it is of the same engine, and waits for the same thing.
    pub fn is_beside(&self, other: &Room) -> bool {
        let same = std::mem::discriminant(&self.until) == std::mem::discriminant(&other.until);
        same && Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("is_there", &self.is_there())
            .finish_non_exhaustive()
    }
}

impl Future for Room {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<()> {
        let number = match self.until {
            Until::Made(number) => number,
            Until::Called(ticket) => {
                let is_called = self.shared.tickets.poll(ticket, task.waker());
                return if is_called {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                };
            }
        };
        let mut state = lock(&self.shared.stand_in.state);
        if state.done >= number {
            return Poll::Ready(());
        }
        state.wakers.add(number, task.waker());
        Poll::Pending
    }
}
