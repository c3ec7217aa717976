//! Spools of dead processes.
//!
//! What a spool has for a destination is delivered where the ring file of the same process stands at
//! it: what a worker had in its hand when it was killed is older, all else in the ring is younger. What
//! has no ring file comes afterwards, by the configuration that stands beside its rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use hydra_core::config::Config;
use hydra_core::pipeline::{Assembly, Call, Layer, Message, Route};
use hydra_core::{Destination, Fields, Key, Value};

use super::exported::{Lines, json_route};
use super::{Left, Outcome};
use crate::lock::lock;
use crate::queue::{CHUNK, SPOOLED, accepted, kept_name};
use crate::ring_file::Earlier;
use crate::spool::{LeftFile, Place, Spool, SpoolOptions, left};

/// The layer that exported lines are shown under: theirs is in the line, in whatever format that is.
const LAYER: &str = "spool";

/// What dead processes have left in the spools of a directory.
pub(super) struct Spools {
    directory: PathBuf,
    looked: OnceLock<Looked>,
    /// What came of each destination, by its name.
    tried: Arc<Mutex<BTreeMap<String, Tried>>>,
}

#[derive(Default)]
struct Looked {
    /// As they were found. None is held.
    found: Vec<Found>,
    spool: Option<Arc<Spool>>,
}

impl Looked {
    fn at(directory: &Path) -> io::Result<Looked> {
        let found: Vec<_> = left(directory)?.iter().map(Found::of).collect();
        let open = || Spool::open(directory, SpoolOptions::default());
        Ok(Looked {
            spool: (!found.is_empty()).then(open).transpose()?,
            found,
        })
    }
}

/// A file.
struct Found {
    left: Left,
    lines: BTreeMap<String, u64>,
    /// By which configuration each destination is made, as JSON.
    configurations: HashMap<String, Arc<str>>,
}

/// What came of the lines of a destination.
#[derive(Clone, Debug, Default)]
struct Tried {
    delivered: u64,
    failed: Option<String>,
    /// Somebody else has them by now.
    is_elsewhere: bool,
}

impl Spools {
    /// Looks at them when somebody asks for one: where that fails they are left to their loggers.
    pub(super) fn later(directory: &Path) -> Spools {
        Spools {
            directory: directory.to_owned(),
            looked: OnceLock::new(),
            tried: Arc::default(),
        }
    }

    /// Looks at them now.
    pub(super) fn find(directory: &Path) -> io::Result<Spools> {
        let spools = Spools::later(directory);
        let looked = Looked::at(directory)?;
        Ok(Spools {
            looked: looked.into(),
            ..spools
        })
    }

    fn looked(&self) -> &Looked {
        let look = || Looked::at(&self.directory).unwrap_or_default();
        self.looked.get_or_init(look)
    }

    /// What there is for a destination, to be delivered where the ring file of this name stands at it:
    /// first of all without a name.
    pub(super) fn earlier(&self, identity: &str, ring: Option<&str>) -> Option<Earlier> {
        let place = self.place(identity)?;
        let tried = Arc::clone(&self.tried);
        let identity = identity.to_owned();
        let records = ring.and_then(|ring| place.records(ring));
        Some(Earlier {
            records: records.unwrap_or_default(),
            deliver: Box::new(move |destination| {
                let (delivered, result) = drain(&place, destination);
                let failed = result.as_ref().err().map(ToString::to_string);
                let tried = &mut *lock(&tried);
                let tried = tried.entry(identity).or_default();
                tried.delivered += delivered;
                tried.failed = failed;
                result
            }),
        })
    }

    /// What is kept for a destination; none where somebody else has it by now.
    fn place(&self, identity: &str) -> Option<Place> {
        let is_there = |found: &Found| found.lines.contains_key(identity);
        let Looked { found, spool } = self.looked();
        let spool = spool.as_ref()?;
        if !found.iter().any(is_there) {
            return None;
        }
        let place = spool.place(identity, false);
        let is_elsewhere = place.adopted() == 0;
        if is_elsewhere {
            let mut tried = lock(&self.tried);
            tried.entry(identity.to_owned()).or_default().is_elsewhere = true;
        }
        (!is_elsewhere).then_some(place)
    }

    /// Delivers what is still there, by the configurations beside it.
    pub(super) fn recover(&self, parse: impl Fn(&str) -> Result<Config, String>) {
        let mut assemblies = HashMap::new();
        let all = &self.looked().found;
        let names = all.iter().flat_map(|found| found.lines.keys());
        for identity in names.collect::<BTreeSet<_>>() {
            if lock(&self.tried).contains_key(identity) {
                continue;
            }
            // The last one: it is the same destination, as it was set up last.
            let found = all.iter().rev();
            let mut json = found.filter_map(|found| found.configurations.get(identity));
            let Some(json) = json.next() else {
                continue;
            };
            let assembly = assemblies.entry(Arc::clone(json)).or_insert_with(|| {
                let mut config = parse(json)?;
                // What cannot be opened is told for each destination.
                config.lazy_initialization = true;
                Assembly::new(&config, None).map_err(|error| error.to_string())
            });
            match assembly {
                Ok(assembly) => self.deliver(identity, assembly),
                Err(why) => self.failed(identity, why),
            }
        }
    }

