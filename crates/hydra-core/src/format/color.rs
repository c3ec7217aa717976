//! Colours: when ([`ColorMode`]), which ([`Color`]), and for what ([`Theme`]).

use std::fmt;
use std::str::FromStr;

use crate::Level;

/// When a destination writes colours.
///
/// ```
/// use hydra_core::format::ColorMode;
/// assert_eq!("always".parse(), Ok(ColorMode::Always));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ColorMode {
    /// `auto`: on a terminal, as `NO_COLOR`, `FORCE_COLOR` and `TERM` have it. The default.
    #[default]
    Auto,
    /// `always`: in pipes and files too.
    Always,
    /// `never`: whatever theme is set.
    Never,
}

impl ColorMode {
    /// Every mode.
    pub const ALL: [ColorMode; 3] = [ColorMode::Auto, ColorMode::Always, ColorMode::Never];

    /// The name, as configurations have it.
    pub const fn name(self) -> &'static str {
        match self {
            ColorMode::Auto => "auto",
            ColorMode::Always => "always",
            ColorMode::Never => "never",
        }
    }
}

impl fmt::Display for ColorMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ColorMode {
    type Err = ParseColorModeError;

    /// Reads a name, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ColorMode::ALL
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| ParseColorModeError {
                found: text.to_owned(),
            })
    }
}

/// A word that names no [`ColorMode`].
///
/// ```
/// let error = "on".parse::<hydra_core::format::ColorMode>().unwrap_err();
/// assert!(error.to_string().contains("auto, always, never"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseColorModeError {
    found: String,
}

impl fmt::Display for ParseColorModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a colour mode; the modes are auto, always, never",
            self.found
        )
    }
}

impl std::error::Error for ParseColorModeError {}

/// A colour by name: the sixteen of a terminal, whose shades the terminal's user has chosen, and
/// `none`.
///
/// ```
/// use hydra_core::format::Color;
/// assert_eq!("bright_red".parse(), Ok(Color::BrightRed));
/// assert_eq!("grey".parse(), Ok(Color::BrightBlack));
/// assert_eq!(Color::BrightRed.start(), "\x1b[91m");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Color {
    /// `none`: the terminal's own colour, without any escape sequence.
    #[default]
    None,
    /// `black`.
    Black,
    /// `red`.
    Red,
    /// `green`.
    Green,
    /// `yellow`.
    Yellow,
    /// `blue`.
    Blue,
    /// `magenta`.
    Magenta,
    /// `cyan`.
    Cyan,
    /// `white`.
    White,
    /// `bright_black`, also `gray` and `grey`.
    BrightBlack,
    /// `bright_red`.
    BrightRed,
    /// `bright_green`.
    BrightGreen,
    /// `bright_yellow`.
    BrightYellow,
    /// `bright_blue`.
    BrightBlue,
    /// `bright_magenta`.
    BrightMagenta,
    /// `bright_cyan`.
    BrightCyan,
    /// `bright_white`.
    BrightWhite,
}

/// Name and escape sequence of each colour, in the order of the enum.
const COLORS: [(&str, &str); 17] = [
    ("none", ""),
    ("black", "\x1b[30m"),
    ("red", "\x1b[31m"),
    ("green", "\x1b[32m"),
    ("yellow", "\x1b[33m"),
    ("blue", "\x1b[34m"),
    ("magenta", "\x1b[35m"),
    ("cyan", "\x1b[36m"),
    ("white", "\x1b[37m"),
    ("bright_black", "\x1b[90m"),
    ("bright_red", "\x1b[91m"),
    ("bright_green", "\x1b[92m"),
    ("bright_yellow", "\x1b[93m"),
    ("bright_blue", "\x1b[94m"),
    ("bright_magenta", "\x1b[95m"),
    ("bright_cyan", "\x1b[96m"),
    ("bright_white", "\x1b[97m"),
];

impl Color {
    /// Every colour.
    pub const ALL: [Color; 17] = [
        Color::None,
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::White,
        Color::BrightBlack,
        Color::BrightRed,
        Color::BrightGreen,
        Color::BrightYellow,
        Color::BrightBlue,
        Color::BrightMagenta,
        Color::BrightCyan,
        Color::BrightWhite,
    ];

    /// The sequence that ends a colour, where [`Color::start`] is not empty.
    pub const RESET: &'static str = "\x1b[0m";

    /// Other words that are accepted.
    pub const ALIASES: [(&'static str, Color); 2] =
        [("gray", Color::BrightBlack), ("grey", Color::BrightBlack)];

    /// The name, as configurations have it: `bright_red`.
    pub const fn name(self) -> &'static str {
        COLORS[self as usize].0
    }

    /// The escape sequence that begins the colour; empty for [`Color::None`].
    pub const fn start(self) -> &'static str {
        COLORS[self as usize].1
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Color {
    type Err = ParseColorError;

    /// Reads a name, in any case; `bright-red` and `bright red` are read as `bright_red`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Color::ALL
            .into_iter()
            .map(|color| (color.name(), color))
            .chain(Color::ALIASES)
            .find(|(name, _)| *name == word)
            .map(|(_, color)| color)
            .ok_or_else(|| ParseColorError {
                found: text.to_owned(),
            })
    }
}

/// A word that names no [`Color`].
///
/// ```
/// let error = "pinkish".parse::<hydra_core::format::Color>().unwrap_err();
/// assert!(error.to_string().contains("bright_red"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseColorError {
    found: String,
}

