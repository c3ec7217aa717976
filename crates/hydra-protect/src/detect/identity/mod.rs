//! Passport numbers, driver's licences and national identity numbers, beside a word for them.
//!
//! The shapes are those that the issuing authorities publish (ICAO Doc 9303 for passports; HMRC,
//! INPS, UIDAI, Receita Federal, the Ministerio del Interior and their like). A word must name the
//! number: check digits are not asked for then, since a mistyped number is still somebody's, and a
//! word alone (`passport: expired`) is no number.

use std::ops::Range;
use std::sync::LazyLock;

use super::birth_date::gap_end;
use super::context_words::{ends_word, is_one_of, starts_word};
use super::digits::separator;
use super::word_heads::Heads;
use crate::detect::Kind;
use crate::span::Span;
use crate::text::{byte, rest, run_end, slice};
use crate::word_list::Words;

/// Words for a document, and the shapes of its numbers.
struct Document {
    /// Lower-case letters; between its words `_`, `-`, a space, or nothing may stand.
    words: &'static [&'static str],
    shapes: &'static [&'static str],
}

/// In a shape `L` is a letter, `D` a digit, `X` one of both; a separator may stand between any two.
const DOCUMENTS: &[Document] = &[
    Document {
        words: &["nino", "national insurance", "ni number"],
        shapes: &["LLDDDDDDL", "LLDDDDDD"],
    },
    Document {
        words: &["cpf"],
        shapes: &["DDDDDDDDDDD"],
    },
    Document {
        words: &["cnpj"],
        shapes: &["DDDDDDDDDDDDDD"],
    },
    Document {
        words: &["dni", "nie", "nif"],
        shapes: &["DDDDDDDDL", "LDDDDDDDX", "DDDDDDDDD"],
    },
    Document {
        words: &[
            "nir",
            "insee",
            "numero de securite sociale",
            "securite sociale",
        ],
        shapes: &["DDDDDXXDDDDDDDD", "DDDDDXXDDDDDD"],
    },
    Document {
        words: &["pesel"],
        shapes: &["DDDDDDDDDDD"],
    },
    Document {
        words: &["bsn", "burgerservicenummer"],
        shapes: &["DDDDDDDDD"],
    },
    Document {
        words: &["aadhaar", "aadhar", "uidai"],
        shapes: &["DDDDDDDDDDDD"],
    },
    Document {
        words: &["sin", "social insurance"],
        shapes: &["DDDDDDDDD"],
    },
    Document {
        words: &["nhs"],
        shapes: &["DDDDDDDDDD"],
    },
    Document {
        words: &["codice fiscale", "cod fiscale", "codicefiscale"],
        shapes: &["LLLLLLXXLXXLXXXL"],
    },
    Document {
        words: &[
            "personnummer",
            "personnr",
            "personal identity",
            "samordningsnummer",
        ],
        shapes: &["DDDDDDDDDDDD", "DDDDDDDDDD", "DDDDDDDDDDD"],
    },
    Document {
        words: &["fodselsnummer", "henkilotunnus", "cpr"],
        shapes: &["DDDDDDDDDDD", "DDDDDDDDDD", "DDDDDDXDDX"],
    },
    Document {
        words: &["curp"],
        shapes: &["LLLLDDDDDDLLLLLLXD"],
    },
    Document {
        words: &["nric", "fin number"],
        shapes: &["LDDDDDDDL"],
    },
    Document {
        words: &["hkid"],
        shapes: &["LDDDDDDD", "LDDDDDDL"],
    },
    Document {
        words: &["my number", "mynumber"],
        shapes: &["DDDDDDDDDDDD"],
    },
    Document {
        words: &["steuer id", "steueridentifikationsnummer", "idnr"],
        shapes: &["DDDDDDDDDDD"],
    },
    Document {
        words: &["tfn", "tax file"],
        shapes: &["DDDDDDDDD", "DDDDDDDD"],
    },
    Document {
        words: &["medicare"],
        shapes: &["DDDDDDDDDD", "DLXDLXDLLDD"],
    },
];

/// Documents whose numbers have many shapes: letters and digits, with enough of the latter.
const LOOSE: &[&str] = &[
    "national id",
    "national identity",
    "national identification",
    "nationalid",
    "identity card",
    "id card",
    "citizen id",
    "tax id",
    "taxid",
    "taxpayer id",
    "tax identification",
    "tin",
    "driver license",
    "drivers license",
    "driver licence",
    "drivers licence",
    "driver's license",
    "driver's licence",
    "driving licence",
    "driving license",
    "driverslicense",
    "licence number",
    "license number",
    "resident id",
    "residence permit",
    "personalausweis",
    "ausweis",
    "fuhrerschein",
    "pan card",
];

