//! The door of an asynchronous logger: calls are handed over on the calling thread, and go on their
//! way later, elsewhere, through [`Layer::deliver`].

use super::emit::Message;
use super::layer::Layer;
use crate::{Context, Fields, Level, Location};

/// A call as it is handed over: user code has run, values are plain data, nothing is redacted yet.
///
/// ```
/// use hydra_core::pipeline::{Call, Layer, OpenRoute, Route};
/// use hydra_core::{Fields, Level};
///
/// let layer = Layer::new(1, "APP", Level::Info, Route::Open(OpenRoute::default()));
/// layer.deliver(&Call {
///     unix_ns: 1_700_000_000_000_000_000,
///     level: Level::Info,
///     message: "made earlier".into(),
///     fields: Fields::NONE,
///     context: None,
///     location: None,
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// When the call was made, in nanoseconds since 1970-01-01 UTC.
    pub unix_ns: i64,
    /// Its level.
    pub level: Level,
    /// Its message: a text, never arguments, and no longer than its layer's longest.
    pub message: Message<'a>,
    /// Its fields. No value is live, or longer than its layer's longest text.
    pub fields: Fields<'a>,
    /// The context in which it was made, if it has fields.
    pub context: Option<Context>,
    /// Where it stands in the source, if its layer shows that.
    pub location: Option<Location>,
}

/// Who takes the calls of an asynchronous logger.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use hydra_core::pipeline::{Call, Front, FrontSeat, Layer, Message, OpenRoute, Route};
/// use hydra_core::{Fields, Level};
///
/// /// Takes notes, and hands nothing on.
/// struct Notes(Arc<Mutex<Vec<String>>>);
///
/// impl Front for Notes {
///     fn seat(&self, _: &Layer) -> Box<dyn FrontSeat> {
///         Box::new(Notes(self.0.clone()))
///     }
/// }
///
/// impl FrontSeat for Notes {
///     fn accept(&mut self, call: &Call<'_>) -> bool {
///         if let Message::Str(text) | Message::Static(text) = call.message {
///             self.0.lock().unwrap().push(text.to_owned());
///         }
///         true
///     }
/// }
///
/// let notes = Arc::default();
/// let route = Route::Queued {
///     front: Arc::new(Notes(Arc::clone(&notes))),
///     open: OpenRoute::default(),
/// };
/// let layer = Layer::new(1, "APP", Level::Info, route);
/// layer.emit(Level::Info, "taken".into(), Fields::NONE, None);
/// assert_eq!(*notes.lock().unwrap(), ["taken"]);
/// ```
pub trait Front: Send + Sync {
    /// A place for this thread to hand over calls of a layer. Asked for at the thread's first call
    /// there, and after each change of the layer.
    fn seat(&self, layer: &Layer) -> Box<dyn FrontSeat>;
}

/// A thread's place at a [`Front`].
///
/// See [`Front`] for an example.
pub trait FrontSeat {
    /// Takes a call over. `false`: it was not taken, which the front has reported, and its layer
    /// counts it as dropped.
    fn accept(&mut self, call: &Call<'_>) -> bool;

    /// Takes a call over as it was made a moment ago, by a thread without a context, where nothing of
    /// it has to be run or cut: values are plain data, and no text is longer than `max_text` bytes.
    /// `false`: it was not taken, for whatever reason, and [`accept`](FrontSeat::accept) is asked.
    /// Default: no call is taken so.
    ///
    /// It is not asked where calls are redacted before they are handed over.
    fn accept_as_made(
        &mut self,
        level: Level,
        message: &Message<'_>,
        fields: &Fields<'_>,
        location: Option<&Location>,
        max_text: usize,
    ) -> bool {
        let _ = (level, message, fields, location, max_text);
        false
    }

    /// Whether calls are to be redacted before they are handed over: where what is handed over is
    /// kept in a file. They then go on by [`Layer::deliver_protected`]. Default: no.
    fn takes_protected(&self) -> bool {
        false
    }
}
