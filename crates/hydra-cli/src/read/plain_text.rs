//! Reads `plain-text` with its default templates: `{date} {time} {layer} {LEVEL} - {message}`, and
//! ` name=value` for each field.
//!
//! Not kept by the format: where the message ends and the fields begin (a message that ends like
//! fields comes back as fields), the types of bare values (what is written like a number or a word
//! of JSON is read as one), and whether a message held a control or the characters of its escape.
//! The line that is written from what was read is the same in all these cases.

use std::borrow::Cow;

use hydra_core::format::FormatKind;
use hydra_core::{CORE_KEYS, Level, OwnedValue};

use super::cursor::Cursor;
use super::keys::field_name;
use super::logfmt::quoted_length;
use super::text::{is_control, plain_unescape, quoted_unescape};
use super::value::infer;
use super::{OwnedRecord, Place, ReadError, json_value, time};

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let mut cursor = Cursor::new(FormatKind::PlainText, text);
    let (unix_ns, length) = time::leading(text)
        .ok_or_else(|| cursor.error("a date and a time, 2026-11-21 13:05:36.123456+01:00"))?;
    cursor.skip(length);
    cursor.expect(" ", "a space after the time")?;
    let (layer, level) = layer_and_level(&mut cursor)?;
    let (rest, place) = split_place(cursor.rest());
    let (message, fields) = split_fields(rest);
    Ok(OwnedRecord {
        unix_ns: Some(unix_ns),
        level,
        layer: layer.to_owned(),
        message: plain_unescape(message).into_owned(),
        fields,
        place,
        ..OwnedRecord::default()
    })
}

/// Layer and level, up to the message: `APP INFO - `, or `INFO - ` where the layer has no name. A
/// layer's name may hold spaces.
fn layer_and_level<'a>(cursor: &mut Cursor<'a>) -> Result<(&'a str, Level), ReadError> {
    let rest = cursor.rest();
    if let Some((level, length)) = level_and_dash(rest) {
        cursor.skip(length);
        return Ok(("", level));
    }
    for (at, _) in rest.match_indices(' ').skip_while(|(at, _)| *at == 0) {
        if let Some((level, length)) = level_and_dash(&rest[at + 1..]) {
            cursor.skip(at + 1 + length);
            return Ok((&rest[..at], level));
        }
    }
    Err(cursor.error("a layer, a level in capitals, and \" - \" before the message"))
}

/// `INFO - ` at the beginning of a text, and its length.
fn level_and_dash(text: &str) -> Option<(Level, usize)> {
    let (word, _) = text.split_once(' ')?;
    let level = Level::ALL.into_iter().find(|level| level.name() == word)?;
    text[word.len()..]
        .starts_with(" - ")
        .then_some((level, word.len() + 3))
}

/// A value, as it stands in the line.
enum Value<'a> {
    Bare(&'a str),
    Quoted(Cow<'a, str>),
    Json(OwnedValue),
}

impl Value<'_> {
    fn owned(self) -> OwnedValue {
        match self {
            Value::Bare(text) => infer(text),
            Value::Quoted(text) => OwnedValue::Str(text.into()),
            Value::Json(value) => value,
        }
    }
}

/// A field, and the end of its text.
struct Field<'a> {
    name: Cow<'a, str>,
    value: Value<'a>,
    end: usize,
}

/// Takes ` file=src/main.rs line=7` off the end of a line.
fn split_place(text: &str) -> (&str, Option<Place>) {
    let found = || {
        let line_start = text.rfind(" line=")?;
        let line = number(&text[line_start + " line=".len()..])?;
        let files = text[..line_start].rmatch_indices(" file=");
        for (start, _) in files {
            if let Some(field) = field(text, start).filter(|field| field.end == line_start) {
                let file = match field.value {
                    Value::Bare(text) => text.to_owned(),
                    Value::Quoted(text) => text.into_owned(),
                    Value::Json(_) => return None,
                };
                return Some((&text[..start], Place { file, line }));
            }
        }
        None
    };
    found().map_or((text, None), |(rest, place)| (rest, Some(place)))
}

/// A line's number, written as the format writes it.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Takes the longest run of ` name=value` off the end of a text.
///
/// From the end backwards, each space may begin a field if what follows the field is the end, or
/// the beginning of another.
fn split_fields(text: &str) -> (&str, Vec<(String, OwnedValue)>) {
    // Where fields begin that lead to the end, the last one first.
    let mut leads: Vec<usize> = Vec::new();
    for (at, _) in text.rmatch_indices(' ') {
        let leads_on = |end: usize| leads.binary_search_by(|start| end.cmp(start)).is_ok();
        let may_be = |field: &Field<'_>| field.end == text.len() || leads_on(field.end);
        if let Some(field) = field(text, at)
            && may_be(&field)
            // The format writes none: the message must have ended like this.
            && !CORE_KEYS.contains(&&*field.name)
        {
            leads.push(at);
        }
    }
    let start = leads.last().copied().unwrap_or(text.len());
    let mut fields = Vec::new();
    let mut at = start;
    while let Some(field) = field(text, at) {
        fields.push((field_name(field.name.into_owned()), field.value.owned()));
        at = field.end;
    }
    (&text[..start], fields)
}

