//! What a ring file holds, whoever left it in whatever state: nothing that is read is trusted, what is
//! intact is found, and what is not is counted.

use std::ops::Range;

use bumpalo::Bump;

use super::layout::{self, u32_at, u64_at};
use super::owner::Owner;
use super::record;

/// Beside a record: its length and its number.
const PREFIX: usize = 8;
const SKIP: u32 = u32::MAX;

/// Why a file cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is no ring file.
    Other,
    /// It is one of another version.
    Version(u32),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Other => f.write_str("it is no ring file"),
            Unreadable::Version(version) => write!(
                f,
                "it has version {version} of the layout, and only {} is known here",
                layout::VERSION
            ),
        }
    }
}

/// A ring file, read.
pub(crate) struct Contents<'f> {
    pub(crate) owner: Owner,
    /// When it was made, in nanoseconds since 1970-01-01 UTC.
    pub(crate) created: i64,
    /// A number near those of the records.
    pub(crate) number: u64,
    pub(crate) configuration: Option<&'f str>,
    pub(crate) records: Vec<Waiting<'f>>,
    pub(crate) destinations: Vec<Destined<'f>>,
    pub(crate) damage: Damage,
}

/// What could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Places in rings where records make no sense; how many they were cannot be known.
    pub(crate) records: u64,
    /// The bytes from there to the next record that does.
    pub(crate) bytes: u64,
    /// Parts of the file that lie beyond its end, or are not what they must be.
    pub(crate) parts: u64,
}

/// A record in a ring.
#[derive(Clone, Copy)]
pub(crate) struct Waiting<'f> {
    pub(crate) bytes: &'f [u8],
    pub(crate) stamp: i64,
    /// 0 where it was not dispatched yet.
    pub(crate) number: u64,
    /// Where the number stands in the file.
    pub(crate) number_at: u64,
}

/// A destination's part.
pub(crate) struct Destined<'f> {
    /// Where it begins in the file.
    pub(crate) offset: u64,
    pub(crate) name: &'f str,
    /// Which it is, in the order in which they were made.
    pub(crate) serial: u64,
    /// Everything up to this number was taken.
    pub(crate) done: u64,
    pub(crate) intent: Option<Intent<'f>>,
}

/// Lines that may have been on their way into a file.
pub(crate) struct Intent<'f> {
    pub(crate) path: &'f [u8],
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    pub(crate) bytes: &'f [u8],
    pub(crate) ends: Vec<u32>,
    pub(crate) numbers: Vec<u64>,
}

/// Reads a whole file.
pub(crate) fn read(file: &[u8]) -> Result<Contents<'_>, Unreadable> {
    if file.get(..layout::MAGIC.len()) != Some(&layout::MAGIC) {
        return Err(Unreadable::Other);
    }
    let version = u32_at(file, layout::AT_VERSION).ok_or(Unreadable::Other)?;
    if version != layout::VERSION {
        return Err(Unreadable::Version(version));
    }
    let number_at = |at| u64_at(file, at).unwrap_or(0);
    let boot = file.get(layout::AT_BOOT..layout::AT_BOOT + layout::BOOT);
    let boot = std::str::from_utf8(boot.unwrap_or_default()).unwrap_or_default();
    let mut contents = Contents {
        owner: Owner {
            pid: u32_at(file, layout::AT_PID).unwrap_or(0),
            start: number_at(layout::AT_START),
            boot: boot.trim_end_matches('\0').to_owned(),
        },
        created: number_at(layout::AT_CREATED) as i64,
        number: number_at(layout::AT_NUMBER),
        configuration: None,
        records: Vec::new(),
        destinations: Vec::new(),
        damage: Damage::default(),
    };
    contents.extents(file);
    Ok(contents)
}

