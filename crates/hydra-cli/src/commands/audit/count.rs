//! What a log's lines say of redaction and events, as counts: names of kinds, layers and events, and
//! never what stands in a line beside them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hydra_core::OwnedValue;
use jiff::Timestamp;
use regex::bytes::Regex;

use crate::lines::Line as Bytes;
use crate::read::{Line, OwnedRecord, Reader};

/// What redaction leaves in place of a value: `[REDACTED:EMAIL]`, `[REDACTED]`, a keyed hash
/// `[EMAIL:k1:…]`, and `[REDACTION_FAILED]`.
static MARKER: LazyLock<Regex> = LazyLock::new(|| {
    let kind = "[A-Z][A-Z0-9_]{0,39}";
    let pattern = format!(
        r"\[(?:REDACTED(?::({kind}))?|(REDACTION_FAILED)|({kind}):[a-z][0-9]+:[A-Za-z0-9_+/=-]+)\]"
    );
    // A pattern of this program's own: that it is right is tested.
    Regex::new(&pattern).expect("the pattern is right")
});

/// The layers of the three kinds of event.
const EVENT_LAYERS: [&str; 3] = ["SECURITY", "AUDIT", "COMPLIANCE"];

/// From when to when, in nanoseconds since 1970; lines without a time are in it unless it is limited.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

impl Range {
    fn holds(self, unix_ns: Option<i64>) -> bool {
        match unix_ns {
            None => self.since.is_none() && self.until.is_none(),
            Some(at) => {
                self.since.is_none_or(|since| at >= since)
                    && self.until.is_none_or(|until| at < until)
            }
        }
    }
}

/// How often, and from when to when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
}

impl Tally {
    fn add(&mut self, unix_ns: Option<i64>) {
        self.count += 1;
        self.first = self.first.into_iter().chain(unix_ns).min();
        self.last = self.last.into_iter().chain(unix_ns).max();
    }
}

/// A kind of value, or of event, and a layer.
pub(super) type KindAndLayer = (String, String);

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Records in the range, of any sort.
    pub(super) records: Tally,
    /// Records in which at least one value was redacted.
    pub(super) touched: u64,
    /// Values that were redacted.
    pub(super) redacted: BTreeMap<KindAndLayer, Tally>,
    /// Records that could not be redacted, and whose text was therefore left out.
    pub(super) failed: BTreeMap<String, Tally>,
    pub(super) events: BTreeMap<KindAndLayer, Tally>,
    /// Redacted values and events of each day, UTC.
    pub(super) days: BTreeMap<String, (u64, u64)>,
    /// Lines that no format's reader takes; their markers are counted, with no layer or time.
    pub(super) unread: u64,
}

impl Counts {
    /// How many values were redacted.
    pub(super) fn values(&self) -> u64 {
        self.redacted.values().map(|tally| tally.count).sum()
    }

    pub(super) fn all_events(&self) -> u64 {
        self.events.values().map(|tally| tally.count).sum()
    }

    /// Counts a line.
    pub(super) fn line(&mut self, reader: &mut Reader, line: Bytes<'_>, range: Range) {
        let record = match reader.read(line.bytes) {
            Ok(Line::Nothing) => return,
            Ok(Line::Record(record)) => Some(record),
            Err(_) => None,
        };
        let at = record.as_ref().and_then(|record| record.unix_ns);
        if !range.holds(at) {
            return;
        }
        self.records.add(at);
        self.unread += u64::from(record.is_none());
        let layer = record
            .as_ref()
            .map_or_else(|| "-".to_owned(), |record| shown(&record.layer));
        let values = self.markers(line.bytes, &layer, at);
        let is_event = record.is_some_and(|record| self.event(&record, &layer));
        if values > 0 || is_event {
            let day = at.map_or_else(|| "no time".to_owned(), day);
            let (redacted, events) = self.days.entry(day).or_default();
            *redacted += values;
            *events += u64::from(is_event);
        }
    }

    fn markers(&mut self, line: &[u8], layer: &str, at: Option<i64>) -> u64 {
        let mut values = 0;
        for found in MARKER.captures_iter(line) {
            let text = |i| {
                found
                    .get(i)
                    .map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned())
            };
            if text(2).is_some() {
                self.failed.entry(layer.to_owned()).or_default().add(at);
                continue;
            }
            let kind = text(1)
                .or_else(|| text(3))
                .unwrap_or_else(|| "ANY".to_owned());
            self.redacted
                .entry((kind, layer.to_owned()))
                .or_default()
                .add(at);
            values += 1;
        }
        self.touched += u64::from(values > 0);
        values
    }

    /// Counts the record as an event, if it is one: it has an event's field, or is in an event's layer.
    fn event(&mut self, record: &OwnedRecord, layer: &str) -> bool {
        let field = |name: &str| {
            record
                .fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
        };
        let in_layer = EVENT_LAYERS
            .iter()
            .find(|name| record.layer.eq_ignore_ascii_case(name));
        let name = match field("event") {
            Some(OwnedValue::Str(name))
                if in_layer.is_some()
                    || field("event_number").is_some()
                    || EVENT_LAYERS
                        .iter()
                        .any(|layer| layer.eq_ignore_ascii_case(name)) =>
            {
                shown(name)
            }
            _ => match in_layer {
                Some(layer) => layer.to_lowercase(),
                None => return false,
            },
        };
        self.events
            .entry((name, layer.to_owned()))
            .or_default()
            .add(record.unix_ns);
        true
    }
}

