//! Where the value of a sensitive name ends, and whether it is a secret at all.

use std::ops::Range;

use crate::detect::looks_random;
use crate::keys::Weight;
use crate::text::{before, byte, has_word, skip, slice};

/// In what a pair of name and value stands: it says which marks end a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `?name=value&…`.
    Query,
    /// `"name": value`: JSON, Python and their like.
    Quoted,
    /// `name=value` in a log line, a shell or a connection string.
    Assigned,
    /// `name: value` in prose, YAML or a header.
    Told,
}

/// A quote and how many backslashes stand before it: none in JSON, one in JSON within a JSON string,
/// three one deeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) mark: u8,
    pub(crate) slashes: usize,
}

/// How many backslashes before a quote are read: JSON within JSON within JSON needs seven.
const MOST_SLASHES: usize = 16;

impl Quote {
    /// The quote that opens at `at`, with its backslashes, and the position behind it.
    pub(crate) fn open(text: &[u8], at: usize) -> Option<(Quote, usize)> {
        let mark = skip(slice(text, 0..at + MOST_SLASHES), at, |b| b == b'\\');
        is_quote(byte(text, mark)).then(|| {
            let quote = Quote {
                mark: byte(text, mark),
                slashes: mark - at,
            };
            (quote, mark + 1)
        })
    }

    /// Where the string from `start` ends: before the backslashes of its closing quote, or at the end
    /// of the line when it is never closed.
    pub(crate) fn close(self, text: &[u8], start: usize) -> usize {
        let mut at = start;
        let mut slashes = 0;
        loop {
            #[cfg(test)]
            crate::steps::add(1);
            let Some(&this) = text.get(at) else {
                return at;
            };
            if this == b'\\' {
                slashes += 1;
            } else if this == self.mark && self.closes(slashes) {
                return at - self.slashes.min(slashes);
            } else if this == b'\n' && slashes == 0 {
                return at;
            } else {
                slashes = 0;
            }
            at += 1;
        }
    }

    /// A quote behind `slashes` backslashes ends a string of this depth when what is left of them,
    /// taken as escaped backslashes of that depth, is its own; with fewer, an outer string ends.
    fn closes(self, slashes: usize) -> bool {
        slashes < self.slashes || slashes % (2 * (self.slashes + 1)) == self.slashes
    }
}

