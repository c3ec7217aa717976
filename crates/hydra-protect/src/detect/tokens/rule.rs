//! The language that vendors' shapes are written in.
//!
//! A shape is a prefix, as it stands, and pieces after it; a run takes all it can, so a rule is read
//! once from left to right and never tried twice.

use self::Piece::{Run, Text};
use crate::detect::Kind;

/// A set of ASCII bytes that a part of a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class(u16);

const UPPER: Class = Class(1);
const LOWER: Class = Class(2);
pub(super) const DIGIT: Class = Class(4);
pub(super) const HEX: Class = Class(8);
const DASH: Class = Class(16);
const UNDERSCORE: Class = Class(32);
/// What base64 has besides letters and digits.
const PLUSES: Class = Class(64);
const DOT: Class = Class(128);
const PERCENT: Class = Class(256);
const PADDING: Class = Class(512);

pub(super) const ALNUM: Class = UPPER.and(LOWER).and(DIGIT);
pub(super) const CAPITALS: Class = UPPER.and(DIGIT);
pub(super) const CAPITALS_DASHED: Class = CAPITALS.and(DASH);
pub(super) const SMALL: Class = LOWER.and(DIGIT);
pub(super) const SEGMENTED: Class = SMALL.and(UNDERSCORE);
pub(super) const URL64: Class = ALNUM.and(DASH).and(UNDERSCORE);
pub(super) const URL64_PADDED: Class = URL64.and(PADDING);
pub(super) const BASE64: Class = ALNUM.and(PLUSES).and(PADDING);
pub(super) const ANY64: Class = URL64.and(BASE64);
pub(super) const DOTTED: Class = URL64.and(DOT);
pub(super) const DOTTED_PLUS: Class = DOTTED.and(BASE64);
/// Base64 in percent encoding.
pub(super) const ESCAPED: Class = ANY64.and(PERCENT);

impl Class {
    const fn and(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    /// Whether `b` is in the set.
    pub(crate) const fn holds(self, b: u8) -> bool {
        let sets = match b {
            b'a'..=b'f' => LOWER.0 | HEX.0,
            b'g'..=b'z' => LOWER.0,
            b'A'..=b'F' => UPPER.0 | HEX.0,
            b'G'..=b'Z' => UPPER.0,
            b'0'..=b'9' => DIGIT.0 | HEX.0,
            b'-' => DASH.0,
            b'_' => UNDERSCORE.0,
            b'+' | b'/' => PLUSES.0,
            b'=' => PADDING.0,
            b'.' => DOT.0,
            b'%' => PERCENT.0,
            _ => 0,
        };
        self.0 & sets != 0
    }
}

/// A part of a token after its prefix.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    /// `least` bytes of the class, and all that follow up to `most`.
    Run { class: Class, least: u16, most: u16 },
    /// These bytes.
    Text(&'static [u8]),
}

/// What a token's body must be besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The prefix tells enough.
    None,
    /// Not words: the prefix is one that words and names begin with, too.
    Random,
}

/// One vendor's shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Who gives such tokens out.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "names the rule, for readers and tests")
    )]
    pub(crate) vendor: &'static str,
    pub(crate) prefix: &'static [u8],
    pub(crate) body: &'static [Piece],
    pub(crate) check: Check,
    pub(crate) kind: Kind,
}

pub(super) const fn run(class: Class, least: u16, most: u16) -> Piece {
    Run { class, least, most }
}

pub(super) const fn exactly(class: Class, count: u16) -> Piece {
    run(class, count, count)
}

pub(super) const fn text(literal: &'static [u8]) -> Piece {
    Text(literal)
}

/// The 8-4-4-4-12 digits of a UUID.
pub(super) const UUID: &[Piece] = &[
    exactly(HEX, 8),
    text(b"-"),
    exactly(HEX, 4),
    text(b"-"),
    exactly(HEX, 4),
    text(b"-"),
    exactly(HEX, 4),
    text(b"-"),
    exactly(HEX, 12),
];

pub(super) const fn rule(
    vendor: &'static str,
    prefix: &'static [u8],
    body: &'static [Piece],
) -> Rule {
    Rule {
        vendor,
        prefix,
        body,
        check: Check::None,
        kind: Kind::Token,
    }
}

const fn of(kind: Kind, mut rule: Rule) -> Rule {
    rule.kind = kind;
    rule
}

pub(super) const fn key(
    vendor: &'static str,
    prefix: &'static [u8],
    body: &'static [Piece],
) -> Rule {
    of(Kind::ApiKey, rule(vendor, prefix, body))
}

pub(super) const fn secret(
    vendor: &'static str,
    prefix: &'static [u8],
    body: &'static [Piece],
) -> Rule {
    of(Kind::Secret, rule(vendor, prefix, body))
}

pub(super) const fn private(
    vendor: &'static str,
    prefix: &'static [u8],
    body: &'static [Piece],
) -> Rule {
    of(Kind::PrivateKey, rule(vendor, prefix, body))
}

/// The rule, for a body that is not made of words alone.
pub(super) const fn random(mut rule: Rule) -> Rule {
    rule.check = Check::Random;
    rule
}

/// No token is longer, in bytes.
pub(super) const LONG: u16 = 4096;