/// A name as it may be shown: what is none, but may be a value that somebody logged as one, is not.
fn shown(name: &str) -> String {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.len() <= 64
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c));
    match name {
        "" => "-".to_owned(),
        name if is_name => name.to_owned(),
        _ => "(no name)".to_owned(),
    }
}

/// The day of a time, UTC.
pub(super) fn day(unix_ns: i64) -> String {
    moment(unix_ns).chars().take(10).collect()
}

/// A time, to the second, UTC.
pub(super) fn moment(unix_ns: i64) -> String {
    let time = Timestamp::from_nanosecond(i128::from(unix_ns));
    time.map_or_else(
        |_| "-".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str], range: Range) -> Counts {
        let mut counts = Counts::default();
        let mut reader = Reader::new(None);
        for line in lines {
            let line = Bytes {
                bytes: line.as_bytes(),
                cut: 0,
            };
            counts.line(&mut reader, line, range);
        }
        counts
    }

    #[test]
    fn markers_are_counted_by_kind_and_layer_in_every_format() {
        let counts = counted(
            &[
                "2026-11-21 12:05:36.123456+00:00 APP INFO - from [REDACTED:EMAIL] to [REDACTED:EMAIL]",
                r#"{"timestamp":"2026-11-21T12:05:36Z","level":"INFO","logger":"DB","message":"[REDACTED:IBAN]"}"#,
                "time=2026-11-22T12:05:36Z level=INFO logger=APP msg=\"card [CREDIT_CARD:k1:9fA_-3]\"",
                "something else entirely, with [REDACTED] and [REDACTION_FAILED]",
                "2026-11-21 12:05:36.123456+00:00 APP INFO - [redacted:email] [REDACTED:] [X] nothing",
            ],
            Range::default(),
        );
        let kinds: Vec<(&str, &str, u64)> = counts
            .redacted
            .iter()
            .map(|((kind, layer), tally)| (kind.as_str(), layer.as_str(), tally.count))
            .collect();
        let expected = [
            ("ANY", "-", 1),
            ("CREDIT_CARD", "APP", 1),
            ("EMAIL", "APP", 2),
            ("IBAN", "DB", 1),
        ];
        assert_eq!(kinds, expected);
        assert_eq!((counts.values(), counts.touched, counts.unread), (5, 4, 1));
        assert_eq!(counts.failed["-"].count, 1);
        assert_eq!(counts.days["2026-11-21"], (3, 0));
    }

    #[test]
    fn events_are_known_by_their_field_or_layer_and_odd_names_are_not_shown() {
        let counts = counted(
            &[
                "2026-11-21 12:05:36.123456+00:00 APP WARNING - door event=security event_number=1",
                "2026-11-21 12:05:36.123456+00:00 AUDIT INFO - role granted",
                "2026-11-21 12:05:36.123456+00:00 AUDIT INFO - odd event=\"of ada@example.org\"",
                "2026-11-21 12:05:36.123456+00:00 APP INFO - a click event=click",
            ],
            Range::default(),
        );
        let names: Vec<_> = counts
            .events
            .keys()
            .map(|(name, layer)| format!("{name} {layer}"))
            .collect();
        assert_eq!(names, ["(no name) AUDIT", "audit AUDIT", "security APP"]);
    }

    #[test]
    fn a_range_leaves_out_what_is_not_in_it() {
        let lines = [
            "2026-11-20 12:00:00.000000+00:00 APP INFO - [REDACTED:EMAIL]",
            "2026-11-21 12:00:00.000000+00:00 APP INFO - [REDACTED:EMAIL]",
            "no time at all [REDACTED:EMAIL]",
        ];
        let day = 86_400_000_000_000;
        let since = 1_795_262_400_000_000_000 / day * day;
        let range = Range {
            since: Some(since),
            until: None,
        };
        assert_eq!(counted(&lines, range).values(), 1);
        let range = Range {
            since: None,
            until: Some(since),
        };
        assert_eq!(counted(&lines, range).values(), 1);
        assert_eq!(counted(&lines, Range::default()).values(), 3);
    }
}
