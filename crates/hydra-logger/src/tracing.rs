//! What is logged through [`tracing`](https://docs.rs/tracing) as records of a [`Logger`].
//!
//! ```
//! let logger = hydra_logger::Logger::new();
//! logger.install_tracing()?;
//!
//! let _span = tracing::info_span!("request", id = 17).entered();
//! tracing::warn!(attempt = 2, "the password was wrong"); // … id=17 span=request attempt=2
//! # Ok::<(), hydra_logger::InstallError>(())
//! ```
//!
//! Beside other layers of a subscriber:
//!
//! ```
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! let logger = hydra_logger::Logger::new();
//! let subscriber = tracing_subscriber::registry().with(hydra_logger::tracing::layer(&logger));
//! tracing::subscriber::with_default(subscriber, || tracing::info!("started"));
//! ```
//!
//! **Layers.** A target is the module that logs, unless the call says otherwise: `my_app::db`. It
//! goes to the layer of that name if the configuration (or [`Logger::set_level`]) names one, else
//! to that of the longest beginning in whole parts, here `my_app`; so a layer `hyper` is the place
//! to quieten all of hyper. With neither, the target is the layer's name, and its records go where
//! those of unknown layers go: to `DEFAULT`. [`Builder::layer`] and [`Builder::layer_by`] decide
//! otherwise. Where the layer has another name than the target, the target is kept as the field
//! `target`.
//!
//! **Levels.** ERROR, WARN, INFO, DEBUG and TRACE are ours of the same names (nothing is CRITICAL).
//! The level of the layer filters events and spans, for this logger alone: other layers of the same
//! subscriber see what they see. A call below the level costs what it costs in tracing, one load;
//! [`Logger::set_level`] and [`Logger::update_config`] take effect for it at once. (If the only
//! subscriber of the process is the default of one thread, not of all, levels must be changed on
//! that thread: of others tracing believes that they have none.)
//!
//! **Fields.** Numbers, booleans and texts keep their types; an error comes with its sources; what
//! is recorded by `Display` or `Debug` is a text. File and line are known.
//!
//! **Spans** become context: an event carries the fields of all spans around it, outermost first,
//! and `span`, their names joined by `:` (`request:query`; see [`Builder::span_names`]). An inner
//! field hides an outer one of the same name, and the event's own hides both. What is recorded
//! later is there from then on. A span that is below its layer's level is none: it adds nothing.
//! That one span follows from another is not shown. Fields of [`Context`](crate::Context) scopes
//! come before those of spans.

mod visitor;

use std::fmt;
use std::sync::{Arc, Mutex, Once, PoisonError};

use ::tracing_core::span::{Attributes, Id, Record};
use ::tracing_core::subscriber::Interest;
use ::tracing_core::{Dispatch, Event, LevelFilter, Metadata, Subscriber, callsite, dispatcher};
use hydra_core::pipeline::on_levels_changed;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter, Layer as SubscriberLayer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry, Scope};

use crate::integration::{Gathered, InstallError, Outgoing, Rule, Targets};
use crate::{Layer, Level, Location, Logger, Message, OwnedValue, ToValue as _, Value};
use visitor::Visitor;

/// A layer of a `tracing` subscriber that sends to a [`Logger`], and filters by its levels.
///
/// ```
/// use hydra_logger::tracing::{HydraLayer, layer};
/// use tracing_subscriber::Registry;
/// let layer: HydraLayer<Registry> = layer(&hydra_logger::Logger::new());
/// # let _ = layer;
/// ```
pub type HydraLayer<S> = Filtered<Sender, LevelsOfLayers, S>;

/// A layer for a subscriber, with the layer of each event found by its target.
///
/// ```
/// use hydra_logger::{Level, testing};
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let (logger, records) = testing::capture();
/// let subscriber = tracing_subscriber::registry().with(hydra_logger::tracing::layer(&logger));
/// tracing::subscriber::with_default(subscriber, || {
///     tracing::warn!(target: "AUTH", attempt = 2, "wrong password");
/// });
/// let record = &records.layer("AUTH")[0];
/// assert_eq!((record.level, record.message.as_str()), (Level::Warning, "wrong password"));
/// ```
pub fn layer<S>(logger: &Logger) -> HydraLayer<S> {
    Builder::new(logger).build()
}

