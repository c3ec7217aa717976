//! Numbers and dates of a person: social security, birth, passport, national identity.

use crate::draw::{Draw, UPPER};
use crate::kind::{Group, Kind};
use crate::line::Secret;

pub(crate) const SSN: Kind = Kind::new("US_SSN", Group::Ssn);
pub(crate) const BIRTH: Kind = Kind::new("BIRTH_DATE", Group::BirthDate);
pub(crate) const PASSPORT: Kind = Kind::new("PASSPORT", Group::Document);
pub(crate) const NATIONAL_ID: Kind = Kind::new("NATIONAL_ID", Group::Document);

/// An issued area (not 000, 666 or 9xx), group and serial number.
pub(crate) fn ssn(draw: &mut Draw) -> Secret {
    let mut area = draw.between(1, 899);
    if area == 666 {
        area = 665;
    }
    let (group, serial) = (draw.between(1, 99), draw.between(1, 9999));
    Secret::new(SSN, format!("{area:03}-{group:02}-{serial:04}"))
}

/// The same without dashes or with spaces, which a name must stand beside.
pub(crate) fn ssn_named(draw: &mut Draw) -> Secret {
    let dashed = ssn(draw).plain;
    let written = match draw.below(4) {
        0 => dashed.replace('-', ""),
        1 => dashed.replace('-', " "),
        _ => dashed,
    };
    Secret::new(SSN, written)
}

/// A day of birth in the usual orders.
pub(crate) fn birth(draw: &mut Draw) -> Secret {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = (
        draw.between(1935, 2009),
        draw.between(1, 12),
        draw.between(1, 28),
    );
    let name = MONTHS[month as usize - 1];
    let written = match draw.below(8) {
        0..=2 => format!("{year}-{month:02}-{day:02}"),
        3 => format!("{month:02}/{day:02}/{year}"),
        4 => format!("{day:02}.{month:02}.{year}"),
        5 => format!("{day} {name} {year}"),
        6 => format!("{name} {day}, {year}"),
        _ => format!("{year}/{month:02}/{day:02}"),
    };
    Secret::new(BIRTH, written)
}

/// Passport numbers in the shapes of several countries.
pub(crate) fn passport(draw: &mut Draw) -> Secret {
    let written = match draw.below(7) {
        0 => draw.digits(9),
        1 => draw.from("ABCDEFGHJKLMNPRSTUVWXYZ", 1) + &draw.digits(8),
        2 => {
            draw.from("CFGHJK", 1) + &draw.from("CFGHJKLMNPRTVWXYZ0123456789", 7) + &draw.digits(1)
        }
        3 => draw.from("ABCDEFGHJKLMNPRSTUVWXYZ", 2) + &draw.digits(7),
        4 => draw.digits(2) + &draw.from("ABCDEFGHJKLMNPRSTUVWXYZ", 2) + &draw.digits(5),
        5 => draw.from("ABCDEFGHJKLMNPRSTUVWXYZ", 2) + &draw.digits(6),
        _ => "E".to_owned() + &draw.digits(8),
    };
    Secret::new(PASSPORT, written)
}

/// A national identity number with the words that stand before it.
pub(crate) fn national_id(draw: &mut Draw) -> (&'static str, Secret) {
    let (word, written) = match draw.below(12) {
        0 => (
            "NINO",
            format!(
                "{}{} {:02} {:02} {:02} {}",
                draw.from("ABCEGHJLMNPRSTWXYZ", 1),
                draw.from("ABCEGHJLMNPRSTWXYZ", 1),
                draw.below(100),
                draw.below(100),
                draw.below(100),
                draw.from("ABCD", 1)
            ),
        ),
        1 => (
            "national insurance number",
            format!(
                "{}{}{}",
                draw.from("ABCEGHJLMNPRSTWXYZ", 2),
                draw.digits(6),
                draw.from("ABCD", 1)
            ),
        ),
        2 => ("CPF", {
            let d = draw.digits(9);
            let d = cpf(&d);
            format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..])
        }),
        3 => ("DNI", {
            let n = draw.between(10_000_000, 99_999_999);
            format!(
                "{n}{}",
                char::from(b"TRWAGMYFPDXBNJZSQVHLCKE"[(n % 23) as usize])
            )
        }),
        4 => ("PESEL", pesel(draw)),
        5 => (
            "Aadhaar",
            format!(
                "{} {} {}",
                draw.from("23456789", 1) + &draw.digits(3),
                draw.digits(4),
                draw.digits(4)
            ),
        ),
        6 => (
            "SIN",
            format!("{}-{}-{}", draw.digits(3), draw.digits(3), draw.digits(3)),
        ),
        7 => (
            "codice fiscale",
            format!(
                "{}{:02}{}{:02}{}{}{}",
                draw.from("BCDFGLMNPRSTVZ", 6),
                draw.between(50, 99),
                draw.from("ABCDEHLMPRST", 1),
                draw.between(1, 31),
                draw.from("ABCDEFGHIL", 1),
                draw.digits(3),
                draw.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)
            ),
        ),
        8 => (
            "personnummer",
            format!(
                "{:04}{:02}{:02}-{}",
                draw.between(1940, 2005),
                draw.between(1, 12),
                draw.between(1, 28),
                draw.digits(4)
            ),
        ),
        9 => ("national_id", draw.from(UPPER, 2) + &draw.digits(7)),
        10 => ("tax id", draw.digits(11)),
        _ => (
            "driver license",
            draw.from("ABCDEFGHJKLMNPRSTUVWXYZ", 1) + &draw.digits(7),
        ),
    };
    (word, Secret::new(NATIONAL_ID, written))
}

/// Nine digits with the two that check them (Receita Federal).
fn cpf(nine: &str) -> String {
    let mut digits: Vec<u32> = nine.bytes().map(|digit| u32::from(digit - b'0')).collect();
    for _ in 0..2 {
        let weight = digits.len() as u32 + 1;
        let sum: u32 = digits
            .iter()
            .zip((2..=weight).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        digits.push(match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        });
    }
    digits.iter().map(u32::to_string).collect()
}

fn pesel(draw: &mut Draw) -> String {
    const WEIGHTS: [u32; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
    let body = format!(
        "{:02}{:02}{:02}{}",
        draw.between(40, 99),
        draw.between(1, 12),
        draw.between(1, 28),
        draw.digits(4)
    );
    let sum: u32 = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
