//! Base64 within a text, decoded one level deep: what holds something sensitive is taken out whole.

use std::ops::Range;

use crate::base64;
use crate::span::Span;
use crate::text::{byte, rest, skip, slice};

/// The shortest run that is decoded, in characters: twelve bytes, a short pair of name and password.
const SHORTEST: usize = 16;

/// The longest run that is decoded, in characters. What is longer is no text but a file.
const LONGEST: usize = 256 * 1024;

/// Adds a span for each run of base64 or base64url in which `find` finds something. Nothing is looked
/// for in `left`, which an earlier redaction put there.
pub(crate) fn search(
    text: &[u8],
    left: &[Range<usize>],
    spans: &mut Vec<Span>,
    mut find: impl FnMut(&[u8]) -> Option<Span>,
) {
    let mut at = 0;
    while at < text.len() {
        let start = at
            + rest(text, at)
                .iter()
                .take_while(|&&b| !base64::is_either(b))
                .count();
        let end = skip(text, start, base64::is_either);
        let padded = skip(slice(text, 0..end + 2), end, |b| b == b'=');
        at = padded.max(start + 1);
        let next = left.partition_point(|part| part.end <= start);
        let is_left = left.get(next).is_some_and(|part| part.start <= start);
        if (SHORTEST..=LONGEST).contains(&(padded - start))
            && !is_left
            && let Some(decoded) = base64::bytes(slice(text, start..padded))
            && is_text(&decoded)
            && let Some(found) = find(&decoded)
        {
            spans.push(Span {
                start,
                end: padded,
                quote: None,
                ..found
            });
        }
    }
}

/// Words, paths and numbers are of the same letters, and decode to bytes that are no text. (NULs are
/// those of UTF-16.)
fn is_text(bytes: &[u8]) -> bool {
    let plain = |&b: &u8| !b.is_ascii_control() || matches!(b, b'\n' | b'\r' | b'\t' | 0);
    byte(bytes, 0) != 0 && bytes.iter().all(plain) && std::str::from_utf8(bytes).is_ok()
}
