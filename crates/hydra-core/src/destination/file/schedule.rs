//! Time, as the records tell it: when to look whether the file is still the one at its path, and
//! when a day or an hour is over.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::options::RotateEvery;

const SECOND: i64 = 1_000_000_000;

/// Records may arrive a little out of order. One that is older than the file's period by more than
/// this tells that the clock was set back.
const LATE: i64 = 60 * SECOND;

/// Tells, for two loads and two comparisons, whether a record asks for a look at the path: a second
/// after the last one, at the end of the file's period, or after the clock jumped back.
#[derive(Debug)]
pub(super) struct Watch {
    earliest: AtomicI64,
    until: AtomicI64,
}

impl Watch {
    /// Always due, until restarted.
    pub(super) const fn new() -> Watch {
        Watch {
            earliest: AtomicI64::new(i64::MAX),
            until: AtomicI64::new(i64::MIN),
        }
    }

    #[inline]
    pub(super) fn is_due(&self, unix_ns: i64) -> bool {
        unix_ns >= self.until.load(Relaxed) || unix_ns < self.earliest.load(Relaxed)
    }

    pub(super) fn restart(&self, unix_ns: i64, period_end: i64) {
        // A jump back by less than a second is what threads that overtake each other look like.
        self.earliest.store(unix_ns.saturating_sub(SECOND), Relaxed);
        let next = unix_ns.saturating_add(SECOND);
        self.until.store(next.min(period_end), Relaxed);
    }

    /// Makes the next record look.
    pub(super) fn expire(&self) {
        self.until.store(i64::MIN, Relaxed);
    }
}

/// The day or hour that a file belongs to, in nanoseconds since 1970: from `start`, before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    start: i64,
    pub(super) end: i64,
}

/// What a record says about the period of the file that it is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs there, or is a little late.
    Belongs,
    /// The period is over.
    Over,
    /// The clock was set back: the file's period starts anew here.
    SetBack,
}

impl Period {
    pub(super) fn judge(self, unix_ns: i64) -> Verdict {
        if unix_ns >= self.end && self.end < i64::MAX {
            Verdict::Over
        } else if unix_ns < self.start.saturating_sub(LATE) {
            Verdict::SetBack
        } else {
            Verdict::Belongs
        }
    }

    /// The period of `every` that holds `unix_ns`.
    pub(super) fn around(unix_ns: i64, every: RotateEvery, zone: &TimeZone) -> Period {
        match every {
            RotateEvery::Daily => day(unix_ns, zone),
            RotateEvery::Hourly => None,
        }
        .unwrap_or_else(|| {
            let length = match every {
                RotateEvery::Daily => 24 * 3600 * SECOND,
                RotateEvery::Hourly => 3600 * SECOND,
            };
            let offset = Timestamp::from_nanosecond(i128::from(unix_ns))
                .map_or(0, |time| i64::from(zone.to_offset(time).seconds()) * SECOND);
            let into = unix_ns.saturating_add(offset).rem_euclid(length);
            let start = unix_ns.saturating_sub(into);
            Period {
                start,
                end: start.saturating_add(length),
            }
        })
    }
}

/// A day by the calendar: 23 or 25 hours long where the clocks change.
fn day(unix_ns: i64, zone: &TimeZone) -> Option<Period> {
    let now = Timestamp::from_nanosecond(i128::from(unix_ns))
        .ok()?
        .to_zoned(zone.clone());
    let start = now.start_of_day().ok()?;
    let end = start.tomorrow().ok()?.start_of_day().ok()?;
    let ns = |time: jiff::Zoned| i64::try_from(time.timestamp().as_nanosecond()).ok();
    Some(Period {
        start: ns(start)?,
        end: ns(end)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_nanosecond() as i64
    }

    fn bounds(text: &str, every: RotateEvery, zone: &TimeZone) -> (i64, i64) {
        let period = Period::around(at(text), every, zone);
        (period.start, period.end)
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_time_zone() {
        let utc = bounds("2026-03-10T23:59:59Z", RotateEvery::Daily, &TimeZone::UTC);
        assert_eq!(
            utc,
            (at("2026-03-10T00:00:00Z"), at("2026-03-11T00:00:00Z"))
        );
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let east = bounds("2026-03-10T23:00:00Z", RotateEvery::Daily, &zone);
        assert_eq!(
            east,
            (at("2026-03-10T22:00:00Z"), at("2026-03-11T22:00:00Z"))
        );
    }

    #[test]
    fn a_day_on_which_the_clocks_change_has_23_hours() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let (start, end) = bounds("2026-03-29T12:00:00Z", RotateEvery::Daily, &zone);
        assert_eq!(end - start, 23 * 3600 * SECOND);
        assert_eq!(start, at("2026-03-28T23:00:00Z"));
    }

    #[test]
    fn an_hour_begins_on_the_full_hour_of_a_zone_with_half_hours() {
        let zone = TimeZone::posix("IST-5:30").unwrap();
        let hour = bounds("2026-03-10T10:29:00Z", RotateEvery::Hourly, &zone);
        assert_eq!(
            hour,
            (at("2026-03-10T09:30:00Z"), at("2026-03-10T10:30:00Z"))
        );
    }

    #[test]
    fn times_beyond_the_calendar_still_have_a_period() {
        for unix_ns in [i64::MIN, i64::MAX] {
            for every in [RotateEvery::Daily, RotateEvery::Hourly] {
                let period = Period::around(unix_ns, every, &TimeZone::UTC);
                assert!(period.start <= unix_ns && period.end >= unix_ns);
            }
        }
    }

    #[test]
    fn a_late_record_belongs_and_a_clock_set_back_starts_the_period_anew() {
        let now = at("2026-03-10T00:00:00Z");
        let day = Period::around(now, RotateEvery::Daily, &TimeZone::UTC);
        assert_eq!(day.judge(now - SECOND), Verdict::Belongs);
        assert_eq!(day.judge(now - 3600 * SECOND), Verdict::SetBack);
        assert_eq!(day.judge(day.end), Verdict::Over);
    }

    #[test]
    fn a_watch_is_due_after_a_second_or_when_the_clock_jumps_back() {
        let watch = Watch::new();
        assert!(watch.is_due(0));
        watch.restart(100 * SECOND, i64::MAX);
        assert!(!watch.is_due(100 * SECOND + SECOND - 1));
        assert!(!watch.is_due(100 * SECOND - SECOND));
        assert!(watch.is_due(101 * SECOND));
        assert!(watch.is_due(98 * SECOND));
        watch.restart(100 * SECOND, 100 * SECOND + 5);
        assert!(watch.is_due(100 * SECOND + 5));
    }
}
