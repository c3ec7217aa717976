//! One scan of a string says what is dirty in it, and every format uses that answer.
//!
//! Cost: 3 to 4 ns for a message of 55 bytes. The fast pass only asks "is anything suspicious?";
//! what it is, is found out in the cold pass.

/// What a scan found in a string: a set of properties.
///
/// ```
/// use hydra_core::TextClass;
/// assert!(TextClass::of("started in 3 ms").is_clean());
/// assert!(TextClass::of("C:\\logs \"x\"").has(TextClass::QUOTE));
/// assert!(TextClass::of("forged\nline").has(TextClass::CONTROL));
/// assert!(TextClass::of("größer").is_clean());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TextClass(u8);

impl TextClass {
    /// Nothing that any format must change.
    pub const CLEAN: TextClass = TextClass(0);
    /// A `"` or a `\`, which JSON and quoted strings escape.
    pub const QUOTE: TextClass = TextClass(1);
    /// A TAB, which is kept in plain text and escaped in JSON.
    pub const TAB: TextClass = TextClass(2);
    /// A character that no line may hold as it is: C0 but TAB, DEL, C1 (NEL too), U+2028, U+2029,
    /// or a bidirectional control.
    pub const CONTROL: TextClass = TextClass(4);

    /// Scans a text.
    #[inline]
    pub fn of(text: &str) -> TextClass {
        if is_suspicious(text.as_bytes()) {
            classify(text)
        } else {
            TextClass::CLEAN
        }
    }

    /// Whether all of these properties were found.
    #[inline]
    pub const fn has(self, property: TextClass) -> bool {
        self.0 & property.0 == property.0 && property.0 != 0
    }

    /// Whether the text can be copied as it is into every format's string.
    #[inline]
    pub const fn is_clean(self) -> bool {
        self.0 == 0
    }

    /// The properties of two texts together.
    #[must_use]
    #[inline]
    pub const fn and(self, other: TextClass) -> TextClass {
        TextClass(self.0 | other.0)
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A non-zero answer means that one of the eight bytes is below 0x20, is `"`, `\` or DEL, or is not
/// ASCII. (The subtractions may borrow from a byte that is itself flagged, never from a clean one,
/// so "any" is exact.)
#[inline]
const fn suspicious_word(word: u64) -> u64 {
    const fn zero_byte(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_byte(word ^ (ONES * b'"' as u64));
    let backslash = zero_byte(word ^ (ONES * b'\\' as u64));
    let delete = zero_byte(word ^ (ONES * 0x7f));
    (below_space | quote | backslash | delete | word) & HIGHS
}

/// A non-zero answer means that one of the eight bytes cannot stand in an unquoted value.
#[inline]
const fn quoted_word(word: u64) -> u64 {
    // Space is the first byte above the control characters, so "below 0x21" finds both.
    let below = word.wrapping_sub(ONES * 0x21) & !word;
    let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES) & !(word ^ (ONES * b'"' as u64));
    let equals = (word ^ (ONES * b'=' as u64)).wrapping_sub(ONES) & !(word ^ (ONES * b'=' as u64));
    let delete = (word ^ (ONES * 0x7f)).wrapping_sub(ONES) & !(word ^ (ONES * 0x7f));
    (below | quote | equals | delete | word) & HIGHS
}

/// Whether a text is ASCII that can stand in `name=value` without quotes.
#[inline]
pub(crate) fn is_bare(text: &str) -> bool {
    !any(text.as_bytes(), quoted_word, b'a').unwrap_or(true)
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline]
fn is_suspicious(bytes: &[u8]) -> bool {
    any(bytes, suspicious_word, b' ').unwrap_or(false)
}

/// Whether the test holds for any word of the bytes; `None` if there are none. `clean` is a byte
/// for which it does not hold.
#[inline(always)]
fn any(bytes: &[u8], test: impl Fn(u64) -> u64, clean: u8) -> Option<bool> {
    let len = bytes.len();
    if len < 8 {
        return short_word(bytes, clean).map(|word| test(word) != 0);
    }
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut found = test(word_at(bytes, len - 8)); // overlaps the last chunk
    for chunk in chunks {
        found |= test(u64::from_le_bytes(*chunk));
    }
    Some(found != 0)
}

/// One to seven bytes as a word, filled by repeating them or with a clean byte; `None` for none.
#[inline(always)]
fn short_word(bytes: &[u8], clean: u8) -> Option<u64> {
    let len = bytes.len();
    if len >= 4 {
        let half = |at: usize| {
            u64::from(u32::from_le_bytes([
                bytes[at],
                bytes[at + 1],
                bytes[at + 2],
                bytes[at + 3],
            ]))
        };
        return Some(half(0) | half(len - 4) << 32);
    }
    let first = u64::from(*bytes.first()?);
    let middle = u64::from(bytes[len / 2]);
    let last = u64::from(bytes[len - 1]);
    Some(first | middle << 8 | last << 16 | (ONES * u64::from(clean)) << 24)
}

/// Whether a character must never stand in a line as it is.
///
/// These are C0 but TAB, DEL, C1 (with NEL), U+2028, U+2029, and the bidirectional controls of
/// Unicode (UAX #9), which can make a terminal show another text than the line holds.
#[inline]
pub(crate) const fn is_control(c: char) -> bool {
    matches!(c,
        '\0'..='\x08' | '\n'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cold]
#[inline(never)]
fn classify(text: &str) -> TextClass {
    let mut found = TextClass::CLEAN;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        let property = match byte {
            b'"' | b'\\' => TextClass::QUOTE,
            b'\t' => TextClass::TAB,
            0..0x20 | 0x7f => TextClass::CONTROL,
            // Every multi-byte control starts with one of these.
            0xc2 | 0xd8 | 0xe2 if text[at..].chars().next().is_some_and(is_control) => {
                TextClass::CONTROL
            }
            _ => continue,
        };
        found = found.and(property);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(text: &str) -> TextClass {
        text.chars().fold(TextClass::CLEAN, |found, c| {
            found.and(match c {
                '"' | '\\' => TextClass::QUOTE,
                '\t' => TextClass::TAB,
                c if is_control(c) => TextClass::CONTROL,
                _ => TextClass::CLEAN,
            })
        })
    }

    #[test]
    fn every_ascii_byte_is_found_at_every_place_of_every_short_length() {
        for len in 0..70 {
            for at in 0..len {
                for byte in 0..0x80u8 {
                    let mut text = vec![b'a'; len];
                    text[at] = byte;
                    let text = String::from_utf8(text).unwrap();
                    assert_eq!(TextClass::of(&text), expected(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn exactly_the_listed_characters_beyond_ascii_are_controls() {
        for c in '\u{80}'..='\u{ffff}' {
            let listed = (c <= '\u{9f}')
                || [0x61c, 0x200e, 0x200f].contains(&(c as u32))
                || (0x2028..=0x202e).contains(&(c as u32))
                || (0x2066..=0x2069).contains(&(c as u32));
            assert_eq!(
                TextClass::of(&format!("ab{c}")).has(TextClass::CONTROL),
                listed,
                "{c:?}"
            );
        }
    }
}
