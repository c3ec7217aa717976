//! Vendors' tokens, by their prefixes.
//!
//! Sources of the shapes: GitHub's list of supported secret scanning patterns, the public rules of
//! gitleaks and of trufflehog's detectors, and the vendors' own documentation. Shapes are facts; the
//! rules are written anew.

mod anchored;
mod cloud;
mod code;
mod messages;
mod models;
mod payments;
mod rule;
mod work;

use std::ops::Range;

use self::rule::{Check, Piece, Rule};
use super::entropy::looks_random;
use super::word_heads::Heads;
use crate::base64::is_url;
use crate::detect::Kind;
use crate::span::Span;
use crate::text::{before, byte, has, run_end, run_start};

const TABLES: [&[Rule]; 6] = [
    cloud::RULES,
    code::RULES,
    models::RULES,
    messages::RULES,
    payments::RULES,
    work::RULES,
];

const COUNT: usize = {
    let mut count = 0;
    let mut i = 0;
    while i < TABLES.len() {
        count += TABLES[i].len();
        i += 1;
    }
    count
};

/// All rules, those with the same first byte side by side.
static RULES: [Rule; COUNT] = {
    let mut rules = [TABLES[0][0]; COUNT];
    let mut filled = 0;
    let mut first = 0;
    while first < 128 {
        let mut table = 0;
        while table < TABLES.len() {
            let mut i = 0;
            while i < TABLES[table].len() {
                if TABLES[table][i].prefix[0] == first {
                    rules[filled] = TABLES[table][i];
                    filled += 1;
                }
                i += 1;
            }
            table += 1;
        }
        first += 1;
    }
    rules
};

/// The first four bytes of each rule's prefix as a number, and which of its bits count.
static PREFIXES: [(u32, u32); COUNT] = {
    let mut prefixes = [(0, 0); COUNT];
    let mut rule = 0;
    while rule < COUNT {
        let prefix = RULES[rule].prefix;
        prefixes[rule].0 = head_of(prefix);
        prefixes[rule].1 = if prefix.len() >= HEAD {
            u32::MAX
        } else {
            (1 << (8 * prefix.len())) - 1
        };
        rule += 1;
    }
    prefixes
};

/// The first four bytes as a number; NUL past the end.
const fn head_of(bytes: &[u8]) -> u32 {
    let mut head = 0;
    let mut i = 0;
    while i < HEAD && i < bytes.len() {
        head |= (bytes[i] as u32) << (8 * i);
        i += 1;
    }
    head
}

/// Where the rules of each first byte start in [`RULES`]; they end where the next byte's start.
static STARTS: [u16; 129] = {
    let mut starts = [0; 129];
    let mut table = 0;
    while table < TABLES.len() {
        let mut i = 0;
        while i < TABLES[table].len() {
            let mut later = TABLES[table][i].prefix[0] as usize + 1;
            while later < 129 {
                starts[later] += 1;
                later += 1;
            }
            i += 1;
        }
        table += 1;
    }
    starts
};

/// The length of a [`HEADS`] entry.
pub(crate) const HEAD: usize = 4;

/// The first bytes, in lower case, of everything that [`at_word`] knows: a word that starts with
/// none of them needs no call. Shorter prefixes end with NUL, which stands for any byte.
pub(crate) const HEADS: [[u8; HEAD]; COUNT + anchored::HEADS.len()] = {
    let mut heads = [[0; HEAD]; COUNT + anchored::HEADS.len()];
    let mut filled = 0;
    let mut table = 0;
    while table < TABLES.len() {
        let mut rule = 0;
        while rule < TABLES[table].len() {
            let prefix = TABLES[table][rule].prefix;
            let mut i = 0;
            while i < HEAD && i < prefix.len() {
                heads[filled][i] = prefix[i].to_ascii_lowercase();
                i += 1;
            }
            filled += 1;
            rule += 1;
        }
        table += 1;
    }
    let mut anchor = 0;
    while anchor < anchored::HEADS.len() {
        heads[filled + anchor] = anchored::HEADS[anchor];
        anchor += 1;
    }
    heads
};

