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

/// Eight decimal digits of a number below 10^8, zeros in front, the first one in the lowest byte.
///
/// All pairs are divided in one register: no loop, no table, and no branch that depends on how many
/// digits there are (30 instructions less for a record with two numbers). The constants are rounded reciprocals: 10486 / 2^20 is 1/100
/// below 10^4, 103 / 2^10 is 1/10 below 100.
#[inline(always)]
fn eight_digits(n: u64) -> u64 {
    let halves = (n / 10_000) | ((n % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | ((pairs - tens * 10) << 8);
    digits | 0x3030_3030_3030_3030
}

/// Writes a number to the front of `out`, which has room for [`LONGEST`] bytes; says how many.
#[inline(always)]
pub(crate) fn write_u64(n: u64, out: &mut [u8]) -> usize {
    let len = count(n);
    if n < 100_000_000 {
        let digits = eight_digits(n) >> (8 * (8 - len));
        out[..8].copy_from_slice(&digits.to_le_bytes());
    } else {
        write_long_u64(n, &mut out[..len]);
    }
    len
}

/// Fills `out` with the digits of a number that has as many.
#[inline(never)]
fn write_long_u64(mut n: u64, out: &mut [u8]) {
    let mut rest = out;
    while n >= 100_000_000 {
        let (before, eight) = rest.split_at_mut(rest.len() - 8);
        eight.copy_from_slice(&eight_digits(n % 100_000_000).to_le_bytes());
        n /= 100_000_000;
        rest = before;
    }
    let digits = eight_digits(n) >> (8 * (8 - rest.len()));
    let len = rest.len();
    rest.copy_from_slice(&digits.to_le_bytes()[..len]);
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
    if !(1.0..1e8).contains(&scaled) {
        return write_large_short_f64(n, out);
    }
    let thousandths = scaled as u32; // one instruction, where `u64` takes ten
    if f64::from(thousandths) != scaled || f64::from(thousandths) / 1000.0 != n {
        return None;
    }
    let digits = eight_digits(thousandths.into());
    // Five places before the point, of which the last is always shown.
    let whole = count(thousandths.into()).max(4) - 3;
    out[..8].copy_from_slice(&(digits >> (8 * (5 - whole))).to_le_bytes());
    Some(whole + put_decimals(digits, &mut out[whole..]))
}

/// Writes a point and the last three of eight digits, without the zeros at their end, but one.
#[inline(always)]
fn put_decimals(digits: u64, out: &mut [u8]) -> usize {
    let text = ((digits >> 40) << 8) | u64::from(b'.');
    out[..8].copy_from_slice(&text.to_le_bytes());
    4 - usize::from(text >> 24 == 0x30) - usize::from(text >> 16 == 0x3030)
}

/// The same for those from 10^5 up to 10^9.
#[inline(never)]
#[allow(clippy::float_cmp)]
fn write_large_short_f64(n: f64, out: &mut [u8]) -> Option<usize> {
    let scaled = n * 1000.0;
    let thousandths = scaled as u64;
    if !(1e8..1e12).contains(&scaled)
        || thousandths as f64 != scaled
        || thousandths as f64 / 1000.0 != n
    {
        return None;
    }
    let whole = write_u64(thousandths / 1000, out);
    let digits = eight_digits(thousandths % 1000);
    Some(whole + put_decimals(digits, &mut out[whole..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn short(n: f64) -> Option<String> {
        let mut out = [0; LONGEST];
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
