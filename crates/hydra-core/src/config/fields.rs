//! The description of a map's keys, from which both the decoder and the JSON Schema are made.
//!
//! A [`Field`] says of one key: its name, what it means, what it takes, how to store it and how to
//! print it back. What it takes is a [`Kind`]: [`read`] turns a node into the value, or into a
//! problem; `schema.rs` turns the same `Kind` into a schema. So the two cannot disagree on what is
//! known, and a new key is one entry in a table.

use std::time::Duration;

use crate::config::Value;
use crate::config::cx::Cx;
use crate::config::error::ProblemKind;
use crate::config::tree::{Data, Entry, Node};
use crate::config::units::{self, ParseUnitError};
use crate::config::words::{LEVELS, Words, nearest};
use crate::{Level, LevelSet};

/// One key of a map that is stored in a `T`.
pub(crate) struct Field<T: 'static> {
    pub(crate) name: &'static str,
    /// Another name for it, or none.
    pub(crate) alias: Option<&'static str>,
    /// What it means, with its default: for the schema.
    pub(crate) doc: &'static str,
    pub(crate) kind: Kind<T>,
    /// The value as it would be written; null where there is none.
    pub(crate) get: fn(&T) -> Value,
}

/// What a key takes, and how it is stored.
pub(crate) enum Kind<T: 'static> {
    Switch(fn(&mut T, bool)),
    Level(fn(&mut T, Level)),
    Levels(fn(&mut T, LevelSet)),
    Count {
        min: u32,
        max: u32,
        set: fn(&mut T, u32),
    },
    Size {
        /// Whether the word `unlimited` is allowed.
        unlimited: bool,
        set: fn(&mut T, Limit),
    },
    Duration(fn(&mut T, Duration)),
    Text {
        rule: &'static TextRule,
        set: fn(&mut T, &str),
    },
    Word {
        words: &'static Words,
        /// With the position of the word, and the word itself.
        set: fn(&mut T, usize, &str),
    },
    /// A list of words, of which it gets the positions.
    WordList {
        words: &'static Words,
        set: fn(&mut T, &[usize]),
    },
    /// A map, a list, or what has forms of its own.
    Other {
        schema: fn() -> Value,
        read: fn(&mut T, &Node, &mut Cx<'_>),
    },
}

/// A size, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Bytes(u64),
    Unlimited,
}

impl Limit {
    pub(crate) fn bytes(self) -> Option<u64> {
        match self {
            Limit::Bytes(bytes) => Some(bytes),
            Limit::Unlimited => None,
        }
    }
}

/// What a text must be.
pub(crate) struct TextRule {
    /// Else what is wrong.
    pub(crate) check: fn(&str) -> Result<(), String>,
    pub(crate) allowed: &'static str,
    /// The same as a regular expression, where one can say it.
    pub(crate) pattern: Option<&'static str>,
    /// Whether the text may hold a password: then no message shows it.
    pub(crate) secret: bool,
}

/// The most bytes that a size may be: what TOML, and a signed offset in a file, can hold.
pub(crate) const MAX_SIZE: u64 = i64::MAX as u64;

pub(crate) const SIZE_ALLOWED: &str =
    "bytes as a number, or a number with KB, MB, GB or TB (KB = 1024), like \"5MB\"";
const DURATION_ALLOWED: &str = "seconds as a number, or a number with ms, s, m, h or d, like \
                                \"500ms\" or \"7d\", at most 36500d";

/// Reads a map's keys into `target`; what is wrong goes to `cx`. A null is as if it were not there.
pub(crate) fn read_map<T>(
    fields: &[Field<T>],
    what: &str,
    target: &mut T,
    node: &Node,
    cx: &mut Cx<'_>,
) {
    let Data::Map(entries) = &node.data else {
        if !node.is_null() {
            let allowed = field_names(fields);
            cx.wrong_type(
                node,
                &format!("a map, as {what} is"),
                &format!("the keys {allowed}"),
            );
        }
        return;
    };
    for entry in entries {
        if !fields.iter().any(|field| field.is(&entry.key)) {
            unknown_key(fields, entry, cx);
        }
    }
    // In the table's order: a theme is read after the themes that it may name.
    for field in fields {
        let mut found = entries.iter().filter(|entry| field.is(&entry.key));
        let Some(first) = found.next() else { continue };
        if let Some(second) = found.next() {
            cx.at_key(second, |cx| {
                cx.problem(
                    ProblemKind::DuplicateKey,
                    second.mark,
                    format!("another name for {}, which is set too", first.key),
                );
            });
        }
        cx.at_key(first, |cx| read(&field.kind, target, &first.value, cx));
    }
}

