//! Payment card numbers: an issuer's prefix and length, the check digit, and plausible grouping.
//!
//! Sources: ISO/IEC 7812-1 (structure, Luhn), and the ranges the networks publish to acquirers:
//! Visa 4 (13, 16, 19), Mastercard 51-55 and 2221-2720 (16), American Express 34, 37 (15),
//! Discover 6011, 644-649, 65, 622126-622925 (16-19), Diners Club 300-305, 3095, 36, 38-39
//! (14-19), JCB 35 (16-19; 3528-3589 are given out), 2131 and 1800 (15), UnionPay 62, 81 (16-19), Mir 2200-2204
//! (16-19), Maestro (12-19), Troy 9792, RuPay 508500-508999 and 606985-608500 (16). Lengths and
//! prefixes that many an identifier has, too, need a word for a card before them, or the groups of
//! a card.

use std::ops::Range;

use super::context_words::{OTHER_NUMBERS, REACH, named_by, word_before};
use super::digits::{Digits, luhn, number, separator};
use crate::text::{before, byte};
use crate::word_list::Words;

static CARD_WORDS: Words = Words::new(&[
    b"card",
    b"cards",
    b"cc",
    b"ccn",
    b"ccnum",
    b"ccno",
    b"cardno",
    b"cardnum",
    b"cardnumber",
    b"creditcard",
    b"debitcard",
    b"pan",
    b"visa",
    b"mastercard",
    b"amex",
    b"maestro",
    b"discover",
    b"jcb",
    b"diners",
    b"unionpay",
    b"credit",
    b"debit",
    b"karte",
    b"kreditkarte",
    b"kartennummer",
    b"carte",
    b"tarjeta",
    b"carta",
    b"cartao",
    b"kaart",
]);

/// How well a prefix and length say that a number is a card's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Issuer {
    Known,
    NeedsWord,
    None,
}

/// The most digits of a card number (ISO/IEC 7812-1).
const MOST: usize = 19;

/// A card number whose first digit is at `at`.
pub(crate) fn card(text: &[u8], at: usize) -> Option<Range<usize>> {
    let shape = Shape::read(text, at)?;
    // The longest reading first: a 19-digit card begins like one with 16 and a separate number.
    shape.readings().find_map(|(end, len)| {
        let digits = shape.digits.as_slice().get(..len)?;
        // The words before are read last: hardly a number comes so far.
        let bordered = border_after(text, end) && border_before(text, at);
        let fits = luhn(digits)
            && (bordered || framed(text, at, end))
            && allowed(text, at, &shape, digits);
        fits.then_some(at..end)
    })
}

fn allowed(text: &[u8], at: usize, shape: &Shape, digits: &[u8]) -> bool {
    let worded = || word_before(text, at, REACH, &CARD_WORDS);
    match issuer(digits) {
        Issuer::None => false,
        Issuer::NeedsWord => shape.groups > 3 || worded(),
        // One number in ten passes Luhn: a run that is called something else is that.
        Issuer::Known => shape.groups > 1 || worded() || !named_by(text, at, &OTHER_NUMBERS),
    }
}

/// Groups of digits with one kind of separator between them.
struct Shape {
    digits: Digits<MOST>,
    groups: usize,
    sizes: [u8; 6],
    ends: [usize; 6],
}

impl Shape {
    fn read(text: &[u8], at: usize) -> Option<Shape> {
        let mut shape = Shape {
            digits: Digits::new(),
            groups: 0,
            sizes: [0; 6],
            ends: [0; 6],
        };
        let mut i = at;
        while let digit @ b'0'..=b'9' = byte(text, i) {
            if !shape.digits.push(digit) {
                // A run of 20 digits and more is no card, and no part of it is.
                return None;
            }
            i += 1;
        }
        shape.close_group(i);
        if !matches!(i - at, 4 | 6 | 8 | 12..) {
            return None;
        }
        let gap = separator(text, i);
        if gap == 0 || !byte(text, i + gap).is_ascii_digit() {
            return Some(shape);
        }
        let gap = text.get(i..i + gap)?;
        while shape.groups < 6 && text.get(i..)?.starts_with(gap) {
            i += gap.len();
            let first = i;
            while let digit @ b'0'..=b'9' = byte(text, i) {
                if !shape.digits.push(digit) {
                    return Some(shape);
                }
                i += 1;
            }
            if i == first {
                break;
            }
            shape.close_group(i);
        }
        Some(shape)
    }

