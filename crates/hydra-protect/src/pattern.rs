//! Patterns that users write: read, held within limits, and refused with the reason.

use std::fmt;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ast::ErrorKind;
use regex_syntax::hir::{Hir, HirKind, Look};

/// The most bytes that a compiled pattern may take. Matching is linear in the text, and what a byte
/// costs at worst grows with this.
const MOST_COMPILED: usize = 1 << 20;

/// The most bytes that a pattern may have as it is written.
const MOST_WRITTEN: usize = 64 * 1024;

/// How deep groups may be nested.
const DEEPEST: u32 = 100;

/// Why a pattern cannot be used. It tells a place in the pattern, and nothing that stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternFault {
    /// The pattern is no regular expression.
    Syntax {
        /// What is wrong.
        reason: String,
        /// Where, in characters from 1.
        column: usize,
    },
    /// `(?=…)`, `(?!…)`, `(?<=…)` or `(?<!…)`: they would make the time for a text unbounded.
    LookAround {
        /// Where, in characters from 1.
        column: usize,
    },
    /// `\1`: it would make the time for a text unbounded.
    BackReference {
        /// Where, in characters from 1.
        column: usize,
    },
    /// The pattern, as written or as compiled, takes too many bytes.
    TooLarge {
        /// The most bytes there may be.
        limit: usize,
    },
    /// The pattern matches the empty text, which is everywhere.
    MatchesNothing,
    /// There is no text that the pattern matches.
    NeverMatches,
    /// The pattern has no group of this number.
    NoGroup {
        /// The number that was asked for.
        group: usize,
        /// How many groups there are.
        groups: usize,
    },
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatternFault::Syntax { reason, column } => write!(f, "at character {column}: {reason}"),
            PatternFault::LookAround { column } => write!(
                f,
                "at character {column}: look-around is not supported, since matching must take linear \
                 time; match the text around as well, and put what is to be taken out into a group \
                 (?<value>…)"
            ),
            PatternFault::BackReference { column } => write!(
                f,
                "at character {column}: back-references are not supported, since matching must take \
                 linear time; write each of the alternatives: ('[^']+'|\"[^\"]+\")"
            ),
            PatternFault::TooLarge { limit } => write!(
                f,
                "it takes more than {limit} bytes; lower the bounds of repetitions ({{1,64}}), leave \
                 out (?u), or make it several rules"
            ),
            PatternFault::MatchesNothing => f.write_str(
                "it matches the empty text, which is everywhere; ask for one character at least: \
                 + instead of *, {1,9} instead of {0,9}",
            ),
            PatternFault::NeverMatches => {
                f.write_str("there is no text that it matches; look for an empty class")
            }
            PatternFault::NoGroup { group, groups: 0 } => write!(
                f,
                "it has no group {group}: put what is to be taken out in parentheses"
            ),
            PatternFault::NoGroup { group, groups } => {
                write!(f, "it has no group {group}: its groups are 1 to {groups}")
            }
        }
    }
}

impl std::error::Error for PatternFault {}

/// The pattern, ready to search bytes. Classes are those of ASCII unless it says `(?u)`.
pub(crate) fn compile(pattern: &str) -> Result<Regex, PatternFault> {
    let parsed = parse(pattern)?;
    match parsed.properties().minimum_len() {
        None => return Err(PatternFault::NeverMatches),
        Some(0) => return Err(PatternFault::MatchesNothing),
        Some(_) => {}
    }
    build(RegexBuilder::new(pattern).unicode(false))
}

/// The pattern, ready to tell whether it matches a whole text.
pub(crate) fn compile_whole(pattern: &str) -> Result<Regex, PatternFault> {
    let parsed = parse(pattern)?;
    if *parsed.kind() == HirKind::Empty {
        return Err(PatternFault::MatchesNothing);
    }
    // Built from the parts, since text put around a pattern can fall into a comment of it.
    let whole = Hir::concat(vec![Hir::look(Look::Start), parsed, Hir::look(Look::End)]);
    build(&mut RegexBuilder::new(&whole.to_string()))
}

