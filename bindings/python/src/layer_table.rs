//! The layers of a logger by name, found without a lock.
//!
//! A fixed number of places, each filled once: a layer, once found, is found again at the cost of a
//! hash of three bytes and a comparison, and is borrowed for as long as the logger lives. Layers
//! live through changes of the configuration; whether it names them is a flag. More layers than
//! there are places are found by the logger itself, which takes its locks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

use hydra_logger::{Layer, Level, Logger};

const PLACES: usize = 128;
/// How many places a name may stand at, from the one that its hash says.
const PROBES: usize = 8;

struct Entry {
    name: Box<str>,
    layer: Layer,
    /// Whether the configuration, or a call of `set_level`, names it.
    named: AtomicBool,
}

pub(crate) struct LayerTable {
    places: Box<[OnceLock<Entry>]>,
    /// Whether a name that the configuration has found no place.
    overflowed: AtomicBool,
    /// No layer takes a record below this level's number: most disabled calls end here.
    floor: AtomicU8,
    default: Layer,
}

/// A layer, borrowed from the table or not.
pub(crate) enum Found<'t> {
    Here(&'t Layer),
    Elsewhere(Layer),
}

impl Found<'_> {
    #[inline]
    pub(crate) fn layer(&self) -> &Layer {
        match self {
            Found::Here(layer) => layer,
            Found::Elsewhere(layer) => layer,
        }
    }
}

impl LayerTable {
    pub(crate) fn new(logger: &Logger) -> LayerTable {
        let table = LayerTable {
            places: (0..PLACES).map(|_| OnceLock::new()).collect(),
            overflowed: AtomicBool::new(false),
            floor: AtomicU8::new(0),
            default: logger.layer("DEFAULT"),
        };
        table.refresh(logger);
        table
    }

    /// Looks again at which layers are named, and at their levels: after every change of them.
    pub(crate) fn refresh(&self, logger: &Logger) {
        let config = logger.config();
        for name in config.layers.keys() {
            self.keep(logger, name);
        }
        let mut layers = vec![&self.default];
        for entry in self.places.iter().filter_map(OnceLock::get) {
            entry.named.store(logger.names_layer(&entry.name), Relaxed);
            layers.push(&entry.layer);
        }
        let lowest = Level::ALL
            .into_iter()
            .find(|level| layers.iter().any(|layer| layer.is_enabled(*level)));
        // With more layers than places, some are not seen here.
        let floor = if self.overflowed.load(Relaxed) {
            0
        } else {
            lowest.map_or(u8::MAX, Level::number)
        };
        self.floor.store(floor, Relaxed);
    }

    /// Gives a layer its place, so that its level counts from the next `refresh` on.
    pub(crate) fn keep(&self, logger: &Logger, name: &str) {
        if self.find(logger, name).is_none() {
            self.overflowed.store(true, Relaxed);
        }
    }

    /// Whether any layer may take a record of this level.
    #[inline]
    pub(crate) fn may_take(&self, level: Level) -> bool {
        level.number() >= self.floor.load(Relaxed)
    }

    #[inline]
    pub(crate) fn default_layer(&self) -> Found<'_> {
        Found::Here(&self.default)
    }

    /// The layer of this name, whether it is configured or not.
    #[inline]
    pub(crate) fn layer(&self, logger: &Logger, name: &str) -> Found<'_> {
        match self.find(logger, name) {
            Some(entry) => Found::Here(&entry.layer),
            None => Found::Elsewhere(logger.layer(name)),
        }
    }

    /// The layer of this name, if the configuration names it.
    #[inline]
    pub(crate) fn configured(&self, logger: &Logger, name: &str) -> Option<Found<'_>> {
        for place in places_of(name) {
            match self.places[place].get() {
                Some(entry) if *entry.name == *name => {
                    let named = entry.named.load(Relaxed);
                    return named.then_some(Found::Here(&entry.layer));
                }
                Some(_) => {}
                None => return None,
            }
        }
        let overflowed = self.overflowed.load(Relaxed) && logger.names_layer(name);
        overflowed.then(|| Found::Elsewhere(logger.layer(name)))
    }

    /// The entry of a name, which is made if there is a place for it.
    #[inline]
    fn find(&self, logger: &Logger, name: &str) -> Option<&Entry> {
        for place in places_of(name) {
            let entry = self.places[place].get_or_init(|| Entry {
                name: name.into(),
                layer: logger.layer(name),
                named: AtomicBool::new(logger.names_layer(name)),
            });
            if *entry.name == *name {
                return Some(entry);
            }
        }
        None
    }
}

/// The places at which a name may stand. The first is of its length and three of its bytes: names of
/// layers are few and differ in these.
#[inline]
fn places_of(name: &str) -> impl Iterator<Item = usize> {
    let bytes = name.as_bytes();
    let byte = |index: usize| bytes.get(index).copied().map_or(0, usize::from);
    let length = bytes.len();
    let first = length + 7 * byte(0) + 31 * byte(length.wrapping_sub(1)) + 57 * byte(length / 2);
    (first..first + PROBES).map(|place| place % PLACES)
}
