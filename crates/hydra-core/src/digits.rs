//! Numbers as decimal digits, written where they stay.
//!
//! A number that is made in a buffer of its own and then copied waits for itself: bytes stored one or
//! two at a time cannot be loaded eight at a time until they have left the store buffer. Floats of
//! at most three decimals, which most measured values are, take a short way (a third of the
//! instructions); every other one goes through `zmij`.

/// The longest `u64`: 20 digits.
pub(crate) const LONGEST: usize = 20;

pub(crate) const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        n += 1;
    }
    pairs
};

const POWERS: [u64; LONGEST] = {
    let mut powers = [1; LONGEST];
    let mut i = 1;
    while i < LONGEST {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// How many decimal digits a number has: by the number of its bits, and a comparison.
#[inline(always)]
fn count(n: u64) -> usize {
    let n = n | 1; // 0 has one digit, too
    let bits = (u64::BITS - n.leading_zeros()) as usize;
    let at_least = (bits * 1233) >> 12; // 1233 / 4096 is the logarithm of 2
    at_least + usize::from(n >= POWERS[at_least])
}

/// Writes a number to the front of `out`, which has room for [`LONGEST`] bytes; says how many.
#[inline(always)]
pub(crate) fn write_u64(mut n: u64, out: &mut [u8]) -> usize {
    let len = count(n);
    let out = &mut out[..len];
    let mut end = len;
    while n >= 100 {
        let pair = PAIRS[(n % 100) as usize];
        n /= 100;
        out[end - 2..end].copy_from_slice(&pair);
        end -= 2;
    }
    if n >= 10 {
        out[..2].copy_from_slice(&PAIRS[n as usize]);
    } else {
        out[0] = b'0' + n as u8;
    }
    len
}

/// Writes a float of at most three decimals below 10^9, as `zmij` would; `None` for all others.
///
/// If D = n * 1000 is whole and D / 1000 gives n back, then `D / 1000` in decimal reads back as n:
/// IEEE 754 rounds a quotient as a reader rounds the decimal. And with no more than 15 digits it is the
/// only decimal of that length which does, so there is no shorter one.
#[inline]
// Equal is meant to the last bit: that is what reading back asks.
#[allow(clippy::float_cmp)]
pub(crate) fn write_short_f64(n: f64, out: &mut [u8]) -> Option<usize> {
    let scaled = n * 1000.0;
    if !(1.0..1e12).contains(&scaled) {
        return None;
    }
    let thousandths = scaled as u64;
    if thousandths as f64 != scaled || thousandths as f64 / 1000.0 != n {
        return None;
    }
    let len = write_u64(thousandths / 1000, out);
    let decimals = thousandths % 1000;
    let [tens, ones] = PAIRS[(decimals % 100) as usize];
    let fraction = [b'.', b'0' + (decimals / 100) as u8, tens, ones];
    out[len..len + 4].copy_from_slice(&fraction);
    let zeros = match decimals {
        d if d % 10 != 0 => 0,
        d if d % 100 != 0 => 1,
        _ => 2,
    };
    Some(len + 4 - zeros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(n: f64) -> Option<String> {
        let mut out = [0; LONGEST + 4];
        let len = write_short_f64(n, &mut out)?;
        Some(String::from_utf8(out[..len].to_vec()).unwrap())
    }

    fn whole(n: u64) -> String {
        let mut out = [0; LONGEST];
        let len = write_u64(n, &mut out);
        String::from_utf8(out[..len].to_vec()).unwrap()
    }

    #[test]
    fn numbers_at_every_power_of_ten_have_their_digits() {
        for n in (0..20)
            .map(|power| 10_u64.pow(power))
            .flat_map(|n| [n - 1, n, n + 1])
        {
            assert_eq!(whole(n), n.to_string());
        }
        assert_eq!(whole(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn short_floats_are_written_as_zmij_writes_them() {
        for thousandths in (0..3_000_000_u64).chain((1..1000).map(|n| n * 999_999_937)) {
            let n = thousandths as f64 / 1000.0;
            if let Some(text) = short(n) {
                assert_eq!(text, zmij::Buffer::new().format(n));
            }
        }
        assert_eq!(short(435.761).as_deref(), Some("435.761"));
        assert_eq!(short(2.0).as_deref(), Some("2.0"));
        assert_eq!(short(0.05).as_deref(), Some("0.05"));
    }

    #[test]
    fn what_has_no_short_way_takes_the_long_one() {
        for n in [
            0.0,
            -0.0,
            -1.5,
            1e-4,
            0.1 + 0.2,
            1e9,
            f64::NAN,
            f64::INFINITY,
            1.0 / 3.0,
        ] {
            assert_eq!(short(n), None, "{n}");
        }
    }

    proptest! {
        #[test]
        fn any_float_that_takes_the_short_way_reads_back(bits: u64, thousandths in 0..10_u64.pow(12)) {
            for n in [f64::from_bits(bits), thousandths as f64 / 1000.0] {
                if let Some(text) = short(n) {
                    prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), n.to_bits());
                    let mut long = zmij::Buffer::new();
                    prop_assert_eq!(text, long.format(n));
                }
            }
        }
    }
}
