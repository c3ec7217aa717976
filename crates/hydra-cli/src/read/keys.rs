//! The names under which formats, ours and other programs', put time, level, layer and message.

use hydra_core::{CORE_KEYS, Level, OwnedValue};

use super::{OwnedRecord, Place, time};

// What a name stands for. Ours is the first of each list; a record takes the first that is there
// and can be understood, all others stay fields.
const TIME: &[&str] = &[
    "timestamp",
    "@timestamp",
    "time",
    "ts",
    "t",
    "datetime",
    "asctime",
];
const LEVEL: &[&str] = &[
    "level",
    "severity",
    "lvl",
    "levelname",
    "log.level",
    "@level",
    "loglevel",
    PYTHON_LEVEL,
];
const LAYER: &[&str] = &[
    "logger",
    "name",
    "logger_name",
    "log.logger",
    "@module",
    "target",
    "channel",
    "layer",
];
const MESSAGE: &[&str] = &["message", "msg", "@message", "event"];

/// Where a level's number is Python's; everywhere else it is that of pino and bunyan.
const PYTHON_LEVEL: &str = "levelno";

/// A value that has not been looked at yet.
pub(super) trait Raw {
    /// Its text, if it is one.
    fn text(&self) -> Option<String>;
    /// Its digits, if it may be a number.
    fn digits(&self) -> Option<&str>;
    /// What it is.
    fn value(self) -> OwnedValue;
}

/// The parts of a line that are still to be told apart.
pub(super) struct Parts<V>(pub(super) Vec<(String, V)>);

impl<V: Raw> Parts<V> {
    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    /// Takes the first part of these names that `read` understands.
    pub(super) fn take<T>(
        &mut self,
        names: &[&str],
        read: impl Fn(&str, &V) -> Option<T>,
    ) -> Option<T> {
        names.iter().find_map(|name| {
            let at = self.position(name)?;
            let found = read(name, &self.0[at].1)?;
            self.0.remove(at);
            Some(found)
        })
    }

    /// Takes file and line of the source, if both are there.
    pub(super) fn take_place(&mut self, file: &str, line: &str) -> Option<Place> {
        let (file_at, line_at) = (self.position(file)?, self.position(line)?);
        let place = Place {
            file: self.0[file_at].1.text()?,
            line: self.0[line_at].1.digits()?.parse().ok()?,
        };
        self.0.remove(file_at.max(line_at));
        self.0.remove(file_at.min(line_at));
        Some(place)
    }

    /// A record of the parts, and whether time, level or message was among them.
    pub(super) fn into_record(mut self) -> (OwnedRecord, bool) {
        let unix_ns = self.take(TIME, |_, value| {
            let text = || time::whole(value.text()?.trim());
            value.digits().and_then(time::number).or_else(text)
        });
        let level = self.take(LEVEL, level);
        let message = self.take(MESSAGE, |_, value| value.text());
        let is_log = unix_ns.is_some() || level.is_some() || message.is_some();
        let layer = self.take(LAYER, |_, value| value.text());
        let record = OwnedRecord {
            unix_ns,
            level: level.unwrap_or_default(),
            layer: layer.unwrap_or_default(),
            message: message.unwrap_or_default(),
            place: self.take_place("file", "line"),
            fields: self.into_fields(),
            ..OwnedRecord::default()
        };
        (record, is_log)
    }

    /// What is left, as fields.
    pub(super) fn into_fields(self) -> Vec<(String, OwnedValue)> {
        let fields = self.0.into_iter();
        fields
            .map(|(name, value)| (field_name(name), value.value()))
            .collect()
    }
}

/// A field's name without the underscore that formats put after one like a core key's.
pub(super) fn field_name(mut name: String) -> String {
    if let Some(bare) = name.strip_suffix('_')
        && CORE_KEYS.contains(&bare)
    {
        name.pop();
    }
    name
}

fn level<V: Raw>(name: &str, value: &V) -> Option<Level> {
    match value.digits().and_then(|digits| digits.parse().ok()) {
        Some(number) if name == PYTHON_LEVEL => Some(python_level(number)),
        Some(number) => Some(pino_level(number)),
        None => level_word(&value.text()?),
    }
}

/// A level by any of the names that programs give them; their own are `Level`'s business.
pub(super) fn level_word(word: &str) -> Option<Level> {
    const OTHERS: [(&str, Level); 13] = [
        ("information", Level::Info),
        ("informational", Level::Info),
        ("notice", Level::Info),
        ("default", Level::Info),
        ("verbose", Level::Debug),
        ("fine", Level::Debug),
        ("severe", Level::Error),
        ("failure", Level::Error),
        ("alert", Level::Critical),
        ("emergency", Level::Critical),
        ("emerg", Level::Critical),
        ("panic", Level::Critical),
        ("dpanic", Level::Critical),
    ];
    let word = word.trim();
    let other = || {
        OTHERS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
    };
    word.parse()
        .ok()
        .or_else(|| other().map(|(_, level)| *level))
}

/// pino and bunyan: 10 is trace, 60 fatal. Numbers between belong to the level beneath.
fn pino_level(number: u8) -> Level {
    match number {
        0..20 => Level::Trace,
        20..30 => Level::Debug,
        30..40 => Level::Info,
        40..50 => Level::Warning,
        50..60 => Level::Error,
        60.. => Level::Critical,
    }
}

fn python_level(number: u8) -> Level {
    let reached = Level::ALL.into_iter().rev();
    let mut reached = reached.filter(|level| level.number() <= number);
    reached.next().unwrap_or(Level::Trace)
}

/// A severity of syslog, 0 (emergency) to 7 (debug).
pub(super) fn severity(number: u8) -> Option<Level> {
    Some(match number {
        0..=2 => Level::Critical,
        3 => Level::Error,
        4 => Level::Warning,
        5 | 6 => Level::Info,
        7 => Level::Debug,
        _ => return None,
    })
}
