//! Detectors of one's own: a name, a pattern and samples that prove it.

use std::fmt;
use std::ops::Range;

use regex::bytes::Regex;

use crate::action::Action;
use crate::context::marker::marker_end;
use crate::detect::Kind;
use crate::error::RuleError;
use crate::pattern::{PatternFault, compile};
use crate::span::Span;
use crate::text::{byte, rest, skip, slice};

/// The longest name of a rule, in bytes.
const LONGEST_NAME: usize = 40;

/// A detector of one's own.
///
/// The pattern is in the syntax of the `regex` crate, which takes time in proportion to the text,
/// whatever the pattern: so there is no look-around and no back-reference. Its classes (`\w`, `\d`,
/// `\s`, `\b`, and letters of either case) are those of ASCII unless it says `(?u)`. Where the pattern
/// has a group called `value`, only that group is taken out.
///
/// ```
/// use hydra_protect::{CustomRule, Redactor};
///
/// # fn main() -> Result<(), hydra_protect::RuleError> {
/// let badge = CustomRule::new("badge", r"\bB-(?<value>\d{6})\b")
///     .must_match("B-123456")
///     .must_not_match("B-12");
/// let redactor = Redactor::builder().rule(badge).build()?;
/// assert_eq!(redactor.redact("door opened by B-778899"), "door opened by B-[REDACTED:BADGE]");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomRule {
    /// What configuration calls it: 2 to 40 letters, digits, `_` and `-`. In capitals it is the
    /// label, where the rule has none of its own.
    pub name: String,
    /// What is taken out.
    pub pattern: String,
    /// The number of the group that is taken out: 0 is all that matched. By default the group called
    /// `value`, or all.
    pub group: Option<usize>,
    /// What stands in the marker: 2 to 40 capitals, digits and `_`.
    pub label: Option<String>,
    /// Texts in which the pattern must find something.
    pub must_match: Vec<String>,
    /// Texts in which it must find nothing.
    pub must_not_match: Vec<String>,
    /// What becomes of what it finds; what becomes of everything when there is none.
    pub action: Option<Action>,
}

impl CustomRule {
    /// A rule without samples.
    pub fn new(name: impl Into<String>, pattern: impl Into<String>) -> CustomRule {
        CustomRule {
            name: name.into(),
            pattern: pattern.into(),
            group: None,
            label: None,
            must_match: Vec::new(),
            must_not_match: Vec::new(),
            action: None,
        }
    }

    /// Takes out one group of what matched, by its number.
    #[must_use]
    pub fn group(mut self, group: usize) -> CustomRule {
        self.group = Some(group);
        self
    }

    /// What stands in the marker instead of the name in capitals.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> CustomRule {
        self.label = Some(label.into());
        self
    }

    /// Adds a text in which the pattern must find something.
    #[must_use]
    pub fn must_match(mut self, sample: impl Into<String>) -> CustomRule {
        self.must_match.push(sample.into());
        self
    }

    /// Adds a text in which the pattern must find nothing.
    #[must_use]
    pub fn must_not_match(mut self, sample: impl Into<String>) -> CustomRule {
        self.must_not_match.push(sample.into());
        self
    }

    /// What becomes of what it finds.
    #[must_use]
    pub fn action(mut self, action: Action) -> CustomRule {
        self.action = Some(action);
        self
    }
}

/// Shows neither pattern nor samples: they can tell what is sensitive.
impl fmt::Debug for CustomRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomRule")
            .field("name", &self.name)
            .field("label", &self.label)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A rule that is ready to run.
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) action: Action,
    regex: Regex,
    group: usize,
}

impl Custom {
    /// Compiles a rule and runs its samples; `action` is what becomes of its findings where it does
    /// not say so itself.
    pub(crate) fn compile(rule: &CustomRule, action: Action) -> Result<Custom, RuleError> {
        let pattern = |fault| RuleError::Pattern {
            rule: rule.name.clone(),
            fault,
        };
        let label = label(rule)?;
        let regex = compile(&rule.pattern).map_err(pattern)?;
        let group = group(&regex, rule.group).map_err(pattern)?;
        let custom = Custom {
            name: rule.name.clone(),
            label,
            action: rule.action.unwrap_or(action),
            regex,
            group,
        };
        let lists = [
            ("must_match", &rule.must_match, true),
            ("must_not_match", &rule.must_not_match, false),
        ];
        for (list, samples, wanted) in lists {
            let wrong = |sample: &String| custom.finds(sample.as_bytes()) != wanted;
            if let Some(index) = samples.iter().position(wrong) {
                let rule = rule.name.clone();
                return Err(RuleError::Sample { rule, list, index });
            }
        }
        Ok(custom)
    }