/// The words of a passport.
const PASSPORT: &[&str] = &[
    "passport",
    "reisepass",
    "passeport",
    "pasaporte",
    "passaporto",
    "passaporte",
    "paspoort",
];

/// What may stand between the words and the number.
static FILLERS: Words = Words::new(&[
    b"number",
    b"no",
    b"nr",
    b"num",
    b"numero",
    b"nummer",
    b"id",
    b"is",
    b"was",
    b"of",
    b"the",
    b"card",
    b"value",
    b"quot",
    b"n",
    b"code",
    b"holder",
    b"with",
    b"book",
    b"doc",
    b"document",
]);

/// The first bytes, in lower case, of the words that [`identity`] knows.
pub(crate) const HEADS: [[u8; 3]; 39] = [
    *b"pas", *b"rei", *b"nin", *b"nat", *b"ni ", *b"cpf", *b"cnp", *b"dni", *b"nie", *b"nif",
    *b"nir", *b"ins", *b"num", *b"sec", *b"pes", *b"bsn", *b"bur", *b"aad", *b"uid", *b"sin",
    *b"soc", *b"nhs", *b"cod", *b"per", *b"sam", *b"fod", *b"hen", *b"cpr", *b"cur", *b"nri",
    *b"hki", *b"ste", *b"tfn", *b"tax", *b"dri", *b"tin", *b"id ", *b"res", *b"med",
];

static STARTS: Heads = Heads::new(&HEADS);

/// The number that the word for an identity document at `at` names.
pub(crate) fn identity(text: &[u8], at: usize) -> Option<Span> {
    if !STARTS.may_start(text, at) || !starts_word(text, at) {
        return None;
    }
    let (group, end) = phrase_at(text, at)?;
    match group {
        Group::Passport => {
            let range = number(text, end, passport)?;
            Some(Span::new(range, Kind::Passport))
        }
        Group::Loose => national(number(text, end, loose)),
        Group::Shaped(document) => {
            let shaped = |text: &[u8], at: usize| {
                let shapes = DOCUMENTS.get(document)?.shapes.iter();
                shapes.filter_map(|shape| shape_end(text, at, shape)).max()
            };
            national(number(text, end, shaped))
        }
    }
}

fn national(range: Option<Range<usize>>) -> Option<Span> {
    Some(Span::new(range?, Kind::NationalId))
}

/// What the number behind a phrase looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Passport,
    Loose,
    /// As that of the document, by its place in [`DOCUMENTS`].
    Shaped(usize),
}

/// A phrase, and how its first word begins.
struct Phrase {
    group: Group,
    letters: &'static str,
    head: u64,
    /// Which bits of the head count.
    mask: u64,
}

impl Phrase {
    fn new(group: Group, letters: &'static str) -> Phrase {
        let head = slice(letters.as_bytes(), 0..HEAD);
        let head = head.split(|&b| b == b' ').next().unwrap_or_default();
        let mask = (1 << (8 * head.len())) - 1;
        Phrase {
            group,
            letters,
            head: head_of(head, 0) & mask,
            mask,
        }
    }
}

/// The phrases by their first letter, five bits of which tell it, in the order in which they are asked.
static PHRASES: LazyLock<[Vec<Phrase>; 32]> = LazyLock::new(|| {
    let passports = PASSPORT.iter().map(|phrase| (Group::Passport, *phrase));
    let loose = LOOSE.iter().map(|phrase| (Group::Loose, *phrase));
    let shaped = DOCUMENTS.iter().enumerate().flat_map(|(place, document)| {
        let group = Group::Shaped(place);
        document.words.iter().map(move |phrase| (group, *phrase))
    });
    let mut phrases = std::array::from_fn(|_| Vec::new());
    for (group, phrase) in passports.chain(loose).chain(shaped) {
        if let Some(phrases) = phrases.get_mut(usize::from(byte(phrase.as_bytes(), 0) & 31)) {
            phrases.push(Phrase::new(group, phrase));
        }
    }
    phrases
});

/// How many letters of a phrase's first word are compared before the whole.
const HEAD: usize = 6;

/// The eight letters from `at` on as a number, in lower case.
fn head_of(text: &[u8], at: usize) -> u64 {
    let rest = rest(text, at);
    let head = match rest.first_chunk::<8>() {
        Some(whole) => u64::from_le_bytes(*whole),
        None => rest.iter().rev().fold(0, |few, &b| few << 8 | u64::from(b)),
    };
    #[cfg(test)]
    crate::steps::add(1);
    head | 0x2020_2020_2020_2020
}

