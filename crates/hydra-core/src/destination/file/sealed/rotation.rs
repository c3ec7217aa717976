//! When a file is left for another one: moved by others, full, or of a day that is over; and what is
//! removed then.

use std::fs;
use std::io;
use std::sync::Arc;

use crate::diagnostics::ErrorKind;
use crate::sys;

use super::super::backups;
use super::super::lock::RotationLock;
use super::open::{Open, Syncs, open_alone};
use super::writer::{Inner, SECOND};
use super::{SealedOptions, retention};

impl Inner {
    /// Looks whether the file is still the one at its path, and as it was left.
    pub(super) fn look(&mut self, options: &Arc<SealedOptions>, unix_ns: i64) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        // Written to a file of its own, because another's stood in the way: that may be over.
        let is_beside = open.path != options.file.path;
        open.look_at = unix_ns.saturating_add(SECOND);
        let found = fs::metadata(&open.path);
        let is_there = found
            .as_ref()
            .is_ok_and(|found| sys::file_id(found) == open.id);
        let length = open.file.metadata()?.len();
        if length != open.size {
            let what = format!(
                "somebody else changed the file: it has {length} bytes instead of {}",
                open.size
            );
            self.troubles.push((ErrorKind::Write, what));
            // Not closed with a signature: what stands there is not what we wrote.
            self.sync_open();
            self.open = None;
            self.due = None;
        } else if !is_there || is_beside {
            self.close()?;
        }
        Ok(())
    }

    /// Closes the file, moves it into the chain of old ones, and begins the next.
    pub(super) fn rotate(&mut self, unix_ns: i64) -> io::Result<()> {
        let Some(open) = &self.open else {
            return Ok(());
        };
        let (path, options) = (open.path.clone(), Arc::clone(&open.options));
        let lock = RotationLock::acquire(&options.file.path, options.file.mode);
        let rotated = lock.and_then(|lock| {
            self.write(|seal, out| {
                seal.sign(true, unix_ns, out);
                Ok(())
            })?;
            self.sync_open();
            backups::shift(&path)?;
            Ok(lock)
        });
        let _lock = match rotated {
            Ok(lock) => lock,
            Err(error) => {
                // The file grows on until the next look.
                self.troubles.push((ErrorKind::Rotate, error.to_string()));
                return Ok(());
            }
        };
        let Some(old) = self.open.take() else {
            return Ok(());
        };
        self.due = None;
        self.has_new_name = true;
        let (file, unnamed) = open_alone(&path, options.file.mode)?;
        let mut seal = old.seal;
        self.out.clear();
        seal.begin(None, unix_ns, &mut self.out)?;
        self.open = Some(Open {
            id: sys::file_id(&file.metadata()?),
            file,
            path,
            size: 0,
            begun: self.out.len() as u64,
            period: options.period(unix_ns),
            look_at: unix_ns.saturating_add(SECOND),
            seal,
            options: Arc::clone(&options),
            unnamed,
            syncs: Syncs::Well,
        });
        self.write_first()?;
        self.prune(unix_ns);
        self.rotated = Some(options);
        Ok(())
    }

    /// Removes the old files whose time has come.
    pub(super) fn prune(&mut self, unix_ns: i64) {
        let Some(open) = &self.open else { return };
        let Some(keep) = open.options.retention else {
            return;
        };
        let path = open.path.clone();
        let expired = retention::expired(&path, keep);
        let expired = expired.unwrap_or_else(|error| {
            self.troubles.push((ErrorKind::Rotate, error.to_string()));
            Vec::new()
        });
        for old in expired {
            let mut is_of_chain = true;
            let told = self.write(|seal, out| {
                is_of_chain = seal.removing(&old.first, &old.next, keep, unix_ns, out);
                Ok(())
            });
            // Without its record in the chain, a file must not go; nor those after it.
            if told.is_err() || !is_of_chain {
                return;
            }
            if let Err(error) = fs::remove_file(&old.path) {
                let what = format!("{} cannot be removed: {error}", old.path.display());
                self.troubles.push((ErrorKind::Rotate, what));
                return;
            }
        }
    }
}
