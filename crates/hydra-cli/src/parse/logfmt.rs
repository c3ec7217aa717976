//! The pairs of a logfmt line.

use hydra_logger::OwnedValue;

/// The pairs that make up the whole line, or `None` where something else stands in it.
pub(super) fn fields(line: &str) -> Option<Vec<(String, OwnedValue)>> {
    let mut fields = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let is_key = |c: char| !c.is_whitespace() && !c.is_control() && c != '"';
        if key.is_empty() || !key.chars().all(is_key) {
            return None;
        }
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            let (text, after) = unquote(quoted)?;
            (OwnedValue::Str(text.into()), after)
        } else {
            let end = after.find(char::is_whitespace).unwrap_or(after.len());
            let (word, after) = after.split_at(end);
            (typed(word), after)
        };
        if !after.is_empty() && !after.starts_with(char::is_whitespace) {
            return None;
        }
        fields.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    (!fields.is_empty()).then_some(fields)
}

/// The text up to the closing quote, and what stands behind it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut unquoted = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((unquoted, chars.as_str())),
            '\\' => match chars.next()? {
                'n' => unquoted.push('\n'),
                't' => unquoted.push('\t'),
                'r' => unquoted.push('\r'),
                'u' => {
                    let digits = chars.as_str().get(..4)?;
                    let number = u32::from_str_radix(digits, 16).ok()?;
                    unquoted.push(char::from_u32(number)?);
                    chars = chars.as_str()[4..].chars();
                }
                other => unquoted.push(other),
            },
            other => unquoted.push(other),
        }
    }
}

/// A number or a truth value where the word is exactly what one of them is written as: `007` and
/// `1e3` stay texts.
fn typed(word: &str) -> OwnedValue {
    fn same<T: std::str::FromStr + ToString>(word: &str) -> Option<T> {
        word.parse()
            .ok()
            .filter(|value: &T| value.to_string() == word)
    }
    if !word.starts_with(|c: char| c.is_ascii_digit() || "-tf".contains(c)) {
        return OwnedValue::Str(word.into());
    }
    same(word)
        .map(OwnedValue::U64)
        .or_else(|| same(word).map(OwnedValue::I64))
        .or_else(|| same(word).map(OwnedValue::Bool))
        .or_else(|| same(word).map(OwnedValue::F64))
        .unwrap_or_else(|| OwnedValue::Str(word.into()))
}
