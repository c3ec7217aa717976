//! Reads `json`: ours, and what other programs write: pino, bunyan, structlog, zap, zerolog, logrus,
//! hclog, python-json-logger, Logstash, ECS, `tracing-subscriber`.
//!
//! Ours comes back whole, but: a duration is a number of seconds, a time is a text, NaN is null
//! (JSON has no better), and a field named `level_` comes back as `level`, as that is what the
//! underscore is for. An object without any time, level or message is a record of fields alone.

use hydra_core::OwnedValue;
use hydra_core::format::FormatKind;

use super::cursor::Cursor;
use super::json_value::{Members, member, string};
use super::keys::{Parts, Raw};
use super::{OwnedRecord, ReadError};

impl Raw for &str {
    fn text(&self) -> Option<String> {
        string(self)
    }

    fn digits(&self) -> Option<&str> {
        self.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            .then_some(self)
    }

    fn value(self) -> OwnedValue {
        member(self)
    }
}

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let Members(mut members) = object(FormatKind::Json, text)?;
    spread_fields(&mut members);
    Ok(Parts(members).into_record().0)
}

/// An object's members; serde_json's message says what was expected.
pub(super) fn object(format: FormatKind, text: &str) -> Result<Members<'_>, ReadError> {
    Members::parse(text).map_err(|error| {
        let mut cursor = Cursor::new(format, text);
        let at = text.floor_char_boundary(error.column().saturating_sub(1));
        cursor.skip(at);
        let message = error.to_string();
        let reason = message.split(" at line ").next().unwrap_or_default();
        cursor.error(format!("one JSON object ({reason})"))
    })
}

/// `tracing-subscriber` puts message and fields into an object `fields`: its members stand in for
/// it where there is no message beside it.
fn spread_fields(members: &mut Vec<(String, &str)>) {
    let has = |name: &str| members.iter().position(|(known, _)| known == name);
    let Some(at) = has("fields").filter(|_| has("message").is_none() && has("msg").is_none())
    else {
        return;
    };
    if let Ok(Members(inner)) = Members::parse(members[at].1)
        && inner.iter().any(|(name, _)| name == "message")
    {
        members.splice(at..=at, inner);
    }
}

#[cfg(test)]
mod tests {
    use hydra_core::Level;

    use super::*;

    /// A line, and the level, layer, message and names of fields that it holds.
    type Row = (
        &'static str,
        Level,
        &'static str,
        &'static str,
        &'static [&'static str],
    );

    const FOREIGN: [Row; 9] = [
        // pino, bunyan
        (
            r#"{"level":30,"time":1700000000000,"pid":7,"hostname":"web1","msg":"up"}"#,
            Level::Info,
            "",
            "up",
            &["pid", "hostname"],
        ),
        (
            r#"{"name":"shop","level":50,"msg":"no","time":"2023-11-14T22:13:20.000Z","v":0}"#,
            Level::Error,
            "shop",
            "no",
            &["v"],
        ),
        // zap, zerolog, logrus, hclog
        (
            r#"{"level":"warn","ts":1700000000.0,"logger":"db","caller":"a.go:7","msg":"slow"}"#,
            Level::Warning,
            "db",
            "slow",
            &["caller"],
        ),
        (
            r#"{"level":"fatal","time":1700000000,"message":"gone","n":1}"#,
            Level::Critical,
            "",
            "gone",
            &["n"],
        ),
        (
            r#"{"@level":"trace","@message":"in","@module":"raft","@timestamp":"2023-11-14T22:13:20Z"}"#,
            Level::Trace,
            "raft",
            "in",
            &[],
        ),
        // python-json-logger, structlog, tracing-subscriber, cloud
        (
            r#"{"asctime":"2023-11-14 22:13:20,000","name":"app","levelno":30,"message":"hm"}"#,
            Level::Warning,
            "app",
            "hm",
            &[],
        ),
        (
            r#"{"event":"sold","level":"debug","timestamp":"2023-11-14T22:13:20Z","id":[1]}"#,
            Level::Debug,
            "",
            "sold",
            &["id"],
        ),
        (
            r#"{"timestamp":"2023-11-14T22:13:20Z","level":"INFO","fields":{"message":"hi","a":1},"target":"app::db"}"#,
            Level::Info,
            "app::db",
            "hi",
            &["a"],
        ),
        (
            r#"{"severity":"NOTICE","time":"2023-11-14T22:13:20+00:00","message":"x","level_":"y"}"#,
            Level::Info,
            "",
            "x",
            &["level"],
        ),
    ];

    #[test]
    fn what_other_programs_write_is_read_sensibly() {
        for (line, level, layer, message, names) in FOREIGN {
            let record = read(line).unwrap();
            assert_eq!(record.unix_ns, Some(1_700_000_000_000_000_000), "{line}");
            assert_eq!((record.level, &*record.layer), (level, layer), "{line}");
            assert_eq!(record.message, message, "{line}");
            let found: Vec<&str> = record.fields.iter().map(|(name, _)| &**name).collect();
            assert_eq!(found, names, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_understood_stays_a_field() {
        let record = read(r#"{"level":{"a":1},"time":"soon","message":7,"file":"x"}"#).unwrap();
        assert_eq!((record.unix_ns, record.level), (None, Level::Info));
        assert_eq!(record.fields.len(), 4);
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (line, expected) in [
            ("[1]", "byte 1 expected one JSON object"),
            (r#"{"a":1"#, "EOF"),
            (
                r#"{"a":1}x"#,
                "byte 8 expected one JSON object (trailing characters)",
            ),
            ("{\"a\":\"\u{e9}\u{1}\"}", "control character"),
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
