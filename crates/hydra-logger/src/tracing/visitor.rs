//! What tracing lends field by field, gathered.

use std::fmt;

use ::tracing_core::field::{Field, Visit};

use crate::integration::Gathered;
use crate::{OwnedValue, Value};

/// Gathers the fields of a span or of an event.
pub(super) struct Visitor {
    pub(super) gathered: Gathered<'static>,
    /// Whether a field named `message` is the message, as it is of an event.
    of_event: bool,
}

impl Visitor {
    /// For an event, whose field `message` is its message.
    pub(super) fn event() -> Visitor {
        Visitor {
            gathered: Gathered::default(),
            of_event: true,
        }
    }

    /// For a span.
    pub(super) fn fields() -> Visitor {
        Visitor {
            of_event: false,
            ..Visitor::event()
        }
    }

    fn is_message(&self, field: &Field) -> bool {
        self.of_event && field.name() == "message"
    }
}

macro_rules! record {
    ($($record:ident $method:ident $type:ty;)*) => {$(
        fn $record(&mut self, field: &Field, value: $type) {
            self.gathered.$method(field.name(), value);
        }
    )*};
}

impl Visit for Visitor {
    record! {
        record_f64 f64 f64;
        record_i64 i64 i64;
        record_u64 u64 u64;
        record_i128 i128 i128;
        record_u128 u128 u128;
        record_bool bool bool;
        record_error error &(dyn std::error::Error + 'static);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if self.is_message(field) {
            self.gathered.set_message(format_args!("{value}"));
        } else {
            self.gathered.str(field.name(), value);
        }
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        if let OwnedValue::Str(text) = OwnedValue::from(Value::Bytes(value)) {
            self.gathered.str(field.name(), &text);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.is_message(field) {
            self.gathered.set_message(format_args!("{value:?}"));
        } else {
            self.gathered.shown(field.name(), format_args!("{value:?}"));
        }
    }
}
