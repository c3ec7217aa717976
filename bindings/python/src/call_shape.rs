//! Which of a call's arguments is the layer, and which the message.
//!
//! | call | is read as |
//! |---|---|
//! | `info("APP", "started")`, and `APP` is configured | layer, message |
//! | `info("started", "APP")`, and `APP` is configured | message, layer |
//! | `info("APP", "started")`, and it is not | layer, message: `APP` looks like a layer's name |
//! | `info("started", "APP")`, and it is not | message, layer |
//! | `info("user %s", "bob")` | message, argument: a text with a placeholder is the message |
//! | `info("started")`, `info("started", layer="APP")` | message |
//!
//! In this order; the design's table of calls says why. The rest are arguments of the message.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::fastcall::Arguments;
use crate::placeholder::has_placeholder;
use crate::text::text_of;

/// How a call is read: its layer, if it has one, the message's place, and where its arguments begin.
pub(crate) struct Shape<'a, L> {
    pub(crate) layer: Option<Named<'a, L>>,
    pub(crate) message: usize,
    pub(crate) arguments: usize,
}

/// The layer that a call names.
pub(crate) enum Named<'a, L> {
    /// One that is configured, as it was found.
    Configured(L),
    Other(&'a str),
}

impl<'a, L> Shape<'a, L> {
    /// The first argument is the message.
    pub(crate) const MESSAGE: Shape<'a, L> = Shape {
        layer: None,
        message: 0,
        arguments: 1,
    };

    /// Reads a call in which no keyword names the layer. `configured` finds one that is.
    #[inline]
    pub(crate) fn of(
        call: &Arguments<'a, '_>,
        configured: impl Fn(&'a str) -> Option<L>,
    ) -> Shape<'a, L> {
        let (Some(first), Some(second)) = (call.get(0), call.get(1)) else {
            return Shape::MESSAGE;
        };
        let first = text(first);
        if let Some(layer) = first.and_then(&configured) {
            return Shape::layer_first(Named::Configured(layer));
        }
        let second = text(second);
        let only_two = call.len() == 2;
        if let (Some(message), Some(layer), true) = (first, second, only_two)
            && let Some(layer) = configured(layer)
            && !has_placeholder(message)
        {
            return Shape::layer_second(Named::Configured(layer));
        }
        let (Some(first), Some(second)) = (first, second) else {
            return Shape::MESSAGE;
        };
        if looks_like_a_layer(first) {
            return Shape::layer_first(Named::Other(first));
        }
        if only_two && looks_like_a_layer(second) && !has_placeholder(first) {
            return Shape::layer_second(Named::Other(second));
        }
        Shape::MESSAGE
    }

    fn layer_first(layer: Named<'a, L>) -> Shape<'a, L> {
        Shape {
            layer: Some(layer),
            message: 1,
            arguments: 2,
        }
    }

    fn layer_second(layer: Named<'a, L>) -> Shape<'a, L> {
        Shape {
            layer: Some(layer),
            message: 0,
            arguments: 2,
        }
    }
}

#[inline]
fn text<'a>(argument: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    // The exact type is one comparison, that of a subclass two calls.
    let text = argument.cast_exact::<PyString>();
    text_of(text.or_else(|_| argument.cast::<PyString>()).ok()?)
}

/// `[A-Z][A-Z0-9_.-]*`
#[inline]
fn looks_like_a_layer(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"_.-".contains(&b))
}
