//! Telephone numbers: international ones by their country's plan, North American shapes by the
//! rules of their plan, and national forms beside a word for a telephone.
//!
//! Sources: ITU-T E.164 (structure, at most 15 digits) and E.123 (notation); the North American
//! Numbering Plan (`NPA-NXX-XXXX`, N from 2 to 9, no N11). A run of bare digits is a number of
//! something else unless a word says that it is a telephone's.

mod plan;
mod shape;
mod words;

use std::ops::Range;

use self::shape::{Shape, extension_end};
use self::words::Nearness;
use super::context_words::{OTHER_NUMBERS, named_by};
use crate::text::{before, byte};
use crate::word_list::Words;

/// The words that can stand before a number, as far as they are ASCII.
pub(super) fn words() -> impl Iterator<Item = &'static [u8]> {
    words::all()
}

/// Whether the word at `at` may mean a telephone behind its number.
#[inline]
pub(crate) fn may_name_behind(text: &[u8], at: usize) -> bool {
    words::may_start(text, at)
}

/// A telephone number that starts at `at`: at its `+`, its `(` or its first digit.
pub(crate) fn phone(text: &[u8], at: usize) -> Option<Range<usize>> {
    let first = byte(text, at);
    if !starts_number(text, at, first) {
        return None;
    }
    let end = match first {
        b'+' => international(text, at + 1)?,
        b'0'..=b'9' | b'(' => {
            let shape = Shape::read(text, at)?;
            north_american(text, at, &shape)
                .or_else(|| dialled(text, at, &shape))
                .or_else(|| national(text, at, &shape))?
        }
        _ => return None,
    };
    let end = extension_end(text, end);
    ends_number(text, end).then_some(at..end)
}

/// `+` and a country's code, then as many digits as its plan has.
fn international(text: &[u8], at: usize) -> Option<usize> {
    let shape = Shape::read(text, at)?;
    let country = plan::country(shape.digits())?;
    let trunk = shape.trunk_after(country.code_len);
    let least = country.code_len + usize::from(country.least) + trunk;
    let most = country.code_len + usize::from(country.most) + trunk;
    if country.code_len == 1
        && !matches!(shape.digits().get(1), Some(2..=9))
        && shape.digits().first() == Some(&1)
    {
        return None;
    }
    shape.end_within(least, most)
}

/// `(415) 555-0123`, `415-555-0123`, `1-415-555-0123`, `001 415 555 0123`.
fn north_american(text: &[u8], at: usize, shape: &Shape) -> Option<usize> {
    let (groups, len) = match shape.sizes() {
        [3, 3, 4, ..] => (3, 10),
        [1, 3, 3, 4, ..] if shape.digits().first() == Some(&1) => (4, 11),
        [3, 3, 3, 4, ..] if shape.digits().starts_with(&[0, 0, 1]) => (4, 13),
        _ => return None,
    };
    let digits = shape.digits().get(len - 10..len)?;
    let end = shape.end_of(groups)?;
    // A further group makes it another number, an extension is read later.
    if shape.sizes().len() > groups && !shape.gap_is_space(groups)
        || !plan::is_north_american(digits)
    {
        return None;
    }
    let near = words::nearness(text, at);
    let telling = near != Nearness::None
        || words::named_after(text, end)
        || shape.has_parenthesis()
        || (!shape.gap_is_space(groups - 1) && !is_other_number(text, at));
    telling.then_some(end)
}

/// `0044 20 7946 0958`: the international prefix of most countries (ITU-T E.164 recommends it) in
/// place of the sign. Without separators an identifier may begin so, too.
fn dialled(text: &[u8], at: usize, shape: &Shape) -> Option<usize> {
    if !text.get(at..)?.starts_with(b"00") || byte(text, at + 2) == b'0' {
        return None;
    }
    let grouped = shape.sizes().len() >= 3;
    let addressed = || {
        named_by(
            text,
            at,
            const { &Words::new(&[b"to", b"from", b"recipient", b"number", b"sender", b"for"]) },
        )
    };
    (grouped || addressed() || words::nearness(text, at) != Nearness::None)
        .then(|| international(text, at + 2))
        .flatten()
}

/// What a word for a telephone makes of digits: the forms that numbers are written in at home.
fn national(text: &[u8], at: usize, shape: &Shape) -> Option<usize> {
    if shape.digits().len() < 7 {
        return None;
    }
    let near = words::nearness(text, at);
    let followed = || {
        shape
            .end_within(7, 15)
            .is_some_and(|end| words::named_after(text, end))
    };
    if shape.is_date() || near == Nearness::None && !followed() {
        return None;
    }
    let bare = shape.sizes().len() == 1;
    let len = shape.digits().len();
    let named = near == Nearness::Names;
    let telling = match shape.digits() {
        // Seconds and milliseconds since 1970.
        [1, 4..=9, ..] if bare && matches!(len, 10 | 13) => return None,
        [0, ..] => len >= 8,
        digits if bare => {
            named && len >= 7
                || len == 10 && plan::is_north_american(digits)
                || len == 11 && digits.first() == Some(&1)
        }
        _ => len >= 7,
    };
    let unlike = bare && !named && named_by(text, at, &OTHER_NUMBERS);
    (telling && !unlike)
        .then(|| shape.end_within(7, 15))
        .flatten()
}

/// Whether what stands before says that a shape of a telephone number is not one: `#`, a letter, or
/// a word for a part or an order.
fn is_other_number(text: &[u8], at: usize) -> bool {
    matches!(before(text, at), b'#' | b'-' | b'/')
        || is_part_number(text, at)
        || named_by(text, at, &OTHER_NUMBERS)
            && !named_by(text, at, const { &Words::new(&[b"at"]) })
}

/// `p/n`, a part's number.
fn is_part_number(text: &[u8], at: usize) -> bool {
    let head = text.get(at.saturating_sub(8)..at).unwrap_or_default();
    let head = head.trim_ascii_end();
    let head = head.strip_suffix(b":").unwrap_or(head);
    head.len() >= 3 && head[head.len() - 3..].eq_ignore_ascii_case(b"p/n")
}

/// No digit, letter, sign or currency before the number.
fn starts_number(text: &[u8], at: usize, first: u8) -> bool {
    let last = before(text, at);
    let earlier = before(text, at.saturating_sub(1));
    match last {
        b'$' | b'+' | b'@' => false,
        // The sign of the pound, the euro, the yen.
        0xa3 | 0xac | 0xa5 => first == b'+',
        b'.' | b':' => !earlier.is_ascii_digit(),
        b'-' => first == b'+' || !earlier.is_ascii_alphanumeric(),
        _ => !last.is_ascii_alphanumeric(),
    }
}

/// No digit or letter after the number, nor a fraction, a range or a unit.
fn ends_number(text: &[u8], end: usize) -> bool {
    let later = byte(text, end + 1);
    match byte(text, end) {
        b'.' => !later.is_ascii_digit(),
        b'-' => !later.is_ascii_alphanumeric(),
        b'%' => later.is_ascii_hexdigit(),
        next => !next.is_ascii_alphanumeric(),
    }
}

#[cfg(test)]
mod tests;
