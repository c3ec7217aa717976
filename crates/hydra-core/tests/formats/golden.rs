//! The exact lines: records by formats by colour, in `tests/snapshots/formats`.
//!
//! `BLESS=1 cargo test -p hydra-core --test formats` writes them anew; look at the difference.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use hydra_core::config::TimeZoneSetting;
use hydra_core::format::{FormatKind, FormatSettings, Theme};
use hydra_core::{Level, OwnedValue, ToValue, Value};

use crate::records::Call;

fn owned(value: impl ToValue) -> OwnedValue {
    OwnedValue::from(value.to_value())
}

fn call(message: &str, fields: &[(&str, OwnedValue)]) -> Call {
    Call {
        unix_ns: 1_795_262_736_123_456_789,
        level: Level::Info,
        layer: "APP".into(),
        message: message.into(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
        source: false,
    }
}

type Table = Vec<(String, Call)>;

/// The records, by what they show.
fn table() -> Table {
    let levels = Level::ALL.into_iter().map(|level| {
        let call = Call {
            level,
            ..call("logged in", &[])
        };
        (format!("level {level}"), call)
    });
    levels
        .chain(values())
        .chain(names_and_texts())
        .chain(ends())
        .collect()
}

fn values() -> Table {
    let mut table = Table::new();
    let mut add = |name: &str, call: Call| table.push((name.into(), call));
    add(
        "three fields",
        call(
            "request completed",
            &[
                ("user_id", owned(7)),
                ("action", owned("login")),
                ("latency_ms", owned(12.5)),
            ],
        ),
    );
    add(
        "every kind of value",
        call(
            "values",
            &[
                ("null", OwnedValue::Null),
                ("yes", owned(true)),
                ("signed", owned(-5)),
                ("large", owned(i128::MAX)),
                ("float", owned(0.1)),
                ("whole", owned(3.0)),
                ("nan", owned(f64::NAN)),
                ("infinite", owned(f64::NEG_INFINITY)),
                ("took", owned(Duration::from_micros(1500))),
                ("at", OwnedValue::Time(1_700_000_000_120_000_000)),
                ("empty", owned("")),
                ("words", owned("two words")),
                ("bytes", owned(Value::Bytes(b"ab\xff"))),
            ],
        ),
    );
    add(
        "nested",
        call(
            "order",
            &[
                ("tags", owned(vec!["a", "b \"c\""])),
                (
                    "user",
                    OwnedValue::Map(vec![
                        ("name".into(), owned("Ada\n]")),
                        ("ids".into(), owned(vec![1, 2])),
                    ]),
                ),
            ],
        ),
    );
    table
}

fn names_and_texts() -> Table {
    let mut table = Table::new();
    let mut add = |name: &str, call: Call| table.push((name.into(), call));
    add(
        "names of core keys",
        call(
            "forged",
            &[
                ("level", owned("CRITICAL")),
                ("timestamp", owned(0)),
                ("logger", owned("ROOT")),
                ("message", owned("nothing happened")),
                ("id", owned(1)),
                ("host", owned("other")),
            ],
        ),
    );
    add(
        "odd names",
        call(
            "names",
            &[
                ("", owned(1)),
                ("two words", owned(2)),
                ("a=b\"c]", owned(3)),
                ("größe", owned(4)),
                ("line\nbreak", owned(5)),
                (
                    "a.name.that.is.longer.than.the.32.bytes.of.an.sd.name",
                    owned(6),
                ),
            ],
        ),
    );
    add(
        "bad text",
        call(
            "one\nlevel=CRITICAL\r\0\x1b[31mred\u{9b}2J\u{2028}\u{202e}txt.exe\t\"C:\\new\"",
            &[("text", owned("a\n\"b\"\\n]=\u{85}\u{2066}\t\x7f"))],
        ),
    );
    add(
        "a formula",
        call("=cmd|'/c calc'!A0", &[("cell", owned("=1+1"))]),
    );
    add("a number", call("-5", &[]));
    add("commas and outer spaces", call(" a, b ", &[]));
    table
}

/// Messages with nothing or lines in them, sources, times and layers.
fn ends() -> Table {
    let mut table = Table::new();
    let mut add = |name: &str, call: Call| table.push((name.into(), call));
    add("an empty message", call("", &[]));
    add(
        "an empty message with a field",
        call("", &[("n", owned(1))]),
    );
    add("a blank message", call("  ", &[]));
    add(
        "several lines",
        call("Traceback:\n  File \"a.py\", line 1\nValueError", &[]),
    );
    add(
        "other scripts",
        call("größer als 日本 😀", &[("name", owned("Łódź"))]),
    );
    add(
        "source",
        Call {
            source: true,
            ..call("here", &[("n", owned(1))])
        },
    );
    add(
        "source of a TRACE record",
        Call {
            source: true,
            level: Level::Trace,
            ..call("here", &[])
        },
    );
    add(
        "before 1970",
        Call {
            unix_ns: -1_500_000_000,
            ..call("moon", &[])
        },
    );
    for layer in ["größe und mehr", "", "-", "=1,2", "two\nlines"] {
        add(
            &format!("layer {layer:?}"),
            Call {
                layer: layer.into(),
                ..call("x", &[])
            },
        );
    }
    table
}

/// Every line of a format, with `␛` for the escape character and PID for the process's number.
fn lines(kind: FormatKind) -> String {
    let mut settings = FormatSettings::new(kind);
    settings.host_name = Some("web1".into());
    settings.app_name = Some("shop".into());
    if kind == FormatKind::PlainText {
        settings.time_zone = Some(TimeZoneSetting::Fixed(3600));
    }
    let pid = format!(" {} ", std::process::id());
    let mut out = String::new();
    for theme in [None, Some(Theme::DEFAULT)] {
        settings.theme = theme;
        if let Some(header) = settings.bind("APP").unwrap().header() {
            let _ = write!(out, "# header\n{}", String::from_utf8(header).unwrap());
        }
    }
    for (name, call) in table() {
        let (plain, colored) = call.lines(settings.clone());
        let _ = write!(out, "# {name}\n{plain}{colored}");
    }
    out.replace('\x1b', "␛").replace(&pid, " PID ")
}

#[test]
fn every_line_is_as_it_was() {
    for kind in FormatKind::ALL {
        let path = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
            .join(format!("tests/snapshots/formats/{kind}.txt"));
        let lines = lines(kind);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &lines).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap();
        for (i, (found, expected)) in lines.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{kind}, line {} of its snapshot", i + 1);
        }
        assert_eq!(lines.len(), expected.len(), "{kind}");
    }
}
