//! Base64 (RFC 4648), in its one canonical form: what decodes here encodes to the same text again.

/// The URL's alphabet, without padding: tags, keys and signatures in lines.
pub(super) const URL: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// The first alphabet: PEM.
pub(super) const STANDARD: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many characters `bytes` bytes take, without padding.
pub(super) const fn length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Writes the characters of `bytes` to `out`, which has [`length`] of them.
pub(super) fn encode(alphabet: &[u8; 64], bytes: &[u8], out: &mut [u8]) {
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

/// The characters of `bytes`.
pub(super) fn text(bytes: &[u8]) -> String {
    let mut out = vec![0; length(bytes.len())];
    encode(URL, bytes, &mut out);
    out.into_iter().map(char::from).collect()
}

/// The `N` bytes whose text this is: of the right length, of the alphabet's characters, and with
/// nothing in the bits that hold no byte.
pub(super) fn decode<const N: usize>(alphabet: &[u8; 64], text: &[u8]) -> Option<[u8; N]> {
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

fn value(alphabet: &[u8; 64], character: u8) -> Option<u32> {
    Some(match character {
        b'A'..=b'Z' => u32::from(character - b'A'),
        b'a'..=b'z' => u32::from(character - b'a') + 26,
        b'0'..=b'9' => u32::from(character - b'0') + 52,
        _ if character == alphabet[62] => 62,
        _ if character == alphabet[63] => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_and_nothing_else_does() {
        let bytes = [0, 1, 2, 250, 251, 252, 253, 254, 255, 77];
        let encoded = text(&bytes);
        assert_eq!(encoded, "AAEC-vv8_f7_TQ");
        assert_eq!(decode(URL, encoded.as_bytes()), Some(bytes));
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
