//! The shapes of vendors' tokens, as data.
//!
//! Sources: GitHub's list of supported secret scanning patterns, the public rule sets of gitleaks
//! (MIT) and of trufflehog's detectors, and the vendors' own documentation. Shapes are facts; the
//! rules are written anew.

use self::Piece::{Run, Text};
use crate::detect::Kind;

/// How many bytes of a prefix the gate knows.
pub(crate) const HEAD: usize = 3;

/// A set of ASCII bytes that a part of a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class(u8);

const UPPER: Class = Class(1);
const LOWER: Class = Class(2);
const DIGIT: Class = Class(4);
const HEX: Class = Class(8);
/// `-` and `_`.
const DASHES: Class = Class(16);
/// `+`, `/` and `=`.
const PLUSES: Class = Class(32);
const DOT: Class = Class(64);
const ALNUM: Class = UPPER.and(LOWER).and(DIGIT);
const CAPITALS: Class = UPPER.and(DIGIT);
const SMALL: Class = LOWER.and(DIGIT);
const URL64: Class = ALNUM.and(DASHES);
const BASE64: Class = ALNUM.and(PLUSES);
const ANY64: Class = URL64.and(PLUSES);
const DOTTED: Class = URL64.and(DOT);

impl Class {
    const fn and(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    /// Whether `b` is in the set.
    pub(crate) const fn holds(self, b: u8) -> bool {
        let of = match b {
            b'a'..=b'f' => LOWER.0 | HEX.0,
            b'A'..=b'F' => UPPER.0 | HEX.0,
            b'g'..=b'z' => LOWER.0,
            b'G'..=b'Z' => UPPER.0,
            b'0'..=b'9' => DIGIT.0 | HEX.0,
            b'-' | b'_' => DASHES.0,
            b'+' | b'/' | b'=' => PLUSES.0,
            b'.' => DOT.0,
            _ => 0,
        };
        self.0 & of != 0
    }
}

/// A part of a token after its prefix. A run takes all it can, so that a rule is read once from
/// left to right.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    Run { class: Class, least: u16, most: u16 },
    Text(&'static [u8]),
}

/// What a token's body must be besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    None,
    /// Not words: a prefix that words begin with, too.
    Random,
}

/// One vendor's shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) prefix: &'static [u8],
    pub(crate) body: &'static [Piece],
    pub(crate) check: Check,
    pub(crate) kind: Kind,
    /// Who gives such tokens out.
    pub(crate) vendor: &'static str,
}

const fn run(class: Class, least: u16, most: u16) -> Piece {
    Run { class, least, most }
}

const fn exactly(class: Class, count: u16) -> Piece {
    run(class, count, count)
}

const fn rule(vendor: &'static str, prefix: &'static [u8], body: &'static [Piece]) -> Rule {
    Rule {
        prefix,
        body,
        check: Check::None,
        kind: Kind::Token,
        vendor,
    }
}

const fn random(mut rule: Rule) -> Rule {
    rule.check = Check::Random;
    rule
}

const fn key(mut rule: Rule) -> Rule {
    rule.kind = Kind::ApiKey;
    rule
}

/// No token is longer, in bytes.
const LONG: u16 = 4096;

/// All rules; the order does not matter.
pub(crate) const RULES: &[Rule] = &[
    key(rule("AWS", b"AKIA", &[exactly(CAPITALS, 16)])),
    key(rule("AWS", b"ASIA", &[exactly(CAPITALS, 16)])),
    key(rule("Google Cloud", b"AIza", &[run(URL64, 35, 40)])),
    rule("GitHub", b"ghp_", &[run(ALNUM, 30, 255)]),
    rule("GitHub", b"gho_", &[run(ALNUM, 30, 255)]),
    rule("GitHub", b"ghu_", &[run(ALNUM, 30, 255)]),
    rule("GitHub", b"ghs_", &[run(ALNUM, 30, 255)]),
    rule("GitHub", b"ghr_", &[run(ALNUM, 30, 255)]),
    rule("GitHub", b"github_pat_", &[run(URL64, 22, 255)]),
    rule("GitLab", b"glpat-", &[run(DOTTED, 20, 300)]),
    rule("Slack", b"xoxb-", &[run(URL64, 10, LONG)]),
    rule("Slack", b"xoxp-", &[run(URL64, 10, LONG)]),
    key(rule("Stripe", b"sk_live_", &[run(ALNUM, 10, 255)])),
    key(rule("Stripe", b"sk_test_", &[run(ALNUM, 10, 255)])),
    key(random(rule("OpenAI", b"sk-", &[run(URL64, 20, 255)]))),
    key(rule("Anthropic", b"sk-ant-", &[run(URL64, 24, 255)])),
    rule("npm", b"npm_", &[run(ALNUM, 36, 255)]),
    rule("PyPI", b"pypi-", &[run(URL64, 50, LONG)]),
    key(rule(
        "SendGrid",
        b"SG.",
        &[run(URL64, 16, 32), Text(b"."), run(URL64, 32, 64)],
    )),
    rule("Hugging Face", b"hf_", &[run(ALNUM, 30, 255)]),
];
