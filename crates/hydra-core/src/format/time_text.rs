//! Time as text, made once a second; between, only the digits after the second are patched in.
//!
//! A second's text costs two calls of strftime, once for each distinct layout; a record's, a copy.

use std::fs;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use jiff::fmt::StdIoWrite;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::FormatError;
use super::fraction::split_at_fraction;
use crate::Buffer;
use crate::config::TimeZoneSetting;
use crate::digits::PAIRS;
use crate::scan::is_control;

/// The longest time text, in bytes; a whole one is copied without a loop.
const LONGEST: usize = 64;
/// How many layouts a thread remembers.
const SLOTS: usize = 8;
const NS: i64 = 1_000_000_000;

/// A layout of date and time: strftime templates around at most one field of fractions.
#[derive(Debug)]
pub(crate) struct TimeText {
    before: String,
    digits: u8,
    after: String,
    setting: TimeZoneSetting,
    zone: TimeZone,
    slot: usize,
    id: usize,
}

/// Every layout in use, so that equal ones share a thread's cache.
static LAYOUTS: Mutex<Vec<Arc<TimeText>>> = Mutex::new(Vec::new());

fn layouts() -> MutexGuard<'static, Vec<Arc<TimeText>>> {
    LAYOUTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The layouts' lock, while the process forks.
pub(crate) fn hold_over_fork() -> impl Sized {
    layouts()
}

impl TimeText {
    /// The layout for a strftime template, in which `%f` stands for microseconds, as in Python's
    /// `datetime`, and `%3f` for so many digits.
    pub(crate) fn new(
        template: &str,
        zone: &TimeZoneSetting,
    ) -> Result<Arc<TimeText>, FormatError> {
        let (before, digits, after) = split_at_fraction(template)?;
        let mut layouts = layouts();
        let known = layouts.iter().find(|known| {
            (&*known.before, known.digits, &*known.after, &known.setting)
                == (before.as_str(), digits, after, zone)
        });
        if let Some(known) = known {
            return Ok(Arc::clone(known));
        }
        let layout = Arc::new(TimeText {
            before,
            digits,
            after: after.to_owned(),
            setting: zone.clone(),
            zone: find_zone(zone)?,
            slot: layouts.len() % SLOTS,
            id: layouts.len() + 1,
        });
        // The widest time there is: what fits now always fits.
        let widest = 1_727_308_799; // Wednesday, 25 September 2024
        if Second::default().fill(&layout, widest).is_none() {
            return Err(FormatError::Time {
                template: template.to_owned(),
                longest: LONGEST - 4,
            });
        }
        layouts.push(Arc::clone(&layout));
        Ok(layout)
    }

    /// Whether the layout shows nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.digits == 0 && self.after.is_empty()
    }

    /// Appends the text of a moment.
    #[inline]
    pub(crate) fn render(&self, cache: &mut TimeCache, unix_ns: i64, out: &mut Buffer) {
        let second = unix_ns.div_euclid(NS);
        let cached = &mut cache.0[self.slot];
        if cached.of != second || cached.id != self.id {
            cached.refill(self, second);
        }
        // Copied first and patched there: bytes that were just stored one by one cannot be loaded
        // sixteen at a time without waiting for them.
        let copy = out.push_padded(&cached.text, cached.len as usize);
        let fraction_at = cached.fraction_at as usize;
        patch(
            &mut copy[fraction_at..],
            self.digits,
            unix_ns.rem_euclid(NS) as u32,
        );
    }
}

/// Writes the fraction of a second with this many digits.
#[inline]
fn patch(room: &mut [u8], digits: u8, ns: u32) {
    if digits == 6 {
        let us = ns / 1000;
        let pairs = [us / 10_000, us / 100 % 100, us % 100];
        if let Some(room) = room.get_mut(..6) {
            for (i, pair) in pairs.into_iter().enumerate() {
                room[2 * i..2 * i + 2].copy_from_slice(&PAIRS[pair as usize]);
            }
        }
    } else if digits > 0 {
        let mut left = ns / 10_u32.pow(9 - u32::from(digits));
        for i in (0..digits as usize).rev() {
            room[i] = b'0' + (left % 10) as u8;
            left /= 10;
        }
    }
}

