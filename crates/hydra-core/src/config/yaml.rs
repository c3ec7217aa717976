//! YAML 1.2 into the tree, with places: the core schema, one document, aliases within bounds, and
//! YAML 1.1's merge key `<<`, which configurations use with anchors.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::config::syntax::{MAX_DEPTH, SyntaxError, Text};
use crate::config::tree::{Data, Entry, Mark, Node};

/// More than this, aliases counted as often as they stand, is no configuration: a few lines of
/// aliases of aliases can ask for more than any memory holds. A value weighs 1, and its text one
/// for each 40 bytes.
const MAX_WEIGHT: usize = 500_000;

pub(crate) fn parse(text: &Text<'_>) -> Result<Node, SyntaxError> {
    let mut reader = Reader {
        text,
        open: Vec::new(),
        anchors: HashMap::new(),
        weight: 0,
        root: None,
    };
    for event in Parser::new_from_str(text.whole) {
        let (event, span) = event.map_err(|error| {
            let mark = reader.mark_at(error.marker());
            SyntaxError::new(mark, error.info().to_owned())
        })?;
        reader.take(event, span)?;
    }
    let start = text.mark(0);
    Ok(reader
        .root
        .unwrap_or(Node::new(start, Data::Map(Vec::new()))))
}

/// A list or a map whose end has not been read.
struct Open {
    mark: Mark,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    /// With the key whose value comes next.
    Map(Vec<Entry>, Option<(String, Mark)>),
}

struct Reader<'t> {
    text: &'t Text<'t>,
    open: Vec<Open>,
    /// Finished nodes by their anchors, with their weight.
    anchors: HashMap<usize, (Node, usize)>,
    weight: usize,
    root: Option<Node>,
}

impl Reader<'_> {
    fn mark_at(&self, marker: &saphyr_parser::Marker) -> Mark {
        self.text.at(marker.line().max(1), marker.col() + 1)
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), SyntaxError> {
        let mark = self.mark_at(&span.start);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let data = scalar(&value, style, tag.as_deref(), mark)?;
                if let Some((key, at)) = self.key_for(&value) {
                    *at = Some((key, mark));
                    return Ok(());
                }
                let node = Node::new(mark, data);
                let weight = weigh(&node);
                self.value(node, anchor, weight)
            }
            Event::SequenceStart(anchor, _) => self.begin(mark, anchor, Kind::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.begin(mark, anchor, Kind::Map(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, mark),
            Event::DocumentStart(_) if self.root.is_some() => Err(SyntaxError::new(
                mark,
                "a second document (---) begins; a configuration is one",
            )),
            _ => Ok(()),
        }
    }

    /// If a key is due, it and the place to put it.
    fn key_for(&mut self, value: &str) -> Option<(String, &mut Option<(String, Mark)>)> {
        match self.open.last_mut() {
            Some(Open {
                kind: Kind::Map(_, key @ None),
                ..
            }) => Some((value.to_owned(), key)),
            _ => None,
        }
    }

    fn begin(&mut self, mark: Mark, anchor: usize, kind: Kind) -> Result<(), SyntaxError> {
        if self.key_for("").is_some() {
            return Err(SyntaxError::new(
                mark,
                "a key must be text, not a list or a map",
            ));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(SyntaxError::too_deep(mark));
        }
        self.open.push(Open { mark, anchor, kind });
        Ok(())
    }

    fn end(&mut self) -> Result<(), SyntaxError> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let data = match open.kind {
            Kind::List(items) => Data::List(items),
            Kind::Map(entries, _) => Data::Map(merge_keys(entries)?),
        };
        self.value(Node::new(open.mark, data), open.anchor, 1)
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), SyntaxError> {
        let Some((node, weight)) = self.anchors.get(&anchor) else {
            return Err(SyntaxError::new(
                mark,
                "an alias (*) within what it stands for",
            ));
        };
        let (node, weight) = (node, *weight);
        // Checked before the copy is made.
        if self.weight + weight > MAX_WEIGHT {
            return Err(too_many(mark));
        }
        let node = node.clone();
        if self.key_for("").is_some() {
            return Err(SyntaxError::new(
                mark,
                "a key must be text, not an alias (*)",
            ));
        }
        self.value(node, 0, weight)
    }

    /// Puts a finished value where it belongs.
    fn value(&mut self, node: Node, anchor: usize, weight: usize) -> Result<(), SyntaxError> {
        self.weight += weight;
        if self.weight > MAX_WEIGHT {
            return Err(too_many(node.mark));
        }
        if anchor > 0 {
            let weight = weigh(&node);
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        match self.open.last_mut().map(|open| &mut open.kind) {
            Some(Kind::List(items)) => items.push(node),
            Some(Kind::Map(entries, key)) => {
                if let Some((key, mark)) = key.take() {
                    let value = node;
                    entries.push(Entry { key, mark, value });
                }
            }
            None => self.root = Some(node),
        }
        Ok(())
    }
}

fn too_many(mark: Mark) -> SyntaxError {
    SyntaxError::too_big(
        mark,
        "too much for a configuration; aliases (*) count as often as they stand",
    )
}

