//! Every format holds every record in one line, which readers that are not ours read back.

mod golden;
mod records;
mod settings;
mod shown;

use std::collections::BTreeMap;

use hydra_core::Level;
use hydra_core::format::{FormatKind, FormatSettings, unescape};
use proptest::prelude::*;
use records::{Call, LOCATION, assert_one_line, call, without_color};
use serde_json::{Map, Value as Json, json};
use shown::{as_json, assert_text, by_name, unless_core};

fn object(line: &str) -> Map<String, Json> {
    match serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}")) {
        Json::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

fn assert_time(text: &str, call: &Call) {
    let time: jiff::Timestamp = text.parse().unwrap();
    assert_eq!(time.as_nanosecond().div_euclid(1000), call.unix_us());
}

fn take_location(call: &Call, mut take: impl FnMut(&str) -> Option<Json>) {
    let expected = call.source.then(|| json!(LOCATION.file));
    assert_eq!(take("file"), expected);
    let line = take("line").map(|line| line.as_str().map_or(line.to_string(), str::to_owned));
    assert_eq!(line, call.source.then(|| LOCATION.line.to_string()));
}

fn csv_row(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1, "{line:?}");
    rows[0].iter().map(str::to_owned).collect()
}

/// The text of a cell, without the apostrophe that keeps a spreadsheet from running it.
fn cell_text(cell: &str) -> String {
    let text = unescape(cell);
    let lead = |c: char| c.is_whitespace() && c != '\t';
    let runs = |text: &str| {
        let text = text.trim_start_matches(lead);
        text.starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠'])
    };
    match text.strip_prefix('\'') {
        Some(rest) if runs(rest.trim_start_matches(|c| c == '\'' || lead(c))) => rest.to_owned(),
        _ => {
            let number = text.parse::<f64>().is_ok();
            assert!(!runs(&text) || number, "a spreadsheet runs {text:?}");
            text.into_owned()
        }
    }
}

fn syslog_name(name: &str) -> String {
    let mut out = String::new();
    for byte in unless_core(name).bytes() {
        let kept = byte.is_ascii_graphic() && !b"=]\"%".contains(&byte);
        let piece = if kept {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        };
        if out.len() + piece.len() > 32 {
            return out;
        }
        out += &piece;
    }
    if out.is_empty() { "_".into() } else { out }
}

fn gelf_name(name: &str) -> String {
    let reserved = [
        "",
        "id",
        "version",
        "host",
        "source",
        "short_message",
        "full_message",
        "level_name",
    ];
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let shown: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .collect();
    if reserved.contains(&name) {
        format!("_{name}_")
    } else {
        format!("_{}", unless_core(&shown))
    }
}

fn logfmt_name(name: &str) -> String {
    let bad = |c: char| c <= ' ' || "=\"\u{fffd}".contains(c) || without_controls(c).is_none();
    let shown: String = name.chars().map(|c| if bad(c) { '_' } else { c }).collect();
    if shown.is_empty() {
        "_".into()
    } else {
        unless_core(&shown)
    }
}

