//! Reads `logfmt`: ours, and go-kit's, logrus', Heroku's and the like.
//!
//! Not kept by the format: the types of values (what is written like a number, a word of JSON or a
//! nested value is read as one), and characters that names may not hold. A name without `=` is
//! true, as in Heroku's.

use hydra_core::OwnedValue;
use hydra_core::format::FormatKind;

use super::cursor::Cursor;
use super::json_value::string;
use super::keys::{Parts, Raw};
use super::value::{infer, nested};
use super::{OwnedRecord, ReadError};

/// A value, as it stands in the line.
enum Value<'a> {
    /// None: the name alone.
    Absent,
    Bare(&'a str),
    /// Unescaped.
    Quoted(String),
}

impl Raw for Value<'_> {
    fn text(&self) -> Option<String> {
        match self {
            Value::Absent => None,
            Value::Bare(text) => Some((*text).to_owned()),
            Value::Quoted(text) => Some(text.clone()),
        }
    }

    fn digits(&self) -> Option<&str> {
        match self {
            Value::Bare(text) if text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-')) => {
                Some(text)
            }
            _ => None,
        }
    }

    fn value(self) -> OwnedValue {
        match self {
            Value::Absent => OwnedValue::Bool(true),
            Value::Bare(text) => infer(text),
            Value::Quoted(text) => nested(&text),
        }
    }
}

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let mut cursor = Cursor::new(FormatKind::Logfmt, text);
    let mut pairs = Vec::new();
    loop {
        cursor.skip(cursor.rest().len() - cursor.rest().trim_start_matches([' ', '\t']).len());
        if cursor.is_at_end() {
            break;
        }
        pairs.push(pair(&mut cursor)?);
    }
    // Words without `=` are as likely prose.
    let is_pairs = !pairs.is_empty() && pairs.iter().all(|(_, v)| !matches!(v, Value::Absent));
    let (record, is_log) = Parts(pairs).into_record();
    if is_log || is_pairs {
        Ok(record)
    } else {
        let start = Cursor::new(FormatKind::Logfmt, text);
        Err(start.error("key=value pairs with a timestamp, a level or a message"))
    }
}

fn pair<'a>(cursor: &mut Cursor<'a>) -> Result<(String, Value<'a>), ReadError> {
    let length = length_until(cursor.rest(), |c| c <= ' ' || matches!(c, '=' | '"'));
    if length == 0 {
        return Err(cursor.error("a key"));
    }
    let name = cursor.skip(length).to_owned();
    if !cursor.take("=") {
        return match cursor.rest().chars().next() {
            Some('"') => Err(cursor.error("= or a space after a key")),
            _ => Ok((name, Value::Absent)),
        };
    }
    let value = if cursor.rest().starts_with('"') {
        let length = quoted_length(cursor.rest())
            .ok_or_else(|| cursor.error("a value with a quote at its end"))?;
        let Some(text) = string(&cursor.rest()[..length]) else {
            return Err(cursor.error("a value with the escapes of JSON"));
        };
        cursor.skip(length);
        if !cursor.is_at_end() && !cursor.rest().starts_with([' ', '\t']) {
            return Err(cursor.error("a space after a quoted value"));
        }
        Value::Quoted(text)
    } else {
        let length = length_until(cursor.rest(), |c| c <= ' ');
        Value::Bare(cursor.skip(length))
    };
    Ok((name, value))
}

fn length_until(text: &str, end: impl Fn(char) -> bool) -> usize {
    text.find(end).unwrap_or(text.len())
}

/// The length of a quoted text, its quotes included.
pub(super) fn quoted_length(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().skip(1);
    loop {
        match bytes.next()? {
            (at, b'"') => return Some(at + 1),
            (_, b'\\') => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use hydra_core::Level;

    use super::*;

    #[test]
    fn what_other_programs_write_is_read() {
        let line = r#"time="2015-03-26T01:27:38-04:00" level=warning msg="The group's number \"122\"" number=122 omg=true debug at=0.5ms"#;
        let record = read(line).unwrap();
        assert_eq!(record.unix_ns, Some(1_427_347_658_000_000_000));
        assert_eq!(record.level, Level::Warning);
        assert_eq!(record.message, r#"The group's number "122""#);
        let values: Vec<_> = record.fields.into_iter().map(|(_, value)| value).collect();
        let expected = [
            OwnedValue::U64(122),
            OwnedValue::Bool(true),
            OwnedValue::Bool(true),
            OwnedValue::Str("0.5ms".into()),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (line, column, expected) in [
            ("hello world", 1, "pairs with a timestamp"),
            ("msg=x =y", 7, "a key"),
            ("msg=\"x", 5, "a quote at its end"),
            ("msg=\"x\\q\"", 5, "escapes of JSON"),
            ("msg=\"x\"y", 8, "a space after"),
            ("msg\"x\"", 4, "= or a space"),
            ("", 1, "pairs"),
        ] {
            let error = read(line).unwrap_err();
            assert_eq!(error.column, column, "{error}");
            assert!(error.expected.contains(expected), "{error}");
        }
    }
}
