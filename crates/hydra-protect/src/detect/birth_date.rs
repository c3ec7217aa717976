//! Dates of birth: a date that a word of birth names, in the orders that people write dates in.
//!
//! Sources: ISO 8601 (year first), the numeric forms of Unicode CLDR (day or month first), and the
//! months' names and abbreviations of the larger European languages.

use std::ops::Range;

use super::context_words::{ends_word, is_one_of, starts_word};
use super::word_heads::Heads;
use crate::text::{byte, has_word, run_end};
use crate::word_list::Words;

/// The first bytes, in lower case, of the words that [`birth_date`] knows.
pub(crate) const HEADS: [[u8; 3]; 12] = [
    *b"dob", *b"bir", *b"bor", *b"geb", *b"nai", *b"nac", *b"nas", *b"nat", *b"bda", *b"uro",
    *b"syn", *b"ged",
];

static STARTS: Heads = Heads::new(&HEADS);

/// Words of birth; what may follow them is in [`FILLERS`].
static WORDS: Words = Words::new(&[
    b"dob",
    b"birth",
    b"birthdate",
    b"birthday",
    b"bday",
    b"born",
    b"geboren",
    b"geburtsdatum",
    b"geburtstag",
    b"geb",
    b"naissance",
    b"nacimiento",
    b"nascimento",
    b"nascita",
    b"nato",
    b"nata",
    b"nacido",
    b"nacida",
    b"nascido",
    b"nascida",
    b"urodzenia",
    b"urodzony",
    b"urodzona",
    b"geboortedatum",
]);

/// What may stand between the word and the date.
static FILLERS: Words = Words::new(&[
    b"date", b"day", b"on", b"is", b"was", b"of", b"am", b"le", b"el", b"il", b"em", b"the", b"at",
    b"dt", b"value", b"quot", b"dnia", b"op", b"iso", b"set", b"string",
]);

/// The date that the word of birth at `at` names.
pub(crate) fn birth_date(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !STARTS.may_start(text, at) || !starts_word(text, at) {
        return None;
    }
    let mut i = WORDS
        .starting(text, at)
        .map(|word| at + word.len())
        .filter(|&end| ends_word(text, end))
        .max()?;
    for _ in 0..4 {
        i = gap_end(text, i);
        if let Some(end) = date(text, i) {
            return Some(i..end);
        }
        let word = run_end(text, i, 8, |b| b.is_ascii_alphabetic());
        if !is_one_of(text.get(i..word)?, &FILLERS) {
            return None;
        }
        i = word;
    }
    None
}

/// Where the punctuation and white space ends that joins a name and its value.
pub(super) fn gap_end(text: &[u8], from: usize) -> usize {
    let mut i = from;
    while i < from + 12 {
        i += match byte(text, i) {
            b' ' | b':' | b'=' | b'"' | b'\'' | b'\\' | b'(' | b')' | b',' | b'.' | b'_' | b'-'
            | b'>' | b'[' | b'{' | b'|' | b'&' | b';' | b'#' | b'<' | b'*' | b'\t' | b'`' => 1,
            // A no-break space, and the quotation marks of typographers.
            0xc2 if matches!(byte(text, i + 1), 0xa0 | 0xab | 0xbb) => 2,
            0xe2 if byte(text, i + 1) == 0x80 => 3,
            _ => return i,
        };
    }
    i
}

/// Where the date ends that starts at `at`.
fn date(text: &[u8], at: usize) -> Option<usize> {
    let first = run_end(text, at, 9, |b| b.is_ascii_digit());
    let end = match first - at {
        0 => month_first(text, at)?,
        1 | 2 => numeric(text, at, first).or_else(|| day_first(text, at, first))?,
        4 => year_first(text, at, first)?,
        8 => compact(text, at)?,
        _ => return None,
    };
    (!byte(text, end).is_ascii_digit()).then_some(end)
}

/// One to four digits at `at` as a number, and where they end.
fn group(text: &[u8], at: usize) -> Option<(u32, usize)> {
    let end = run_end(text, at, 5, |b| b.is_ascii_digit());
    let digits = text.get(at..end)?;
    let value = digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    (1..=4).contains(&digits.len()).then_some((value, end))
}

fn is_year(year: u32) -> bool {
    (1880..=2100).contains(&year)
}

fn is_day(day: u32) -> bool {
    (1..=31).contains(&day)
}

/// `1980-02-29`, `1980/2/29`, `1980.02.29`.
fn year_first(text: &[u8], at: usize, year_end: usize) -> Option<usize> {
    let (year, _) = group(text, at)?;
    let gap = byte(text, year_end);
    let (month, month_end) = group(text, year_end + 1)?;
    let (day, end) = group(text, month_end + 1)?;
    let shaped = matches!(gap, b'-' | b'/' | b'.' | b' ') && byte(text, month_end) == gap;
    (shaped && is_year(year) && (1..=12).contains(&month) && is_day(day)).then_some(end)
}

/// `29.02.1980`, `2/29/1980`, `29-02-80`, with a space behind each dot, too.
fn numeric(text: &[u8], at: usize, first_end: usize) -> Option<usize> {
    let gap = byte(text, first_end);
    if !matches!(gap, b'-' | b'/' | b'.' | b' ') {
        return None;
    }
    let spaced = usize::from(gap == b'.' && byte(text, first_end + 1) == b' ');
    let (first, _) = group(text, at)?;
    let (second, second_end) = group(text, first_end + 1 + spaced)?;
    let (year, end) = group(text, second_end + 1 + spaced)?;
    let written = end - second_end - 1 - spaced;
    let shaped = byte(text, second_end) == gap && (written == 4 && is_year(year) || written == 2);
    let months = first.min(second) >= 1 && first.min(second) <= 12;
    (shaped && months && is_day(first) && is_day(second)).then_some(end)
}