/// What a thread remembers of each layout: the text of the last second.
#[derive(Debug, Default)]
pub(crate) struct TimeCache([Second; SLOTS]);

#[derive(Debug)]
struct Second {
    /// Which second, since 1970.
    of: i64,
    id: usize,
    text: [u8; LONGEST],
    len: u8,
    fraction_at: u8,
}

impl Default for Second {
    fn default() -> Self {
        Second {
            of: i64::MIN,
            id: 0,
            text: [b' '; LONGEST],
            len: 0,
            fraction_at: 0,
        }
    }
}

impl Second {
    #[cold]
    #[inline(never)]
    fn refill(&mut self, layout: &TimeText, second: i64) {
        (self.of, self.id) = (second, layout.id);
        if self.fill(layout, second).is_none() {
            // A zone whose abbreviation grew beyond the room: the time stands as a number.
            let mut text = itoa::Buffer::new();
            let text = text.format(second).as_bytes();
            self.text[..text.len()].copy_from_slice(text);
            (self.len, self.fraction_at) = (text.len() as u8, LONGEST as u8 - 9);
        }
    }

    fn fill(&mut self, layout: &TimeText, second: i64) -> Option<()> {
        let time = Timestamp::from_second(second)
            .ok()?
            .to_zoned(layout.zone.clone());
        let before = strftime(&time, &layout.before, &mut self.text)?;
        let fraction_end = before + layout.digits as usize;
        let after = strftime(&time, &layout.after, self.text.get_mut(fraction_end..)?)?;
        // Room for the nine digits that `patch` writes at most.
        if before + 9 > LONGEST {
            return None;
        }
        self.len = (fraction_end + after) as u8;
        self.fraction_at = before as u8;
        Some(())
    }
}

/// Refuses a template whose text holds a control character, or one that is forbidden.
pub(crate) fn check(template: &str, forbidden: &[char]) -> Result<(), FormatError> {
    // A template that cannot be shown is refused, with the reason, when its layout is made.
    let text = jiff::fmt::strtime::format(template, &Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC))
        .unwrap_or_default();
    let bad = |c: char| c.is_control() || is_control(c) || forbidden.contains(&c);
    match text.chars().find(|c| bad(*c)) {
        Some(found) => Err(FormatError::TimeCharacter {
            template: template.to_owned(),
            found,
        }),
        None => Ok(()),
    }
}

fn strftime(time: &Zoned, template: &str, mut room: &mut [u8]) -> Option<usize> {
    let before = room.len();
    BrokenDownTime::from(time)
        .format(template, StdIoWrite(&mut room))
        .ok()?;
    Some(before - room.len())
}

/// The machine's time zone, read once. Only the one file is read: no walk through the database.
static LOCAL: LazyLock<TimeZone> = LazyLock::new(|| {
    let named = match std::env::var("TZ") {
        Ok(name) if !name.is_empty() => zone_from_name(name.trim_start_matches(':')),
        _ => fs::read("/etc/localtime")
            .ok()
            .and_then(|d| TimeZone::tzif("Local", &d).ok()),
    };
    named.unwrap_or(TimeZone::UTC)
});

/// The zone that a setting names.
pub(crate) fn find_zone(setting: &TimeZoneSetting) -> Result<TimeZone, FormatError> {
    match setting {
        TimeZoneSetting::Utc => Some(TimeZone::UTC),
        TimeZoneSetting::Local => Some(LOCAL.clone()),
        TimeZoneSetting::Fixed(seconds) => Offset::from_seconds(*seconds).ok().map(TimeZone::fixed),
        TimeZoneSetting::Named(name) => zone_from_name(name),
    }
    .ok_or_else(|| FormatError::TimeZone {
        name: setting.to_string(),
    })
}