impl<'f> Contents<'f> {
    fn extents(&mut self, file: &'f [u8]) {
        let mut newest = 0;
        for entry in 0..layout::ENTRIES {
            let at = layout::AT_TABLE + entry * layout::ENTRY;
            let kind = u32_at(file, at + layout::ENTRY_KIND).unwrap_or(layout::END);
            match kind {
                layout::END => return,
                layout::FREE => continue,
                _ => {}
            }
            let number = |field| u64_at(file, at + field).unwrap_or(0);
            let (offset, length) = (number(layout::ENTRY_OFFSET), number(layout::ENTRY_LENGTH));
            let extra = number(layout::ENTRY_EXTRA);
            let end = offset.checked_add(length);
            let range =
                end.and_then(|end| Some(usize::try_from(offset).ok()?..usize::try_from(end).ok()?));
            let extent = range.and_then(|range: Range<usize>| file.get(range));
            let is_read = extent.is_some_and(|extent| match kind {
                layout::RING => self.ring(extent, offset, extra),
                layout::DESTINATION => self.destination(extent, offset),
                layout::CONFIGURATION => {
                    let text = extent.get(..extra as u32 as usize);
                    let text = text.and_then(|text| std::str::from_utf8(text).ok());
                    if text.is_some() && extra >> 32 >= newest {
                        newest = extra >> 32;
                        self.configuration = text;
                    }
                    text.is_some()
                }
                _ => false,
            });
            self.damage.parts += u64::from(!is_read);
        }
    }

    fn destination(&mut self, extent: &'f [u8], offset: u64) -> bool {
        let name = u32_at(extent, layout::DEST_NAME_LEN).unwrap_or(u32::MAX) as usize;
        let name = extent
            .get(layout::DEST_NAME..layout::DEST_PATH)
            .and_then(|area| area.get(..name))
            .and_then(|name| std::str::from_utf8(name).ok());
        let (Some(name), layout::DEST_SIZE) = (name, extent.len()) else {
            return false;
        };
        let done = u64_at(extent, layout::DEST_DONE).unwrap_or(0);
        let is_open = u32_at(extent, layout::DEST_OPEN) == Some(1);
        let intent = if is_open { intent(extent) } else { None };
        self.damage.parts += u64::from(is_open && intent.is_none());
        self.destinations.push(Destined {
            offset,
            name,
            serial: u64_at(extent, layout::DEST_SERIAL).unwrap_or(0),
            done,
            intent,
        });
        true
    }

    /// Finds the records of a ring between its head and its tail.
    fn ring(&mut self, extent: &'f [u8], offset: u64, capacity: u64) -> bool {
        let Some(records) = extent.get(layout::RING_RECORDS..) else {
            return false;
        };
        let head = u64_at(extent, layout::RING_HEAD).unwrap_or(0);
        let tail = u64_at(extent, layout::RING_TAIL).unwrap_or(0);
        let fits = capacity.is_power_of_two()
            && capacity <= records.len() as u64
            && head <= tail
            && tail - head <= capacity
            && (head | tail).is_multiple_of(8);
        if !fits {
            return false;
        }
        let ring = Ring {
            bytes: &records[..capacity as usize],
            tail,
        };
        let mut position = head;
        let mut arena = Bump::new();
        while position < tail {
            let Some((at, bytes, end)) = ring.call(position, &mut arena) else {
                let next = ring.resume(position + 8, &mut arena);
                self.damage.records += 1;
                self.damage.bytes += next - position;
                position = next;
                continue;
            };
            let number = u32_at(ring.bytes, at + 4).unwrap_or(0);
            self.records.push(Waiting {
                bytes,
                stamp: record::stamp(bytes).unwrap_or(0),
                number: self.whole_number(number),
                number_at: offset + (layout::RING_RECORDS + at + 4) as u64,
            });
            position = end;
        }
        true
    }

    /// The number of which the lower half stands beside a record: the one that is nearest to the
    /// file's; 0 for none.
    fn whole_number(&self, low: u32) -> u64 {
        const HALF: u64 = 1 << 32;
        if low == 0 {
            return 0;
        }
        let near = self.number & !(HALF - 1) | u64::from(low);
        let others = [near.wrapping_sub(HALF), near, near.wrapping_add(HALF)];
        let nearest = others.into_iter().min_by_key(|n| n.abs_diff(self.number));
        nearest.unwrap_or(near)
    }
}

