//! Reads `syslog`: RFC 5424, ours and others'.
//!
//! Not kept by the format: digits beyond the microsecond, names beyond 32 bytes, and the types of
//! values: what is written like a number, a word of JSON or a nested value is read as one. Ours
//! escapes controls in message and values; they are unescaped in others' lines too, as nothing in
//! a line says who wrote it. Severities without a level of their own (notice, alert, emergency)
//! are the nearest level. A byte-order mark before the message is no part of it, as the RFC has it. The
//! number of the process is not read.

use hydra_core::Level;
use hydra_core::format::{Facility, FormatKind, unescape};

use super::cursor::Cursor;
use super::keys::{field_name, severity};
use super::value::infer;
use super::{Origin, OwnedRecord, Place, ReadError, time};

/// What stands where there is nothing.
const NIL: &str = "-";

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let mut cursor = Cursor::new(FormatKind::Syslog, text);
    let (facility, level) = priority(&mut cursor)?;
    cursor.expect("1 ", "the version 1 and a space")?;
    let unix_ns = time(&mut cursor)?;
    let host = cursor.word("a host's name, or -")?;
    let program = cursor.word("a program's name, or -")?;
    cursor.word("a process's number, or -")?;
    let message_id = cursor.word("a message's kind (our layer), or -")?;
    let given = |word: &str| (word != NIL).then(|| word.to_owned());
    let mut record = OwnedRecord {
        unix_ns,
        level,
        // Others name their program where we name a layer.
        layer: given(message_id)
            .or_else(|| given(program))
            .unwrap_or_default(),
        origin: Origin {
            host: given(host),
            program: given(program),
            facility,
        },
        ..OwnedRecord::default()
    };
    structured_data(&mut cursor, &mut record)?;
    if !cursor.is_at_end() {
        cursor.expect(" ", "a space before the message")?;
        let message = cursor.rest();
        record.message = unescape(message.strip_prefix('\u{feff}').unwrap_or(message)).into_owned();
    }
    Ok(record)
}

/// `<14>`: 8 times the facility, plus the severity.
fn priority(cursor: &mut Cursor<'_>) -> Result<(Option<Facility>, Level), ReadError> {
    const EXPECTED: &str = "a priority, <0> to <191>";
    let found = || {
        let (digits, _) = cursor.rest().strip_prefix('<')?.split_once('>')?;
        let ours = digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
        let number: u8 = ours.then(|| digits.parse().ok())??;
        let facility = Facility::ALL.get(usize::from(number / 8))?;
        Some((*facility, severity(number % 8)?, digits.len() + 2))
    };
    let (facility, level, length) = found().ok_or_else(|| cursor.error(EXPECTED))?;
    cursor.skip(length);
    Ok((Some(facility), level))
}

fn time(cursor: &mut Cursor<'_>) -> Result<Option<i64>, ReadError> {
    if cursor.take("- ") {
        return Ok(None);
    }
    let found = time::leading(cursor.rest());
    let (ns, length) = found.ok_or_else(|| cursor.error("a time of RFC 3339, or -"))?;
    cursor.skip(length);
    cursor.expect(" ", "a space after the time")?;
    Ok(Some(ns))
}

/// `-`, or `[id name="value"][id …]`.
fn structured_data(cursor: &mut Cursor<'_>, record: &mut OwnedRecord) -> Result<(), ReadError> {
    if cursor.take(NIL) {
        return Ok(());
    }
    let (mut file, mut line) = (None, None);
    cursor.expect("[", "structured data: [ or -")?;
    loop {
        let id = name(cursor, "the name of an element")?;
        // What the header cannot hold stands in an element of our own.
        let own = id.starts_with("hydra@");
        while cursor.take(" ") {
            let name = name(cursor, "a parameter's name")?;
            cursor.expect("=\"", "=\" after a parameter's name")?;
            let value = param(cursor)?;
            match name {
                "level" if own => record.level = value.parse().unwrap_or(record.level),
                "logger" if own => record.layer = value,
                "file" if own => file = Some(value),
                "line" if own => line = value.parse().ok(),
                _ => {
                    let name = field_name(decoded(name));
                    record.fields.push((name, infer(&value)));
                }
            }
        }
        cursor.expect("]", "a space and a parameter, or ]")?;
        if !cursor.take("[") {
            break;
        }
    }
    record.place = file.zip(line).map(|(file, line)| Place { file, line });
    Ok(())
}

