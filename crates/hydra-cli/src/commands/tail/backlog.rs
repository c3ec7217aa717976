//! Where in a file to begin: the last lines are found from its end.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;

use super::filter::Filter;
use crate::read::{Line, Reader};

/// How much is read at once.
const BLOCK: usize = 64 << 10;

/// A longer line counts as several: a file without newlines does not fill the memory.
const LONGEST_LINE: usize = 128 << 20;

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The first byte to show.
    pub(super) offset: u64,
    /// Whether what lies before it in the file was seen to be too old, or was not needed.
    pub(super) is_enough: bool,
}

/// The place in the file's first `length` bytes from which on `wanted` lines pass the filter: all
/// since its time if `None`.
pub(super) fn start(
    file: &mut File,
    length: u64,
    wanted: Option<usize>,
    filter: &Filter<'_>,
    reader: &Reader,
) -> io::Result<Start> {
    let mut reader = reader.clone();
    let mut start = Start {
        offset: length,
        is_enough: wanted == Some(0),
    };
    let (mut found, mut continuing) = (0, 0);
    if start.is_enough {
        return Ok(start);
    }
    lines_backwards(file, length, |offset, line| {
        let record = match reader.read(line) {
            Ok(Line::Nothing) => return ControlFlow::Continue(()),
            Ok(Line::Record(record)) => Some(record),
            Err(_) => None,
        };
        let passes = match &record {
            Some(record) => {
                let time = record.unix_ns.zip(filter.since());
                if time.is_some_and(|(ns, since)| ns < since) {
                    start.is_enough = true;
                    return ControlFlow::Break(());
                }
                filter.passes(line, record)
            }
            // Whether it does is known when the record is found that it continues.
            None if filter.is_about_records() => {
                continuing += 1;
                return ControlFlow::Continue(());
            }
            None => filter.passes_unread(line, None),
        };
        if passes {
            found += 1 + continuing;
            start.offset = offset;
        }
        continuing = 0;
        if wanted.is_some_and(|wanted| found >= wanted) {
            start.is_enough = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(start)
}

/// Hands out the lines of the file's first `length` bytes, the last one first, with their offsets.
fn lines_backwards(
    file: &mut File,
    length: u64,
    mut take: impl FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> io::Result<()> {
    // What was read and not handed out; it begins at `offset` of the file.
    let mut pending: Vec<u8> = Vec::new();
    let mut offset = length;
    let mut block = BLOCK;
    loop {
        // Each line ends where the one after it begins; the first one begins where the file does.
        while let Some(newline) = memchr::memrchr(b'\n', without_last(&pending)) {
            let line = pending.split_off(newline + 1);
            if take(offset + newline as u64 + 1, &line).is_break() {
                return Ok(());
            }
            block = BLOCK;
        }
        if offset == 0 || pending.len() > LONGEST_LINE {
            if !pending.is_empty() && take(offset, &pending).is_break() {
                return Ok(());
            }
            pending.clear();
        }
        if offset == 0 {
            return Ok(());
        }
        let more = (block as u64).min(offset);
        offset -= more;
        let mut front = vec![0; more as usize];
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut front)?;
        front.append(&mut pending);
        pending = front;
        // Without a newline the next step is twice as large: a long line costs its length.
        block *= 2;
    }
}

/// A text without its last byte, which may be the end of the line that is asked for.
fn without_last(bytes: &[u8]) -> &[u8] {
    bytes.split_last().map_or(&[], |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn backwards(content: &[u8]) -> Vec<(u64, String)> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let mut found = Vec::new();
        lines_backwards(&mut file, content.len() as u64, |offset, line| {
            found.push((offset, String::from_utf8(line.to_vec()).unwrap()));
            ControlFlow::Continue(())
        })
        .unwrap();
        found
    }

    #[test]
    fn lines_come_from_the_end_with_their_offsets() {
        let expected = [
            (6, "three".to_owned()),
            (4, "\n".into()),
            (0, "one\n".into()),
        ];
        let found = backwards(b"one\n\n\nthree");
        assert_eq!(found[0], expected[0]);
        assert_eq!(found.last(), Some(&expected[2]));
        assert_eq!(found.len(), 4);
        assert_eq!(backwards(b""), []);
        assert_eq!(backwards(b"x\n"), [(0, "x\n".to_owned())]);
    }

    #[test]
    fn lines_of_any_length_are_put_together_from_blocks() {
        for length in [BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK] {
            let content = format!("{}\n{}\nend\n", "a".repeat(length), "b".repeat(length));
            let found = backwards(content.as_bytes());
            let again: String = found.iter().rev().map(|(_, line)| &**line).collect();
            assert_eq!(found.len(), 3);
            assert!(again == content, "{length}");
        }
    }
}