fn intent(extent: &[u8]) -> Option<Intent<'_>> {
    let lines = u32_at(extent, layout::DEST_LINES)? as usize;
    let path = u32_at(extent, layout::DEST_PATH_LEN)? as usize;
    let length = u64_at(extent, layout::DEST_BYTES)?;
    if !(1..=layout::MOST_LINES).contains(&lines) || path > layout::MOST_PATH {
        return None;
    }
    let stored = usize::try_from(length).ok()?.min(layout::MOST_BYTES);
    let numbers = |i| u64_at(extent, layout::DEST_NUMBERS + 8 * i);
    let ends = |i| u32_at(extent, layout::DEST_ENDS + 4 * i);
    let ends: Vec<u32> = (0..lines).map_while(ends).collect();
    let is_rising = ends.is_sorted() && ends.last().is_some_and(|end| u64::from(*end) == length);
    if !is_rising || length > stored as u64 && lines > 1 {
        return None;
    }
    Some(Intent {
        path: extent.get(layout::DEST_PATH..layout::DEST_PATH + path)?,
        device: u64_at(extent, layout::DEST_DEVICE)?,
        inode: u64_at(extent, layout::DEST_INODE)?,
        offset: u64_at(extent, layout::DEST_OFFSET)?,
        length,
        bytes: extent.get(layout::DEST_TEXT..layout::DEST_TEXT + stored)?,
        numbers: (0..lines).map_while(numbers).collect(),
        ends,
    })
}

/// The bytes of a ring, and up to where records were accepted.
struct Ring<'f> {
    bytes: &'f [u8],
    tail: u64,
}

impl<'f> Ring<'f> {
    fn offset(&self, position: u64) -> usize {
        position as usize & (self.bytes.len() - 1)
    }

    /// Where the record at a position begins, behind a skip, and where it ends; `None` where none
    /// can stand.
    fn record(&self, position: u64) -> Option<(u64, u64)> {
        let mut start = position;
        let mut length = u32_at(self.bytes, self.offset(start))?;
        if length == SKIP {
            start += (self.bytes.len() - self.offset(start)) as u64;
            length = u32_at(self.bytes, self.offset(start))?;
        }
        let size = PREFIX + (length as usize).checked_next_multiple_of(8)?;
        let end = start.checked_add(size as u64)?;
        let fits = start < self.tail
            && end <= self.tail
            && length as usize <= self.bytes.len() / 2
            && self.offset(start) + size <= self.bytes.len();
        fits.then_some((start, end))
    }

    /// The call at a position: where its prefix stands, its bytes, and the position of the next.
    /// Zeroes and texts look like short records, and so only what can be read counts.
    fn call(&self, position: u64, arena: &mut Bump) -> Option<(usize, &'f [u8], u64)> {
        let (start, end) = self.record(position)?;
        let at = self.offset(start);
        let length = u32_at(self.bytes, at)? as usize;
        let bytes = self.bytes.get(at + PREFIX..at + PREFIX + length)?;
        let is_whole = record::read(bytes, arena).is_some_and(|read| read.context().is_ok());
        arena.reset();
        is_whole.then_some((at, bytes, end))
    }

    /// The first position from here on where calls follow each other up to the tail: the tail
    /// itself where there is none.
    fn resume(&self, from: u64, arena: &mut Bump) -> u64 {
        // From behind: from where the tail can be reached.
        let count = (self.tail.saturating_sub(from) / 8) as usize;
        let mut reaches = vec![false; count + 1];
        reaches[count] = true;
        let mut first = self.tail;
        for i in (0..count).rev() {
            let position = from + 8 * i as u64;
            let Some((start, end)) = self.record(position) else {
                continue;
            };
            let after = ((end - from) / 8) as usize;
            // A skip stands where the ring ends: elsewhere it is no beginning.
            let is_near = start == position || self.offset(start) == 0;
            if is_near && reaches[after] && self.call(position, arena).is_some() {
                reaches[i] = true;
                first = position;
            }
        }
        first.min(self.tail)
    }
}
