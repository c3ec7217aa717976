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

/// How a call is read: the name of the layer, if it has one, the message's place, and where its
/// arguments begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape<'a> {
    pub(crate) layer: Option<&'a str>,
    pub(crate) message: usize,
    pub(crate) arguments: usize,
}

impl<'a> Shape<'a> {
    /// The first argument is the message.
    pub(crate) const MESSAGE: Shape<'static> = Shape {
        layer: None,
        message: 0,
        arguments: 1,
    };

    /// Reads a call in which no keyword names the layer. `configured` tells whether a layer is.
    #[inline]
    pub(crate) fn of(call: &Arguments<'a, '_>, configured: impl Fn(&str) -> bool) -> Shape<'a> {
        let (Some(first), Some(second)) = (call.get(0), call.get(1)) else {
            return Shape::MESSAGE;
        };
        let first = text(first);
        if let Some(layer) = first
            && configured(layer)
        {
            return Shape::layer_first(layer);
        }
        let second = text(second);
        let only_two = call.len() == 2;
        if let (Some(message), Some(layer), true) = (first, second, only_two)
            && configured(layer)
            && !has_placeholder(message)
        {
            return Shape::layer_second(layer);
        }
        let (Some(first), Some(second)) = (first, second) else {
            return Shape::MESSAGE;
        };
        if looks_like_a_layer(first) {
            return Shape::layer_first(first);
        }
        if only_two && looks_like_a_layer(second) && !has_placeholder(first) {
            return Shape::layer_second(second);
        }
        Shape::MESSAGE
    }

    fn layer_first(layer: &'a str) -> Shape<'a> {
        Shape {
            layer: Some(layer),
            message: 1,
            arguments: 2,
        }
    }

    fn layer_second(layer: &'a str) -> Shape<'a> {
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