    fn close_group(&mut self, end: usize) {
        let counted: usize = self.sizes.iter().map(|&n| usize::from(n)).sum();
        if let (Some(size), Some(place)) = (
            self.sizes.get_mut(self.groups),
            self.ends.get_mut(self.groups),
        ) {
            *size = (self.digits.as_slice().len() - counted) as u8;
            *place = end;
            self.groups += 1;
        }
    }

    /// The ends and digit counts of the plausible readings, longest first.
    fn readings(&self) -> impl Iterator<Item = (usize, usize)> {
        (1..=self.groups).rev().filter_map(|groups| {
            let sizes = self.sizes.get(..groups)?;
            let len = sizes.iter().map(|&n| usize::from(n)).sum();
            plausible(sizes).then_some((*self.ends.get(groups - 1)?, len))
        })
    }
}

/// How people and terminals write a card number.
fn plausible(sizes: &[u8]) -> bool {
    matches!(
        sizes,
        [12..=19]
            | [4, 4, 4, 1..=4]
            | [4, 4, 4, 4, 1..=3]
            | [4, 3, 3, 3]
            | [4, 4, 4]
            | [4, 6, 4 | 5]
            | [4, 5, 6]
            | [6, 13]
            | [8, 8]
    )
}

fn issuer(digits: &[u8]) -> Issuer {
    let len = digits.len();
    let Some(head) = digits.get(..6).map(number) else {
        return Issuer::None;
    };
    let (two, three, four) = (head / 10_000, head / 1_000, head / 100);
    let known = match len {
        13 => two / 10 == 4,
        14 => matches!(three, 300..=305) || four == 3095 || matches!(two, 36 | 38 | 39),
        15 => matches!(two, 34 | 37) || matches!(four, 2131 | 1800),
        16 => {
            let mastercard = matches!(two, 51..=55) || matches!(four, 2221..=2720);
            let discover = four == 6011 || matches!(three, 644..=649) || two == 65;
            let others = matches!(four, 3500..=3599 | 2200..=2204 | 9792)
                || matches!(head, 508_500..=508_999 | 606_985..=608_500);
            two / 10 == 4 || mastercard || discover || matches!(two, 62 | 81) || others
        }
        19 => two / 10 == 4 || matches!(two, 62 | 81),
        _ => false,
    };
    if known || (12..=19).contains(&len) && maestro(four) {
        return Issuer::Known;
    }
    // Identifiers of services (snowflakes) have 17 to 19 digits, as few cards do.
    let long = (17..=19).contains(&len)
        && (matches!(two, 40..=49 | 62 | 65 | 81)
            || matches!(four, 6011 | 6440..=6499 | 3500..=3599 | 2200..=2204));
    let diners =
        (16..=19).contains(&len) && (matches!(two, 36 | 38 | 39) || matches!(three, 300..=305));
    let short = (12..=19).contains(&len) && matches!(two, 50 | 56..=58 | 67);
    if long || diners || short {
        Issuer::NeedsWord
    } else {
        Issuer::None
    }
}

fn maestro(four: u64) -> bool {
    matches!(
        four,
        5018 | 5019 | 5020 | 5038 | 5893 | 6304 | 6390 | 6759 | 6761 | 6762 | 6763
    )
}

/// Whether a group of four stands before the number, as in a dump, and no word for a card.
pub(super) fn continues_groups(text: &[u8], at: usize) -> bool {
    before(text, at) == b' '
        && group_of_four(text, at.saturating_sub(5))
        && !word_before(text, at, 12, &CARD_WORDS)
}

