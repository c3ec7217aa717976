//! What went where: a row for each destination.

use std::path::Path;

use hydra_logger::Metrics;
use hydra_logger::config::{Config, DestinationConfig, DestinationKind};

/// What stands for the layer where all of them share a destination.
const ALL: &str = "all";

/// One row.
pub(super) struct Row {
    pub(super) layer: String,
    pub(super) destination: String,
    pub(super) format: &'static str,
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// How many files there are: the current one and its backups; 0 for a console.
    pub(super) files: usize,
    pub(super) dropped: u64,
}

/// All rows: what is shared by all layers last.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// `console` are the counts at the moment when the console left, `files` those at the end.
    pub(super) fn new(config: &Config, console: &Metrics, files: &Metrics) -> Table {
        let mut rows: Vec<Row> = Vec::new();
        for (layer, settings) in &config.layers {
            for destination in &settings.destinations {
                let (name, metrics) = match &destination.kind {
                    DestinationKind::File(file) => (format!("file {}", file.path.display()), files),
                    _ => ("console stdout".to_owned(), console),
                };
                let known = metrics.destinations.iter().find(|d| d.name == name);
                // A layer whose log is not there has no file.
                if let Some(found) = known.filter(|d| d.counts.records + d.counts.dropped > 0) {
                    add(&mut rows, Row::new(layer, destination, &found.counts));
                }
            }
        }
        rows.sort_by_key(|row| row.layer == ALL);
        Table { rows }
    }

    pub(super) fn dropped(&self) -> u64 {
        self.rows.iter().map(|row| row.dropped).sum()
    }
}

/// Adds a row; a destination that has one already is shared.
fn add(rows: &mut Vec<Row>, row: Row) {
    match rows
        .iter_mut()
        .find(|known| known.destination == row.destination)
    {
        Some(known) => ALL.clone_into(&mut known.layer),
        None => rows.push(row),
    }
}

impl Row {
    fn new(
        layer: &str,
        destination: &DestinationConfig,
        counts: &hydra_logger::DestinationSnapshot,
    ) -> Row {
        let (name, files) = match &destination.kind {
            DestinationKind::File(file) => {
                let name = file.path.file_name().unwrap_or(file.path.as_os_str());
                (name.to_string_lossy().into_owned(), count_files(&file.path))
            }
            _ => ("console".to_owned(), 0),
        };
        let level = destination
            .level
            .map_or_else(String::new, |level| format!(" from {level}"));
        Row {
            layer: layer.to_owned(),
            destination: name + &level,
            format: destination.format.name(),
            records: counts.records,
            bytes: counts.bytes,
            files,
            dropped: counts.dropped,
        }
    }
}

/// The paths of every file destination.
pub(super) fn files(config: &Config) -> impl Iterator<Item = &Path> {
    let destinations = config.layers.values().flat_map(|layer| &layer.destinations);
    destinations.filter_map(|destination| match &destination.kind {
        DestinationKind::File(file) => Some(file.path.as_path()),
        _ => None,
    })
}

/// Whether a name is a log's or one of its backups': `app.log`, `app.log.1`.
pub(super) fn is_file_of(name: &str, log: &str) -> bool {
    match name.strip_prefix(log) {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix('.')
            .is_some_and(|number| number.parse::<u32>().is_ok()),
        None => false,
    }
}

fn count_files(log: &Path) -> usize {
    let (Some(directory), Some(log)) = (log.parent(), log.file_name()) else {
        return 0;
    };
    let log = log.to_string_lossy();
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| is_file_of(&entry.file_name().to_string_lossy(), &log))
        .count()
}
