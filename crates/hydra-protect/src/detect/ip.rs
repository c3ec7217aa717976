//! Internet addresses, version 4 and 6.
//!
//! Sources: RFC 791 (dotted quad), RFC 4291 section 2.2 (version 6 text), RFC 4007 section 11
//! (zones). Four-part versions look like version 4: a word for a version before them tells.

use std::net::Ipv6Addr;
use std::ops::Range;

use super::context_words::is_one_of;
use crate::text::{before, byte, run_end, run_start};
use crate::word_list::Words;

static VERSION_WORDS: Words = Words::new(&[
    b"version",
    b"versions",
    b"ver",
    b"v",
    b"build",
    b"release",
    b"rev",
    b"revision",
    b"driver",
    b"fw",
    b"firmware",
    b"upgrade",
    b"upgraded",
    b"upgrading",
    b"downgraded",
    b"kernel",
    b"sdk",
    b"bios",
    b"assembly",
    b"fileversion",
    b"runtime",
    b"patch",
    b"hotfix",
    b"section",
    b"oid",
    // The release of an engine, in a browser's name for itself.
    b"rv",
]);

/// What may stand between a version's word and its number.
static BETWEEN: Words = Words::new(&[
    b"from", b"to", b"is", b"was", b"number", b"no", b"and", b"now", b"at", b"of", b"the",
]);

/// A version 4 address whose first digit is at `at`.
pub(crate) fn v4(text: &[u8], at: usize) -> Option<Range<usize>> {
    let (last, earlier) = (before(text, at), before(text, at.saturating_sub(1)));
    if last.is_ascii_alphanumeric()
        || last == b'.'
        || last == b'/' && earlier.is_ascii_alphanumeric() && !named_host(text, at)
        || matches!(last, b'-' | b'+') && earlier.is_ascii_digit()
    {
        return None;
    }
    let mut i = at;
    for part in 0..4 {
        let end = run_end(text, i, 4, |b| b.is_ascii_digit());
        let octet = text
            .get(i..end)?
            .iter()
            .fold(0, |n: u32, b| n * 10 + u32::from(b - b'0'));
        if end == i || octet > 255 || end - i > 3 || end - i > 1 && byte(text, i) == b'0' {
            return None;
        }
        i = end;
        if part < 3 {
            if byte(text, i) != b'.' {
                return None;
            }
            i += 1;
        }
    }
    let (next, later) = (byte(text, i), byte(text, i + 1));
    let longer = next.is_ascii_alphanumeric()
        || next == b'.' && later.is_ascii_digit()
        || matches!(next, b'-' | b'+' | b'_') && later.is_ascii_alphabetic();
    (!longer && !is_version(text, at)).then_some(at..i)
}

/// Whether `name/` before an address is a host's, as Java writes them, not a product's.
fn named_host(text: &[u8], at: usize) -> bool {
    let end = run_end(text, at, 15, |b| b.is_ascii_digit() || b == b'.');
    let name = run_start(text, at - 1, 64, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')
    });
    let name = text.get(name..at - 1).unwrap_or_default();
    byte(text, end) == b':' && byte(text, end + 1).is_ascii_digit()
        || name.contains(&b'.')
        || is_one_of(
            name,
            const {
                &Words::new(&[
                    b"host",
                    b"ip",
                    b"addr",
                    b"address",
                    b"client",
                    b"peer",
                    b"localhost",
                ])
            },
        )
}

/// Whether a word for a version names the number at `at`, over other version numbers.
fn is_version(text: &[u8], at: usize) -> bool {
    let mut end = at;
    for _ in 0..4 {
        end = run_start(text, end, 4, |b| {
            matches!(
                b,
                b' ' | b':' | b'=' | b'"' | b'\'' | b'(' | b'-' | b'_' | b'>' | b'.' | b','
            )
        });
        let start = run_start(text, end, 16, |b| b.is_ascii_alphabetic());
        let word = text.get(start..end).unwrap_or_default();
        if word.is_empty() {
            let number = run_start(text, end, 16, |b| b.is_ascii_digit() || b == b'.');
            if number == end {
                return false;
            }
            end = number;
        } else if is_one_of(word, &VERSION_WORDS) || ends_with_version(word) {
            return true;
        } else if is_one_of(word, &BETWEEN) {
            end = start;
        } else {
            return false;
        }
    }
    false
}

/// `appVersion`, `ProductVersion`.
fn ends_with_version(word: &[u8]) -> bool {
    word.len()
        .checked_sub(7)
        .and_then(|start| word.get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(b"version"))
}

