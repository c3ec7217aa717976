//! `scheme://user:password@host`: the password goes, and a user name that stands alone.
//!
//! Source: RFC 3986, 3.2.1 (user information). Passwords that should have been percent-encoded and
//! were not (`/`, `#`, `@` in them) are common in configuration, and are read, too.

use std::ops::Range;

use super::marker::is_marker;
use super::stand_in::is_stand_in;
use crate::detect::Kind;
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{byte, skip, slice};

/// How much of a URL is read for the end of its user information.
const LONGEST: usize = 1024;

/// The credentials of the URL whose `://` has its colon at `at`.
pub(super) fn after_scheme(scan: &mut Scan<'_>, at: usize) {
    let start = at + 3;
    let Some(end) = user_information(scan.text, start) else {
        return;
    };
    let info = slice(scan.text, start..end);
    let password = match info.iter().position(|&b| b == b':') {
        Some(colon) => start + colon + 1,
        None if info.len() >= 8 && info.iter().any(u8::is_ascii_digit) => start,
        None => return,
    };
    if !is_marker(info) {
        take(scan, password..end);
    }
}

/// Takes a password, and tells whether it is one.
pub(super) fn take(scan: &mut Scan<'_>, password: Range<usize>) -> bool {
    let value = slice(scan.text, password.clone());
    let found = !is_marker(value) && !is_stand_in(value);
    if found {
        scan.take(Span::new(password, Kind::UrlCredential));
    }
    found
}

/// Where the user information that starts at `start` ends: at the last `@` before the host.
pub(super) fn user_information(text: &[u8], start: usize) -> Option<usize> {
    let inside = |b: u8| b > b' ' && b != 0x7f && !matches!(b, b'"' | b'`' | b'<' | b'>');
    let last_at = |part: &[u8]| part.iter().rposition(|&b| b == b'@');
    let window = slice(text, 0..start + LONGEST);
    let authority = skip(window, start, |b| {
        inside(b) && !matches!(b, b'/' | b'?' | b'#')
    });
    if let Some(at) = last_at(slice(text, start..authority)) {
        // `https://user:pw@one,https://other@two`: a second URL is not this one's password.
        return Some(start + at);
    }
    // A slash in the password: `user:` before it, a host and no further slash-slash behind it.
    let host = slice(text, start..authority);
    let colon = host.iter().position(|&b| b == b':')?;
    if slice(host, colon + 1..host.len())
        .iter()
        .all(u8::is_ascii_digit)
    {
        return None;
    }
    let from = authority.saturating_sub(1).max(start);
    let end = (from..window.len())
        .find(|&i| !inside(byte(window, i)) || slice(window, i..i + 3) == b"://")
        .unwrap_or(window.len());
    let at = last_at(slice(text, start..end))?;
    byte(text, start + at + 1)
        .is_ascii_alphanumeric()
        .then_some(start + at)
}
