//! Lists of words, and whether a word is in them, told by its first letters and its length before any
//! of the list is read.

use crate::text::{byte, has_word};

/// A list of words in any case.
pub(crate) struct Words {
    list: &'static [&'static [u8]],
    /// The lengths of the words with each first letter, five bits of which tell it; longer ones share
    /// the last bit.
    lengths: [u32; 32],
    /// The second letters that follow each first letter.
    seconds: [u32; 32],
    /// The words with each first letter: one bit for each of them.
    places: [u128; 32],
}

impl Words {
    pub(crate) const fn new(list: &'static [&'static [u8]]) -> Words {
        let mut all = Words {
            list,
            lengths: [0; 32],
            seconds: [0; 32],
            places: [0; 32],
        };
        assert!(list.len() <= 128, "a list has a bit for each of its words");
        let mut i = 0;
        while i < list.len() {
            let first = (list[i][0] & 31) as usize;
            all.places[first] |= 1 << i;
            all.lengths[first] |= bit_of_length(list[i].len());
            all.seconds[first] |= match list[i] {
                [_, second, ..] => 1 << (*second & 31),
                _ => u32::MAX,
            };
            i += 1;
        }
        all
    }

    /// Whether the word is in the list.
    #[inline]
    pub(crate) fn has(&self, word: &[u8]) -> bool {
        let first = usize::from(byte(word, 0) & 31);
        let lengths = self.lengths.get(first).copied().unwrap_or(0);
        lengths & bit_of_length(word.len()) != 0
            && self.may_start(word, 0)
            && self
                .with_first(word, 0)
                .any(|known| word.eq_ignore_ascii_case(known))
    }

    /// Whether a word of the list may start at `at`.
    #[inline]
    pub(crate) fn may_start(&self, text: &[u8], at: usize) -> bool {
        let seconds = self.seconds.get(usize::from(byte(text, at) & 31));
        seconds.copied().unwrap_or(0) >> (byte(text, at + 1) & 31) & 1 != 0
    }

    /// Those of the words that start at `at`, wherever they end.
    pub(crate) fn starting(&self, text: &[u8], at: usize) -> impl Iterator<Item = &'static [u8]> {
        let may_start = self.may_start(text, at);
        let words = may_start.then(|| self.with_first(text, at));
        words
            .into_iter()
            .flatten()
            .filter(move |word| has_word(text, at, word))
    }

    /// The words with the first letter at `at`.
    fn with_first(&self, text: &[u8], at: usize) -> impl Iterator<Item = &'static [u8]> {
        let first = usize::from(byte(text, at) & 31);
        let mut places = self.places.get(first).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            #[cfg(test)]
            crate::steps::add(1);
            let place = places.trailing_zeros();
            places &= places.wrapping_sub(1);
            self.list.get(place as usize).copied()
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static [u8]> {
        self.list.iter().copied()
    }
}

const fn bit_of_length(length: usize) -> u32 {
    1 << if length < 31 { length } else { 31 }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORDS: Words =
        Words::new(&[b"tel", b"Telephone", b"a", "t\u{e9}l".as_bytes(), b"(none)"]);

    #[test]
    fn every_word_is_found_in_any_case_and_no_other() {
        for word in ["tel", "TEL", "telephone", "A", "a", "t\u{e9}l", "(NONE)"] {
            assert!(WORDS.has(word.as_bytes()), "{word}");
        }
        for word in ["", "te", "tele", "tem", "b", "(nona)", "T\u{c9}L"] {
            assert!(!WORDS.has(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn all_words_that_start_at_a_place_are_given() {
        let starting = |text: &'static str| WORDS.starting(text.as_bytes(), 1).count();
        assert_eq!(starting(" telephones"), 2);
        assert_eq!(starting(" a"), 1);
        assert_eq!(starting(" te"), 0);
        assert_eq!(starting(" "), 0);
    }
}
