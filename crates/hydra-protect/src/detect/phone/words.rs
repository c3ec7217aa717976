//! Words that say that a number is a telephone's.

use super::super::context_words::{REACH, has_letters, is_one_of, last_word, word_before};
use crate::text::{byte, run_end};
use crate::word_list::Words;

/// How well the words before a number say that it is a telephone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nearness {
    /// Nothing says so.
    None,
    /// A word for a telephone stands within reach.
    Near,
    /// A word for a telephone names the number: `phone: …`, `mobile no. …`.
    Names,
}

/// Words that mean a telephone or its number.
static NOUNS: Words = Words::new(&[
    b"phone",
    b"phones",
    b"telephone",
    b"tel",
    b"telefon",
    b"telefono",
    b"telefone",
    b"telefoon",
    b"fon",
    b"mobile",
    b"mobiltelefon",
    b"handy",
    b"handynummer",
    b"telefonnummer",
    b"rufnummer",
    b"mobil",
    b"movil",
    b"celular",
    b"cellulare",
    b"cellphone",
    b"cell",
    b"cellular",
    b"gsm",
    b"natel",
    b"puhelin",
    b"fax",
    b"telefax",
    b"msisdn",
    b"whatsapp",
    b"landline",
    b"hotline",
    b"phoneno",
    b"phonenumber",
    b"mobileno",
    b"mob",
    b"ph",
    b"portable",
    b"callback",
    b"caller",
    b"callerid",
    b"ani",
    b"dnis",
    b"e164",
    "m\u{f3}vil".as_bytes(),
    "M\u{d3}VIL".as_bytes(),
    "t\u{e9}l".as_bytes(),
    "t\u{e9}l\u{e9}phone".as_bytes(),
    "T\u{c9}L".as_bytes(),
    "tel\u{e9}fono".as_bytes(),
    "\u{96fb}\u{8a71}".as_bytes(),
    "\u{7535}\u{8bdd}".as_bytes(),
    "\u{624b}\u{673a}".as_bytes(),
    "\u{643a}\u{5e2f}".as_bytes(),
    "\u{624b}\u{6a5f}".as_bytes(),
    "\u{c804}\u{d654}".as_bytes(),
    "\u{422}\u{435}\u{43b}".as_bytes(),
    "\u{442}\u{435}\u{43b}".as_bytes(),
    "\u{3c4}\u{3b7}\u{3bb}".as_bytes(),
    "\u{647}\u{627}\u{62a}\u{641}".as_bytes(),
]);

/// Words of calling and texting, which programs use of themselves, too: near is not enough.
static VERBS: Words = Words::new(&[
    b"call", b"called", b"calling", b"calls", b"sms", b"text", b"texted", b"dial", b"dialed",
    b"dialled", b"dialing", b"ring", b"otp", b"contact", b"reach",
]);

/// The nouns and the verbs that are ASCII.
pub(super) fn all() -> impl Iterator<Item = &'static [u8]> {
    NOUNS
        .iter()
        .chain(VERBS.iter())
        .filter(|word| word.is_ascii())
}

/// What may stand between such a verb and the number.
static FILLERS: Words = Words::new(&[
    b"me",
    b"us",
    b"him",
    b"her",
    b"them",
    b"back",
    b"at",
    b"on",
    b"to",
    b"from",
    b"sent",
    b"is",
    b"number",
    b"no",
    b"nr",
    b"num",
    b"the",
    b"customer",
    b"user",
    b"client",
    b"via",
    b"using",
    b"delivered",
    b"failed",
    b"queued",
    b"for",
    b"code",
    b"message",
    b"num",
    b"nummer",
    b"numero",
    b"contact",
    b"home",
    b"work",
    b"office",
    b"now",
    b"today",
    b"please",
    b"value",
    b"line",
]);

/// Whether a word for a telephone may start at `at`, by its first letters.
#[inline]
pub(super) fn may_start(text: &[u8], at: usize) -> bool {
    NOUNS.may_start(text, at)
}

/// Whether a word for a telephone follows a number that ends at `end`: `…/phone`, `… (mobile)`.
pub(super) fn named_after(text: &[u8], end: usize) -> bool {
    let start = run_end(text, end, 3, |b| matches!(b, b' ' | b'/' | b'(' | b'['));
    let stop = run_end(text, start, 16, |b| b.is_ascii_alphabetic());
    start > end && is_one_of(text.get(start..stop).unwrap_or_default(), &NOUNS)
}

/// How the words before `at` speak of a telephone.
pub(super) fn nearness(text: &[u8], at: usize) -> Nearness {
    if !has_letters(text, at.saturating_sub(REACH), at) {
        return Nearness::None;
    }
    let mut end = at;
    let mut named = false;
    for hop in 0..6 {
        let Some(word) = last_word(text, end) else {
            break;
        };
        let found = text.get(word.clone()).unwrap_or_default();
        if is_one_of(found, &NOUNS) || is_one_of(found, &VERBS) && hop > 0 && !named {
            return Nearness::Names;
        }
        if is_one_of(found, &VERBS) {
            return Nearness::Near;
        }
        // `call Marie at …`: a name is not known, its capital is.
        let name = byte(text, word.start).is_ascii_uppercase() && hop > 0;
        if !is_one_of(found, &FILLERS) && !name {
            break;
        }
        named |= name;
        end = word.start;
    }
    if word_before(text, at, REACH, &NOUNS) {
        Nearness::Near
    } else {
        Nearness::None
    }
}