    fn finds(&self, text: &[u8]) -> bool {
        let mut found = false;
        self.each(text, |_| found = true);
        found
    }

    /// Calls `with` for each stretch that the rule takes out.
    fn each(&self, text: &[u8], mut with: impl FnMut(Range<usize>)) {
        let mut take = |range: Range<usize>| {
            if !range.is_empty() {
                with(range);
            }
        };
        if self.group == 0 {
            for found in self.regex.find_iter(text) {
                take(found.range());
            }
            return;
        }
        for found in self.regex.captures_iter(text) {
            if let Some(group) = found.get(self.group) {
                take(group.range());
            }
        }
    }

    /// Adds what the rule finds in `text`: whole characters, and nothing of what an earlier redaction
    /// left there. `place` is the rule's among the custom ones, from 1.
    pub(crate) fn search(
        &self,
        place: u16,
        text: &[u8],
        left: &[Range<usize>],
        to: &mut Vec<Span>,
    ) {
        self.each(text, |found| {
            let range = whole_characters(text, found);
            let mut from = range.start;
            let first = left.partition_point(|part| part.end <= from);
            let parts = left.get(first..).unwrap_or_default();
            for part in parts.iter().take_while(|part| part.start < range.end) {
                put(place, from..part.start, to);
                from = part.end;
            }
            put(place, from..range.end, to);
        });
    }
}

/// The number of the group that is taken out.
fn group(regex: &Regex, asked: Option<usize>) -> Result<usize, PatternFault> {
    let Some(group) = asked else {
        let mut names = regex.capture_names();
        return Ok(names.position(|name| name == Some("value")).unwrap_or(0));
    };
    let groups = regex.captures_len() - 1;
    if group > groups {
        return Err(PatternFault::NoGroup { group, groups });
    }
    Ok(group)
}

fn put(place: u16, range: Range<usize>, to: &mut Vec<Span>) {
    if range.start < range.end {
        let span = Span::new(range, Kind::Secret);
        to.push(Span {
            custom: place,
            ..span
        });
    }
}

/// Patterns match bytes, and can end within a character.
fn whole_characters(text: &[u8], range: Range<usize>) -> Range<usize> {
    let inside = |at: usize| byte(text, at) & 0xc0 == 0x80;
    let back = (0..3)
        .take_while(|&n| range.start > n && inside(range.start - n))
        .count();
    let ahead = (0..3).take_while(|&n| inside(range.end + n)).count();
    range.start - back..range.end + ahead
}

/// What earlier redactions left in a text: markers, and masked values.
pub(crate) fn left_by_redaction(text: &[u8]) -> Vec<Range<usize>> {
    let mut left = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'[', b'*', rest(text, at)) {
        let start = at + next;
        let end = match byte(text, start) {
            b'[' => marker_end(text, start),
            _ => masked_end(text, start),
        };
        left.extend(end.map(|end| start..end));
        at = end.unwrap_or(start + 1);
    }
    left
}

/// The end of the `****1111` that starts at `at`.
fn masked_end(text: &[u8], at: usize) -> Option<usize> {
    let stars = slice(text, at..at + 4) == b"****";
    stars.then(|| skip(text, at + 4, |b| b.is_ascii_alphanumeric()))
}

/// The label of a rule whose name and label are as they must be.
fn label(rule: &CustomRule) -> Result<String, RuleError> {
    let long = |text: &str| (2..=LONGEST_NAME).contains(&text.len());
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let name = rule.name.as_str();
    if !long(name) || !name.bytes().all(fits) || name.starts_with('-') {
        return Err(RuleError::Name { name: name.into() });
    }
    let Some(label) = &rule.label else {
        return Ok(name.to_ascii_uppercase().replace('-', "_"));
    };
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    if !long(label) || !label.bytes().all(fits) {
        return Err(RuleError::Label { rule: name.into() });
    }
    Ok(label.clone())
}
