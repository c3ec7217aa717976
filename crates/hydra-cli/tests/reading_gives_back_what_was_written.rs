//! Whatever the formats write, the readers give back: as far as the format keeps it.

use hydra_cli::read::{OwnedRecord, Place, detect, read};
use hydra_core::format::{FormatKind, FormatSettings, RenderContext, Theme};
use hydra_core::{Buffer, Fields, Key, Level, Location, OwnedValue, Record, ToValue, Value};
use proptest::prelude::*;

/// A record to be written.
#[derive(Clone, Debug)]
struct Given {
    unix_ns: i64,
    level: Level,
    layer: String,
    message: String,
    fields: Vec<(String, OwnedValue)>,
    source: bool,
}

const LOCATION: Location = Location {
    file: "src/my file.rs",
    line: 42,
};

impl Given {
    fn write(&self, settings: &FormatSettings) -> Vec<u8> {
        let keys: Vec<Key<'_>> = self.fields.iter().map(|(k, _)| Key::dynamic(k)).collect();
        let values: Vec<Value<'_>> = self.fields.iter().map(|(_, v)| v.to_value()).collect();
        let record = Record::new(self.unix_ns, self.level, &self.layer, &self.message)
            .with_fields(Fields::new(&keys, &values));
        let record = if self.source {
            record.with_location(LOCATION)
        } else {
            record
        };
        let mut out = Buffer::default();
        let format = settings.bind(&self.layer).unwrap();
        format.render(&record, &mut RenderContext::default(), &mut out);
        out.as_bytes().to_vec()
    }
}

fn settings(kind: FormatKind) -> FormatSettings {
    let mut settings = FormatSettings::new(kind);
    settings.source = true;
    settings.subsecond_digits = Some(9);
    settings
}

/// Texts with what formats must escape, quote or tell from their own syntax.
fn any_text() -> impl Strategy<Value = String> {
    const SPECIAL: &[&str] = &[
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\x1b[31m",
        "\x7f",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "\\",
        "\\n",
        "\\x1b",
        "\\u2028",
        "\"",
        "'",
        "]",
        "[",
        "{",
        "}",
        "=",
        ",",
        " ",
        "  ",
        "=1+1",
        "-5",
        "@x",
        " a=1",
        "null",
        "true",
        "7",
        "007",
        "1.5",
        "é",
        "日本",
        "🦀",
        "%41",
        "%",
        "INFO - ",
        "- ",
        "level",
        "_",
        "\u{feff}",
        "\u{a0}",
        "{\"a\":1}",
        "[1]",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(SPECIAL).prop_map(str::to_owned),
        3 => "[a-zA-Z ]{1,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn any_value() -> impl Strategy<Value = OwnedValue> {
    let finite = any::<f64>().prop_filter("JSON has finite numbers", |n| n.is_finite());
    let leaf = prop_oneof![
        Just(OwnedValue::Null),
        any::<bool>().prop_map(OwnedValue::Bool),
        any::<u64>().prop_map(OwnedValue::U64),
        (i64::MIN..0).prop_map(OwnedValue::I64),
        (u128::from(u64::MAX) + 1..).prop_map(OwnedValue::U128),
        (i128::MIN..i128::from(i64::MIN)).prop_map(OwnedValue::I128),
        finite.prop_map(OwnedValue::F64),
        any_text().prop_map(|text| OwnedValue::Str(text.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let member = (any_text().prop_map(String::into_boxed_str), inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(OwnedValue::List),
            proptest::collection::vec(member, 0..4).prop_map(OwnedValue::Map),
        ]
    })
}

/// Names that are shown as they are, and those of the core keys; not `level_`, which is how
/// `level` is shown.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z][a-z0-9.-]{0,12}",
        1 => proptest::sample::select(&hydra_core::CORE_KEYS[..]).prop_map(str::to_owned),
        2 => any_text(),
    ]
    .prop_filter("it is how another name is shown", |name| {
        !name
            .strip_suffix('_')
            .is_some_and(|bare| hydra_core::CORE_KEYS.contains(&bare))
    })
}

fn any_given() -> impl Strategy<Value = Given> {
    let layer =
        any_text().prop_map(|text| text.replace(|c: char| c.is_control() || control(c), "_"));
    (
        any::<i64>().prop_map(|ns| ns / 2),
        proptest::sample::select(&Level::ALL[..]),
        layer,
        any_text(),
        proptest::collection::vec((any_name(), any_value()), 0..4),
        any::<bool>(),
    )
        .prop_map(|(unix_ns, level, layer, message, fields, source)| Given {
            unix_ns,
            level,
            layer,
            message,
            fields,
            source,
        })
}

fn control(c: char) -> bool {
    hydra_core::TextClass::of(c.encode_utf8(&mut [0; 4])).has(hydra_core::TextClass::CONTROL)
}

/// What every format but plain-text keeps.
fn assert_same_head(given: &Given, found: &OwnedRecord, line: &[u8]) -> Result<(), TestCaseError> {
    let line = String::from_utf8_lossy(line);
    prop_assert_eq!(found.level, given.level, "{}", &line);
    prop_assert_eq!(&found.layer, &given.layer, "{}", &line);
    prop_assert_eq!(&found.message, &given.message, "{}", &line);
    let place = given.source.then(|| Place {
        file: LOCATION.file.into(),
        line: LOCATION.line,
    });
    prop_assert_eq!(&found.place, &place, "{}", &line);
    Ok(())
}

fn read_back(given: &Given, kind: FormatKind) -> (Vec<u8>, OwnedRecord) {
    let line = given.write(&settings(kind));
    let record = read(kind, &line);
    let record =
        record.unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(&line)));
    (line, record)
}

