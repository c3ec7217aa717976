//! Records of every kind, good and bad, and the lines they become.

use hydra_core::format::{FormatKind, FormatSettings, RenderContext, Theme};
use hydra_core::{Buffer, Fields, Key, Level, Location, OwnedValue, Record, ToValue, Value};
use proptest::prelude::*;

/// What a call says.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) unix_ns: i64,
    pub(crate) level: Level,
    pub(crate) layer: String,
    pub(crate) message: String,
    pub(crate) fields: Vec<(String, OwnedValue)>,
    pub(crate) source: bool,
}

pub(crate) const LOCATION: Location = Location {
    file: "src/order, final.rs",
    line: 42,
};

impl Call {
    /// The line in these settings, and in the same settings with colour.
    pub(crate) fn lines(&self, mut settings: FormatSettings) -> (String, String) {
        settings.source = self.source;
        settings.theme = None;
        let plain = self.line(&settings);
        settings.theme = Some(Theme::DEFAULT);
        (plain, self.line(&settings))
    }

    pub(crate) fn line(&self, settings: &FormatSettings) -> String {
        let keys: Vec<Key<'_>> = self
            .fields
            .iter()
            .enumerate()
            .map(|(i, (name, _))| {
                if i % 2 == 0 {
                    Key::new(name)
                } else {
                    Key::dynamic(name)
                }
            })
            .collect();
        let values: Vec<Value<'_>> = self.fields.iter().map(|(_, v)| v.to_value()).collect();
        let record = Record::new(self.unix_ns, self.level, &self.layer, &self.message)
            .with_fields(Fields::new(&keys, &values))
            .with_location(LOCATION);
        let format = settings.bind(&self.layer).unwrap();
        let mut out = Buffer::default();
        format.render(&record, &mut RenderContext::default(), &mut out);
        String::from_utf8(out.as_bytes().to_vec()).unwrap()
    }

    pub(crate) fn line_in(&self, kind: FormatKind) -> String {
        let mut settings = FormatSettings::new(kind);
        settings.source = self.source;
        self.line(&settings)
    }

    pub(crate) fn unix_us(&self) -> i128 {
        i128::from(self.unix_ns.div_euclid(1000))
    }
}

/// Exactly one line, with nothing in it that a terminal or a reader takes for more than text.
pub(crate) fn assert_one_line(line: &str) {
    let text = line.strip_suffix('\n').expect("a line ends with LF");
    let bad = text.chars().find(|&c| {
        (c < ' ' && c != '\t')
            || ('\u{7f}'..='\u{9f}').contains(&c)
            || ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&c)
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    });
    assert_eq!(bad, None, "{line:?}");
}

/// The line without sequences that set colours.
pub(crate) fn without_color(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once("\x1b[") {
        out.push_str(before);
        let (_, after) = sequence.split_once('m').expect("a whole sequence");
        rest = after;
    }
    out + rest
}

const NASTY: [&str; 48] = [
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\x07",
    "\x08",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x7f",
    "\u{80}",
    "\u{85}",
    "\u{9b}2J",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{61c}",
    "\u{feff}",
    "\u{fffd}",
    "\"",
    "\\",
    "\\n",
    "\\x1b",
    "\\u2028",
    "\\\\",
    "'",
    "=",
    "+",
    "-",
    "@",
    "＝",
    "[",
    "]",
    ",",
    ";",
    "%",
    "%s",
    "{level}",
    "{",
    "}",
    " ",
    "=cmd|'/c calc'!A0",
    "level=ERROR",
    "-5",
    "größe",
    "日本 😀",
];

/// Texts with everything that breaks lines and formats.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        proptest::sample::select(&NASTY[..]).prop_map(str::to_owned),
        "[a-z0-9 ]{1,12}",
    ];
    prop_oneof![
        1 => Just(String::new()),
        2 => "[ -~]{0,80}",
        2 => any::<String>(),
        4 => proptest::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat()),
    ]
}

/// Names, of core keys too.
pub(crate) fn name() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 16] = [
        "timestamp",
        "level",
        "logger",
        "message",
        "file",
        "line",
        "id",
        "_id",
        "version",
        "host",
        "source",
        "short_message",
        "full_message",
        "level_name",
        "level_",
        "",
    ];
    prop_oneof![
        3 => "[a-z][a-z0-9_]{0,12}",
        1 => "[a-z.%\\]-]{20,45}",
        2 => proptest::sample::select(&KNOWN[..]).prop_map(str::to_owned),
        2 => text(),
    ]
}

pub(crate) fn value() -> impl Strategy<Value = OwnedValue> {
    let leaf = prop_oneof![
        Just(OwnedValue::Null),
        any::<bool>().prop_map(OwnedValue::Bool),
        any::<i64>().prop_map(OwnedValue::I64),
        any::<u64>().prop_map(OwnedValue::U64),
        any::<i128>().prop_map(OwnedValue::I128),
        any::<u128>().prop_map(OwnedValue::U128),
        any::<f64>().prop_map(OwnedValue::F64),
        proptest::sample::select(&[f64::NAN, f64::INFINITY, -0.0, f64::MIN_POSITIVE][..])
            .prop_map(OwnedValue::F64),
        text().prop_map(|text| OwnedValue::Str(text.into())),
        any::<std::time::Duration>().prop_map(OwnedValue::Duration),
        any::<i64>().prop_map(OwnedValue::Time),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(OwnedValue::List),
            proptest::collection::vec((text().prop_map(Into::into), inner), 0..4)
                .prop_map(OwnedValue::Map),
        ]
    })
}

pub(crate) fn call() -> impl Strategy<Value = Call> {
    let layer = prop_oneof![
        3 => Just("APP".to_owned()),
        1 => "[A-Z]{30,40}",
        1 => proptest::sample::select(&["", "-", "größe", "=1+1", "a b", "x,y"][..]).prop_map(str::to_owned),
        1 => text(),
    ];
    (
        any::<i64>(),
        proptest::sample::select(&Level::ALL[..]),
        layer,
        text(),
        proptest::collection::vec((name(), value()), 0..5),
        any::<bool>(),
    )
        .prop_map(|(unix_ns, level, layer, message, fields, source)| Call {
            unix_ns,
            level,
            layer,
            message,
            fields,
            source,
        })
}
