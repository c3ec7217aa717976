//! What becomes of damaged files: what is whole in one goes to a new file, and the damaged one is put aside.

use std::collections::HashMap;

use hydra_core::diagnostics::{self, ErrorKind};

use super::super::adopt;
use super::super::body::{self, Row};
use super::super::file::{self, SpoolFile};
use super::super::new_row::{NewRow, Whose};
use super::super::salvage::Salvaged;
use super::super::undelivered;
use super::Store;

impl Store {
    /// Writes what can be read of a file that turns out to be damaged to a new one in its place.
    pub(super) fn rescue(&mut self, at: usize) {
        let (number, file) = self.files.remove(at);
        if self.current == Some(number) {
            self.current = None;
        }
        let before = file.undelivered.held();
        let damaged = self.counts.damaged;
        let mut rewritten = self.rewrite(file.salvage());
        self.counts.damaged = damaged;
        for (place, held) in before {
            let identity = self.places[place].identity.clone();
            let loaded = rewritten.as_mut().map(|file| file.load(&identity, place));
            let left = loaded.transpose().ok().flatten().unwrap_or_default();
            self.bytes -= held.bytes;
            self.bytes += left.bytes;
            self.places[place].kept += left.lines.saturating_sub(held.lines);
            self.damaged(place, held.lines.saturating_sub(left.lines));
        }
        if let Some(file) = rewritten {
            self.add(file);
        }
    }

    /// Writes what was saved from a damaged file to a new one, and puts the damaged one aside.
    pub(super) fn rewrite(&mut self, salvaged: Salvaged) -> Option<SpoolFile> {
        let Salvaged {
            path,
            rows,
            is_damaged,
            origins,
        } = salvaged;
        let lost: u32 = rows.iter().map(|row| row.damaged).sum();
        let lines: usize = rows.iter().map(|row| row.lines.as_batch().len()).sum();
        let written = adopt::create(&self.directory, adopt::born(&path)).and_then(|mut file| {
            let (rows, identities): (Vec<_>, Vec<_>) = rows.iter().filter_map(rewritten).unzip();
            let identities: HashMap<u64, &str> = identities.into_iter().collect();
            file.insert(&rows, |row| Whose {
                identity: identities[&row.number],
                origin: origins.get(identities[&row.number]),
            })?;
            Ok(file)
        });
        match &written {
            Ok(_) if is_damaged => {
                self.counts.damaged += u64::from(lost);
                let aside = adopt::put_aside(&path);
                let message = format_args!(
                    "damaged: {lines} records were saved, {lost} known to be lost; it is now {}",
                    aside.display()
                );
                diagnostics::report(
                    ErrorKind::named("spool"),
                    &path.display().to_string(),
                    &message,
                );
            }
            Ok(_) => file::remove(&path),
            // It stays as it is, for a time with room on the disk.
            Err(error) => {
                diagnostics::report(
                    ErrorKind::named("spool"),
                    &path.display().to_string(),
                    error,
                );
            }
        }
        written.ok()
    }
}

fn rewritten(row: &Row) -> Option<(NewRow, (u64, &str))> {
    let lines = row.lines.as_batch();
    let mut bodies = body::encode(&lines, &row.identity, row.guaranteed, || row.number);
    let (number, body, lines) = bodies.next()?;
    let mut row_of = NewRow::new(number, body, &lines, undelivered::NOBODY, row.guaranteed);
    row_of.records = row.records;
    Some((row_of, (number, &row.identity)))
}