/// `19800229` and `29021980`.
fn compact(text: &[u8], at: usize) -> Option<usize> {
    let part = |from: usize, len: usize| {
        text.get(at + from..at + from + len).map_or(0, |part| {
            part.iter()
                .fold(0, |n: u32, b| n * 10 + u32::from(b - b'0'))
        })
    };
    let valid = |year, month, day| is_year(year) && (1..=12).contains(&month) && is_day(day);
    let fits = valid(part(0, 4), part(4, 2), part(6, 2))
        || valid(part(4, 4), part(2, 2), part(0, 2))
        || valid(part(4, 4), part(0, 2), part(2, 2));
    fits.then_some(at + 8)
}

/// `29 February 1980`, `29th of Feb. 1980`, `29-Feb-80`, `29. Februar 1980`.
fn day_first(text: &[u8], at: usize, day_end: usize) -> Option<usize> {
    let (day, _) = group(text, at)?;
    let mut i = ordinal_end(text, day_end);
    i = joint_end(text, i);
    for filler in [&b"of "[..], b"de ", b"den "] {
        if has_word(text, i, filler) {
            i += filler.len();
        }
    }
    i = joint_end(text, month_end(text, i)?);
    if has_word(text, i, b"de ") {
        i += 3;
    }
    is_day(day).then(|| year_end(text, i)).flatten()
}

/// `February 29, 1980`, `Feb 29th 1980`.
fn month_first(text: &[u8], at: usize) -> Option<usize> {
    let i = joint_end(text, month_end(text, at)?);
    let (day, day_end) = group(text, i)?;
    let i = joint_end(text, ordinal_end(text, day_end));
    is_day(day).then(|| year_end(text, i)).flatten()
}

fn ordinal_end(text: &[u8], at: usize) -> usize {
    [&b"st"[..], b"nd", b"rd", b"th", b"er"]
        .into_iter()
        .find(|ending| has_word(text, at, ending))
        .map_or(at, |ending| at + ending.len())
}

fn joint_end(text: &[u8], at: usize) -> usize {
    run_end(text, at, 3, |b| {
        matches!(b, b' ' | b'-' | b'.' | b',' | b'/' | b'_')
    })
}

fn year_end(text: &[u8], at: usize) -> Option<usize> {
    let (year, end) = group(text, at)?;
    (end - at == 4 && is_year(year) || end - at == 2).then_some(end)
}

/// How the months' names begin.
static MONTHS: Words = Words::new(&[
    b"jan",
    b"feb",
    b"mar",
    b"apr",
    b"may",
    b"jun",
    b"jul",
    b"aug",
    b"sep",
    b"oct",
    b"nov",
    b"dec",
    b"mai",
    b"maj",
    b"mei",
    b"ene",
    b"gen",
    b"fev",
    b"abr",
    b"avr",
    b"mag",
    b"giu",
    b"lug",
    b"ago",
    b"set",
    b"ott",
    b"okt",
    b"dez",
    b"dic",
    b"out",
    b"des",
    "m\u{e4}r".as_bytes(),
    "f\u{e9}v".as_bytes(),
    "ao\u{fb}".as_bytes(),
    "d\u{e9}c".as_bytes(),
    b"sty",
    b"lut",
    b"kwi",
    b"cze",
    b"lip",
    b"sie",
    b"wrz",
    "pa\u{17a}".as_bytes(),
    b"lis",
    b"gru",
    b"maa",
    b"sett",
]);

/// Where the name of a month ends that starts at `at`.
fn month_end(text: &[u8], at: usize) -> Option<usize> {
    MONTHS.starting(text, at).next()?;
    let end = run_end(text, at, 14, |b| b.is_ascii_alphabetic() || b >= 0x80);
    (end - at <= 12).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| birth_date(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn dates_are_found_in_every_order_behind_a_word_of_birth() {
        for (text, date) in [
            ("dob: 1980-02-29", "1980-02-29"),
            ("DOB=02/29/1980;", "02/29/1980"),
            ("{\"date_of_birth\":\"1980/02/29\"}", "1980/02/29"),
            ("dateOfBirth: 29.02.1980,", "29.02.1980"),
            ("born on 29 February 1980 in Rome", "29 February 1980"),
            ("patient, born February 29, 1980", "February 29, 1980"),
            ("birthday=Feb 29th 1980", "Feb 29th 1980"),
            (
                "customer's birth date is 29th of Feb. 1980.",
                "29th of Feb. 1980",
            ),
            ("geboren am 29. Februar 1980", "29. Februar 1980"),
            ("Geburtsdatum 29. M\u{e4}rz 1980", "29. M\u{e4}rz 1980"),
            (
                "date de naissance : 29 f\u{e9}vrier 1980",
                "29 f\u{e9}vrier 1980",
            ),
            (
                "fecha de nacimiento: 29 de febrero de 1980",
                "29 de febrero de 1980",
            ),
            ("birth_date=19800229", "19800229"),
            ("birthdate: 29-02-80", "29-02-80"),
            ("date\u{a0}of\u{a0}birth:\u{a0}06.06.1967", "06.06.1967"),
        ] {
            assert_eq!(found(text), Some(date), "{text}");
        }
    }

    #[test]
    fn other_dates_and_numbers_are_left() {
        for text in [
            "released 1980-02-29",
            "born to run 19800229",
            "birth rate 12.05.10.3",
            "dob=unknown",
            "birth: 1980-13-29",
            "reborn 1980-02-29",
            "birthdays sent: 12",
            "stillbirth 1980-02-29",
            "born 1980",
            "date of birth missing, updated 2024-01-02",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
