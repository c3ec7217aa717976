//! Files of dead processes, taken over under their locks.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bumpalo::Bump;
use hydra_core::Level;
use hydra_core::config::Config;
use hydra_core::destination::FilePlace;
use hydra_core::destination::file::IntendedLines;
use hydra_core::pipeline::{Assembly, Layer, OpenRoute, Route};

use super::exported::{Lines, json_route};
use super::spooled::Spools;
use super::{Left, Outcome};
use crate::lock::lock;
use crate::queue::kept_name;
use crate::ring_file::number::Numbered;
use crate::ring_file::reader::{self, Contents, Destined, Waiting};
use crate::ring_file::{Owner, layout, record, replay::Replay, try_own};

pub(super) fn recover(
    directory: &Path,
    parse: impl Fn(&str) -> Result<Config, String>,
    spools: &Spools,
) -> io::Result<Vec<Left>> {
    each(directory, |taken| taken.recover(&parse, spools))
}

pub(super) fn list(directory: &Path) -> io::Result<Vec<Left>> {
    each(directory, |taken| {
        taken.look(|contents, left| {
            left.records = contents.waiting().count() as u64;
            Outcome::Found
        })
    })
}

pub(super) fn export(directory: &Path, out: &mut dyn io::Write) -> io::Result<Vec<Left>> {
    let mut written = Ok(());
    let left = each(directory, |taken| {
        taken.look(|contents, left| {
            let lines = Arc::new(Lines::default());
            let mut records: Vec<Waiting<'_>> = contents.waiting().collect();
            in_order(&mut records);
            left.records = records.len() as u64;
            let route = |layer: &str| json_route(layer, &lines);
            deliver(&records, route);
            if written.is_ok() {
                written = lines.write(out);
            }
            Outcome::Found
        })
    })?;
    written?;
    Ok(left)
}

/// Takes over each file of the directory whose owner is dead.
fn each(directory: &Path, mut work: impl FnMut(&Taken) -> Option<Left>) -> io::Result<Vec<Left>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let own = Owner::current();
    let own = format!("{}-{}-", own.pid, own.start);
    let mut left = Vec::new();
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // To open one of our own, and close it, would let its lock go.
        let is_ours = name.starts_with(&own);
        let is_ring = Path::new(&*name)
            .extension()
            .is_some_and(|e| e == "ring" || e == "new");
        if is_ring && !is_ours {
            paths.push(entry.path());
        }
    }
    paths.sort();
    for path in paths {
        if let Some(taken) = Taken::take(path) {
            left.extend(work(&taken));
        }
    }
    Ok(left)
}

/// A file of a dead process, whose lock we have.
struct Taken {
    path: PathBuf,
    file: Arc<File>,
    bytes: Vec<u8>,
}

