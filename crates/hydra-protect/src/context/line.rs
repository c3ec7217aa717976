//! Secrets that the form of a line gives away: the commands of a protocol, of a shell, and the lines of
//! a configuration, in which a place holds the password.
//!
//! Sources: RFC 3501, 6.2.3 (IMAP's LOGIN), the manuals of Redis (`requirepass`), of Cisco IOS
//! (`username … secret`, `enable secret`), of Windows (`net user`, `ConvertTo-SecureString`) and of sudo.

use std::ops::Range;

use super::secret::is_told;
use super::stand_in::is_stand_in;
use super::value::{Quote, Shape, is_quote};
use crate::detect::Kind;
use crate::keys::Sensitive;
use crate::scan::Scan;
use crate::span::Span;
use crate::text::{before, byte, has_word, is_blank, rest, run_start, skip, slice};

/// Takes the secret of the line that the word at `at` belongs to, and tells whether the word can be
/// nothing else.
pub(super) fn at_word(scan: &mut Scan<'_>, at: usize) -> bool {
    let text = scan.text;
    match byte(text, at).to_ascii_lowercase() {
        // `request` is no word of ours, and frequent.
        b'r' if has_word(text, at, b"requ") => {
            if !has_word(text, at, b"requirepass") {
                return true;
            }
            if is_blank(byte(text, at + 11)) {
                let start = skip(text, at + 11, is_blank);
                take_last(scan, start);
            }
            false
        }
        b'l' if has_word(text, at, b"logi") => {
            imap_login(scan, at);
            true
        }
        b'n' if has_word(text, at, b"net ") => {
            net_user(scan, at);
            true
        }
        b'a' if has_word(text, at, b"aspl") => {
            plain_text(scan, at);
            true
        }
        b's' if has_word(text, at, b"sudo") => {
            piped(scan, at);
            true
        }
        _ => false,
    }
}

/// Whether a line, or the string that holds it, ends at `at`.
fn ends(text: &[u8], at: usize) -> bool {
    let this = byte(text, at);
    matches!(this, 0 | b'\n' | b'\r' | b'\\' | 0x1b) || is_quote(this)
}

/// The word, or the string in quotes, that starts at `start`, and where it ends with its quote.
fn argument(scan: &Scan<'_>, start: usize) -> (Range<usize>, usize) {
    let text = scan.text;
    if let Some((quote, inside)) = Quote::open(text, start) {
        let end = quote.close(text, inside);
        return (inside..end, end + quote.slashes + 1);
    }
    let end = scan.ahead.unquoted_end(text, start, Shape::Assigned);
    (start..end, end)
}

fn take(scan: &mut Scan<'_>, range: Range<usize>, kind: Kind) {
    if !is_stand_in(slice(scan.text, range.clone())) {
        scan.take(Span::new(range, kind));
    }
}

/// Takes what stands at `start` when it ends its line, or is no word of a sentence.
fn take_last(scan: &mut Scan<'_>, start: usize) {
    let (range, end) = argument(scan, start);
    if ends(scan.text, end) || !is_told(scan.text, &range) {
        take(scan, range, Kind::Password);
    }
}

/// `a001 LOGIN user password`.
fn imap_login(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    if slice(text, at..at + 6) != b"LOGIN " || before(text, at) != b' ' {
        return;
    }
    let tag = run_start(text, at - 1, 12, |b| b.is_ascii_alphanumeric());
    let border = before(text, tag);
    let alone = border <= b' ' || is_quote(border) || matches!(border, b'>' | b':' | b']');
    if !before(text, at - 1).is_ascii_digit() || !alone {
        return;
    }
    let (user, end) = argument(scan, at + 6);
    if !user.is_empty() && byte(text, end) == b' ' {
        take_last(scan, end + 1);
    }
}

/// `net user bob password /add`, `net use x: \\\\host\\share /user:bob password`.
fn net_user(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    let line = slice(text, at..scan.ahead.line_end(text, at).min(at + LONGEST));
    let user = if has_word(line, 0, b"net user ") {
        9
    } else if has_word(line, 0, b"net use ")
        && let Some(option) = memchr::memmem::find(line, b" /user:")
    {
        option + 7
    } else {
        return;
    };
    let (user, end) = argument(scan, at + user);
    let start = skip(text, end, is_blank);
    if user.is_empty() || start == end || matches!(byte(text, start), b'/' | b'*') {
        return;
    }
    let (range, end) = argument(scan, start);
    if rest(text, end).starts_with(b" /") || ends(text, end) {
        take(scan, range, Kind::Password);
    }
}

/// How far back the start of a string is looked for, in bytes.
const LONGEST: usize = 256;

/// The string, or the word, that ends before `end`.
fn last_argument(text: &[u8], end: usize) -> Range<usize> {
    let mark = before(text, end);
    if !is_quote(mark) {
        return run_start(text, end, LONGEST, |b| b > b' ' && !is_quote(b))..end;
    }
    let close = end - 1;
    let inside = run_start(text, close, 16, |b| b == b'\\');
    let slashes = close - inside;
    let from = inside.saturating_sub(LONGEST);
    let open = memchr::memrchr(mark, slice(text, from..inside)).map_or(from, |i| from + i + 1);
    let own =
        open >= slashes && slice(text, open.saturating_sub(slashes + 1)..open).len() > slashes;
    if own { open..inside } else { inside..inside }
}

