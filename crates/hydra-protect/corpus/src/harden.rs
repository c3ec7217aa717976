//! Encodings that hide a value from a plain search, as real pipelines apply them.

use crate::draw::Draw;
use crate::kind::Group;
use crate::line::Draft;

/// An encoding of a whole line or of its values.
#[derive(Clone, Copy)]
pub(crate) struct Encoding {
    pub(crate) name: &'static str,
    /// Only for values of digits.
    numeric: bool,
    how: fn(&mut Draw, &mut Draft),
}

impl Encoding {
    pub(crate) fn apply(self, draw: &mut Draw, draft: &mut Draft) {
        (self.how)(draw, draft);
    }
}

const fn any(name: &'static str, how: fn(&mut Draw, &mut Draft)) -> Encoding {
    Encoding {
        name,
        numeric: false,
        how,
    }
}

const fn numeric(name: &'static str, how: fn(&mut Draw, &mut Draft)) -> Encoding {
    Encoding {
        name,
        numeric: true,
        how,
    }
}

/// A line as the message of a JSON record.
pub(crate) const JSON: Encoding = any("json", |_, draft| {
    draft.encode(json);
    draft.wrap("{\"level\":\"info\",\"msg\":\"", "\",\"n\":1}");
});

const ALL: &[Encoding] = &[
    JSON,
    any("json twice", |_, draft| {
        draft.encode(|text| json(&json(text)));
        draft.wrap(
            "{\"log\":\"{\\\"msg\\\":\\\"",
            "\\\"}\",\"stream\":\"stdout\"}",
        );
    }),
    any("percent", |_, draft| {
        draft.encode(|text| percent(text, "-_.~"));
        draft.wrap("GET /collect?d=", "&v=2 HTTP/1.1");
    }),
    any("percent values", |_, draft| {
        draft.encode_values(|text| percent(text, "-_."));
    }),
    any("colour around", |_, draft| {
        draft.wrap_values("\x1b[1;31m", "\x1b[0m");
    }),
    any("colour between", |_, draft| {
        draft.encode_text(|text| {
            text.replace('=', "\x1b[0m\x1b[2m=\x1b[0m")
                .replace(": ", "\x1b[0m: \x1b[36m")
        });
        draft.wrap("\x1b[32m", "\x1b[0m");
    }),
    any("colour inside", |draw, draft| {
        draft.encode_values(|text| split(draw, text, "\x1b[1m"));
    }),
    any("zero width", |draw, draft| {
        let mark = draw.pick(&["\u{200b}", "\u{200c}", "\u{2060}", "\u{feff}", "\u{ad}"]);
        draft.encode_values(|text| split(draw, text, mark));
    }),
    // UTF-16 that was read byte by byte.
    any("utf-16 as bytes", |_, draft| {
        draft.encode(|text| text.chars().flat_map(|letter| [letter, '\0']).collect());
    }),
    any("unicode escapes", |_, draft| {
        draft.encode(|text| {
            let escaped = json(text);
            ['@', '=', '&', '\'', '<', '>', '+']
                .iter()
                .fold(escaped, |text, mark| {
                    text.replace(*mark, &format!("\\u{:04x}", *mark as u32))
                })
        });
        draft.wrap("{\"msg\":\"", "\"}");
    }),
    any("html", |_, draft| draft.encode(xml)),
    any("long line", |draw, draft| {
        let words = "the quick brown fox jumps over the lazy dog and goes home ";
        let (before, after) = (draw.between(2, 60) as usize, draw.between(2, 60) as usize);
        draft.wrap(&words.repeat(before), &format!(" {}", words.repeat(after)));
    }),
    any("no-break space", |_, draft| {
        draft.encode_text(|text| text.replace(' ', "\u{a0}"));
    }),
    any("curly quotes", |_, draft| {
        draft.encode_text(|text| text.replace('"', "\u{201d}").replace('\'', "\u{2019}"));
    }),
    numeric("full width", |_, draft| {
        draft.encode_values(|text| {
            text.chars()
                .map(|letter| match letter.to_digit(10) {
                    Some(digit) => char::from_u32(0xff10 + digit).unwrap_or(letter),
                    None => letter,
                })
                .collect()
        });
    }),
];

/// The encodings that make sense for a draft.
pub(crate) fn applicable(draft: &Draft) -> Vec<Encoding> {
    let digits = draft.kinds().all(|kind| {
        matches!(
            kind.group,
            Group::Card | Group::Ssn | Group::Phone | Group::Iban
        )
    });
    ALL.iter()
        .filter(|encoding| digits || !encoding.numeric)
        .copied()
        .collect()
}

/// Puts a mark into the text, once or twice; never between two bytes of a character.
fn split(draw: &mut Draw, text: &str, mark: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let first = draw.between(1, letters.len().max(2) as u64 - 1) as usize;
    let second = draw.between(1, letters.len().max(2) as u64 - 1) as usize;
    letters
        .iter()
        .enumerate()
        .flat_map(|(place, letter)| {
            let mark = if place == first || place == second {
                mark
            } else {
                ""
            };
            mark.chars().chain(std::iter::once(*letter))
        })
        .collect()
}

/// The inside of a JSON string.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.extend(format!("\\u{:04x}", control as u32).chars()),
            other => out.push(other),
        }
    }
    out
}

/// Percent-encoding (RFC 3986) of everything but letters, digits and `kept`.
pub(crate) fn percent(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(format!("%{byte:02X}").chars());
        }
    }
    out
}

/// The characters that XML and HTML escape.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
