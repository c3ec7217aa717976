//! Digits in groups, as telephone numbers are written.

use super::super::digits::{Digits, separator};
use crate::text::{byte, has_word, run_end};

/// The most groups that are read.
const GROUPS: usize = 8;

/// The most digits: 15 (E.164), an international prefix and a trunk digit.
const MOST: usize = 18;

/// Groups of digits with separators and parentheses between them.
pub(super) struct Shape {
    digits: Digits<MOST>,
    sizes: [u8; GROUPS],
    ends: [usize; GROUPS],
    /// Whether white space alone stands before a group.
    spaces: [bool; GROUPS],
    groups: usize,
    parenthesis: bool,
    separators: [u8; 2],
}

impl Shape {
    /// Reads the groups from `at` on; none when a group is longer than any number.
    pub(super) fn read(text: &[u8], at: usize) -> Option<Shape> {
        let mut shape = Shape {
            digits: Digits::new(),
            sizes: [0; GROUPS],
            ends: [0; GROUPS],
            spaces: [false; GROUPS],
            groups: 0,
            parenthesis: false,
            separators: [0; 2],
        };
        let mut open = byte(text, at) == b'(';
        let mut i = at + usize::from(open);
        shape.parenthesis = open;
        loop {
            let end = run_end(text, i, MOST + 1, |b| b.is_ascii_digit());
            if end == i || shape.groups == GROUPS {
                break;
            }
            if !shape.push(text.get(i..end)?, end) {
                return (shape.groups > 0).then_some(shape);
            }
            i = end;
            let closed = byte(text, i) == b')';
            // `(+44) 20 …`: opened before the sign.
            let enclosed =
                shape.groups == 1 && text.get(..at).is_some_and(|head| head.ends_with(b"(+"));
            if closed && !open && !enclosed {
                break;
            }
            if open && !closed {
                return None;
            }
            let mut next = i + usize::from(closed);
            let mut gap = gap_len(text, next);
            let space = gap > 0 && !matches!(byte(text, next), b'-' | b'.' | b'/');
            if shape.groups <= 2 && gap > 0 {
                shape.separators[shape.groups - 1] = byte(text, next);
            }
            next += gap;
            // `… 30 38 (167ms)`: what is in brackets behind a number is no group of it.
            open = byte(text, next) == b'(' && shape.groups <= 2 && {
                let inner = run_end(text, next + 1, MOST, |b| b.is_ascii_digit());
                byte(text, inner) == b')'
            };
            if open {
                gap += 1;
                next += 1;
                shape.parenthesis = true;
            }
            if gap == 0 && !closed || !byte(text, next).is_ascii_digit() {
                break;
            }
            if let Some(place) = shape.spaces.get_mut(shape.groups) {
                *place = space && !closed && !open;
            }
            i = next;
        }
        (shape.groups > 0).then_some(shape)
    }

    fn push(&mut self, group: &[u8], end: usize) -> bool {
        if self.digits.as_slice().len() + group.len() > MOST {
            return false;
        }
        for &digit in group {
            self.digits.push(digit);
        }
        if let (Some(size), Some(place)) = (
            self.sizes.get_mut(self.groups),
            self.ends.get_mut(self.groups),
        ) {
            *size = group.len() as u8;
            *place = end;
            self.groups += 1;
        }
        true
    }

    pub(super) fn digits(&self) -> &[u8] {
        self.digits.as_slice()
    }

    pub(super) fn sizes(&self) -> &[u8] {
        self.sizes.get(..self.groups).unwrap_or_default()
    }

    pub(super) fn has_parenthesis(&self) -> bool {
        self.parenthesis
    }

    /// Where the first `groups` groups end.
    pub(super) fn end_of(&self, groups: usize) -> Option<usize> {
        self.ends.get(groups.checked_sub(1)?).copied()
    }

    /// Whether white space alone stands before the group of that number, from 0.
    pub(super) fn gap_is_space(&self, group: usize) -> bool {
        self.spaces.get(group).copied().unwrap_or(false)
    }

    /// 1 when a trunk digit, `(0)`, follows a country's code of `len` digits.
    pub(super) fn trunk_after(&self, len: usize) -> usize {
        let lone = self.sizes().get(1) == Some(&1) && self.sizes().first() == Some(&(len as u8));
        usize::from(lone && self.digits().get(len) == Some(&0))
    }

    /// The end of the longest reading with `least` to `most` digits. Digits that stand behind a
    /// space after a whole number are another number.
    pub(super) fn end_within(&self, least: usize, most: usize) -> Option<usize> {
        let mut count = 0;
        let mut end = None;
        for (i, (&size, &place)) in self.sizes().iter().zip(&self.ends).enumerate() {
            let whole = i <= 2 && count >= least && size > 0;
            if whole && self.gap_is_space(i) && i == 1 {
                break;
            }
            count += usize::from(size);
            if count > most {
                // A number that runs on without a space is none.
                return if self.gap_is_space(i) { end } else { None };
            }
            if count >= least {
                end = Some(place);
            }
        }
        end
    }

    /// `2024-01-31`, `31.12.2024`, `12/31/24`, `10.0.0.1`.
    pub(super) fn is_date(&self) -> bool {
        matches!(
            self.sizes(),
            [4, 1 | 2, 1 | 2, ..] | [1 | 2, 1 | 2, 4] | [2, 2, 2]
        ) && matches!(self.separators[0], b'-' | b'.' | b'/')
            || matches!(self.sizes(), [1..=3, 1..=3, 1..=3, 1..=3])
                && self.separators == [b'.', b'.']
    }
}

/// The length of what stands between two groups: a separator, with spaces around a dash.
fn gap_len(text: &[u8], at: usize) -> usize {
    if text.get(at..at + 3) == Some(b" - ") {
        return 3;
    }
    if byte(text, at) == b'/' {
        1
    } else {
        separator(text, at)
    }
}

/// Where the number ends with its extension: `x123`, `ext. 12`, `;ext=7`, `#4`.
pub(super) fn extension_end(text: &[u8], end: usize) -> usize {
    let mut i = run_end(text, end, 2, |b| matches!(b, b' ' | b',' | b';'));
    let word = [&b"extension"[..], b"ext", b"x", b"#"]
        .into_iter()
        .find(|word| has_word(text, i, word));
    let Some(word) = word else { return end };
    i += word.len();
    i = run_end(text, i, 2, |b| matches!(b, b'.' | b' ' | b'=' | b':'));
    let digits = run_end(text, i, 7, |b| b.is_ascii_digit());
    if digits > i && digits - i <= 6 {
        digits
    } else {
        end
    }
}
