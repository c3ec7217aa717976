//! A log that is followed by its name: [`Followed`].

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use flate2::read::MultiGzDecoder;
use hydra_core::format::FormatKind;

use super::backlog;
use super::filter::Filter;
use super::open::{Open, id};
use super::rotation::{After, copies, numbered, successors};
use super::screen::Screen;
use crate::read::{Line, Reader};

/// How long a file is still read after another has its name: a writer notices late. (Ours does
/// within a second.)
const LINGER: Duration = Duration::from_mins(1);

/// A log, and what was decided of its lines.
pub(super) struct Followed {
    path: PathBuf,
    /// The file that had the name last.
    current: Option<Open>,
    /// Those that had it before, and until when they are read.
    former: Vec<(Open, Instant)>,
    lines: Decided,
    /// When the name was first looked at.
    begun: SystemTime,
    /// What was told last: the same is not told again and again.
    trouble: Option<io::ErrorKind>,
}

/// How many former files are kept open.
const FORMER: usize = 16;

/// Reads lines, and decides which are shown.
struct Decided {
    path: PathBuf,
    reader: Reader,
    /// Whether the last record was shown: a line that is no record may continue it.
    before: Option<bool>,
}

impl Decided {
    fn take(&mut self, line: &[u8], filter: &Filter<'_>, screen: &mut Screen) -> io::Result<()> {
        match self.reader.read(line) {
            Ok(Line::Record(record)) => {
                let passes = filter.passes(line, &record);
                self.before = Some(passes);
                if passes {
                    screen.record(&self.path, &record)
                } else {
                    Ok(())
                }
            }
            Err(_) if filter.passes_unread(line, self.before) => screen.raw(&self.path, line),
            Ok(Line::Nothing) | Err(_) => Ok(()),
        }
    }
}

impl Followed {
    pub(super) fn new(path: &Path, from: Option<FormatKind>) -> Followed {
        Followed {
            path: path.to_owned(),
            current: None,
            former: Vec::new(),
            lines: Decided {
                path: path.to_owned(),
                reader: Reader::new(from),
                before: None,
            },
            begun: SystemTime::now(),
            trouble: None,
        }
    }

    /// Shows the end of what is there. Says whether that went well; what did not is told on
    /// stderr. A file that is not there is waited for where files are followed.
    pub(super) fn begin(
        &mut self,
        wanted: Option<usize>,
        follow: bool,
        filter: &Filter<'_>,
        screen: &mut Screen,
    ) -> io::Result<bool> {
        let (file, start) = match self.find_start(wanted, filter) {
            Ok(found) => found,
            Err(error) => {
                let is_missing = error.kind() == io::ErrorKind::NotFound;
                self.tell(
                    &error,
                    if follow && is_missing {
                        "; waiting for it"
                    } else {
                        ""
                    },
                );
                return Ok(follow && is_missing);
            }
        };
        if let (None, Some(since), false) = (wanted, filter.since(), start.is_enough) {
            self.rotated(since, filter, screen)?;
        }
        let mut open = Open::new(file, start.offset)?;
        open.read(|line| self.lines.take(line, filter, screen))?;
        if !follow {
            open.finish(|line| self.lines.take(line, filter, screen))?;
        }
        self.current = Some(open);
        Ok(true)
    }

