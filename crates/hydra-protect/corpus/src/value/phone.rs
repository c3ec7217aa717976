//! Telephone numbers: E.164 of many countries, North American shapes, and national forms, which
//! count only beside a word that says what they are.

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;

pub(crate) const E164: Kind = Kind::new("PHONE_E164", Group::Phone);
pub(crate) const NANP: Kind = Kind::new("PHONE_NANP", Group::Phone);
pub(crate) const NATIONAL: Kind = Kind::new("PHONE_NATIONAL", Group::Phone);

/// International shapes: `#` any digit, `+` the sign.
const INTERNATIONAL: &[&str] = &[
    "+1212555####",
    "+49 (0)30 901820##",
    "(+44) 20 7946 ####",
    "+33.6.12.34.5#.##",
    "+1.415.555.####",
    "+44 (0) 20 7946 ####",
    "+49-151-2345####",
    "+43/1/58858###",
    "00491512345###",
    "+1 415 555 ####",
    "+1-303-555-####",
    "+1 (617) 555-####",
    "+44 20 7946 ####",
    "+447700900###",
    "+44 7911 12####",
    "+49 30 901820##",
    "+49 1512 345####",
    "+4915123456###",
    "+33 6 12 34 5# ##",
    "+336123456##",
    "+33 1 42 68 5# ##",
    "+34 612 34 5# ##",
    "+34912345###",
    "+39 06 698 #####",
    "+39 347 123 ####",
    "+31 6 123456##",
    "+31201234###",
    "+32 470 12 3# ##",
    "+41 44 668 18 ##",
    "+41791234###",
    "+43 1 58858 ###",
    "+46 70 123 4# ##",
    "+4670123####",
    "+47 22 12 3# ##",
    "+45 32 12 3# ##",
    "+358 40 123 ####",
    "+48 22 123 4# ##",
    "+48512345###",
    "+420 601 123 ###",
    "+36 30 123 ####",
    "+40 721 234 ###",
    "+30 21 0123 ####",
    "+90 532 123 4# ##",
    "+7 495 123-4#-##",
    "+7 916 123 4# ##",
    "+380 50 123 ####",
    "+972 54-123-####",
    "+971 50 123 ####",
    "+91 98765 4####",
    "+919876543###",
    "+86 138 1234 ####",
    "+8613912345###",
    "+81 3-1234-####",
    "+81 90 1234 ####",
    "+82 10-1234-####",
    "+61 412 345 ###",
    "+61 2 9374 ####",
    "+64 21 123 ####",
    "+65 9123 ####",
    "+852 9123 ####",
    "+55 11 91234-####",
    "+5511912345###",
    "+52 55 1234 ####",
    "+54 9 11 1234-####",
    "+56 9 1234 ####",
    "+57 310 123 ####",
    "+27 82 123 ####",
    "+234 803 123 ####",
    "+254 712 345 ###",
    "+20 100 123 ####",
    "+353 86 123 ####",
    "+351 912 345 ###",
    "0044 20 7946 ####",
    "+62 812-3456-###",
    "+66 81 234 ####",
    "+84 91 234 5# ##",
    "+63 917 123 ####",
];

const NATIONAL_FORMS: &[&str] = &[
    "020 7946 0###",
    "07700 900###",
    "0151 2345####",
    "030 901820##",
    "0171/23456##",
    "06 12 34 5# ##",
    "01 42 68 5# ##",
    "06-123456##",
    "020-1234###",
    "612 34 5# ##",
    "347 123 ####",
    "06 698 #####",
    "044 668 18 ##",
    "079 123 4# ##",
    "070-123 4# ##",
    "22 12 3# ##",
    "512 345 ###",
    "0532 123 4# ##",
    "8 (495) 123-4#-##",
    "090-1234-####",
    "03-1234-####",
    "010-1234-####",
    "138 1234 ####",
    "0412 345 ###",
    "(02) 9374 ####",
    "98765 4####",
    "(11) 91234-####",
    "082 123 ####",
    "054-123-####",
    "2125550###",
    "021 123 ####",
    "(0)30 901820##",
    "0800 123 ####",
];

/// With the sign and the country, or the prefix `00`.
pub(crate) fn e164(draw: &mut Draw) -> Secret {
    let written = shape(draw, INTERNATIONAL);
    Secret::new(E164, written)
}

/// Area, exchange and number, in the shapes of the United States and Canada.
pub(crate) fn nanp(draw: &mut Draw) -> Secret {
    let area = draw.pick(&[
        "212", "415", "303", "617", "206", "512", "702", "416", "604", "808", "917",
    ]);
    let exchange = draw.from("23456789", 1) + &draw.from("023456789", 2);
    let number = draw.from("0123456789", 4);
    let written = match draw.below(6) {
        0 => format!("({area}) {exchange}-{number}"),
        1 => format!("({area}){exchange}-{number}"),
        2 => format!("{area}.{exchange}.{number}"),
        3 => format!("1-{area}-{exchange}-{number}"),
        _ => format!("{area}-{exchange}-{number}"),
    };
    Secret::new(NANP, written)
}

/// As people of one country write it among themselves.
pub(crate) fn national(draw: &mut Draw) -> Secret {
    let written = shape(draw, NATIONAL_FORMS);
    Secret::new(NATIONAL, written)
}

fn shape(draw: &mut Draw, shapes: &[&str]) -> String {
    draw.pick(shapes)
        .chars()
        .map(|place| match place {
            '#' => draw.from("0123456789", 1),
            other => other.to_string(),
        })
        .collect()
}
