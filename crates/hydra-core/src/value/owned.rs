//! A value that owns what it shows: for context fields, and for records that are kept.

use std::time::Duration;

use super::resolve::{Arena, resolve};
use super::{ToValue, Value};

/// A [`Value`] that owns its data. Live values are run when it is made.
///
/// ```
/// use hydra_core::{OwnedValue, ToValue};
/// let owned = OwnedValue::from(vec![1, 2].to_value());
/// assert_eq!(owned, OwnedValue::List(vec![OwnedValue::I64(1), OwnedValue::I64(2)]));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OwnedValue {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A signed whole number.
    I64(i64),
    /// An unsigned whole number.
    U64(u64),
    /// A large signed whole number.
    I128(i128),
    /// A large unsigned whole number.
    U128(u128),
    /// A floating-point number.
    F64(f64),
    /// A text.
    Str(Box<str>),
    /// A length of time.
    Duration(Duration),
    /// A moment, in nanoseconds since 1970-01-01 UTC.
    Time(i64),
    /// Values in a row.
    List(Vec<OwnedValue>),
    /// Named values, in their order.
    Map(Vec<(Box<str>, OwnedValue)>),
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        let arena = Arena::default();
        OwnedValue::from_plain(resolve(value, &arena, usize::MAX))
    }
}

impl From<&str> for OwnedValue {
    fn from(text: &str) -> Self {
        OwnedValue::Str(text.into())
    }
}

impl OwnedValue {
    /// Whether no text in it is longer than so many bytes.
    #[inline]
    pub(crate) fn fits(&self, max_text: usize) -> bool {
        match self {
            OwnedValue::Str(text) => text.len() <= max_text,
            OwnedValue::List(items) => items.iter().all(|item| item.fits(max_text)),
            OwnedValue::Map(items) => items
                .iter()
                .all(|(key, item)| key.len() <= max_text && item.fits(max_text)),
            _ => true,
        }
    }

    /// The same, with longer texts cut.
    pub(crate) fn cut(&self, max_text: usize) -> OwnedValue {
        OwnedValue::from_plain(resolve(self.to_value(), &Arena::default(), max_text))
    }

    pub(crate) fn from_plain(value: Value<'_>) -> Self {
        match value {
            Value::Bool(v) => OwnedValue::Bool(v),
            Value::I64(v) => OwnedValue::I64(v),
            Value::U64(v) => OwnedValue::U64(v),
            Value::I128(v) => OwnedValue::I128(*v),
            Value::U128(v) => OwnedValue::U128(*v),
            Value::F64(v) => OwnedValue::F64(v),
            Value::Str(v) => OwnedValue::Str(v.into()),
            Value::Duration(v) => OwnedValue::Duration(v),
            Value::Time(v) => OwnedValue::Time(v),
            Value::List(v) => OwnedValue::List(v.iter().map(|v| Self::from_plain(*v)).collect()),
            Value::Map(v) => OwnedValue::Map(
                v.iter()
                    .map(|(k, v)| ((*k).into(), Self::from_plain(*v)))
                    .collect(),
            ),
            // Resolving leaves none of the live variants.
            _ => OwnedValue::Null,
        }
    }
}

impl crate::Mapping for Vec<(Box<str>, OwnedValue)> {
    fn each(&self, show: &mut dyn FnMut(&str, Value<'_>)) {
        for (key, value) in self {
            show(key, value.to_value());
        }
    }
}

impl ToValue for OwnedValue {
    fn to_value(&self) -> Value<'_> {
        match self {
            OwnedValue::Null => Value::Null,
            OwnedValue::Bool(v) => Value::Bool(*v),
            OwnedValue::I64(v) => Value::I64(*v),
            OwnedValue::U64(v) => Value::U64(*v),
            OwnedValue::I128(v) => Value::I128(v),
            OwnedValue::U128(v) => Value::U128(v),
            OwnedValue::F64(v) => Value::F64(*v),
            OwnedValue::Str(v) => Value::Str(v),
            OwnedValue::Duration(v) => Value::Duration(*v),
            OwnedValue::Time(v) => Value::Time(*v),
            OwnedValue::List(v) => Value::Sequence(v),
            OwnedValue::Map(v) => Value::Mapping(v),
        }
    }
}