/// What a node weighs, with all that is in it.
fn weigh(node: &Node) -> usize {
    1 + match &node.data {
        Data::Text(text) => text.len() / 40,
        Data::List(items) => items.iter().map(weigh).sum(),
        Data::Map(entries) => {
            let entry = |entry: &Entry| entry.key.len() / 40 + weigh(&entry.value);
            entries.iter().map(entry).sum()
        }
        _ => 0,
    }
}

/// Resolves `<<: *defaults`, or a list of such: the keys of those maps that are not set here.
fn merge_keys(entries: Vec<Entry>) -> Result<Vec<Entry>, SyntaxError> {
    let (merged, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.key == "<<");
    if merged.is_empty() {
        return Ok(own);
    }
    let mut keys: HashSet<String> = own.iter().map(|entry| entry.key.clone()).collect();
    for entry in merged {
        let maps = match entry.value.data {
            Data::List(items) => items,
            _ => vec![entry.value],
        };
        for map in maps {
            let Data::Map(entries) = map.data else {
                return Err(SyntaxError::new(
                    entry.mark,
                    "<< takes a map, or a list of maps, usually an alias like *defaults",
                ));
            };
            for entry in entries {
                if keys.insert(entry.key.clone()) {
                    own.push(entry);
                }
            }
        }
    }
    Ok(own)
}

/// A scalar's value by the core schema of YAML 1.2: `yes` and `on` are text.
fn scalar(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    mark: Mark,
) -> Result<Data, SyntaxError> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
            return Ok(Data::Text(text.to_owned()));
        }
        Some(tag) if !tag.is_yaml_core_schema() => {
            let message = format!("the tag {tag} means nothing in a configuration");
            return Err(SyntaxError::new(mark, message));
        }
        _ => {}
    }
    if style != ScalarStyle::Plain {
        return Ok(Data::Text(text.to_owned()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Bool(true),
        "false" | "False" | "FALSE" => Data::Bool(false),
        _ => number(text).unwrap_or_else(|| Data::Text(text.to_owned())),
    })
}

fn number(text: &str) -> Option<Data> {
    let raw = text.to_owned();
    let radix = |digits: &str, radix: u32| {
        let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        all.then(|| i64::from_str_radix(digits, radix).ok())
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8).map(|value| Data::Int { value, raw });
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16).map(|value| Data::Int { value, raw });
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if radix(unsigned, 10).is_some() {
        let value = text.parse().ok();
        return Some(Data::Int { value, raw });
    }
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            let value = if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            return Some(Data::Float { value, raw });
        }
        ".nan" | ".NaN" | ".NAN" => {
            let value = f64::NAN;
            return Some(Data::Float { value, raw });
        }
        _ => {}
    }
    // What Rust reads beyond the core schema (inf, nan, infinity) begins with a letter.
    let begins = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let value = begins.then(|| text.parse().ok())??;
    Some(Data::Float { value, raw })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::error::ProblemKind;

    #[test]
    fn scalars_are_read_by_the_core_schema_of_yaml_1_2() {
        use crate::config::Value;
        for (text, value) in [
            ("0o17", Value::Int(15)),
            ("0x1F", Value::Int(31)),
            ("0x", "0x".into()),
            ("0o8", "0o8".into()),
            ("+7", Value::Int(7)),
            (".inf", Value::Float(f64::INFINITY)),
            ("+.INF", Value::Float(f64::INFINITY)),
            ("-.Inf", Value::Float(f64::NEG_INFINITY)),
            ("inf", "inf".into()),
            ("1e3", Value::Float(1000.0)),
            ("!!str 5", "5".into()),
            ("~", Value::Null),
            ("yes", "yes".into()),
        ] {
            let node = parse(&Text::new(text, 0)).unwrap();
            assert!(node.to_value() == value, "{text} is {:?}", node.data);
        }
        let nan = parse(&Text::new(".nan", 0)).unwrap().to_value();
        assert!(matches!(nan, Value::Float(value) if value.is_nan()));
    }

    #[test]
    fn a_key_is_text_and_merged_maps_may_be_a_list() {
        let error = parse(&Text::new("a: &a b\n*a : c\n", 0)).unwrap_err();
        assert!(error.message.contains("not an alias"), "{}", error.message);
        let text = "a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc: {<<: [*a, *b], z: 4}\n";
        let c = parse(&Text::new(text, 0))
            .unwrap()
            .get("c")
            .unwrap()
            .to_value();
        let expected = [("z", 4), ("x", 1), ("y", 3)].map(|(key, n)| (key, n.into()));
        assert_eq!(c, crate::config::Value::map(expected));
    }

    /// A megabyte of text, ten thousand times over.
    #[test]
    fn aliases_of_long_texts_and_long_keys_end_in_an_error() {
        let long = "x".repeat(900_000);
        let aliases = "*a, ".repeat(10_000);
        for anchored in [format!("\"{long}\""), format!("{{? {long} : 1}}")] {
            let text = format!("a: &a {anchored}\nb: [{aliases}]\n");
            let error = parse(&Text::new(&text, 0)).unwrap_err();
            assert_eq!(error.kind, ProblemKind::TooBig, "{}", error.message);
        }
    }
}
