//! Which verifiers an anchor asks.

use super::digits::separator;
use super::{
    Kind, birth_date, card, context_words, email, iban, identity, ip, jwt, mac, pem, phone, ssn,
    tokens,
};
use crate::span::Span;
use crate::text::{before, byte, has, run_end};

/// The detectors that are on: bit `Kind as u32`.
#[derive(Clone, Copy)]
pub(crate) struct Enabled(pub(crate) u32);

impl Enabled {
    pub(crate) fn has(self, kind: Kind) -> bool {
        self.0 >> (kind as u32) & 1 != 0
    }
}

/// Of keys and of JWT.
const OTHER_HEADS: [&[u8]; 3] = [b"begi", b"putt", b"eyj"];

/// First letters, in lower case, of the words that [`at_word`] knows.
pub(crate) fn heads() -> impl Iterator<Item = &'static [u8]> {
    let tokens = tokens::HEADS.iter().map(<[u8; 4]>::as_slice);
    tokens.chain(OTHER_HEADS)
}

/// First letters, in lower case, of the words that [`at_name`] knows.
pub(crate) fn name_heads() -> impl Iterator<Item = &'static [u8]> {
    birth_date::HEADS
        .iter()
        .chain(&identity::HEADS)
        .map(<[u8; 3]>::as_slice)
}

/// Words that mean a telephone or its use.
pub(crate) fn telephone_words() -> impl Iterator<Item = &'static [u8]> {
    phone::words()
}

/// What the word that starts at `at` begins: a token or a key.
pub(crate) fn at_word(text: &[u8], at: usize) -> Option<Span> {
    let found = |kind| move |range| Span::new(range, kind);
    match byte(text, at) {
        b'B' if has(text, at, b"BEGIN ") => {
            let start = at.checked_sub(5)?;
            pem::private_key(text, start).map(found(Kind::PrivateKey))
        }
        b'e' if has(text, at, b"eyJ") => jwt::jwt(text, at).map(found(Kind::Jwt)),
        b'P' if has(text, at, b"PuTTY") => pem::putty_key(text, at).map(found(Kind::PrivateKey)),
        _ => None,
    }
    .or_else(|| tokens::at_word(text, at))
}

/// What the word that starts at `at` names: a date of birth, a passport, a national identity number.
pub(crate) fn at_name(text: &[u8], at: usize) -> Option<Span> {
    let birth = birth_date::birth_date(text, at).map(|range| Span::new(range, Kind::BirthDate));
    birth.or_else(|| identity::identity(text, at))
}

/// How far behind a word that [`at_name`] knows the first digit of what it names stands at most: behind
/// the phrase, four times a gap and a word to fill it, and the name of a month.
pub(crate) const REACH_OF_NAME: usize = 192;

/// Whether what the word at `at` names has a digit. In an Italian code (`codice fiscale`) letters may
/// stand for all of them.
pub(crate) fn needs_digit(text: &[u8], at: usize) -> bool {
    byte(text, at) | 0x20 != b'c'
}

/// What is known of the text around a number before its digits are read; a telephone's number is told by
/// the words around it.
#[derive(Clone, Copy)]
pub(crate) struct Around {
    /// Whether a word for a telephone may stand before it.
    pub(crate) near: bool,
    /// Whether one may stand right behind it.
    pub(crate) followed: bool,
    /// Whether letters may stand within reach before it.
    pub(crate) letters: bool,
}

/// What the number whose first digit is at `at` is.
pub(crate) fn at_number(text: &[u8], at: usize, on: Enabled, around: Around) -> Option<Span> {
    let found = |kind| move |range| Span::new(range, kind);
    let run = run_end(text, at, MOST_RUN, |b| b.is_ascii_digit()) - at;
    // Before the borders: an Azure secret is known by a digit and `Q~` in its middle.
    if tokens::may_start_at_digit(text, at, run)
        && let Some(token) = tokens::at_digit(text, at)
    {
        return Some(token);
    }
    let last = before(text, at);
    if last.is_ascii_alphabetic() {
        let account = at
            .checked_sub(2)
            .and_then(|start| iban::iban(text, start))
            .map(found(Kind::Iban));
        let card = || has_digits(text, at, FEWEST_OF_CARD).then(|| card::card(text, at))?;
        return account.or_else(|| card().map(found(Kind::Card)));
    }
    personal_number(text, at, run, on, around).or_else(|| {
        on.has(Kind::Ip)
            .then(|| ip::v4(text, at))
            .flatten()
            .map(found(Kind::Ip))
    })
}

