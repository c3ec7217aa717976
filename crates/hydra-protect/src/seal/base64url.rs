//! Base64 in the URL's alphabet without padding (RFC 4648, 5), of any length.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Appends the characters of `bytes`.
pub(super) fn put(bytes: &[u8], to: &mut Vec<u8>) {
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |number, i| {
            number << 8 | u32::from(three.get(i).copied().unwrap_or(0))
        });
        for i in 0..=three.len() {
            let six = number >> (18 - 6 * i) & 63;
            to.extend(ALPHABET.get(six as usize));
        }
    }
}

/// The bytes of a text in this alphabet.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut number, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let six = ALPHABET.iter().position(|&known| known == character)?;
        number = (number << 6 | six as u32) & 0xfff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((number >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_length_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        for len in 0..all.len() {
            let mut text = Vec::new();
            put(&all[..len], &mut text);
            assert_eq!(
                read(&String::from_utf8(text).unwrap()).as_deref(),
                Some(&all[..len])
            );
        }
        assert_eq!(read("a b"), None);
    }
}
