//! The body of a row: lines of one destination as bytes, of which each is found again beside damage.
//!
//! Numbers are little-endian.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | [`MAGIC`] |
//! | 8 | 8 | the row's number |
//! | 16 | 4 | how many lines |
//! | 20 | 4 | the bytes of all lines with what stands before each |
//! | 24 | 2 | the bytes of the destination's identity |
//! | 26 | 2 | 1 where no line may be dropped, else 0 |
//! | 28 | 4 | CRC-32 of the 28 bytes before and of the identity |
//! | 32 | | the identity |
//!
//! Each line: its length (4 bytes), its time in nanoseconds since 1970 (8), its level, plus 128 where
//! it is guaranteed (1), the CRC-32 of these and of the line (4), the line.

use std::iter;

use hydra_core::destination::{Batch, BatchBuf};
use hydra_core::{Level, LineMeta};

/// What a body begins with, and is found by in a file that nothing else can read.
pub(super) const MAGIC: [u8; 8] = *b"\x00HySpool";

const HEAD: usize = 32;
const LINE_HEAD: usize = 17;

/// Beside a line's level.
const GUARANTEED: u8 = 128;

/// The most bytes of a body: a row fits on one page of the file, and so its bytes lie together. A line
/// that is longer has a row of its own.
pub(super) const MAX_BODY: usize = super::file::PAGE - 80;

/// A row that has been read.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) identity: String,
    pub(super) guaranteed: bool,
    /// The lines that are whole.
    pub(super) lines: BatchBuf,
    /// How many are not.
    pub(super) damaged: u32,
    /// The numbers of the first and the last of its records in the ring file; 0 where they are not known.
    pub(super) records: (u64, u64),
}

/// Cuts lines into bodies; gives each with its lines.
pub(super) fn encode<'a>(
    batch: &'a Batch<'a>,
    identity: &'a str,
    guaranteed: bool,
    mut next_number: impl FnMut() -> u64,
) -> impl Iterator<Item = (u64, Vec<u8>, Batch<'a>)> {
    let mut done = 0;
    iter::from_fn(move || {
        let rest = batch.slice(done..usize::MAX);
        // The row has a column of it as well.
        let mut bytes = HEAD + 2 * identity.len();
        let fitting = rest.iter().take_while(|(line, _)| {
            bytes += LINE_HEAD + line.len();
            bytes <= MAX_BODY
        });
        let lines = rest.slice(0..fitting.count().max(1));
        done += lines.len();
        (!lines.is_empty()).then(|| {
            let number = next_number();
            (number, body(number, &lines, identity, guaranteed), lines)
        })
    })
}

fn body(number: u64, lines: &Batch<'_>, identity: &str, guaranteed: bool) -> Vec<u8> {
    let length = lines.bytes().len() + lines.len() * LINE_HEAD;
    let mut body = Vec::with_capacity(HEAD + identity.len() + length);
    body.extend_from_slice(&MAGIC);
    body.extend_from_slice(&number.to_le_bytes());
    body.extend_from_slice(&(lines.len() as u32).to_le_bytes());
    body.extend_from_slice(&(length as u32).to_le_bytes());
    body.extend_from_slice(&(identity.len() as u16).to_le_bytes());
    body.extend_from_slice(&u16::from(guaranteed).to_le_bytes());
    let sum = checksum(&body, identity.as_bytes());
    body.extend_from_slice(&sum.to_le_bytes());
    body.extend_from_slice(identity.as_bytes());
    for (line, meta) in lines.iter() {
        let start = body.len();
        body.extend_from_slice(&(line.len() as u32).to_le_bytes());
        body.extend_from_slice(&meta.unix_ns.to_le_bytes());
        body.push(meta.level.index() as u8 | if meta.guaranteed { GUARANTEED } else { 0 });
        let sum = checksum(&body[start..], line);
        body.extend_from_slice(&sum.to_le_bytes());
        body.extend_from_slice(line);
    }
    body
}

fn checksum(first: &[u8], second: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(first);
    hasher.update(second);
    hasher.finalize()
}

/// Reads a body whose head is whole, with as many of its lines as are.
pub(super) fn decode(body: &[u8]) -> Option<Row> {
    let head = body.get(..HEAD)?;
    let identity_length = usize::from(u16::from_le_bytes(at(head, 24)));
    let identity = body.get(HEAD..HEAD + identity_length)?;
    if head[..8] != MAGIC || checksum(&head[..28], identity) != u32::from_le_bytes(at(head, 28)) {
        return None;
    }
    let declared = u32::from_le_bytes(at(head, 16));
    let length = u32::from_le_bytes(at(head, 20)) as usize;
    let rest = &body[HEAD + identity_length..];
    let lines = whole_lines(&rest[..length.min(rest.len())]);
    Some(Row {
        number: u64::from_le_bytes(at(head, 8)),
        identity: String::from_utf8_lossy(identity).into_owned(),
        guaranteed: u16::from_le_bytes(at(head, 26)) != 0,
        damaged: declared.saturating_sub(lines.as_batch().len() as u32),
        records: (0, 0),
        lines,
    })
}