/// `ConvertTo-SecureString "password" -AsPlainText -Force`.
fn plain_text(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    if !has_word(text, at, b"asplaintext") || before(text, at) != b'-' {
        return;
    }
    let mut end = run_start(text, at - 1, 4, is_blank);
    if slice(text, end.saturating_sub(6)..end).eq_ignore_ascii_case(b"-force") {
        end = run_start(text, end - 6, 4, is_blank);
    }
    let range = last_argument(text, end);
    // `$variable`, and the name of another option.
    if !matches!(byte(text, range.start), b'$' | b'-' | b')') || is_quote(before(text, end)) {
        take(scan, range, Kind::Password);
    }
}

/// `echo password | sudo -S command`.
fn piped(scan: &mut Scan<'_>, at: usize) {
    let text = scan.text;
    let options = skip(slice(text, 0..at + 12), at + 6, |b| b.is_ascii_alphabetic());
    if !has_word(text, at, b"sudo -") || !slice(text, at + 6..options).contains(&b'S') {
        return;
    }
    let pipe = run_start(text, at, 4, is_blank);
    if before(text, pipe) != b'|' {
        return;
    }
    let range = last_argument(text, run_start(text, pipe - 1, 4, is_blank));
    let slashes = run_start(text, range.start, 17, |b| is_quote(b) || b == b'\\');
    let word = run_start(text, slashes, 4, is_blank);
    if word < slashes && slice(text, word.saturating_sub(4)..word) == b"echo" {
        take(scan, range, Kind::Password);
    }
}

/// `username bob privilege 15 secret 5 x`, `enable secret x`, `"PASS x"`, `WITH PASSWORD 'x'`: whether
/// the words before `name` make what follows it the value, which is then taken.
pub(super) fn declared(scan: &mut Scan<'_>, name: &Range<usize>, sensitive: Sensitive) -> bool {
    let text = scan.text;
    let start = skip(text, name.end, is_blank);
    let word = slice(text, name.clone());
    if word == b"PASS" && is_quote(before(text, name.start)) {
        let mark = before(text, name.start);
        let end = skip(text, start, |b| b > b' ' && b != mark && b != b'\\');
        let whole = byte(text, end) == mark || byte(text, end + 1) == mark;
        if whole && end > start {
            take(scan, start..end, sensitive.kind);
        }
        return whole;
    }
    // FTP and POP3: `USER bob`, and on the next line `PASS x`.
    let before_it = slice(text, name.start.saturating_sub(64)..name.start);
    let next_line = before_it.ends_with(b"\n") || before_it.ends_with(b"\\n");
    if word == b"PASS" && next_line && memchr::memmem::find(before_it, b"USER ").is_some() {
        let (range, end) = argument(scan, start);
        if ends(text, end) {
            take(scan, range, sensitive.kind);
        }
        return true;
    }
    let last = run_start(text, name.start, 2, is_blank);
    if byte(text, start) == b'\'' && sensitive.kind == Kind::Password {
        let with = run_start(text, last, 12, |b| b.is_ascii_alphabetic());
        let with = slice(text, with..last);
        let statement = [&b"with"[..], b"encrypted", b"set"]
            .iter()
            .any(|known| with.eq_ignore_ascii_case(known));
        if statement {
            let (range, _) = argument(scan, start);
            take(scan, range, sensitive.kind);
        }
        return statement;
    }
    if !has_word(word, 0, b"secret") && !has_word(word, 0, b"password") || !is_account(text, last) {
        return false;
    }
    // The type of the value's encryption, one digit.
    let typed = byte(text, start).is_ascii_digit() && is_blank(byte(text, start + 1));
    let start = if typed {
        skip(text, start + 1, is_blank)
    } else {
        start
    };
    let (range, end) = argument(scan, start);
    let found = typed && ends(text, end) || !is_told(text, &range);
    if found {
        take(scan, range, sensitive.kind);
    }
    found
}

/// Whether `enable`, `username bob` or `username bob privilege 15` ends at `end`.
fn is_account(text: &[u8], end: usize) -> bool {
    let last = word_back(text, end);
    if slice(text, last.clone()).eq_ignore_ascii_case(b"enable") {
        return true;
    }
    let mut next = word_back(text, last.start);
    let number = slice(text, last).iter().all(u8::is_ascii_digit);
    if number && slice(text, next.clone()) == b"privilege" {
        let name = word_back(text, next.start);
        next = word_back(text, name.start);
    }
    slice(text, next) == b"username"
}

/// The last word before `end`.
fn word_back(text: &[u8], end: usize) -> Range<usize> {
    let end = run_start(text, end, 8, |b| b == b' ');
    run_start(text, end, 40, |b| b > b' ' && !is_quote(b))..end
}
