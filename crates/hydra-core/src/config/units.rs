//! Sizes (`"5MB"`) and durations (`"30s"`), as configurations write them.

use std::fmt;
use std::time::Duration;

/// Factors of the units of size. KB is 1024 bytes, as in the rest of the project.
const SIZES: [(&str, u64); 8] = [
    ("B", 1),
    ("KB", 1 << 10),
    ("KIB", 1 << 10),
    ("MB", 1 << 20),
    ("MIB", 1 << 20),
    ("GB", 1 << 30),
    ("GIB", 1 << 30),
    ("TB", 1 << 40),
];

/// Nanoseconds of the units of time.
const TIMES: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// The longest duration that is accepted: 36,500 days, about a century.
pub const MAX_DURATION: Duration = Duration::from_hours(36_500 * 24);

/// Text that is no size or duration.
///
/// ```
/// use hydra_core::config::parse_size;
/// assert_eq!(parse_size("99999999999GB").unwrap_err().to_string(), "too large");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseUnitError {
    /// No number at the beginning, or something behind the unit.
    Malformed,
    /// A number, but a unit that does not exist, or none where one is needed.
    Unit,
    /// Below zero.
    Negative,
    /// More than can be counted.
    TooLarge,
}

impl fmt::Display for ParseUnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParseUnitError::Malformed => "not a number with a unit",
            ParseUnitError::Unit => "not a known unit",
            ParseUnitError::Negative => "cannot be negative",
            ParseUnitError::TooLarge => "too large",
        })
    }
}

impl std::error::Error for ParseUnitError {}

/// Reads a size in bytes: `"512"`, `"64KB"`, `"1.5 MB"`; KB, MB, GB, TB (or KiB, MiB, GiB), in any
/// case, 1 KB = 1024 bytes.
///
/// # Errors
/// The text is no such size, or one of more than 2^63 bytes.
///
/// ```
/// use hydra_core::config::parse_size;
/// assert_eq!(parse_size("5MB"), Ok(5 * 1024 * 1024));
/// assert_eq!(parse_size("1.5 kb"), Ok(1536));
/// assert!(parse_size("-1KB").is_err());
/// ```
pub fn parse_size(text: &str) -> Result<u64, ParseUnitError> {
    let (number, unit) = split(text)?;
    let factor = if unit.is_empty() {
        1
    } else {
        let unit = unit.to_ascii_uppercase();
        factor(&SIZES, &unit)?
    };
    scale(number, factor).and_then(|bytes| {
        i64::try_from(bytes)
            .map(|_| bytes)
            .map_err(|_| ParseUnitError::TooLarge)
    })
}

/// Reads a duration: `"500ms"`, `"30s"`, `"5m"`, `"1.5h"`, `"7d"`; a number without a unit is in
/// seconds.
///
/// # Errors
/// The text is no such duration, or one beyond [`MAX_DURATION`].
///
/// ```
/// use std::time::Duration;
/// use hydra_core::config::parse_duration;
/// assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
/// assert_eq!(parse_duration("7d"), Ok(Duration::from_secs(7 * 86_400)));
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, ParseUnitError> {
    let (number, unit) = split(text)?;
    let unit = if unit.is_empty() { "s" } else { unit };
    let ns = scale(number, factor(&TIMES, unit)?)?;
    let duration = Duration::from_nanos(ns);
    if duration > MAX_DURATION {
        return Err(ParseUnitError::TooLarge);
    }
    Ok(duration)
}

/// A size in the largest unit that shows it exactly: `"5MB"`, and `"5000"` for 5000 bytes.
///
/// ```
/// use hydra_core::config::format_size;
/// assert_eq!(format_size(5 << 20), "5MB");
/// assert_eq!(format_size(1000), "1000");
/// ```
pub fn format_size(bytes: u64) -> String {
    for (unit, factor) in [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)] {
        if bytes >= factor && bytes.is_multiple_of(factor) {
            return format!("{}{unit}", bytes / factor);
        }
    }
    bytes.to_string()
}

/// A duration in the largest unit that shows it exactly: `"90s"`, `"7d"`, `"500ms"`.
///
/// ```
/// use std::time::Duration;
/// use hydra_core::config::format_duration;
/// assert_eq!(format_duration(Duration::from_secs(90)), "90s");
/// assert_eq!(format_duration(Duration::from_secs(86_400)), "1d");
/// ```
pub fn format_duration(duration: Duration) -> String {
    let ns = duration.as_nanos();
    TIMES
        .iter()
        .rev()
        .find(|(_, factor)| ns >= u128::from(*factor) && ns.is_multiple_of(u128::from(*factor)))
        .map_or_else(
            || "0s".to_owned(),
            |(unit, factor)| format!("{}{unit}", ns / u128::from(*factor)),
        )
}

/// Number and unit; the number is digits with at most one point.
fn split(text: &str) -> Result<(&str, &str), ParseUnitError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if text.starts_with('-') && text.len() > 1 {
        return Err(ParseUnitError::Negative);
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(ParseUnitError::Malformed);
    }
    Ok((number, unit.trim_start()))
}

fn factor(units: &[(&str, u64)], unit: &str) -> Result<u64, ParseUnitError> {
    units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|&(_, factor)| factor)
        .ok_or(ParseUnitError::Unit)
}

/// `number` times `factor`, exactly, what is below one cut off.
fn scale(number: &str, factor: u64) -> Result<u64, ParseUnitError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().map_err(|_| ParseUnitError::TooLarge)?;
    // Nine digits are more than any unit can show; more could overflow.
    let fraction = &fraction[..fraction.len().min(9)];
    let part = match fraction {
        "" => 0,
        digits => {
            let value: u128 = digits.parse().map_err(|_| ParseUnitError::Malformed)?;
            value * u128::from(factor) / 10_u128.pow(digits.len() as u32)
        }
    };
    u64::try_from(u128::from(whole) * u128::from(factor) + part)
        .map_err(|_| ParseUnitError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_error_has_words_of_its_own() {
        for (text, words) in [
            ("MB", "not a number with a unit"),
            ("5XB", "not a known unit"),
            ("-5MB", "cannot be negative"),
            ("99999999999GB", "too large"),
        ] {
            assert_eq!(parse_size(text).unwrap_err().to_string(), words, "{text}");
        }
    }

    #[test]
    fn bad_sizes_and_durations_say_what_is_wrong() {
        use ParseUnitError::{Malformed, Negative, TooLarge, Unit};
        for (text, error) in [
            ("", Malformed),
            ("MB", Malformed),
            ("1.MB", Malformed),
            ("1..5MB", Malformed),
            ("5XB", Unit),
            ("-5MB", Negative),
            ("99999999999999999999", TooLarge),
            ("99999999TB", TooLarge),
        ] {
            assert_eq!(parse_size(text), Err(error), "{text:?}");
        }
        for (text, error) in [("soon", Malformed), ("5 weeks", Unit), ("40000d", TooLarge)] {
            assert_eq!(parse_duration(text), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(bytes in 0..=i64::MAX as u64, ns in 0..=MAX_DURATION.as_nanos() as u64) {
            prop_assert_eq!(parse_size(&format_size(bytes)), Ok(bytes));
            let duration = Duration::from_nanos(ns);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = (parse_size(&text), parse_duration(&text));
        }
    }
}
