//! What goes wrong inside the logger: counted by kind, kept (the last ones), given to callbacks,
//! and, at last, printed on stderr, at most [`STDERR_PER_SECOND`] lines a second.
//!
//! The logger's own troubles never go through the logger itself. One tracker serves the whole
//! process, as the plan's `get_error_tracker` has it.

mod error_log;
mod named;

pub use error_log::{ErrorLog, log_to};

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::Level;
use crate::destination::console;
use crate::format::in_one_line;

/// How many lines the logger itself writes to stderr in one second; what is more is counted, and
/// the count is told in the next line.
pub const STDERR_PER_SECOND: u32 = 10;

/// How many of the last errors are kept.
pub const KEPT: usize = 100;

/// The kind of trouble, as the plan's exceptions name it.
///
/// ```
/// assert_eq!(hydra_core::diagnostics::ErrorKind::Write.name(), "write");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A line could not be written, or a buffer not flushed.
    Write,
    /// A destination could not be opened or made.
    Open,
    /// A file could not be rotated, compressed or removed.
    Rotate,
    /// A configuration, a preset or an environment variable is wrong.
    Configuration,
    /// A value given to the API is wrong.
    Validation,
    /// A template or a format is wrong, or a value's own `Display` failed.
    Format,
    /// A record came after the logger was closed.
    Closed,
    /// A record's layer has no destination, no `DEFAULT` and no centralised layer.
    Unrouted,
    /// A kind of the application's own, made by [`ErrorKind::named`].
    Named(&'static str),
}

impl ErrorKind {
    /// The kind in lower case, as statistics name it.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::Write => "write",
            ErrorKind::Open => "open",
            ErrorKind::Rotate => "rotate",
            ErrorKind::Configuration => "configuration",
            ErrorKind::Validation => "validation",
            ErrorKind::Format => "format",
            ErrorKind::Closed => "closed",
            ErrorKind::Unrouted => "unrouted",
            ErrorKind::Named(name) => name,
        }
    }
}

/// One tracked error.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
/// diagnostics::report(ErrorKind::Validation, "example", &"a size cannot be negative");
/// let last = diagnostics::stats().last.pop().unwrap();
/// assert_eq!(last.component, "example");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrackedError {
    /// The kind.
    pub kind: ErrorKind,
    /// Who met it: a file's path, a layer, a variable.
    pub component: String,
    /// What happened. On stderr it is one line: control characters are escaped there, in the
    /// component too.
    pub message: String,
    /// When.
    pub time: SystemTime,
    /// How bad it is. Default: ERROR.
    pub severity: Level,
    /// What else is known: what was being done, with what, a traceback.
    pub context: Option<String>,
}

/// What has been tracked since the process began, or since [`clear`].
///
/// ```
/// let stats = hydra_core::diagnostics::stats();
/// assert!(stats.by_kind.values().sum::<u64>() == stats.total);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ErrorStats {
    /// All errors.
    pub total: u64,
    /// By kind.
    pub by_kind: BTreeMap<ErrorKind, u64>,
    /// The last ones, oldest first, at most [`KEPT`].
    pub last: Vec<TrackedError>,
}

type Callback = Arc<dyn Fn(&TrackedError) + Send + Sync>;

/// Errors, and who is told of each.
type Told = Vec<(Vec<Callback>, TrackedError)>;

struct Tracker {
    by_kind: BTreeMap<ErrorKind, u64>,
    last: VecDeque<TrackedError>,
    callbacks: Vec<(u64, Callback)>,
    next_callback: u64,
    window: Option<Instant>,
    printed: u32,
    suppressed: u64,
}

static TRACKER: Mutex<Tracker> = Mutex::new(Tracker::new());

