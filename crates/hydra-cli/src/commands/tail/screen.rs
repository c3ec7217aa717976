//! What is shown: [`Screen`].

use std::io::{self, BufWriter, StdoutLock, Write as _};
use std::path::{Path, PathBuf};

use hydra_core::Buffer;
use hydra_core::format::{FormatError, FormatKind, FormatSettings, Theme};

use crate::failure::Failure;
use crate::read::{OwnedRecord, colors_alone};
use crate::render::Renderer;

/// stdout, as `tail` writes it.
pub(super) struct Screen {
    renderer: Renderer,
    line: Buffer,
    output: BufWriter<StdoutLock<'static>>,
    colored: bool,
    /// Whether lines of several files must be told apart.
    names: bool,
    /// Whose lines were shown last.
    last: Option<PathBuf>,
}

impl Screen {
    pub(super) fn new(format: FormatKind, colored: bool, names: bool) -> Result<Screen, Failure> {
        let mut settings = FormatSettings::new(format);
        settings.theme = colored.then_some(Theme::DEFAULT);
        settings.source = format != FormatKind::Csv;
        let wrong = |error: FormatError| Failure::Usage(error.to_string());
        let renderer = Renderer::new(settings).map_err(wrong)?;
        let mut output = BufWriter::new(io::stdout().lock());
        if let Some(header) = renderer.header().map_err(wrong)? {
            output.write_all(&header)?;
        }
        Ok(Screen {
            renderer,
            line: Buffer::default(),
            output,
            colored,
            names,
            last: None,
        })
    }

    /// Says whose lines follow, if they are not those of the lines before.
    fn name(&mut self, path: &Path) -> io::Result<()> {
        if !self.names || self.last.as_deref() == Some(path) {
            return Ok(());
        }
        let space = if self.last.is_some() { "\n" } else { "" };
        self.last = Some(path.to_owned());
        writeln!(self.output, "{space}==> {} <==", path.display())
    }

    /// Shows a record in the format that was asked for.
    pub(super) fn record(&mut self, path: &Path, record: &OwnedRecord) -> io::Result<()> {
        self.name(path)?;
        self.line.clear();
        self.renderer
            .render(record, &mut self.line)
            .map_err(io::Error::other)?;
        self.output.write_all(self.line.as_bytes())
    }

    /// Shows a line as it is. On a screen with colours its own are kept, and nothing else that a
    /// terminal would obey: a log may hold what strangers sent.
    pub(super) fn raw(&mut self, path: &Path, line: &[u8]) -> io::Result<()> {
        self.name(path)?;
        if self.colored {
            self.output.write_all(&colors_alone(line))?;
        } else {
            self.output.write_all(line)?;
        }
        self.output.write_all(b"\n")
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
