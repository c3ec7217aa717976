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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Small,
    Capital,
    Digit,
    Other,
}

fn class(b: u8) -> Class {
    match b {
        b'a'..=b'z' => Class::Small,
        b'A'..=b'Z' => Class::Capital,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

/// Whether a word looks drawn by lot rather than written: digits among letters, and classes that
/// change often, or bytes that hardly repeat.
pub(crate) fn looks_random(word: &[u8]) -> bool {
    let word = word.get(..256).unwrap_or(word);
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = word.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if word.len() < 8 || digits == 0 || letters == 0 {
        return false;
    }
    let changes = word
        .windows(2)
        .filter(|pair| {
            let (a, b) = (class(pair[0]), class(pair[1]));
            a != b && a != Class::Other && b != Class::Other
        })
        .count();
    // Half of the neighbours differ in class in base62, a third in hexadecimal.
    changes * 5 >= word.len() && shannon(word) >= 640
}
