//! Words that name a level, and where in a line they do.

use hydra_logger::Level;

use super::{is_level_key, numbered};

/// How far into a line a level is looked for, in bytes: time stamp, host, thread and logger stand
/// before it, the message after it.
const HEAD: usize = 160;

/// How sure a word is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Any logger's word.
    Full,
    /// Three or four letters, which must stand where a level stands.
    Short,
}

/// The level of a word in any case.
fn word(text: &[u8]) -> Option<(Level, Kind)> {
    use Kind::{Full, Short};
    let mut upper = [0; 12];
    let upper = upper.get_mut(..text.len())?;
    upper.copy_from_slice(text);
    upper.make_ascii_uppercase();
    Some(match &*upper {
        b"TRACE" | b"VERBOSE" => (Level::Trace, Full),
        b"DEBUG" => (Level::Debug, Full),
        b"INFO" | b"NOTICE" | b"INFORMATION" => (Level::Info, Full),
        b"WARN" | b"WARNING" => (Level::Warning, Full),
        b"ERROR" | b"SEVERE" => (Level::Error, Full),
        b"FATAL" | b"CRITICAL" | b"CRIT" | b"ALERT" | b"EMERG" | b"EMERGENCY" | b"PANIC" => {
            (Level::Critical, Full)
        }
        b"TRC" | b"TRCE" | b"TRAC" => (Level::Trace, Short),
        b"DBG" | b"DBUG" | b"DEBU" => (Level::Debug, Short),
        b"INF" | b"NOTE" => (Level::Info, Short),
        b"WRN" => (Level::Warning, Short),
        b"ERR" | b"ERRO" | b"FAIL" => (Level::Error, Short),
        b"FTL" | b"FATA" | b"PNC" | b"PANI" => (Level::Critical, Short),
        _ => return None,
    })
}

/// The level of a value: a word in any case, a letter or a number.
pub(super) fn named(value: &[u8]) -> Option<Level> {
    let value = value.trim_ascii();
    match value {
        [one] if one.is_ascii_alphabetic() => letter(one.to_ascii_uppercase()),
        [b'0'..=b'9', ..] => numbered(std::str::from_utf8(value).ok()?.parse().ok()?),
        _ => word(value).map(|(level, _)| level),
    }
}

/// The letter by which logcat and klog name a level.
pub(super) fn letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'V' | b'T' => Level::Trace,
        b'D' => Level::Debug,
        b'I' => Level::Info,
        b'W' => Level::Warning,
        b'E' => Level::Error,
        b'F' | b'A' | b'C' => Level::Critical,
        _ => return None,
    })
}

/// The first word in a line's head that stands as a level does.
pub(super) fn level(line: &[u8]) -> Option<Level> {
    let head = &line[..line.len().min(HEAD)];
    // What stands before the word, with colour sequences as blanks.
    let mut before = b' ';
    let mut stamp = Stamp::default();
    let mut at = 0;
    while let Some(&byte) = head.get(at) {
        if byte == 0x1b {
            at += color_sequence(&head[at..]);
            before = b' ';
            continue;
        }
        if !byte.is_ascii_alphabetic() {
            stamp.byte(byte);
            before = byte;
            at += 1;
            continue;
        }
        let end = at + letters(&head[at..]);
        let text = &head[at..end];
        let after = match head.get(end) {
            None | Some(0x1b) => b' ',
            Some(after) => *after,
        };
        let is_cut = end == head.len() && end < line.len();
        if let Some((level, kind)) = word(text).filter(|_| !is_cut) {
            let place = Place {
                before,
                after,
                is_first: at == 0,
                is_after_stamp: stamp.is_all && stamp.has_digits,
            };
            if place.is_levels(kind, text.iter().all(u8::is_ascii_uppercase)) {
                return Some(level);
            }
        } else if after == b'=' && is_level_key(text) {
            let value = head[end + 1..].trim_ascii_start();
            let value = value.strip_prefix(b"\"").unwrap_or(value);
            let len = value.iter().take_while(|b| b.is_ascii_alphanumeric());
            if let Some(level) = named(&value[..len.count()]) {
                return Some(level);
            }
        }
        stamp.word(text);
        before = head[end - 1];
        at = end;
    }
    None
}

/// How long the run of letters at the beginning is.
fn letters(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_alphabetic()).count()
}

/// The length of the colour sequence at the beginning: ESC, `[`, numbers, `m`.
fn color_sequence(text: &[u8]) -> usize {
    let end = text.iter().position(u8::is_ascii_alphabetic);
    end.map_or(text.len(), |end| end + 1)
}

/// Whether what was seen of the line so far is a time stamp.
struct Stamp {
    is_all: bool,
    has_digits: bool,
}

impl Default for Stamp {
    fn default() -> Self {
        Stamp {
            is_all: true,
            has_digits: false,
        }
    }
}

impl Stamp {
    fn byte(&mut self, byte: u8) {
        self.has_digits |= byte.is_ascii_digit();
        self.is_all &= byte.is_ascii_digit() || b" \t:.,/+-[]()".contains(&byte);
    }

    fn word(&mut self, word: &[u8]) {
        const WORDS: [&[u8]; 25] = [
            b"T", b"Z", b"UTC", b"GMT", b"AM", b"PM", b"Jan", b"Feb", b"Mar", b"Apr", b"May",
            b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec", b"Mon", b"Tue", b"Wed", b"Thu",
            b"Fri", b"Sat", b"Sun",
        ];
        self.is_all &= WORDS.contains(&word);
    }
}

/// What stands around a word.
struct Place {
    before: u8,
    after: u8,
    is_first: bool,
    is_after_stamp: bool,
}

impl Place {
    /// Whether a word of this kind is a level here, and not a word of the message.
    fn is_levels(&self, kind: Kind, is_upper: bool) -> bool {
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
        let in_brackets = matches!(
            (self.before, self.after),
            (b'[' | b':', b']') | (b'<', b'>') | (b'|', b'|')
        );
        let labels = (is_blank(self.before) || self.is_first) && self.after == b':';
        // `error[E0382]: …`, `WARN[0003] …`
        let indexed = self.is_first && self.after == b'[';
        let follows_stamp = self.is_after_stamp && is_blank(self.after);
        if in_brackets || indexed || follows_stamp {
            return true;
        }
        match kind {
            Kind::Full if is_upper => {
                matches!(
                    self.before,
                    b' ' | b'\t' | b'[' | b'(' | b'<' | b'|' | b':' | b',' | b'"' | b'\'' | b'*'
                ) && matches!(
                    self.after,
                    b' ' | b'\t' | b']' | b')' | b'>' | b'|' | b':' | b',' | b'"' | b'\'' | b'*'
                )
            }
            Kind::Full => labels,
            // `npm ERR! …`, `fail: Microsoft.Hosting[0]`
            Kind::Short => (is_upper && self.after == b'!') || (labels && self.is_first),
        }
    }
}
