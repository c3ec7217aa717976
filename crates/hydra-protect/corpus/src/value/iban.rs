//! Account numbers of thirty countries, with valid check digits (ISO 13616).

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;

pub(crate) const IBAN: Kind = Kind::new("IBAN", Group::Iban);

/// Country and the shape of its number after the check digits: `n` a digit, `a` a capital letter,
/// `c` either, as the registry of ISO 13616 writes it.
const COUNTRIES: &[(&str, &str)] = &[
    ("AD", "nnnnnnnncccccccccccc"),
    ("AE", "nnnnnnnnnnnnnnnnnnn"),
    ("AT", "nnnnnnnnnnnnnnnn"),
    ("BE", "nnnnnnnnnnnn"),
    ("BG", "aaaannnnnncccccccc"),
    ("BR", "nnnnnnnnnnnnnnnnnnnnnnnac"),
    ("CH", "nnnnncccccccccccc"),
    ("CY", "nnnnnnnncccccccccccccccc"),
    ("CZ", "nnnnnnnnnnnnnnnnnnnn"),
    ("DE", "nnnnnnnnnnnnnnnnnn"),
    ("DK", "nnnnnnnnnnnnnn"),
    ("EE", "nnnnnnnnnnnnnnnn"),
    ("ES", "nnnnnnnnnnnnnnnnnnnn"),
    ("FI", "nnnnnnnnnnnnnn"),
    ("FR", "nnnnnnnnnncccccccccccnn"),
    ("GB", "aaaannnnnnnnnnnnnn"),
    ("GR", "nnnnnnncccccccccccccccc"),
    ("HR", "nnnnnnnnnnnnnnnnn"),
    ("HU", "nnnnnnnnnnnnnnnnnnnnnnnn"),
    ("IE", "aaaannnnnnnnnnnnnn"),
    ("IL", "nnnnnnnnnnnnnnnnnnn"),
    ("IT", "annnnnnnnnncccccccccccc"),
    ("LT", "nnnnnnnnnnnnnnnn"),
    ("LU", "nnnccccccccccccc"),
    ("LV", "aaaaccccccccccccc"),
    ("MT", "aaaannnnncccccccccccccccccc"),
    ("NL", "aaaannnnnnnnnn"),
    ("NO", "nnnnnnnnnnn"),
    ("PL", "nnnnnnnnnnnnnnnnnnnnnnnn"),
    ("PT", "nnnnnnnnnnnnnnnnnnnnn"),
    ("RO", "aaaacccccccccccccccc"),
    ("SA", "nncccccccccccccccccc"),
    ("SE", "nnnnnnnnnnnnnnnnnnnn"),
    ("SI", "nnnnnnnnnnnnnnn"),
    ("SK", "nnnnnnnnnnnnnnnnnnnn"),
    ("TR", "nnnnnncccccccccccccccc"),
    ("UA", "nnnnnnccccccccccccccccccc"),
];

/// A number, together or in groups of four.
pub(crate) fn make(draw: &mut Draw) -> Secret {
    let (country, shape) = COUNTRIES[draw.index(COUNTRIES.len())];
    let body: String = shape
        .chars()
        .map(|place| match place {
            'n' => draw.from("0123456789", 1),
            'a' => draw.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
            _ => draw.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1),
        })
        .collect();
    let check = 98 - remainder(&format!("{body}{country}00"));
    let whole = format!("{country}{check:02}{body}");
    let written = match draw.below(10) {
        0..=3 => in_fours(&whole, " "),
        4 => in_fours(&whole, "-"),
        5 => whole.to_lowercase(),
        _ => whole,
    };
    Secret::new(IBAN, written)
}

fn in_fours(whole: &str, separator: &str) -> String {
    let letters: Vec<char> = whole.chars().collect();
    letters
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(separator)
}

/// The number modulo 97, letters counting 10 to 35.
fn remainder(text: &str) -> u32 {
    text.chars().fold(0, |rest, letter| {
        let value = letter.to_digit(36).unwrap_or(0);
        if value > 9 {
            (rest * 100 + value) % 97
        } else {
            (rest * 10 + value) % 97
        }
    })
}
