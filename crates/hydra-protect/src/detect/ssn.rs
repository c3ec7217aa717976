//! United States Social Security numbers.
//!
//! Source: SSA, "Social Security Number Randomization" (no area 000, 666 or 900-999, no group 00,
//! no serial 0000). `AAA-GG-SSSS` is taken as it stands; with spaces, dots or bare only beside a
//! word for it, since columns of numbers look the same.

use std::ops::Range;

use super::context_words::{REACH, named_by, word_before};
use super::digits::{Digits, number, separator};
use crate::text::{before, byte, run_end};
use crate::word_list::Words;

static WORDS: Words = Words::new(&[
    b"ssn",
    b"ssns",
    b"socialsecurity",
    b"social",
    b"ssnumber",
    b"taxpayer",
    b"tin",
    b"itin",
    b"ss",
]);

/// What is written `123-45-6789`, too, and is named so.
static OTHERS: Words = Words::new(&[
    b"part", b"sku", b"item", b"model", b"serial", b"order", b"invoice", b"ticket", b"isbn",
    b"cas", b"pn", b"lot", b"batch", b"version",
]);

/// A Social Security number whose first digit is at `at`.
pub(crate) fn ssn(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !border_before(text, at) {
        return None;
    }
    let worded = || word_before(text, at, REACH, &WORDS);
    let end = match run_end(text, at, 10, |b| b.is_ascii_digit()) - at {
        9 => worded().then_some(at + 9)?,
        3 => {
            let gap = separator(text, at + 3);
            let first = text
                .get(at + 3..at + 3 + gap)
                .filter(|gap| !gap.is_empty())?;
            let group = at + 3 + gap;
            let serial = group + 2 + gap;
            let grouped = run_end(text, group, 3, |b| b.is_ascii_digit()) == group + 2
                && text.get(group + 2..serial) == Some(first)
                && run_end(text, serial, 5, |b| b.is_ascii_digit()) == serial + 4;
            let allowed = grouped
                && match first {
                    b"-" => !named_by(text, at, &OTHERS) || worded(),
                    _ => worded(),
                };
            allowed.then_some(serial + 4)?
        }
        _ => return None,
    };
    let next = byte(text, end);
    let inside = next.is_ascii_alphanumeric()
        || matches!(next, b'-' | b'.') && byte(text, end + 1).is_ascii_alphanumeric();
    (!inside && issued(text.get(at..end)?)).then_some(at..end)
}

/// The rules of area, group and serial.
fn issued(shape: &[u8]) -> bool {
    let digits = Digits::<9>::of(shape);
    let n = number(digits.as_slice());
    let (area, group, serial) = (n / 1_000_000, n / 10_000 % 100, n % 10_000);
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

fn border_before(text: &[u8], at: usize) -> bool {
    let last = before(text, at);
    let earlier = before(text, at.saturating_sub(1));
    match last {
        b'-' | b'.' => !earlier.is_ascii_alphanumeric(),
        b'+' | b'$' => false,
        _ => !last.is_ascii_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| ssn(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn numbers_that_can_have_been_issued_are_found() {
        for (text, number) in [
            ("x 536-22-1234.", "536-22-1234"),
            ("7,Ann,536-22-1234,x", "536-22-1234"),
            ("user_536-22-1234", "536-22-1234"),
            ("SSN 536 22 1234", "536 22 1234"),
            ("ssn=536221234", "536221234"),
            ("{\"ssn\": 536221234}", "536221234"),
            ("Social Security number: 536221234", "536221234"),
            ("social_security_number: 536.22.1234", "536.22.1234"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
        }
    }

    #[test]
    fn impossible_numbers_and_numbers_of_things_are_left() {
        for text in [
            "000-22-1234",
            "666-22-1234",
            "900-22-1234",
            "536-00-1234",
            "536-22-0000",
            "536221234",
            "536 22 1234",
            "part 536-22-1234",
            "sku: 536-22-1234",
            "1536-22-1234",
            "536-22-12345",
            "536-22-1234-9",
            "9-536-22-1234",
            "a536-22-1234",
            "2024-01-02",
            "536-22 1234",
            "ssn=000221234",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
