//! Line ends that somebody sent: with a header behind them, a second answer, or a forged record.
//!
//! Text of several lines is usual. A line end that was written as an escape is not, and a header
//! behind one says what it is for.

use super::scan::Sign;
use super::text::{any_stands, is_word, near, skip, word_end, word_of};
use crate::text::{before, byte, has_word};

const HEADERS: [&[u8]; 22] = [
    b"set-cookie",
    b"location",
    b"content-type",
    b"content-length",
    b"content-disposition",
    b"host",
    b"refresh",
    b"transfer-encoding",
    b"access-control-allow-origin",
    b"connection",
    b"cookie",
    b"authorization",
    b"bcc",
    b"cc",
    b"to",
    b"from",
    b"subject",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"link",
    b"status",
    b"x-xss-protection",
];

/// What a line end begins. `encoded` says whether it was written as an escape.
pub(super) fn line_end(text: &[u8], at: usize, encoded: bool) -> Option<Sign> {
    // `嘍嘊`: their low bytes are a line end, and that is what some servers write.
    let wide: [&[u8]; 2] = ["嘊".as_bytes(), "嘍".as_bytes()];
    let mut start = at;
    let mut ends = 0;
    loop {
        let length = match byte(text, start) {
            b'\r' => 1,
            b'\n' => {
                ends += 1;
                1
            }
            b' ' | b'\t' if start > at => 1,
            0xe5 => match any_stands(text, start, &wide) {
                Some(length) => {
                    ends += 1;
                    length
                }
                None => break,
            },
            _ => break,
        };
        start += length;
        if start - at > 16 {
            break;
        }
    }
    if start == at || matches!(before(text, at), b'\r' | b'\n') {
        return None;
    }
    let is_wide = byte(text, at) == 0xe5;
    if (encoded || !is_head(text, at)) && header(text, start, encoded || is_wide) {
        return Some(Sign::sure("a header after a line end"));
    }
    if !encoded && !is_wide {
        return forged(text, at, start).then(|| Sign::sure("a record after a line end"));
    }
    let page = has_word(text, start, b"http/1.")
        || byte(text, start) == b'<' && byte(text, start + 1).is_ascii_alphabetic();
    if page || (ends >= 2 && byte(text, start) != 0 && byte(text, at) == b'\r') {
        return Some(Sign::sure("a second answer after a line end"));
    }
    if forged(text, at, start) {
        return Some(Sign::sure("a record after a line end"));
    }
    let command: [&[u8]; 14] = [
        b"rcpt",
        b"mail",
        b"data",
        b"quit",
        b"flushall",
        b"set",
        b"config",
        b"slaveof",
        b"get",
        b"post",
        b"helo",
        b"ehlo",
        b"keys",
        b"eval",
    ];
    let upper =
        byte(text, start).is_ascii_uppercase() && byte(text, start + 1).is_ascii_uppercase();
    (upper && word_of(text, start, &command).is_some())
        .then(|| Sign::sure("a command after a line end"))
}

/// A line end behind one more encoding.
pub(super) fn hidden(text: &[u8], at: usize) -> Option<Sign> {
    let line_ends: [&[u8]; 6] = [b"%0d%0a", b"%0a", b"%0d", b"%250d%250a", b"%250a", b"%250d"];
    let length = any_stands(text, at, &line_ends)?;
    header(text, at + length, true).then(|| Sign::sure("a header after a line end"))
}

/// `Name: value`. Any name will do where the line end was written as an escape.
fn header(text: &[u8], start: usize, any: bool) -> bool {
    let end = skip(text, start, |b| is_word(b) || b == b'-');
    let colon = skip(text, end, |b| b == b' ');
    if byte(text, colon) != b':' || end == start {
        return false;
    }
    let name = &text[start..end];
    let known = HEADERS
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header));
    let prose: [&[u8]; 4] = [b"to", b"from", b"cc", b"status"];
    let is_prose = prose.iter().any(|word| name.eq_ignore_ascii_case(word)) && !any;
    let custom = any && name.contains(&b'-') && name.first().is_some_and(u8::is_ascii_alphabetic);
    (known && !is_prose) || custom || (any && has_word(name, 0, b"x-"))
}

/// Whether the text up to here is the head of a message itself.
fn is_head(text: &[u8], at: usize) -> bool {
    let first = &text[..at.min(512)];
    let first = &first[..first
        .iter()
        .position(|b| *b == b'\n')
        .unwrap_or(first.len())];
    let colon = skip(first, 0, |b| is_word(b) || b == b'-');
    let request = first
        .windows(6)
        .any(|window| window == b"HTTP/1" || window == b"HTTP/2");
    request || byte(first, colon) == b':' || first.ends_with(b":") || first.ends_with(b":\r")
}

/// A level or a time at the start of the next line, where the first line has neither.
fn forged(text: &[u8], at: usize, start: usize) -> bool {
    let levels: [&[u8]; 9] = [
        b"INFO",
        b"WARN",
        b"WARNING",
        b"ERROR",
        b"DEBUG",
        b"CRITICAL",
        b"FATAL",
        b"NOTICE",
        b"SEVERE",
    ];
    let bracket = start + usize::from(byte(text, start) == b'[');
    let end = word_end(text, bracket);
    let word = &text[bracket.min(end)..end];
    let upper = levels.contains(&word) && matches!(byte(text, end), b':' | b']' | b' ' | b'+');
    let year = near(text, bracket);
    let time = year.len() > 10
        && year[..4].iter().all(u8::is_ascii_digit)
        && matches!(year[4], b'-' | b'/')
        && year[5..7].iter().all(u8::is_ascii_digit);
    let first = &text[at.saturating_sub(160)..at];
    let has_time = first
        .windows(4)
        .any(|four| four.iter().all(u8::is_ascii_digit));
    let has_level = levels
        .iter()
        .any(|level| first.windows(level.len()).any(|found| found == *level));
    (upper || time) && !has_time && !has_level && !first.ends_with(b":")
}
