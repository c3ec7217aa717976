//! Lines that hold structure: JSON objects and logfmt pairs, taken apart into time, level, message
//! and fields.

mod json;
mod logfmt;

use hydra_logger::{Level, OwnedValue};

use crate::recognise;

/// How lines are taken apart.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(crate) enum Syntax {
    /// A JSON object in each line
    Json,
    /// key=value pairs, separated by blanks
    Logfmt,
    /// JSON where a line begins with {, logfmt where it consists of pairs, else text
    Auto,
}

/// A line, taken apart.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    /// When it was made, in nanoseconds since 1970-01-01 UTC.
    pub(crate) unix_ns: Option<i64>,
    /// Its level.
    pub(crate) level: Option<Level>,
    /// Its message; empty where it has none.
    pub(crate) message: String,
    /// Everything else, in its order.
    pub(crate) fields: Vec<(String, OwnedValue)>,
}

impl Syntax {
    /// The parts of a line, or `None` where it is not of this syntax.
    pub(crate) fn parse(self, line: &str) -> Option<Parsed> {
        let is_json = match self {
            Syntax::Json => true,
            Syntax::Logfmt => false,
            Syntax::Auto => line.starts_with('{'),
        };
        let fields = if is_json {
            json::fields(line)
        } else {
            logfmt::fields(line)
        };
        fields.map(Parsed::new)
    }
}

impl Parsed {
    /// Tells time, level and message from the other fields; what stands under such a key and is
    /// none stays a field.
    fn new(fields: Vec<(String, OwnedValue)>) -> Parsed {
        let mut parsed = Parsed {
            fields,
            ..Parsed::default()
        };
        let level = |key: &str, value: &OwnedValue| {
            let is_key = recognise::is_level_key(key.as_bytes());
            is_key.then(|| level_of(value)).flatten()
        };
        parsed.level = parsed.take(level);
        parsed.unix_ns = parsed.take(|key, value| {
            const KEYS: [&str; 8] = [
                "timestamp",
                "time",
                "ts",
                "@timestamp",
                "@t",
                "t",
                "datetime",
                "date",
            ];
            let is_key = KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
            is_key.then(|| time_of(value)).flatten()
        });
        // The first of these that is there, not the first in the line.
        for name in [
            "message",
            "msg",
            "short_message",
            "@m",
            "@mt",
            "event",
            "log",
        ] {
            let text = parsed.take(|key, value| match value {
                OwnedValue::Str(text) if key == name => {
                    Some(text.trim_end_matches('\n').to_owned())
                }
                _ => None,
            });
            if let Some(text) = text {
                parsed.message = text;
                break;
            }
        }
        parsed
    }

    /// Takes the first field out that `what` makes something of.
    fn take<T>(&mut self, what: impl Fn(&str, &OwnedValue) -> Option<T>) -> Option<T> {
        let mut fields = self.fields.iter().enumerate();
        let (at, found) = fields.find_map(|(at, (key, value))| Some((at, what(key, value)?)))?;
        self.fields.remove(at);
        Some(found)
    }
}

fn level_of(value: &OwnedValue) -> Option<Level> {
    match value {
        OwnedValue::Str(text) => recognise::named(text.as_bytes()),
        OwnedValue::U64(number) => recognise::numbered(*number),
        _ => None,
    }
}