fn without_controls(c: char) -> Option<char> {
    let listed = ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c);
    (!listed && !c.is_control()).then_some(c)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_record_is_one_line_in_every_format_with_colour_and_without(call in call()) {
        for kind in FormatKind::ALL {
            let (plain, colored) = call.lines(FormatSettings::new(kind));
            assert_one_line(&plain);
            prop_assert_eq!(&without_color(&colored), &plain, "{}", kind);
            prop_assert_ne!(&colored, &plain, "{}", kind);
        }
    }

    #[test]
    fn json_reads_back_whole(call in call()) {
        let mut read = object(&call.line_in(FormatKind::Json));
        let mut take = |name: &str| read.remove(name);
        assert_time(take("timestamp").unwrap().as_str().unwrap(), &call);
        prop_assert_eq!(take("level"), Some(json!(call.level.name())));
        prop_assert_eq!(take("logger"), Some(json!(call.layer)));
        prop_assert_eq!(take("message"), Some(json!(call.message)));
        take_location(&call, take);
        let expected: Map<String, Json> = by_name(&call.fields, unless_core)
            .into_iter()
            .map(|(name, value)| (name, as_json(value)))
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn csv_reads_back_whole_and_no_cell_is_a_formula(call in call()) {
        let mut row = csv_row(&call.line_in(FormatKind::Csv));
        let source = row.split_off(5);
        if call.source {
            prop_assert_eq!(source, [LOCATION.file, "42"]);
        } else {
            prop_assert!(source.is_empty());
        }
        assert_time(&row[0], &call);
        prop_assert_eq!(&row[1], call.level.name());
        prop_assert_eq!(cell_text(&row[2]), call.layer.as_str());
        prop_assert_eq!(cell_text(&row[3]), call.message.as_str());
        if call.fields.is_empty() {
            prop_assert_eq!(&row[4], "");
        } else {
            let expected: Map<String, Json> = by_name(&call.fields, unless_core)
                .into_iter()
                .map(|(name, value)| (name, as_json(value)))
                .collect();
            prop_assert_eq!(object(&row[4]), expected);
        }
    }

    #[test]
    fn syslog_reads_back_whole_but_for_types_and_long_names(call in call()) {
        let line = call.line_in(FormatKind::Syslog);
        let read = syslog_rfc5424::parse_message(line.trim_end_matches('\n'))
            .unwrap_or_else(|error| panic!("{error}: {line:?}"));
        prop_assert_eq!(read.facility as u8, 1);
        prop_assert_eq!(read.severity as u8, call.level.syslog_severity());
        let us = i128::from(read.timestamp.unwrap()) * 1_000_000
            + i128::from(read.timestamp_nanos.unwrap()) / 1000;
        prop_assert_eq!(us, call.unix_us());
        prop_assert_eq!(unescape(&read.msg).into_owned(), call.message.as_str());

        let params = |id: &str| -> BTreeMap<String, String> {
            let found = read.sd.find_sdid(id).cloned().unwrap_or_default();
            found.into_iter().map(|(name, text)| (name, unescape(&text).into_owned())).collect()
        };
        let mut own = params("hydra@32473");
        let layer = own.remove("logger").or(read.msgid.clone());
        prop_assert_eq!(layer.unwrap_or_default(), call.layer.as_str());
        let level = own.remove("level");
        prop_assert_eq!(level.as_deref(), (call.level == Level::Trace).then_some("TRACE"));
        take_location(&call, |name| own.remove(name).map(Json::from));

        let expected = by_name(&call.fields, syslog_name);
        let found = params("fields@32473");
        prop_assert!(found.keys().eq(expected.keys()), "{:?} {:?}", found, expected);
        for (name, value) in expected {
            prop_assert!(name.len() <= 32);
            assert_text(&found[&name], value);
        }
    }

    #[test]
    fn gelf_reads_back_whole_and_keeps_to_its_rules(call in call()) {
        let line = call.line_in(FormatKind::Gelf);
        let mut read = object(&line);
        let mut take = |name: &str| read.remove(name);
        prop_assert_eq!(take("version"), Some(json!("1.1")));
        prop_assert!(take("host").is_some_and(|host| host.as_str().is_some_and(|h| !h.is_empty())));
        prop_assert_eq!(take("level"), Some(json!(call.level.syslog_severity())));
        let trace = (call.level == Level::Trace).then(|| json!("TRACE"));
        prop_assert_eq!(take("_level_name"), trace);
        prop_assert_eq!(take("_logger"), Some(json!(call.layer)));
        let seconds = take("timestamp").unwrap().as_f64().unwrap();
        prop_assert!((seconds - call.unix_ns as f64 / 1e9).abs() < 3e-6, "{} {}", seconds, call.unix_ns);
        let short = take("short_message").unwrap();
        let short = short.as_str().unwrap();
        prop_assert!(!short.trim().is_empty());
        let full = take("full_message");
        let whole = full.as_ref().map_or(short, |full| full.as_str().unwrap());
        prop_assert_eq!(whole, call.message.as_str());
        prop_assert_ne!(full.as_ref().and_then(Json::as_str), Some(short), "it adds nothing");
        take_location(&call, |name| take(&format!("_{name}")));

        let expected = by_name(&call.fields, gelf_name);
        prop_assert!(read.keys().eq(expected.keys()), "{:?} {:?}", read, expected);
        for (name, value) in expected {
            let additional = name.strip_prefix('_').unwrap();
            prop_assert!(!additional.is_empty() && additional != "id");
            match &read[&name] {
                Json::Number(found) => prop_assert_eq!(Json::Number(found.clone()), as_json(value)),
                Json::String(found) => assert_text(found, value),
                other => prop_assert!(false, "GELF has no {}", other),
            }
        }
    }

    #[test]
    fn logfmt_reads_back_whole_but_for_types_and_odd_names(call in call()) {
        let line = call.line_in(FormatKind::Logfmt);
        let mut pairs: Vec<(String, String)> = tpt_logfmt_parse::LogfmtParser::new(&line)
            .map(|pair| pair.map(|(name, text)| (name.into(), text.into())))
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error}: {line:?}"));
        if call.source {
            let source = pairs.split_off(pairs.len() - 2);
            prop_assert_eq!(&source[0], &("file".into(), LOCATION.file.into()));
            prop_assert_eq!(&source[1], &("line".into(), "42".into()));
        }
        let fields = pairs.split_off(4);
        let texts = |i: usize| (pairs[i].0.as_str(), pairs[i].1.as_str());
        prop_assert_eq!(texts(0).0, "timestamp");
        assert_time(texts(0).1, &call);
        prop_assert_eq!(texts(1), ("level", call.level.name()));
        prop_assert_eq!(texts(2), ("logger", call.layer.as_str()));
        prop_assert_eq!(texts(3), ("message", call.message.as_str()));
        prop_assert_eq!(fields.len(), call.fields.len());
        for ((name, found), (given, value)) in fields.iter().zip(&call.fields) {
            prop_assert_eq!(name, &logfmt_name(given));
            assert_text(found, value);
        }
    }
}