    fn deliver(&self, identity: &str, assembly: &Assembly) {
        let mut made = assembly.destinations();
        // One of the program's own is not there: it waits for its logger.
        let Some((_, destination)) = made.find(|(name, _)| kept_name(name) == identity) else {
            return;
        };
        if let Some(Earlier { deliver, .. }) = self.earlier(identity, None) {
            let ended = deliver(&**destination).and_then(|()| destination.retire());
            if let Err(error) = ended {
                self.failed(identity, &error.to_string());
            }
        }
    }

    fn failed(&self, identity: &str, why: &str) {
        let mut tried = lock(&self.tried);
        let tried = tried.entry(identity.to_owned()).or_default();
        tried.failed.get_or_insert_with(|| why.to_owned());
    }

    /// What was there, and what came of it; nothing of what somebody else has by now.
    pub(super) fn left(self) -> Vec<Left> {
        let mut tried = lock(&self.tried).clone();
        let found = self.looked.into_inner().unwrap_or_default().found;
        let left = found.into_iter();
        left.filter_map(|found| found.told(&mut tried)).collect()
    }
}

impl Found {
    fn of(file: &LeftFile) -> Found {
        let origins = file.origins.iter();
        Found {
            left: Left {
                path: file.path.clone(),
                pid: file.pid,
                created: file.born,
                records: file.lines.values().sum(),
                delivered: 0,
                damaged: file.damaged,
                damaged_bytes: 0,
                outcome: Outcome::Found,
            },
            lines: file.lines.clone(),
            configurations: origins
                .map(|(name, origin)| (name.clone(), Arc::clone(&origin.configuration)))
                .collect(),
        }
    }

    /// As it was only looked at.
    fn seen(mut self) -> Left {
        let mut names = self.lines.keys();
        if !names.all(|name| self.configurations.contains_key(name)) {
            self.left.outcome = Outcome::ForItsLogger;
        }
        self.left
    }

    /// As it is when its destinations were tried. They took the lines of the oldest file first.
    fn told(mut self, tried: &mut BTreeMap<String, Tried>) -> Option<Left> {
        let (mut failed, mut untried, mut ours) = (None, 0, 0);
        for (identity, lines) in &self.lines {
            let Some(tried) = tried.get_mut(identity) else {
                untried += 1;
                continue;
            };
            ours += u64::from(!tried.is_elsewhere);
            let of_it = tried.delivered.min(*lines);
            tried.delivered -= of_it;
            self.left.delivered += of_it;
            if let Some(why) = tried.failed.as_deref().filter(|_| of_it < *lines) {
                failed.get_or_insert(format!("{identity}: {why}"));
            }
        }
        self.left.outcome = match failed {
            Some(why) => Outcome::Kept(why),
            None if untried > 0 => Outcome::ForItsLogger,
            None if ours > 0 => Outcome::Delivered,
            None => return None,
        };
        Some(self.left)
    }
}

/// Delivers what is kept. What the destination has taken and synced is gone from the spool, and counted.
fn drain(place: &Place, destination: &dyn Destination) -> (u64, io::Result<()>) {
    let mut delivered = 0;
    // So that no file is left unsynced from the first line on.
    let mut result = destination.sync();
    while result.is_ok() {
        let taken = match place.take(SPOOLED) {
            Ok(Some(taken)) => taken,
            Ok(None) => break,
            Err(error) => return (delivered, Err(error)),
        };
        let lines = taken.batch();
        let mut done = 0;
        while result.is_ok() && done < lines.len() {
            let rest = lines.slice(done..usize::MAX);
            let batch = rest.slice(0..rest.whole_lines(CHUNK).max(1));
            let taken = destination.deliver_batch(&batch);
            done += accepted(&batch, &taken);
            result = taken.map_err(|refused| refused.error);
        }
        if let Err(error) = destination.sync() {
            // They may be gone, and are delivered another time.
            done = 0;
            result = Err(error);
        }
        place.settle(taken, done);
        delivered += done as u64;
    }
    (delivered, result)
}

pub(super) fn list(directory: &Path) -> io::Result<Vec<Left>> {
    let files = left(directory)?;
    Ok(files.iter().map(|file| Found::of(file).seen()).collect())
}

pub(super) fn export(directory: &Path, out: &mut dyn io::Write) -> io::Result<Vec<Left>> {
    static KEYS: &[Key] = &[Key::new("destination")];
    let lines = Arc::new(Lines::default());
    let Some((level, route)) = json_route(LAYER, &lines) else {
        return Ok(Vec::new());
    };
    let layer = Layer::new(0, LAYER, level, Route::Open(route));
    let files = left(directory)?;
    for file in &files {
        let mut written = Ok(());
        file.each_line(|identity, line, meta| {
            let line = String::from_utf8_lossy(line);
            layer.deliver_protected(&Call {
                unix_ns: meta.unix_ns,
                level: meta.level,
                message: Message::Str(line.trim_end_matches(['\r', '\n'])),
                fields: Fields::of_site(KEYS, &[Value::Str(identity)]),
                context: None,
                location: None,
            });
            if written.is_ok() {
                written = lines.write(out);
            }
        })?;
        written?;
    }
    Ok(files.iter().map(|file| Found::of(file).seen()).collect())
}
