//! What is wrong with a redactor's rules.

use std::fmt;

/// A redactor was not built: what was asked for, what is wrong with it and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// No detector has this name.
    UnknownDetector {
        /// The name as it was given.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// A custom pattern cannot be used.
    Pattern {
        /// The rule's name.
        rule: String,
        /// What is wrong with the pattern, and what to write instead.
        reason: String,
    },
    /// An action needs a key, or a key cannot be used.
    Key {
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A sample of a custom rule does not behave as it should. The sample itself is not told: it may
    /// be sensitive.
    Sample {
        /// The rule's name.
        rule: String,
        /// Which list the sample is of: `must_match` or `must_not_match`.
        list: &'static str,
        /// The sample's place in its list, from 0.
        index: usize,
    },
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleError::UnknownDetector { name, known } => {
                write!(f, "there is no detector {name:?}; there are: {known}")
            }
            RuleError::Pattern { rule, reason } => {
                write!(f, "the pattern of rule {rule:?} cannot be used: {reason}")
            }
            RuleError::Key { reason } => f.write_str(reason),
            RuleError::Sample { rule, list, index } => {
                let verb = match *list {
                    "must_match" => "is not found",
                    _ => "is found",
                };
                write!(
                    f,
                    "the pattern of rule {rule:?} is not what its samples say: {list}[{index}] {verb}"
                )
            }
        }
    }
}

impl std::error::Error for RuleError {}
