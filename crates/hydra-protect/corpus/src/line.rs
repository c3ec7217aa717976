//! A line, and the draft that it is made from: pieces of text and values that are encoded together,
//! so that the place of each value stays known.

use std::fmt;
use std::ops::Range;

use serde_json::{Value as Json, json};

use crate::kind::{Group, Kind};

/// A sensitive value in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Where it stands, in bytes of the line's text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// The value itself; the text at `range` is an encoded form of it in an encoded line.
    pub plain: String,
}

/// A log line with what must not survive redaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line, without its newline; a PEM block makes it several lines.
    pub text: String,
    /// Its values, in order.
    pub values: Vec<Value>,
    /// The pattern that it was made from, or the name of the kind of negative.
    pub template: &'static str,
    /// How it was made hard to read, or an empty string for a plain line.
    pub hard: &'static str,
    /// Whether nothing in it is sensitive by default; an IP address may still be in it.
    pub negative: bool,
}

impl Line {
    /// A line as one JSON object, for tools that read the corpus from outside.
    pub fn to_json(&self) -> Json {
        let values: Vec<Json> = self
            .values
            .iter()
            .map(|value| {
                json!({
                    "start": value.range.start,
                    "end": value.range.end,
                    "kind": value.kind.name,
                    "group": value.kind.group.name(),
                    "plain": value.plain,
                })
            })
            .collect();
        json!({
            "line": self.text,
            "values": values,
            "template": self.template,
            "how": self.hard,
            "hard": !self.hard.is_empty(),
            "negative": self.negative,
        })
    }
}

/// Why a line of JSON is no line of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine(String);

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no line of a corpus: {}", self.0)
    }
}

impl std::error::Error for BadLine {}

impl Line {
    /// Reads what [`Line::to_json`] wrote, or another program in the same form: so a corpus that was
    /// made elsewhere is judged by the same scorer. The names in it are kept for good.
    ///
    /// # Errors
    ///
    /// Text that is not such an object, a group that does not exist, or a range outside of the line.
    ///
    /// ```
    /// use hydra_protect_corpus::{Line, corpus};
    ///
    /// let line = &corpus(1, 10)[0];
    /// assert_eq!(Line::from_json(&line.to_json().to_string()).as_ref(), Ok(line));
    /// ```
    pub fn from_json(text: &str) -> Result<Line, BadLine> {
        let json: Json = serde_json::from_str(text).map_err(|error| BadLine(error.to_string()))?;
        let string = |json: &Json, name: &str| {
            json.get(name)
                .and_then(Json::as_str)
                .map(str::to_owned)
                .ok_or(BadLine(format!("it lacks the text {name:?}")))
        };
        let line = string(&json, "line")?;
        let mut values = Vec::new();
        for value in json
            .get("values")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            let number = |name: &str| {
                value
                    .get(name)
                    .and_then(Json::as_u64)
                    .map(|number| number as usize)
                    .ok_or(BadLine(format!("a value lacks the number {name:?}")))
            };
            let range = number("start")?..number("end")?;
            if line.get(range.clone()).is_none() {
                return Err(BadLine(format!("{range:?} is no part of its text")));
            }
            let group = string(value, "group")?;
            let group = Group::ALL
                .into_iter()
                .find(|known| known.name() == group)
                .ok_or(BadLine(format!("there is no group {group:?}")))?;
            values.push(Value {
                range,
                kind: Kind::new(string(value, "kind")?.leak(), group),
                plain: string(value, "plain")?,
            });
        }
        Ok(Line {
            text: line,
            negative: values.iter().all(|value| value.kind.group.is_optional()),
            values,
            template: string(&json, "template")?.leak(),
            hard: string(&json, "how")?.leak(),
        })
    }
}

/// A value before it has its place in a line.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) kind: Kind,
    pub(crate) plain: String,
}

impl Secret {
    pub(crate) fn new(kind: Kind, plain: impl Into<String>) -> Secret {
        Secret {
            kind,
            plain: plain.into(),
        }
    }
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value(Secret, String),
}

/// A line in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pieces: Vec<Piece>,
}

impl Draft {
    pub(crate) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }

    /// A value as it stands.
    pub(crate) fn value(&mut self, secret: Secret) {
        let written = secret.plain.clone();
        self.pieces.push(Piece::Value(secret, written));
    }

    /// A value that the template writes in another form.
    pub(crate) fn written(&mut self, secret: Secret, written: String) {
        self.pieces.push(Piece::Value(secret, written));
    }

    /// Every piece of text and every value, encoded.
    pub(crate) fn encode(&mut self, encode: impl Fn(&str) -> String) {
        for piece in &mut self.pieces {
            let (Piece::Text(text) | Piece::Value(_, text)) = piece;
            *text = encode(text);
        }
    }

    /// Only the values, encoded.
    pub(crate) fn encode_values(&mut self, mut encode: impl FnMut(&str) -> String) {
        for piece in &mut self.pieces {
            if let Piece::Value(_, text) = piece {
                *text = encode(text);
            }
        }
    }

    /// Text around each value, which is not part of it.
    pub(crate) fn wrap_values(&mut self, before: &str, after: &str) {
        let pieces = std::mem::take(&mut self.pieces);
        for piece in pieces {
            let is_value = matches!(piece, Piece::Value(..));
            if is_value {
                self.text(before);
            }
            self.pieces.push(piece);
            if is_value {
                self.text(after);
            }
        }
    }

    /// Only what stands around the values, changed.
    pub(crate) fn encode_text(&mut self, mut encode: impl FnMut(&str) -> String) {
        for piece in &mut self.pieces {
            if let Piece::Text(text) = piece {
                *text = encode(text);
            }
        }
    }

    /// The same with text around it.
    pub(crate) fn wrap(&mut self, before: &str, after: &str) {
        self.pieces.insert(0, Piece::Text(before.to_owned()));
        self.pieces.push(Piece::Text(after.to_owned()));
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(secret, _) => Some(secret.kind),
            Piece::Text(_) => None,
        })
    }

    pub(crate) fn finish(self, template: &'static str, hard: &'static str) -> Line {
        let mut text = String::new();
        let mut values = Vec::new();
        for piece in self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(&piece),
                Piece::Value(secret, written) => {
                    let start = text.len();
                    text.push_str(&written);
                    values.push(Value {
                        range: start..text.len(),
                        kind: secret.kind,
                        plain: secret.plain,
                    });
                }
            }
        }
        let negative = values.iter().all(|value| value.kind.group.is_optional());
        Line {
            text,
            values,
            template,
            hard,
            negative,
        }
    }
}