impl fmt::Display for ParseColorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a colour; the colours are ", self.found)?;
        for (i, (name, _)) in COLORS.iter().enumerate() {
            write!(f, "{}{name}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseColorError {}

/// A colour for each level, and one for the keys of fields.
///
/// ```
/// use hydra_core::Level;
/// use hydra_core::format::{Color, Theme};
///
/// let theme = Theme::default().with_level(Level::Error, Color::Magenta);
/// assert_eq!(theme.level(Level::Error), Color::Magenta);
/// assert_eq!(theme.level(Level::Critical), Color::BrightRed);
/// assert!(Theme::named("light").is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Theme {
    /// The colours of the levels, in the order of [`Level::ALL`].
    pub levels: [Color; 6],
    /// The colour of keys.
    pub key: Color,
}

impl Theme {
    /// TRACE grey, DEBUG cyan, INFO green, WARNING yellow, ERROR red, CRITICAL bright red; keys
    /// blue.
    pub const DEFAULT: Theme = Theme {
        levels: [
            Color::BrightBlack,
            Color::Cyan,
            Color::Green,
            Color::Yellow,
            Color::Red,
            Color::BrightRed,
        ],
        key: Color::Blue,
    };

    /// The themes that are there without configuration, by name.
    pub const BUILT_IN: [(&'static str, Theme); 4] = [
        ("default", Theme::DEFAULT),
        (
            "dark",
            Theme {
                levels: [
                    Color::BrightBlack,
                    Color::BrightCyan,
                    Color::BrightGreen,
                    Color::BrightYellow,
                    Color::BrightRed,
                    Color::BrightMagenta,
                ],
                key: Color::BrightBlue,
            },
        ),
        (
            // Yellow, cyan and the bright shades are hard to read on white.
            "light",
            Theme {
                levels: [
                    Color::BrightBlack,
                    Color::Blue,
                    Color::Green,
                    Color::Magenta,
                    Color::Red,
                    Color::BrightRed,
                ],
                key: Color::Blue,
            },
        ),
        (
            // Only what needs attention has a colour.
            "quiet",
            Theme {
                levels: [
                    Color::BrightBlack,
                    Color::BrightBlack,
                    Color::None,
                    Color::Yellow,
                    Color::Red,
                    Color::BrightRed,
                ],
                key: Color::BrightBlack,
            },
        ),
    ];

    /// The built-in theme of this name, in any case.
    pub fn named(name: &str) -> Option<Theme> {
        Theme::BUILT_IN
            .into_iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name.trim()))
            .map(|(_, theme)| theme)
    }

    /// The colour of a level.
    pub const fn level(&self, level: Level) -> Color {
        self.levels[level.index()]
    }

    /// The same theme with another colour for a level.
    #[must_use]
    pub const fn with_level(mut self, level: Level, color: Color) -> Theme {
        self.levels[level.index()] = color;
        self
    }

    /// The same theme with another colour for keys.
    #[must_use]
    pub const fn with_key(mut self, color: Color) -> Theme {
        self.key = color;
        self
    }
}

impl Default for Theme {
    fn default() -> Self {
        Theme::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_colour_or_mode_is_told_with_those_there_are() {
        let error = "pinkish".parse::<Color>().unwrap_err().to_string();
        assert!(error.starts_with("\"pinkish\" is not a colour; the colours are "));
        for color in Color::ALL {
            assert!(error.contains(&color.to_string()), "{color}: {error}");
        }
        let error = "sometimes".parse::<ColorMode>().unwrap_err().to_string();
        assert!(error.starts_with("\"sometimes\" is not a colour mode"));
        for mode in ColorMode::ALL {
            assert!(error.contains(&mode.to_string()), "{mode}: {error}");
        }
    }

    #[test]
    fn names_are_padded_as_a_format_string_asks() {
        assert_eq!(
            format!("{:>5}|{:<4}|", Color::Red, Color::Blue),
            "  red|blue|"
        );
        assert_eq!(format!("{:>7}", ColorMode::Always), " always");
    }

    #[test]
    fn every_colour_reads_back_and_stands_in_its_place() {
        for (i, color) in Color::ALL.into_iter().enumerate() {
            assert_eq!(color as usize, i);
            assert_eq!(color.name().parse(), Ok(color));
            assert_eq!(color.name().replace('_', "-").parse(), Ok(color));
        }
    }

    #[test]
    fn every_mode_reads_back() {
        for mode in ColorMode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
        }
    }
}