pub(crate) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The end of the object or list that opens at `start`; the end of the text when it is never closed.
pub(super) fn balanced_end(text: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < text.len() {
        match byte(text, at) {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'\\' => {
                if let Some((quote, inside)) = Quote::open(text, at) {
                    let end = quote.close(text, inside);
                    at = end + quote.slashes;
                }
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

/// The end of an identifier in groups (`PT29 0664 5402`) whose first group ends at `end`.
pub(super) fn number_end(text: &[u8], start: usize, end: usize) -> usize {
    let mut last = end;
    while last - start < 40 {
        let from = last + usize::from(matches!(byte(text, last), b' ' | b'-'));
        let next = skip(slice(text, 0..from + 8), from, |b| {
            b.is_ascii_digit() || b.is_ascii_uppercase()
        });
        let digits = slice(text, from..next).iter().any(u8::is_ascii_digit);
        let goes_on = byte(text, next).is_ascii_alphanumeric()
            || matches!(byte(text, next), b'=' | b':' | b'.' | b'/');
        if from == last || next == from || !digits || goes_on {
            break;
        }
        last = next;
    }
    last
}

/// The end of a phrase of plain words (`correct horse battery staple`) whose first word ends at `end`:
/// only a row of at least four small words and nothing else up to the end of the line is one.
pub(super) fn phrase_end(text: &[u8], start: usize, end: usize) -> usize {
    let stop = skip(slice(text, 0..start + 256), start, |b| {
        b.is_ascii_lowercase() || b == b' '
    });
    let phrase = slice(text, start..stop);
    let words = phrase.split(|&b| b == b' ').filter(|word| !word.is_empty());
    let (count, shortest) = words.fold((0, usize::MAX), |(n, least), word| {
        (n + 1, least.min(word.len()))
    });
    let closed = matches!(byte(text, stop), b'\n' | b'\r' | 0 | b'"' | b'\\');
    if count >= 4 && shortest >= 3 && closed {
        stop
    } else {
        end
    }
}

/// Where an unquoted value stops.
pub(crate) struct Stop {
    pub(crate) end: usize,
    /// Whether that depends on brackets that opened within the value.
    pub(crate) paired: bool,
}

/// Where an unquoted value stops within `range`, or the range's end. A bracket that closes one of
/// the value's own is a part of it when `pairs`.
pub(crate) fn value_stop(text: &[u8], range: Range<usize>, shape: Shape, pairs: bool) -> Stop {
    let mut at = range.start;
    let mut open = 0_usize;
    let mut paired = false;
    while at < range.end {
        match byte(text, at) {
            0..=b' ' | 0x7f | b'"' | b'`' => break,
            b'\\' if ends_by_escape(text, at) => break,
            b'&' if shape == Shape::Query || is_border(text, at + 1) => break,
            b'#' if shape == Shape::Query => break,
            b'<' if byte(text, at + 1) == b'/' => break,
            b'(' | b'[' | b'{' if pairs => open += 1,
            b')' | b']' | b'}' if open > 0 => {
                open -= 1;
                paired = true;
            }
            b'\'' | b',' | b';' | b'|' | b')' | b']' | b'}' if is_border(text, at + 1) => break,
            _ => {}
        }
        at += 1;
    }
    Stop { end: at, paired }
}

/// The end of a value without the mark that ends its sentence.
pub(crate) fn without_full_stop(text: &[u8], start: usize, end: usize) -> usize {
    let stop = byte(text, end);
    let told = matches!(before(text, end), b'.' | b',' | b';' | b':');
    let cut = end > start + 1 && told && (stop <= b' ' || is_quote(stop));
    end - usize::from(cut)
}

/// A backslash that begins the escape of a line end or of a quote: the string around ends or breaks.
fn ends_by_escape(text: &[u8], at: usize) -> bool {
    matches!(
        byte(text, at + 1),
        b'n' | b'r' | b't' | b'"' | b'\'' | b'\\'
    ) || has_word(text, at + 1, b"u00")
}

/// Whether a new item begins or everything ends here: so the mark before was no part of the value.
fn is_border(text: &[u8], at: usize) -> bool {
    let this = byte(text, at);
    if this <= b' '
        || matches!(
            this,
            b',' | b';' | b')' | b']' | b'}' | b'"' | b'\'' | b'\\' | b'&' | b'|' | b'.' | b'>'
        )
    {
        return true;
    }
    let end = skip(slice(text, 0..at + 32), at, is_name_byte);
    end > at && matches!(byte(text, end), b'=' | b':' | b'[') && !this.is_ascii_digit()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// How much of a value is asked what it is made of, in bytes.
const MOST_ASKED: usize = 256;

/// No identifier is longer, in bytes.
const LONGEST_NUMBER: usize = 64;

/// `/usr/local/bin`: `pwd` names a folder, and a password's file is named too. Keys in base64, which may
/// begin in this way, have capitals.
fn is_path(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/._-".contains(b);
    value.starts_with(b"/") && slice(value, 0..MOST_ASKED).iter().all(plain)
}

/// Whether the value of a name of this weight is a secret, and not a stand-in or prose about one.
pub(crate) fn is_secret(text: &[u8], range: &Range<usize>, weight: Weight, shape: Shape) -> bool {
    let value = slice(text, range.clone());
    let is_text = shape == Shape::Quoted
        || slice(value, 0..MOST_ASKED)
            .iter()
            .any(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    // What a field is called, in JSON or quotes, is believed; in prose it may be what is said of it.
    let digits = || {
        slice(value, 0..LONGEST_NUMBER)
            .iter()
            .any(u8::is_ascii_digit)
    };
    let counts = weight != Weight::Digits || shape == Shape::Quoted || digits();
    if !is_text || !counts || is_stand_in(value) {
        return false;
    }
    if shape != Shape::Quoted && shape != Shape::Query && (is_expression(value) || is_path(value)) {
        return false;
    }
    let told = shape == Shape::Told && is_told(text, range);
    match weight {
        Weight::Any => !told,
        Weight::Digits => true,
        Weight::Shaped => {
            let number =
                shape != Shape::Told && value.len() >= 8 && value.iter().all(u8::is_ascii_digit);
            // A number of a session, counted by a server, opens nothing.
            let counted = value.starts_with(b"0x") && value.len() <= 18;
            !told && !counted && (looks_made(value) || number)
        }
        Weight::Random => value.len() >= 16 && looks_random(value),
    }
}

/// `password: expired`, `token: is invalid`: a plain word after a colon speaks about the secret.
pub(super) fn is_told(text: &[u8], range: &Range<usize>) -> bool {
    let value = slice(text, range.clone());
    let tail = value.get(1..).unwrap_or_default();
    value.len() <= 20
        && value.first().is_some_and(u8::is_ascii_alphabetic)
        && tail
            .iter()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b'\'' | b'-'))
        && !(byte(text, range.end) == b'"' && is_quote(before(text, range.start)))
}

/// Letters with digits, or with marks, and not short: what a person or a generator makes up.
pub(crate) fn looks_made(value: &[u8]) -> bool {
    let value = slice(value, 0..MOST_ASKED);
    let digit = value.iter().any(u8::is_ascii_digit);
    let letter = value.iter().any(u8::is_ascii_alphabetic);
    let mark = value.iter().any(u8::is_ascii_punctuation);
    value.len() >= 6 && ((digit && letter) || (mark && letter && value.len() >= 8))
}

/// Whether the value is nothing, a placeholder, masked, or redacted before.
pub(crate) fn is_stand_in(value: &[u8]) -> bool {
    let Some((&first, tail)) = value.split_first() else {
        return true;
    };
    let last = tail.last().copied().unwrap_or(first);
    let closed = |marks: (u8, u8)| first == marks.0 && last == marks.1;
    if value.len() <= 9 && NOTHING.iter().any(|word| word.eq_ignore_ascii_case(value)) {
        return true;
    }
    if value.len() <= 2 && !value.iter().any(u8::is_ascii_alphanumeric) || starts_with_your(value) {
        return true;
    }
    match first {
        b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'_' | b'?'
            if tail.iter().all(|&b| b == first) =>
        {
            true
        }
        b'*' => value.starts_with(b"***"),
        b'$' => {
            matches!(tail.first(), Some(b'{' | b'('))
                || tail
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        }
        b'%' => value.len() == 2 || value.starts_with(b"%(") || last == b'%',
        b'{' => tail.first() == Some(&b'{') || (last == b'}' && tail.len() < 40),
        b'<' => closed((b'<', b'>')) && tail.len() < 40 && !value.iter().any(u8::is_ascii_digit),
        b'[' => is_marker(value) || is_remark(value),
        b'!' => tail.iter().all(u8::is_ascii_alphabetic) && !tail.is_empty(),
        b':' | b'@' => tail.iter().all(|&b| b.is_ascii_lowercase() || b == b'_'),
        _ => false,
    }
}

/// `YOUR_API_KEY`, `<your password here>`: what an example says.
fn starts_with_your(value: &[u8]) -> bool {
    let word = slice(value, skip(value, 0, |b| b == b'<')..value.len());
    has_word(word, 0, b"your") && !word.iter().any(u8::is_ascii_digit)
}

/// `[FILTERED]`, `[hidden]`: a word in brackets in place of the value.
fn is_remark(value: &[u8]) -> bool {
    let word = slice(value, 1..value.len().saturating_sub(1));
    value.ends_with(b"]")
        && word
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'_' | b'-'))
}

/// No path of names in an expression is longer, in bytes.
const LONGEST_PATH: usize = 64;

/// `os.getenv("X")`, `r.Header.Get(…)`, `env::var(…)`, `config.token`: an expression that gives the
/// secret when the program runs.
fn is_expression(value: &[u8]) -> bool {
    let path = skip(slice(value, 0..LONGEST_PATH), 0, |b| {
        b.is_ascii_alphabetic() || matches!(b, b'_' | b'.' | b':' | b'-' | b'>' | b'!' | b'&')
    });
    let begins = value
        .first()
        .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'&'));
    let calls = matches!(byte(value, path), b'(' | b'[');
    let member = path == value.len() && value.contains(&b'.') && path < 40;
    let generic = byte(value, path) == b'<' && value.ends_with(b">");
    let reference = value.first() == Some(&b'&') && path == value.len();
    begins && path > 1 && (calls || member || generic || reference) || is_file(value)
}

