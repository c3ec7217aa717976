//! Lines that hold nothing sensitive and look as if they did.

mod code;
mod numbers;
mod talk;
mod traffic;

use crate::draw::{Draw, HEX};
use crate::fill::harmless;
use crate::harden;
use crate::line::Line;
use crate::value::card::check_digit;

/// A kind of harmless line: its name and its templates.
pub(crate) type Rows = &'static [(&'static str, &'static [&'static str])];

/// Kinds of which not one line may be changed.
pub const NEVER: &[&str] = &[
    "uuid",
    "epoch",
    "digest",
    "git sha",
    "trace id",
    "mac address",
    "object id",
    "ulid",
    "snowflake",
    "pod name",
    "container id",
    "time of day",
    "already redacted",
];

/// `count` lines without anything that is sensitive by default, as many of each kind.
pub(crate) fn lines(draw: &mut Draw, count: usize) -> Vec<Line> {
    let kinds: Vec<_> = [numbers::ROWS, talk::ROWS, code::ROWS, traffic::ROWS].concat();
    (0..count)
        .map(|number| {
            let (name, templates) = kinds[number % kinds.len()];
            line(draw, name, templates)
        })
        .collect()
}

/// One line, in one of eight cases inside a JSON record.
fn line(draw: &mut Draw, name: &'static str, templates: &[&'static str]) -> Line {
    let template = templates[draw.index(templates.len())];
    let template = template.replace("«luhn»", &luhn_without_issuer(draw));
    let template = template.replace(
        "«trace»",
        &format!("{}-{}", draw.from(HEX, 32), draw.from(HEX, 16)),
    );
    let mut draft = harmless(draw, &template);
    if draw.chance(12) {
        harden::JSON.apply(draw, &mut draft);
        return draft.finish(name, "json");
    }
    draft.finish(name, "")
}

/// Sixteen digits whose check digit is right and whose start no issuer of cards uses.
fn luhn_without_issuer(draw: &mut Draw) -> String {
    let start = draw.pick(&["10", "12", "70", "75", "91", "99", "03", "84"]);
    let body = start.to_owned() + &draw.from("0123456789", 13);
    let check = check_digit(&body);
    body + &check.to_string()
}