/// The card's, the person's or the telephone's number that starts at `at` with `run` digits.
fn personal_number(
    text: &[u8],
    at: usize,
    run: usize,
    on: Enabled,
    around: Around,
) -> Option<Span> {
    let found = |kind| move |range| Span::new(range, kind);
    let asked = asked(text, at, run, around.near, || around.followed);
    let card = asked.card && on.has(Kind::Card) && !card::continues_groups(text, at);
    let short = asked.ssn || asked.phone;
    let may_be = (card || short)
        && has_digits(text, at, if short { FEWEST } else { FEWEST_OF_CARD })
        && may_be_personal(text, at, run, around.letters);
    if !may_be {
        return None;
    }
    let card = card.then(|| card::card(text, at)).flatten();
    let ssn = || asked.ssn.then(|| ssn::ssn(text, at))?;
    let phone = || asked.phone.then(|| phone_at(text, at))?;
    card.map(found(Kind::Card))
        .or_else(|| ssn().map(found(Kind::Ssn)))
        .or_else(|| phone().map(found(Kind::Phone)))
}

/// Which verifiers a number may satisfy.
#[derive(Clone, Copy)]
struct Asked {
    card: bool,
    ssn: bool,
    phone: bool,
}

/// What a number may be by its first group, of `run` digits, and where that is not enough, by its second;
/// `followed` tells whether a word for a telephone may stand behind it.
#[inline]
fn asked(text: &[u8], at: usize, run: usize, near: bool, followed: impl Fn() -> bool) -> Asked {
    let told = near || matches!(before(text, at), b'+' | b'(');
    // The sizes that a card's first group has.
    let card = matches!(run, 4 | 6 | 8 | 12..);
    if told || !matches!(run, 1 | 3) {
        return Asked {
            card,
            ssn: matches!(run, 3 | 9),
            phone: told,
        };
    }
    let (end, second) = next_group(text, at + run);
    // The groups that numbers in North America have, and an international prefix.
    let grouped = second == 3 && next_group(text, end).1 == if run == 3 { 4 } else { 3 };
    Asked {
        card,
        ssn: run == 3 && second == 2,
        phone: grouped || has(text, at, b"00") || followed(),
    }
}

/// Where the group ends that follows the one that ends at `end`, and how many digits it has; five tell that
/// it has more than four.
fn next_group(text: &[u8], end: usize) -> (usize, usize) {
    let start = run_end(text, end, 4, |b| joins(b) || !b.is_ascii());
    let stop = run_end(text, start, 5, |b| b.is_ascii_digit());
    (stop, if start > end { stop - start } else { 0 })
}

/// Whether [`at_number`] could find anything but an address at the number that starts at `at`: its
/// first group has `run` digits, and `has` tells whether it has as many in all. Most numbers are done with
/// here, and most of them by their first groups.
#[inline]
pub(crate) fn may_be_known(
    text: &[u8],
    at: usize,
    run: usize,
    has: impl Fn(usize) -> bool,
    near: bool,
    followed: impl Fn() -> bool,
) -> bool {
    if tokens::may_start_at_digit(text, at, run) {
        return true;
    }
    if before(text, at).is_ascii_alphabetic() {
        let country = run >= 2 && before(text, at - 1).is_ascii_alphabetic();
        return country || has(FEWEST_OF_CARD);
    }
    // The first groups that numbers of interest have, whatever follows.
    let told = near || matches!(before(text, at), b'+' | b'(');
    if !(told || matches!(run, 1 | 3 | 9)) {
        return matches!(run, 4 | 6 | 8 | 12..) && has(FEWEST_OF_CARD);
    }
    if !has(FEWEST) {
        return false;
    }
    let asked = asked(text, at, run, near, followed);
    asked.ssn || asked.phone || asked.card && has(FEWEST_OF_CARD)
}

/// The same, read from the text alone, whose digits are counted later.
#[cold]
pub(crate) fn may_be_known_there(
    text: &[u8],
    at: usize,
    near: bool,
    followed: impl Fn() -> bool,
) -> bool {
    let run = run_end(text, at, MOST_RUN, |b| b.is_ascii_digit()) - at;
    may_be_known(text, at, run, |_| true, near, followed)
}

/// How far a word behind a number may stand from its first digit.
pub(crate) const REACH_BEHIND: usize = 40;

/// Whether the word at `at` may mean a telephone behind its number.
#[inline]
pub(crate) fn may_name_behind(text: &[u8], at: usize) -> bool {
    phone::may_name_behind(text, at)
}

/// Whether the first group of a number, or a word before it, lets it be a card's, a person's or a
/// telephone's: columns of figures have neither, and are read no further.
fn may_be_personal(text: &[u8], at: usize, group: usize, letters: bool) -> bool {
    let signed = || matches!(before(text, at), b'+' | b'(');
    let worded = || {
        let from = at.saturating_sub(context_words::REACH);
        letters && context_words::has_letters(text, from, at)
    };
    let column = group == 1 && byte(text, at + 1) == b' ' && byte(text, at + 2) != b'(';
    !(column || matches!(group, 2 | 5 | 7)) || signed() || worded()
}

/// The most digits of a first group that are counted: one more than a token's number has.
const MOST_RUN: usize = 26;

/// The fewest digits of a number of interest, which is a telephone's.
const FEWEST: usize = 7;

/// The fewest digits of a card's number (ISO/IEC 7812-1).
const FEWEST_OF_CARD: usize = 12;

