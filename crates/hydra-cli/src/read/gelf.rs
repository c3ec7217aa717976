//! Reads `gelf`: GELF 1.1, ours and others'.
//!
//! Not kept by the format: whether a text was `true`, `null`, a nested value or a text; characters
//! that names may not hold; which of a name's trailing underscores were there. The severities
//! "notice" and above "critical" have no level of their own: they are INFO and CRITICAL.

use hydra_core::Level;
use hydra_core::format::FormatKind;

use super::cursor::Cursor;
use super::json::object;
use super::json_value::Members;
use super::keys::{Parts, Raw, field_name, severity};
use super::{Origin, OwnedRecord, ReadError, time};

pub(super) fn read(text: &str) -> Result<OwnedRecord, ReadError> {
    let Members(members) = object(FormatKind::Gelf, text)?;
    let mut parts = Parts(members);
    let expected = |what| Cursor::new(FormatKind::Gelf, text).error(what);
    if parts.take(&["version"], |_, value| value.text()).is_none() {
        return Err(expected("an object with \"version\":\"1.1\""));
    }
    let short = parts.take(&["short_message"], |_, value| value.text());
    let full = parts.take(&["full_message"], |_, value| value.text());
    let message = full
        .or(short)
        .ok_or_else(|| expected("an object with a \"short_message\""))?;
    let number = parts.take(&["level"], |_, value| {
        severity(value.digits()?.parse().ok()?)
    });
    let trace = parts.take(&["_level_name"], |_, value| {
        (value.text()? == Level::Trace.name()).then_some(Level::Trace)
    });
    let unix_ns = parts.take(&["timestamp"], |_, value| time::seconds(value.digits()?));
    let layer = parts.take(&["_logger"], |_, value| value.text());
    let host = parts.take(&["host"], |_, value| value.text());
    let place = parts.take_place("_file", "_line");
    for (name, _) in &mut parts.0 {
        *name = additional_name(name);
    }
    Ok(OwnedRecord {
        unix_ns,
        level: trace.or(number).unwrap_or_default(),
        layer: layer.unwrap_or_default(),
        message,
        fields: parts.into_fields(),
        place,
        origin: Origin {
            host,
            ..Origin::default()
        },
    })
}

/// An additional field's name without the underscore before it, and the one after a name that is
/// reserved.
fn additional_name(name: &str) -> String {
    const RESERVED: [&str; 8] = [
        "",
        "id",
        "level_name",
        "version",
        "host",
        "source",
        "short_message",
        "full_message",
    ];
    let name = name.strip_prefix('_').unwrap_or(name);
    match name.strip_suffix('_') {
        Some(bare) if RESERVED.contains(&bare) => bare.to_owned(),
        _ => field_name(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use hydra_core::OwnedValue;

    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        let line = r#"{"version":"1.1","host":"example.org","short_message":"A short message","full_message":"Backtrace here\n\nmore stuff","timestamp":1385053862.3072,"level":1,"_user_id":9001,"_some_info":"foo"}"#;
        let record = read(line).unwrap();
        assert_eq!(record.unix_ns, Some(1_385_053_862_307_200_000));
        assert_eq!(record.level, Level::Critical);
        assert_eq!(record.message, "Backtrace here\n\nmore stuff");
        assert_eq!(record.origin.host.as_deref(), Some("example.org"));
        assert_eq!(record.fields[0], ("user_id".into(), OwnedValue::U64(9001)));
    }

    #[test]
    fn reserved_names_come_back() {
        for (written, name) in [
            ("_id_", "id"),
            ("__", ""),
            ("_level_", "level"),
            ("_a_", "a_"),
        ] {
            assert_eq!(additional_name(written), name);
        }
    }

    #[test]
    fn another_object_is_not_gelf() {
        let error = read(r#"{"short_message":"x"}"#).unwrap_err().to_string();
        assert!(error.contains("version"), "{error}");
    }
}