/// A zone by its name in the system's database, by the path of its file, or as POSIX writes it.
fn zone_from_name(name: &str) -> Option<TimeZone> {
    const FOLDERS: [&str; 3] = [
        "/usr/share/zoneinfo",
        "/usr/lib/zoneinfo",
        "/usr/share/lib/zoneinfo",
    ];
    let read = |path: &std::path::Path| {
        fs::read(path)
            .ok()
            .and_then(|data| TimeZone::tzif(name, &data).ok())
    };
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    if name.starts_with('/') {
        return read(name.as_ref());
    }
    let plain = !name.split('/').any(|part| part == "..");
    let file = || {
        FOLDERS
            .iter()
            .find_map(|folder| read(&std::path::Path::new(folder).join(name)))
    };
    plain
        .then(file)
        .flatten()
        .or_else(|| TimeZone::posix(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(template: &str, zone: &TimeZoneSetting, unix_ns: i64) -> String {
        let mut out = Buffer::default();
        let layout = TimeText::new(template, zone).unwrap();
        layout.render(&mut TimeCache::default(), unix_ns, &mut out);
        String::from_utf8(out.as_bytes().to_vec()).unwrap()
    }

    const MOMENT: i64 = 1_700_000_000_123_456_789;

    #[test]
    fn the_fraction_has_as_many_digits_as_the_template_asks() {
        for (template, expected) in [
            ("%H:%M:%S", "22:13:20"),
            ("%H:%M:%S.%f", "22:13:20.123456"),
            ("%H:%M:%S%.3f", "22:13:20.123"),
            ("%S,%1f!", "20,1!"),
            ("%S.%9f%:z", "20.123456789+00:00"),
            ("100%%f", "100%f"),
            ("%Y-%m-%d %A", "2023-11-14 Tuesday"),
        ] {
            assert_eq!(
                shown(template, &TimeZoneSetting::Utc, MOMENT),
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn a_zone_is_an_offset_or_a_name() {
        let template = "%F %T%:z";
        assert_eq!(
            shown(template, &TimeZoneSetting::Fixed(-5400), MOMENT),
            "2023-11-14 20:43:20-01:30"
        );
        assert_eq!(
            shown(
                template,
                &TimeZoneSetting::Named("EST5EDT,M3.2.0,M11.1.0".into()),
                MOMENT
            ),
            "2023-11-14 17:13:20-05:00"
        );
    }

    #[test]
    fn a_time_before_1970_and_one_that_goes_back_are_shown_as_they_are() {
        let layout = TimeText::new("%F %T.%f", &TimeZoneSetting::Utc).unwrap();
        let mut cache = TimeCache::default();
        let mut out = Buffer::default();
        for ns in [1_000_000_001, 999_999_999, -1_000] {
            layout.render(&mut cache, ns, &mut out);
            out.push(b'\n');
        }
        assert_eq!(
            std::str::from_utf8(out.as_bytes()).unwrap(),
            "1970-01-01 00:00:01.000000\n1970-01-01 00:00:00.999999\n1969-12-31 23:59:59.999999\n"
        );
    }

    #[test]
    fn a_template_that_is_wrong_is_an_error_that_names_it() {
        for template in ["%!", "%f and %f", &"%A".repeat(20)] {
            let error = TimeText::new(template, &TimeZoneSetting::Utc).unwrap_err();
            assert!(
                error.to_string().contains(&format!("{template:?}")),
                "{error}"
            );
        }
        let zone = TimeZoneSetting::Named("Mars/Olympus".into());
        let error = TimeText::new("%T", &zone).unwrap_err();
        assert!(error.to_string().contains("Mars/Olympus"), "{error}");
    }
}