    fn find_start(
        &self,
        wanted: Option<usize>,
        filter: &Filter<'_>,
    ) -> io::Result<(File, backlog::Start)> {
        let mut file = File::open(&self.path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let length = metadata.len();
        let start = backlog::start(&mut file, length, wanted, filter, &self.lines.reader)?;
        Ok((file, start))
    }

    /// Whether it is a folder: there will never be a line.
    pub(super) fn is_hopeless(&self) -> bool {
        self.trouble == Some(io::ErrorKind::IsADirectory)
    }

    /// Shows what rotated files, compressed ones too, hold since a time.
    fn rotated(&mut self, since: i64, filter: &Filter<'_>, screen: &mut Screen) -> io::Result<()> {
        let since = SystemTime::UNIX_EPOCH + Duration::from_nanos(since.max(0) as u64);
        let mut files: Vec<Box<dyn Read>> = Vec::new();
        for number in 1.. {
            let plain = numbered(&self.path, number);
            let packed = plain.with_added_extension("gz");
            let (file, is_packed) = match File::open(&plain) {
                Ok(file) => (file, false),
                Err(_) => match File::open(&packed) {
                    Ok(file) => (file, true),
                    Err(_) => break,
                },
            };
            if file.metadata()?.modified()? < since {
                break;
            }
            files.push(if is_packed {
                Box::new(MultiGzDecoder::new(file))
            } else {
                Box::new(file)
            });
        }
        for file in files.into_iter().rev() {
            for line in BufReader::new(file).split(b'\n') {
                self.lines.take(&line?, filter, screen)?;
            }
        }
        Ok(())
    }

    /// Shows what was added since the last call. Says whether there was anything.
    pub(super) fn advance(&mut self, filter: &Filter<'_>, screen: &mut Screen) -> io::Result<bool> {
        if self.is_hopeless() {
            return Ok(false);
        }
        let lines = &mut self.lines;
        let mut anything = false;
        for (file, _) in &mut self.former {
            anything |= file.read(|line| lines.take(line, filter, screen))?;
        }
        if let Some(current) = &mut self.current {
            if current.is_truncated()? {
                for mut copy in copies(&self.path, current)? {
                    copy.read(|line| lines.take(line, filter, screen))?;
                    copy.finish(|line| lines.take(line, filter, screen))?;
                }
                current.finish(|line| lines.take(line, filter, screen))?;
            }
            anything |= current.read(|line| lines.take(line, filter, screen))?;
        }
        match self.newer() {
            Ok(files) => {
                self.trouble = None;
                anything |= !files.is_empty();
                self.go_on(files, filter, screen)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.tell(&error, "; trying again"),
        }
        self.forget(filter, screen)?;
        Ok(anything)
    }

    /// The files that have had the name since the current one, the oldest first.
    fn newer(&self) -> io::Result<Vec<File>> {
        // Without a file of that name, the one that had it may still be written to.
        let metadata = fs::metadata(&self.path)?;
        match &self.current {
            Some(current) if id(&metadata) == current.id => Ok(Vec::new()),
            Some(current) => successors(&self.path, After::File(current)),
            None if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            None => successors(&self.path, After::Time(self.begun)),
        }
    }

    /// Shows what these files hold; the last one is the current one then.
    fn go_on(
        &mut self,
        files: Vec<File>,
        filter: &Filter<'_>,
        screen: &mut Screen,
    ) -> io::Result<()> {
        let lines = &mut self.lines;
        for file in files {
            if let Some(mut former) = self.current.take() {
                // What was written to it until it was moved stands before what came after.
                former.read(|line| lines.take(line, filter, screen))?;
                self.former.push((former, Instant::now() + LINGER));
            }
            let current = self.current.insert(Open::new(file, 0)?);
            current.read(|line| lines.take(line, filter, screen))?;
        }
        Ok(())
    }

    /// Closes files that have long had no name of ours.
    fn forget(&mut self, filter: &Filter<'_>, screen: &mut Screen) -> io::Result<()> {
        let now = Instant::now();
        let too_many = self.former.len().saturating_sub(FORMER);
        let over = self.former.iter().take_while(|(_, until)| *until < now);
        let over = over.count().max(too_many);
        for (mut file, _) in self.former.drain(..over) {
            file.finish(|line| self.lines.take(line, filter, screen))?;
        }
        Ok(())
    }

    /// Tells on stderr what is wrong, once.
    fn tell(&mut self, error: &io::Error, then: &str) {
        if self.trouble.replace(error.kind()) != Some(error.kind()) {
            // With stderr closed there is nobody left to tell.
            let _ = writeln!(
                io::stderr(),
                "hydra: {}: {error}{then}",
                self.path.display()
            );
        }
    }
}
