//! The lists of words that a key takes, and the nearest word to a wrong one.

/// A list of words, one for each value, and other words for them.
pub(crate) struct Words {
    /// What one of them is called in a message: `level`.
    pub(crate) what: &'static str,
    /// The names, in the order of the values.
    pub(crate) names: &'static [&'static str],
    /// Other words, and the position of what they stand for.
    pub(crate) aliases: &'static [(&'static str, usize)],
    /// A sentence for the message when the word is wrong.
    pub(crate) note: Option<&'static str>,
}

impl Words {
    /// What several of them are.
    pub(crate) fn plural(&self) -> String {
        match self.what.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{}s", self.what),
        }
    }

    /// The position of a word, in any case; `-` and blank count as `_`.
    pub(crate) fn find(&self, word: &str) -> Option<usize> {
        let matches = |name: &str| same(name, word);
        self.names
            .iter()
            .position(|name| matches(name))
            .or_else(|| {
                let (_, index) = self.aliases.iter().find(|(alias, _)| matches(alias))?;
                Some(*index)
            })
    }

    /// The names, as a message lists them.
    pub(crate) fn list(&self) -> String {
        let mut list = self.names.join(", ");
        if let Some(note) = self.note {
            list.push_str(" (");
            list.push_str(note);
            list.push(')');
        }
        list
    }
}

fn same(a: &str, b: &str) -> bool {
    let fold = |byte: u8| match byte {
        b'-' | b' ' => b'_',
        other => other.to_ascii_lowercase(),
    };
    a.len() == b.len() && a.bytes().map(fold).eq(b.bytes().map(fold))
}

pub(crate) const LEVELS: Words = Words {
    what: "level",
    names: &["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    aliases: &[
        ("WARN", 3),
        ("ERR", 4),
        ("CRIT", 5),
        ("FATAL", 5),
        ("5", 0),
        ("10", 1),
        ("20", 2),
        ("30", 3),
        ("40", 4),
        ("50", 5),
    ],
    note: None,
};

/// What the difference between format and colour is: the usual confusion.
const FORMAT_NOTE: &str = "a format is the layout of a line; its colour is another key, \
                           color_mode: auto, always or never";

pub(crate) const FORMATS: Words = Words {
    what: "format",
    names: &["plain-text", "json", "csv", "syslog", "gelf", "logfmt"],
    aliases: &[("text", 0), ("plain", 0)],
    note: Some(FORMAT_NOTE),
};

pub(crate) const COLOR_MODES: Words = Words {
    what: "color_mode",
    names: &["auto", "always", "never"],
    aliases: &[],
    note: Some("color_mode says when a line is coloured; its layout is another key, format"),
};

pub(crate) const COLORS: Words = Words {
    what: "colour",
    names: &[
        "none",
        "black",
        "red",
        "green",
        "yellow",
        "blue",
        "magenta",
        "cyan",
        "white",
        "bright_black",
        "bright_red",
        "bright_green",
        "bright_yellow",
        "bright_blue",
        "bright_magenta",
        "bright_cyan",
        "bright_white",
    ],
    aliases: &[("gray", 9), ("grey", 9)],
    note: None,
};

/// The facilities of syslog, in the order of their numbers.
pub(crate) const FACILITIES: Words = Words {
    what: "facility",
    names: &[
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
        "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2",
        "local3", "local4", "local5", "local6", "local7",
    ],
    aliases: &[],
    note: None,
};

pub(crate) const STREAMS: Words = Words {
    what: "stream",
    names: &["stdout", "stderr", "split"],
    aliases: &[],
    note: None,
};

pub(crate) const ROTATIONS: Words = Words {
    what: "rotation",
    names: &["never", "daily", "hourly"],
    aliases: &[],
    note: Some("rotation by size is another key, max_size"),
};

pub(crate) const DURABILITIES: Words = Words {
    what: "durability",
    names: &["memory", "process", "power"],
    aliases: &[],
    note: None,
};

pub(crate) const STRATEGIES: Words = Words {
    what: "strategy",
    names: &["async", "sync", "direct", "memory"],
    aliases: &[],
    note: None,
};

pub(crate) const REDACTION_ACTIONS: Words = Words {
    what: "redaction action",
    names: &["replace", "mask", "remove", "hash", "encrypt"],
    aliases: &[],
    note: None,
};

