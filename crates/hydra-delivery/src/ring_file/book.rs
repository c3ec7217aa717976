//! How far a destination has come, in the file: what it is about to write, and what it has taken.

use hydra_core::destination::{Batch, FilePlace, WriteLog};

use super::layout;
use super::mapping::Mapping;

/// Where a destination's part of a ring file is written: memory while its owner lives, the file
/// itself for whoever takes over.
pub(crate) trait Place {
    /// Bytes that mean nothing until a number says so.
    fn put(&self, at: usize, bytes: &[u8]);

    /// A number, after everything that was put before.
    fn commit(&self, at: usize, number: u64);

    /// The same of 32 bits.
    fn commit_u32(&self, at: usize, number: u32);
}

impl Place for Mapping {
    fn put(&self, at: usize, bytes: &[u8]) {
        self.copy_in(at, bytes);
    }

    fn commit(&self, at: usize, number: u64) {
        self.u64(at)
            .store(number.to_le(), std::sync::atomic::Ordering::Release);
    }

    fn commit_u32(&self, at: usize, number: u32) {
        self.u32(at)
            .store(number.to_le(), std::sync::atomic::Ordering::Release);
    }
}

/// Keeps the book of one batch, of at most [`layout::MOST_LINES`] lines.
pub(crate) struct Book<'b, P> {
    place: &'b P,
    /// The numbers of the batch's records, in order; 0 for a line of no record in the file.
    numbers: &'b [u64],
    taken: usize,
}

impl<'b, P: Place> Book<'b, P> {
    pub(crate) fn new(place: &'b P, numbers: &'b [u64]) -> Book<'b, P> {
        Book {
            place,
            numbers,
            taken: 0,
        }
    }

    /// Nothing is under way, and everything up to a number is done; 0: no more than was.
    pub(crate) fn settle(place: &P, number: u64) {
        if number > 0 {
            place.commit(layout::DEST_DONE, number);
        }
        place.commit_u32(layout::DEST_OPEN, 0);
    }
}

impl<P: Place> WriteLog for Book<'_, P> {
    fn intends(&mut self, file: &FilePlace<'_>, lines: &Batch<'_>) {
        let place = self.place;
        place.commit_u32(layout::DEST_OPEN, 0);
        let path = file.path.as_os_str().as_encoded_bytes();
        let count = lines.len().min(layout::MOST_LINES);
        if path.len() > layout::MOST_PATH || count == 0 {
            return;
        }
        let numbers = self.numbers.get(self.taken..).unwrap_or_default();
        let mut table = Vec::with_capacity(8 * count);
        for number in numbers.iter().take(count) {
            table.extend_from_slice(&number.to_le_bytes());
        }
        place.put(layout::DEST_NUMBERS, &table);
        table.clear();
        let mut end = 0;
        for (line, _) in lines.iter().take(count) {
            end += line.len() as u32;
            table.extend_from_slice(&end.to_le_bytes());
        }
        place.put(layout::DEST_ENDS, &table);
        let bytes = lines.bytes();
        place.put(
            layout::DEST_TEXT,
            &bytes[..bytes.len().min(layout::MOST_BYTES)],
        );
        place.put(layout::DEST_PATH, path);
        place.put(layout::DEST_PATH_LEN, &(path.len() as u32).to_le_bytes());
        place.put(layout::DEST_LINES, &(count as u32).to_le_bytes());
        place.put(layout::DEST_DEVICE, &file.device.to_le_bytes());
        place.put(layout::DEST_INODE, &file.inode.to_le_bytes());
        place.put(layout::DEST_OFFSET, &file.offset.to_le_bytes());
        place.put(layout::DEST_BYTES, &(bytes.len() as u64).to_le_bytes());
        place.commit_u32(layout::DEST_OPEN, 1);
    }

    fn has_taken(&mut self, lines: usize) {
        let from = self.taken;
        self.taken = (from + lines).min(self.numbers.len());
        let taken = &self.numbers[from..self.taken];
        Book::settle(self.place, taken.iter().copied().max().unwrap_or(0));
    }
}