/// The longest text of an address, with an embedded version 4 one (RFC 4291).
const LONGEST_V6: usize = 45;

/// A version 6 address whose first colon is at `at`.
pub(crate) fn v6(text: &[u8], at: usize) -> Option<Range<usize>> {
    if byte(text, at) != b':' {
        return None;
    }
    let part = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
    let mut start = run_start(text, at, 5, |b| b.is_ascii_hexdigit());
    // The first colon of an address decides: the others would read the same again.
    if before(text, start) == b':' {
        return None;
    }
    let mut end = run_end(text, at, LONGEST_V6 + 6, part);
    // `addr:2001:db8::1`: what a word's letters begin is not the address's first group.
    if is_letter(before(text, start)) {
        start += text.get(start..at + 1)?.iter().position(|&b| b == b':')?;
    }
    if byte(text, start) == b':' && byte(text, start + 1) != b':' {
        start += 1;
    }
    while end > start && (byte(text, end - 1) == b'.' || lone_colon(text, start, end)) {
        end -= 1;
    }
    if is_letter(byte(text, end)) || is_letter(before(text, start)) {
        return None;
    }
    let address = text.get(start..end)?;
    let end = parses(address).or_else(|| {
        // Eight groups and a port, as Java writes them.
        let port = address.iter().rposition(|&b| b == b':')?;
        parses(address.get(..port)?)
    })? + start;
    Some(start..zone_end(text, end))
}

fn is_letter(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_'
}

fn lone_colon(text: &[u8], start: usize, end: usize) -> bool {
    byte(text, end - 1) == b':' && !(end - start >= 2 && byte(text, end - 2) == b':')
}

/// The length of `address`, when it is one that no path of a program (`a::b`) can be.
fn parses(address: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(address).ok()?;
    text.parse::<Ipv6Addr>().ok()?;
    text.bytes()
        .any(|b| b.is_ascii_digit())
        .then_some(address.len())
}

/// A zone (`%eth0`) belongs to its address.
fn zone_end(text: &[u8], end: usize) -> usize {
    if byte(text, end) != b'%' || !byte(text, end + 1).is_ascii_alphanumeric() {
        return end;
    }
    run_end(text, end + 1, 16, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(find: fn(&[u8], usize) -> Option<Range<usize>>, text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| find(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn version_4_addresses_are_found_and_versions_are_not() {
        for (text, address) in [
            ("from 10.0.0.1:80", "10.0.0.1"),
            ("src: /10.250.19.102:54106", "10.250.19.102"),
            ("host.example.com/10.0.0.1:8080", "10.0.0.1"),
            ("http://192.168.0.1/x", "192.168.0.1"),
            ("ip-10.0.0.1.", "10.0.0.1"),
            ("10.0.0.0/24", "10.0.0.0"),
            ("version 7 connected from 10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(first(v4, text), Some(address), "{text}");
        }
        for text in [
            "version 1.2.3.4",
            "v1.2.3.4",
            "appVersion=1.2.3.4",
            "build: 10.0.0.1",
            "1.2.3.4.5",
            "1.3.6.1.4.1.311",
            "256.1.1.1",
            "01.2.3.4",
            "Chrome/100.0.48.127",
            "upgraded from 1.2.3.4 to 1.2.3.5",
            "1.2.3.4-beta",
            "1.2.3",
            "fw 10.1.2.3",
            "\"version\": \"1.2.3.4\"",
        ] {
            assert_eq!(first(v4, text), None, "{text}");
        }
    }

    #[test]
    fn version_6_addresses_are_found_and_paths_and_times_are_not() {
        for (text, address) in [
            ("[2001:db8::1%eth0]:80", "2001:db8::1%eth0"),
            ("addr:2001:db8::1 up", "2001:db8::1"),
            ("::1", "::1"),
            ("from fe80::1: timeout", "fe80::1"),
            ("::ffff:10.0.0.1.", "::ffff:10.0.0.1"),
            (
                "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
                "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
            ),
            ("/0:0:0:0:0:0:0:1:2181", "0:0:0:0:0:0:0:1"),
        ] {
            assert_eq!(first(v6, text), Some(address), "{text}");
        }
        for text in [
            "std::string",
            "Foo::Bar",
            "12:34:56",
            "00:1a:2b:3c:4d:5e",
            "dead::beef",
            "a::b",
            "::",
            "x::1y",
            "1:2:3:4:5:6:7",
            "key:value:12",
        ] {
            assert_eq!(first(v6, text), None, "{text}");
        }
    }
}