/// No digit, fraction, sign or piece of an identifier before the number.
fn border_before(text: &[u8], at: usize) -> bool {
    let earlier = before(text, at.saturating_sub(1));
    match before(text, at) {
        b'+' | b'$' => false,
        b'.' => !earlier.is_ascii_digit(),
        // The comma of a fraction follows a lone nought, that of a table may follow anything.
        b',' => earlier != b'0' || before(text, at.saturating_sub(2)).is_ascii_digit(),
        // `card-4111…` may be, a piece of a UUID or of a longer number may not.
        b'-' => !earlier.is_ascii_hexdigit() || word_before(text, at, 12, &CARD_WORDS),
        b' ' => !continues_groups(text, at),
        // The magnetic stripe's first track: `%B4111…^`.
        b'B' if earlier == b'%' => true,
        last if last.is_ascii_alphabetic() => word_before(text, at, 12, &CARD_WORDS),
        last => !last.is_ascii_digit(),
    }
}

/// No digit, letter or fraction after the number, and no further group of a hex dump.
fn border_after(text: &[u8], end: usize) -> bool {
    let later = byte(text, end + 1);
    match byte(text, end) {
        b'.' => !later.is_ascii_digit(),
        b'-' => !later.is_ascii_hexdigit(),
        b' ' => !group_of_four(text, end + 1),
        next => !next.is_ascii_alphanumeric(),
    }
}

/// `x4111111111111111x`: between two letters that are the same, stand alone and are no digits of a
/// hexadecimal number.
fn framed(text: &[u8], at: usize, end: usize) -> bool {
    let letter = byte(text, end);
    letter.is_ascii_alphabetic()
        && !letter.is_ascii_hexdigit()
        && before(text, at) == letter
        && !before(text, at - 1).is_ascii_alphanumeric()
        && !byte(text, end + 1).is_ascii_alphanumeric()
}

/// Whether a group of exactly four hexadecimal digits stands at `at`, as in a dump.
fn group_of_four(text: &[u8], at: usize) -> bool {
    !before(text, at).is_ascii_alphanumeric()
        && (at..at + 4).all(|i| byte(text, i).is_ascii_hexdigit())
        && !byte(text, at + 4).is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| card(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn cards_of_every_network_are_found_as_people_write_them() {
        for (text, number) in [
            ("4111111111111111", "4111111111111111"),
            ("pay 4111 1111 1111 1111 12/27", "4111 1111 1111 1111"),
            ("4111-1111-1111-1111,", "4111-1111-1111-1111"),
            ("4111.1111.1111.1111.", "4111.1111.1111.1111"),
            (
                "4111\u{a0}1111\u{a0}1111\u{a0}1111",
                "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            ),
            ("card_4111111111111111_x", "4111111111111111"),
            ("pan:4111111111111111", "4111111111111111"),
            ("card4111111111111111", "4111111111111111"),
            ("x4111111111111111x", "4111111111111111"),
            ("1,Ann,4111111111111111,9.5", "4111111111111111"),
            ("%B4111111111111111^DOE/J^2912", "4111111111111111"),
            ("5105105105105100", "5105105105105100"),
            ("2223003122003222", "2223003122003222"),
            ("378282246310005", "378282246310005"),
            ("3782-822463-10005.", "3782-822463-10005"),
            ("6011111111111117", "6011111111111117"),
            ("30569309025904", "30569309025904"),
            ("3056 930902 5904", "3056 930902 5904"),
            ("3530111333300000", "3530111333300000"),
            ("6200000000000005", "6200000000000005"),
            ("4222222222222", "4222222222222"),
            ("4000000000000000006", "4000000000000000006"),
            ("paid 4222 222 222 222", "4222 222 222 222"),
            ("{\"msg\":\"4111111111111111\"}", "4111111111111111"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
        }
    }

    #[test]
    fn numbers_that_only_look_like_cards_are_left() {
        for text in [
            "4111111111111112",
            "1234567812345670",
            "order_id=4111111111111111",
            "{\"trace_id\": 4111111111111111}",
            "0.4111111111111111",
            "4111111111111111.5",
            "a4111111111111111",
            "a4111111111111111a",
            "7x4111111111111111x",
            "x4111111111111111z",
            "4111111111111111f",
            "41111111111111111111",
            "14111111111111111",
            "0: 4111 1111 1111 1111 1111 1111",
            "3b1e4111-4111-4111-8111-111111111111",
            "4111 1111-1111 1111",
            "41 11 11 11 11 11 11 11",
            "1700000000000000",
            "20261121191318",
            "+4111111111111111",
            "$4111111111111111",
            "649889587624602013",
            "trace 4665539545875261042",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
