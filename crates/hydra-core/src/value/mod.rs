//! Field values: borrowed, copied in 24 bytes, and resolved into plain data before any format
//! sees them.

mod convert;
mod owned;
mod resolve;

pub use convert::ToValue;
#[cfg(not(unix))]
pub(crate) use convert::unix_nanoseconds;
pub use owned::OwnedValue;
use resolve::MAX_DEPTH;
pub use resolve::run_user_code;
pub(crate) use resolve::{Arena, resolve, write_bytes};

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The value of a field.
///
/// Values borrow what they show. The variants from [`Value::Display`] on are *live*: user code
/// that runs once, before any format, plugin or destination sees the record; formats only meet
/// plain data.
///
/// ```
/// use hydra_core::{ToValue, Value};
/// assert!(matches!(7_u16.to_value(), Value::U64(7)));
/// let tags = ["a", "b"].map(Value::Str);
/// let nested = [("id", Value::U64(7)), ("tags", Value::List(&tags))];
/// let value = Value::Map(&nested);
/// assert!(matches!(value, Value::Map(fields) if fields.len() == 2));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Nothing: JSON's `null`.
    Null,
    /// True or false.
    Bool(bool),
    /// A signed whole number.
    I64(i64),
    /// An unsigned whole number.
    U64(u64),
    /// A whole number that needs more than 64 bits.
    I128(&'a i128),
    /// A whole number that needs all of 128 bits.
    U128(&'a u128),
    /// A floating-point number. JSON has no NaN and no infinity: they become `null` there.
    F64(f64),
    /// A text.
    Str(&'a str),
    /// Bytes; shown as UTF-8 where they are, as `\xNN` where they are not.
    Bytes(&'a [u8]),
    /// A length of time. In JSON, a number of seconds; in text, with its unit (`1.5ms`).
    Duration(Duration),
    /// A moment, in nanoseconds since 1970-01-01 UTC. Shown as RFC 3339 in UTC.
    Time(i64),
    /// Values in a row.
    List(&'a [Value<'a>]),
    /// Named values.
    Map(&'a [(&'a str, Value<'a>)]),
    /// Live: shown by its `Display`.
    Display(&'a dyn fmt::Display),
    /// Live: shown by its `Debug`.
    Debug(&'a dyn fmt::Debug),
    /// Live: an error and its sources, joined by `: ` (at most 64 of them).
    Error(&'a (dyn Error + 'static)),
    /// Live: any collection of values.
    Sequence(&'a dyn Sequence),
    /// Live: any collection of named values.
    Mapping(&'a dyn Mapping),
}

const _: () = assert!(size_of::<Value<'_>>() == 24);

impl Value<'_> {
    /// Whether user code must run to see the value, or its text must be made to know its length.
    #[inline]
    pub(crate) fn is_live(&self) -> bool {
        matches!(
            self,
            Value::Bytes(_)
                | Value::Display(_)
                | Value::Debug(_)
                | Value::Error(_)
                | Value::Sequence(_)
                | Value::Mapping(_)
                | Value::List(_)
                | Value::Map(_)
        )
    }
}

impl Value<'_> {
    /// Whether a value is plain data all through, no deeper than is shown, and holds no text of more
    /// than so many bytes: then it needs no copy.
    pub(crate) fn is_plain(&self, max_text: usize, depth: usize) -> bool {
        let inside = |value: &Value<'_>| value.is_plain(max_text, depth + 1);
        match self {
            Value::Str(text) => text.len() <= max_text,
            Value::List(items) => depth < MAX_DEPTH && items.iter().all(inside),
            Value::Map(items) => {
                let entry =
                    |(key, value): &(&str, Value<'_>)| key.len() <= max_text && inside(value);
                depth < MAX_DEPTH && items.iter().all(entry)
            }
            other => !other.is_live(),
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(v) => v.fmt(f),
            Value::I64(v) => v.fmt(f),
            Value::U64(v) => v.fmt(f),
            Value::I128(v) => v.fmt(f),
            Value::U128(v) => v.fmt(f),
            Value::F64(v) => v.fmt(f),
            Value::Str(v) => v.fmt(f),
            Value::Bytes(v) => v.fmt(f),
            Value::Duration(v) => v.fmt(f),
            Value::Time(v) => write!(f, "{v}ns"),
            Value::List(v) => v.fmt(f),
            Value::Map(v) => f
                .debug_map()
                .entries(v.iter().map(|(k, v)| (k, v)))
                .finish(),
            Value::Display(v) => v.fmt(f),
            Value::Debug(v) => v.fmt(f),
            Value::Error(v) => v.fmt(f),
            Value::Sequence(v) => {
                let mut list = f.debug_list();
                v.each(&mut |value| {
                    list.entry(&value);
                });
                list.finish()
            }
            Value::Mapping(v) => {
                let mut map = f.debug_map();
                v.each(&mut |key, value| {
                    map.entry(&key, &value);
                });
                map.finish()
            }
        }
    }
}

/// A collection that can show its values one after the other.
///
/// Implemented for slices, arrays, `Vec` and the other collections of the standard library.
///
/// ```
/// use hydra_core::{Sequence, ToValue, Value};
/// struct Countdown(u64);
/// impl Sequence for Countdown {
///     fn each(&self, show: &mut dyn FnMut(Value<'_>)) {
///         (0..self.0).rev().for_each(|n| show(n.to_value()));
///     }
/// }
/// assert_eq!(format!("{:?}", Value::Sequence(&Countdown(3))), "[2, 1, 0]");
/// ```
pub trait Sequence {
    /// Calls `show` with each value in turn.
    fn each(&self, show: &mut dyn FnMut(Value<'_>));
}

/// A collection that can show its named values one after the other.
///
/// Implemented for `HashMap` and `BTreeMap` with text keys. A struct of your own implements it to
/// become a nested field:
///
/// ```
/// use hydra_core::{Mapping, ToValue, Value};
/// struct User { id: u64, name: String }
/// impl Mapping for User {
///     fn each(&self, show: &mut dyn FnMut(&str, Value<'_>)) {
///         show("id", self.id.to_value());
///         show("name", self.name.to_value());
///     }
/// }
/// let user = User { id: 7, name: "Ada".into() };
/// assert_eq!(format!("{:?}", Value::Mapping(&user)), r#"{"id": 7, "name": "Ada"}"#);
/// ```
pub trait Mapping {
    /// Calls `show` with each name and value in turn.
    fn each(&self, show: &mut dyn FnMut(&str, Value<'_>));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_what_a_value_is_whatever_kind_it_is_of() {
        let error = std::io::Error::other("disk full");
        let list = [Value::U64(1), Value::Str("two")];
        let map = [("a", Value::I64(-1)), ("b", Value::Null)];
        let numbers = [3_u8, 4];
        let named = std::collections::BTreeMap::from([("x", 0.5)]);
        for (value, shown) in [
            (Value::Null, "null"),
            (Value::Bool(true), "true"),
            (Value::I64(-2), "-2"),
            (Value::U64(2), "2"),
            (
                Value::I128(&i128::MIN),
                "-170141183460469231731687303715884105728",
            ),
            (
                Value::U128(&u128::MAX),
                "340282366920938463463374607431768211455",
            ),
            (Value::F64(1.0), "1.0"),
            (Value::Str("a\"b"), "\"a\\\"b\""),
            (Value::Bytes(b"\x00A"), "[0, 65]"),
            (Value::Time(7), "7ns"),
            (Value::List(&list), "[1, \"two\"]"),
            (Value::Map(&map), "{\"a\": -1, \"b\": null}"),
            (Value::Display(&"shown"), "shown"),
            (Value::Debug(&"shown"), "\"shown\""),
            (
                Value::Error(&error),
                "Custom { kind: Other, error: \"disk full\" }",
            ),
            (Value::Sequence(&numbers), "[3, 4]"),
            (Value::Mapping(&named), "{\"x\": 0.5}"),
        ] {
            assert_eq!(format!("{value:?}"), shown);
        }
        let duration = std::time::Duration::from_millis(1500);
        assert_eq!(format!("{:?}", duration.to_value()), "1.5s");
    }
}
