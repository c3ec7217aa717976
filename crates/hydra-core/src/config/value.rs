//! [`Value`]: a configuration, or a part of one, as a map.

use std::fmt;

/// A configuration as data of no fixed shape: what a JSON document, or a Python dictionary, is.
///
/// ```
/// use hydra_core::config::Value;
/// let layer = Value::map([("level", Value::from("DEBUG"))]);
/// let config = Value::map([("layers", Value::map([("APP", layer)]))]);
/// assert!(config.get("layers").and_then(|layers| layers.get("APP")).is_some());
/// ```
#[derive(Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing: the key is as if it were not there, and hides what it is merged over.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Keys and values, in the order in which they were written.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A map of these entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    /// The value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }
}

/// Shows the shape, not the text, which may hold a password.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Float(value) => value.fmt(f),
            Value::Text(_) => f.write_str("***"),
            Value::List(items) => f.debug_list().entries(items).finish(),
            Value::Map(entries) => f
                .debug_map()
                .entries(entries.iter().map(|(k, v)| (k, v)))
                .finish(),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Float(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_shape_and_no_text() {
        let value = Value::map([
            ("url", Value::from("hunter2")),
            (
                "list",
                Value::List(vec![Value::Null, true.into(), 1_i64.into(), 0.5.into()]),
            ),
        ]);
        let shown = format!("{value:?}");
        assert_eq!(shown, "{\"url\": ***, \"list\": [null, true, 1, 0.5]}");
        assert_eq!(value.get("url"), Some(&Value::from("hunter2")));
        assert_eq!(value.get("none"), None);
        assert_eq!(Value::Null.get("url"), None);
    }
}
