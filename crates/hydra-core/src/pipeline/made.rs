//! Destinations as configurations describe them, each made once for each distinct setting.

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::build_error::BuildError;
use crate::config::{Config, ConsoleConfig, FileConfig, Rotate, Stream, TimeZoneSetting};
use crate::destination::console::ConsoleDestination;
use crate::destination::file::sealed::{self, SealedFile, SealedOptions};
use crate::destination::file::{FileDestination, FileOptions, RotateEvery};
use crate::destination::host::host;
use crate::format::{FormatKind, FormatSettings, find_zone};
use crate::{Destination, Level};

/// A destination and the settings it was made from; none, where the program made it.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) settings: Option<Settings>,
    pub(super) name: Arc<str>,
    pub(super) destination: Arc<dyn Destination>,
    /// Whether calls wait for it, and nothing stands before it.
    pub(super) waits: bool,
}

#[derive(Clone, PartialEq)]
pub(super) enum Settings {
    Stdout,
    Stderr,
    File {
        file: Box<FileConfig>,
        /// Where midnight is asked for, if it is: that of the lines' own time.
        midnight: Option<TimeZoneSetting>,
        header: Option<Vec<u8>>,
        force_flush: bool,
    },
}

impl Settings {
    /// Whether it shows colours: a terminal, or a host that stands for one.
    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Settings::Stdout | Settings::Stderr if host().is_some() => true,
            Settings::Stdout => std::io::stdout().is_terminal(),
            Settings::Stderr => std::io::stderr().is_terminal(),
            Settings::File { .. } => false,
        }
    }
}

impl Made {
    pub(super) fn is_of(&self, settings: &Settings, waits: bool) -> bool {
        self.settings.as_ref() == Some(settings) && self.waits == waits
    }

    pub(super) fn new(settings: Settings, waits: bool, lazy: bool) -> std::io::Result<Made> {
        let (name, destination): (String, Arc<dyn Destination>) = match &settings {
            Settings::Stdout => (
                "console stdout".into(),
                Arc::new(ConsoleDestination::new(Stream::Stdout)),
            ),
            Settings::Stderr => (
                "console stderr".into(),
                Arc::new(ConsoleDestination::new(Stream::Stderr)),
            ),
            Settings::File {
                file,
                midnight,
                header,
                force_flush,
            } => {
                let options = file_options(file).force_flush(*force_flush);
                let zone = midnight.as_ref().and_then(|zone| find_zone(zone).ok());
                let options = match zone {
                    Some(zone) => options.time_zone(zone),
                    None => options,
                };
                let options = match header {
                    Some(header) => options.header(header.clone()),
                    None => options,
                };
                let name = format!("file {}", file.path.display());
                (name, file_destination(file, options, lazy)?)
            }
        };
        Ok(Made {
            settings: Some(settings),
            name: name.into(),
            destination,
            waits,
        })
    }
}

/// The streams of a console, each with its range of levels.
pub(super) fn console_streams(
    console: &ConsoleConfig,
    lowest: Level,
) -> Vec<(Settings, (Level, Option<Level>))> {
    let split = console.split_level;
    match console.stream {
        Stream::Stdout => vec![(Settings::Stdout, (lowest, None))],
        Stream::Stderr => vec![(Settings::Stderr, (lowest, None))],
        Stream::Split => vec![
            (Settings::Stdout, (lowest, Some(split))),
            (Settings::Stderr, (lowest.max(split), None)),
        ],
    }
}

/// A file's settings, with the logger's where it has none of its own.
pub(super) fn with_defaults(file: &FileConfig, config: &Config) -> FileConfig {
    let mut file = file.clone();
    file.buffer_size = file.buffer_size.or(config.buffer_size);
    file.flush_interval = file.flush_interval.or(config.flush_interval);
    file
}

/// The zone whose midnight ends a file's day: none where the file is not rotated by time, so that
/// no zone is looked up for nothing.
pub(super) fn midnight(file: &FileConfig, format: &FormatSettings) -> Option<TimeZoneSetting> {
    let by_time = file.rotate != Rotate::Never;
    let default = || match format.kind {
        FormatKind::PlainText => TimeZoneSetting::Local,
        _ => TimeZoneSetting::Utc,
    };
    by_time.then(|| format.time_zone.clone().unwrap_or_else(default))
}

fn file_options(file: &FileConfig) -> FileOptions {
    let period = match file.rotate {
        Rotate::Daily => Some(RotateEvery::Daily),
        Rotate::Hourly => Some(RotateEvery::Hourly),
        _ => None,
    };
    let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let options = FileOptions::new(&file.path)
        .max_size(file.max_size)
        .rotate_every(period)
        .backup_count(file.backup_count as usize)
        .max_age(file.max_age)
        .mode(file.mode)
        .buffer_size(file.buffer_size.filter(|size| *size > 0).map(bytes))
        .flush_interval(file.flush_interval);
    #[cfg(feature = "gzip")]
    let options = options.compress(file.compress);
    options
}

fn file_destination(
    file: &FileConfig,
    options: FileOptions,
    lazy: bool,
) -> std::io::Result<Arc<dyn Destination>> {
    let Some(audit) = &file.audit else {
        let destination = FileDestination::new(options);
        if !lazy {
            destination.open()?;
        }
        return Ok(Arc::new(destination));
    };
    let mut options = SealedOptions::new(options)
        .checkpoint_every(audit.checkpoint_every.into())
        .checkpoint_interval(audit.checkpoint_interval)
        .fsync(audit.fsync)
        .retention(audit.retention);
    if let Some(key) = &audit.key_file {
        options = options.with_key_file(key);
    }
    let destination = SealedFile::new(options);
    if !lazy {
        destination.open()?;
    }
    Ok(Arc::new(destination))
}

/// Whether this build seals files, and has a place for a seal in lines of this format.
pub(super) fn must_be_auditable(
    kind: FormatKind,
    path: &dyn Fn() -> String,
) -> Result<(), BuildError> {
    if !sealed::can_seal() {
        return Err(BuildError::Unavailable {
            path: format!("{}.audit", path()),
            what: "audit chains",
            feature: "audit",
        });
    }
    if kind == FormatKind::Csv {
        return Err(BuildError::Conflict {
            path: format!("{}.format", path()),
            what: "an audit file cannot be CSV, whose columns have no place for a seal; any other \
                   format can",
        });
    }
    Ok(())
}
