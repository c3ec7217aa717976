//! TOML 1.1 into the tree, with places.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::error::ProblemKind;
use crate::config::syntax::{MAX_DEPTH, SyntaxError, Text};
use crate::config::tree::{Data, Entry, Node};

pub(crate) fn parse(text: &Text<'_>) -> Result<Node, Vec<SyntaxError>> {
    let (root, errors) = DeTable::parse_recoverable(text.whole);
    if errors.is_empty() {
        let entries = table(root.get_ref(), text, 0).map_err(|error| vec![error])?;
        return Ok(Node::new(text.mark(0), Data::Map(entries)));
    }
    let error = |error: &toml::de::Error| {
        let mark = text.mark(error.span().map_or(0, |span| span.start));
        let message = error.message().replace('\n', ", ");
        match error.span().and_then(|span| text.whole.get(span)) {
            Some(key) if message == "duplicate key" => {
                let message = format!("the key {key} stands in this table already");
                SyntaxError {
                    kind: ProblemKind::DuplicateKey,
                    ..SyntaxError::new(mark, message)
                }
            }
            _ => SyntaxError::new(mark, message),
        }
    };
    Err(errors.iter().map(error).collect())
}

fn table(table: &DeTable<'_>, text: &Text<'_>, depth: usize) -> Result<Vec<Entry>, SyntaxError> {
    let mut entries = table
        .iter()
        .map(|(key, value)| {
            Ok((
                key.span().start,
                Entry {
                    key: key.get_ref().to_string(),
                    mark: text.mark(key.span().start),
                    value: node(value, text, depth + 1)?,
                },
            ))
        })
        .collect::<Result<Vec<_>, SyntaxError>>()?;
    // The table is in the order of the alphabet; a configuration is read in its own.
    entries.sort_by_key(|(start, _)| *start);
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn node(value: &Spanned<DeValue<'_>>, text: &Text<'_>, depth: usize) -> Result<Node, SyntaxError> {
    let mark = text.mark(value.span().start);
    if depth > MAX_DEPTH {
        return Err(SyntaxError::too_deep(mark));
    }
    let data = match value.get_ref() {
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Boolean(value) => Data::Bool(*value),
        DeValue::Integer(number) => Data::Int {
            value: i64::from_str_radix(number.as_str(), number.radix()).ok(),
            raw: match number.radix() {
                8 => format!("0o{}", number.as_str()),
                16 => format!("0x{}", number.as_str()),
                2 => format!("0b{}", number.as_str()),
                _ => number.as_str().to_owned(),
            },
        },
        DeValue::Float(number) => Data::Float {
            value: number.as_str().parse().unwrap_or(f64::INFINITY),
            raw: number.as_str().to_owned(),
        },
        // No key takes a date; as text, it is found wrong where it stands.
        DeValue::Datetime(date) => Data::Text(date.to_string()),
        DeValue::Array(items) => Data::List(
            items
                .iter()
                .map(|item| node(item, text, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(entries) => Data::Map(table(entries, text, depth)?),
    };
    Ok(Node::new(mark, data))
}
