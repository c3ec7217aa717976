//! The records, ready to be logged, and how the demo logs them.

use std::io;
use std::time::{Duration, Instant};

use hydra_logger::{Fields, Key, Layer, Level, Logger, Message, Value};

use super::sources::{Parts, Source};

/// How many lines of a layer stand on the console.
const SHOWN: usize = 3;

/// How wide a line may be to be shown there: its message and fields, in bytes.
const WIDTH: usize = 96;

/// A record, as a call of the program itself would have it.
pub(super) struct Prepared<'a> {
    pub(super) layer: Layer,
    pub(super) level: Level,
    pub(super) message: &'a str,
    keys: Vec<Key<'static>>,
    values: Vec<Value<'a>>,
}

/// All records, by layer.
pub(super) struct Stage<'a> {
    layers: Vec<Vec<Prepared<'a>>>,
}

/// How fast it went.
pub(super) struct Pace {
    pub(super) records: u64,
    pub(super) taken: Duration,
}

impl<'a> Stage<'a> {
    pub(super) fn new(logger: &Logger, logs: &'a [(&Source, String)]) -> Stage<'a> {
        let layers = logs.iter().map(|(source, text)| {
            let layer = logger.layer(source.layer);
            let lines = text.lines().filter(|line| !line.is_empty());
            lines
                .map(|line| Prepared::new(layer.clone(), source.parts(line)))
                .collect()
        });
        Stage {
            layers: layers.filter(|lines: &Vec<_>| !lines.is_empty()).collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.layers.iter().map(Vec::len).sum()
    }

    /// Logs a few lines of each layer, of different levels where there are some.
    pub(super) fn play_console(&self) {
        for lines in &self.layers {
            for at in chosen(lines) {
                lines[at].log();
            }
        }
    }

    /// Logs the layers' lines in turn, over and over, until there are `records`; the time includes
    /// what `flush` takes.
    pub(super) fn play_fast(
        &self,
        records: u64,
        flush: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<Pace> {
        let mut left = records;
        let start = Instant::now();
        'all: for round in 0.. {
            for lines in &self.layers {
                if left == 0 {
                    break 'all;
                }
                lines[round % lines.len()].log();
                left -= 1;
            }
        }
        flush()?;
        Ok(Pace {
            records,
            taken: start.elapsed(),
        })
    }

    /// The record to show in every format: a warning that has much to show.
    pub(super) fn showpiece(&self) -> &Prepared<'a> {
        let is_fine = |record: &&Prepared<'_>| {
            record.level == Level::Warning && record.values.len() >= 4 && record.width() <= 110
        };
        let all = self.layers.iter().flatten();
        let fine = all.filter(is_fine).max_by_key(|record| record.width());
        fine.unwrap_or_else(|| &self.layers[0][0])
    }
}

/// The positions of the lines to show: one of each level if possible, the severest first, then
/// whatever comes; in their order.
fn chosen(lines: &[Prepared<'_>]) -> Vec<usize> {
    let narrowest = lines.iter().map(Prepared::width).min().unwrap_or(0);
    let fits = |at: &usize| lines[*at].width() <= WIDTH.max(narrowest);
    let find = |level| (0..lines.len()).find(|at| lines[*at].level == level && fits(at));
    let mut chosen: Vec<usize> = Level::ALL.into_iter().rev().filter_map(find).collect();
    chosen.truncate(SHOWN);
    for at in (0..lines.len()).filter(fits) {
        let start = |at: usize| lines[at].message.split(' ').next();
        if chosen.len() < SHOWN && chosen.iter().all(|known| start(*known) != start(at)) {
            chosen.push(at);
        }
    }
    chosen.sort_unstable();
    chosen
}

impl<'a> Prepared<'a> {
    fn new(layer: Layer, parts: Parts<'a>) -> Prepared<'a> {
        let (keys, values) = parts
            .fields
            .into_iter()
            .map(|(key, value)| (Key::new(key), value))
            .unzip();
        Prepared {
            layer,
            level: parts.level,
            message: parts.message,
            keys,
            values,
        }
    }

    pub(super) fn fields(&self) -> Fields<'_> {
        Fields::new(&self.keys, &self.values)
    }

    fn log(&self) {
        if self.layer.is_enabled(self.level) {
            let message = Message::Str(self.message);
            self.layer.emit(self.level, message, self.fields(), None);
        }
    }

    fn width(&self) -> usize {
        let value = |value: &Value<'_>| match value {
            Value::Str(text) => text.len(),
            // The numbers here are process ids and the like.
            _ => 5,
        };
        let fields = self.keys.iter().zip(&self.values);
        let fields = fields.map(|(key, v)| key.name().len() + 2 + value(v));
        self.message.len() + fields.sum::<usize>()
    }
}
