//! Times as text and as numbers.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads `2026-11-21T13:05:36.123456+01:00` at the beginning of a text: nanoseconds since 1970, and
/// how many bytes it took. A space may stand for the `T`, a comma for the point, `+0100` for
/// `+01:00`; a time without offset is UTC. A leap second counts as the second before it.
pub(super) fn leading(text: &str) -> Option<(i64, usize)> {
    let mut digits = Digits {
        bytes: text.as_bytes(),
        at: 0,
    };
    let year = digits.number(4)? as i16;
    digits.one_of(b"-")?;
    let month = digits.number(2)? as i8;
    digits.one_of(b"-")?;
    let day = digits.number(2)? as i8;
    digits.one_of(b"Tt ")?;
    let hour = digits.number(2)? as i8;
    digits.one_of(b":")?;
    let minute = digits.number(2)? as i8;
    digits.one_of(b":")?;
    let second = digits.number(2)?.min(60) as i8;
    let fraction = digits.fraction();
    let offset = digits.offset()?;
    let time = DateTime::new(
        year,
        month,
        day,
        hour,
        minute,
        second.min(59),
        fraction as i32,
    );
    let time = offset.to_timestamp(time.ok()?).ok()?;
    let ns = i64::try_from(time.as_nanosecond()).ok()?;
    Some((ns, digits.at))
}

/// Reads a text that is a time and nothing else.
pub(super) fn whole(text: &str) -> Option<i64> {
    leading(text)
        .filter(|(_, length)| *length == text.len())
        .map(|(ns, _)| ns)
}

/// Reads seconds since 1970 as GELF writes them, exactly: `1700000000.123456`.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return from_float(text.parse().ok()?, 1e9);
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<9}")[..9].parse().ok()?;
    whole
        .checked_mul(1_000_000_000)?
        .checked_add(fraction)?
        .checked_mul(sign)
}

/// Reads a number of seconds, milliseconds, microseconds or nanoseconds since 1970: its size says
/// which. (Seconds reach 1e11 in the year 5138, milliseconds had it in 1973.)
pub(super) fn number(text: &str) -> Option<i64> {
    let value: f64 = text.parse().ok()?;
    let exact = |unit| text.parse::<i64>().ok()?.checked_mul(unit);
    match value.abs() {
        0.0..1e11 => seconds(text),
        1e11..1e14 => exact(1_000_000).or_else(|| from_float(value, 1e6)),
        1e14..1e17 => exact(1_000).or_else(|| from_float(value, 1e3)),
        1e17..9e18 => exact(1).or_else(|| from_float(value, 1.0)),
        _ => None,
    }
}

fn from_float(value: f64, unit: f64) -> Option<i64> {
    let ns = value * unit;
    (ns.abs() < 9e18).then_some(ns as i64)
}

struct Digits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Digits<'_> {
    fn number(&mut self, length: usize) -> Option<u32> {
        let mut number = 0;
        for byte in self.bytes.get(self.at..self.at + length)? {
            if !byte.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u32::from(byte - b'0');
        }
        self.at += length;
        Some(number)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        allowed.contains(&byte).then(|| self.at += 1)?;
        Some(byte)
    }

    /// Nanoseconds; 0 where there is no fraction. Digits beyond the ninth are passed over.
    fn fraction(&mut self) -> u32 {
        let start = self.at + 1;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || self.one_of(b".,").is_none() {
            return 0;
        }
        self.at += digits;
        let kept = rest[..digits].iter().chain(&[b'0'; 9]).take(9);
        kept.fold(0, |ns, digit| ns * 10 + u32::from(digit - b'0'))
    }

    fn offset(&mut self) -> Option<Offset> {
        let sign = match self.one_of(b"Zz+-") {
            None | Some(b'Z' | b'z') => return Some(Offset::UTC),
            Some(b'-') => -1,
            Some(_) => 1,
        };
        let mut seconds = self.number(2)? as i32 * 3600;
        let colon = self.one_of(b":").is_some();
        seconds += self.number(2)? as i32 * 60;
        if colon && self.one_of(b":").is_some() {
            seconds += self.number(2)? as i32;
        }
        Offset::from_seconds(sign * seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NS: i64 = 1_700_000_000_123_456_789; // 2023-11-14T22:13:20.123456789Z

    #[test]
    fn the_usual_spellings_of_a_moment_are_one_moment() {
        for text in [
            "2023-11-14T22:13:20.123456789Z",
            "2023-11-14 22:13:20,123456789999",
            "2023-11-14T23:13:20.123456789+01:00",
            "2023-11-14t20:43:20.123456789-0130",
            "2023-11-14T22:14:00.123456789+00:00:40",
        ] {
            assert_eq!(leading(text), Some((NS, text.len())), "{text}");
        }
        assert_eq!(leading("1970-01-01 00:00:01 x"), Some((1_000_000_000, 19)));
        assert_eq!(
            leading("2016-12-31T23:59:60Z"),
            leading("2016-12-31T23:59:59Z")
        );
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "2023",
            "2023-13-01T00:00:00Z",
            "2023-02-30T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2023-11-14T22:13",
            "2023-11-14T22:13:20+1",
            "2023-11-14T22:13:20+99:00",
            "é023-11-14",
        ] {
            assert_eq!(leading(text), None, "{text}");
        }
        assert_eq!(whole("2023-11-14T22:13:20Z,"), None);
    }

    #[test]
    fn a_numbers_size_says_its_unit() {
        for (text, expected) in [
            ("1700000000", 1_700_000_000_000_000_000),
            ("1700000000.5", 1_700_000_000_500_000_000),
            ("1700000000123", 1_700_000_000_123_000_000),
            ("1700000000123456", 1_700_000_000_123_456_000),
            ("1700000000123456789", NS),
            ("-1.5", -1_500_000_000),
            ("1.7e9", 1_700_000_000_000_000_000),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        assert_eq!(number("1e300"), None);
        assert_eq!(seconds("99999999999999"), None);
    }
}