impl<T> Field<T> {
    pub(crate) fn is(&self, key: &str) -> bool {
        self.name == key || self.alias == Some(key)
    }
}

pub(crate) fn field_names<T>(fields: &[Field<T>]) -> String {
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    names.join(", ")
}

fn unknown_key<T>(fields: &[Field<T>], entry: &Entry, cx: &mut Cx<'_>) {
    /// Beyond so many problems nobody reads suggestions, and finding one is what takes time.
    const MANY: usize = 100;
    let names = fields
        .iter()
        .flat_map(|field| [Some(field.name), field.alias]);
    let suggestion = if cx.problems.len() < MANY {
        nearest(&entry.key, names.flatten())
    } else {
        None
    };
    cx.at_key(entry, |cx| {
        cx.problem(
            ProblemKind::UnknownKey,
            entry.mark,
            "unknown key".to_owned(),
        )
        .allow(field_names(fields))
        .suggest(suggestion);
    });
}

/// Reads one key's value into `target`.
pub(crate) fn read<T>(kind: &Kind<T>, target: &mut T, node: &Node, cx: &mut Cx<'_>) {
    if node.is_null() {
        return;
    }
    match kind {
        Kind::Switch(set) => {
            if let Some(value) = switch(node, cx) {
                set(target, value);
            }
        }
        Kind::Level(set) => {
            if let Some((index, _)) = word(node, &LEVELS, cx) {
                set(target, Level::ALL[index]);
            }
        }
        Kind::Levels(set) => {
            if let Some(levels) = word_list(node, &LEVELS, cx) {
                set(
                    target,
                    levels.iter().map(|level| Level::ALL[*level]).collect(),
                );
            }
        }
        Kind::Count { min, max, set } => {
            if let Some(value) = count(node, *min, *max, cx) {
                set(target, value);
            }
        }
        Kind::Size { unlimited, set } => {
            if let Some(value) = size(node, *unlimited, cx) {
                set(target, value);
            }
        }
        Kind::Duration(set) => {
            if let Some(value) = duration(node, cx) {
                set(target, value);
            }
        }
        Kind::Text { rule, set } => {
            if let Some(value) = text(node, rule, cx) {
                set(target, value);
            }
        }
        Kind::Word { words, set } => {
            if let Some((index, word)) = word(node, words, cx) {
                set(target, index, word);
            }
        }
        Kind::WordList { words, set } => {
            if let Some(positions) = word_list(node, words, cx) {
                set(target, &positions);
            }
        }
        Kind::Other { read, .. } => read(target, node, cx),
    }
}

fn switch(node: &Node, cx: &mut Cx<'_>) -> Option<bool> {
    match &node.data {
        Data::Bool(value) => return Some(*value),
        Data::Text(text) => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "true" | "1" | "y" => Some("true"),
                "no" | "off" | "false" | "0" | "n" => Some("false"),
                _ => None,
            };
            cx.wrong_type(node, "a switch", "true, false")
                .suggest(meant.map(str::to_owned));
        }
        _ => {
            cx.wrong_type(node, "a switch", "true, false");
        }
    }
    None
}

/// The position of a word, and the word. A number is read as a word too: levels have numbers.
pub(crate) fn word<'n>(node: &'n Node, words: &Words, cx: &mut Cx<'_>) -> Option<(usize, &'n str)> {
    let (Data::Text(word) | Data::Int { raw: word, .. }) = &node.data else {
        cx.wrong_type(node, &format!("a {}", words.what), &words.list());
        return None;
    };
    let found = words.find(word);
    if found.is_none() {
        let known = words.aliases.iter().map(|(alias, _)| *alias);
        let suggestion = nearest(word, words.names.iter().copied().chain(known));
        cx.wrong_value(node, format!("not a {}", words.what), words.list())
            .suggest(suggestion);
    }
    found.map(|index| (index, word.as_str()))
}

/// The positions of those of the words that are known.
fn word_list(node: &Node, words: &Words, cx: &mut Cx<'_>) -> Option<Vec<usize>> {
    let Data::List(items) = &node.data else {
        cx.wrong_type(
            node,
            &format!("a list of {}", words.plural()),
            &words.list(),
        );
        return None;
    };
    let mut positions = Vec::new();
    for (index, item) in items.iter().enumerate() {
        cx.at_item(index, |cx| {
            positions.extend(word(item, words, cx).map(|(position, _)| position));
        });
    }
    Some(positions)
}

