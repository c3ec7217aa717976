//! The end of the process, and panics, which may be it: what still waits is brought to where it goes.
//!
//! One hook for all: first those that are registered here, whose lines end in files, then the files.

use std::panic;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::destination::file;
use crate::fork::OnceInProcess;
use crate::patience::Deadline;
use crate::sys;

/// How long the end of the process waits for one of those that are registered.
const PATIENCE_AT_EXIT: Duration = Duration::from_secs(5);

/// How long a panic does, for each of them and each file.
pub(crate) const PATIENCE_IN_PANIC: Duration = Duration::from_millis(200);

/// Something that keeps records back for a while, and must not when the process ends.
///
/// ```
/// use hydra_core::exit::{self, AtEnd};
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// struct Queue(Mutex<Vec<String>>);
///
/// impl AtEnd for Queue {
///     fn at_exit(&self, _: Duration) {
///         self.0.lock().unwrap().drain(..).for_each(|line| println!("{line}"));
///     }
///     fn in_panic(&self, limit: Duration) {
///         self.at_exit(limit);
///     }
/// }
///
/// let queue = Arc::new(Queue(Mutex::default()));
/// exit::register(&(Arc::clone(&queue) as Arc<dyn AtEnd>));
/// ```
pub trait AtEnd: Send + Sync {
    /// The process exits in order: a return from `main`, or `std::process::exit`. From here on
    /// nothing is kept back; it must come to its end within the limit.
    fn at_exit(&self, limit: Duration);

    /// A thread panics, and the process may abort: what is kept back is brought to where it goes,
    /// within the limit. It is called on the thread that panics, whatever that holds.
    fn in_panic(&self, limit: Duration);
}

static REGISTERED: Mutex<Vec<Weak<dyn AtEnd>>> = Mutex::new(Vec::new());

fn registered() -> MutexGuard<'static, Vec<Weak<dyn AtEnd>>> {
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has it called at the end, for as long as it is there.
pub fn register(what: &Arc<dyn AtEnd>) {
    watch();
    let mut registered = registered();
    registered.retain(|weak| weak.strong_count() > 0);
    registered.push(Arc::downgrade(what));
}

/// The lock of this module, while the process forks.
pub(crate) fn hold_over_fork() -> impl Sized {
    registered()
}

/// Sets the hooks, once.
pub(crate) fn watch() {
    static HOOKS: OnceInProcess = OnceInProcess::new();
    HOOKS.run(|| {
        sys::at_exit(at_exit);
        flush_in_panics();
        true
    });
}

fn each(act: impl Fn(&dyn AtEnd)) {
    let all: Vec<_> = registered().iter().filter_map(Weak::upgrade).collect();
    for one in all {
        act(&*one);
    }
}

/// Brings what all that is registered keeps back to where it goes, within the limit for all of them: a
/// language's handler of a signal that ends the process asks for it. Files are not registered here:
/// [`file::flush_all`].
///
/// ```
/// hydra_core::exit::flush_all(std::time::Duration::from_secs(2));
/// ```
pub fn flush_all(limit: Duration) {
    let deadline = Deadline::within(limit);
    each(|one| one.in_panic(deadline.left()));
}

/// Ends all that is registered, as the end of the process does, within the limit for all of them: where
/// a language ends its own process before the system does, or without it.
///
/// ```
/// hydra_core::exit::retire_all(std::time::Duration::from_secs(5));
/// ```
pub fn retire_all(limit: Duration) {
    let deadline = Deadline::within(limit);
    each(|one| one.at_exit(deadline.left()));
}

extern "C" fn at_exit() {
    each(|one| one.at_exit(PATIENCE_AT_EXIT));
    file::at_exit();
}

/// Flushes before the other hooks, so that the lines that led to a panic are in the file also where
/// the process then aborts.
fn flush_in_panics() {
    if thread::panicking() {
        // A hook cannot be set now; what is first made by a panicking thread goes without.
        return;
    }
    let earlier = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        each(|one| one.in_panic(PATIENCE_IN_PANIC));
        file::in_panic();
        earlier(info);
    }));
}