/// The first group with a phrase that starts at `at`, and where the longest of its phrases ends.
fn phrase_at(text: &[u8], at: usize) -> Option<(Group, usize)> {
    let head = head_of(text, at);
    let phrases = PHRASES.get(usize::from(byte(text, at) & 31))?.iter();
    let mut found = None;
    for phrase in phrases.filter(|phrase| head & phrase.mask == phrase.head) {
        if found.is_some_and(|(known, _)| known != phrase.group) {
            break;
        }
        if let Some(end) = phrase_end(text, at, phrase.letters) {
            let last = found.map_or(end, |(_, last)| end.max(last));
            found = Some((phrase.group, last));
        }
    }
    found
}

/// Where `phrase` ends, whose words may be joined by a space, `_`, `-` or nothing.
fn phrase_end(text: &[u8], at: usize, phrase: &str) -> Option<usize> {
    let mut i = at;
    for letter in phrase.bytes() {
        if letter == b' ' {
            i += match byte(text, i) {
                b' ' | b'_' | b'-' | b'.' => 1,
                0xc2 if byte(text, i + 1) == 0xa0 => 2,
                _ => 0,
            };
            continue;
        }
        if byte(text, i).to_ascii_lowercase() != letter {
            return None;
        }
        i += 1;
    }
    ends_word(text, i).then_some(i)
}

/// The number behind a word that ends at `from`, with fillers between.
fn number(
    text: &[u8],
    from: usize,
    shape: impl Fn(&[u8], usize) -> Option<usize>,
) -> Option<Range<usize>> {
    let mut i = from;
    for _ in 0..4 {
        i = gap_end(text, i);
        if let Some(end) = shape(text, i) {
            return Some(i..end);
        }
        let word = run_end(text, i, 10, |b| b.is_ascii_alphabetic());
        // `passportNo` ends a word within.
        let inner = camel_end(text, i, word);
        if !is_one_of(text.get(i..inner)?, &FILLERS) {
            return None;
        }
        i = inner;
    }
    None
}

fn camel_end(text: &[u8], from: usize, to: usize) -> usize {
    (from + 1..to)
        .find(|&i| byte(text, i).is_ascii_uppercase() && byte(text, i - 1).is_ascii_lowercase())
        .unwrap_or(to)
}

/// Where a number of that shape ends, at a border.
fn shape_end(text: &[u8], at: usize, shape: &str) -> Option<usize> {
    let mut i = at;
    for class in shape.bytes() {
        let fits = |b: u8| match class {
            b'L' => b.is_ascii_alphabetic(),
            b'D' => b.is_ascii_digit(),
            _ => b.is_ascii_alphanumeric(),
        };
        if i > at && !byte(text, i).is_ascii_alphanumeric() {
            i += match byte(text, i) {
                b'/' | b'+' | b'(' => 1,
                _ => separator(text, i),
            };
        }
        if !fits(byte(text, i)) {
            return None;
        }
        i += 1;
    }
    let next = byte(text, i);
    let inside = next.is_ascii_alphanumeric()
        || matches!(next, b'.' | b'-') && byte(text, i + 1).is_ascii_digit();
    (!inside).then_some(i)
}

/// Six to ten capitals and digits; small letters only with many digits.
fn passport(text: &[u8], at: usize) -> Option<usize> {
    let end = run_end(text, at, 12, |b| b.is_ascii_alphanumeric());
    let number = text.get(at..end)?;
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    let capital = !number.iter().any(u8::is_ascii_lowercase);
    let shaped = (6..=10).contains(&number.len()) && (capital && digits >= 2 || digits >= 5);
    shaped.then_some(end)
}

/// Five to 20 letters and digits in groups, most of them digits.
fn loose(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    let (mut digits, mut others) = (0, 0);
    loop {
        let group = run_end(text, end, 24, |b| b.is_ascii_alphanumeric());
        let Some(part) = text.get(end..group).filter(|part| !part.is_empty()) else {
            break;
        };
        let found = part.iter().filter(|b| b.is_ascii_digit()).count();
        if found == 0 && (end > at || part.len() > 4)
            || part.iter().any(u8::is_ascii_lowercase) && found < 5
        {
            break;
        }
        digits += found;
        others += part.len() - found;
        end = group;
        let gap = byte(text, group);
        if !matches!(gap, b'-' | b'/' | b'.' | b' ')
            || !byte(text, group + 1).is_ascii_alphanumeric()
            || digits + others > 18
        {
            break;
        }
        // A word after a space is prose.
        if gap == b' ' && !byte(text, group + 1).is_ascii_digit() {
            break;
        }
        end = group + 1;
    }
    let end = if matches!(byte(text, end.wrapping_sub(1)), b'-' | b'/' | b'.' | b' ') {
        end - 1
    } else {
        end
    };
    (digits >= 5 && others <= 8 && digits + others <= 20).then_some(end)
}

#[cfg(test)]
mod tests;
