//! Times in lines of the chain: RFC 3339, UTC, to the microsecond.

/// The time of nanoseconds since 1970-01-01 UTC, as `2026-11-21T12:05:36.123456Z`.
pub(super) fn text(unix_ns: i64) -> String {
    let micros = unix_ns.div_euclid(1_000);
    let seconds = micros.div_euclid(1_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        micros.rem_euclid(1_000_000)
    )
}

/// Year, month and day of a day since 1970-01-01, by 400 years of 146,097 days that begin in March
/// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_795_262_736, "2026-11-21T12:05:36.000000Z"),
            (-1, "1969-12-31T23:59:59.000000Z"),
        ] {
            assert_eq!(text(seconds * 1_000_000_000), expected);
        }
        assert_eq!(text(1_234_567), "1970-01-01T00:00:00.001234Z");
        assert_eq!(text(i64::MAX), "2262-04-11T23:47:16.854775Z");
        assert_eq!(text(i64::MIN), "1677-09-21T00:12:43.145224Z");
    }
}