impl Logger {
    /// Takes the events and spans of `tracing` from now on, in the whole process:
    /// [`tracing`](crate::tracing) says how. The logger then lives as long as the process; what
    /// rests in buffers is written at its end.
    ///
    /// # Errors
    /// The process has a subscriber already; [`tracing::layer`](crate::tracing::layer) is a layer
    /// for it.
    ///
    /// ```
    /// let logger = hydra_logger::Logger::new();
    /// logger.install_tracing()?;
    /// tracing::info!("through tracing");
    /// assert!(logger.install_tracing().is_err());
    /// # Ok::<(), hydra_logger::InstallError>(())
    /// ```
    pub fn install_tracing(&self) -> Result<(), InstallError> {
        Builder::new(self).install()
    }
}

/// Settings of a [`HydraLayer`].
///
/// ```
/// use hydra_logger::testing;
/// use hydra_logger::tracing::Builder;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let (logger, records) = testing::capture();
/// let layer = Builder::new(&logger).layer("APP").span_names(false).build();
/// tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
///     tracing::info!(target: "worker", "idle");
/// });
/// assert_eq!(records.layer("APP")[0].field("target"), Some(&"worker".into()));
/// ```
#[derive(Debug)]
#[must_use]
pub struct Builder {
    sender: Sender,
}

impl Builder {
    /// Layers by target, and the names of spans shown.
    pub fn new(logger: &Logger) -> Builder {
        Builder {
            sender: Sender {
                targets: Arc::new(Targets::new(logger, Rule::Target)),
                span_names: true,
            },
        }
    }

    /// Sends everything to one layer.
    pub fn layer(self, name: impl Into<String>) -> Builder {
        self.rule(Rule::Fixed(name.into()))
    }

    /// Sends to the layer that a function names for a target. It is asked once for each target and
    /// configuration.
    ///
    /// ```
    /// use hydra_logger::{Logger, tracing::Builder};
    /// let builder = Builder::new(&Logger::new())
    ///     .layer_by(|target| if target.contains("::db") { "DB" } else { "APP" }.to_owned());
    /// # let _ = builder;
    /// ```
    pub fn layer_by(self, name_of: impl Fn(&str) -> String + Send + Sync + 'static) -> Builder {
        self.rule(Rule::Function(Box::new(name_of)))
    }

    /// Whether events have the field `span`, the names of the spans around them. Default: yes.
    pub fn span_names(mut self, shown: bool) -> Builder {
        self.sender.span_names = shown;
        self
    }

    /// The layer, for a subscriber.
    pub fn build<S>(self) -> HydraLayer<S> {
        static ONCE: Once = Once::new();
        // What call sites remember of "enabled" is asked again after each change.
        ONCE.call_once(|| on_levels_changed(ask_again));
        let levels = LevelsOfLayers(Arc::clone(&self.sender.targets));
        Filtered::new(self.sender, levels)
    }

    /// Installs a subscriber with this layer alone for the whole process.
    ///
    /// # Errors
    /// The process has a subscriber already.
    ///
    /// ```
    /// use hydra_logger::{Logger, tracing::Builder};
    /// Builder::new(&Logger::new()).layer("APP").install()?;
    /// # Ok::<(), hydra_logger::InstallError>(())
    /// ```
    pub fn install(self) -> Result<(), InstallError> {
        let subscriber = Registry::default().with(self.build());
        dispatcher::set_global_default(Dispatch::new(subscriber)).map_err(|_| InstallError {
            what: "the tracing subscriber",
        })
    }

    fn rule(mut self, rule: Rule) -> Builder {
        self.sender.targets = Arc::new(Targets::new(self.sender.targets.logger(), rule));
        self
    }
}

fn ask_again() {
    // One at a time: of two at once, the one that asked before a change could end last.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    callsite::rebuild_interest_cache();
}