fn count(node: &Node, min: u32, max: u32, cx: &mut Cx<'_>) -> Option<u32> {
    let allowed = format!("a whole number from {min} to {max}");
    let Data::Int { value, raw } = &node.data else {
        cx.wrong_type(node, "a count", &allowed);
        return None;
    };
    let in_range = value
        .and_then(|value| u32::try_from(value).ok())
        .filter(|value| (min..=max).contains(value));
    if in_range.is_none() {
        let message = if raw.starts_with('-') {
            "a count cannot be negative"
        } else if *value == Some(0) {
            "too small"
        } else {
            "too large"
        };
        cx.wrong_value(node, message.to_owned(), allowed);
    }
    in_range
}

fn size(node: &Node, unlimited: bool, cx: &mut Cx<'_>) -> Option<Limit> {
    let allowed = if unlimited {
        format!("{SIZE_ALLOWED}, or unlimited")
    } else {
        SIZE_ALLOWED.to_owned()
    };
    let result = match &node.data {
        Data::Text(text) if unlimited && text.eq_ignore_ascii_case("unlimited") => {
            return Some(Limit::Unlimited);
        }
        Data::Text(text) => units::parse_size(text),
        Data::Int { value, raw } => whole(*value, raw),
        _ => {
            cx.wrong_type(node, "a size", &allowed);
            return None;
        }
    };
    match result {
        Ok(0) => {
            cx.wrong_value(node, "a size of nothing".to_owned(), allowed)
                .suggest(unlimited.then(|| "unlimited".to_owned()));
            None
        }
        Ok(bytes) => Some(Limit::Bytes(bytes)),
        Err(error) => {
            cx.wrong_value(node, unit_message("size", error), allowed);
            None
        }
    }
}

fn whole(value: Option<i64>, raw: &str) -> Result<u64, ParseUnitError> {
    match value.map(u64::try_from) {
        Some(Ok(value)) => Ok(value),
        _ if raw.starts_with('-') => Err(ParseUnitError::Negative),
        _ => Err(ParseUnitError::TooLarge),
    }
}

fn duration(node: &Node, cx: &mut Cx<'_>) -> Option<Duration> {
    let result = match &node.data {
        Data::Text(text) => units::parse_duration(text),
        Data::Int { value, raw } => whole(*value, raw).map(Duration::from_secs),
        Data::Float { value, .. } if *value < 0.0 => Err(ParseUnitError::Negative),
        Data::Float { value, .. } => {
            Duration::try_from_secs_f64(*value).map_err(|_| ParseUnitError::TooLarge)
        }
        _ => {
            cx.wrong_type(node, "a duration", DURATION_ALLOWED);
            return None;
        }
    };
    match result {
        Ok(duration) if duration <= units::MAX_DURATION => Some(duration),
        Ok(_) => {
            let message = unit_message("duration", ParseUnitError::TooLarge);
            cx.wrong_value(node, message, DURATION_ALLOWED.to_owned());
            None
        }
        Err(error) => {
            let message = unit_message("duration", error);
            cx.wrong_value(node, message, DURATION_ALLOWED.to_owned());
            None
        }
    }
}

fn unit_message(what: &str, error: ParseUnitError) -> String {
    match error {
        ParseUnitError::Malformed => format!("not a {what}"),
        ParseUnitError::Unit => format!("a {what} with an unknown unit"),
        ParseUnitError::Negative => format!("a {what} cannot be negative"),
        ParseUnitError::TooLarge => format!("a {what} that is too large"),
    }
}

pub(crate) fn text<'n>(node: &'n Node, rule: &TextRule, cx: &mut Cx<'_>) -> Option<&'n str> {
    let Data::Text(text) = &node.data else {
        if rule.secret {
            let found = node.kind_shown().to_owned();
            cx.problem(
                ProblemKind::WrongType,
                node.mark,
                "should be text".to_owned(),
            )
            .found(found)
            .allow(rule.allowed.to_owned());
        } else {
            cx.wrong_type(node, "text", rule.allowed);
        }
        return None;
    };
    let Err(wrong) = (rule.check)(text) else {
        return Some(text);
    };
    let problem = cx
        .problem(ProblemKind::WrongValue, node.mark, wrong)
        .allow(rule.allowed.to_owned());
    if !rule.secret {
        problem.found(node.shown());
    }
    None
}
