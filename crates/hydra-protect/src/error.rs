//! What is wrong with a redactor's rules.

use std::fmt;

use crate::pattern::PatternFault;

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
        fault: PatternFault,
    },
    /// A pattern of what is never taken out cannot be used.
    AllowPattern {
        /// The pattern's place among those, from 0.
        index: usize,
        /// What is wrong with the pattern, and what to write instead.
        fault: PatternFault,
    },
    /// A custom rule cannot have this name.
    Name {
        /// The name as it was given.
        name: String,
    },
    /// A custom rule has the name of a detector, or of another custom rule.
    TakenName {
        /// The name.
        name: String,
    },
    /// A custom rule's label cannot stand in a marker.
    Label {
        /// The rule's name.
        rule: String,
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
            RuleError::Pattern { rule, fault } => {
                write!(f, "the pattern of rule {rule:?} cannot be used: {fault}")
            }
            RuleError::AllowPattern { index, fault } => {
                write!(f, "allow_pattern[{index}] cannot be used: {fault}")
            }
            RuleError::Name { name } => write!(
                f,
                "{name:?} cannot name a rule: its name must be 2 to 40 letters, digits, _ and -, as \
                 in badge_number"
            ),
            RuleError::TakenName { name } => write!(
                f,
                "there already is a detector named {name:?}: give the rule another name"
            ),
            RuleError::Label { rule } => write!(
                f,
                "the label of rule {rule:?} cannot stand in a marker: it must be 2 to 40 capitals, \
                 digits and _, as in BADGE_NUMBER"
            ),
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
