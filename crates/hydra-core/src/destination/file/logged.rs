//! Lines on their way to the file, each write told to a [`WriteLog`].

use std::path::Path;

use crate::destination::{Batch, FilePlace, WriteLog};
use crate::sys::FileId;

/// The lines of a run, of which some may be there already.
pub(super) struct Logged<'l, 'b> {
    log: &'l mut dyn WriteLog,
    lines: Batch<'b>,
    path: &'l Path,
    /// How many bytes are in the file.
    bytes: usize,
    /// How many lines the log was told are there.
    told: usize,
}

impl<'l, 'b> Logged<'l, 'b> {
    pub(super) fn new(log: &'l mut dyn WriteLog, lines: Batch<'b>, path: &'l Path) -> Self {
        Logged {
            log,
            lines,
            path,
            bytes: 0,
            told: 0,
        }
    }

    /// The bytes that are not there yet.
    pub(super) fn rest(&self) -> &'b [u8] {
        &self.lines.bytes()[self.bytes..]
    }

    /// The next so many bytes are about to be appended.
    pub(super) fn intends(&mut self, file: FileId, offset: u64, bytes: usize) {
        let end = self.lines.whole_lines(self.bytes + bytes);
        let place = FilePlace {
            path: self.path,
            device: file.device,
            inode: file.inode,
            offset,
        };
        self.log.intends(&place, &self.lines.slice(self.told..end));
    }

    /// So many bytes more are there.
    pub(super) fn has_written(&mut self, bytes: usize) {
        self.bytes += bytes;
        let lines = self.lines.whole_lines(self.bytes);
        self.log.has_taken(lines - self.told);
        self.told = lines;
    }
}
