//! What is done to the file while no other thread of this process writes to it: opening it, looking
//! whether it is still the one at its path, rotating it, and writing after something went wrong.

use std::fs;
use std::io::{self, Write as _};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, RwLockWriteGuard};

use crate::diagnostics::ErrorKind;
use crate::{sys, waits};

use super::appender::{Appender, Unfinished};
use super::backups;
use super::lock::RotationLock;
use super::logged::Logged;
use super::open::{self, OpenFile};
use super::room::CHUNK;
use super::schedule::{Period, Verdict};
use super::torn::{self, Mended};
use super::troubles::Troubles;

/// How often a file that is full is rotated for one record: other processes may have filled the
/// new one too.
const ROUNDS: usize = 4;

pub(super) struct Alone<'a> {
    appender: &'a Appender,
    slot: RwLockWriteGuard<'a, Option<OpenFile>>,
    /// Held while a large record is written, and by nobody else of us then.
    rotation: Option<RotationLock>,
    troubles: Troubles,
}

impl<'a> Alone<'a> {
    pub(super) fn new(
        appender: &'a Appender,
        slot: RwLockWriteGuard<'a, Option<OpenFile>>,
    ) -> Alone<'a> {
        Alone {
            appender,
            slot,
            rotation: None,
            troubles: Troubles::default(),
        }
    }

    pub(super) fn into_troubles(self) -> Troubles {
        self.troubles
    }

    /// Opens the file, if it is not open.
    pub(super) fn open(&mut self) -> io::Result<()> {
        if self.slot.is_none() {
            let opened = self.opened()?;
            self.put(opened);
            self.appender.watch.expire();
        }
        Ok(())
    }

    /// Opens the path anew, if the file was open. The old file stays where that fails.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        if self.slot.is_some() {
            let opened = self.opened()?;
            self.put(opened);
            self.appender.watch.expire();
        }
        Ok(())
    }

    /// Closes the file. The next write opens it again.
    fn close(&mut self) {
        self.appender.disk.leave(self.slot.as_ref());
        *self.slot = None;
        self.appender.pace.closed();
    }

    fn put(&mut self, opened: OpenFile) {
        self.appender.pace.opened(opened.may_wait);
        self.appender.disk.leave(self.slot.as_ref());
        *self.slot = Some(opened);
    }

    fn opened(&mut self) -> io::Result<OpenFile> {
        let options = &self.appender.options;
        if self.rotation.is_some() {
            open::open_locked(options)
        } else {
            open::open(options, &mut self.troubles)
        }
    }

    /// Appends one record, however large, whole or not at all.
    pub(super) fn append(
        &mut self,
        record: &[u8],
        unix_ns: i64,
        unfinished: Option<Unfinished>,
    ) -> io::Result<()> {
        let mut again = true;
        if let Some(Unfinished { file, result }) = unfinished {
            again = waits::is_interrupted(&result);
            if self.is_stream() {
                return (&*file).write_all(&record[result.unwrap_or(0)..]);
            }
            self.mend(&file, record, result.unwrap_or(0));
        }
        // A record beyond one look's share: nobody may rotate, or write another one like it,
        // between the look and the write. Without the lock the limit is passed, but nothing lost.
        let large = self.appender.room.is_limited() && record.len() as u64 > CHUNK;
        let options = &self.appender.options;
        self.rotation = large
            .then(|| RotationLock::acquire(&options.path, options.mode).ok())
            .flatten();
        loop {
            self.ready(unix_ns, record.len())?;
            let (written, error) = match self.write(record) {
                Ok(written) if written == record.len() => return Ok(()),
                Ok(written) if self.is_stream() => return self.write_rest(&record[written..]),
                Ok(written) => (written, short(written, record.len())),
                Err(error) if is_to_be_repeated(&error) => continue,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => (0, error),
            };
            self.mend_open(record, written);
            if !std::mem::take(&mut again) {
                return Err(error);
            }
        }
    }

    /// Appends whole lines, [`CHUNK`] bytes at a time, and returns how many bytes of them are in
    /// the file: all, or, with an error, some of the lines (of a pipe, also a part of one).
    pub(super) fn append_lines(
        &mut self,
        lines: &[u8],
        unix_ns: i64,
        unfinished: Option<Unfinished>,
        mut log: Option<&mut Logged<'_, '_>>,
    ) -> (usize, io::Result<()>) {
        let mut done = 0;
        let mut again = true;
        if let Some(Unfinished { file, result }) = unfinished {
            again = waits::is_interrupted(&result);
            done = self.keep_whole(&file, lines, result.unwrap_or(0));
        }
        while done < lines.len() {
            let rest = &lines[done..];
            let left = match self.ready(unix_ns, line_len(rest)) {
                Ok(left) => left,
                Err(error) => return (done, Err(error)),
            };
            let part = &rest[..whole_lines(rest, left.min(CHUNK) as usize)];
            let (written, error) = match self.write_logged(part, log.as_deref_mut()) {
                Ok(written) if written == part.len() || self.is_stream() => {
                    done += written;
                    if let Some(log) = &mut log {
                        log.has_written(written);
                    }
                    continue;
                }
                Ok(written) => (written, short(written, part.len())),
                Err(error) if is_to_be_repeated(&error) => continue,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    return (done, Err(error));
                }
                Err(error) => (0, error),
            };
            if let Some(file) = self.slot.as_ref().map(|open| Arc::clone(&open.file)) {
                let kept = self.keep_whole(&file, part, written);
                done += kept;
                if let Some(log) = &mut log {
                    log.has_written(kept);
                }
            }
            if !std::mem::take(&mut again) {
                return (done, Err(error));
            }
        }
        (done, Ok(()))
    }

    /// Of lines of which so many bytes were written removes what is no whole line, and returns how
    /// many are left. From a pipe nothing can be removed.
    fn keep_whole(&mut self, file: &Arc<fs::File>, lines: &[u8], written: usize) -> usize {
        if self.is_stream() {
            return written;
        }
        let whole = lines[..written]
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |newline| newline + 1);
        let torn = &lines[whole..];
        self.mend(file, &torn[..line_len(torn)], written - whole);
        whole
    }

    /// Makes the file ready for a record of `bytes`: open, still the one at its path, with room.
    /// Returns how many bytes it may take.
    fn ready(&mut self, unix_ns: i64, bytes: usize) -> io::Result<u64> {
        let appender = self.appender;
        self.open()?;
        let looked = appender.watch.is_due(unix_ns);
        if looked {
            self.follow()?;
        }
        for _ in 0..ROUNDS {
            let Some(open) = self.slot.as_mut() else {
                break;
            };
            if !open.regular {
                break;
            }
            let size = open.size()?;
            let is_begun = size > appender.options.header.len() as u64;
            let is_over = is_over(appender, open, unix_ns, is_begun);
            if is_begun && (is_over || appender.room.left(size) < bytes as u64) {
                if appender.is_stuck.load(Relaxed) && !looked {
                    break;
                }
                let rotated = self.rotate();
                appender.is_stuck.store(rotated.is_err(), Relaxed);
                if let Err(error) = rotated {
                    self.troubles.push(ErrorKind::Rotate, &error);
                    break;
                }
                continue;
            }
            if looked {
                let end = open.period.map_or(i64::MAX, |period| period.end);
                appender.watch.restart(unix_ns, end);
            }
            appender.room.restart(size);
            appender.room.take(bytes);
            return Ok(appender.room.left(size));
        }
        // Not a file that can be rotated, or not now: it grows on until the next look.
        if looked {
            appender.watch.restart(unix_ns, i64::MAX);
        }
        appender.room.overdraw();
        Ok(CHUNK)
    }

    /// Goes on in a new file where the old one was moved or removed.
    fn follow(&mut self) -> io::Result<()> {
        let options = &self.appender.options;
        let Some(open) = self.slot.as_ref().filter(|open| open.regular) else {
            return Ok(());
        };
        if fs::metadata(&options.path).is_ok_and(|now| sys::file_id(&now) == open.id) {
            return open::begin(open, options);
        }
        let has_name = open.has_name();
        match self.opened() {
            Ok(opened) => self.put(opened),
            // Moved, and no new one can be made: better there than nowhere.
            Err(error) if has_name => self.troubles.push(ErrorKind::Open, &error),
            Err(error) => {
                self.close();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Moves the file into the chain of backups, unless another process has just done so, and goes
    /// on in the new one.
    fn rotate(&mut self) -> io::Result<()> {
        let options = &self.appender.options;
        let _lock = match self.rotation {
            Some(_) => None,
            None => Some(RotationLock::acquire(&options.path, options.mode)?),
        };
        let is_ours = self.slot.as_ref().is_some_and(|open| {
            fs::metadata(&options.path).is_ok_and(|now| sys::file_id(&now) == open.id)
        });
        if is_ours {
            // Before it has another name: nobody looks for the end of a torn line there.
            self.appender.disk.leave(self.slot.as_ref());
            backups::shift(&options.path)?;
        }
        self.put(open::open_locked(options)?);
        if !is_ours {
            return Ok(());
        }
        if let Err(error) = backups::prune(options) {
            self.troubles.push(ErrorKind::Rotate, &error);
        }
        #[cfg(feature = "gzip")]
        self.appender.compressor.start(options);
        Ok(())
    }

    /// One write(2) to the open file, told before it is made.
    fn write_logged(
        &mut self,
        bytes: &[u8],
        log: Option<&mut Logged<'_, '_>>,
    ) -> io::Result<usize> {
        let (Some(log), Some(open)) = (log, self.slot.as_mut().filter(|open| open.regular)) else {
            return self.write(bytes);
        };
        let file = Arc::clone(&open.file);
        // Other processes that keep book as well do not come between the look and the write.
        let _turn = sys::AppendTurn::take(&file);
        // Whose turn it was before may have been killed in the middle of a line.
        if (open.ragged || torn::ends_in_half_a_line(&file)) && (&*file).write(b"\n")? == 1 {
            open.ragged = false;
        }
        log.intends(open.id, open.size()?, bytes.len());
        self.write(bytes)
    }

    /// One write(2) to the open file.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(open) = self.slot.as_mut() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if open.ragged && (&*open.file).write(b"\n")? == 1 {
            open.ragged = false;
        }
        (&*open.file).write(bytes)
    }

    /// Writes the rest of a record to a pipe or device. A signal does not end this: what is begun
    /// is finished.
    fn write_rest(&self, rest: &[u8]) -> io::Result<()> {
        let open = self.slot.as_ref().ok_or(io::ErrorKind::NotFound)?;
        (&*open.file).write_all(rest)
    }

    /// Removes what a failed write left in the open file, and makes the next attempt look at it.
    fn mend_open(&mut self, record: &[u8], written: usize) {
        if let Some(file) = self.slot.as_ref().map(|open| Arc::clone(&open.file)) {
            self.mend(&file, record, written);
        }
    }

    fn mend(&mut self, file: &Arc<fs::File>, record: &[u8], written: usize) {
        self.appender.watch.expire();
        match torn::mend(file, record, written) {
            Mended::Cut => {}
            Mended::Blanked => self.troubles.push(
                ErrorKind::Write,
                &format_args!("{written} bytes of a record were blanked: others write here too"),
            ),
            Mended::Ragged => {
                self.troubles.push(
                    ErrorKind::Write,
                    &format_args!("{written} bytes of a record could not be removed"),
                );
                if let Some(open) = self.slot.as_mut()
                    && Arc::ptr_eq(&open.file, file)
                {
                    open.ragged = true;
                }
            }
        }
    }

    fn is_stream(&self) -> bool {
        self.slot.as_ref().is_some_and(|open| !open.regular)
    }
}

