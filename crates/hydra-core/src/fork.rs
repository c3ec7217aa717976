//! The process's one set of hooks around fork(2).
//!
//! The child must not find a lock held by a thread that it does not have. So `prepare` takes the
//! locks of all that was registered ([`register`]) and then of every file, which waits for writes
//! under way; `parent` lets them go; `child` makes what they guard its own and lets go.
//!
//! Whoever makes something with such a lock registers it before anybody can take the lock: a fork
//! that is under way does not run hooks that are set meanwhile.

use std::any::Any;
use std::cell::RefCell;
use std::ops::DerefMut;
use std::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Release},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard, Weak};
use std::thread;

use crate::destination::file;
use crate::{diagnostics, exit, format, process, sys};

/// Something whose lock a fork must not leave held in the child.
///
/// ```
/// use hydra_core::fork::{self, Held, OverFork};
/// use std::sync::{Arc, Mutex, Weak};
///
/// struct Queue(Mutex<Vec<u32>>);
///
/// impl OverFork for Queue {
///     fn hold(self: Arc<Self>) -> Box<dyn Held> {
///         // The child's queue is empty: what is in it is the parent's to deliver.
///         Box::new(fork::hold(self, |queue| &queue.0, |numbers| numbers.clear()))
///     }
/// }
///
/// let queue = Arc::new(Queue(Mutex::default()));
/// fork::register(&(Arc::clone(&queue) as Arc<dyn OverFork>));
/// ```
pub trait OverFork: Send + Sync {
    /// Takes the lock, before a fork, on the thread that forks; it is let go when what is returned
    /// is dropped.
    ///
    /// Those that were registered first are asked first, and all before the locks of files. So
    /// whoever holds a lock of one may take that of one registered later, or of a file, but never of
    /// one registered earlier.
    fn hold(self: Arc<Self>) -> Box<dyn Held>;
}

/// A lock that is held over a fork, see [`OverFork`].
pub trait Held {
    /// Makes what it guards the child's own, in the child, before the lock is let go there.
    fn renew(&mut self);
}

/// Has a lock held over each fork, for as long as what it belongs to is there.
pub fn register(what: &Arc<dyn OverFork>) {
    watch();
    let mut registered = registered();
    registered.changes += 1;
    registered.list.retain(|weak| weak.strong_count() > 0);
    registered.list.push(Arc::downgrade(what));
}

/// The same for one that takes others' locks while its own is held, as a dispatcher does: it is
/// asked before all others.
pub fn register_first(what: &Arc<dyn OverFork>) {
    watch();
    let mut registered = registered();
    registered.changes += 1;
    registered.list.insert(0, Arc::downgrade(what));
}

/// A lock that can be held over a fork: [`Mutex`] and [`RwLock`].
pub trait Lock: Sync {
    /// What it guards.
    type Value;
    /// Its guard, which may change what it guards.
    type Guard<'a>: DerefMut<Target = Self::Value>
    where
        Self: 'a;

    /// Locks it; one that is poisoned too.
    fn hold(&self) -> Self::Guard<'_>;
}

impl<T: Send> Lock for Mutex<T> {
    type Value = T;
    type Guard<'a>
        = MutexGuard<'a, T>
    where
        T: 'a;

    fn hold(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + Sync> Lock for RwLock<T> {
    type Value = T;
    type Guard<'a>
        = RwLockWriteGuard<'a, T>
    where
        T: 'a;

    fn hold(&self) -> RwLockWriteGuard<'_, T> {
        self.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lock of `owner`, held: what [`OverFork::hold`] mostly returns. In a child, `renew` is called
/// with what it guards.
pub fn hold<O, L>(
    owner: Arc<O>,
    lock: impl for<'a> FnOnce(&'a O) -> &'a L,
    renew: fn(&mut L::Value),
) -> impl Held
where
    O: Send + Sync + 'static,
    L: Lock + 'static,
{
    HeldLock {
        guard: lent::Guard::lock(owner, lock),
        renew,
    }
}

struct HeldLock<O: 'static, L: Lock + 'static> {
    guard: lent::Guard<O, L>,
    renew: fn(&mut L::Value),
}

impl<O, L: Lock> Held for HeldLock<O, L> {
    fn renew(&mut self) {
        (self.renew)(self.guard.value());
    }
}

static REGISTERED: Mutex<Registered> = Mutex::new(Registered {
    list: Vec::new(),
    changes: 0,
});

struct Registered {
    list: Vec<Weak<dyn OverFork>>,
    changes: u64,
}

fn registered() -> MutexGuard<'static, Registered> {
    REGISTERED.hold()
}

/// Everything that is held over a fork, in the order in which it is let go.
struct AllHeld {
    _leaves: Box<dyn Any>,
    files: file::Held,
    registered: Vec<Box<dyn Held>>,
    _registry: MutexGuard<'static, Registered>,
    /// Let go when no lock is held any more: who goes with its last owner may take some.
    _owners: Vec<Arc<dyn OverFork>>,
}

impl AllHeld {
    fn take() -> AllHeld {
        loop {
            let (owners, changes) = {
                let registered = registered();
                let owners = registered.list.iter().filter_map(Weak::upgrade);
                (owners.collect::<Vec<_>>(), registered.changes)
            };
            // Not under the registry's lock: one whose lock is waited for may be registering.
            let held = owners.iter().cloned().map(OverFork::hold).collect();
            let registry = registered();
            if registry.changes == changes {
                return AllHeld {
                    registered: held,
                    files: file::Held::take(),
                    _leaves: Box::new((
                        diagnostics::hold_over_fork(),
                        format::hold_over_fork(),
                        exit::hold_over_fork(),
                    )),
                    _registry: registry,
                    _owners: owners,
                };
            }
            // Somebody came meanwhile, whose locks may be held by others.
            drop((registry, held));
        }
    }