thread_local! {
    /// Whether this thread is inside a callback. What goes wrong there is not given to callbacks
    /// again: one that logs where logging fails would call itself without end.
    static CALLING: Cell<bool> = const { Cell::new(false) };
    /// What callbacks are told when [`deferred`] ends; `None` outside of it.
    static DEFERRED: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// Does something while a lock of the logger's is held: callbacks are the application's own code, and
/// are called when it is done.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
/// diagnostics::deferred(|| diagnostics::report(ErrorKind::Write, "example", &"under a lock"));
/// assert!(diagnostics::stats().total >= 1);
/// ```
pub fn deferred<T>(work: impl FnOnce() -> T) -> T {
    struct Tell;
    impl Drop for Tell {
        fn drop(&mut self) {
            let told = DEFERRED.try_with(RefCell::take).ok().flatten();
            for (callbacks, error) in told.into_iter().flatten() {
                call(callbacks, &error);
            }
        }
    }

    let outermost = DEFERRED.try_with(|place| {
        let mut place = place.borrow_mut();
        let is_first = place.is_none();
        place.get_or_insert_default();
        is_first
    });
    let _tell = outermost.unwrap_or(false).then_some(Tell);
    work()
}

/// The locks of this module, while the process forks.
pub(crate) fn hold_over_fork() -> impl Sized {
    (tracker(), named::hold_over_fork())
}

fn tracker() -> MutexGuard<'static, Tracker> {
    TRACKER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts and keeps an error, gives it to every callback, and prints it on stderr, rate-limited.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
/// diagnostics::report(ErrorKind::Write, "logs/app.log", &"No space left on device");
/// assert!(diagnostics::stats().by_kind[&ErrorKind::Write] >= 1);
/// ```
pub fn report(kind: ErrorKind, component: &str, message: &dyn fmt::Display) {
    let error = TrackedError::new(kind, component, message).protected();
    let (callbacks, line) = {
        let mut tracker = tracker();
        (tracker.track(&error), tracker.line(&error))
    };
    if let Some(line) = line {
        write_stderr(&line);
    }
    call(callbacks, &error);
}

/// Counts and keeps an error and gives it to every callback, as [`report`] does, but prints nothing.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
/// diagnostics::track(ErrorKind::Write, "console stdout", &"Broken pipe");
/// assert!(diagnostics::stats().total >= 1);
/// ```
pub fn track(kind: ErrorKind, component: &str, message: &dyn fmt::Display) {
    TrackedError::new(kind, component, message).track();
}

fn call(callbacks: Vec<Callback>, error: &TrackedError) {
    if callbacks.is_empty() || CALLING.get() {
        return;
    }
    let mut callbacks = Some(callbacks);
    let _ = DEFERRED.try_with(|place| {
        if let Some(later) = &mut *place.borrow_mut()
            && let Some(callbacks) = callbacks.take()
        {
            later.push((callbacks, error.clone()));
        }
    });
    let Some(callbacks) = callbacks else { return };
    CALLING.set(true);
    for callback in callbacks {
        // A callback's own panic must not reach the application's call to the logger.
        let _ = catch_unwind(AssertUnwindSafe(|| callback(error)));
    }
    CALLING.set(false);
}

impl TrackedError {
    /// An error of this moment.
    ///
    /// ```
    /// use hydra_core::Level;
    /// use hydra_core::diagnostics::{self, ErrorKind, TrackedError};
    ///
    /// let kind = ErrorKind::named("payment");
    /// let mut error = TrackedError::new(kind, "checkout", &"card declined");
    /// error.severity = Level::Warning;
    /// error.context = Some("order=7".into());
    /// error.track();
    /// assert_eq!(diagnostics::stats().by_kind[&kind], 1);
    /// ```
    #[must_use = "an error is only tracked by `track`"]
    pub fn new(kind: ErrorKind, component: &str, message: &dyn fmt::Display) -> TrackedError {
        // The text may be an error's of the application: it must not panic into it.
        let message = catch_unwind(AssertUnwindSafe(|| message.to_string()));
        TrackedError {
            kind,
            component: component.to_owned(),
            message: message.unwrap_or_else(|_| "<its Display panicked>".to_owned()),
            time: SystemTime::now(),
            severity: Level::Error,
            context: None,
        }
    }

    /// Counts and keeps the error and gives it to every callback; prints nothing.
    ///
    /// As everywhere, sensitive data in its texts is redacted, whatever loggers are told.
    pub fn track(self) {
        let error = self.protected();
        let callbacks = tracker().track(&error);
        call(callbacks, &error);
    }

    /// An error's text may quote what the application was working on.
    fn protected(mut self) -> TrackedError {
        let texts = [&mut self.component, &mut self.message];
        for text in texts.into_iter().chain(&mut self.context) {
            match catch_unwind(|| hydra_protect::redact(text)) {
                Ok(Cow::Borrowed(_)) => {}
                Ok(Cow::Owned(left)) => *text = left,
                Err(_) => "[REDACTION_FAILED]".clone_into(text),
            }
        }
        self
    }
}

/// Writes a line of the logger's own on stderr, in one write, without the rate limit: for a notice
/// that is given once. A closed stderr is no error: there is nobody left to tell.
pub fn notice(message: &dyn fmt::Display) {
    let message = message.to_string();
    let message = hydra_protect::redact(&message);
    write_stderr(&format!("hydra-logger: {}\n", in_one_line(&message)));
}

fn write_stderr(line: &str) {
    let _ = console::to_stderr(line);
}

impl Tracker {
    const fn new() -> Tracker {
        Tracker {
            by_kind: BTreeMap::new(),
            last: VecDeque::new(),
            callbacks: Vec::new(),
            next_callback: 0,
            window: None,
            printed: 0,
            suppressed: 0,
        }
    }

    fn track(&mut self, error: &TrackedError) -> Vec<Callback> {
        *self.by_kind.entry(error.kind).or_default() += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(error.clone());
        self.callbacks.iter().map(|(_, c)| Arc::clone(c)).collect()
    }

    /// The line for stderr, or `None` when this second has had its share.
    fn line(&mut self, error: &TrackedError) -> Option<String> {
        let now = Instant::now();
        if self
            .window
            .is_none_or(|start| now - start >= Duration::from_secs(1))
        {
            self.window = Some(now);
            self.printed = 0;
        }
        if self.printed == STDERR_PER_SECOND {
            self.suppressed += 1;
            return None;
        }
        self.printed += 1;
        let more = match std::mem::take(&mut self.suppressed) {
            0 => String::new(),
            n => format!(" (and {n} errors before it, not shown)"),
        };
        Some(format!(
            "hydra-logger: {} error: {}: {}{more}\n",
            error.kind.name(),
            in_one_line(&error.component),
            in_one_line(&error.message)
        ))
    }
}

/// A snapshot of what was tracked.
///
/// ```
/// println!("{} errors so far", hydra_core::diagnostics::stats().total);
/// ```
pub fn stats() -> ErrorStats {
    let tracker = tracker();
    ErrorStats {
        total: tracker.by_kind.values().sum(),
        by_kind: tracker.by_kind.clone(),
        last: tracker.last.iter().cloned().collect(),
    }
}

/// Forgets every count and every kept error; callbacks stay.
///
/// ```
/// hydra_core::diagnostics::clear();
/// ```
pub fn clear() {
    let mut tracker = tracker();
    tracker.by_kind.clear();
    tracker.last.clear();
}

/// Calls `callback` for each error from now on, until the returned value is dropped.
///
/// The callback runs on the thread that met the error, after the logger has let go of its locks.
/// It may log; an error that this leads to is counted and printed, but not given to callbacks.
///
/// ```
/// use hydra_core::diagnostics::{self, ErrorKind};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::sync::Arc;
///
/// let seen = Arc::new(AtomicU32::new(0));
/// let counter = Arc::clone(&seen);
/// let subscription = diagnostics::on_error(move |_| {
///     counter.fetch_add(1, Ordering::Relaxed);
/// });
/// diagnostics::report(ErrorKind::Write, "example", &"disk full");
/// drop(subscription);
/// assert!(seen.load(Ordering::Relaxed) >= 1);
/// ```
#[must_use = "dropping the subscription ends it"]
pub fn on_error(callback: impl Fn(&TrackedError) + Send + Sync + 'static) -> Subscription {
    let mut tracker = tracker();
    let id = tracker.next_callback;
    tracker.next_callback += 1;
    tracker.callbacks.push((id, Arc::new(callback)));
    Subscription { id }
}

/// Keeps a callback of [`on_error`] alive; dropping it ends the calls.
///
/// ```
/// let subscription = hydra_core::diagnostics::on_error(|error| eprintln!("{}", error.message));
/// drop(subscription);
/// ```
#[derive(Debug)]
pub struct Subscription {
    id: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // Dropped after the lock is let go: what the callback holds may report when it ends.
        let _callback = tracker()
            .callbacks
            .extract_if(.., |(id, _)| *id == self.id)
            .next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> TrackedError {
        TrackedError {
            kind: ErrorKind::Write,
            component: "app.log".into(),
            message: "disk full".into(),
            time: SystemTime::now(),
            severity: Level::Error,
            context: None,
        }
    }

    #[test]
    fn control_characters_reach_stderr_escaped_and_the_kept_error_holds_them_as_they_are() {
        let odd = TrackedError {
            component: "a\nb\x1b[31m.log".into(),
            message: "no\r\u{2028}\u{85}\u{202e}, C:\\logs\tfull".into(),
            ..error()
        };
        let mut tracker = Tracker::new();
        tracker.track(&odd);
        assert_eq!(
            tracker.line(&odd).as_deref(),
            Some(
                "hydra-logger: write error: a\\nb\\x1b[31m.log: no\\r\\u2028\\u0085\\u202e, \
                 C:\\logs\tfull\n"
            )
        );
        assert_eq!(tracker.last[0].component, "a\nb\x1b[31m.log");
    }

    #[test]
    fn stderr_is_limited_and_the_next_line_tells_how_many_were_not_shown() {
        let mut tracker = Tracker::new();
        let lines = (0..25)
            .filter(|_| {
                tracker.track(&error());
                tracker.line(&error()).is_some()
            })
            .count();
        assert_eq!(lines, STDERR_PER_SECOND as usize);
        tracker.window = None; // the next second
        tracker.track(&error());
        let line = tracker.line(&error());
        assert_eq!(
            line.as_deref(),
            Some(
                "hydra-logger: write error: app.log: disk full (and 15 errors before it, not shown)\n"
            )
        );
        assert_eq!(tracker.by_kind[&ErrorKind::Write], 26);
    }
}
