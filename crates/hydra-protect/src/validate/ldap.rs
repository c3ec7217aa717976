//! LDAP injection: a bracket that closes a filter that the text did not open, and another that
//! opens a condition of its own; a filter that is always true.

use super::scan::{Seen, Sign};
use super::text::{any_stands, is_last, is_word, leading, near, skip, skip_back, skip_space};
use crate::text::{before, byte, has_word};

/// The end of `name=`, `name>=`, `name:=`; the value is not looked at.
fn attribute(text: &[u8], at: usize) -> Option<usize> {
    let end = skip(text, at, |b| is_word(b) || matches!(b, b'-' | b';' | b'.'));
    let sign = skip(text, end, |b| matches!(b, b'~' | b'>' | b'<' | b':'));
    (end > at && byte(text, sign) == b'=').then_some(sign + 1)
}

/// What an opening bracket begins.
pub(super) fn opening(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    let inner = skip_space(text, at + 1);
    let always: [&[u8]; 2] = [b"(&)", b"(|)"];
    let neighbour = matches!(before(text, at), b')' | b'*')
        || byte(text, at + 3) == b'(' && attribute(text, at + 4).is_some();
    if any_stands(text, at, &always).is_some() && neighbour {
        return Some(Sign::sure("a filter that is always true"));
    }
    let star = before(text, at) == b'*' && matches!(byte(text, at + 1), b'|' | b'&' | b'!');
    let inner_condition = byte(text, at + 2) == b'(' && attribute(text, at + 3).is_some();
    if star && inner_condition || has_word(text, at.saturating_sub(1), b"*()|") {
        return Some(Sign::sure("a condition after a star"));
    }
    // The rest belongs to a filter that the text did not open.
    let closed = skip_back(text, at, |b| b.is_ascii_whitespace());
    if seen.unopened == 0 || before(text, closed) != b')' {
        return None;
    }
    let joins = matches!(byte(text, inner), b'|' | b'&' | b'!')
        && (byte(text, skip_space(text, inner + 1)) == b'(' || byte(text, inner + 1) == b')');
    let condition = attribute(
        text,
        skip(text, inner, |b| matches!(b, b'|' | b'&' | b'!' | b'(')),
    )
    .is_some();
    (joins || condition).then(|| Sign::sure("a condition after a closed filter"))
}

/// What a closing bracket ends.
pub(super) fn closing(seen: &Seen<'_>, at: usize) -> Option<Sign> {
    let text = seen.text;
    if seen.unopened == 0 || before(text, at) != b'*' {
        return None;
    }
    let end = skip(text, at, |b| b == b')');
    let cut = byte(text, end) == 0 && end < text.len() || has_word(text, end, b"%00");
    let brackets = end - at;
    let whole = is_last(text, end) && !leading(text, at).contains(&b' ');
    if cut || (whole && (brackets >= 2 || text.len() <= 16)) {
        return Some(Sign::sure("a filter closed after a star"));
    }
    None
}

/// `\2a\29\28`: the escapes of a filter's own characters.
pub(super) fn escapes(text: &[u8], at: usize) -> Option<Sign> {
    let escapes: [&[u8]; 4] = [b"\\2a", b"\\28", b"\\29", b"\\00"];
    let is = |at| any_stands(text, at, &escapes).is_some();
    let near = near(text, at);
    (is(at) && (1..near.len().min(12)).any(|step| is(at + step)))
        .then(|| Sign::sure("a filter's characters escaped"))
}