    fn renew(&mut self) {
        self.files.renew();
        self.registered.iter_mut().for_each(|held| held.renew());
    }
}

thread_local! {
    /// What `prepare` took, for the handler that follows on the same thread.
    static HELD: RefCell<Option<AllHeld>> = const { RefCell::new(None) };
}

static HOOKS: OnceInProcess = OnceInProcess::new();

/// Sets the hooks, once; cheap from then on. Returns whether the system knows of forks and agreed.
pub(crate) fn watch() -> bool {
    HOOKS.run(|| sys::around_fork(prepare, parent, child))
}

extern "C" fn prepare() {
    // A thread that forks while it is being torn down has no such place: it forks without the
    // locks. A child of a fork that came between setting the hooks and saying so has set them
    // twice: the first has taken everything.
    let _ = HELD.try_with(|place| {
        let mut place = place.borrow_mut();
        if place.is_none() {
            *place = Some(AllHeld::take());
        }
    });
}

extern "C" fn parent() {
    let _ = HELD.try_with(RefCell::take);
}

extern "C" fn child() {
    // That this runs tells that the hooks are set, even where the thread that set them had not come
    // to say so.
    HOOKS.done(true);
    process::in_child();
    let _ = HELD.try_with(|place| {
        if let Some(held) = &mut *place.borrow_mut() {
            held.renew();
        }
        place.take()
    });
}

/// The one place here that needs `unsafe`: a guard that lives as long as the owner of its lock.
mod lent {
    use std::sync::Arc;

    use super::Lock;

    /// The guard stands before what it borrows from, and so is dropped before it.
    pub(super) struct Guard<O: 'static, L: Lock + 'static> {
        guard: L::Guard<'static>,
        _owner: Arc<O>,
    }

    impl<O, L: Lock> Guard<O, L> {
        pub(super) fn lock(
            owner: Arc<O>,
            lock: impl for<'a> FnOnce(&'a O) -> &'a L,
        ) -> Guard<O, L> {
            // SAFETY: `lock` is given a reference of any lifetime, so that what it returns lives as
            // long as the owner (or longer). The owner does not move inside its `Arc`, is kept by
            // this value, and is dropped after the guard by the order of the fields; the guard's
            // lifetime is seen by nobody outside.
            let borrowed: &'static O = unsafe { &*Arc::as_ptr(&owner) };
            Guard {
                guard: lock(borrowed).hold(),
                _owner: owner,
            }
        }

        pub(super) fn value(&mut self) -> &mut L::Value {
            &mut self.guard
        }
    }
}

/// What is done once, also where a fork comes in between: a child waits for no thread that it does
/// not have, as it would with `Once`, but does it itself.
pub(crate) struct OnceInProcess(AtomicU32);

/// Done, and whether with success; no process has these numbers.
const DONE: u32 = u32::MAX;
const FAILED: u32 = u32::MAX - 1;

impl OnceInProcess {
    pub(crate) const fn new() -> OnceInProcess {
        OnceInProcess(AtomicU32::new(0))
    }

    /// Runs `action` if nobody has; returns what it returned to the one who did.
    #[inline]
    pub(crate) fn run(&self, action: impl FnOnce() -> bool) -> bool {
        match self.0.load(Acquire) {
            DONE => true,
            FAILED => false,
            by => self.begin(by, action),
        }
    }

    #[cold]
    fn begin(&self, mut by: u32, action: impl FnOnce() -> bool) -> bool {
        let own = std::process::id();
        loop {
            if by == DONE || by == FAILED {
                return by == DONE;
            }
            if by == own {
                // Another thread is at it, for a moment.
                thread::yield_now();
                by = self.0.load(Acquire);
                continue;
            }
            match self.0.compare_exchange(by, own, AcqRel, Acquire) {
                Ok(_) => break,
                Err(now) => by = now,
            }
        }
        let result = action();
        self.done(result);
        result
    }

    fn done(&self, result: bool) {
        self.0.store(if result { DONE } else { FAILED }, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parent_had_only_begun_is_done_by_the_child() {
        let once = OnceInProcess::new();
        once.0.store(std::process::id() + 1, Release);
        let mut runs = 0;
        for _ in 0..2 {
            assert!(once.run(|| {
                runs += 1;
                true
            }));
        }
        assert_eq!(runs, 1);
    }

    #[test]
    fn what_failed_is_not_tried_again() {
        let once = OnceInProcess::new();
        assert!(!once.run(|| false));
        assert!(!once.run(|| true));
    }
}
