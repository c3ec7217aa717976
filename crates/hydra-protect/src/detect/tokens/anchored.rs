//! Tokens that are known by something in their middle or at their end, and the webhooks, whose
//! addresses are secrets.

use std::ops::Range;

use super::super::entropy::looks_random;
use super::HEAD;
use crate::base64::{is_standard, is_url};
use crate::detect::Kind;
use crate::span::Span;
use crate::text::{before, byte, has, run_end, run_start};

/// The first bytes, in lower case, of what [`at_word`] reads from.
pub(super) const HEADS: [[u8; HEAD]; 17] = [
    *b"us0\0", *b"us1\0", *b"us2\0", *b"us3\0", *b"us4\0", *b"us5\0", *b"us6\0", *b"us7\0",
    *b"us8\0", *b"us9\0", *b"atla", *b"nral", *b"mmk\0", *b"hook", *b"webh", *b"disc", *b"outl",
];

/// The token that the word at `at` stands in.
pub(super) fn at_word(text: &[u8], at: usize) -> Option<Span> {
    let (range, kind) = match byte(text, at) {
        b'u' => (mailchimp_key(text, at)?, Kind::ApiKey),
        b'a' => (terraform_token(text, at)?, Kind::Token),
        b'N' => (new_relic_license(text, at)?, Kind::ApiKey),
        b'm' => (maxmind_license(text, at)?, Kind::ApiKey),
        b'h' | b'w' | b'd' | b'o' => (webhook(text, at)?, Kind::Token),
        _ => return None,
    };
    Some(Span::new(range, kind))
}

fn alphanumeric(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

/// `abc8Q~` and 31 to 34 more: Microsoft Entra client secrets.
fn azure_client_secret(text: &[u8], at: usize) -> Option<Range<usize>> {
    if !has(text, at, b"Q~") {
        return None;
    }
    let part = |b: u8| is_url(b) || matches!(b, b'~' | b'.');
    let start = at.checked_sub(4)?;
    let shaped = before(text, at).is_ascii_digit()
        && run_start(text, at, 3 + 1, part) == start
        && !part(before(text, start));
    if !shaped {
        return None;
    }
    let end = run_end(text, at + 2, 40, part);
    let end = run_start(text, end, 4, |b| b == b'.');
    (31..=36).contains(&(end - at - 2)).then_some(start..end)
}

/// 32 hexadecimal digits and a data centre: `…-us12`.
fn mailchimp_key(text: &[u8], at: usize) -> Option<Range<usize>> {
    let dash = at.checked_sub(1)?;
    if !has(text, dash, b"-us") || !before(text, dash).is_ascii_hexdigit() {
        return None;
    }
    let start = dash.checked_sub(32)?;
    let end = run_end(text, at + 2, 3, |b| b.is_ascii_digit());
    let shaped = (1..=2).contains(&(end - at - 2))
        && run_start(text, dash, 33, |b| b.is_ascii_hexdigit()) == start
        && !before(text, start).is_ascii_alphanumeric()
        && !byte(text, end).is_ascii_alphanumeric();
    shaped.then_some(start..end)
}

/// 14 letters and digits, `.atlasv1.` and 60 to 70 more: Terraform Cloud.
fn terraform_token(text: &[u8], at: usize) -> Option<Range<usize>> {
    let dot = at.checked_sub(1)?;
    if !has(text, dot, b".atlasv1.") {
        return None;
    }
    let start = dot.checked_sub(14)?;
    let end = run_end(text, at + 8, 80, |b| is_url(b) || b == b'=');
    let shaped = run_start(text, dot, 15, alphanumeric) == start && end - at >= 8 + 50;
    shaped.then_some(start..end)
}

/// 36 letters and digits and `NRAL`.
fn new_relic_license(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(36)?;
    let shaped = has(text, at, b"NRAL")
        && run_start(text, at, 37, alphanumeric) == start
        && !byte(text, at + 4).is_ascii_alphanumeric();
    shaped.then_some(start..at + 4)
}

/// Six letters and digits, 29 more, and `_mmk`.
fn maxmind_license(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(37)?;
    let middle = start + 6;
    let shaped = has(text, at - 1, b"_mmk")
        && byte(text, middle) == b'_'
        && run_start(text, at - 1, 30, alphanumeric) == middle + 1
        && run_start(text, middle, 7, alphanumeric) == start
        && !byte(text, at + 3).is_ascii_alphanumeric();
    shaped.then_some(start..at + 3)
}

/// Where webhooks live, from a word of their host on.
const WEBHOOKS: &[&[u8]] = &[
    b"hooks.slack.com/services/",
    b"hooks.slack.com/workflows/",
    b"hooks.slack.com/triggers/",
    b"hooks.slack-gov.com/services/",
    b"hooks.zapier.com/hooks/catch/",
    b"discord.com/api/webhooks/",
    b"discordapp.com/api/webhooks/",
    b"webhook.office.com/webhookb2/",
    b"outlook.office.com/webhook/",
    b"outlook.office365.com/webhook/",
];

/// A webhook's whole address: who knows it can post.
fn webhook(text: &[u8], at: usize) -> Option<Range<usize>> {
    let place = WEBHOOKS.iter().find(|place| has(text, at, place))?;
    let path = at + place.len();
    let end = run_end(text, path, 512, |b| {
        is_url(b) || matches!(b, b'/' | b'@' | b'+' | b'=' | b'.' | b'%')
    });
    let end = run_start(text, end, 4, |b| b == b'.');
    let host = run_start(text, at, 64, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')
    });
    let scheme = [&b"https://"[..], b"http://", b"https:\\/\\/"]
        .into_iter()
        .find(|scheme| text.get(..host).is_some_and(|head| head.ends_with(scheme)))
        .map_or(0, <[u8]>::len);
    (end >= path + 16).then_some(host - scheme..end)
}

