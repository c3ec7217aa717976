//! What a process that was killed while it appended has left: which of its lines are there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::PathBuf;

use crate::destination::FilePlace;
use crate::sys;

/// How far behind their place lines are looked for, which others' lines may have come before.
const WINDOW: u64 = 1 << 20;

/// Lines that a process was about to append when it was killed: what a
/// [`WriteLog`](crate::destination::WriteLog) was told before the write.
///
/// ```
/// use hydra_core::destination::FilePlace;
/// use hydra_core::destination::file::IntendedLines;
/// # use std::os::unix::fs::MetadataExt;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("app.log");
///
/// // Of two lines the first is there, and half of the second.
/// std::fs::write(&path, "before\none\ntw")?;
/// let file = std::fs::metadata(&path)?;
/// let lines = IntendedLines { bytes: b"one\ntwo\n", ends: &[4, 8], length: 8 };
/// let place = FilePlace { path: &path, device: file.dev(), inode: file.ino(), offset: 7 };
/// assert_eq!(lines.settle(&place)?, 1);
/// assert_eq!(std::fs::read_to_string(&path)?, "before\none\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct IntendedLines<'a> {
    /// Their bytes, or the first of them.
    pub bytes: &'a [u8],
    /// Where each of them ends, in bytes from the beginning of the first.
    pub ends: &'a [u32],
    /// How many bytes they have.
    pub length: u64,
}

impl IntendedLines<'_> {
    /// How many of the lines are in the file; a piece of the next one is removed. The file is found
    /// under another name too, in the same directory, if it was rotated since; none of the lines is
    /// in one that is gone.
    ///
    /// # Errors
    /// The file cannot be read or mended.
    pub fn settle(&self, place: &FilePlace<'_>) -> io::Result<usize> {
        let Some(path) = find(place)? else {
            return Ok(0);
        };
        let file = OpenOptions::new().read(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        if size <= place.offset {
            return Ok(0);
        }
        let length = (size - place.offset).min(self.length + WINDOW);
        let mut found = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        sys::read_at(&file, &mut found, place.offset)?;
        let (start, there) = self.search(&found);
        let next = self.end_of(there);
        let Some(piece) = self.piece(&found[start + next..], next) else {
            return Ok(there);
        };
        if piece == 0 {
            return Ok(there);
        }
        remove(&file, place.offset + (start + next) as u64, piece)?;
        Ok(there)
    }

    /// Where the lines begin, and how many of them are there.
    fn search(&self, found: &[u8]) -> (usize, usize) {
        let mut best = (0, self.whole(found));
        // Lines of another program came between the look at the file's end and the write.
        let ends = found.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        for (at, _) in ends {
            if best.1 > 0 {
                break;
            }
            best = (at + 1, self.whole(&found[at + 1..]));
        }
        if best.1 > 0 { best } else { (0, 0) }
    }

    /// Of how many lines the bytes begin with.
    fn whole(&self, found: &[u8]) -> usize {
        let same = self
            .bytes
            .iter()
            .zip(found)
            .take_while(|(a, b)| a == b)
            .count();
        if same == self.bytes.len() && self.length > same as u64 {
            // Of one long line the end is not known, but that it is there.
            let has_all = found.len() as u64 >= self.length;
            return usize::from(has_all && found[self.length as usize - 1] == b'\n');
        }
        self.ends.partition_point(|end| *end as usize <= same)
    }

    fn end_of(&self, lines: usize) -> usize {
        match lines {
            0 => 0,
            _ => self.ends[lines - 1] as usize,
        }
    }

    /// How many bytes of the line that begins at `from` stand at the beginning of `found`, if what
    /// follows them shows that it was cut short there: the end of the file, or of the line, which
    /// the next writer has put.
    fn piece(&self, found: &[u8], from: usize) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        let same = rest.iter().zip(found).take_while(|(a, b)| a == b).count();
        if same == rest.len() && self.length as usize > self.bytes.len() {
            // All that is left of the file, as far as the line would reach.
            return Some(found.len()).filter(|len| (*len as u64) < self.length);
        }
        let is_cut = found.get(same).is_none_or(|byte| *byte == b'\n');
        is_cut.then_some(same)
    }
}

