//! Opening the file of a path: alone, or, where another writes there or it cannot be gone on with, one
//! of this process beside it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::ErrorKind;
use crate::process;
use crate::sys::{self, FileId};

use super::super::backups;
use super::super::lock::RotationLock;
use super::super::schedule::Period;
use super::writer::{Inner, SECOND};
use super::{Seal, SealedOptions, make_seal};

/// How often a process that writes beside the file tries the file itself again.
const BESIDE: i64 = 10 * SECOND;

/// How the syncs of a file went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Syncs {
    #[default]
    Well,
    /// The last one failed: the system may have thrown away what it was to bring to the disk.
    Failed,
    /// They do well again, which is not to be believed of what was written before. No other record may
    /// come here: ext4 has forgotten by now that a block which could not be written is new, and what is
    /// written there is read as zeros after a restart.
    Again,
}

/// An open file.
pub(super) struct Open {
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) id: FileId,
    /// What of it is the chain's; nobody else writes to it.
    pub(super) size: u64,
    /// The size of its first lines, without a record.
    pub(super) begun: u64,
    pub(super) period: Option<Period>,
    /// When to look whether it is still the file at its path.
    pub(super) look_at: i64,
    pub(super) seal: Box<dyn Seal>,
    pub(super) options: Arc<SealedOptions>,
    /// Where a new file is until its first lines are written: whoever looks at the path meanwhile, or
    /// after the process was killed, finds no file rather than one without a beginning.
    pub(super) unnamed: Option<PathBuf>,
    pub(super) syncs: Syncs,
}

impl Open {
    /// Brings what was written to the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.syncs == Syncs::Again {
            return Ok(());
        }
        if let Err(error) = self.file.sync_data() {
            self.syncs = Syncs::Failed;
            return Err(error);
        }
        if self.syncs == Syncs::Failed {
            self.syncs = Syncs::Again;
            // Left before another record is written.
            self.look_at = i64::MIN;
            return Err(io::Error::other("a sync before it has failed"));
        }
        Ok(())
    }
}

impl Inner {
    /// Opens the file where it is not open.
    pub(super) fn open(&mut self, options: &Arc<SealedOptions>, unix_ns: i64) -> io::Result<()> {
        if self.open.is_some() {
            return Ok(());
        }
        let main = &options.file.path;
        let refused = match self.open_at(main, options, unix_ns) {
            Ok(()) => {
                self.beside = None;
                return Ok(());
            }
            Err(error) => error,
        };
        let is_ours_to_avoid = matches!(
            refused.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::InvalidData
        );
        if !is_ours_to_avoid {
            return Err(refused);
        }
        let own = beside(main);
        self.open_at(&own, options, unix_ns)?;
        let why = refused.to_string();
        if self.beside.as_ref() != Some(&why) {
            let message = format!("{why}; until then records go to {}", own.display());
            self.troubles.push((ErrorKind::Open, message));
            self.beside = Some(why);
        }
        Ok(())
    }

    fn open_at(
        &mut self,
        path: &Path,
        options: &Arc<SealedOptions>,
        unix_ns: i64,
    ) -> io::Result<()> {
        if let Some(directory) = path.parent()
            && !directory.exists()
        {
            fs::create_dir_all(directory)?;
        }
        let _lock = RotationLock::acquire(&options.file.path, options.file.mode)?;
        let (mut file, unnamed) = open_alone(path, options.file.mode)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let what = "an audit file must be a regular file, not a pipe or a device";
            return Err(io::Error::new(io::ErrorKind::Unsupported, what));
        }
        let mut seal = make_seal(&options.seal)?;
        self.out.clear();
        let size = if metadata.len() == 0 {
            let before = backups::path_of(path, 1, false);
            let mut before = OpenOptions::new().read(true).append(true).open(before).ok();
            seal.begin(before.as_mut(), unix_ns, &mut self.out)?;
            0
        } else {
            let keep = seal.resume(&mut file, unix_ns, &mut self.out)?;
            if keep < metadata.len() {
                file.set_len(keep)?;
            }
            keep
        };
        self.has_new_name = true;
        let written = metadata.modified().ok().filter(|_| size > 0);
        let written = written.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let written = written.and_then(|since| i64::try_from(since.as_nanos()).ok());
        self.open = Some(Open {
            id: sys::file_id(&metadata),
            path: path.to_owned(),
            file,
            size,
            begun: 0,
            period: options.period(written.unwrap_or(unix_ns)),
            look_at: unix_ns.saturating_add(if *path == options.file.path {
                SECOND
            } else {
                BESIDE
            }),
            seal,
            options: Arc::clone(options),
            unnamed,
            syncs: Syncs::Well,
        });
        self.write_first()?;
        if let Some(open) = &mut self.open
            && size == 0
        {
            open.begun = open.size;
        }
        self.prune(unix_ns);
        Ok(())
    }
}

/// Opens a file that nobody else writes to, under the rotation lock. A new one is at a name of its own
/// as yet, which is returned.
pub(super) fn open_alone(path: &Path, mode: u32) -> io::Result<(File, Option<PathBuf>)> {
    let is_new = fs::symlink_metadata(path).is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
    let unnamed = is_new.then(|| unnamed(path));
    let mut how = OpenOptions::new();
    how.read(true).append(true);
    if let Some(unnamed) = &unnamed {
        // Left by a process that was killed; with the lock held nobody writes there.
        let _ = fs::remove_file(unnamed);
        how.create_new(true);
    } else {
        // A link may lead to a file that is not there yet.
        how.create(true);
    }
    sys::set_mode(&mut how, mode);
    let file = how.open(unnamed.as_deref().unwrap_or(path))?;
    match file.try_lock() {
        Ok(()) => Ok((file, unnamed)),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another process writes to the file, and a chain has one end",
        )),
    }
}

/// Where a new file is before it has its name: `.audit.log.new`.
fn unnamed(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

/// The file of this process beside one that it cannot write to: `audit.log.pid4711`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".pid{}", process::id()));
    path.with_file_name(name)
}
