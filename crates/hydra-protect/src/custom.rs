//! Detectors of one's own: a name, a pattern and samples that prove it.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use crate::action::Action;
use crate::error::RuleError;
use crate::text::slice;

/// How much memory a compiled pattern may take, in bytes.
const MOST_MEMORY: usize = 1 << 20;

/// The longest name of a rule, in bytes.
const LONGEST_NAME: usize = 40;

/// A detector of one's own.
///
/// The pattern is in the syntax of the `regex` crate, which takes time in proportion to the text,
/// whatever the pattern: so there is no look-around and no back-reference. Where the pattern has a
/// group called `value`, only that group is taken out.
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomRule {
    /// What configuration calls it; in capitals it is the label.
    pub name: String,
    /// What is taken out.
    pub pattern: String,
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
            must_match: Vec::new(),
            must_not_match: Vec::new(),
            action: None,
        }
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

/// A rule that is ready to run.
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) action: Action,
    regex: Regex,
}

impl Custom {
    pub(crate) fn compile(rule: &CustomRule, action: Action) -> Result<Custom, RuleError> {
        let custom = Custom {
            name: rule.name.clone(),
            label: label(&rule.name)?,
            action: rule.action.unwrap_or(action),
            regex: compile(&rule.name, &rule.pattern)?,
        };
        let lists = [
            ("must_match", &rule.must_match, true),
            ("must_not_match", &rule.must_not_match, false),
        ];
        for (list, samples, wanted) in lists {
            let wrong = samples
                .iter()
                .position(|sample| custom.find(sample.as_bytes()).next().is_some() != wanted);
            if let Some(index) = wrong {
                return Err(RuleError::Sample {
                    rule: rule.name.clone(),
                    list,
                    index,
                });
            }
        }
        Ok(custom)
    }

    /// What the pattern finds, but what is empty.
    pub(crate) fn find<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = Range<usize>> + 't {
        self.regex
            .captures_iter(text)
            .filter_map(|captures| captures.name("value").or_else(|| captures.get(0)))
            .map(|found| found.range())
            .filter(|range| !range.is_empty())
    }
}

/// Compiles a pattern within its limits; the error says what is wrong and what to write instead.
pub(crate) fn compile(rule: &str, pattern: &str) -> Result<Regex, RuleError> {
    let refuse = |reason: String| RuleError::Pattern {
        rule: rule.into(),
        reason,
    };
    let regex = RegexBuilder::new(pattern)
        .size_limit(MOST_MEMORY)
        .dfa_size_limit(MOST_MEMORY)
        .build()
        .map_err(|error| refuse(advice(&error)))?;
    // The last of them is empty between two words.
    if [&b""[..], b"a", b"a b"]
        .iter()
        .any(|text| regex.find(text).is_some_and(|found| found.is_empty()))
    {
        return Err(refuse(
            "it matches the empty text; let it need at least one character, as with + instead of *"
                .into(),
        ));
    }
    Ok(regex)
}

fn advice(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text
        .lines()
        .last()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    match error {
        regex::Error::CompiledTooBig(_) => format!(
            "it takes more than {MOST_MEMORY} bytes when compiled; use smaller counts in {{n,m}}, or (?-u) for ASCII classes"
        ),
        _ if text.contains("look-around") => {
            "look-around is not supported; put what stands around into the pattern and what is to be taken out into a group (?<value>…)".into()
        }
        _ if text.contains("backreferences") => {
            "back-references are not supported; write out the alternatives, as in \"[^\"]*\"|'[^']*'".into()
        }
        _ => last,
    }
}

fn label(name: &str) -> Result<String, RuleError> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let short = (2..=LONGEST_NAME).contains(&name.len());
    if !short || !name.bytes().all(fits) {
        return Err(RuleError::Pattern {
            rule: String::from_utf8_lossy(slice(name.as_bytes(), 0..LONGEST_NAME)).into_owned(),
            reason: format!(
                "its name must be 2 to {LONGEST_NAME} letters, digits, _ and -, as in badge_number"
            ),
        });
    }
    Ok(name.to_ascii_uppercase().replace('-', "_"))
}
