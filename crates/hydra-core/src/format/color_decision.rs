//! Whether a destination writes colours: [`ColorMode::decide`].

use std::ffi::OsString;
use std::io::IsTerminal;

use super::ColorMode;

impl ColorMode {
    /// Whether to write colours to a stream, in an environment.
    ///
    /// `never` and `always` decide alone. `auto` asks, in this order, and the first that answers
    /// decides:
    ///
    /// 1. `NO_COLOR`, set to anything but the empty text: no;
    /// 2. `FORCE_COLOR`, set to `0` or `false`: no; to anything else but the empty text: yes;
    /// 3. `TERM` is `dumb`: no;
    /// 4. the stream: yes if it is a terminal.
    ///
    /// ```
    /// use hydra_core::format::ColorMode;
    /// let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".into());
    /// assert!(!ColorMode::Auto.decide(true, no_color));
    /// assert!(ColorMode::Always.decide(false, no_color));
    /// assert!(ColorMode::Auto.decide(true, |_| None));
    /// ```
    pub fn decide(self, is_terminal: bool, environment: impl Fn(&str) -> Option<OsString>) -> bool {
        let set = |name| environment(name).filter(|value| !value.is_empty());
        match self {
            ColorMode::Never => false,
            ColorMode::Always => true,
            ColorMode::Auto => {
                if set("NO_COLOR").is_some() {
                    false
                } else if let Some(force) = set("FORCE_COLOR") {
                    !(force == "0" || force.eq_ignore_ascii_case("false"))
                } else {
                    is_terminal && environment("TERM").is_none_or(|term| term != "dumb")
                }
            }
        }
    }

    /// Whether to write colours to this stream, in the environment of this process.
    ///
    /// ```
    /// use hydra_core::format::ColorMode;
    /// assert!(!ColorMode::Never.decide_for(&std::io::stdout()));
    /// ```
    pub fn decide_for(self, stream: &impl IsTerminal) -> bool {
        self.decide(stream.is_terminal(), |name| std::env::var_os(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_answers_decides() {
        use ColorMode::{Always, Auto, Never};
        // Mode, terminal, NO_COLOR, FORCE_COLOR, TERM, expected.
        type Row<'a> = (
            ColorMode,
            bool,
            Option<&'a str>,
            Option<&'a str>,
            Option<&'a str>,
            bool,
        );
        let table: [Row<'_>; 20] = [
            (Never, true, None, Some("1"), Some("xterm"), false),
            (Always, false, Some("1"), Some("0"), Some("dumb"), true),
            (Auto, true, None, None, Some("xterm-256color"), true),
            (Auto, true, None, None, None, true),
            (Auto, true, None, None, Some(""), true),
            (Auto, false, None, None, Some("xterm"), false),
            (Auto, true, None, None, Some("dumb"), false),
            (Auto, true, Some("1"), None, Some("xterm"), false),
            (Auto, true, Some("0"), None, Some("xterm"), false),
            (Auto, true, Some("false"), None, None, false),
            (Auto, true, Some(""), None, Some("xterm"), true),
            (Auto, true, Some("1"), Some("1"), Some("xterm"), false),
            (Auto, false, None, Some("1"), Some("xterm"), true),
            (Auto, false, None, Some("3"), Some("dumb"), true),
            (Auto, false, None, Some("true"), None, true),
            (Auto, true, None, Some("0"), Some("xterm"), false),
            (Auto, true, None, Some("False"), Some("xterm"), false),
            (Auto, true, None, Some(""), Some("xterm"), true),
            (Auto, false, None, Some(""), Some("xterm"), false),
            (Auto, false, Some(""), Some("yes"), None, true),
        ];
        for row in table {
            let (mode, is_terminal, no_color, force_color, term, expected) = row;
            let environment = |name: &str| {
                let value = match name {
                    "NO_COLOR" => no_color,
                    "FORCE_COLOR" => force_color,
                    "TERM" => term,
                    other => panic!("{other} has no say"),
                };
                value.map(OsString::from)
            };
            assert_eq!(mode.decide(is_terminal, environment), expected, "{row:?}");
        }
    }
}
