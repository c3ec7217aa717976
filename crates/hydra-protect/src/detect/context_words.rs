//! The words around a value that say what it is: a bounded look-back, shared by all verifiers.
//!
//! A word of a list is lower case; ASCII letters match in any case, other bytes as they are (list
//! `é` and `É`). A word ends where a letter does not follow, or where an upper-case letter follows
//! a lower-case one, so that `phone` stands in `phone_number`, `userPhone` and `phone2` but not in
//! `phonetic` or `saxophone`. Scripts without spaces between words (the entry's first byte is not
//! ASCII) need no border.

use std::ops::Range;

use crate::text::{before, byte, run_end, run_start};
use crate::word_list::Words;

/// How far back a verifier looks for a word, in bytes.
pub(crate) const REACH: usize = 36;

/// Whether one of `words` stands in the `reach` bytes before `at`.
pub(crate) fn word_before(text: &[u8], at: usize, reach: usize, words: &Words) -> bool {
    let start = at.saturating_sub(reach);
    has_letters(text, start, at) && (start..at).any(|i| word_at(text, i, at, words))
}

/// Whether a letter of any script stands from `from` to `to`: many bytes are asked at once.
pub(crate) fn has_letters(text: &[u8], from: usize, to: usize) -> bool {
    let window = text.get(from..to).unwrap_or_default();
    #[cfg(test)]
    crate::steps::add(window.len() / 4);
    window.iter().fold(false, |found, b| {
        found | b.is_ascii_alphabetic() | !b.is_ascii()
    })
}

/// Whether the word from `i` to `end` is the name in a marker: what was taken out says nothing of
/// what is still there, or a second pass would find more than the first.
fn in_marker(text: &[u8], i: usize, end: usize) -> bool {
    let label = |b: u8| b.is_ascii_uppercase() || b == b'_';
    byte(text, run_end(text, end, 16, label)) == b']'
        && text
            .get(..run_start(text, i, 16, label))
            .is_some_and(|head| head.ends_with(b"[REDACTED:"))
}

/// Whether one of `words` starts at `i` and ends at `to` or before.
fn word_at(text: &[u8], i: usize, to: usize, words: &Words) -> bool {
    let first = byte(text, i).to_ascii_lowercase();
    if first < 0x80 && !(first.is_ascii_lowercase() && starts_word(text, i)) {
        return false;
    }
    words.starting(text, i).any(|word| {
        i + word.len() <= to
            && (first >= 0x80 || ends_word(text, i + word.len()))
            && !in_marker(text, i, i + word.len())
    })
}

/// Whether a word can start at `i`: no letter before it, or a small one before a capital.
pub(crate) fn starts_word(text: &[u8], i: usize) -> bool {
    let last = before(text, i);
    match last {
        0x80.. => ends_mark(text, i),
        _ => {
            !last.is_ascii_alphabetic()
                || last.is_ascii_lowercase() && byte(text, i).is_ascii_uppercase()
        }
    }
}

/// Whether the UTF-8 character before `i` is a mark and no letter: a no-break space, a quotation
/// mark, a full stop of another script.
fn ends_mark(text: &[u8], i: usize) -> bool {
    let lead = |back: usize| i.checked_sub(back).map_or(0, |i| byte(text, i));
    matches!(lead(2), 0xc2) || matches!((lead(3), lead(2)), (0xe2, _) | (0xe3, 0x80) | (0xef, 0xbc))
}

/// Whether a word can end before `i`: no letter follows, or a capital after a small one.
pub(crate) fn ends_word(text: &[u8], i: usize) -> bool {
    let next = byte(text, i);
    !next.is_ascii_alphabetic() && next < 0xc3
        || next >= 0xe2
        || next.is_ascii_uppercase() && before(text, i).is_ascii_lowercase()
}

/// The last word before `at`, when nothing but punctuation and white space (at most six bytes)
/// stands between: the word that most likely names the value.
pub(crate) fn last_word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mut end = at;
    for _ in 0..6 {
        let b = before(text, end);
        if b.is_ascii_alphanumeric() || b >= 0x80 || b == 0 {
            break;
        }
        end -= 1;
    }
    if !before(text, end).is_ascii_alphabetic() {
        return None;
    }
    let mut start = end;
    while end - start < 24 && before(text, start).is_ascii_alphabetic() {
        start -= 1;
        if byte(text, start).is_ascii_uppercase() && before(text, start).is_ascii_lowercase() {
            break;
        }
    }
    (!in_marker(text, start, end)).then_some(start..end)
}

/// Whether the last word before `at` is one of `words`.
pub(crate) fn named_by(text: &[u8], at: usize, words: &Words) -> bool {
    last_word(text, at).is_some_and(|word| is_one_of(text.get(word).unwrap_or_default(), words))
}

/// Whether `word` is one of `words`, in any ASCII case.
pub(crate) fn is_one_of(word: &[u8], words: &Words) -> bool {
    words.has(word)
}

/// Words that name a number that only looks like personal data: an identifier of a thing, a time,
/// a count.
pub(crate) static OTHER_NUMBERS: Words = Words::new(&[
    b"id",
    b"ids",
    b"uid",
    b"guid",
    b"uuid",
    b"pid",
    b"tid",
    b"oid",
    b"order",
    b"orders",
    b"txn",
    b"tx",
    b"transaction",
    b"trace",
    b"traceid",
    b"span",
    b"spanid",
    b"seq",
    b"sequence",
    b"offset",
    b"ts",
    b"time",
    b"timestamp",
    b"epoch",
    b"nonce",
    b"snowflake",
    b"request",
    b"req",
    b"session",
    b"part",
    b"parts",
    b"sku",
    b"pn",
    b"mpn",
    b"item",
    b"model",
    b"isbn",
    b"ean",
    b"gtin",
    b"upc",
    b"asin",
    b"imei",
    b"imsi",
    b"iccid",
    b"serial",
    b"sn",
    b"tracking",
    b"invoice",
    b"ticket",
    b"case",
    b"batch",
    b"lot",
    b"micros",
    b"usec",
    b"us",
    b"ns",
    b"ms",
    b"nanos",
    b"millis",
    b"bytes",
    b"size",
    b"length",
    b"count",
    b"hash",
    b"digest",
    b"checksum",
    b"crc",
    b"sha",
    b"md",
    b"rev",
    b"revision",
    b"version",
    b"build",
    b"job",
    b"task",
    b"block",
    b"blk",
    b"inode",
    b"cursor",
    b"created",
    b"updated",
    b"at",
    b"duration",
    b"elapsed",
    b"total",
    b"sum",
    b"amount",
    b"price",
    b"balance",
    b"ref",
    b"reference",
    b"catalog",
    b"shipment",
    b"parcel",
    b"product",
    b"article",
    b"object",
    b"key",
    b"row",
    b"rows",
    b"index",
    b"version",
    b"port",
    b"hit",
    b"hits",
    b"lsn",
    b"xid",
    b"zxid",
    b"lat",
    b"lon",
    b"lng",
    b"latitude",
    b"longitude",
]);
