//! The level of a line that some other program printed.
//!
//! What is recognised, in this order; a line that shows none of it has no level:
//!
//! | shape | example |
//! |---|---|
//! | syslog priority | `<3>disk failure`, `<165>1 2026-01-01T…` |
//! | a JSON object's level | `{"level":"warn"}`, `{"level":50}` as pino, `{"severity":3}` as syslog |
//! | klog, glog | `E1121 10:11:12.131415 1 main.go:7] …` |
//! | logcat | `03-17 16:13:38.811  1702  2395 D Tag: …`, `W/Tag( 1702): …` |
//! | a level's key | `level=warn`, `severity="ERROR"` |
//! | a word, as loggers set it off | ` INFO `, `[error]`, `[core:warn]`, `error: …`, `WARN[0003]`, `12:00:00 info …` |
//!
//! A word counts only near the beginning of the line, and in small letters only where it is set
//! off by brackets, a colon or a time stamp before it: prose has errors in it too.

mod json;
mod words;

use hydra_logger::Level;

use words::named;

/// The level that a line shows, or `None`.
pub(crate) fn level(line: &[u8]) -> Option<Level> {
    match line.first()? {
        // What stands in an object's message is no level.
        b'{' => json::level(line),
        b'<' => priority(line).or_else(|| words::level(line)),
        b'0'..=b'9' => logcat_threadtime(line).or_else(|| words::level(line)),
        _ => klog(line)
            .or_else(|| logcat_brief(line))
            .or_else(|| words::level(line)),
    }
}

/// Whether a key's value is a level.
fn is_level_key(key: &[u8]) -> bool {
    const KEYS: [&str; 11] = [
        "level",
        "severity",
        "lvl",
        "loglevel",
        "log_level",
        "log.level",
        "levelname",
        "level_name",
        "severity_text",
        "severitytext",
        "@l",
    ];
    let is_known = |known: &&str| known.as_bytes().eq_ignore_ascii_case(key);
    // The journal's; in small letters it is some application's own.
    key == b"PRIORITY" || KEYS.iter().any(is_known)
}

/// A level's number: below 8 a severity of syslog, as in GELF; from 10 on as pino and bunyan count.
fn numbered(number: u64) -> Option<Level> {
    Some(match number {
        0..=7 => severity(number as u8),
        10..20 => Level::Trace,
        20..30 => Level::Debug,
        30..40 => Level::Info,
        40..50 => Level::Warning,
        50..60 => Level::Error,
        60 => Level::Critical,
        _ => return None,
    })
}

/// A severity of RFC 5424, 0 to 7.
fn severity(number: u8) -> Level {
    match number {
        0..=2 => Level::Critical,
        3 => Level::Error,
        4 => Level::Warning,
        5 | 6 => Level::Info,
        _ => Level::Debug,
    }
}

/// `<PRI>`, whose last three bits are the severity.
fn priority(line: &[u8]) -> Option<Level> {
    let digits = line[1..]
        .iter()
        .take(4)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if !(1..=3).contains(&digits) || line.get(1 + digits) != Some(&b'>') {
        return None;
    }
    let number = line[1..=digits]
        .iter()
        .fold(0, |n, digit| n * 10 + u16::from(digit - b'0'));
    (number <= 191).then(|| severity((number & 7) as u8))
}

/// `E1121 10:…`: a letter, month and day.
fn klog(line: &[u8]) -> Option<Level> {
    let [letter, date @ .., b' ', hour] = line.get(..7)? else {
        return None;
    };
    let digits = date.iter().all(u8::is_ascii_digit) && hour.is_ascii_digit();
    digits.then(|| words::letter(*letter)).flatten()
}

/// `03-17 16:13:38.811  1702  2395 D Tag: …`: date, time, process, thread, level.
fn logcat_threadtime(line: &[u8]) -> Option<Level> {
    let stamp = line
        .iter()
        .take(64)
        .take_while(|b| matches!(b, b'0'..=b'9' | b' ' | b'-' | b':' | b'.'))
        .count();
    let (stamp, rest) = line.split_at(stamp);
    let words = stamp
        .split(|b| *b == b' ')
        .filter(|word| !word.is_empty())
        .count();
    match rest {
        [letter, b' ', ..] if words == 4 && stamp.ends_with(b" ") && stamp.contains(&b':') => {
            words::letter(*letter)
        }
        _ => None,
    }
}

/// `W/Tag( 1702): …`.
fn logcat_brief(line: &[u8]) -> Option<Level> {
    let [letter, b'/', tag @ ..] = line else {
        return None;
    };
    let tag = &tag[..tag.len().min(64)];
    let paren = tag.iter().position(|b| *b == b'(')?;
    let process = tag[paren + 1..].trim_ascii_start();
    let digits = process.iter().take_while(|b| b.is_ascii_digit()).count();
    (digits > 0 && process[digits..].starts_with(b"):"))
        .then(|| words::letter(*letter))
        .flatten()
}

#[cfg(test)]
mod tests;
