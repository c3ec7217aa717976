//! SQLite's write-ahead log as bytes: it stops reading at the first damage without a word, and this
//! finds out whether there is any, and the rows behind it.
//!
//! The format is SQLite's own (<https://sqlite.org/fileformat2.html#walformat>).

use std::fs;
use std::path::{Path, PathBuf};

use super::body::{self, Row};

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// What a log is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// SQLite reads all of it.
    Sound,
    /// It ends amid a commit: nobody was told that this is kept, but rows of it may be whole.
    Torn,
    /// Damaged within what was committed.
    Damaged,
}

/// The log of a database.
pub(super) fn path_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

pub(super) fn examine(path: &Path) -> State {
    fs::read(path_of(path)).map_or(State::Sound, |bytes| Log(&bytes).state())
}

/// Every row with a whole head in a log's present frames; in all of them where it does not say which
/// these are.
pub(super) fn rows(path: &Path) -> Vec<Row> {
    let Ok(bytes) = fs::read(path_of(path)) else {
        return Vec::new();
    };
    let log = Log(&bytes);
    if log.has_sound_head() {
        log.frames()
            .flat_map(|frame| body::scan(frame.page))
            .collect()
    } else {
        body::scan(&bytes)
    }
}

struct Log<'a>(&'a [u8]);

struct Frame<'a> {
    head: &'a [u8],
    page: &'a [u8],
    /// Whether it bears the mark of the log's present generation.
    is_present: bool,
}

impl Frame<'_> {
    fn ends_commit(&self) -> bool {
        number(self.head, 4) != 0
    }
}

impl<'a> Log<'a> {
    fn state(&self) -> State {
        if self.0.len() <= HEAD {
            return State::Sound;
        }
        if !self.has_sound_head() {
            return State::Damaged;
        }
        let mut sum = (number(self.0, 24), number(self.0, 28));
        let (mut first_bad, mut last_commit) = (None, None);
        let mut frames = 0;
        for (at, frame) in self.frames().enumerate() {
            frames += 1;
            sum = self.checksum(self.checksum(sum, &frame.head[..8]), frame.page);
            if sum != (number(frame.head, 16), number(frame.head, 20)) || !frame.is_present {
                first_bad.get_or_insert(at);
            }
            if frame.ends_commit() && frame.is_present {
                last_commit = Some(at);
            }
        }
        match (first_bad, last_commit) {
            (Some(bad), Some(commit)) if bad <= commit => State::Damaged,
            (bad, commit) if bad.is_some() || commit.is_some_and(|at| at + 1 < frames) => {
                State::Torn
            }
            (_, None) if frames > 0 => State::Torn,
            _ => State::Sound,
        }
    }

    /// All frames up to the last of the present generation.
    fn frames(&self) -> impl Iterator<Item = Frame<'a>> + use<'a> {
        let bytes = self.0;
        let page = number(bytes, 8) as usize;
        let frames = bytes[HEAD..].chunks_exact(FRAME_HEAD + page).map(|frame| {
            let (head, page) = frame.split_at(FRAME_HEAD);
            Frame {
                head,
                page,
                is_present: head[8..16] == bytes[16..24],
            }
        });
        let frames: Vec<_> = frames.collect();
        let present = frames.iter().rposition(|frame| frame.is_present);
        frames.into_iter().take(present.map_or(0, |last| last + 1))
    }

    fn has_sound_head(&self) -> bool {
        let head = self.0.get(..HEAD).unwrap_or_default();
        head.len() == HEAD
            && (512..=65_536).contains(&number(head, 8))
            && self.checksum((0, 0), &head[..24]) == (number(head, 24), number(head, 28))
    }

    fn checksum(&self, (mut first, mut second): (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let is_big_endian = self.0[3] & 1 == 1;
        let word = |bytes: &[u8]| {
            let mut word = [0; 4];
            word.copy_from_slice(bytes);
            if is_big_endian {
                u32::from_be_bytes(word)
            } else {
                u32::from_le_bytes(word)
            }
        };
        for pair in bytes.chunks_exact(8) {
            first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
            second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
        }
        (first, second)
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_be_bytes(number)
}
