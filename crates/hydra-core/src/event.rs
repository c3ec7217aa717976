//! Records that others will ask for later: of security, of who did what, of what a rule wants kept.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::pipeline::{Layer, Message};
use crate::{Fields, Key, Level, Value, process, sys};

/// The number of the last event of this process.
static LAST: AtomicU64 = AtomicU64::new(0);

/// How many fields each event has of its own.
const FIELDS: usize = 5;

/// A kind of record with a level, a layer and fields of its own: `event` (its name), `event_number`
/// (from 1, by process), `pid`, `host` and `uid`, the number of the user that the process runs as.
/// A field of the call's with one of these names wins.
///
/// ```
/// use hydra_core::{Event, Level};
/// assert_eq!(Event::Security.level(), Level::Warning);
/// assert_eq!((Event::Audit.name(), Event::Audit.layer()), ("audit", "AUDIT"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Something that bears on security: WARNING, layer `SECURITY`.
    Security,
    /// Who did what: INFO, layer `AUDIT`.
    Audit,
    /// What a rule asks to be kept: INFO, layer `COMPLIANCE`.
    Compliance,
}

impl Event {
    /// Every kind.
    pub const ALL: [Event; 3] = [Event::Security, Event::Audit, Event::Compliance];

    /// The name, as the field `event` holds it.
    pub const fn name(self) -> &'static str {
        match self {
            Event::Security => "security",
            Event::Audit => "audit",
            Event::Compliance => "compliance",
        }
    }

    /// The layer, where a call names none.
    pub const fn layer(self) -> &'static str {
        match self {
            Event::Security => "SECURITY",
            Event::Audit => "AUDIT",
            Event::Compliance => "COMPLIANCE",
        }
    }

    /// The level.
    pub const fn level(self) -> Level {
        match self {
            Event::Security => Level::Warning,
            Event::Audit | Event::Compliance => Level::Info,
        }
    }

    /// The fields of the next event of this kind; each call counts one.
    ///
    /// ```
    /// use hydra_core::{Event, Value};
    /// let [(name, value), (_, number), ..] = Event::Security.fields();
    /// assert_eq!(name, "event");
    /// assert!(matches!(value, Value::Str("security")));
    /// assert!(matches!(number, Value::U64(1..)));
    /// ```
    pub fn fields(self) -> [(&'static str, Value<'static>); FIELDS] {
        static HOST: OnceLock<String> = OnceLock::new();
        let host = HOST.get_or_init(|| sys::host_name().unwrap_or_default());
        let known = |text: &'static str| match text {
            "" => Value::Null,
            text => Value::Str(text),
        };
        [
            ("event", Value::Str(self.name())),
            ("event_number", Value::U64(LAST.fetch_add(1, Relaxed) + 1)),
            ("pid", Value::U64(process::id().into())),
            ("host", known(host)),
            (
                "uid",
                sys::user().map_or(Value::Null, |id| Value::U64(id.into())),
            ),
        ]
    }
}

impl Layer {
    /// Logs an event, with the fields of its kind behind the call's.
    ///
    /// ```
    /// use hydra_core::config::Config;
    /// use hydra_core::pipeline::{Assembly, Route};
    /// use hydra_core::{Event, Fields, Layer};
    /// let assembly = Assembly::new(&Config::default(), None)?;
    /// let (level, route) = assembly.route("AUDIT").expect("there is a DEFAULT");
    /// let layer = Layer::new(1, "AUDIT", level, Route::Open(route));
    /// layer.event(Event::Audit, "role granted".into(), Fields::NONE);
    /// assert_eq!(layer.counts().records, 1);
    /// # Ok::<(), hydra_core::pipeline::BuildError>(())
    /// ```
    pub fn event(&self, event: Event, message: Message<'_>, fields: Fields<'_>) {
        if !self.is_enabled(event.level()) {
            return;
        }
        let (mut keys, mut values): (Vec<Key<'_>>, Vec<_>) =
            fields.iter().map(|(key, value)| (*key, value)).unzip();
        for (name, value) in event.fields() {
            if !keys.iter().any(|key| key.name() == name) {
                keys.push(Key::dynamic(name));
                values.push(value);
            }
        }
        self.emit(event.level(), message, Fields::new(&keys, &values), None);
    }
}
