//! Credentials before a host that no scheme leads: `//user:password@host/share`,
//! `user:password@host:5432`, `jdbc:oracle:thin:user/password@//host`.
//!
//! Sources: RFC 3986, 4.2 (references without a scheme), Oracle Database JDBC Developer's Guide (thin
//! URLs). `name:value@place` is also how packages, chats and programs write other things: without the
//! slashes, the part before the `@` must look made, and the part behind it be a host.

use super::url;
use crate::scan::Scan;
use crate::text::{before, byte, has_word, rest, run_start, skip, slice};

/// How far before the `@` the credentials begin at most, in bytes.
const LONGEST: usize = 192;

/// Takes the credentials that the `@` at `at` ends, and tells whether there are any.
pub(crate) fn before_host(scan: &mut Scan<'_>, at: usize) -> bool {
    let text = scan.text;
    let word = run_start(text, at, LONGEST, |b| {
        b > b' ' && b != 0x7f && !matches!(b, b'"' | b'`' | b'<' | b'>' | b'@')
    });
    let login = slice(text, word..at);
    // Most addresses have neither of these marks before them.
    let Some(mark) = login.iter().position(|b| matches!(b, b':' | b'/')) else {
        return false;
    };
    if let Some(slashes) = memchr::memmem::find(login, b"//") {
        return before(login, slashes) != b':' && after_slashes(scan, word + slashes + 2);
    }
    if rest(text, at).starts_with(b"@//") || has_word(login, 0, b"jdbc:oracle:") {
        let slash = login.iter().position(|&b| b == b'/');
        return slash.is_some_and(|slash| url::take(scan, word + slash + 1..at));
    }
    byte(login, mark) == b':' && after_user(scan, word, word + mark, at)
}

/// `//user:password@host`.
fn after_slashes(scan: &mut Scan<'_>, start: usize) -> bool {
    let text = scan.text;
    let user = skip(text, start, is_name_byte);
    let end = url::user_information(text, start);
    byte(text, user) == b':'
        && user > start
        && end.is_some_and(|end| {
            byte(text, end + 1).is_ascii_alphanumeric() && url::take(scan, user + 1..end)
        })
}

/// `user:password@host`, whose colon is at `colon`.
fn after_user(scan: &mut Scan<'_>, word: usize, colon: usize, at: usize) -> bool {
    let text = scan.text;
    let user = run_start(text, colon, LONGEST, is_name_byte);
    let lead = user == word || matches!(before(text, user), b'=' | b'(' | b'\'' | b'[' | b',');
    let name = slice(text, user..colon);
    if !lead || name.is_empty() || is_label(name) {
        return false;
    }
    let host = skip(text, at + 1, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')
    });
    let port = match byte(text, host) {
        b':' => skip(text, host + 1, |b| b.is_ascii_digit()),
        _ => host,
    };
    let ported = (3..=6).contains(&(port - host)) && byte(text, port) != b':';
    if !is_host(slice(text, at + 1..host)) || port > host && !ported {
        return false;
    }
    let password = slice(text, colon + 1..at);
    let any = |of: fn(&u8) -> bool| password.iter().any(of);
    let made = password.len() >= 6 && any(u8::is_ascii_digit) && any(u8::is_ascii_alphabetic);
    let plain = ported && password.len() >= 4 && any(u8::is_ascii_alphabetic);
    (made || plain) && !any(|b| *b == b'/') && url::take(scan, colon + 1..at)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Names that say what an address behind the colon is, and no account: `mailto:bob@host`.
const LABELS: &[&[u8]] = &[
    b"sip",
    b"sips",
    b"mailto",
    b"xmpp",
    b"acct",
    b"user",
    b"username",
    b"email",
    b"mail",
    b"from",
    b"to",
    b"cc",
    b"bcc",
    b"login",
    b"account",
    b"sender",
    b"recipient",
    b"owner",
    b"author",
    b"id",
    b"name",
    b"by",
    b"ssh",
    b"git",
    b"jid",
    b"npm",
    b"pkg",
    b"docker",
    b"image",
    b"host",
    b"server",
    b"node",
    b"target",
    b"tel",
    b"im",
];

fn is_label(name: &[u8]) -> bool {
    LABELS.iter().any(|label| name.eq_ignore_ascii_case(label))
}

/// A name of letters, or four numbers; no version (`npm@7.0.0`), no digest (`image@sha256:…`) and no
/// object's number in hex (`Token@2bd79ce`).
fn is_host(host: &[u8]) -> bool {
    let hex = host.len() >= 6 && host.iter().all(u8::is_ascii_hexdigit);
    let numbers = host.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let parts = host.split(|&b| b == b'.').count();
    let digest =
        has_word(host, 0, b"sha") && slice(host, 3..host.len()).iter().all(u8::is_ascii_digit);
    host.len() > 1
        && host.first().is_some_and(u8::is_ascii_alphanumeric)
        && !hex
        && !digest
        && (!numbers || parts == 4)
}
