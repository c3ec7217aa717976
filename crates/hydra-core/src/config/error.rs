//! What is wrong with a configuration: every fault at once, each with its place.

use std::fmt;
use std::path::PathBuf;

/// The kind of a [`Problem`].
///
/// ```
/// use hydra_core::config::{Config, ProblemKind, Value};
/// let error = Config::from_value(&Value::map([("layrs", Value::Null)])).unwrap_err();
/// assert_eq!(error.problems[0].kind, ProblemKind::UnknownKey);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A file cannot be read.
    Unreadable,
    /// The text is not YAML, TOML or JSON.
    Syntax,
    /// A key stands twice in one map.
    DuplicateKey,
    /// No such key.
    UnknownKey,
    /// A list where a map should be, text where a number should be, and so on.
    WrongType,
    /// The right type, but no allowed value.
    WrongValue,
    /// A key that must be there is not.
    Missing,
    /// A name that is reserved.
    Reserved,
    /// Files that include each other, presets that extend each other.
    Cycle,
    /// Too deep, too long, too many aliases.
    TooBig,
    /// A warning: right, but this build lacks what it asks for.
    NotBuilt,
    /// A warning: right, but it changes nothing.
    NoEffect,
    /// A warning: two destinations write one file in different ways.
    Conflict,
}

impl ProblemKind {
    /// The kind in lower case, for programs that read what was found.
    ///
    /// ```
    /// assert_eq!(hydra_core::config::ProblemKind::UnknownKey.name(), "unknown_key");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "unreadable",
            ProblemKind::Syntax => "syntax",
            ProblemKind::DuplicateKey => "duplicate_key",
            ProblemKind::UnknownKey => "unknown_key",
            ProblemKind::WrongType => "wrong_type",
            ProblemKind::WrongValue => "wrong_value",
            ProblemKind::Missing => "missing",
            ProblemKind::Reserved => "reserved",
            ProblemKind::Cycle => "cycle",
            ProblemKind::TooBig => "too_big",
            ProblemKind::NotBuilt => "not_built",
            ProblemKind::NoEffect => "no_effect",
            ProblemKind::Conflict => "conflict",
        }
    }
}

/// One fault: where, what was found, what is allowed, what was perhaps meant.
///
/// ```
/// use hydra_core::config::{Config, Value};
/// let error = Config::from_value(&Value::map([("default_level", "INFOO".into())])).unwrap_err();
/// let problem = &error.problems[0];
/// assert_eq!(problem.path, "default_level");
/// assert_eq!(problem.suggestion.as_deref(), Some("INFO"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of fault.
    pub kind: ProblemKind,
    /// The file, as it was named; `None` for what came from a program.
    pub file: Option<String>,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
    /// The column in characters, from 1; 0 where there is none.
    pub column: u32,
    /// Where in the configuration: `layers.APP.destinations[1].max_size`.
    pub path: String,
    /// What was found there, as far as it may be shown.
    pub found: Option<String>,
    /// What is wrong with it.
    pub message: String,
    /// What would be right.
    pub allowed: Option<String>,
    /// The nearest right word.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Problem {
        Problem {
            kind,
            file: None,
            line: 0,
            column: 0,
            path: String::new(),
            found: None,
            message: message.into(),
            allowed: None,
            suggestion: None,
        }
    }
}

impl fmt::Display for Problem {
    /// `app.yaml:7:9: layers.APP.level: found "LOUD": not a level; allowed: …; did you mean …?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        if self.file.is_some() || self.line > 0 {
            f.write_str(" ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        if let Some(found) = &self.found {
            write!(f, "found {found}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(allowed) = &self.allowed {
            write!(f, "; allowed: {allowed}")?;
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean {suggestion}?")?;
        }
        Ok(())
    }
}

/// A configuration that cannot be used, with everything that is wrong with it.
///
/// ```
/// use hydra_core::config::{Config, Value};
/// let bad = Value::map([("default_level", "LOUD".into()), ("layrs", Value::Null)]);
/// let error = Config::from_value(&bad).unwrap_err();
/// assert_eq!(error.problems.len(), 2);
/// assert!(error.to_string().starts_with("2 errors in the configuration:\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The errors, by file and line; never empty.
    pub problems: Vec<Problem>,
    /// What is doubtful besides.
    pub warnings: Vec<Problem>,
    /// The files that were read, or tried.
    pub files: Vec<PathBuf>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "1 error in the configuration:\n  {one}"),
            many => {
                write!(f, "{} errors in the configuration:", many.len())?;
                many.iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::ProblemKind::*;

    #[test]
    fn a_kind_is_named_as_in_the_code_in_small_letters() {
        for kind in [
            Unreadable,
            Syntax,
            DuplicateKey,
            UnknownKey,
            WrongType,
            WrongValue,
            Missing,
            Reserved,
            Cycle,
            TooBig,
            NotBuilt,
            NoEffect,
            Conflict,
        ] {
            let mut expected = String::new();
            for c in format!("{kind:?}").chars() {
                if c.is_uppercase() && !expected.is_empty() {
                    expected.push('_');
                }
                expected.push(c.to_ascii_lowercase());
            }
            assert_eq!(kind.name(), expected);
        }
    }
}
