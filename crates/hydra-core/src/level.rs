//! Severity levels, with the numbers of Python's `logging`.

use std::fmt;
use std::str::FromStr;

/// How severe a record is. Levels compare by severity: `Level::Error > Level::Info`.
///
/// The numbers are those of Python's `logging`, with [`Level::Trace`] beneath them.
///
/// ```
/// use hydra_core::Level;
/// assert_eq!(Level::Warning.number(), 30);
/// assert_eq!("warn".parse(), Ok(Level::Warning));
/// assert!(Level::Critical > Level::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Level {
    /// Number 5: the steps inside a function.
    Trace = 5,
    /// Number 10: what a developer wants while looking for a fault.
    Debug = 10,
    /// Number 20: what happened, in normal running. The default.
    #[default]
    Info = 20,
    /// Number 30: unexpected, but the work went on.
    Warning = 30,
    /// Number 40: an operation failed.
    Error = 40,
    /// Number 50: the program, or a part that others need, cannot go on.
    Critical = 50,
}

impl Level {
    /// Every level, from the least to the most severe.
    pub const ALL: [Level; 6] = [
        Level::Trace,
        Level::Debug,
        Level::Info,
        Level::Warning,
        Level::Error,
        Level::Critical,
    ];

    /// The number of the level, 5 to 50.
    #[inline]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The position of the level in [`Level::ALL`], 0 to 5.
    #[inline]
    pub const fn index(self) -> usize {
        self as usize / 10
    }

    /// The name in capitals, as it stands in a line: `"WARNING"`.
    #[inline]
    pub const fn name(self) -> &'static str {
        match self {
            Level::Trace => "TRACE",
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
            Level::Critical => "CRITICAL",
        }
    }

    /// The severity of RFC 5424, section 6.2.1, which GELF uses too: 7 (debug) to 2 (critical).
    #[inline]
    pub const fn syslog_severity(self) -> u8 {
        match self {
            Level::Trace | Level::Debug => 7,
            Level::Info => 6,
            Level::Warning => 4,
            Level::Error => 3,
            Level::Critical => 2,
        }
    }

    /// The level with this number, or `None` if no level has it.
    ///
    /// ```
    /// use hydra_core::Level;
    /// assert_eq!(Level::from_number(40), Some(Level::Error));
    /// assert_eq!(Level::from_number(41), None);
    /// ```
    pub const fn from_number(number: u8) -> Option<Level> {
        Some(match number {
            5 => Level::Trace,
            10 => Level::Debug,
            20 => Level::Info,
            30 => Level::Warning,
            40 => Level::Error,
            50 => Level::Critical,
            _ => return None,
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no [`Level`].
///
/// ```
/// let error = "LOUD".parse::<hydra_core::Level>().unwrap_err();
/// assert!(error.to_string().contains("TRACE, DEBUG, INFO"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseLevelError {
    found: String,
}

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a level; the levels are TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL",
            self.found
        )
    }
}

impl std::error::Error for ParseLevelError {}

impl FromStr for Level {
    type Err = ParseLevelError;

    /// Reads a level's name in any case, one of the usual other names (`WARN`, `FATAL`, `CRIT`,
    /// `ERR`), or its number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const NAMES: [(&str, Level); 10] = [
            ("TRACE", Level::Trace),
            ("DEBUG", Level::Debug),
            ("INFO", Level::Info),
            ("WARNING", Level::Warning),
            ("WARN", Level::Warning),
            ("ERROR", Level::Error),
            ("ERR", Level::Error),
            ("CRITICAL", Level::Critical),
            ("CRIT", Level::Critical),
            ("FATAL", Level::Critical),
        ];
        let word = text.trim();
        NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map(|&(_, level)| level)
            .or_else(|| word.parse().ok().and_then(Level::from_number))
            .ok_or_else(|| ParseLevelError {
                found: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_the_position_in_the_list_of_all_levels() {
        for (i, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(level.index(), i);
        }
    }

    #[test]
    fn a_word_or_number_that_is_no_level_is_told_with_those_there_are() {
        for word in ["LOUD", "41", ""] {
            let error = word.parse::<Level>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("{word:?} is not a level")));
            for level in Level::ALL {
                assert!(error.contains(level.name()), "{error}");
            }
        }
        assert_eq!(Level::from_number(41), None);
    }

    #[test]
    fn every_name_and_number_reads_back() {
        for level in Level::ALL {
            assert_eq!(level.name().parse(), Ok(level));
            assert_eq!(level.number().to_string().parse(), Ok(level));
            assert_eq!(Level::from_number(level.number()), Some(level));
        }
    }
}
