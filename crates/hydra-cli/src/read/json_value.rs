//! JSON into [`OwnedValue`]s: order, repeated names and whole numbers of 128 bits are kept.
//!
//! serde_json finds where each value begins and ends; numbers and texts are read from there, so
//! that a number keeps its digits and a text may hold half a surrogate pair.

use std::fmt;

use hydra_core::OwnedValue;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper values stay the text of their JSON. Formats cut what lies deeper than this, too.
const MAX_DEPTH: usize = 64;

/// The members of an object, in their order, values unread.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a str)>);

impl<'a> Members<'a> {
    /// Reads a text that is one object.
    pub(super) fn parse(text: &'a str) -> serde_json::Result<Members<'a>> {
        serde_json::from_str(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry::<_, &'de RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The items of an array, unread.
struct Items<'a>(Vec<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON array")
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<&'de RawValue>()? {
                    items.push(item.get());
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Array)
    }
}

/// A string; half a surrogate pair becomes U+FFFD.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The value whose JSON a text is; `None` if it is not JSON.
pub(super) fn parse(text: &str) -> Option<OwnedValue> {
    value(serde_json::from_str::<&RawValue>(text).ok()?.get(), 0)
}

/// The length of the JSON value that a text begins with.
pub(super) fn length(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// The string whose JSON, in its quotes, a text is.
pub(super) fn string(text: &str) -> Option<String> {
    text.starts_with('"')
        .then(|| serde_json::from_str::<Text>(text).ok())?
        .map(|Text(text)| text)
}

/// The value of a member of [`Members`], which is JSON, or the text it consists of.
pub(super) fn member(raw: &str) -> OwnedValue {
    value(raw, 0).unwrap_or_else(|| OwnedValue::Str(raw.into()))
}

fn value(raw: &str, depth: usize) -> Option<OwnedValue> {
    Some(match raw.as_bytes().first()? {
        b'[' | b'{' if depth >= MAX_DEPTH => OwnedValue::Str(raw.into()),
        b'"' => OwnedValue::Str(string(raw)?.into()),
        b't' => OwnedValue::Bool(true),
        b'f' => OwnedValue::Bool(false),
        b'n' => OwnedValue::Null,
        b'[' => {
            let Items(items) = serde_json::from_str(raw).ok()?;
            let items = items.into_iter().map(|item| value(item, depth + 1));
            OwnedValue::List(items.collect::<Option<_>>()?)
        }
        b'{' => {
            let Members(members) = Members::parse(raw).ok()?;
            let members = members
                .into_iter()
                .map(|(name, member)| Some((name.into(), value(member, depth + 1)?)));
            OwnedValue::Map(members.collect::<Option<_>>()?)
        }
        _ => number(raw)?,
    })
}

/// A number; one that is too large for any type stays the text of its digits.
pub(super) fn number(raw: &str) -> Option<OwnedValue> {
    let is_whole = raw
        .bytes()
        .enumerate()
        .all(|(at, b)| b.is_ascii_digit() || at == 0 && b == b'-');
    let whole = || {
        raw.parse()
            .map(OwnedValue::U64)
            .or_else(|_| raw.parse().map(OwnedValue::I64))
            .or_else(|_| raw.parse().map(OwnedValue::U128))
            .or_else(|_| raw.parse().map(OwnedValue::I128))
            .ok()
    };
    if is_whole && let Some(number) = whole() {
        return Some(number);
    }
    let ours = |b: u8| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    let number: f64 = raw.bytes().all(ours).then(|| raw.parse().ok())??;
    Some(if number.is_finite() {
        OwnedValue::F64(number)
    } else {
        OwnedValue::Str(raw.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, expected) in [
            ("0", OwnedValue::U64(0)),
            ("-1", OwnedValue::I64(-1)),
            ("18446744073709551615", OwnedValue::U64(u64::MAX)),
            ("18446744073709551616", OwnedValue::U128(1 << 64)),
            (
                "-9223372036854775809",
                OwnedValue::I128(i128::from(i64::MIN) - 1),
            ),
            ("0.1", OwnedValue::F64(0.1)),
            ("1e400", OwnedValue::Str("1e400".into())),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn order_and_repeated_names_are_kept_and_half_a_pair_is_read() {
        let value = parse(r#"{"b":[1,null],"a":"\ud800","b":{}}"#).unwrap();
        let expected = [
            (
                "b",
                OwnedValue::List(vec![OwnedValue::U64(1), OwnedValue::Null]),
            ),
            ("a", OwnedValue::Str("\u{fffd}\u{fffd}\u{fffd}".into())),
            ("b", OwnedValue::Map(vec![])),
        ];
        let expected = expected.map(|(name, value)| (name.into(), value)).to_vec();
        assert_eq!(value, OwnedValue::Map(expected));
    }

    #[test]
    fn what_lies_too_deep_stays_text() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let mut value = parse(&deep).unwrap();
        for _ in 0..MAX_DEPTH {
            let OwnedValue::List(items) = value else {
                panic!("a list")
            };
            value = items.into_iter().next().unwrap();
        }
        assert!(matches!(value, OwnedValue::Str(_)));
    }
}
