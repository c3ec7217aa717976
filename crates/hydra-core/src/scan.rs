//! One scan of a string says what is dirty in it, and every format uses that answer.
//!
//! Cost: 8 to 9 ns for a message of 55 bytes (`make bench-steps`). The fast pass only asks "is anything suspicious?";
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
        if any::<Suspicious>(text.as_bytes()) {
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

/// What a scan looks for, asked of one byte, and of eight at once.
trait Test {
    fn byte(byte: u8) -> bool;
    /// Non-zero if the test holds for any byte of the word.
    fn word(word: u64) -> u64;
}

/// Bytes that some format must change, or that must be looked at more closely: controls, `"`, `\`,
/// DEL, and whatever is not ASCII (as a signed number, below zero).
struct Suspicious;

impl Test for Suspicious {
    // Branch-free on purpose.
    #[allow(clippy::needless_bitwise_bool)]
    #[inline(always)]
    fn byte(byte: u8) -> bool {
        ((byte as i8) < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f)
    }

    #[inline(always)]
    fn word(word: u64) -> u64 {
        below(word, 0x20) | equal(word, b'"') | equal(word, b'\\') | equal(word, 0x7f)
    }
}

/// Bytes that cannot stand in an unquoted value, or that must be looked at more closely.
struct NeedsQuotes;

impl Test for NeedsQuotes {
    // Branch-free on purpose.
    #[allow(clippy::needless_bitwise_bool)]
    #[inline(always)]
    fn byte(byte: u8) -> bool {
        ((byte as i8) <= 0x20) | (byte == b'"') | (byte == b'=') | (byte == 0x7f)
    }

    #[inline(always)]
    fn word(word: u64) -> u64 {
        below(word, 0x21) | equal(word, b'"') | equal(word, b'=') | equal(word, 0x7f)
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Non-zero if any byte is below `limit` or not ASCII. A subtraction may borrow from the byte above
/// only where the one below is itself found, so "any" is exact.
#[inline(always)]
const fn below(word: u64, limit: u8) -> u64 {
    (word.wrapping_sub(ONES * limit as u64) | word) & HIGHS
}

/// Non-zero if any byte is equal; also where one is not ASCII, which is found anyhow.
#[inline(always)]
const fn equal(word: u64, byte: u8) -> u64 {
    (word ^ (ONES * byte as u64)).wrapping_sub(ONES) & HIGHS
}

/// Whether a text is ASCII that can stand in `name=value` without quotes.
#[inline]
pub(crate) fn is_bare(text: &str) -> bool {
    !text.is_empty() && !any::<NeedsQuotes>(text.as_bytes())
}

/// Whether the test holds for any byte. Sixteen are tested at once by the compiler's vector
/// instructions, eight or four as a word; the last block overlaps the one before it.
#[inline(always)]
fn any<T: Test>(bytes: &[u8]) -> bool {
    let len = bytes.len();
    if len >= 16 {
        let mut found = [0; 16];
        look_at::<T>(bytes, len - 16, &mut found);
        for at in (0..len - 15).step_by(16) {
            look_at::<T>(bytes, at, &mut found);
        }
        u128::from_ne_bytes(found) != 0
    } else if len >= 8 {
        T::word(word_at(bytes, 0)) | T::word(word_at(bytes, len - 8)) != 0
    } else if len >= 4 {
        T::word(half_at(bytes, 0) | half_at(bytes, len - 4) << 32) != 0
    } else {
        len > 0 && T::byte(bytes[0]) | T::byte(bytes[len / 2]) | T::byte(bytes[len - 1])
    }
}

#[inline(always)]
fn look_at<T: Test>(bytes: &[u8], at: usize, found: &mut [u8; 16]) {
    let block = &bytes[at..at + 16];
    for i in 0..16 {
        found[i] |= u8::from(T::byte(block[i]));
    }
}

#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline(always)]
fn half_at(bytes: &[u8], at: usize) -> u64 {
    let mut half = [0; 4];
    half.copy_from_slice(&bytes[at..at + 4]);
    u64::from(u32::from_le_bytes(half))
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
