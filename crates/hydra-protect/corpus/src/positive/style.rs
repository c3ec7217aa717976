//! How programs spell a name of several words.

use crate::draw::Draw;
use crate::fill::capital;

/// A way to spell.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Snake,
    Screaming,
    Camel,
    Pascal,
    Kebab,
    Header,
    Spaced,
    Joined,
}

impl Style {
    pub(crate) fn of_settings(draw: &mut Draw) -> Style {
        [
            Style::Snake,
            Style::Snake,
            Style::Screaming,
            Style::Screaming,
            Style::Camel,
            Style::Kebab,
        ][draw.index(6)]
    }

    pub(crate) fn of_code(draw: &mut Draw) -> Style {
        [
            Style::Snake,
            Style::Snake,
            Style::Camel,
            Style::Camel,
            Style::Pascal,
            Style::Kebab,
            Style::Screaming,
            Style::Joined,
        ][draw.index(8)]
    }

    pub(crate) fn of_requests(draw: &mut Draw) -> Style {
        [Style::Snake, Style::Camel, Style::Kebab, Style::Header][draw.index(4)]
    }

    pub(crate) fn of_prose(draw: &mut Draw) -> Style {
        [
            Style::Spaced,
            Style::Spaced,
            Style::Snake,
            Style::Camel,
            Style::Screaming,
        ][draw.index(5)]
    }

    /// The name, now and then with the part of the system that it belongs to before it.
    pub(crate) fn write<'a>(
        self,
        draw: &mut Draw,
        name: impl FnOnce(&mut Draw) -> &'a str,
    ) -> String {
        let mut words: Vec<String> = name(draw)
            .split(['_', '-', '.'])
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if draw.chance(20) && !matches!(self, Style::Header) {
            words.insert(
                0,
                draw.pick(&["app", "my", "prod", "acme", "auth", "service", "billing"])
                    .to_owned(),
            );
        }
        match self {
            Style::Snake => words.join("_"),
            Style::Screaming => words.join("_").to_uppercase(),
            Style::Camel => {
                words[0].clone()
                    + &words[1..]
                        .iter()
                        .map(|word| capital(word))
                        .collect::<String>()
            }
            Style::Pascal => words.iter().map(|word| capital(word)).collect(),
            Style::Kebab => words.join("-"),
            Style::Header => words
                .iter()
                .map(|word| capital(word))
                .collect::<Vec<_>>()
                .join("-"),
            Style::Spaced => words.join(" "),
            Style::Joined => words.concat(),
        }
    }
}