/// A body, as far as it is whole. Where its head is damaged it has lines alone: what the head says
/// the row's other columns say too.
pub(super) fn what_is_whole(body: &[u8]) -> Row {
    decode(body).unwrap_or_else(|| Row {
        lines: whole_lines(body),
        ..Row::default()
    })
}

/// Every whole line in these bytes, wherever it begins.
pub(super) fn whole_lines(mut bytes: &[u8]) -> BatchBuf {
    let mut lines = BatchBuf::with_capacity(bytes.len());
    while bytes.len() >= LINE_HEAD {
        bytes = match line(bytes) {
            Some((line, meta)) => {
                lines.push(line, &meta);
                &bytes[LINE_HEAD + line.len()..]
            }
            // Damaged: the next one begins somewhere behind.
            None => &bytes[1..],
        };
    }
    lines
}

fn line(bytes: &[u8]) -> Option<(&[u8], LineMeta)> {
    let length = u32::from_le_bytes(at(bytes, 0)) as usize;
    let level = *Level::ALL.get(usize::from(bytes[12] & !GUARANTEED))?;
    let line = bytes[LINE_HEAD..].get(..length)?;
    let is_whole = checksum(&bytes[..13], line) == u32::from_le_bytes(at(bytes, 13));
    is_whole.then(|| {
        let meta = LineMeta::new(level, i64::from_le_bytes(at(bytes, 4)));
        (line, meta.guaranteed(bytes[12] & GUARANTEED != 0))
    })
}

fn at<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    let mut number = [0; N];
    number.copy_from_slice(&bytes[start..start + N]);
    number
}

/// Every row whose head is whole, wherever it lies in these bytes.
pub(super) fn scan(bytes: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut from = 0;
    while let Some(found) = find(&bytes[from..]) {
        let start = from + found;
        rows.extend(decode(&bytes[start..]));
        from = start + MAGIC.len();
    }
    rows
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(MAGIC.len()).position(|part| part == MAGIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> BatchBuf {
        let mut lines = BatchBuf::default();
        for at in 0..count {
            let meta = LineMeta::new(Level::ALL[at % Level::ALL.len()], at as i64);
            let meta = meta.guaranteed(at % 3 == 0);
            assert!(lines.push(format!("line {at}\n").as_bytes(), &meta));
        }
        lines
    }

    fn encoded(lines: &BatchBuf) -> Vec<Vec<u8>> {
        let mut number = 0;
        let next = || {
            number += 1;
            number
        };
        let batch = lines.as_batch();
        let bodies = encode(&batch, "file a.log", true, next).map(|(_, body, _)| body);
        bodies.collect()
    }

    #[test]
    fn what_was_written_is_read() {
        let lines = lines(5_000);
        let bodies = encoded(&lines);
        assert!(bodies.len() > 1 && bodies.iter().all(|body| body.len() <= MAX_BODY));
        let mut read = BatchBuf::default();
        for (at, body) in bodies.iter().enumerate() {
            let row = decode(body).unwrap();
            assert_eq!(
                (
                    row.number,
                    row.identity.as_str(),
                    row.guaranteed,
                    row.damaged
                ),
                (at as u64 + 1, "file a.log", true, 0)
            );
            for (line, meta) in row.lines.as_batch().iter() {
                read.push(line, &meta);
            }
        }
        let both = [&lines, &read].map(|lines| format!("{:?}", lines.as_batch()));
        assert!(both[0] == both[1]);
    }

    #[test]
    fn a_line_that_is_longer_than_a_body_has_one_of_its_own() {
        let meta = LineMeta::new(Level::Info, 0);
        let mut lines = BatchBuf::default();
        for length in [10, MAX_BODY * 3, 10] {
            assert!(lines.push(&vec![b'x'; length], &meta));
        }
        let lengths = encoded(&lines)
            .iter()
            .map(|body| decode(body).unwrap().lines.as_batch().len())
            .collect::<Vec<_>>();
        assert_eq!(lengths, [1, 1, 1]);
    }

    #[test]
    fn a_flipped_byte_costs_one_line_or_the_head() {
        let bodies = encoded(&lines(20));
        for at in 0..bodies[0].len() {
            let mut body = bodies[0].clone();
            body[at] ^= 0x10;
            match decode(&body) {
                None => {
                    assert!(at < HEAD + "file a.log".len());
                    assert_eq!(whole_lines(&body).as_batch().len(), 20);
                }
                Some(row) => {
                    assert_eq!((row.lines.as_batch().len(), row.damaged), (19, 1), "{at}");
                }
            }
        }
    }

    #[test]
    fn rows_are_found_among_other_bytes() {
        let bodies = encoded(&lines(3_000));
        let mut bytes = b"SQLite format 3\0\0".to_vec();
        for body in &bodies {
            bytes.extend_from_slice(body);
            bytes.extend_from_slice(&MAGIC); // and nothing behind it
        }
        let found = scan(&bytes)
            .iter()
            .map(|row| row.number)
            .collect::<Vec<_>>();
        assert_eq!(found, (1..=bodies.len() as u64).collect::<Vec<_>>());
    }
}