pub(crate) const TYPES: Words = Words {
    what: "type",
    names: &[
        "console",
        "file",
        "async_http",
        "async_database",
        "async_queue",
        "async_cloud",
    ],
    aliases: &[("http", 2), ("database", 3), ("queue", 4), ("cloud", 5)],
    note: None,
};

pub(crate) const SERVICES: Words = Words {
    what: "service_type",
    names: &["aws", "gcp", "azure"],
    aliases: &[],
    note: None,
};

const ALL: [&Words; 12] = [
    &LEVELS,
    &FORMATS,
    &COLOR_MODES,
    &COLORS,
    &FACILITIES,
    &STREAMS,
    &ROTATIONS,
    &DURABILITIES,
    &STRATEGIES,
    &REDACTION_ACTIONS,
    &TYPES,
    &SERVICES,
];

/// The words of a kind (`level`, `format`, `color_mode`, `colour`, `facility`, `stream`,
/// `rotation`, `durability`, `strategy`, `redaction action`, `type`, `service_type`), or `None` where
/// there is no such kind: for faces in other languages, which name them to their tools.
///
/// ```
/// use hydra_core::config::words;
/// assert_eq!(words("color_mode"), Some(["auto", "always", "never"].as_slice()));
/// ```
pub fn words(kind: &str) -> Option<&'static [&'static str]> {
    Some(ALL.iter().find(|words| words.what == kind)?.names)
}

/// The word of a kind (see [`words`]) that is meant by a spelling of it, or `None`.
///
/// ```
/// use hydra_core::config::canonical_word;
/// assert_eq!(canonical_word("level", "warn"), Some("WARNING"));
/// assert_eq!(canonical_word("level", "loud"), None);
/// ```
pub fn canonical_word(kind: &str, spelled: &str) -> Option<&'static str> {
    let words = ALL.iter().find(|words| words.what == kind)?;
    Some(words.names[words.find(spelled)?])
}

/// The candidate that is most like `word`, if any is like it at all.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    /// Below this, a suggestion is more often a riddle than a help.
    const LIKE: f64 = 0.55;
    // A distance is quadratic: nobody means a known word with hundreds of letters.
    if word.len() > 80 {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let like = strsim::normalized_damerau_levenshtein(&word, &lower);
            // `color` for `color_mode`, `level` for `default_level`: a part of it counts more than
            // the length.
            let part = word.len() >= 3 && (lower.contains(&word) || word.starts_with(&lower));
            (if part { like.max(LIKE) } else { like }, candidate)
        })
        .filter(|(like, _)| *like >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;
    use crate::format::{Color, ColorMode, Facility, FormatKind};

    /// The words of a configuration are those that the types themselves read and print.
    #[test]
    fn the_lists_agree_with_the_types() {
        for (i, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(LEVELS.find(level.name()), Some(i));
        }
        for (alias, i) in LEVELS.aliases {
            assert_eq!(alias.parse(), Ok(Level::ALL[*i]));
        }
        for (i, kind) in FormatKind::ALL.into_iter().enumerate() {
            assert_eq!(FORMATS.names[i], kind.name());
        }
        for (alias, kind) in FormatKind::ALIASES {
            assert_eq!(FORMATS.find(alias).map(|i| FormatKind::ALL[i]), Some(kind));
        }
        for (i, facility) in Facility::ALL.into_iter().enumerate() {
            assert_eq!(FACILITIES.names[i], facility.name());
        }
        for (i, mode) in ColorMode::ALL.into_iter().enumerate() {
            assert_eq!(COLOR_MODES.names[i], mode.name());
        }
        for (i, color) in Color::ALL.into_iter().enumerate() {
            assert_eq!(COLORS.names[i], color.name());
        }
    }

    #[test]
    fn the_nearest_word_is_the_one_that_was_meant() {
        let keys = ["max_size", "backup_count", "color_mode", "destinations"];
        assert_eq!(nearest("max_sise", keys).as_deref(), Some("max_size"));
        assert_eq!(
            nearest("destination", keys).as_deref(),
            Some("destinations")
        );
        assert_eq!(nearest("color", keys).as_deref(), Some("color_mode"));
        assert_eq!(nearest("zzz", keys), None);
        assert_eq!(
            nearest("WARNIGN", LEVELS.names.iter().copied()).as_deref(),
            Some("WARNING")
        );
    }
}
