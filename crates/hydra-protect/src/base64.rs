//! Base64 (RFC 4648), written in its one canonical form, and read in that or in any.

#[cfg(any(feature = "audit", feature = "encrypt"))]
/// The URL's alphabet, without padding: tags, keys and signatures in lines.
pub(crate) const URL: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
#[cfg(feature = "audit")]
/// The first alphabet: PEM.
pub(crate) const STANDARD: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(any(feature = "audit", feature = "encrypt"))]
/// How many characters `bytes` bytes take, without padding.
pub(crate) const fn length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

#[cfg(any(feature = "audit", feature = "encrypt"))]
/// Writes the characters of `bytes` to `out`, which has [`length`] of them.
pub(crate) fn encode(alphabet: &[u8; 64], bytes: &[u8], out: &mut [u8]) {
    for (three, four) in bytes.chunks(3).zip(out.chunks_mut(4)) {
        let mut number = 0u32;
        for i in 0..3 {
            number = number << 8 | u32::from(three.get(i).copied().unwrap_or(0));
        }
        for (i, character) in four.iter_mut().enumerate() {
            *character = alphabet[(number >> (18 - 6 * i)) as usize & 63];
        }
    }
}

#[cfg(any(feature = "audit", feature = "encrypt"))]
/// The characters of `bytes`.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut out = vec![0; length(bytes.len())];
    encode(URL, bytes, &mut out);
    out.into_iter().map(char::from).collect()
}

#[cfg(feature = "audit")]
/// The `N` bytes whose text this is: of the right length, of the alphabet's characters, and with
/// nothing in the bits that hold no byte.
pub(crate) fn decode<const N: usize>(alphabet: &[u8; 64], text: &[u8]) -> Option<[u8; N]> {
    if text.len() != length(N) {
        return None;
    }
    let mut bytes = [0; N];
    for (four, three) in text.chunks(4).zip(bytes.chunks_mut(3)) {
        let mut number = 0u32;
        for i in 0..4 {
            let six = four.get(i).map_or(Some(0), |c| value(alphabet, *c))?;
            number = number << 6 | six;
        }
        let number = number.to_be_bytes();
        let (held, rest) = number[1..].split_at(three.len());
        three.copy_from_slice(held);
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(feature = "audit")]
fn value(alphabet: &[u8; 64], character: u8) -> Option<u32> {
    let other = matches!(character, b'+' | b'/' | b'-' | b'_') && !alphabet.contains(&character);
    sextet(character).filter(|_| !other)
}

/// The bytes that a text of either alphabet stands for, with or without padding and whatever the bits
/// that hold no byte are; nothing when it is no such text.
pub(crate) fn bytes(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|&&b| b == b'=').count();
    let text = text.get(..text.len() - padding)?;
    if padding > 2 || text.len() % 4 == 1 {
        return None;
    }
    let is_base64 = text.iter().all(|&character| is_either(character));
    is_base64.then(|| decoded(text).collect())
}

/// The bytes that a text of either alphabet stands for, up to what is of neither, one by one: who
/// has seen enough pays for no more. What the last characters leave over of a byte is none.
pub(crate) fn decoded(text: &[u8]) -> impl Iterator<Item = u8> {
    let (mut bits, mut held) = (0, 0);
    let sextets = text.iter().map_while(|&character| sextet(character));
    sextets.filter_map(move |six| {
        bits = bits << 6 | six;
        held = (held + 6) % 8;
        (held < 6).then(|| (bits >> held) as u8)
    })
}

/// A character of the first alphabet.
#[inline]
pub(crate) fn is_standard(character: u8) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, b'+' | b'/')
}

/// A character of the URL's alphabet.
#[inline]
pub(crate) fn is_url(character: u8) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, b'-' | b'_')
}

/// A character of either alphabet.
#[inline]
pub(crate) fn is_either(character: u8) -> bool {
    is_standard(character) || is_url(character)
}

/// What a character of either alphabet stands for.
fn sextet(character: u8) -> Option<u32> {
    Some(match character {
        b'A'..=b'Z' => u32::from(character - b'A'),
        b'a'..=b'z' => u32::from(character - b'a') + 26,
        b'0'..=b'9' => u32::from(character - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(all(test, feature = "audit"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_and_nothing_else_does() {
        let bytes = [0, 1, 2, 250, 251, 252, 253, 254, 255, 77];
        let encoded = text(&bytes);
        assert_eq!(encoded, "AAEC-vv8_f7_TQ");
        assert_eq!(decode(URL, encoded.as_bytes()), Some(bytes));
        assert_eq!(
            super::bytes(encoded.as_bytes()).as_deref(),
            Some(&bytes[..])
        );
        assert_eq!(
            super::bytes(b"AAEC+vv8/f7_TQ==").as_deref(),
            Some(&bytes[..])
        );
        assert_eq!(super::bytes(b"AAEC!"), None);
        assert_eq!(decode::<10>(STANDARD, encoded.as_bytes()), None);
        assert_eq!(decode::<9>(URL, encoded.as_bytes()), None);
        for last in URL.iter().filter(|c| **c != b'Q') {
            let mut other = encoded.clone().into_bytes();
            *other.last_mut().unwrap() = *last;
            assert_ne!(decode(URL, &other), Some(bytes));
            // `Q` and fifteen more stand for the same byte; one of them is canonical.
            let same_byte = (value(URL, *last).unwrap() >> 4) == (value(URL, b'Q').unwrap() >> 4);
            assert_eq!(
                decode::<10>(URL, &other).is_none(),
                same_byte || value(URL, *last).unwrap() & 15 != 0
            );
        }
    }
}