/// The field whose space stands at this place.
fn field(text: &str, start: usize) -> Option<Field<'_>> {
    let name_at = text[start..].strip_prefix(' ').map(|_| start + 1)?;
    let (name, length) = word(&text[name_at..])?;
    let name = match name {
        Value::Bare(name) => Cow::Borrowed(name),
        Value::Quoted(name) => name,
        Value::Json(_) => return None,
    };
    let value_at = text[name_at + length..]
        .strip_prefix('=')
        .map(|_| name_at + length + 1)?;
    let value = &text[value_at..];
    let ends = |length: usize| matches!(value.as_bytes().get(length), None | Some(b' '));
    // A text may begin like a list: `[::1]:80`, `[1]\`.
    let list = json(value).filter(|(_, length)| ends(*length));
    let (shown, length) = list.or_else(|| word(value).filter(|(_, length)| ends(*length)))?;
    Some(Field {
        name,
        value: shown,
        end: value_at + length,
    })
}

/// A text in quotes that needs them, or one that can stand without, and its length.
fn word(text: &str) -> Option<(Value<'_>, usize)> {
    let ends = |c: char| c <= ' ' || matches!(c, '"' | '=') || c.is_whitespace() || is_control(c);
    if text.starts_with('"') {
        let length = quoted_length(text)?;
        let value = quoted_unescape(&text[1..length - 1])?;
        let needs_quotes = value.is_empty() || value.contains(ends);
        return needs_quotes.then_some((Value::Quoted(value), length));
    }
    let length = text.find(ends).unwrap_or(text.len());
    (length > 0).then(|| (Value::Bare(&text[..length]), length))
}

/// A list or a map, and its length.
fn json(text: &str) -> Option<(Value<'_>, usize)> {
    if !text.starts_with(['[', '{']) {
        return None;
    }
    let length = json_value::length(text)?;
    let value = json_value::parse(&text[..length])?;
    Some((Value::Json(value), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_after_time(rest: &str) -> OwnedRecord {
        read(&format!("2026-11-21 13:05:36.123456+01:00 {rest}")).unwrap()
    }

    #[test]
    fn fields_are_told_from_the_message_before_them() {
        for (text, message, names) in [
            (
                "APP INFO - logged in user_id=7 name=\"Ada L.\"",
                "logged in",
                "user_id,name",
            ),
            ("APP INFO - a=b is no field c=d", "a=b is no field", "c"),
            ("APP INFO - x k=1 y", "x k=1 y", ""),
            ("APP INFO -  only=1", "", "only"),
            ("APP INFO - x a=\"y b=2\" c=[1,\" d=3\"]", "x", "a,c"),
            ("APP INFO - x a=\"y b=\" c=\" d=2\"", "x", "a,c"),
            (
                "APP INFO - x \"two words\"=1 level_=y",
                "x",
                "two words,level",
            ),
            ("APP INFO - x a=[::1]:80", "x", "a"),
            ("APP INFO - x a=[1]\\", "x", "a"),
            ("APP INFO - x a=\"open", "x a=\"open", ""),
            ("APP INFO - x a= b=1", "x a=", "b"),
            ("APP INFO - x level=1 b=1", "x level=1", "b"),
            ("APP INFO - x a=\"b\" c=1", "x a=\"b\"", "c"),
        ] {
            let record = read_after_time(text);
            assert_eq!(record.message, message, "{text}");
            let found: Vec<&str> = record.fields.iter().map(|(name, _)| &**name).collect();
            let names: Vec<&str> = names.split_terminator(',').collect();
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn a_layer_may_have_spaces_or_no_name() {
        for (text, layer, message) in [
            ("my app - x ERROR - y - z", "my app - x", "y - z"),
            ("WARNING - up", "", "up"),
            ("A INFO - INFO - x", "A", "INFO - x"),
        ] {
            let record = read_after_time(text);
            assert_eq!(
                (&*record.layer, &*record.message),
                (layer, message),
                "{text}"
            );
        }
    }

    #[test]
    fn the_place_in_the_source_is_told_from_a_field_of_that_name() {
        let record = read_after_time("APP INFO - x file_=a file=src/main.rs line=7");
        let place = record.place.unwrap();
        assert_eq!((&*place.file, place.line), ("src/main.rs", 7));
        assert_eq!(
            record.fields,
            [("file".to_owned(), OwnedValue::Str("a".into()))]
        );
    }

    #[test]
    fn many_spaces_and_quotes_take_no_longer_than_their_length() {
        let hard = " a=\"".repeat(50_000) + &" b=[\"".repeat(50_000) + &" ".repeat(50_000);
        assert_eq!(
            read_after_time(&format!("APP INFO - {hard}x")).fields.len(),
            0
        );
    }

    #[test]
    fn an_error_says_where_and_what() {
        let error = read("2026-11-21 13:05:36Z APP LOUD - x").unwrap_err();
        assert_eq!(error.column, 22, "{error}");
        assert!(
            read("hello")
                .unwrap_err()
                .expected
                .contains("a date and a time")
        );
    }
}