/// The file by its number, wherever it is by now.
fn find(place: &FilePlace<'_>) -> io::Result<Option<PathBuf>> {
    let is_it = |metadata: &fs::Metadata| sys::is_file(metadata, place.device, place.inode);
    if fs::metadata(place.path).is_ok_and(|metadata| is_it(&metadata)) {
        return Ok(Some(place.path.to_owned()));
    }
    let Some(directory) = place.path.parent() else {
        return Ok(None);
    };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.metadata().is_ok_and(|metadata| is_it(&metadata)) {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// Removes a piece of a line: cuts it off where nobody else writes, else blanks it.
fn remove(file: &File, at: u64, piece: usize) -> io::Result<()> {
    if sys::try_exclusive(file) && file.metadata()?.len() == at + piece as u64 {
        return file.set_len(at);
    }
    let mut spaces = vec![b' '; piece];
    if file.metadata()?.len() == at + piece as u64
        && let Some(last) = spaces.last_mut()
    {
        *last = b'\n';
    }
    sys::overwrite_at(file, &spaces, at)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    /// What is counted, and what is left, of lines intended at byte 2 of a file.
    fn settled(content: &str, lines: &[&str]) -> (usize, String) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        fs::write(&path, content).unwrap();
        let file = fs::metadata(&path).unwrap();
        let bytes = lines.concat();
        let mut end = 0;
        let ends: Vec<u32> = lines
            .iter()
            .map(|line| {
                end += line.len() as u32;
                end
            })
            .collect();
        let intended = IntendedLines {
            bytes: bytes.as_bytes(),
            ends: &ends,
            length: bytes.len() as u64,
        };
        let place = FilePlace {
            path: &path,
            device: file.dev(),
            inode: file.ino(),
            offset: 2,
        };
        let there = intended.settle(&place).unwrap();
        (there, fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn whole_lines_count_and_a_piece_goes() {
        let lines = ["one\n", "two\n", "three\n"];
        let all = format!("0\n{}", lines.concat());
        for cut in 0..=all.len() {
            let whole = match cut {
                0..6 => 0,
                6..10 => 1,
                10..16 => 2,
                _ => 3,
            };
            let left = ["0\n", "0\none\n", "0\none\ntwo\n", &all][whole];
            let left = if cut < 2 { &all[..cut] } else { left };
            assert_eq!(settled(&all[..cut], &lines), (whole, left.to_owned()));
        }
    }

    #[test]
    fn lines_of_others_before_and_behind_are_let_be() {
        let lines = ["one\n", "two\n"];
        for (content, there, left) in [
            (
                "0\nother\none\ntwo\nmore\n",
                2,
                "0\nother\none\ntwo\nmore\n",
            ),
            ("0\nother\none\n", 1, "0\nother\none\n"),
            ("0\none\nother\n", 1, "0\none\nother\n"),
            ("0\none\ntwice\n", 1, "0\none\ntwice\n"),
            // A piece, and the newline that the next writer puts behind it.
            ("0\none\ntw\nother\n", 1, "0\none\n  \nother\n"),
            ("0\nother\n", 0, "0\nother\n"),
        ] {
            assert_eq!(
                settled(content, &lines),
                (there, left.to_owned()),
                "{content:?}"
            );
        }
    }

    #[test]
    fn a_line_of_which_only_the_beginning_is_known_counts_by_its_length() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let line = "x".repeat(99) + "\n";
        for cut in [0, 5, 30, 99, 100] {
            fs::write(&path, &line[..cut]).unwrap();
            let file = fs::metadata(&path).unwrap();
            let intended = IntendedLines {
                bytes: &line.as_bytes()[..20],
                ends: &[100],
                length: 100,
            };
            let place = FilePlace {
                path: &path,
                device: file.dev(),
                inode: file.ino(),
                offset: 0,
            };
            let there = intended.settle(&place).unwrap();
            let left = fs::read_to_string(&path).unwrap();
            assert_eq!((there, left.len()), (cut / 100, cut / 100 * 100));
        }
    }

    #[test]
    fn a_file_that_was_rotated_since_is_found_and_one_that_is_gone_has_no_line() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        fs::write(&path, "one\n").unwrap();
        let file = fs::metadata(&path).unwrap();
        let intended = IntendedLines {
            bytes: b"one\n",
            ends: &[4],
            length: 4,
        };
        let place = FilePlace {
            path: &path,
            device: file.dev(),
            inode: file.ino(),
            offset: 0,
        };
        let moved = directory.path().join("a.log.1");
        fs::rename(&path, &moved).unwrap();
        fs::write(&path, "").unwrap();
        assert_eq!(intended.settle(&place).unwrap(), 1);
        fs::remove_file(&moved).unwrap();
        assert_eq!(intended.settle(&place).unwrap(), 0);
    }
}