/// What a [`HydraLayer`] lets through: what the layers of its logger do.
///
/// ```
/// # fn debug<T: std::fmt::Debug>() {}
/// debug::<hydra_logger::tracing::LevelsOfLayers>();
/// ```
pub struct LevelsOfLayers(Arc<Targets>);

impl LevelsOfLayers {
    fn takes(&self, metadata: &Metadata<'_>) -> bool {
        let layer = self.0.layer(metadata.target());
        layer.is_enabled(level(*metadata.level()))
    }
}

impl<S> Filter<S> for LevelsOfLayers {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.takes(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.takes(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match self.0.logger().lowest_level() {
            Some(Level::Trace) => LevelFilter::TRACE,
            Some(Level::Debug) => LevelFilter::DEBUG,
            Some(Level::Info) => LevelFilter::INFO,
            Some(Level::Warning) => LevelFilter::WARN,
            Some(Level::Error) => LevelFilter::ERROR,
            Some(Level::Critical) | None => LevelFilter::OFF,
        })
    }
}

impl fmt::Debug for LevelsOfLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LevelsOfLayers")
            .field(self.0.logger())
            .finish()
    }
}

/// The part of a [`HydraLayer`] that sends: events as records, spans as their context.
///
/// ```
/// # fn debug<T: std::fmt::Debug>() {}
/// debug::<hydra_logger::tracing::Sender>();
/// ```
pub struct Sender {
    targets: Arc<Targets>,
    span_names: bool,
}

/// A span's fields, shared so that nobody's `Debug` runs while the span is locked.
struct SpanFields(Arc<Vec<(&'static str, OwnedValue)>>);

impl SpanFields {
    fn set(&mut self, gathered: &Gathered<'static>) {
        let fields = Arc::make_mut(&mut self.0);
        for (name, value) in gathered.iter() {
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value.into(),
                None => fields.push((name, value.into())),
            }
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> SubscriberLayer<S> for Sender {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut gathered = Visitor::fields();
        attributes.record(&mut gathered);
        let mut fields = SpanFields(Arc::default());
        fields.set(&gathered.gathered);
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut gathered = Visitor::fields();
        values.record(&mut gathered);
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<SpanFields>()
        {
            fields.set(&gathered.gathered);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let layer = self.targets.layer(metadata.target());
        let level = level(*metadata.level());
        if layer.is_enabled(level) {
            self.send(&layer, level, event, &context);
        }
    }
}

impl Sender {
    fn send<S>(&self, layer: &Layer, level: Level, event: &Event<'_>, context: &Context<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let metadata = event.metadata();
        let mut names = String::new();
        let mut spans = Vec::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(Scope::from_root)
        {
            if !names.is_empty() {
                names.push(':');
            }
            names.push_str(span.name());
            if let Some(fields) = span.extensions().get::<SpanFields>() {
                spans.push(Arc::clone(&fields.0));
            }
        }
        let mut visitor = Visitor::event();
        event.record(&mut visitor);

        let mut fields = Outgoing::default();
        if layer.name() != metadata.target() {
            fields.push("target", Value::Str(metadata.target()));
        }
        for span in &spans {
            fields.extend(span.iter().map(|(name, value)| (*name, value.to_value())));
        }
        if self.span_names && !names.is_empty() {
            fields.push("span", Value::Str(&names));
        }
        fields.extend(visitor.gathered.iter());
        let location = metadata
            .file()
            .zip(metadata.line())
            .map(|(file, line)| Location { file, line });
        let message = Message::Str(visitor.gathered.message());
        layer.emit(level, message, fields.fields(), location.as_ref());
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("logger", self.targets.logger())
            .field("span_names", &self.span_names)
            .finish()
    }
}

fn level(level: ::tracing_core::Level) -> Level {
    match level {
        ::tracing_core::Level::ERROR => Level::Error,
        ::tracing_core::Level::WARN => Level::Warning,
        ::tracing_core::Level::INFO => Level::Info,
        ::tracing_core::Level::DEBUG => Level::Debug,
        ::tracing_core::Level::TRACE => Level::Trace,
    }
}
