//! Opening the file at a path so that lines can be appended to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::ErrorKind;
use crate::sys::{self, FileId};
use crate::waits;

use super::lock::RotationLock;
use super::options::FileOptions;
use super::schedule::Period;
use super::torn::{self, Mended};
use super::troubles::Troubles;

/// How often a file that is moved away while it is being opened is opened again.
const ATTEMPTS: usize = 16;

/// The open file, and what is known of it.
#[derive(Debug)]
pub(super) struct OpenFile {
    /// Shared with a thread that met a short write and has yet to mend it.
    pub(super) file: Arc<File>,
    pub(super) id: FileId,
    /// Not a pipe, a terminal or a device: it has a size, can be rotated, and can be cut back.
    pub(super) regular: bool,
    /// Writing to it may wait for somebody else.
    pub(super) may_wait: bool,
    /// The day or hour it belongs to; none while it is empty, or not rotated by time.
    pub(super) period: Option<Period>,
    /// It ends in half a record that could not be removed: the next line begins with a newline.
    pub(super) ragged: bool,
}

impl OpenFile {
    /// The file's size, or 0 for what has none.
    pub(super) fn size(&self) -> io::Result<u64> {
        if self.regular {
            Ok(self.file.metadata()?.len())
        } else {
            Ok(0)
        }
    }

    /// Whether what is written to it can still be found under some name.
    pub(super) fn has_name(&self) -> bool {
        !self.regular
            || self
                .file
                .metadata()
                .is_ok_and(|metadata| sys::has_name(&metadata))
    }
}

/// Opens the file, taking the rotation lock where others must agree on who makes a new one.
pub(super) fn open(options: &FileOptions, troubles: &mut Troubles) -> io::Result<OpenFile> {
    if !options.needs_lock() || !may_be_regular(&options.path) {
        return open_locked(options);
    }
    // The lock lies in the file's directory.
    make_directory(&options.path)?;
    match RotationLock::acquire(&options.path, options.mode) {
        Ok(_lock) => open_locked(options),
        Err(error) => {
            // A directory in which we may write the log but make nothing: then nobody rotates.
            let opened = open_locked(options)?;
            troubles.push(
                ErrorKind::Rotate,
                &format_args!("no rotation lock: {error}"),
            );
            Ok(opened)
        }
    }
}

fn may_be_regular(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

fn make_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) if !directory.exists() => fs::create_dir_all(directory),
        _ => Ok(()),
    }
}

/// Opens the file; the caller holds the rotation lock if there is one.
pub(super) fn open_locked(options: &FileOptions) -> io::Result<OpenFile> {
    for _ in 0..ATTEMPTS {
        let file = open_append(options)?;
        let metadata = file.metadata()?;
        let mut opened = OpenFile {
            id: sys::file_id(&metadata),
            regular: metadata.is_file(),
            may_wait: sys::may_wait(&file, &metadata),
            file: Arc::new(file),
            period: None,
            ragged: false,
        };
        if !opened.regular {
            return Ok(opened);
        }
        if sys::try_exclusive(&opened.file) {
            opened.ragged = torn::ends_in_half_a_line(&opened.file);
        }
        // The exclusive lock becomes a shared one: who rotates sees that somebody writes here.
        sys::share(&opened.file);
        // Between the two somebody may have moved the file away, and then removed it.
        if fs::metadata(&options.path).is_ok_and(|now| sys::file_id(&now) == opened.id) {
            begin(&opened, options)?;
            opened.period = period_of(&opened, options);
            return Ok(opened);
        }
    }
    Err(io::Error::other(
        "the file is moved away each time it is opened",
    ))
}

fn open_append(options: &FileOptions) -> io::Result<File> {
    if waits::can_be_interrupted()
        && fs::metadata(&options.path).is_ok_and(|metadata| sys::is_fifo(&metadata))
    {
        return sys::open_fifo(&options.path);
    }
    let mut how = OpenOptions::new();
    how.append(true).create(true);
    sys::set_mode(&mut how, options.mode);
    // Reading is for mending what a short write left. A pipe opened for reading too would never
    // tell that its reader is gone.
    how.read(may_be_regular(&options.path));
    let opened = match how.open(&options.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_directory(&options.path)?;
            how.open(&options.path)
        }
        opened => opened,
    };
    match opened {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            how.read(false).open(&options.path)
        }
        opened => opened,
    }
}

/// Writes the header, if the file is empty.
pub(super) fn begin(opened: &OpenFile, options: &FileOptions) -> io::Result<()> {
    let header = &options.header;
    if header.is_empty() || opened.size()? > 0 {
        return Ok(());
    }
    let written = (&*opened.file).write(header)?;
    if written == header.len() {
        return Ok(());
    }
    match torn::mend(&opened.file, header, written) {
        Mended::Cut => Err(io::Error::new(
            io::ErrorKind::WriteZero,
            "no room for the file's header",
        )),
        // It is there in part, for good: without this file there would be no place for the lines.
        Mended::Blanked | Mended::Ragged => Ok(()),
    }
}

/// The period in which a file that holds something was last written.
fn period_of(opened: &OpenFile, options: &FileOptions) -> Option<Period> {
    let every = options.rotate_every?;
    let metadata = opened.file.metadata().ok()?;
    if metadata.len() <= options.header.len() as u64 {
        return None;
    }
    let written = metadata
        .modified()
        .ok()?
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    let unix_ns = i64::try_from(written.as_nanos()).ok()?;
    Some(Period::around(unix_ns, every, &options.time_zone))
}
