//! What a spool's lock guards: its files, and what is known of each place.

mod rescue;
mod room;

use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hydra_core::destination::BatchBuf;
use hydra_core::diagnostics::{self, ErrorKind};

use super::adopt::{self, Found};
use super::file::{self, FileError, SpoolFile};
use super::group::{Answer, Request};
use super::new_row::{NewRow, Whose};
use super::origin::Origin;
use super::undelivered::PlaceId;
use super::{Losses, SpoolCounts, SpoolOptions, Taken, part};

/// An empty file of this size is replaced by a new one: SQLite's do not shrink.
const LARGE: u64 = 4 << 20;

#[derive(Debug)]
struct PlaceState {
    identity: Box<str>,
    kept: u64,
    losses: Losses,
    origin: Option<Arc<Origin>>,
}

pub(super) struct Store {
    directory: PathBuf,
    options: SpoolOptions,
    /// Oldest first, each with a number of its own.
    files: Vec<(u64, SpoolFile)>,
    next_file: u64,
    /// The one that is written to.
    current: Option<u64>,
    places: Vec<PlaceState>,
    bytes: u64,
    counts: SpoolCounts,
}

impl Store {
    pub(super) fn new(directory: PathBuf, options: SpoolOptions) -> Store {
        Store {
            directory,
            options,
            files: Vec::new(),
            next_file: 0,
            current: None,
            places: Vec::new(),
            bytes: 0,
            counts: SpoolCounts::default(),
        }
    }

    /// A new place, and how many lines were there for it.
    pub(super) fn add_place(&mut self, identity: &str) -> (PlaceId, u64) {
        let id = self.places.len();
        self.places.push(PlaceState {
            identity: identity.into(),
            kept: 0,
            losses: Losses::default(),
            origin: None,
        });
        for found in adopt::adopt(&self.directory, identity) {
            let file = match found {
                Found::Sound(file) => Some(file),
                Found::Damaged(salvaged) => self.rewrite(salvaged),
            };
            file.map(|file| self.add(file));
        }
        for (_, file) in &mut self.files {
            match file.load(identity, id) {
                Ok(held) => {
                    self.places[id].kept += held.lines;
                    self.bytes += held.bytes;
                }
                Err(error) => tell(file.path(), error),
            }
        }
        (id, self.places[id].kept)
    }

    /// Has rows of a place say from now on where they come from.
    pub(super) fn comes_from(&mut self, place: PlaceId, configuration: Arc<str>) {
        self.places[place].origin = Some(Arc::new(Origin {
            configuration,
            ring: String::new(),
        }));
    }

    /// And by which ring file their records are numbered.
    pub(super) fn numbered_by(&mut self, place: PlaceId, ring: String) {
        let origin = &mut self.places[place].origin;
        if let Some(before) = origin {
            let configuration = Arc::clone(&before.configuration);
            *origin = Some(Arc::new(Origin {
                configuration,
                ring,
            }));
        }
    }

