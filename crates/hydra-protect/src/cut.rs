//! Writes a text with its spans replaced.

use crate::action::Action;
use crate::span::{Span, Width};
use crate::text::slice;

/// Puts `text` into `to` with each span replaced. `spans` are sorted and do not overlap.
pub(crate) fn cut(text: &[u8], spans: &[Span], action: impl Fn(Span) -> Action, to: &mut Vec<u8>) {
    let mut from = 0;
    for &span in spans {
        to.extend_from_slice(slice(text, from..span.start));
        let start = to.len();
        put_quote(span, to);
        put_marker(text, span, action(span), to);
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

fn put_quote(span: Span, to: &mut Vec<u8>) {
    if let Some(quote) = span.quote {
        to.extend(std::iter::repeat_n(b'\\', quote.slashes));
        to.push(quote.mark);
    }
}

fn put_marker(text: &[u8], span: Span, action: Action, to: &mut Vec<u8>) {
    match action {
        Action::Replace => {
            to.extend_from_slice(b"[REDACTED:");
            to.extend_from_slice(span.kind.label().as_bytes());
            to.push(b']');
        }
        Action::Remove => {}
        Action::Mask { keep } => put_masked(slice(text, span.start..span.end), keep, to),
    }
}

/// Four stars and the last letters and digits: other marks could break the text around.
fn put_masked(value: &[u8], keep: u8, to: &mut Vec<u8>) {
    let shown = value.iter().filter(|b| b.is_ascii_alphanumeric()).count();
    let keep = usize::from(keep).min(shown / 4);
    to.extend_from_slice(b"****");
    let letters = value.iter().copied().filter(u8::is_ascii_alphanumeric);
    to.extend(letters.skip(shown - keep));
}
