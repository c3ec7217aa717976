//! JSON (RFC 8259) into the tree, with places.
//!
//! YAML is nearly a superset of JSON, but only nearly (escapes of surrogates, tabs between tokens),
//! and its messages speak of YAML: hence a reader of its own, held against `serde_json` in a test.

use crate::config::syntax::{MAX_DEPTH, SyntaxError, Text};
use crate::config::tree::{Data, Entry, Mark, Node};

pub(crate) fn parse(text: &Text<'_>) -> Result<Node, SyntaxError> {
    let mut reader = Reader { text, at: 0 };
    reader.blank();
    let node = reader.value(0)?;
    reader.blank();
    if reader.at < text.whole.len() {
        return Err(reader.error("nothing more may follow the end of the JSON value"));
    }
    Ok(node)
}

struct Reader<'t> {
    text: &'t Text<'t>,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text.whole[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.whole.as_bytes().get(self.at).copied()
    }

    fn mark(&self) -> Mark {
        self.text.mark(self.at)
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.mark(), message)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        if depth > MAX_DEPTH {
            return Err(SyntaxError::too_deep(self.mark()));
        }
        let mark = self.mark();
        let data = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Data::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.error("a value is missing at the end of the file")),
        };
        Ok(Node::new(mark, data))
    }

    fn word(&mut self) -> Result<Data, SyntaxError> {
        let words = [
            ("null", Data::Null),
            ("true", Data::Bool(true)),
            ("false", Data::Bool(false)),
        ];
        for (word, data) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(data);
            }
        }
        Err(self.error("not a JSON value; text and keys stand in double quotes"))
    }

    fn number(&mut self) -> Result<Data, SyntaxError> {
        let start = self.at;
        self.take(b'-');
        let digits = |reader: &mut Self| {
            let start = reader.at;
            while reader.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                reader.at += 1;
            }
            reader.at > start
        };
        // A number does not begin with a zero, unless it is all of its whole part.
        if !self.take(b'0') && !digits(self) {
            return Err(self.error("a digit must follow the minus sign"));
        }
        let mut whole = true;
        if self.take(b'.') {
            whole = false;
            if !digits(self) {
                return Err(self.error("a digit must follow the point"));
            }
        }
        if self.take(b'e') || self.take(b'E') {
            whole = false;
            let _sign = self.take(b'+') || self.take(b'-');
            if !digits(self) {
                return Err(self.error("a digit must follow the exponent's e"));
            }
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.error("a number cannot begin with 0"));
        }
        let raw = self.text.whole[start..self.at].to_owned();
        if whole {
            let value = raw.parse().ok();
            return Ok(Data::Int { value, raw });
        }
        let value = raw.parse().unwrap_or(f64::INFINITY);
        Ok(Data::Float { value, raw })
    }

    fn list(&mut self, depth: usize) -> Result<Data, SyntaxError> {
        self.at += 1;
        self.blank();
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Data::List(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth + 1)?);
            self.blank();
            if self.take(b']') {
                return Ok(Data::List(items));
            }
            if !self.take(b',') {
                return Err(self.error("a list goes on with a comma, or ends with ]"));
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Data, SyntaxError> {
        self.at += 1;
        self.blank();
        let mut entries = Vec::new();
        if self.take(b'}') {
            return Ok(Data::Map(entries));
        }
        loop {
            self.blank();
            let mark = self.mark();
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in double quotes is missing"));
            }
            let key = self.string()?;
            self.blank();
            if !self.take(b':') {
                return Err(self.error("a colon must follow the key"));
            }
            self.blank();
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, mark, value });
            self.blank();
            if self.take(b'}') {
                return Ok(Data::Map(entries));
            }
            if !self.take(b',') {
                return Err(self.error("a map goes on with a comma, or ends with }"));
            }
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let start = self.mark();
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return Err(SyntaxError::new(
                    start,
                    "the quotes of a text are not closed",
                ));
            };
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(text);
                }
                '\\' => text.push(self.escape()?),
                '\0'..='\x1f' => {
                    return Err(self.error("a line break or control character must be escaped"));
                }
                _ => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let error = self.error("an unknown escape");
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode(error);
            }
            _ => return Err(error),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self, error: SyntaxError) -> Result<char, SyntaxError> {
        let Some(first) = self.hex() else {
            return Err(error);
        };
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        // The first half of a pair of surrogates.
        if first < 0xdc00
            && self.take(b'\\')
            && self.take(b'u')
            && let Some(second @ 0xdc00..=0xdfff) = self.hex()
        {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return char::from_u32(code).ok_or(error);
        }
        Err(error)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.whole.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepts(text: &str) -> bool {
        parse(&Text::new(text, 0)).is_ok()
    }

    #[test]
    fn numbers_escapes_and_places_are_read() {
        let text = "{\n  \"a\": [1, -2.5e1, \"\\ud83d\\ude00\\u00e9\\n\"]}";
        let node = parse(&Text::new(text, 0)).unwrap();
        let a = node.get("a").unwrap();
        assert_eq!((a.mark.line, a.mark.column), (2, 8));
        let value = a.to_value();
        let expected = vec![1_i64.into(), (-25.0).into(), "😀é\n".into()];
        assert_eq!(value, crate::config::Value::List(expected));
    }

    #[test]
    fn every_escape_is_read() {
        let text = r#""\"\\\/\b\f\n\r\t\u0041""#;
        let expected = "\"\\/\x08\x0c\n\r\tA";
        let found = parse(&Text::new(text, 0)).unwrap().to_value();
        assert_eq!(found, expected.into());
    }

    #[test]
    fn what_is_no_json_is_told_with_what_would_be_right() {
        let deep = "[".repeat(1000);
        for (text, part) in [
            ("1.", "a digit must follow the point"),
            ("1e+", "a digit must follow the exponent's e"),
            ("-", "a digit must follow the minus sign"),
            ("01", "cannot begin with 0"),
            ("[1 2]", "a list goes on with a comma"),
            ("{\"a\" 1}", "a colon must follow the key"),
            ("{\"a\": 1 \"b\"}", "a map goes on with a comma"),
            ("{a: 1}", "a key in double quotes is missing"),
            (r#""\x""#, "an unknown escape"),
            (r#""\u00g0""#, "an unknown escape"),
            (r#""\u00"#, "an unknown escape"),
            (r#""\udc00""#, "an unknown escape"),
            (r#""\ud83d\u0041""#, "an unknown escape"),
            ("\"a\nb\"", "must be escaped"),
            ("\"a", "the quotes of a text are not closed"),
            (&deep, "deep"),
        ] {
            let error = parse(&Text::new(text, 0)).unwrap_err();
            assert!(error.message.contains(part), "{text}: {}", error.message);
        }
    }

    proptest! {
        /// An independent judge of the syntax.
        #[test]
        fn what_is_json_is_what_serde_json_takes(
            text in r#"([\[\]{},:" \\]|"a"|u00e9|ud83d|null|true|fals|-|0|12|\.5|e3){0,12}"#
        ) {
            // serde_json takes numbers beyond f64 as errors; here they are read as too large.
            let expected = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            prop_assert_eq!(accepts(&text), expected, "{}", text);
        }
    }
}
