//! What a reader must find for a value: as JSON, and as text.

use std::collections::BTreeMap;

use hydra_core::OwnedValue;
use serde_json::{Value as Json, json};

/// The value as JSON has it. A map's last value of a name stands, as readers take it.
pub(crate) fn as_json(value: &OwnedValue) -> Json {
    match value {
        OwnedValue::Null => Json::Null,
        OwnedValue::Bool(v) => json!(v),
        OwnedValue::I64(v) => json!(v),
        OwnedValue::U64(v) => json!(v),
        OwnedValue::I128(v) => number(&v.to_string()),
        OwnedValue::U128(v) => number(&v.to_string()),
        // null where it is not finite
        OwnedValue::F64(v) => json!(v),
        OwnedValue::Str(v) => json!(v),
        OwnedValue::Duration(v) => json!(v.as_secs_f64()),
        OwnedValue::Time(ns) => json!(time(*ns)),
        OwnedValue::List(items) => items.iter().map(as_json).collect(),
        OwnedValue::Map(items) => items
            .iter()
            .map(|(name, value)| (name.to_string(), as_json(value)))
            .collect(),
        other => panic!("no kind of value is called {other:?}"),
    }
}

/// Beyond 64 bits, a reader of JSON takes the nearest floating-point number.
fn number(digits: &str) -> Json {
    serde_json::from_str(digits).unwrap()
}

fn time(ns: i64) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(ns))
        .unwrap()
        .to_string()
}

/// The text of a value that is not nested; `None` for one that is shown as its JSON.
pub(crate) fn as_text(value: &OwnedValue) -> Option<String> {
    Some(match value {
        OwnedValue::Null => "null".into(),
        OwnedValue::Bool(v) => v.to_string(),
        OwnedValue::I64(v) => v.to_string(),
        OwnedValue::U64(v) => v.to_string(),
        OwnedValue::I128(v) => v.to_string(),
        OwnedValue::U128(v) => v.to_string(),
        OwnedValue::F64(v) => float(*v),
        OwnedValue::Str(v) => v.to_string(),
        OwnedValue::Duration(v) => format!("{v:?}"),
        OwnedValue::Time(ns) => time(*ns),
        _ => return None,
    })
}

fn float(v: f64) -> String {
    let mut out = hydra_core::Buffer::default();
    out.push_f64(v);
    let text = String::from_utf8(out.as_bytes().to_vec()).unwrap();
    let back: f64 = text.parse().unwrap();
    assert!(back.to_bits() == v.to_bits() || (back.is_nan() && v.is_nan()));
    text
}

/// A text that was read is what the value says.
pub(crate) fn assert_text(found: &str, value: &OwnedValue) {
    if let Some(text) = as_text(value) {
        assert_eq!(found, text);
    } else {
        let json: Json = serde_json::from_str(found).unwrap();
        assert_eq!(json, as_json(value));
    }
}

/// The fields by the name that a format shows; the last of a name stands.
pub(crate) fn by_name(
    fields: &[(String, OwnedValue)],
    shown: impl Fn(&str) -> String,
) -> BTreeMap<String, &OwnedValue> {
    fields
        .iter()
        .map(|(name, value)| (shown(name), value))
        .collect()
}

pub(crate) const CORE: [&str; 6] = ["timestamp", "level", "logger", "message", "file", "line"];

/// A name that no field may have gets an underscore.
pub(crate) fn unless_core(name: &str) -> String {
    if CORE.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}
