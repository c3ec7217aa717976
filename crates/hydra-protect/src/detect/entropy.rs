//! How random a short ASCII word looks, without floating point.
//!
//! Two measures: Shannon's entropy of its bytes, and how often the class (small letter, capital,
//! digit) changes from one byte to the next. Words of languages change their class at their ends
//! alone and repeat their letters.

/// Binary logarithms of 1 to 256 in 1/256 bit, rounded; `LOG2[n]` is of `n`.
const LOG2: [u16; 257] = logarithms();

const fn logarithms() -> [u16; 257] {
    let mut table = [0; 257];
    let mut n = 1;
    while n <= 256 {
        // Squaring doubles a logarithm: eight squarings give eight bits of its fraction.
        let whole = (n as u64).ilog2();
        let mut mantissa = ((n as u64) << 32) >> whole;
        let mut fraction = 0_u16;
        let mut bit = 0;
        while bit < 8 {
            mantissa = ((mantissa as u128 * mantissa as u128) >> 32) as u64;
            fraction <<= 1;
            if mantissa >= 2 << 32 {
                mantissa >>= 1;
                fraction |= 1;
            }
            bit += 1;
        }
        table[n] = whole as u16 * 256 + fraction;
        n += 1;
    }
    table
}

/// Shannon's entropy of the bytes of `word` in 1/256 bit a byte; of the first 256 bytes.
pub(crate) fn shannon(word: &[u8]) -> u32 {
    let word = word.get(..256).unwrap_or(word);
    let mut counts = [0_u16; 128];
    for &b in word {
        if let Some(count) = counts.get_mut(usize::from(b)) {
            *count += 1;
        }
    }
    let log = |n: usize| u32::from(LOG2.get(n).copied().unwrap_or(0));
    let weighed: u32 = counts
        .iter()
        .map(|&n| u32::from(n) * log(usize::from(n)))
        .sum();
    let len = word.len().max(1);
    log(len).saturating_sub(weighed / len as u32)
}

/// For each letter, the letters that follow it in words: counted over English prose, identifiers and
/// log lines, the pairs that make up 97.5 % of all.
#[rustfmt::skip]
const FOLLOWERS: [&[u8]; 26] = [
    b"abcdfgiklmnprstuvwxy",
    b"abceijlorstuy",
    b"abcdefhiklmnoprstuy",
    b"abcdefgilmnoprstuy",
    b"abcdefghiklmnopqrstuvwxy",
    b"acdefilorstuy",
    b"aceghilmnorstu",
    b"aeilmorstuy",
    b"abcdefglmnoprstuvxz",
    b"aeosu",
    b"aceilnstu",
    b"abcdefgiklmnoprstuvy",
    b"abcdeilmopstu",
    b"abcdefghiklmnoprstuvy",
    b"abcdefgiklmnoprstuvwx",
    b"acdefhilmoprstuy",
    b"lu",
    b"abcdefgiklmnoprstuvy",
    b"abcdefghiklmnopqrstuvwy",
    b"abcdefghiklmnoprstuvwy",
    b"abcdefgilmnoprst",
    b"aceio",
    b"acehinors",
    b"aceimpt",
    b"acdeilmnoprst",
    b"aeo",
];

/// [`FOLLOWERS`] as a bit for each letter.
static COMMON: [u32; 26] = {
    let mut common = [0; 26];
    let mut letter = 0;
    while letter < 26 {
        let mut i = 0;
        while i < FOLLOWERS[letter].len() {
            common[letter] |= 1 << (FOLLOWERS[letter][i] - b'a');
            i += 1;
        }
        letter += 1;
    }
    common
};

/// Whether two letters hardly ever follow one another in a word.
fn is_rare(first: u8, second: u8) -> bool {
    let place = |b: u8| usize::from(b.to_ascii_lowercase().wrapping_sub(b'a'));
    COMMON
        .get(place(first))
        .is_some_and(|followers| followers >> (place(second) & 31) & 1 == 0)
}

/// What two neighbours say for a word being drawn by lot: twice a change between letters and digits
/// or from a small letter to a capital, four times a pair of letters that words do not have.
fn evidence(first: u8, second: u8) -> usize {
    match (first, second) {
        (b'a'..=b'z', b'A'..=b'Z') if is_rare(first, second) => 6,
        (b'a'..=b'z', b'A'..=b'Z') => 2,
        (a, b) if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            usize::from(is_rare(a, b)) * 4
        }
        (a, b) if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => {
            usize::from(a.is_ascii_digit() != b.is_ascii_digit()) * 2
        }
        _ => 0,
    }
}

/// Whether a word looks drawn by lot rather than written: letters, few repetitions, and neighbours that words and identifiers do not have. Of the first 256 bytes.
pub(crate) fn looks_random(word: &[u8]) -> bool {
    let word = word.get(..256).unwrap_or(word);
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = word.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if word.len() < 8 || letters == 0 || shannon(word) < LEAST_ENTROPY {
        return false;
    }
    // No word is long and hexadecimal.
    let hexadecimal = word.len() >= 16 && word.iter().all(u8::is_ascii_hexdigit);
    let total: usize = word
        .windows(2)
        .map(|pair| match *pair {
            [first, second] => evidence(first, second),
            _ => 0,
        })
        .sum();
    // Letters alone must be stranger than letters with digits among them.
    let least = if digits == 0 { 5 } else { 3 };
    hexadecimal && digits > 0 || total * 4 >= word.len() * least
}

/// 2.5 bits a byte, in [`shannon`]'s unit.
const LEAST_ENTROPY: u32 = 640;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_formula() {
        for (word, bits) in [("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("aab", 0.9183)] {
            let found = f64::from(shannon(word.as_bytes())) / 256.0;
            assert!((found - bits).abs() < 0.02, "{word}: {found}");
        }
    }

    #[test]
    fn words_and_names_do_not_look_random() {
        for word in [
            "learn-version-2-compat-mode",
            "getHttp2ClientFactoryV3",
            "us-east-1a-production-blue",
            "test_redacts_16_digit_card_numbers",
            "2024-11-21-release-notes",
            "aaaaaaaaaaaaaaaaaaaa1",
            "your-api-key-goes-here-123",
            "password1234",
            "kube-apiserver-node-10",
        ] {
            assert!(!looks_random(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn what_was_drawn_by_lot_looks_random() {
        let mut state = 7_u64;
        for alphabet in [
            &b"0123456789abcdef"[..],
            b"abcdefghijklmnopqrstuvwxyz0123456789",
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        ] {
            let mut missed = 0;
            for _ in 0..2000 {
                let word: Vec<u8> = (0..24)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        alphabet[(state >> 33) as usize % alphabet.len()]
                    })
                    .collect();
                missed += usize::from(!looks_random(&word));
            }
            assert!(
                missed < 20,
                "{missed} of 2000 over {} letters",
                alphabet.len()
            );
        }
    }
}