static KNOWN: Heads = Heads::new(&HEADS);

/// A vendor's token that starts with the word at `at`, or that is known by that word in its middle.
pub(crate) fn at_word(text: &[u8], at: usize) -> Option<Span> {
    let anchored = anchored::at_word(text, at);
    if !KNOWN.may_start(text, at) || is_glued(text, at) {
        return anchored;
    }
    let first = usize::from(byte(text, at));
    let start = head_of(text.get(at..).unwrap_or_default());
    let from = usize::from(*STARTS.get(first)?);
    let to = usize::from(*STARTS.get(first + 1)?);
    // The longest wins: `sk-ant-` is one of `sk-`, too.
    RULES
        .get(from..to)?
        .iter()
        .zip(PREFIXES.get(from..to)?)
        .filter(|(rule, (head, mask))| start & mask == *head && has(text, at, rule.prefix))
        .map(|(rule, _)| rule)
        .filter_map(|rule| Some(Span::new(matched(text, at, rule)?, rule.kind)))
        .chain(anchored)
        .max_by_key(|span| span.end)
}

/// A vendor's token whose first byte is the digit at `at`.
pub(crate) fn at_digit(text: &[u8], at: usize) -> Option<Span> {
    anchored::at_digit(text, at)
}

/// Whether [`at_digit`] could know the number at `at`, which begins with `digits` digits.
#[inline]
pub(crate) fn may_start_at_digit(text: &[u8], at: usize, digits: usize) -> bool {
    anchored::may_start_at_digit(text, at, digits)
}

/// The secret that belongs to a token that was found: the key that follows an AWS access key id.
pub(crate) fn beside(text: &[u8], found: Span) -> Option<Span> {
    let id = text.get(found.start..found.end)?;
    let range = (id.len() == 20 && id.starts_with(b"A"))
        .then(|| anchored::aws_secret_after(text, found.end))??;
    Some(Span::new(range, Kind::Secret))
}

/// Whether what starts at `at` is the middle of something longer; the letter of an escaped line end
/// (`\n`) is not.
fn is_glued(text: &[u8], at: usize) -> bool {
    let escape = matches!(before(text, at), b'n' | b'r' | b't')
        && text.get(at.wrapping_sub(2)) == Some(&b'\\');
    before(text, at).is_ascii_alphanumeric() && !escape
}

/// How much of a body is asked whether it was drawn by lot, in bytes.
const SAMPLE: usize = 32;

fn matched(text: &[u8], at: usize, rule: &Rule) -> Option<Range<usize>> {
    let body = at + rule.prefix.len();
    // What is made of words says so at its beginning: the rest need not be read then.
    if rule.check == Check::Random {
        if has(text, body, rule.prefix) {
            return None;
        }
        let start = run_end(text, body, SAMPLE, is_url);
        if !looks_random(text.get(body..start)?) {
            return None;
        }
    }
    let mut end = body;
    for piece in rule.body {
        match *piece {
            Piece::Run { class, least, most } => {
                let stop = run_end(text, end, usize::from(most) + 1, |b| class.holds(b));
                let len = stop - end;
                // A longer run is another thing, or a new form of the same: long prefixes are sure.
                if len < usize::from(least) || len > usize::from(most) && rule.prefix.len() < 4 {
                    return None;
                }
                end = stop;
            }
            Piece::Text(literal) => {
                if !has(text, end, literal) {
                    return None;
                }
                end += literal.len();
            }
        }
    }
    // A dot ends the sentence rather than the token.
    end = run_start(text, end, 8, |b| b == b'.').max(body);
    let inside = byte(text, end).is_ascii_alphanumeric() && rule.prefix.len() < 4;
    (!inside).then_some(at..end)
}

#[cfg(test)]
mod tests;
