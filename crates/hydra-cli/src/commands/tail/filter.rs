//! Which lines are shown: [`Filter`].

use std::str::FromStr;
use std::time::SystemTime;

use hydra_core::Level;
use hydra_core::config::parse_duration;
use regex::bytes::Regex;

use crate::read::{OwnedRecord, parse_time};

/// The time that `--since` says, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Since(pub(super) i64);

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Since, String> {
        if let Some(ns) = parse_time(text) {
            return Ok(Since(ns));
        }
        let ago = parse_duration(text).map_err(|_| {
            format!(
                "{text:?} is neither a length of time nor a time; write 10m, 2h, 1d or \
                 2026-11-21T13:05:00+01:00"
            )
        })?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.map_or(0, |passed| passed.as_nanos() as i64);
        Ok(Since(now.saturating_sub_unsigned(
            ago.as_nanos().try_into().unwrap_or(u64::MAX),
        )))
    }
}

/// What a line must be to be shown.
pub(super) struct Filter<'a> {
    layers: &'a [String],
    level: Option<Level>,
    grep: Option<&'a Regex>,
    since: Option<Since>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(
        layers: &'a [String],
        level: Option<Level>,
        grep: Option<&'a Regex>,
        since: Option<Since>,
    ) -> Filter<'a> {
        Filter {
            layers,
            level,
            grep,
            since,
        }
    }

    /// The time before which no record is shown.
    pub(super) fn since(&self) -> Option<i64> {
        self.since.map(|Since(ns)| ns)
    }

    /// Whether a record's text and contents let it pass.
    pub(super) fn passes(&self, line: &[u8], record: &OwnedRecord) -> bool {
        let layer = self.layers.is_empty() || self.layers.contains(&record.layer);
        let late = match (self.since, record.unix_ns) {
            (Some(Since(since)), Some(ns)) => ns >= since,
            _ => true,
        };
        layer && late && self.level.is_none_or(|level| record.level >= level) && self.found_in(line)
    }

    /// Whether a line that is no record passes, `before` having been decided for the record before
    /// it. Where only texts are looked for, each line is looked at for itself.
    pub(super) fn passes_unread(&self, line: &[u8], before: Option<bool>) -> bool {
        if self.is_about_records() {
            before == Some(true)
        } else {
            self.found_in(line)
        }
    }

    /// Whether a line must be read to be decided.
    pub(super) fn is_about_records(&self) -> bool {
        !self.layers.is_empty() || self.level.is_some() || self.since.is_some()
    }

    fn found_in(&self, line: &[u8]) -> bool {
        self.grep.is_none_or(|grep| grep.is_match(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_length_of_time_or_a_time() {
        let time = "1970-01-01T00:00:01Z".parse();
        assert_eq!(time, Ok(Since(1_000_000_000)));
        let (ago, now): (Since, Since) = ("10m".parse().unwrap(), "0s".parse().unwrap());
        assert!((600..610).contains(&((now.0 - ago.0) / 1_000_000_000)));
        let error = "yesterday".parse::<Since>().unwrap_err();
        assert!(error.contains("10m"), "{error}");
    }
}
