//! The fields of a JSON object, in their order and with their types.

use std::fmt;

use hydra_logger::OwnedValue;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The fields of the object that is the whole line, or `None`.
pub(super) fn fields(line: &str) -> Option<Vec<(String, OwnedValue)>> {
    match serde_json::from_str(line).ok()? {
        Any(OwnedValue::Map(fields)) => {
            let fields = fields.into_iter();
            Some(fields.map(|(key, value)| (key.into(), value)).collect())
        }
        Any(_) => None,
    }
}

/// Any JSON value.
struct Any(OwnedValue);

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor).map(Any)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = OwnedValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<OwnedValue, E> {
        Ok(OwnedValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<OwnedValue, E> {
        Ok(OwnedValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<OwnedValue, E> {
        Ok(OwnedValue::I64(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<OwnedValue, E> {
        Ok(OwnedValue::U64(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<OwnedValue, E> {
        Ok(OwnedValue::F64(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<OwnedValue, E> {
        Ok(OwnedValue::Str(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OwnedValue, A::Error> {
        let mut values = Vec::new();
        while let Some(Any(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(OwnedValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnedValue, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, Any(value))) = map.next_entry::<Box<str>, Any>()? {
            fields.push((key, value));
        }
        Ok(OwnedValue::Map(fields))
    }
}
