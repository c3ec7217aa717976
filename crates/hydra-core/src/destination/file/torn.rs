//! What a short write(2) left: the first part of a record, at the end of the file or, where others
//! append to it too, before what they wrote since.
//!
//! Every writer of ours holds a shared lock (flock) on the log file it has open. So whoever gets
//! the exclusive lock is alone, nothing can follow the torn piece between the look and the cut, and
//! the file is **cut back** to the end of the last whole record. With other writers a cut could take
//! a whole line of theirs with it; there the piece is overwritten in place, which needs no space on
//! a full disk and moves nothing: **blanked** to one line of spaces, so that what follows it begins
//! a line of its own, and no half record remains.

use std::fs::File;
use std::io;

use crate::sys;

/// How far back the piece is looked for behind what others appended since.
const WINDOW: u64 = 1024 * 1024;

/// What became of a torn piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mended {
    /// Nothing of it is left.
    Cut,
    /// It is an empty line.
    Blanked,
    /// It could not be reached: the next line must begin with a newline.
    Ragged,
}

/// Removes the torn piece `record[..written]`. The caller keeps the other threads of this process
/// from writing through `file`.
pub(super) fn mend(file: &File, record: &[u8], written: usize) -> Mended {
    let (piece, missing) = record.split_at(written);
    if piece.is_empty() {
        return Mended::Cut;
    }
    if sys::try_exclusive(file) {
        let cut = cut_back(file, piece);
        sys::share(file);
        if let Ok(true) = cut {
            return Mended::Cut;
        }
    } else {
        // Asking for the exclusive lock gave up the shared one. With it back, nobody cuts.
        sys::share(file);
    }
    match blank(file, piece, missing) {
        Ok(true) => Mended::Blanked,
        Ok(false) | Err(_) => Mended::Ragged,
    }
}

/// Cuts `piece` off, if the file ends with it.
fn cut_back(file: &File, piece: &[u8]) -> io::Result<bool> {
    let size = file.metadata()?.len();
    let Some(start) = size.checked_sub(piece.len() as u64) else {
        return Ok(false);
    };
    let mut end = vec![0; piece.len()];
    sys::read_at(file, &mut end, start)?;
    if end != piece {
        return Ok(false);
    }
    file.set_len(start)?;
    Ok(true)
}

/// Overwrites the last `piece` near the end of the file that `missing` does not follow, which
/// would be a whole record with the same beginning.
fn blank(file: &File, piece: &[u8], missing: &[u8]) -> io::Result<bool> {
    let size = file.metadata()?.len();
    let start = size.saturating_sub(WINDOW + piece.len() as u64);
    let mut end = vec![0; (size - start) as usize];
    sys::read_at(file, &mut end, start)?;
    let found = (0..=end.len().saturating_sub(piece.len()))
        .rev()
        .find(|&at| end[at..].starts_with(piece) && !end[at + piece.len()..].starts_with(missing));
    let Some(at) = found else {
        return Ok(false);
    };
    let mut spaces = vec![b' '; piece.len()];
    if let Some(last) = spaces.last_mut() {
        *last = b'\n';
    }
    sys::overwrite_at(file, &spaces, start + at as u64)?;
    Ok(true)
}

/// Whether the file ends in the middle of a line, as a killed writer leaves it.
pub(super) fn ends_in_half_a_line(file: &File) -> bool {
    let mut last = [b'\n'];
    let at = file
        .metadata()
        .ok()
        .and_then(|metadata| metadata.len().checked_sub(1));
    // A file that cannot be read is taken as whole: there is nothing to be known about it.
    at.is_some_and(|at| sys::read_at(file, &mut last, at).is_ok()) && last != *b"\n"
}