impl Taken {
    /// `None` where somebody else has it, or it is gone.
    fn take(path: PathBuf) -> Option<Taken> {
        let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
        if !try_own(&file).ok()? {
            return None;
        }
        // Whoever had the lock before us may have removed it.
        let (ours, there) = (file.metadata().ok()?, fs::metadata(&path).ok()?);
        if (ours.dev(), ours.ino()) != (there.dev(), there.ino()) {
            return None;
        }
        if path.extension().is_some_and(|extension| extension == "new") {
            // Its maker died before anything was in it.
            let _ = fs::remove_file(&path);
            return None;
        }
        // Through this descriptor: to close another one would let the lock go.
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes).ok()?;
        Some(Taken {
            bytes,
            file: Arc::new(file),
            path,
        })
    }

    fn left(&self) -> Left {
        Left {
            path: self.path.clone(),
            pid: 0,
            created: 0,
            records: 0,
            delivered: 0,
            damaged: 0,
            damaged_bytes: 0,
            outcome: Outcome::Found,
        }
    }

    /// Reads the file, and has something done with what is in it. None where its owner lives: it
    /// has lost its lock, as happens where somebody opens and closes the file in its process.
    fn look(&self, work: impl FnOnce(Contents<'_>, &mut Left) -> Outcome) -> Option<Left> {
        let mut left = self.left();
        match reader::read(&self.bytes) {
            Err(unreadable) => left.outcome = Outcome::Kept(unreadable.to_string()),
            Ok(contents) if contents.owner.lives() => return None,
            Ok(contents) => {
                left.pid = contents.owner.pid;
                left.created = contents.created;
                left.damaged = contents.damage.records + contents.damage.parts;
                left.damaged_bytes = contents.damage.bytes;
                left.outcome = work(contents, &mut left);
            }
        }
        Some(left)
    }

    fn recover(
        &self,
        parse: &impl Fn(&str) -> Result<Config, String>,
        spools: &Spools,
    ) -> Option<Left> {
        self.look(|contents, left| {
            left.records = contents.waiting().count() as u64;
            match self.deliver(contents, parse, spools) {
                Ok(delivered) => {
                    left.delivered = delivered;
                    match fs::remove_file(&self.path) {
                        Ok(()) => Outcome::Delivered,
                        Err(error) => Outcome::Kept(error.to_string()),
                    }
                }
                Err(why) => Outcome::Kept(why),
            }
        })
    }

    /// How many lines were delivered, or why not all could be.
    fn deliver(
        &self,
        mut contents: Contents<'_>,
        parse: &impl Fn(&str) -> Result<Config, String>,
        spools: &Spools,
    ) -> Result<u64, String> {
        if contents.waiting().next().is_none() {
            return Ok(0);
        }
        let json = contents
            .configuration
            .ok_or("its configuration is damaged")?;
        let mut config = parse(json)?;
        for destination in &mut contents.destinations {
            self.settle(destination)
                .map_err(|error| format!("{}: {error}", destination.name))?;
        }
        let dispatched = self
            .number(&mut contents)
            .map_err(|error| error.to_string())?;
        // What cannot be opened is told for each destination.
        config.lazy_initialization = true;
        let mut assembly = Assembly::new(&config, None).map_err(|error| error.to_string())?;
        let replays = Mutex::new(Vec::new());
        let names: Vec<_> = assembly.destinations().map(|d| kept_name(d.0)).collect();
        let own = self.path.file_name().unwrap_or_default().to_string_lossy();
        let parts = Mutex::new(in_force(contents.destinations, names.iter().cloned()));
        assembly.wrap_all(|name, has_no_queue, destination| {
            // Of several with this name the first that is left.
            let mut parts = lock(&parts);
            let name = kept_name(name);
            let part = parts.iter().position(|part| part.name == name);
            let part = part.map(|at| parts.remove(at));
            let part = part.map(|part| (&self.file, part.offset, part.done));
            // What goes somewhere without a queue was there when its call returned.
            let done = if has_no_queue { dispatched } else { 0 };
            // Numbers mean nothing where they may be those of another queue.
            let is_alone = names.iter().filter(|other| **other == name).count() == 1;
            let earlier = spools.earlier(&name, is_alone.then_some(&own));
            let replay = Replay::new(Arc::clone(destination), part, done, earlier);
            let replay = Arc::new(replay);
            lock(&replays).push((name, Arc::clone(&replay)));
            replay
        });
        deliver(&contents.records, |layer| assembly.route(layer));
        let mut delivered = 0;
        let mut failed = None;
        for (name, replay) in &*lock(&replays) {
            let (taken, error) = replay.finish();
            delivered += taken;
            if let Some(error) = error {
                failed.get_or_insert(format!("{name}: {error}"));
            }
        }
        failed.map_or(Ok(delivered), Err)
    }

    /// Finds out which of the lines that were on their way into a file are there, and notes it.
    fn settle(&self, destination: &mut Destined<'_>) -> io::Result<()> {
        let Some(intent) = destination.intent.take() else {
            return Ok(());
        };
        let last = intent.numbers.iter().copied().max().unwrap_or(0);
        if last > destination.done || last == 0 {
            let path = path_of(intent.path);
            let place = FilePlace {
                path: &path,
                device: intent.device,
                inode: intent.inode,
                offset: intent.offset,
            };
            let lines = IntendedLines {
                bytes: intent.bytes,
                ends: &intent.ends,
                length: intent.length,
            };
            let there = lines.settle(&place)?;
            let there = intent.numbers[..there].iter().copied().max().unwrap_or(0);
            destination.done = destination.done.max(there);
            let at = destination.offset + layout::DEST_DONE as u64;
            self.file
                .write_all_at(&destination.done.to_le_bytes(), at)?;
        }
        let at = destination.offset + layout::DEST_OPEN as u64;
        self.file.write_all_at(&0_u32.to_le_bytes(), at)
    }

    /// Puts the records in their order, and gives those a number that have none. The last number
    /// that there was before.
    fn number(&self, contents: &mut Contents<'_>) -> io::Result<u64> {
        in_order(&mut contents.records);
        let of_records = contents.records.iter().map(|record| record.number);
        let of_destinations = contents.destinations.iter().map(|part| part.done);
        let last = of_records.chain(of_destinations).max().unwrap_or(0);
        let before = last.max(contents.number);
        let mut last = before;
        for record in contents
            .records
            .iter_mut()
            .filter(|record| record.number == 0)
        {
            last += 1;
            last += u64::from(last as u32 == 0);
            record.number = last;
            let low = (last as u32).to_le_bytes();
            self.file.write_all_at(&low, record.number_at)?;
        }
        self.file
            .write_all_at(&last.to_le_bytes(), layout::AT_NUMBER as u64)?;
        Ok(before)
    }
}

