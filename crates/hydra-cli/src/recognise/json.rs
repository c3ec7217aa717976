//! The level of a JSON object, without parsing the rest of it.

use hydra_logger::Level;

use super::{is_level_key, named, numbered};

/// The value of the first key at the object's top level that names a level.
///
/// The object need not be well-formed beyond that key.
pub(super) fn level(line: &[u8]) -> Option<Level> {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let text = string(&line[at..])?;
                at += text.len() + 2;
                let rest = line[at..].trim_ascii_start();
                if depth == 1
                    && let [b':', value @ ..] = rest
                    && is_level_key(text)
                    && let Some(level) = value_level(value.trim_ascii_start())
                {
                    return Some(level);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What stands between the quotes at the beginning, escapes and all.
fn string(text: &[u8]) -> Option<&[u8]> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', &text[at..])?;
        match text[at] {
            b'"' => return Some(&text[1..at]),
            _ => at += 2,
        }
        if at > text.len() {
            return None;
        }
    }
}

fn value_level(value: &[u8]) -> Option<Level> {
    if value.starts_with(b"\"") {
        return named(string(value)?);
    }
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = std::str::from_utf8(&value[..digits]).ok()?;
    numbered(number.parse().ok()?)
}