/// The text by which the formats without types show a value.
fn shown(value: &OwnedValue) -> String {
    let given = Given {
        unix_ns: 0,
        level: Level::Info,
        layer: String::new(),
        message: String::new(),
        fields: vec![("v".into(), value.clone())],
        source: false,
    };
    let line = given.write(&FormatSettings::new(FormatKind::Logfmt));
    String::from_utf8(line).unwrap()
}

#[test]
fn no_name_of_a_field_forges_a_level_or_a_message() {
    let names = [
        "level",
        "level name",
        "level_name",
        "short message",
        "_level_name",
        "message",
        "logger",
        "level ",
        "\u{feff}level",
        "Level",
        "lvl",
        "severity",
        "msg",
        "ts",
        "file",
        "line",
    ];
    for name in names {
        let given = Given {
            unix_ns: 0,
            level: Level::Info,
            layer: "APP".into(),
            message: "x".into(),
            fields: vec![(name.into(), OwnedValue::Str("TRACE".into()))],
            source: false,
        };
        for kind in FormatKind::ALL {
            let (line, found) = read_back(&given, kind);
            assert_same_head(&given, &found, &line).unwrap();
            assert_eq!(found.fields.len(), 1, "{name:?} in {kind}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn json_and_csv_give_back_everything(given in any_given()) {
        for kind in [FormatKind::Json, FormatKind::Csv] {
            let (line, found) = read_back(&given, kind);
            assert_same_head(&given, &found, &line)?;
            prop_assert_eq!(found.unix_ns, Some(given.unix_ns));
            prop_assert_eq!(&found.fields, &given.fields);
        }
    }

    #[test]
    fn logfmt_and_syslog_give_back_all_but_types_and_long_names(given in any_given()) {
        for kind in [FormatKind::Logfmt, FormatKind::Syslog] {
            let (line, found) = read_back(&given, kind);
            // In syslog a byte-order mark before the message is no part of it.
            let bare = given.message.strip_prefix(if kind == FormatKind::Syslog { "\u{feff}" } else { "" });
            let given = Given { message: bare.unwrap_or(&given.message).to_owned(), ..given.clone() };
            assert_same_head(&given, &found, &line)?;
            let unit = if kind == FormatKind::Syslog { 1000 } else { 1 };
            let time = given.unix_ns.div_euclid(unit) * unit;
            prop_assert_eq!(found.unix_ns, Some(time));
            prop_assert_eq!(found.fields.len(), given.fields.len());
            for ((name, value), (found_name, found_value)) in given.fields.iter().zip(&found.fields) {
                prop_assert_eq!(shown(value), shown(found_value));
                let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                if plain && !name.is_empty() {
                    prop_assert_eq!(name, found_name);
                }
            }
        }
    }

    #[test]
    fn gelf_gives_back_head_numbers_texts_and_plain_names(given in any_given()) {
        let (line, found) = read_back(&given, FormatKind::Gelf);
        assert_same_head(&given, &found, &line)?;
        prop_assert_eq!(found.unix_ns, Some(given.unix_ns));
        prop_assert_eq!(found.fields.len(), given.fields.len());
        for ((name, value), (found_name, found_value)) in given.fields.iter().zip(&found.fields) {
            if matches!(value, OwnedValue::U64(_) | OwnedValue::I64(_) | OwnedValue::F64(_) | OwnedValue::Str(_)) {
                prop_assert_eq!(value, found_value);
            }
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            if plain && !name.is_empty() {
                prop_assert_eq!(name, found_name);
            }
        }
    }

    #[test]
    fn plain_text_gives_back_everything_where_the_message_does_not_look_like_fields(
        mut given in any_given(),
        message in "[a-zA-Z\n\u{1b}\u{202e}é:,\"'{}]{1,8}( [a-zA-Z\n\"\\[\\]-]{1,5}){0,4}",
    ) {
        given.message = message;
        given.layer = given.layer.replace(" - ", "_").replace('-', "_");
        let (line, found) = read_back(&given, FormatKind::PlainText);
        assert_same_head(&given, &found, &line)?;
        prop_assert_eq!(found.unix_ns, Some(given.unix_ns));
        let names = |fields: &[(String, OwnedValue)]| -> Vec<String> {
            fields.iter().map(|(name, _)| name.clone()).collect()
        };
        prop_assert_eq!(names(&found.fields), names(&given.fields));
        for ((_, value), (_, found_value)) in given.fields.iter().zip(&found.fields) {
            prop_assert_eq!(shown(value), shown(found_value));
        }
    }

    #[test]
    fn a_plain_line_written_again_is_the_same_line(given in any_given()) {
        let (line, found) = read_back(&given, FormatKind::PlainText);
        let again = Given {
            unix_ns: found.unix_ns.unwrap(),
            level: found.level,
            layer: found.layer,
            message: found.message,
            fields: found.fields,
            source: found.place.is_some(),
        };
        let again = again.write(&settings(FormatKind::PlainText));
        prop_assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&line));
    }

    #[test]
    fn colours_change_nothing(given in any_given()) {
        for kind in FormatKind::ALL {
            let mut colored = settings(kind);
            colored.theme = Some(Theme::DEFAULT);
            let colored = read(kind, &given.write(&colored));
            prop_assert_eq!(colored, read(kind, &given.write(&settings(kind))));
        }
    }

    #[test]
    fn the_format_of_every_line_is_found(given in any_given()) {
        for kind in FormatKind::ALL {
            prop_assert_eq!(detect(&given.write(&settings(kind))), Some(kind));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(line in any::<Vec<u8>>(), text in any_text()) {
        for kind in FormatKind::ALL {
            for line in [&line, text.as_bytes()] {
                if let Err(error) = read(kind, line) {
                    prop_assert!(error.column <= 4 * line.len() + 1, "{}", error);
                }
            }
        }
    }
}
