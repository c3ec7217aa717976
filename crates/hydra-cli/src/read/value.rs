//! Values out of texts, for the formats that write a value without saying its type.

use hydra_core::OwnedValue;

use super::json_value;

/// The value that a bare text shows: `7`, `1.5`, `true`, `null`, `["a"]`; any other is a text.
///
/// Only a text that the formats would write for the value is taken for one: `007`, `+7` and `1.50`
/// stay texts, so that writing the value again gives the same text.
pub(super) fn infer(text: &str) -> OwnedValue {
    match text.as_bytes() {
        b"null" => OwnedValue::Null,
        b"true" => OwnedValue::Bool(true),
        b"false" => OwnedValue::Bool(false),
        [b'-' | b'0'..=b'9', ..] => number(text).unwrap_or_else(|| OwnedValue::Str(text.into())),
        [b'[' | b'{', ..] => nested(text),
        _ => OwnedValue::Str(text.into()),
    }
}

/// The list or map whose JSON a text is; any other is a text.
pub(super) fn nested(text: &str) -> OwnedValue {
    if !text.starts_with(['[', '{']) {
        return OwnedValue::Str(text.into());
    }
    json_value::parse(text).unwrap_or_else(|| OwnedValue::Str(text.into()))
}

/// The number that is written exactly so.
fn number(text: &str) -> Option<OwnedValue> {
    let value = json_value::number(text)?;
    let same = if let OwnedValue::F64(n) = &value {
        zmij::Buffer::new().format(*n) == text
    } else {
        let digits = text.strip_prefix('-').unwrap_or(text);
        text == "0" || !digits.starts_with('0')
    };
    same.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_number_only_if_it_is_written_as_one() {
        for (text, expected) in [
            ("0", OwnedValue::U64(0)),
            ("-7", OwnedValue::I64(-7)),
            ("18446744073709551616", OwnedValue::U128(1 << 64)),
            ("1.5", OwnedValue::F64(1.5)),
            ("null", OwnedValue::Null),
        ] {
            assert_eq!(infer(text), expected, "{text}");
        }
        for text in [
            "007", "-0", "+7", "1.50", "1e400", "-", "7a", "NaN", "[x]", "٣", "",
        ] {
            assert_eq!(infer(text), OwnedValue::Str(text.into()), "{text}");
        }
    }
}
