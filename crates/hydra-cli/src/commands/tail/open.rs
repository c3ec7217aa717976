//! A log that is open: [`Open`].

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _, SeekFrom};

use crate::lines::{Line, Lines};

/// Of a longer line the beginning is shown.
const LONGEST_LINE: usize = 128 << 20;

/// How many bytes before the place of reading are remembered.
const MARK: usize = 128;

/// Which file it is, whatever its name.
#[cfg(unix)]
pub(super) fn id(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// Which file it is, as far as the standard library says: the moment of its making.
#[cfg(not(unix))]
pub(super) fn id(metadata: &Metadata) -> (u64, u64) {
    let made = metadata.created().ok();
    let since = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    since.map_or((0, 0), |passed| {
        (passed.as_secs(), passed.subsec_nanos().into())
    })
}

/// A file, how far it was read, and the line that is not yet complete.
pub(super) struct Open {
    file: File,
    pub(super) id: (u64, u64),
    at: Place,
    lines: Lines,
}

/// A place in a file, and what stands before it: a file that was truncated and written anew to
/// beyond this place has something else there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    offset: u64,
    mark: Vec<u8>,
}

impl Place {
    fn pass(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        let kept = &bytes[bytes.len().saturating_sub(MARK)..];
        let forgotten = (self.mark.len() + kept.len()).saturating_sub(MARK);
        self.mark.drain(..forgotten.min(self.mark.len()));
        self.mark.extend_from_slice(kept);
    }

    /// Whether the file has the same bytes before this place.
    fn is_in(&self, file: &mut File) -> io::Result<bool> {
        let mut found = vec![0; self.mark.len()];
        file.seek(SeekFrom::Start(self.offset - self.mark.len() as u64))?;
        match file.read_exact(&mut found) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            result => result.map(|()| found == self.mark),
        }
    }
}

/// Reads, and remembers how far.
struct Passing<'a> {
    file: &'a mut File,
    at: &'a mut Place,
}

impl Read for Passing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(buffer)?;
        self.at.pass(&buffer[..got]);
        Ok(got)
    }
}

impl Open {
    /// The file, to be read from an offset on.
    pub(super) fn new(mut file: File, offset: u64) -> io::Result<Open> {
        let id = id(&file.metadata()?);
        let before = offset.min(MARK as u64);
        let mut mark = vec![0; before as usize];
        file.seek(SeekFrom::Start(offset - before))?;
        file.read_exact(&mut mark)?;
        Ok(Open {
            file,
            id,
            at: Place { offset, mark },
            lines: Lines::new(LONGEST_LINE),
        })
    }

    /// Whether a file has the same bytes before the place that this one was read to: the place, if
    /// it has.
    pub(super) fn place_in(&self, file: &mut File) -> io::Result<Option<u64>> {
        let same = !self.at.mark.is_empty() && self.at.is_in(file)?;
        Ok(same.then_some(self.at.offset))
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Whether the file was truncated since it was read.
    pub(super) fn is_truncated(&mut self) -> io::Result<bool> {
        let length = self.file.metadata()?.len();
        if length == self.at.offset {
            return Ok(false);
        }
        Ok(length < self.at.offset || !self.at.is_in(&mut self.file)?)
    }

    /// Reads what there is, and hands out the lines that are complete. Says whether there was
    /// anything.
    pub(super) fn read(
        &mut self,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut anything = false;
        let mut result = Ok(());
        // A line without its end is kept as long as the file is not asked beyond its own. What is
        // written meanwhile is for the next time: other files wait.
        let end = self.file.metadata()?.len();
        while result.is_ok() && self.at.offset < end {
            anything = true;
            self.file.seek(SeekFrom::Start(self.at.offset))?;
            let mut passing = Passing {
                file: &mut self.file,
                at: &mut self.at,
            };
            let more = self.lines.read(&mut passing, |line: Line<'_>| {
                if result.is_ok() {
                    result = take(line.bytes);
                }
            })?;
            if !more {
                break;
            }
        }
        result.map(|()| anything)
    }

    /// Hands out the line that nobody will complete any more, and begins at the file's beginning.
    pub(super) fn finish(
        &mut self,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut result = Ok(());
        self.lines.last(|line| result = take(line.bytes));
        self.at = Place::default();
        result
    }
}
