//! The end of a text that was cut.

/// How much of the end of a text that was cut may be one word: no secret but a key's block is longer.
const LONGEST_WORD: usize = 4096;

/// The text without its last word, or the numbers that it ends with: those of a card stand apart.
pub(super) fn without_last_word(text: &str) -> &str {
    let from = text.floor_char_boundary(text.len().saturating_sub(LONGEST_WORD));
    let (before, tail) = text.split_at(from);
    let ends_word = |c: char| c.is_whitespace() || "\"'`,;()[]{}<>|".contains(c);
    let kept = tail.trim_end_matches(|c| !ends_word(c));
    let kept = kept.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.'));
    &text[..before.len() + kept.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_cut_does_not_end_in_half_a_secret() {
        for (cut, kept) in [
            ("user ada, key AKIAIOSFOD", "user ada, key "),
            ("paid with 4111 1111 1111 11", "paid with"),
            ("{\"password\": \"hunt", "{\"password\": \""),
            ("oneverylongword", ""),
            ("", ""),
        ] {
            assert_eq!(without_last_word(cut).trim_end(), kept.trim_end(), "{cut}");
        }
        let long = "a".repeat(3 * LONGEST_WORD);
        assert_eq!(without_last_word(&long).len(), 2 * LONGEST_WORD);
    }
}