    /// The numbers of the first and the last record, in this ring file, that is kept for a place.
    pub(super) fn records(&self, place: PlaceId, ring: &str) -> Option<(u64, u64)> {
        let identity = &self.places[place].identity;
        let files = self.files.iter();
        let records = files.filter_map(|(_, file)| file.records(identity, ring));
        records.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)))
    }

    /// Puts a file among the others; returns its number.
    fn add(&mut self, file: SpoolFile) -> u64 {
        self.next_file += 1;
        let born = file.born();
        let at = self
            .files
            .partition_point(|(_, other)| other.born() <= born);
        self.files.insert(at, (self.next_file, file));
        self.next_file
    }

    /// Writes the requests for which there is room, in one commit.
    pub(super) fn commit(&mut self, group: Vec<Request>) -> Vec<Answer> {
        let mut answers = Vec::new();
        let (mut rows, mut tickets, mut bytes) = (Vec::new(), Vec::new(), 0);
        for request in group {
            match self.make_room(bytes + request.bytes) {
                Ok(()) => {
                    bytes += request.bytes;
                    rows.extend(request.rows);
                    tickets.push(request.ticket);
                }
                Err(error) => answers.push((request.ticket, Err(parts(&error)))),
            }
        }
        let written = self.write(&rows).map_err(|error| parts(&error));
        if written.is_ok() {
            self.bytes += bytes;
            for NewRow { entry, .. } in &rows {
                self.places[entry.place].kept += u64::from(entry.lines);
            }
        }
        answers.extend(tickets.into_iter().map(|ticket| (ticket, written.clone())));
        answers
    }

    /// Writes rows to the present file; to a new one where there is none, or where it fails.
    fn write(&mut self, rows: &[NewRow]) -> io::Result<()> {
        let mut is_new = false;
        while !rows.is_empty() {
            let number = if let Some(number) = self.current {
                number
            } else {
                is_new = true;
                let file = adopt::create(&self.directory, hydra_core::unix_now())?;
                self.add(file)
            };
            self.current = Some(number);
            let Some((_, file)) = self.files.iter_mut().find(|file| file.0 == number) else {
                self.current = None;
                continue;
            };
            let places = &self.places;
            let whose = |row: &NewRow| {
                let place = &places[row.entry.place];
                Whose {
                    identity: &place.identity,
                    origin: place.origin.as_ref(),
                }
            };
            match file.insert(rows, whose) {
                Ok(()) => break,
                Err(error) if is_new || !file.is_poisoned => return Err(error.into()),
                Err(error) => {
                    tell(file.path(), error);
                    self.counts.poisoned += 1;
                    self.current = None;
                }
            }
        }
        Ok(())
    }

    pub(super) fn take(&mut self, place: PlaceId, bytes: usize) -> io::Result<Option<Taken>> {
        let mut taken = Taken {
            lines: BatchBuf::default(),
            rows: Vec::new(),
        };
        let mut at = 0;
        while at < self.files.len() && taken.lines.bytes_len() < bytes {
            let (key, file) = &mut self.files[at];
            let key = *key;
            let Some((number, entry)) = file.undelivered.take(place) else {
                at += 1;
                continue;
            };
            match file.read(number) {
                Ok(row) => {
                    let all = row.lines.as_batch();
                    let skip = all.len().saturating_sub(entry.lines as usize);
                    let lines = part(&all, skip);
                    let lines = lines.as_batch();
                    let damaged = entry.lines - lines.len() as u32;
                    if damaged > 0 {
                        file.undelivered.has_lines(number, lines.len() as u32);
                        self.damaged(place, u64::from(damaged));
                    }
                    for (line, meta) in lines.iter() {
                        taken.lines.push(line, &meta);
                    }
                    taken.rows.push((key, number, lines.len() as u32));
                }
                Err(error @ FileError::Damaged(_)) => {
                    tell(file.path(), error);
                    self.give_back(&taken);
                    self.rescue(at);
                    return self.take(place, bytes);
                }
                Err(error) => {
                    file.undelivered.give_back(number);
                    self.give_back(&taken);
                    return Err(error.into());
                }
            }
        }
        Ok((!taken.rows.is_empty()).then_some(taken))
    }

    fn give_back(&mut self, taken: &Taken) {
        for (key, file) in &mut self.files {
            for row in taken.rows.iter().filter(|row| row.0 == *key) {
                file.undelivered.give_back(row.1);
            }
        }
    }

    fn damaged(&mut self, place: PlaceId, lines: u64) {
        self.places[place].kept -= lines;
        self.places[place].losses.damaged += lines;
        self.counts.damaged += lines;
    }

    pub(super) fn settle(&mut self, place: PlaceId, taken: &Taken, mut done: usize) {
        let PlaceState { identity, kept, .. } = &mut self.places[place];
        for (key, file) in &mut self.files {
            let mut settled = Vec::new();
            for (_, number, lines) in taken.rows.iter().filter(|row| row.0 == *key) {
                let of_it = (*lines as usize).min(done);
                done -= of_it;
                *kept -= of_it as u64;
                settled.push((*number, of_it as u32));
            }
            if !settled.is_empty() {
                let (freed, removed) = file.settle((place, identity), &settled);
                self.bytes -= freed;
                if let Err(error) = removed {
                    self.counts.poisoned += u64::from(file.is_poisoned);
                    tell(file.path(), error);
                }
            }
        }
        self.tidy();
    }

    /// Nobody takes the lines of this place any more.
    pub(super) fn release(&mut self, place: PlaceId) {
        for (_, file) in &mut self.files {
            self.bytes -= file.undelivered.release(place);
        }
        self.places[place].kept = 0;
        self.tidy();
    }

    /// Nothing more is expected: a file with nothing in it goes.
    pub(super) fn rest(&mut self) {
        if let Some(number) = self.current
            && self
                .files
                .iter()
                .any(|(other, file)| *other == number && file.undelivered.len() == 0)
        {
            self.current = None;
            self.tidy();
        }
    }

    /// Lets go of files with nothing left to deliver.
    fn tidy(&mut self) {
        for at in (0..self.files.len()).rev() {
            let (number, file) = &self.files[at];
            let is_current = self.current == Some(*number);
            let is_small = file.size() < LARGE && !file.has_unremoved();
            if file.undelivered.len() > 0 || (is_current && is_small) {
                continue;
            }
            if is_current {
                self.current = None;
            }
            close(self.files.remove(at).1);
        }
    }

    pub(super) fn kept(&self, place: PlaceId) -> u64 {
        self.places[place].kept
    }

    pub(super) fn losses(&mut self, place: PlaceId) -> Losses {
        mem::take(&mut self.places[place].losses)
    }

    pub(super) fn counts(&self) -> SpoolCounts {
        SpoolCounts {
            lines: self.places.iter().map(|place| place.kept).sum(),
            bytes: self.bytes,
            files: self.files.len(),
            ..self.counts.clone()
        }
    }

    /// Makes it a forked child's: files and connections are the parent's, and are left alone.
    pub(super) fn forget(&mut self) {
        mem::forget(mem::take(&mut self.files));
        self.current = None;
        self.bytes = 0;
        self.counts = SpoolCounts::default();
        for place in &mut self.places {
            place.kept = 0;
            place.losses = Losses::default();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        for (_, file) in mem::take(&mut self.files) {
            if file.undelivered.len() == 0 {
                close(file);
            }
        }
    }
}

/// Removes a file with nothing in it; what is others' stays for them.
fn close(file: SpoolFile) {
    if !file.has_others() {
        let path = file.path().to_owned();
        drop(file);
        file::remove(&path);
    }
}

fn parts(error: &io::Error) -> (io::ErrorKind, String) {
    (error.kind(), error.to_string())
}

fn tell(path: &Path, error: FileError) {
    let error = io::Error::from(error);
    diagnostics::report(
        ErrorKind::named("spool"),
        &path.display().to_string(),
        &error,
    );
}
