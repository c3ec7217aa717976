//! International bank account numbers.
//!
//! Sources: ISO 13616-1 (structure, the check digits by ISO/IEC 7064 mod 97-10) and the SWIFT IBAN
//! registry (the length of each country). Upper or lower case, whole or in groups of four.

use std::ops::Range;

use super::digits::separator;
use crate::text::{before, byte};

/// Each country's code and the length of its account numbers.
const LENGTHS: &[(&[u8; 2], u8)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// An account number whose country code starts at `at`.
///
/// Cheap to refuse: two letters and two digits must stand at `at`.
pub(crate) fn iban(text: &[u8], at: usize) -> Option<Range<usize>> {
    let &[first, second, b'0'..=b'9', b'0'..=b'9'] = text.get(at..at.checked_add(4)?)? else {
        return None;
    };
    if before(text, at).is_ascii_alphanumeric() {
        return None;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let place = LENGTHS
        .binary_search_by(|(code, _)| (*code).cmp(&country))
        .ok()?;
    let length = usize::from(LENGTHS.get(place)?.1);

    let mut letters = 0;
    let mut rest = Remainder::default();
    let mut leading = Remainder::default();
    let mut i = at;
    while letters < length {
        let b = byte(text, i);
        if b.is_ascii_alphanumeric() {
            if letters < 4 {
                leading.push(b);
            } else {
                rest.push(b);
            }
            letters += 1;
            i += 1;
        } else {
            // A separator stands between groups of four alone.
            let gap = separator(text, i);
            if gap == 0 || letters % 4 != 0 || separator(text, i + gap) != 0 {
                return None;
            }
            i += gap;
        }
    }
    // ISO 13616: the first four characters move to the end.
    let valid = rest.followed_by(leading) == 1;
    (valid && !byte(text, i).is_ascii_alphanumeric()).then_some(at..i)
}

/// A number modulo 97, digit by digit; a letter counts as two (A = 10 … Z = 35).
#[derive(Clone, Copy, Default)]
struct Remainder {
    /// Reduced only before it grows too large: a division costs more than all else.
    value: u64,
    digits: u32,
}

impl Remainder {
    fn push(&mut self, b: u8) {
        let (n, width, scale) = match b {
            b'0'..=b'9' => (b - b'0', 1, 10),
            _ => ((b | 0x20) - b'a' + 10, 2, 100),
        };
        if self.value >= u64::MAX / 200 {
            self.value %= 97;
        }
        self.value = self.value * scale + u64::from(n);
        self.digits += width;
    }

    /// The remainder of the number whose last digits are those of `next`, which are few.
    fn followed_by(self, next: Remainder) -> u64 {
        (self.value % 97 * 10_u64.pow(next.digits) + next.value) % 97
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        (0..text.len())
            .find_map(|at| iban(text.as_bytes(), at))
            .map(|range| &text[range])
    }

    #[test]
    fn account_numbers_are_found_whole_in_groups_and_in_small_letters() {
        for (text, number) in [
            ("DE89370400440532013000", "DE89370400440532013000"),
            (
                "to DE89 3704 0044 0532 0130 00, ok",
                "DE89 3704 0044 0532 0130 00",
            ),
            ("DE89-3704-0044-0532-0130-00", "DE89-3704-0044-0532-0130-00"),
            ("gb82west12345698765432", "gb82west12345698765432"),
            ("iban=GB82WEST12345698765432;", "GB82WEST12345698765432"),
            ("NO9386011117947", "NO9386011117947"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
        }
        for text in [
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130001",
            "XX89370400440532013000",
            "ADE89370400440532013000",
            "DE89 37 0400440532013000",
            "de89",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    /// The examples of the SWIFT registry.
    #[rustfmt::skip]
    const EXAMPLES: [&str; 78] = [
        "AD1200012030200359100100",
        "AE070331234567890123456",
        "AL47212110090000000235698741",
        "AT611904300234573201",
        "AZ21NABZ00000000137010001944",
        "BA391290079401028494",
        "BE68539007547034",
        "BG80BNBG96611020345678",
        "BH67BMAG00001299123456",
        "BR1800360305000010009795493C1",
        "BY13NBRB3600900000002Z00AB00",
        "CH9300762011623852957",
        "CR05015202001026284066",
        "CY17002001280000001200527600",
        "CZ6508000000192000145399",
        "DE89370400440532013000",
        "DK5000400440116243",
        "DO28BAGR00000001212453611324",
        "EE382200221020145685",
        "EG380019000500000000263180002",
        "ES9121000418450200051332",
        "FI2112345600000785",
        "FO6264600001631634",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "GE29NB0000000101904917",
        "GI75NWBK000000007099453",
        "GL8964710001000206",
        "GR1601101250000000012300695",
        "GT82TRAJ01020000001210029690",
        "HR1210010051863000160",
        "HU42117730161111101800000000",
        "IE29AIBK93115212345678",
        "IL620108000000099999999",
        "IQ98NBIQ850123456789012",
        "IS140159260076545510730339",
        "IT60X0542811101000000123456",
        "JO94CBJO0010000000000131000302",
        "KW81CBKU0000000000001234560101",
        "KZ86125KZT5004100100",
        "LB62099900000001001901229114",
        "LC55HEMM000100010012001200023015",
        "LI21088100002324013AA",
        "LT121000011101001000",
        "LU280019400644750000",
        "LV80BANK0000435195001",
        "LY83002048000020100120361",
        "MC5811222000010123456789030",
        "MD24AG000225100013104168",
        "ME25505000012345678951",
        "MK07250120000058984",
        "MR1300020001010000123456753",
        "MT84MALT011000012345MTLCAST001S",
        "MU17BOMM0101101030300200000MUR",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "PK36SCBL0000001123456702",
        "PL61109010140000071219812874",
        "PS92PALS000000000400123456702",
        "PT50000201231234567890154",
        "QA58DOHB00001234567890ABCDEFG",
        "RO49AAAA1B31007593840000",
        "RS35260005601001611379",
        "SA0380000000608010167519",
        "SC18SSCB11010000000000001497USD",
        "SE4550000000058398257466",
        "SI56263300012039086",
        "SK3112000000198742637541",
        "SM86U0322509800000000270100",
        "ST23000100010051845310146",
        "SV62CENR00000000000000700025",
        "TL380080012345678910157",
        "TN5910006035183598478831",
        "TR330006100519786457841326",
        "UA213223130000026007233566001",
        "VA59001123000012345678",
        "VG96VPVG0000012345678901",
        "XK051212012345678906",
    ];

    #[test]
    fn lengths_and_check_digits_agree_with_another_implementation() {
        for number in EXAMPLES {
            assert_eq!(found(&format!("to {number}.")), Some(number));
            assert_eq!(found(&format!("to {number}7.")), None, "{number}");
            // Pakistan is not in the other's table.
            assert!(
                number.starts_with("PK") || number.parse::<::iban::Iban>().is_ok(),
                "{number}"
            );
        }
    }
}