/// A telephone number, from its `+` or `(` where it has one.
fn phone_at(text: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    let start = match before(text, at) {
        b'+' | b'(' => at - 1,
        _ => at,
    };
    let start = match (byte(text, start), before(text, start)) {
        (b'(', b'+') => start - 1,
        _ => start,
    };
    phone::phone(text, start)
}

/// Whether so many digits stand from `at` on, in groups with one to three marks between them.
fn has_digits(text: &[u8], at: usize, fewest: usize) -> bool {
    let (mut i, mut digits, mut gap) = (at, 0, 0);
    loop {
        let this = byte(text, i);
        if this.is_ascii_digit() {
            (digits, gap) = (digits + 1, 0);
            if digits == fewest {
                return true;
            }
            i += 1;
            continue;
        }
        gap += 1;
        i += match this {
            _ if gap > 3 => return false,
            _ if joins(this) => 1,
            _ => match separator(text, i) {
                0 => return false,
                len => len,
            },
        };
    }
}

/// What may stand between groups of digits, as far as it is ASCII.
#[inline]
fn joins(b: u8) -> bool {
    matches!(b, b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'_')
}

/// The address that the colon at `at` belongs to.
pub(crate) fn at_colon(text: &[u8], at: usize, on: Enabled) -> Option<Span> {
    let hex = |b: u8| b.is_ascii_hexdigit() || b == b':';
    if byte(text, at) != b':' || !(hex(byte(text, at + 1)) || hex(before(text, at))) {
        return None;
    }
    let mac = on.has(Kind::Mac).then(|| mac::mac(text, at)).flatten();
    if let Some(range) = mac {
        return Some(Span::new(range, Kind::Mac));
    }
    let address = on.has(Kind::Ip).then(|| ip::v6(text, at)).flatten()?;
    Some(Span::new(address, Kind::Ip))
}

/// A hardware address that starts at `at` and is written without colons.
pub(crate) fn at_group(text: &[u8], at: usize) -> Option<Span> {
    let gap = run_end(text, at, 4, |b| b.is_ascii_hexdigit());
    let dashed = matches!((gap - at, byte(text, gap)), (2, b'-') | (4, b'.'));
    let range = dashed.then(|| mac::mac(text, gap)).flatten()?;
    Some(Span::new(range, Kind::Mac))
}

/// What may stand around a number is not known.
const ALL_AROUND: Around = Around {
    near: true,
    followed: true,
    letters: true,
};

/// What the value that starts at `at` is by its own shape, which may reach further than a value
/// without quotes does: the groups of a number, the lines of a key.
pub(crate) fn at_value(text: &[u8], at: usize, on: Enabled) -> Option<Span> {
    let found = match byte(text, at) {
        b'-' => pem::private_key(text, at).map(|range| Span::new(range, Kind::PrivateKey)),
        b'0'..=b'9' => at_number(text, at, on, ALL_AROUND),
        b'+' | b'(' => phone::phone(text, at).map(|range| Span::new(range, Kind::Phone)),
        _ => iban::iban(text, at).map(|range| Span::new(range, Kind::Iban)),
    };
    found.filter(|span| span.start == at)
}

/// What belongs to a token that was found, and stands near it.
pub(crate) fn beside(text: &[u8], found: Span) -> Option<Span> {
    tokens::beside(text, found)
}

/// The mail address around the `@` at `at`.
pub(crate) fn at_sign(text: &[u8], at: usize) -> Option<Span> {
    email::email(text, at).map(|range| Span::new(range, Kind::Email))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers, and what stands between and around them.
    fn near_numbers() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9]{1,17}",
            "[-+ ./_()|:QNbA]{1,2}",
            "[0-9]{1,4}",
            "[A-Za-z]{1,3}",
            Just("DE89 3704 0044 0532 0130 00".to_owned()),
            Just("4111111111111111".to_owned()),
            Just("536-22-1234".to_owned()),
            Just("(415) 555-0123".to_owned()),
            Just("phone ".to_owned()),
        ];
        prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_number_is_passed_over_that_a_verifier_knows(text in near_numbers(), near: bool) {
            let on = Enabled(!(1 << Kind::Ip as u32));
            let text = text.as_bytes();
            for at in 0..text.len() {
                if !byte(text, at).is_ascii_digit() || before(text, at).is_ascii_digit() {
                    continue;
                }
                let run = run_end(text, at, text.len(), |b| b.is_ascii_digit()) - at;
                let most = text.iter().skip(at).filter(|b| b.is_ascii_digit()).count();
                let around = Around { near, ..ALL_AROUND };
                let ahead: [&dyn Fn(usize) -> bool; 2] =
                    [&|fewest| has_digits(text, at, fewest), &|fewest| most >= fewest];
                for has in ahead {
                    if !may_be_known(text, at, run, has, near, || true) {
                        prop_assert_eq!(at_number(text, at, on, around), None);
                    }
                }
            }
        }
    }
}
