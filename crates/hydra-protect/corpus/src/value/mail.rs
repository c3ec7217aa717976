//! E-mail addresses: common, with tags, of international names and domains.

use crate::draw::Draw;
use crate::kind::{Group, Kind};
use crate::line::Secret;
use crate::words::{DOMAINS, FIRST, LAST, PEOPLE, WIDE_DOMAINS};

pub(crate) const EMAIL: Kind = Kind::new("EMAIL", Group::Email);
pub(crate) const EMAIL_WIDE: Kind = Kind::new("EMAIL_WIDE", Group::Email);

/// An address in letters of ASCII.
pub(crate) fn common(draw: &mut Draw) -> Secret {
    let (first, last) = (draw.pick(FIRST), draw.pick(LAST));
    let initial = &first[..1];
    let number = draw.between(1, 99);
    let local = match draw.below(12) {
        0..=3 => format!("{first}.{last}"),
        4 => format!("{initial}{last}"),
        5 => format!("{first}_{last}{number}"),
        6 => format!(
            "{first}.{last}+{}",
            draw.pick(&["news", "spam", "2fa", "shop-test", "tag.one"])
        ),
        7 => format!("{first}-{last}"),
        8 => format!("{initial}.{last}.{number}"),
        9 => format!("{last}{number}"),
        10 => format!("{}.{}", capital(first), capital(last)),
        _ => draw
            .pick(&[
                "o'brien",
                "sales!eu",
                "user#7",
                "info",
                "support",
                "first.m.last",
                "x",
            ])
            .to_owned(),
    };
    let domain = draw.pick(DOMAINS);
    let domain = if draw.chance(5) {
        domain.to_uppercase()
    } else {
        domain.to_owned()
    };
    Secret::new(EMAIL, format!("{local}@{domain}"))
}

/// An address with a name or a domain outside ASCII.
pub(crate) fn wide(draw: &mut Draw) -> Secret {
    let person = draw.pick(PEOPLE).to_lowercase();
    let (first, last) = (draw.pick(FIRST), draw.pick(LAST));
    let written = match draw.below(18) {
        0 => format!("\"{first} {last}\"@{}", draw.pick(DOMAINS)),
        1 => format!("{first}@[10.0.{}.{}]", draw.below(256), draw.below(256)),
        2..=5 => format!("{person}@{}", draw.pick(DOMAINS)),
        6..=9 => format!("{person}.{last}@{}", draw.pick(DOMAINS)),
        10..=13 => format!("{first}.{last}@{}", draw.pick(WIDE_DOMAINS)),
        _ => format!("{person}@{}", draw.pick(WIDE_DOMAINS)),
    };
    Secret::new(EMAIL_WIDE, written)
}

fn capital(word: &str) -> String {
    crate::fill::capital(word)
}
