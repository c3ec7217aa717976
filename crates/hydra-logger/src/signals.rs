//! Signals that end the process: what was logged is brought to where it goes first.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{
    AtomicBool, AtomicUsize,
    Ordering::{Relaxed, Release},
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use hydra_core::destination::file;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::exit;
use hydra_core::fork::{self, Held, OverFork};
use hydra_core::patience::Deadline;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::{emulate_default_handler, pipe};
use signal_hook::{SigId, flag};

/// How long records and files get together: containers are killed ten seconds after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(5);

/// SIGTERM and SIGINT first have every logger of the process deliver what it accepted, and every file
/// write what rests in its buffer, within five seconds; then they end the process as they would have
/// done without. A second one of them ends it at once.
///
/// Calling it again does nothing. It is for programs that do nothing else at these signals: one that
/// has a shutdown of its own closes its loggers there. The child of a fork is ended by them at once.
///
/// # Errors
/// The system allows no more descriptors, or threads.
///
/// ```
/// hydra_logger::handle_signals()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn handle_signals() -> io::Result<()> {
    static HANDLER: Mutex<Option<Arc<Handler>>> = Mutex::new(None);
    let mut handler = HANDLER.lock().unwrap_or_else(PoisonError::into_inner);
    if handler.is_none() {
        *handler = Some(Handler::set()?);
    }
    Ok(())
}

/// What a handler of signals may touch.
#[derive(Default)]
struct Handler {
    /// Whether a signal has its usual effect, and at once: after the first, and in a child of fork,
    /// which has none of our threads.
    usual: Arc<AtomicBool>,
    /// The signal that came.
    which: Arc<AtomicUsize>,
}

impl Handler {
    fn set() -> io::Result<Arc<Handler>> {
        let handler = Arc::new(Handler::default());
        let (mut woken, wakes) = UnixStream::pair()?;
        let waiter = Arc::clone(&handler);
        let named = thread::Builder::new().name("hydra-signals".into());
        // It ends where the other end of the pipe is gone, as when not all could be set.
        named.spawn(move || {
            if woken.read(&mut [0]).is_ok_and(|read| read > 0) {
                waiter.end();
            }
        })?;
        for signal in [SIGTERM, SIGINT] {
            handler.watch(signal, wakes.try_clone()?)?;
        }
        fork::register(&(Arc::clone(&handler) as Arc<dyn OverFork>));
        Ok(handler)
    }

    /// In the order in which a signal does it.
    fn watch(&self, signal: i32, wakes: UnixStream) -> io::Result<SigId> {
        flag::register_conditional_default(signal, Arc::clone(&self.usual))?;
        flag::register(signal, Arc::clone(&self.usual))?;
        let number = usize::try_from(signal).unwrap_or_default();
        flag::register_usize(signal, Arc::clone(&self.which), number)?;
        pipe::register(signal, wakes)
    }

    fn end(&self) {
        let deadline = Deadline::within(PATIENCE);
        exit::retire_all(PATIENCE);
        if !file::retire_all(deadline.left()) {
            let message = "somebody does not read from a pipe: what it was to get is lost";
            diagnostics::report(ErrorKind::Write, "the end of the process", &message);
        }
        let signal = i32::try_from(self.which.load(Relaxed)).unwrap_or(SIGTERM);
        if emulate_default_handler(signal).is_err() {
            std::process::abort();
        }
    }
}

impl OverFork for Handler {
    fn hold(self: Arc<Self>) -> Box<dyn Held> {
        Box::new(InChild(self))
    }
}

struct InChild(Arc<Handler>);

impl Held for InChild {
    fn renew(&mut self) {
        self.0.usual.store(true, Release);
    }
}
