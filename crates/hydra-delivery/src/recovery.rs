//! What killed processes have left in a state directory: [`recover`] delivers it to where it was
//! going, [`list`] only looks, [`export`] writes it out.
//!
//! Each ring file (`PID-START-N.ring`) whose owner is dead is taken over under its lock, so that one
//! process delivers it and no other. Lines go to the destinations of the configuration that the file
//! holds, from where each of them was left; book is kept as before, so that a recovery may be killed
//! as well, and the next one goes on. When everything is delivered the file is removed.
//!
//! Into **files** each line comes once. Other destinations may get those twice that they were given
//! when the process was killed. What went to a destination of the program's own is delivered to the
//! configured ones alone.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bumpalo::Bump;
use hydra_core::config::Config;
use hydra_core::destination::FilePlace;
use hydra_core::destination::file::IntendedLines;
use hydra_core::format::{FormatKind, FormatSettings};
use hydra_core::pipeline::{Assembly, Group, Layer, OpenRoute, Route, Target};
use hydra_core::{Destination, DestinationStats, Level, LineMeta};

use crate::queue::kept_name;
use crate::ring_file::number::Numbered;
use crate::ring_file::reader::{self, Contents, Destined, Waiting};
use crate::ring_file::{Owner, layout, record, replay::Replay, try_own};

/// A ring file that a process has left.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let left = hydra_delivery::recovery::list(directory.path())?;
/// assert!(left.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Left {
    /// The file.
    pub path: PathBuf,
    /// The process that it belonged to.
    pub pid: u32,
    /// When the file was made, in nanoseconds since 1970-01-01 UTC.
    pub created: i64,
    /// Records that had not reached all of their destinations.
    pub records: u64,
    /// Lines that were delivered now.
    pub delivered: u64,
    /// Places where records made no sense, and were passed over.
    pub damaged: u64,
    /// The bytes of the rings that lie there.
    pub damaged_bytes: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a ring file.
///
/// ```
/// use hydra_delivery::recovery::Outcome;
/// assert_eq!(Outcome::Delivered.to_string(), "delivered");
/// assert_eq!(Outcome::Kept("disk full".into()).to_string(), "kept: disk full");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was only looked at.
    Found,
    /// Everything in it is where it was going, and it was removed.
    Delivered,
    /// Something in it could not be delivered, and it is there for the next time.
    Kept(String),
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Found => f.write_str("found"),
            Outcome::Delivered => f.write_str("delivered"),
            Outcome::Kept(why) => write!(f, "kept: {why}"),
        }
    }
}

/// Delivers what dead processes have left in a directory to where it was going. `parse` reads the
/// configuration that is found with it, as JSON. A directory that is not there holds nothing.
///
/// # Errors
/// The directory cannot be read. What is wrong with one file is in its [`Outcome`].
///
/// ```
/// use hydra_core::config::{Config, Syntax, load_text};
/// # let directory = tempfile::tempdir()?;
/// let left = hydra_delivery::recovery::recover(directory.path(), |json| {
///     let loaded = load_text(json, Syntax::Json).map_err(|error| error.to_string())?;
///     Ok(loaded.config)
/// })?;
/// assert_eq!(left.len(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn recover(
    directory: &Path,
    parse: impl Fn(&str) -> Result<Config, String>,
) -> io::Result<Vec<Left>> {
    each(directory, |taken| taken.recover(&parse))
}

/// What dead processes have left in a directory.
///
/// # Errors
/// The directory cannot be read.
///
/// See [`Left`] for an example.
pub fn list(directory: &Path) -> io::Result<Vec<Left>> {
    each(directory, |taken| {
        taken.look(|contents, left| {
            left.records = contents.waiting().count() as u64;
            Outcome::Found
        })
    })
}

/// Writes what dead processes have left in a directory as JSON, a line a record, and leaves it there.
///
/// # Errors
/// The directory cannot be read, or the lines not be written.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let mut lines = Vec::new();
/// hydra_delivery::recovery::export(directory.path(), &mut lines)?;
/// assert!(lines.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn export(directory: &Path, out: &mut dyn io::Write) -> io::Result<Vec<Left>> {
    let mut written = Ok(());
    let left = each(directory, |taken| {
        taken.look(|contents, left| {
            let lines = Arc::new(Lines::default());
            let mut records: Vec<Waiting<'_>> = contents.waiting().collect();
            in_order(&mut records);
            left.records = records.len() as u64;
            let route = |layer: &str| json_route(layer, &lines);
            deliver(&records, route);
            let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            if written.is_ok() {
                written = out.write_all(&lines);
            }
            Outcome::Found
        })
    })?;
    written?;
    Ok(left)
}

/// How many records any bytes hold, and how many places in them are damaged: for the fuzzer.
#[doc(hidden)]
pub fn read_anything(bytes: &[u8]) -> Option<(usize, u64)> {
    let contents = reader::read(bytes).ok()?;
    let arena = Bump::new();
    for record in &contents.records {
        // Each was read once: it is a call.
        record::read(record.bytes, &arena)?;
    }
    Some((contents.records.len(), contents.damage.records))
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

    fn recover(&self, parse: &impl Fn(&str) -> Result<Config, String>) -> Option<Left> {
        self.look(|contents, left| {
            left.records = contents.waiting().count() as u64;
            match self.deliver(contents, parse) {
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
        let parts = Mutex::new(contents.destinations);
        assembly.wrap_all(|name, has_no_queue, destination| {
            // The first of this name that is left: they stand in the file as they do here.
            let mut parts = lock(&parts);
            let name = kept_name(name);
            let part = parts.iter().position(|part| part.name == name);
            let part = part.map(|at| parts.remove(at));
            let part = part.map(|part| (&self.file, part.offset, part.done));
            // What goes somewhere without a queue was there when its call returned.
            let done = if has_no_queue { dispatched } else { 0 };
            let replay = Arc::new(Replay::new(Arc::clone(destination), part, done));
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

/// Everything as JSON.
fn json_route(layer: &str, lines: &Arc<Lines>) -> Option<(Level, OpenRoute)> {
    let format = FormatSettings::new(FormatKind::Json).bind(layer).ok()?;
    let lines: Arc<dyn Destination> = Arc::clone(lines) as Arc<dyn Destination>;
    let target = Target::new(Level::Trace, "export", lines);
    let route = OpenRoute {
        groups: Box::new([Group::new(format, vec![target])]),
        ..OpenRoute::default()
    };
    Some((Level::Trace, route))
}

/// Lines in memory.
#[derive(Default)]
struct Lines(Mutex<Vec<u8>>, DestinationStats);

impl Destination for Lines {
    fn deliver(&self, line: &[u8], _: &LineMeta) -> io::Result<()> {
        lock(&self.0).extend_from_slice(line);
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.1
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).to_owned()
}
