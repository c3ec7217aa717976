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
    // A person who speaks the protocol by hand writes a dot for the tag.
    let dot = before(text, at - 1) == b'.';
    let tag = if dot {
        at - 2
    } else {
        run_start(text, at - 1, 12, |b| b.is_ascii_alphanumeric())
    };
    let border = before(text, tag);
    let alone = border <= b' ' || is_quote(border) || matches!(border, b'>' | b':' | b']');
    if !(dot || before(text, at - 1).is_ascii_digit()) || !alone {
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
    if !has_word(word, 0, b"secret") && !has_word(word, 0, b"password") {
        return false;
    }
    // The type of the value's encryption, one digit.
    let typed = byte(text, start).is_ascii_digit() && is_blank(byte(text, start + 1));
    let start = if typed {
        skip(text, start + 1, is_blank)
    } else {
        start
    };
    let stands = typed && is_of_type(text, start) || is_account(text, last);
    if !stands {
        return false;
    }
    let (range, end) = argument(scan, start);
    let found = typed && ends(text, end) || !is_told(text, &range);
    if found {
        take(scan, range, sensitive.kind);
    }
    found
}

/// Whether the value at `start` has the form that the type says which stands before it, whoever's it is:
/// `secret 5 $1$…`, `password 7 094F…`.
fn is_of_type(text: &[u8], start: usize) -> bool {
    let value = slice(text, start..start + LONGEST);
    let typ = before(text, run_start(text, start, 8, is_blank));
    let crypt = |method: u8| matches!(value, [b'$', of, b'$', _, ..] if *of == method);
    match typ {
        b'5' => crypt(b'1'),
        b'8' | b'9' => crypt(typ),
        // The place in the key, from 0 to 15, and the letters in hexadecimal.
        b'7' => {
            let hex = |b: u8| b.is_ascii_digit() || matches!(b, b'A'..=b'F');
            let end = skip(value, 0, hex);
            let key = value.first() == Some(&b'0')
                || value.first() == Some(&b'1') && matches!(value.get(1), Some(b'0'..=b'5'));
            key && end >= 8 && end % 2 == 0 && (end == value.len() || ends(value, end))
        }
        _ => false,
    }
}

/// Whether `enable`, `username bob` or `username bob privilege 15` ends at `end`.
fn is_account(text: &[u8], end: usize) -> bool {
    let last = word_back(text, end);
    if slice(text, last.clone()).eq_ignore_ascii_case(b"enable") {
        return true;
    }
    let number = slice(text, last.clone()).iter().all(u8::is_ascii_digit);
    let mut start = last.start;
    if number && let Some(privilege) = last_word_is(text, start, b"privilege") {
        start = word_back(text, privilege).start;
    }
    last_word_is(text, start, b"username").is_some()
}

/// Where the last word before `end` starts, if it is `word`.
fn last_word_is(text: &[u8], end: usize, word: &[u8]) -> Option<usize> {
    let stop = run_start(text, end, 8, |b| b == b' ');
    let whole = || {
        let last = word_back(text, end);
        (slice(text, last.clone()) == word).then_some(last.start)
    };
    slice(text, 0..stop).ends_with(word).then(whole)?
}

/// The last word before `end`.
fn word_back(text: &[u8], end: usize) -> Range<usize> {
    let end = run_start(text, end, 8, |b| b == b' ');
    run_start(text, end, 40, |b| b > b' ' && !is_quote(b))..end
}
