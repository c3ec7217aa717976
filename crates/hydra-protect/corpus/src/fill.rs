//! Fills a template: `«v»` is the value that a line is about, `«k»` the name beside it, and the
//! other marks are harmless parts (times, levels, services) or values of other kinds.

use crate::draw::{Draw, UPPER};
use crate::line::{Draft, Secret};
use crate::value;
use crate::words::{DATABASES, FIRST, HOSTS, NOUNS, PATHS, SENTENCES, SERVICES, USERS};

/// Makes the draft of a template. `make` gives a value for each `«v»` or other mark of a value,
/// `key` gives the names.
pub(crate) fn fill(
    draw: &mut Draw,
    template: &str,
    mut make: impl FnMut(&mut Draw, &str) -> Option<Secret>,
    mut key: impl FnMut(&mut Draw) -> String,
) -> Draft {
    let mut draft = Draft::default();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('«') {
        draft.text(before);
        let Some((mark, tail)) = after.split_once('»') else {
            break;
        };
        rest = tail;
        if mark == "k" {
            draft.text(&key(draw));
        } else if let Some(secret) = make(draw, mark) {
            draft.value(secret);
        } else if let Some(secret) = other(draw, mark) {
            draft.value(secret);
        } else {
            draft.text(&part(draw, mark));
        }
    }
    draft.text(rest);
    draft
}

/// A harmless line: only parts, and IP or hardware addresses.
pub(crate) fn harmless(draw: &mut Draw, template: &str) -> Draft {
    fill(draw, template, |_, _| None, |_| String::new())
}

/// Values that stand in lines about something else.
fn other(draw: &mut Draw, mark: &str) -> Option<Secret> {
    match mark {
        "ip" => Some(value::net::v4(draw)),
        "ip6" => Some(value::net::v6(draw)),
        "mac" => Some(value::net::mac(draw)),
        "mail" => Some(value::mail::common(draw)),
        _ => None,
    }
}

/// A harmless part.
///
/// # Panics
///
/// On a mark that does not exist: a mistake in a template, found by the corpus's own tests.
fn part(draw: &mut Draw, mark: &str) -> String {
    match mark {
        "ts" => timestamp(draw),
        "day" => date(draw),
        "time" => clock(draw),
        "lvl" => draw
            .pick(&[
                "INFO", "DEBUG", "WARN", "ERROR", "info", "warning", "E", "[notice]",
            ])
            .to_owned(),
        "svc" => draw.pick(SERVICES).to_owned(),
        "host" => draw.pick(HOSTS).to_owned(),
        "user" => draw.pick(USERS).to_owned(),
        "name" => capital(draw.pick(FIRST)),
        "noun" => draw.pick(NOUNS).to_owned(),
        "say" => draw.pick(SENTENCES).to_owned(),
        "path" => draw.pick(PATHS).to_owned(),
        "db" => draw.pick(DATABASES).to_owned(),
        "n" => draw.between(1, 999).to_string(),
        "n1" => draw.between(1, 9).to_string(),
        "ms" => format!("{}.{}", draw.between(0, 2999), draw.between(0, 999)),
        "id" => {
            let length = draw.between(4, 8) as usize;
            draw.digits(length)
        }
        "port" => draw.between(1024, 65_000).to_string(),
        "pid" => draw.between(100, 32_000).to_string(),
        "hex4" => draw.hex(4),
        "hex8" => draw.hex(8),
        "hex16" => draw.hex(16),
        "hex32" => draw.hex(32),
        "hex40" => draw.hex(40),
        "hex64" => draw.hex(64),
        "uuid" => draw.uuid(),
        "HEX12" => draw.from("0123456789ABCDEF", 12),
        "UP6" => draw.from(UPPER, 6),
        "epoch" => draw.between(1_500_000_000, 1_899_999_999).to_string(),
        "epochms" => draw
            .between(1_500_000_000_000, 1_899_999_999_999)
            .to_string(),
        "epochus" => draw
            .between(1_500_000_000_000_000, 1_899_999_999_999_999)
            .to_string(),
        "epochns" => draw
            .between(1_500_000_000_000_000_000, 1_899_999_999_999_999_999)
            .to_string(),
        "ver" => format!(
            "{}.{}.{}",
            draw.between(0, 24),
            draw.between(0, 40),
            draw.between(0, 99)
        ),
        "money" => format!("{}.{:02}", draw.between(1, 99_999), draw.below(100)),
        "b64_44" => draw.from(crate::draw::BASE64, 43) + "=",
        "b64_88" => draw.from(crate::draw::BASE64, 86) + "==",
        "b64_400" => draw.from(crate::draw::BASE64, 400),
        "alnum22" => draw.alnum(22),
        "low10" => draw.from(crate::draw::LOWER, 10),
        "low5" => draw.from("bcdfghjklmnpqrstvwxz2456789", 5),
        "ulid" => "01".to_owned() + &draw.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24),
        "d2" => format!("{:02}", draw.between(0, 59)),
        "d3" => draw.digits(3),
        "d4" => draw.digits(4),
        "d6" => draw.digits(6),
        "d9" => draw.digits(9),
        "d10" => draw.digits(10),
        "d12" => draw.digits(12),
        "d16" => draw.digits(16),
        "d18" => draw.digits(18),
        _ => panic!("no such mark in a template: «{mark}»"),
    }
}

fn date(draw: &mut Draw) -> String {
    format!(
        "20{:02}-{:02}-{:02}",
        draw.between(19, 27),
        draw.between(1, 12),
        draw.between(1, 28)
    )
}

fn clock(draw: &mut Draw) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        draw.below(24),
        draw.below(60),
        draw.below(60)
    )
}

/// A time in one of the forms that loggers write.
fn timestamp(draw: &mut Draw) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (date, clock, milli) = (date(draw), clock(draw), draw.below(1000));
    let month = MONTHS[draw.index(12)];
    let day = draw.between(1, 28);
    match draw.below(8) {
        0 => format!("{date}T{clock}.{milli:03}Z"),
        1 => format!("{date} {clock},{milli:03}"),
        2 => format!("{date} {clock}"),
        3 => format!("{month} {day:2} {clock}"),
        4 => format!("[{date}T{clock}+02:00]"),
        5 => format!("{clock}.{milli:03}"),
        6 => format!("[{day:02}/{month}/2026:{clock} +0000]"),
        _ => format!("{}.{milli:03}", draw.between(1_500_000_000, 1_899_999_999)),
    }
}

/// The word with its first letter large.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
