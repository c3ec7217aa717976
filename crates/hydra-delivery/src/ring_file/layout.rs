//! Where in a ring file what stands: `docs/ring-file.md` has it byte by byte. All numbers are little
//! endian, and what several threads or processes change is aligned to its size.

/// What a ring file begins with.
pub(crate) const MAGIC: [u8; 8] = *b"HYDRARNG";
/// The version of the layout. Another is not touched.
pub(crate) const VERSION: u32 = 1;
/// Everything begins at a multiple of this.
pub(crate) const PAGE: usize = 4096;

/// The header and the table of extents.
pub(crate) const HEAD: usize = 4 * PAGE;

pub(crate) const AT_VERSION: usize = 8;
pub(crate) const AT_PID: usize = 12;
pub(crate) const AT_START: usize = 16;
pub(crate) const AT_CREATED: usize = 24;
pub(crate) const AT_BOOT: usize = 32;
pub(crate) const BOOT: usize = 36;
/// A number that records have been given by now: with it the lower half of one tells the whole.
pub(crate) const AT_NUMBER: usize = 72;
/// The table: [`ENTRIES`] of [`ENTRY`] bytes.
pub(crate) const AT_TABLE: usize = 256;
pub(crate) const ENTRY: usize = 32;
pub(crate) const ENTRIES: usize = (HEAD - AT_TABLE) / ENTRY;

/// In an entry: what the extent is, where it begins, how long it is, and what its kind needs.
pub(crate) const ENTRY_KIND: usize = 0;
pub(crate) const ENTRY_OFFSET: usize = 8;
pub(crate) const ENTRY_LENGTH: usize = 16;
pub(crate) const ENTRY_EXTRA: usize = 24;

/// Nothing stands here, nor behind it.
pub(crate) const END: u32 = 0;
/// A ring: a page with tail and head, then the records.
pub(crate) const RING: u32 = 1;
/// How far a destination has come, and what it is about to write.
pub(crate) const DESTINATION: u32 = 2;
/// The configuration as JSON; `extra` is its number, of which the highest holds, and its length.
pub(crate) const CONFIGURATION: u32 = 3;
/// Room for another.
pub(crate) const FREE: u32 = 4;

pub(crate) const RING_TAIL: usize = 128;
pub(crate) const RING_HEAD: usize = 256;
pub(crate) const RING_RECORDS: usize = PAGE;

/// Every line of a record with a number up to this has been taken.
pub(crate) const DEST_DONE: usize = 0;
/// 1 while a write may be under way.
pub(crate) const DEST_OPEN: usize = 8;
/// How many lines that write has.
pub(crate) const DEST_LINES: usize = 12;
pub(crate) const DEST_DEVICE: usize = 16;
pub(crate) const DEST_INODE: usize = 24;
pub(crate) const DEST_OFFSET: usize = 32;
/// How many bytes that write has; the first [`MOST_BYTES`] stand here.
pub(crate) const DEST_BYTES: usize = 40;
pub(crate) const DEST_NAME_LEN: usize = 48;
pub(crate) const DEST_PATH_LEN: usize = 52;
/// Which of the parts of destinations it is, in the order in which they were made.
pub(crate) const DEST_SERIAL: usize = 56;
pub(crate) const DEST_NAME: usize = 64;
pub(crate) const MOST_NAME: usize = 448;
pub(crate) const DEST_PATH: usize = 512;
pub(crate) const MOST_PATH: usize = PAGE - DEST_PATH;
/// A u64 a line: its record's number.
pub(crate) const DEST_NUMBERS: usize = PAGE;
pub(crate) const MOST_LINES: usize = 4096;
/// A u32 a line: where it ends in the bytes.
pub(crate) const DEST_ENDS: usize = DEST_NUMBERS + 8 * MOST_LINES;
pub(crate) const DEST_TEXT: usize = DEST_ENDS + 4 * MOST_LINES;
pub(crate) const MOST_BYTES: usize = 64 << 10;
pub(crate) const DEST_SIZE: usize = DEST_TEXT + MOST_BYTES;

const _: () = assert!(DEST_SIZE.is_multiple_of(PAGE) && AT_BOOT + BOOT <= AT_TABLE);

/// The number at a place, if it is there.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

/// The number at a place, if it is there.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}
