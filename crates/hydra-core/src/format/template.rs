//! Templates of the logger's name and of the message: `{level} - {message}`, or, as Python's
//! `logging` writes them, `%(levelname)s - %(message)s`.
//!
//! A template is parsed once; when a layer is bound, everything that does not change from record to
//! record (literals, level, layer, colour) is folded into one text for each level.

use super::FormatError;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Level,
    LevelNumber,
    Layer,
    Message,
    File,
    Line,
    Process,
    Thread,
}

const NAMES: [(&str, Field); 16] = [
    ("level", Field::Level),
    ("levelname", Field::Level),
    ("levelno", Field::LevelNumber),
    ("name", Field::Layer),
    ("logger", Field::Layer),
    ("layer", Field::Layer),
    ("message", Field::Message),
    ("msg", Field::Message),
    ("file", Field::File),
    ("pathname", Field::File),
    ("line", Field::Line),
    ("lineno", Field::Line),
    ("pid", Field::Process),
    ("process", Field::Process),
    ("thread", Field::Thread),
    ("threadName", Field::Thread),
];

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Field {
        field: Field,
        width: usize,
        left: bool,
    },
}

/// Parses a template; `{{`, `}}` and `%%` stand for themselves.
pub(crate) fn parse(template: &str) -> Result<Vec<Part>, FormatError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let placeholder = if let Some(doubled) = doubled(rest) {
            literal.push(doubled);
            rest = &rest[2..];
            continue;
        } else if c == '{' {
            Some(braces(rest))
        } else if rest.starts_with("%(") {
            Some(percent(rest))
        } else {
            None
        };
        let Some(placeholder) = placeholder else {
            literal.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let (part, length) = placeholder
            .ok_or_else(|| FormatError::template(template, rest, &NAMES.map(|(name, _)| name)))?;
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(part);
        rest = &rest[length..];
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

fn doubled(rest: &str) -> Option<char> {
    [("{{", '{'), ("}}", '}'), ("%%", '%')]
        .into_iter()
        .find(|(pair, _)| rest.starts_with(pair))
        .map(|(_, single)| single)
}

/// `{name}`, `{name:<8}`, `{name:>8}`, `{name:8}`: part and length.
fn braces(rest: &str) -> Option<(Part, usize)> {
    let end = rest.find('}')?;
    let (name, spec) = rest[1..end].split_once(':').unwrap_or((&rest[1..end], ""));
    let (left, width) = match spec.as_bytes().first() {
        Some(b'<') => (true, &spec[1..]),
        Some(b'>') => (false, &spec[1..]),
        _ => (true, spec),
    };
    Some((part(name, width, left)?, end + 1))
}

/// `%(name)s`, `%(name)-8s`, `%(name)8d`: part and length.
fn percent(rest: &str) -> Option<(Part, usize)> {
    let close = rest.find(')')?;
    let end = close + 1 + rest[close + 1..].find(['s', 'd'])?;
    let spec = &rest[close + 1..end];
    let (left, width) = spec
        .strip_prefix('-')
        .map_or((false, spec), |width| (true, width));
    Some((part(&rest[2..close], width, left)?, end + 1))
}

fn part(name: &str, width: &str, left: bool) -> Option<Part> {
    const WIDEST: usize = 64;
    let width = if width.is_empty() {
        0
    } else {
        width.parse().ok().filter(|w| *w <= WIDEST)?
    };
    let (_, field) = NAMES.iter().find(|(known, _)| *known == name.trim())?;
    Some(Part::Field {
        field: *field,
        width,
        left,
    })
}

/// A text brought to a width.
pub(crate) fn padded(text: &str, width: usize, left: bool) -> String {
    if left {
        format!("{text:<width$}")
    } else {
        format!("{text:>width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(field: Field) -> Part {
        Part::Field {
            field,
            width: 0,
            left: true,
        }
    }

    #[test]
    fn both_styles_say_the_same() {
        let expected = [
            field(Field::Level),
            Part::Literal(" - ".into()),
            field(Field::Message),
        ];
        assert_eq!(parse("{level} - {message}").unwrap(), expected);
        let python = parse("%(levelname)s - %(message)s").unwrap();
        assert_eq!(python.len(), 3);
        assert!(matches!(
            python[0],
            Part::Field {
                field: Field::Level,
                width: 0,
                ..
            }
        ));
    }

    #[test]
    fn a_width_pads_on_the_side_that_is_asked() {
        for (template, left, width) in [
            ("{level:<8}", true, 8),
            ("{level:>8}", false, 8),
            ("%(levelname)-8s", true, 8),
        ] {
            let expected = Part::Field {
                field: Field::Level,
                width,
                left,
            };
            assert_eq!(parse(template).unwrap(), [expected], "{template}");
        }
        assert_eq!(padded("INFO", 6, true), "INFO  ");
        assert_eq!(padded("INFO", 6, false), "  INFO");
    }

    #[test]
    fn doubled_signs_stand_for_themselves() {
        assert_eq!(
            parse("{{100%%}}").unwrap(),
            [Part::Literal("{100%}".into())]
        );
    }

    #[test]
    fn a_placeholder_that_is_not_known_is_an_error_with_the_ones_that_are() {
        for template in ["{levle}", "{level", "%(nme)s", "{level:9999}"] {
            let error = parse(template).unwrap_err().to_string();
            assert!(
                error.contains(template) && error.contains("levelname"),
                "{error}"
            );
        }
    }
}
