//! What an earlier redaction left, which says nothing.

use crate::text::{byte, skip, slice};

/// Whether the value begins with what a redaction left.
pub(crate) fn is_marker(value: &[u8]) -> bool {
    marker_end(value, 0).is_some()
}

/// The end of the `[REDACTED:…]`, the `[REDACTION_FAILED]` or of what hashing and encrypting leave
/// (`[EMAIL:k1:9f2c…]`) that starts at `at`.
pub(crate) fn marker_end(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) != b'[' {
        return None;
    }
    if let Some(end) = label_end(text, at) {
        return Some(end);
    }
    // A marker hidden for a second search.
    let stars = skip(text, at + 1, |b| b == b'*');
    if stars > at + 4 && byte(text, stars) == b']' {
        return Some(stars + 1);
    }
    let name = skip(slice(text, 0..at + 64), at + 1, |b| {
        b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
    });
    let end = match byte(text, name) {
        b':' => skip(text, name, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.')
        }),
        _ => name,
    };
    let inside = slice(text, at + 1..end);
    (byte(text, end) == b']' && is_left_by_redaction(inside)).then_some(end + 1)
}

/// The end of the `[REDACTED:…]` that starts at `at`, which most markers are.
fn label_end(text: &[u8], at: usize) -> Option<usize> {
    let label = at + REDACTED.len();
    let head = text.get(at..=label)?;
    if !head.starts_with(REDACTED) || !byte(head, REDACTED.len()).is_ascii_uppercase() {
        return None;
    }
    let end = skip(text, label, |b| {
        b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
    });
    (byte(text, end) == b']').then_some(end + 1)
}

/// How the marker of a value begins that was replaced.
const REDACTED: &[u8] = b"[REDACTED:";

/// `REDACTED:LABEL`, `LABEL:key:<hash>`, `LABEL:enc:key:<sealed>`. Nothing else: what only looks a little
/// like a marker could be an address in brackets, or hide a token.
fn is_left_by_redaction(inside: &[u8]) -> bool {
    let is_label = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_uppercase)
            && part
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    let parts: [&[u8]; 5] = {
        let mut all = inside.splitn(5, |&b| b == b':');
        std::array::from_fn(|_| all.next().unwrap_or_default())
    };
    let lower_hex = |part: &[u8]| part.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match parts {
        [b"REDACTION_FAILED", b"", ..] => true,
        [b"REDACTED", label, b"", b"", b""] => is_label(label),
        [label, key, hash, b"", b""] => {
            is_label(label) && !key.is_empty() && hash.len() == 32 && lower_hex(hash)
        }
        [label, b"enc", key, sealed, b""] => {
            is_label(label) && !key.is_empty() && sealed.len() >= 32
        }
        _ => false,
    }
}