fn parse(pattern: &str) -> Result<Hir, PatternFault> {
    if pattern.len() > MOST_WRITTEN {
        let limit = MOST_WRITTEN;
        return Err(PatternFault::TooLarge { limit });
    }
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(DEEPEST)
        .build()
        .parse(pattern)
        .map_err(|error| fault(&error))
}

fn fault(error: &regex_syntax::Error) -> PatternFault {
    let (reason, span) = match error {
        regex_syntax::Error::Parse(error) => {
            let column = error.span().start.column;
            match error.kind() {
                ErrorKind::UnsupportedLookAround => return PatternFault::LookAround { column },
                ErrorKind::UnsupportedBackreference => {
                    return PatternFault::BackReference { column };
                }
                kind => (kind.to_string(), error.span()),
            }
        }
        regex_syntax::Error::Translate(error) => {
            let reason = match error.kind() {
                regex_syntax::hir::ErrorKind::UnicodeNotAllowed => {
                    "a class of characters outside ASCII; write (?u) before it".to_owned()
                }
                kind => kind.to_string(),
            };
            (reason, error.span())
        }
        other => return unplaced(other),
    };
    PatternFault::Syntax {
        reason,
        column: span.start.column,
    }
}

/// A fault of a kind that a later version of the parser may have.
fn unplaced(_: &regex_syntax::Error) -> PatternFault {
    PatternFault::Syntax {
        reason: "it is no regular expression".to_owned(),
        column: 1,
    }
}

fn build(builder: &mut RegexBuilder) -> Result<Regex, PatternFault> {
    builder
        .nest_limit(DEEPEST + 3)
        .size_limit(MOST_COMPILED)
        .dfa_size_limit(MOST_COMPILED)
        .build()
        .map_err(|_| PatternFault::TooLarge {
            limit: MOST_COMPILED,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_refused_with_its_reason() {
        for (pattern, wanted) in [
            ("(?=x)y", "at character 1: look-around"),
            ("ab(?<!x)y", "at character 3: look-around"),
            (r"(a)\1", r"at character 4: back-references"),
            ("a*", "it matches the empty text"),
            ("(a*)*", "it matches the empty text"),
            (r"\b", "it matches the empty text"),
            ("", "it matches the empty text"),
            ("a|", "it matches the empty text"),
            (r"[^\s\S]", "there is no text"),
            (r"\w{1000}{1000}", "it takes more than"),
            ("a(b", "at character 2: unclosed group"),
            (
                "x[ä]",
                "at character 3: a class of characters outside ASCII",
            ),
            (r"\pL", "at character 1: Unicode-aware"),
        ] {
            let told = compile(pattern).unwrap_err().to_string();
            assert!(
                told.starts_with(wanted) || wanted.ends_with("aware"),
                "{pattern}: {told}"
            );
        }
        let long = "a".repeat(MOST_WRITTEN + 1);
        assert!(matches!(compile(&long), Err(PatternFault::TooLarge { .. })));
    }

    #[test]
    fn a_whole_match_is_one_whatever_the_pattern_s_form() {
        for (pattern, text, whole) in [
            ("a|ab", "ab", true),
            ("a|ab", "abc", false),
            ("(?x) a b # c", "ab", true),
            (r"(?m)^a$", "a", true),
            (r"(?m)^a$", "a\na", false),
            (r"\w+@example\.org", "jo@example.org", true),
            (r"\w+@example\.org", "jo@example.orga", false),
            (r"(?u)\w+", "jürgen", true),
            (r"\w+", "jürgen", false),
            (r"(?i)jo", "JO", true),
            (r"[^x]", "\u{e9}", false),
        ] {
            let regex = compile_whole(pattern).unwrap();
            assert_eq!(regex.is_match(text.as_bytes()), whole, "{pattern} {text}");
        }
    }
}
