//! Hardware (MAC) addresses, EUI-48: `00:1a:2b:3c:4d:5e`, with dashes, or `001a.2b3c.4d5e`.
//!
//! Source: IEEE Std 802-2014, 8.1; the dotted form is the one of network equipment.

use std::ops::Range;

use crate::text::{before, byte};

/// A hardware address whose first separator is at `at`.
pub(crate) fn mac(text: &[u8], at: usize) -> Option<Range<usize>> {
    let gap = byte(text, at);
    let (pieces, width) = match gap {
        b':' | b'-' => (6, 2),
        b'.' => (3, 4),
        _ => return None,
    };
    let start = at.checked_sub(width)?;
    let end = start + pieces * width + pieces - 1;
    let shaped = text.get(start..end)?.iter().enumerate().all(|(i, &b)| {
        if i % (width + 1) == width {
            b == gap
        } else {
            b.is_ascii_hexdigit()
        }
    });
    // A longer chain is a fingerprint or an EUI-64, a letter beside it makes it a piece of a word.
    let (last, next) = (before(text, start), byte(text, end));
    let chained = last.is_ascii_alphanumeric()
        || last == gap && before(text, start - 1).is_ascii_hexdigit()
        || next.is_ascii_alphanumeric()
        || next == gap && byte(text, end + 1).is_ascii_hexdigit();
    (shaped && !chained).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| mac(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn addresses_of_six_bytes_are_found_and_longer_chains_are_not() {
        for address in ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"] {
            assert_eq!(found(&format!("dev {address}, up")), Some(address));
        }
        for text in [
            "00:1a:2b:3c:4d:5e:6f",
            "ff:00:1a:2b:3c:4d:5e:aa",
            "00:1a:2b:3c:4d",
            "00:1a-2b:3c:4d:5e",
            "12:34:56",
            "g0:1a:2b:3c:4d:5e",
            "001a.2b3c.4d5e.6f70",
            "x00:1a:2b:3c:4d:5e",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