impl<'f> Contents<'f> {
    /// The records that some destination may not have had.
    fn waiting(&self) -> impl Iterator<Item = Waiting<'f>> {
        let done = self.destinations.iter().map(|part| part.done).min();
        let done = done.unwrap_or(0);
        let waits = move |record: &&Waiting<'f>| record.number == 0 || record.number > done;
        self.records.iter().filter(waits).copied()
    }
}

/// The parts of the destinations of these names, in the order in which they were made: those of
/// replaced configurations, which threads may still have known, came before them.
fn in_force(
    mut parts: Vec<Destined<'_>>,
    names: impl Iterator<Item = String>,
) -> Vec<Destined<'_>> {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    names.for_each(|name| *wanted.entry(name).or_default() += 1);
    parts.sort_by_key(|part| std::cmp::Reverse(part.serial));
    parts.retain(|part| {
        let left = wanted.get_mut(part.name).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    });
    parts.reverse();
    parts
}

/// First what was dispatched, in the order in which it was; then the others by their time.
fn in_order(records: &mut [Waiting<'_>]) {
    records.sort_by_key(|record| match record.number {
        0 => (u64::MAX, record.stamp),
        number => (number, 0),
    });
}

/// Takes records to where their layers send them.
fn deliver(records: &[Waiting<'_>], route: impl Fn(&str) -> Option<(Level, OpenRoute)>) {
    let mut layers: BTreeMap<String, Option<Layer>> = BTreeMap::new();
    let mut arena = Bump::new();
    for record in records {
        let Some(mut read) = record::read(record.bytes, &arena) else {
            continue;
        };
        if !layers.contains_key(read.layer) {
            let layer = route(read.layer)
                .map(|(level, open)| Layer::new(0, read.layer, level, Route::Open(open)));
            layers.insert(read.layer.to_owned(), layer);
        }
        if let Some(Some(layer)) = layers.get(read.layer) {
            read.call.context = read.context().unwrap_or_default();
            let _numbered = Numbered::begin(record.number);
            layer.deliver_protected(&read.call);
        }
        drop(read);
        arena.reset();
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).to_owned()
}