/// Whether the file's day or hour is over. A file that holds nothing belongs to the record's.
fn is_over(appender: &Appender, open: &mut OpenFile, unix_ns: i64, is_begun: bool) -> bool {
    let Some(every) = appender.options.rotate_every else {
        return false;
    };
    let verdict = open.period.map(|period| period.judge(unix_ns));
    if verdict == Some(Verdict::Over) && is_begun {
        return true;
    }
    if verdict != Some(Verdict::Belongs) {
        open.period = Some(Period::around(unix_ns, every, &appender.options.time_zone));
    }
    false
}

/// Whether a write is to be tried again at once, rather than by the caller, who holds no lock then.
fn is_to_be_repeated(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted && !waits::can_be_interrupted()
}

fn short(written: usize, wanted: usize) -> io::Error {
    io::Error::new(
        io::ErrorKind::WriteZero,
        format!(
            "only {written} of {wanted} bytes could be written: the disk is full, or a quota or \
             the process's file size limit is reached"
        ),
    )
}

/// The length of the first line, newline included.
fn line_len(lines: &[u8]) -> usize {
    lines
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(lines.len(), |newline| newline + 1)
}

/// The length of as many whole lines as fit into `limit`, and of one at least.
fn whole_lines(lines: &[u8], limit: usize) -> usize {
    if lines.len() <= limit {
        return lines.len();
    }
    lines[..limit]
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or_else(|| line_len(lines), |newline| newline + 1)
}
