//! Log files as they are named on the command line: with their rotated files, compressed or not.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;

use crate::failure::Failure;

/// The files named, each with its rotated files `FILE.N` and `FILE.N.gz`, each once; a file's
/// rotated ones stand before it, the oldest first.
pub(super) fn with_rotated(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in named {
        let mut rotated = rotated(path);
        rotated.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        let rotated = rotated.into_iter().map(|(_, path)| path);
        for path in rotated.chain([path.clone()]) {
            if !all.contains(&path) {
                all.push(path);
            }
        }
    }
    all
}

fn rotated(log: &Path) -> Vec<(u64, PathBuf)> {
    let directory = match log.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // A directory that cannot be listed: what was named is read all the same.
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let name = entry.file_name();
        let rest = name
            .as_encoded_bytes()
            .strip_prefix(log.file_name()?.as_encoded_bytes())?
            .strip_prefix(b".")?;
        let digits = rest.strip_suffix(b".gz").unwrap_or(rest);
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        Some((number, log.with_file_name(name)))
    });
    found.collect()
}

/// A file that is read, gunzipped if it is compressed; on a terminal, long work shows how far it is.
pub(super) struct LogFile {
    source: Source,
    progress: Progress,
}

enum Source {
    Plain(File),
    Gzip(Box<MultiGzDecoder<File>>),
}

impl LogFile {
    pub(super) fn open(path: &Path) -> Result<LogFile, Failure> {
        let opened = open(path).map_err(|source| Failure::File {
            action: "cannot read",
            path: path.to_owned(),
            source,
        })?;
        let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let (is_gzip, file) = opened;
        Ok(LogFile {
            progress: Progress::new(path, if is_gzip { 0 } else { length }),
            source: if is_gzip {
                Source::Gzip(Box::new(MultiGzDecoder::new(file)))
            } else {
                Source::Plain(file)
            },
        })
    }
}

/// Whether it is compressed, and the file, at its beginning.
fn open(path: &Path) -> io::Result<(bool, File)> {
    let mut file = File::open(path)?;
    let mut magic = [0; 2];
    // A directory opens, too, and is refused here.
    let got = file.read(&mut magic)?;
    let is_gzip = got == 2 && magic == [0x1f, 0x8b];
    // From the beginning, also of what cannot seek.
    let file = if got == 0 { file } else { File::open(path)? };
    Ok((is_gzip, file))
}

impl Read for LogFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = match &mut self.source {
            Source::Plain(file) => file.read(buffer),
            Source::Gzip(file) => file.read(buffer),
        }?;
        self.progress.pass(got as u64);
        Ok(got)
    }
}

/// What a terminal sees of long work.
struct Progress {
    name: String,
    length: u64,
    passed: u64,
    shown: Option<Instant>,
    next: Instant,
}

impl Progress {
    /// Shorter work shows nothing.
    const FIRST: Duration = Duration::from_secs(1);
    const EACH: Duration = Duration::from_millis(200);

    fn new(path: &Path, length: u64) -> Progress {
        Progress {
            name: path.display().to_string(),
            length,
            passed: 0,
            shown: None,
            next: Instant::now() + Progress::FIRST,
        }
    }

    fn pass(&mut self, bytes: u64) {
        self.passed += bytes;
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + Progress::EACH;
        let mut terminal = io::stderr();
        if !terminal.is_terminal() {
            return;
        }
        self.shown = Some(now);
        let megabytes = self.passed >> 20;
        // A terminal that has gone sees nothing; that is no reason to end.
        let _ = match (self.passed * 100).checked_div(self.length) {
            Some(percent) => write!(
                terminal,
                "\r\x1b[K{}: {megabytes} MB, {percent} %",
                self.name
            ),
            None => write!(terminal, "\r\x1b[K{}: {megabytes} MB", self.name),
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