fn name<'a>(cursor: &mut Cursor<'a>, expected: &str) -> Result<&'a str, ReadError> {
    let end = |c: char| !c.is_ascii_graphic() || matches!(c, '=' | ']' | '"');
    let length = cursor.rest().find(end).unwrap_or(cursor.rest().len());
    if length == 0 {
        return Err(cursor.error(expected));
    }
    Ok(cursor.skip(length))
}

/// A value, and the quote after it. The RFC's escapes lie over ours.
fn param(cursor: &mut Cursor<'_>) -> Result<String, ReadError> {
    let mut value = String::new();
    loop {
        let rest = cursor.rest();
        let Some(length) = rest.find(['"', '\\']) else {
            return Err(cursor.error("the quote that ends a value"));
        };
        value.push_str(cursor.skip(length));
        if cursor.take("\"") {
            break;
        }
        cursor.skip(1);
        match cursor.rest().chars().next() {
            Some(c @ ('"' | '\\' | ']')) => {
                cursor.skip(1);
                value.push(c);
            }
            // A backslash before anything else stands for itself, says the RFC.
            _ => value.push('\\'),
        }
    }
    Ok(unescape(&value).into_owned())
}

/// A name with its `%XX` undone.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = std::str::from_utf8(tail.get(..2).unwrap_or_default());
        let code = code
            .ok()
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use hydra_core::OwnedValue;

    use super::*;

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        let line = "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \u{feff}'su root' failed for lonvick on /dev/pts/8";
        let record = read(line).unwrap();
        assert_eq!((record.level, &*record.layer), (Level::Critical, "ID47"));
        assert_eq!(record.message, "'su root' failed for lonvick on /dev/pts/8");
        assert_eq!(record.origin.facility, Some(Facility::Auth));
        assert_eq!(record.origin.program.as_deref(), Some("su"));

        let line = r#"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application"][examplePriority@32473 class="high"]"#;
        let record = read(line).unwrap();
        assert_eq!(record.message, "");
        let expected = [
            ("iut", OwnedValue::U64(3)),
            ("eventSource", OwnedValue::Str("Application".into())),
            ("class", OwnedValue::Str("high".into())),
        ];
        assert_eq!(
            record.fields,
            expected.map(|(name, value)| (name.to_owned(), value))
        );
    }

    #[test]
    fn nothing_in_the_header_is_nothing_in_the_record() {
        let record = read("<14>1 - - - - - -").unwrap();
        assert_eq!(record.unix_ns, None);
        assert_eq!(record.origin.host, None);
        assert_eq!((&*record.layer, &*record.message), ("", ""));
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (line, column, expected) in [
            ("<192>1 - - - - - -", 1, "a priority"),
            ("<1x>1 - - - - - -", 1, "a priority"),
            ("<14>1 now - - - - -", 7, "a time"),
            ("<14>1 - h p", 11, "a program's name"),
            ("<14>1 - - - - - x", 17, "structured data"),
            ("<14>1 - - - - - [a b=\"c]", 23, "the quote"),
            (
                "<14>1 - - - - - [a b=\"c\"",
                25,
                "a space and a parameter, or ]",
            ),
            ("<14>1 - - - - - -x", 18, "a space before the message"),
        ] {
            let error = read(line).unwrap_err();
            assert_eq!(error.column, column, "{error}");
            assert!(error.expected.contains(expected), "{error}");
        }
    }
}