/// RFC 3339 with an offset, or a number since 1970 in the unit that its size tells.
fn time_of(value: &OwnedValue) -> Option<i64> {
    const NANOS: [(f64, f64); 3] = [(1e11, 1e9), (1e14, 1e6), (1e17, 1e3)];
    match value {
        OwnedValue::Str(text) => {
            let time: jiff::Timestamp = text.parse().ok()?;
            time.as_nanosecond().try_into().ok()
        }
        OwnedValue::U64(number) => {
            let unit = NANOS.iter().find(|(below, _)| (*number as f64) < *below);
            i64::try_from(*number)
                .ok()?
                .checked_mul(unit.map_or(1, |(_, unit)| *unit as i64))
        }
        OwnedValue::F64(number) if *number >= 0.0 => {
            let (_, unit) = NANOS.iter().find(|(below, _)| number < below)?;
            // In two steps: a float of nanoseconds would be rounded to some hundreds of them.
            let whole = (number.trunc() as i64).checked_mul(*unit as i64)?;
            whole.checked_add((number.fract() * unit).round() as i64)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hydra_logger::Level;
    use hydra_logger::OwnedValue::{self, Bool, F64, I64, List, Map, Null, Str, U64};

    use super::{Parsed, Syntax};

    fn parsed(syntax: Syntax, line: &str) -> Parsed {
        syntax.parse(line).unwrap_or_else(|| panic!("{line}"))
    }

    fn fields(list: &[(&str, OwnedValue)]) -> Vec<(String, OwnedValue)> {
        list.iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn json_keeps_its_types_and_their_order() {
        let line = r#"{"b":1,"a":-2,"f":1.5,"n":null,"t":true,"s":"x\n","l":[1,"y"],"m":{"k":{}}}"#;
        let expected = fields(&[
            ("b", U64(1)),
            ("a", I64(-2)),
            ("f", F64(1.5)),
            ("n", Null),
            ("t", Bool(true)),
            ("s", Str("x\n".into())),
            ("l", List(vec![U64(1), Str("y".into())])),
            ("m", Map(vec![("k".into(), Map(vec![]))])),
        ]);
        assert_eq!(parsed(Syntax::Json, line).fields, expected);
    }

    #[test]
    fn time_level_and_message_are_told_from_the_fields() {
        let line = r#"{"time":"2026-01-02T03:04:05.5+01:00","level":"warn","msg":"slow","ms":9}"#;
        let expected = Parsed {
            unix_ns: Some(1_767_319_445_500_000_000),
            level: Some(Level::Warning),
            message: "slow".into(),
            fields: fields(&[("ms", U64(9))]),
        };
        assert_eq!(parsed(Syntax::Auto, line), expected);
        let line = "time=2026-01-02T03:04:05.5+01:00 level=warn msg=slow ms=9";
        assert_eq!(parsed(Syntax::Auto, line), expected);
    }

    #[test]
    fn what_stands_under_a_known_key_and_is_none_stays_a_field() {
        let line = r#"{"level":"high","time":"noon","message":7}"#;
        let result = parsed(Syntax::Json, line);
        assert_eq!((result.level, result.unix_ns), (None, None));
        assert_eq!(result.message, "");
        assert_eq!(result.fields.len(), 3);
    }

    #[test]
    fn a_message_is_preferred_to_an_event_wherever_they_stand() {
        let result = parsed(Syntax::Json, r#"{"event":"login","message":"hello"}"#);
        assert_eq!(result.message, "hello");
        assert_eq!(result.fields, fields(&[("event", Str("login".into()))]));
        assert_eq!(parsed(Syntax::Json, r#"{"log":"x\n"}"#).message, "x");
    }

    #[test]
    fn numbers_are_times_in_the_unit_that_their_size_tells() {
        let expected = Some(1_700_000_000_000_000_000);
        for number in [
            "1700000000",
            "1700000000000",
            "1700000000000000000",
            "1700000000.0",
        ] {
            let line = format!(r#"{{"ts":{number}}}"#);
            assert_eq!(parsed(Syntax::Json, &line).unix_ns, expected, "{number}");
        }
        let half = parsed(Syntax::Json, r#"{"ts":1700000000.5}"#).unix_ns;
        assert_eq!(half, Some(1_700_000_000_500_000_000));
    }

    #[test]
    fn logfmt_reads_quotes_escapes_and_typed_values() {
        let line = r#"a="x \"y\"\n\t\\" b= n=42 neg=-7 f=1.5 on=true id=007 u=a=b e="\u00fc""#;
        let expected = fields(&[
            ("a", Str("x \"y\"\n\t\\".into())),
            ("b", Str("".into())),
            ("n", U64(42)),
            ("neg", I64(-7)),
            ("f", F64(1.5)),
            ("on", Bool(true)),
            ("id", Str("007".into())),
            ("u", Str("a=b".into())),
            ("e", Str("\u{fc}".into())),
        ]);
        assert_eq!(parsed(Syntax::Logfmt, line).fields, expected);
    }

    #[test]
    fn other_lines_are_not_taken_apart() {
        for line in [
            "plain text",
            "a=1 and more",
            "=x",
            r#"a="open"#,
            r#"a="x"y"#,
            "",
            " ",
        ] {
            assert_eq!(Syntax::Logfmt.parse(line), None, "{line}");
            assert_eq!(Syntax::Auto.parse(line), None, "{line}");
        }
        for line in ["{", "[1]", "7", r#"{"a":1} x"#, r#"{"a":}"#, ""] {
            assert_eq!(Syntax::Json.parse(line), None, "{line}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(Syntax::Json.parse(&format!("{{\"a\":{deep}")), None);
    }
}
