//! Writes a text with its spans replaced.

use crate::action::Action;
use crate::redactor::Shared;
use crate::span::{Span, Width};
use crate::text::slice;

/// Puts `text` into `to` with each span replaced. `spans` are sorted and do not overlap.
pub(crate) fn cut(text: &[u8], spans: &[Span], shared: &Shared, to: &mut Vec<u8>) {
    let mut from = 0;
    for span in spans {
        to.extend_from_slice(slice(text, from..span.start));
        let start = to.len();
        put_quote(span, to);
        put_action(text, span, shared, to);
        put_quote(span, to);
        widen(to, start, span.width);
        from = span.end;
    }
    to.extend_from_slice(slice(text, from..text.len()));
}

/// Writes what stands from `start` on as UTF-16 where the text around is.
fn widen(to: &mut Vec<u8>, start: usize, width: Width) {
    if width == Width::One {
        return;
    }
    let narrow = to.split_off(start);
    for byte in narrow {
        match width {
            Width::BigEndian => to.extend([0, byte]),
            _ => to.extend([byte, 0]),
        }
    }
}

fn put_quote(span: &Span, to: &mut Vec<u8>) {
    if let Some(quote) = span.quote {
        to.extend(std::iter::repeat_n(b'\\', quote.slashes));
        to.push(quote.mark);
    }
}

fn put_action(text: &[u8], span: &Span, shared: &Shared, to: &mut Vec<u8>) {
    let value = slice(text, span.start..span.end);
    let label = shared.label(span);
    let done = match shared.action(span) {
        Action::Replace => false,
        Action::Remove => true,
        Action::Mask { keep } => {
            put_masked(value, keep, to);
            true
        }
        #[cfg(feature = "hash")]
        Action::Hash => shared.seal.hash(span.kind, label, value, to),
        #[cfg(feature = "encrypt")]
        Action::Encrypt => shared.seal.encrypt(label, value, to),
    };
    if !done {
        put_marker(label, to);
    }
}

/// Puts `[REDACTED:LABEL]`.
pub(crate) fn put_marker(label: &str, to: &mut Vec<u8>) {
    to.extend_from_slice(b"[REDACTED:");
    to.extend_from_slice(label.as_bytes());
    to.push(b']');
}

/// Four stars and the last letters and digits: other marks could break the text around.
fn put_masked(value: &[u8], keep: u8, to: &mut Vec<u8>) {
    let shown = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let keep = usize::from(keep).min(shown / 4);
    to.extend_from_slice(b"****");
    let letters = value.iter().copied().filter(u8::is_ascii_alphanumeric);
    to.extend(letters.skip(shown - keep));
}