/// `/etc/tls/server.key`: a key's file is no key.
fn is_file(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b'~');
    if !matches!(value.first(), Some(b'/' | b'.' | b'~')) || !value.iter().all(plain) {
        return false;
    }
    let name = value.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let dot = name.iter().rposition(|&b| b == b'.');
    dot.is_some_and(|dot| (2..=6).contains(&(name.len() - dot)))
}

/// Whether the value begins with what a redaction left.
pub(crate) fn is_marker(value: &[u8]) -> bool {
    marker_end(value, 0).is_some()
}

/// The end of the `[REDACTED:…]`, the `[REDACTION_FAILED]` or of what hashing and encrypting leave
/// (`[EMAIL:k1:9f2c…]`) that starts at `at`.
pub(crate) fn marker_end(text: &[u8], at: usize) -> Option<usize> {
    if byte(text, at) != b'[' {
        return None;
    }
    // A marker hidden for a second search.
    let stars = skip(text, at + 1, |b| b == b'*');
    if stars > at + 4 && byte(text, stars) == b']' {
        return Some(stars + 1);
    }
    let name = skip(slice(text, 0..at + 64), at + 1, |b| {
        b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
    });
    let end = match byte(text, name) {
        b':' => skip(text, name, |b| {
            b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.')
        }),
        _ => name,
    };
    let inside = slice(text, at + 1..end);
    (byte(text, end) == b']' && is_left_by_redaction(inside)).then_some(end + 1)
}

