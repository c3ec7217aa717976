//! Payment cards of every large brand, with a valid check digit.

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;

/// Brand, first digits, length.
const BRANDS: &[(&str, &[&str], usize)] = &[
    ("CARD_VISA", &["4"], 16),
    ("CARD_MASTERCARD", &["51", "52", "53", "54", "55"], 16),
    (
        "CARD_MASTERCARD_2",
        &["2221", "2300", "2456", "2519", "2699", "2720"],
        16,
    ),
    ("CARD_AMEX", &["34", "37"], 15),
    ("CARD_DISCOVER", &["6011", "644", "648", "65"], 16),
    ("CARD_DINERS", &["300", "305", "36", "38"], 14),
    ("CARD_JCB", &["3528", "3540", "3589"], 16),
    ("CARD_VISA_13", &["4"], 13),
    ("CARD_VISA_19", &["4"], 19),
    ("CARD_JCB_15", &["2131", "1800"], 15),
    (
        "CARD_MAESTRO_12",
        &["5018", "5020", "5038", "6304", "6759", "6761", "6763"],
        12,
    ),
    (
        "CARD_MAESTRO_16",
        &["5018", "5020", "5893", "6304", "6759", "6762"],
        16,
    ),
    ("CARD_UNIONPAY", &["6212", "6221", "6250", "8171"], 16),
];

/// The kinds of card.
pub(crate) fn kinds() -> Vec<Kind> {
    BRANDS
        .iter()
        .map(|(name, ..)| Kind::new(name, Group::Card))
        .collect()
}

/// A card of that kind as people and programs write it: bare, in groups with spaces or dashes.
pub(crate) fn make(draw: &mut Draw, kind: Kind) -> Secret {
    let (_, starts, length) = BRANDS
        .iter()
        .find(|(name, ..)| *name == kind.name)
        .unwrap_or(&BRANDS[0]);
    let mut digits = draw.pick(starts).to_owned();
    let body = length - 1 - digits.len();
    digits += &draw.from("0123456789", body);
    digits.push(check_digit(&digits));
    let groups: &[usize] = match length {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        13 => &[4, 3, 3, 3],
        12 => &[4, 4, 4],
        19 => &[4, 4, 4, 4, 3],
        _ => &[4, 4, 4, 4],
    };
    let written = match draw.below(32) {
        0 => grouped(&digits, groups, "."),
        1 => grouped(&digits, groups, "\u{a0}"),
        2..=7 => grouped(&digits, groups, " "),
        8..=13 => grouped(&digits, groups, "-"),
        _ => digits,
    };
    Secret::new(kind, written)
}

fn grouped(digits: &str, groups: &[usize], separator: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for length in groups {
        let (part, tail) = rest.split_at(*length);
        parts.push(part);
        rest = tail;
    }
    parts.join(separator)
}

/// The digit that makes the number valid (Luhn, ISO/IEC 7812-1).
pub(crate) fn check_digit(digits: &str) -> char {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            match (place % 2, value) {
                (0, 5..) => value * 2 - 9,
                (0, _) => value * 2,
                _ => value,
            }
        })
        .sum();
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}
