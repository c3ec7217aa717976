//! Who is told of each write to a file: [`WriteLog`].

use std::path::Path;

use super::Batch;

/// Where in a file lines are about to be appended.
///
/// ```
/// use hydra_core::destination::FilePlace;
/// let place = FilePlace { path: "/var/log/app.log".as_ref(), device: 1, inode: 2, offset: 0 };
/// assert!(place.path.is_absolute());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FilePlace<'a> {
    /// The file's path, absolute.
    pub path: &'a Path,
    /// The device that the file lies on.
    pub device: u64,
    /// Its number there: with the device it tells the file whatever its name is by now.
    pub inode: u64,
    /// How many bytes the file had. Another program that appends to it may still come before.
    pub offset: u64,
}

/// Keeps book of how far the lines of a batch have come, so that it can be told after a crash: a
/// destination's [`deliver_logged`](super::Destination::deliver_logged) calls it.
///
/// ```
/// use hydra_core::destination::{Batch, BatchBuf, FilePlace, WriteLog};
/// use hydra_core::destination::file::{FileDestination, FileOptions};
/// use hydra_core::{Destination, Level, LineMeta};
///
/// #[derive(Default)]
/// struct Book(u64, usize);
///
/// impl WriteLog for Book {
///     fn intends(&mut self, place: &FilePlace<'_>, _: &Batch<'_>) {
///         self.0 = place.offset;
///     }
///     fn has_taken(&mut self, lines: usize) {
///         self.1 += lines;
///     }
/// }
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("app.log");
/// let file = FileDestination::new(FileOptions::new(&path));
/// let mut lines = BatchBuf::default();
/// lines.push(b"one\n", &LineMeta::new(Level::Info, 0));
/// let mut book = Book::default();
/// file.deliver_logged(&lines.as_batch(), &mut book)?;
/// file.deliver_logged(&lines.as_batch(), &mut book)?;
/// assert_eq!((book.0, book.1), (4, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WriteLog {
    /// The next of the lines are about to be appended to a file, by one write.
    fn intends(&mut self, place: &FilePlace<'_>, lines: &Batch<'_>);

    /// So many more lines of the batch were taken.
    fn has_taken(&mut self, lines: usize);
}
