//! The tree that every syntax is read into: values with their places, and how two are merged.

use std::collections::HashMap;

use crate::config::Value;

/// A place in one of the files of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    /// Position in the list of the sources' names; `None` for what came from a program.
    pub(crate) source: Option<u16>,
    /// From 1; 0: none.
    pub(crate) line: u32,
    /// In characters, from 1; 0: none.
    pub(crate) column: u32,
}

/// A value, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) data: Data,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    /// `value` is `None` when the number does not fit; `raw` is as it was written.
    Int {
        value: Option<i64>,
        raw: String,
    },
    Float {
        value: f64,
        raw: String,
    },
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) mark: Mark,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn new(mark: Mark, data: Data) -> Self {
        Node { mark, data }
    }

    pub(crate) fn empty_map() -> Self {
        Node::new(Mark::default(), Data::Map(Vec::new()))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> Option<&[Node]> {
        match &self.data {
            Data::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// What a message may say was found: the value, shortened; of lists and maps only the kind.
    pub(crate) fn shown(&self) -> String {
        match &self.data {
            Data::Null => "nothing".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Int { raw, .. } | Data::Float { raw, .. } => shorten(raw),
            Data::Text(text) => format!("{:?}", shorten(text)),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a map".to_owned(),
        }
    }

    /// The kind alone, where the value may be a secret.
    pub(crate) fn kind_shown(&self) -> &'static str {
        match &self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "true or false",
            Data::Int { .. } | Data::Float { .. } => "a number",
            Data::Text(_) => "text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    /// The tree of a [`Value`], without places.
    pub(crate) fn from_value(value: &Value) -> Node {
        let mark = Mark::default();
        Node::new(
            mark,
            match value {
                Value::Null => Data::Null,
                Value::Bool(value) => Data::Bool(*value),
                Value::Int(value) => Data::Int {
                    value: Some(*value),
                    raw: value.to_string(),
                },
                Value::Float(value) => Data::Float {
                    value: *value,
                    raw: format!("{value:?}"),
                },
                Value::Text(text) => Data::Text(text.clone()),
                Value::List(items) => Data::List(items.iter().map(Node::from_value).collect()),
                Value::Map(entries) => Data::Map(
                    entries
                        .iter()
                        .map(|(key, value)| Entry {
                            key: key.clone(),
                            mark,
                            value: Node::from_value(value),
                        })
                        .collect(),
                ),
            },
        )
    }

    /// The value without its places. A number that does not fit becomes a float.
    pub(crate) fn to_value(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Int { value, raw } => value.map_or_else(
                || Value::Float(raw.parse().unwrap_or(f64::INFINITY)),
                Value::Int,
            ),
            Data::Float { value, .. } => Value::Float(*value),
            Data::Text(text) => Value::Text(text.clone()),
            Data::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            Data::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_value()))
                    .collect(),
            ),
        }
    }
}

/// At most 60 characters of a text.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Lays `over` on `base`: maps key by key, all else (lists too) replaced whole. A null in `over`
/// hides what is under it.
pub(crate) fn merge(base: Node, over: Node) -> Node {
    match (base, over) {
        (
            Node {
                data: Data::Map(mut entries),
                ..
            },
            Node {
                mark,
                data: Data::Map(over),
            },
        ) => {
            let mut index: HashMap<String, usize> = HashMap::with_capacity(entries.len());
            for (at, entry) in entries.iter().enumerate() {
                index.entry(entry.key.clone()).or_insert(at);
            }
            for entry in over {
                if let Some(old) = index.get(&entry.key).and_then(|at| entries.get_mut(*at)) {
                    let under = std::mem::replace(&mut old.value, Node::empty_map());
                    old.value = merge(under, entry.value);
                    old.mark = entry.mark;
                } else {
                    index.insert(entry.key.clone(), entries.len());
                    entries.push(entry);
                }
            }
            Node::new(mark, Data::Map(entries))
        }
        (_, over) => over,
    }
}
