//! Passwords as people choose them and as programs make them.

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;
use crate::words::{FIRST, LAST};

pub(crate) const PASSWORD: Kind = Kind::new("PASSWORD", Group::Password);
pub(crate) const URL_CREDENTIAL: Kind = Kind::new("URL_CREDENTIAL", Group::UrlCredential);

const WORDS: &[&str] = &[
    "summer", "dragon", "monkey", "sunshine", "Welcome", "football", "shadow", "trustno", "master",
    "Passw0rd", "qwerty", "letmein", "admin", "changeme", "hunter", "tiger", "secret", "Winter",
    "zaq1xsw", "batman", "pa55word", "princess", "correct", "horse", "battery", "staple", "blue",
];

/// Where a password stands decides what it may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between quotes: spaces and separators are possible.
    Quoted,
    /// Ended by white space or a separator.
    Bare,
    /// Letters and digits and the marks that no shell or URL reads.
    Plain,
}

/// A password for a place.
pub(crate) fn make(draw: &mut Draw, place: Place) -> Secret {
    let marks = match place {
        Place::Quoted => "!@#$%^&*()-_=+[]{};:,.<>?/|~",
        Place::Bare => "!@#$%^*-_+=.?~/:",
        Place::Plain => "-_.~",
    };
    let word = draw.pick(WORDS);
    let (first, last) = (draw.pick(FIRST), draw.pick(LAST));
    let number = draw.between(0, 9999);
    let written = match draw.below(11) {
        0 => format!("{word}{number}"),
        1 => format!("{}{}{}", word, draw.from(marks, 1), number),
        2 => format!(
            "{}{}{}",
            crate::fill::capital(first),
            draw.between(1950, 2012),
            draw.from(marks, 1)
        ),
        3 => draw.alnum(16),
        4 => mixed(draw, 12, marks),
        5 => mixed(draw, 20, marks),
        6 => format!("{word}-{last}-{}", draw.pick(WORDS)),
        7 => draw.hex(24),
        8 if place == Place::Quoted => {
            format!("{word} {last} {} {}", draw.pick(WORDS), draw.pick(WORDS))
        }
        8 => word.to_owned() + "X",
        9 => draw.digits(8),
        _ => mixed(draw, 8, marks),
    };
    Secret::new(PASSWORD, written)
}

/// Letters, digits and marks, as a generator of passwords makes them.
fn mixed(draw: &mut Draw, length: usize, marks: &str) -> String {
    let start = draw.from("ABCDEFGHJKMNPQRSTUVWXYZ", 1);
    let middle: String = (0..length - 2)
        .map(|_| {
            if draw.chance(20) {
                draw.from(marks, 1)
            } else {
                draw.alnum(1)
            }
        })
        .collect();
    start + &middle + &draw.from("23456789", 1)
}