/// Whether [`at_digit`] could know the number at `at`, which begins with `digits` digits.
#[inline]
pub(super) fn may_start_at_digit(text: &[u8], at: usize, digits: usize) -> bool {
    let end = at + digits;
    match byte(text, end) {
        b'Q' => byte(text, end + 1) == b'~',
        b'N' => byte(text, end + 1) == b'R',
        b':' => digits >= 6 && byte(text, end + 1) == b'A',
        b'|' | b'-' => digits >= 8,
        b'/' => digits == 1 && matches!(byte(text, end + 1), b'/' | b'0'..=b'9'),
        b'b' => digits == 1 && byte(text, end + 1) == b'1',
        _ => false,
    }
}

/// A token whose first byte is the digit at `at`, or that is known by what follows that digit.
pub(super) fn at_digit(text: &[u8], at: usize) -> Option<Span> {
    let digits = run_end(text, at, 26, |b| b.is_ascii_digit());
    match byte(text, digits) {
        b'Q' => {
            let range = azure_client_secret(text, digits)?;
            return Some(Span::new(range, Kind::Secret));
        }
        b'N' => {
            let range = new_relic_license(text, digits)?;
            return Some(Span::new(range, Kind::ApiKey));
        }
        _ if alphanumeric(before(text, at)) => return None,
        _ => {}
    }
    let (end, kind) = match (digits - at, byte(text, digits)) {
        // Telegram: a bot's id and 35 more.
        (6..=16, b':') if byte(text, digits + 1) == b'A' => {
            let end = run_end(text, digits + 1, 40, is_url);
            (34..=36)
                .contains(&(end - digits - 1))
                .then_some((end, Kind::Token))
        }
        // Facebook: an application's id and its token.
        (15..=17, b'|') => {
            let end = run_end(text, digits + 1, 48, is_url);
            (end - digits > 24).then_some((end, Kind::Token))
        }
        // Twitter (X): a user's id and 40 more.
        (8..=20, b'-') => {
            let end = run_end(text, digits + 1, 46, alphanumeric);
            let random = looks_random(text.get(digits + 1..end)?);
            (random && (35..=45).contains(&(end - digits - 1)) && !is_hex(text, digits + 1, end))
                .then_some((end, Kind::Token))
        }
        // Google: refresh tokens.
        (1, b'/') if has(text, at, b"1//0") => {
            let end = run_end(text, at + 3, 256, is_url);
            (end - at >= 30).then_some((end, Kind::Token))
        }
        // Asana: personal tokens.
        (1, b'/') => asana(text, digits + 1).map(|end| (end, Kind::Token)),
        // ClickHouse Cloud.
        (1, b'b') if has(text, at, b"4b1d") => {
            let end = run_end(text, at, 43, alphanumeric);
            let random = looks_random(text.get(at..end)?) && !is_hex(text, at, end);
            (end - at == 42 && random).then_some((end, Kind::ApiKey))
        }
        _ => None,
    }?;
    (!alphanumeric(byte(text, end))).then(|| Span::new(at..end, kind))
}

fn is_hex(text: &[u8], from: usize, to: usize) -> bool {
    run_end(text, from, to - from, |b| b.is_ascii_hexdigit()) == to
}

/// `1/1234567890123:` and 32 hexadecimal digits, or `2/` and two identifiers.
fn asana(text: &[u8], at: usize) -> Option<usize> {
    let mut i = at;
    for _ in 0..2 {
        let digits = run_end(text, i, 20, |b| b.is_ascii_digit());
        if digits - i < 12 {
            return None;
        }
        match byte(text, digits) {
            b':' => {
                let end = run_end(text, digits + 1, 33, |b| b.is_ascii_hexdigit());
                return (end - digits == 33).then_some(end);
            }
            b'/' => i = digits + 1,
            _ => return None,
        }
    }
    None
}

/// The secret key that goes with an AWS access key id that ends at `id_end`: 40 characters of base64
/// within the next 80 bytes, on the same line.
pub(super) fn aws_secret_after(text: &[u8], id_end: usize) -> Option<Range<usize>> {
    let limit = id_end + 80;
    let mut i = id_end;
    while i < limit && i < text.len() && byte(text, i) != b'\n' {
        if !is_standard(byte(text, i)) {
            i += 1;
            continue;
        }
        let end = run_end(text, i, 64, is_standard);
        if end - i == 40 && !is_hex(text, i, end) && looks_random(text.get(i..end)?) {
            return Some(i..end);
        }
        i = end;
    }
    None
}