/// `REDACTED:LABEL`, `LABEL:key:<hash>`, `LABEL:enc:key:<sealed>`. Nothing else: what only looks a little
/// like a marker could be an address in brackets, or hide a token.
fn is_left_by_redaction(inside: &[u8]) -> bool {
    let is_label = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_uppercase)
            && part
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    let parts: [&[u8]; 5] = {
        let mut all = inside.splitn(5, |&b| b == b':');
        std::array::from_fn(|_| all.next().unwrap_or_default())
    };
    let lower_hex = |part: &[u8]| part.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match parts {
        [b"REDACTION_FAILED", b"", ..] => true,
        [b"REDACTED", label, b"", b"", b""] => is_label(label),
        [label, key, hash, b"", b""] => {
            is_label(label) && !key.is_empty() && hash.len() == 32 && lower_hex(hash)
        }
        [label, b"enc", key, sealed, b""] => {
            is_label(label) && !key.is_empty() && sealed.len() >= 32
        }
        _ => false,
    }
}

const NOTHING: &[&[u8]] = &[
    b"null",
    b"none",
    b"nil",
    b"undefined",
    b"true",
    b"false",
    b"n/a",
    b"na",
    b"empty",
    b"redacted",
    b"masked",
    b"hidden",
    b"unset",
    b"(null)",
    b"(none)",
    b"<none>",
    b"filtered",
    b"{}",
    b"[]",
    b"\"\"",
    b"''",
    b"yes",
    b"no",
    b"await",
    b"new",
    b"self",
    b"this",
];
