//! `hydra convert`: a log from one format into another.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hydra_core::Buffer;
use hydra_core::config::TimeZoneSetting;
use hydra_core::format::{FormatError, FormatKind, FormatSettings};

use super::format_arg::{FROM_HELP, From, parse_from};
use crate::failure::Failure;
use crate::lines::{self, Lines};
use crate::read::{Line, OwnedRecord, Reader};
use crate::render::Renderer;

/// A longer line is reported as one that cannot be read. The longest that a format writes, a message
/// of 16 MiB of which each byte is escaped, is shorter.
const LONGEST_LINE: usize = 128 << 20;

/// How many lines that cannot be read are shown.
const SHOWN: u64 = 5;

/// What each format keeps, for `--help`.
const KEPT: &str = "What a log keeps when it is written as
  json, csv    everything; lengths of time become seconds, moments become texts
  logfmt       everything but the types of values, and spaces, = and quotes in names
  syslog       everything but the types of values, digits after the microsecond, and names beyond
               32 bytes; the process's number is that of hydra
  gelf         everything but true, false, null and nested values, which become texts, and
               characters of names other than letters, digits, _ . -
  plain-text   everything but the types of values and the border between a message and fields that
               it ends like
Host, program and facility are kept between syslog and syslog, the host to gelf and back. Where a
format does not say a value's type, what is written as a number, true, false, null, or as JSON's
lists and objects is read as one. So json and csv convert into each other and back without loss.

Exit code: 0, or 1 if there were lines that could not be read (they are left out, and told of).

Examples:
  hydra convert --to csv app.log -o app.csv
  kubectl logs shop | hydra convert --to plain-text
  hydra convert --from syslog --to json /var/log/shop.log";

/// Convert a log from one format into another
#[derive(Debug, clap::Args)]
#[command(after_long_help = KEPT)]
pub(crate) struct Args {
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = parse_from, help = FROM_HELP)]
    from: From,
    /// The format to write: plain-text, json, csv, syslog, gelf, logfmt
    #[arg(long, value_name = "FORMAT")]
    to: FormatKind,
    /// The log; stdin if it is missing or -
    file: Option<PathBuf>,
    /// Where to write; stdout unless set
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The zone of the times written: local, utc, +02:00, Europe/Vienna [default: local in
    /// plain-text, utc in the others]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<TimeZoneSetting>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut settings = FormatSettings::new(args.to);
    settings.time_zone.clone_from(&args.time_zone);
    settings.bind("").map_err(|error| wrong_setting(&error))?;
    let file = args.file.as_deref().filter(|path| *path != Path::new("-"));
    let (source, name): (Box<dyn Read>, String) = match file {
        Some(path) => {
            let opened = File::open(path).map_err(|source| Failure::File {
                action: "cannot read",
                path: path.to_owned(),
                source,
            });
            (Box::new(opened?), path.display().to_string())
        }
        None => (Box::new(io::stdin()), "stdin".to_owned()),
    };
    let output: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(create(path, file)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut conversion = Conversion {
        reader: Reader::new(args.from.0),
        settings,
        renderer: None,
        line: Buffer::default(),
        output: BufWriter::new(output),
        name,
        lines: 0,
        unreadable: 0,
    };
    conversion.run(source)?;
    Ok(conversion.end())
}

fn wrong_setting(error: &FormatError) -> Failure {
    Failure::Usage(error.to_string())
}

/// Makes the output, unless that would empty the input before it is read.
fn create(path: &Path, input: Option<&Path>) -> Result<File, Failure> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    if input.is_some_and(|input| real(input).is_some() && real(input) == real(path)) {
        return Err(Failure::Usage(format!(
            "--output {0} is the log itself; write to another file and rename it to {0}",
            path.display()
        )));
    }
    File::create(path).map_err(|source| Failure::File {
        action: "cannot write",
        path: path.to_owned(),
        source,
    })
}

struct Conversion<'a> {
    reader: Reader,
    settings: FormatSettings,
    /// Made at the first record: it says whether a table gets columns for the source.
    renderer: Option<Renderer>,
    line: Buffer,
    output: BufWriter<Box<dyn Write + 'a>>,
    name: String,
    lines: u64,
    unreadable: u64,
}

impl Conversion<'_> {
    fn run(&mut self, mut source: impl Read) -> Result<(), Failure> {
        let mut lines = Lines::new(LONGEST_LINE);
        let mut more = true;
        while more {
            let mut result = Ok(());
            more = lines.read(&mut source, |line| {
                if result.is_ok() {
                    result = self.convert(line);
                }
            })?;
            result?;
            // Who reads the output sees each line soon after it came.
            self.output.flush()?;
        }
        if self.renderer.is_none() {
            self.renderer(false)?;
        }
        Ok(self.output.flush()?)
    }

    fn convert(&mut self, line: lines::Line<'_>) -> Result<(), Failure> {
        self.lines += 1;
        if line.cut > 0 {
            let length = line.bytes.len() as u64 + line.cut;
            self.skip(&format_args!(
                "a line of {length} bytes; {LONGEST_LINE} are read"
            ));
            return Ok(());
        }
        match self.reader.read(line.bytes) {
            Ok(Line::Record(record)) => self.write(&record),
            Ok(Line::Nothing) => Ok(()),
            Err(Some(error)) => {
                self.skip(&error);
                Ok(())
            }
            Err(None) => {
                self.skip(&"a line of no format that is known");
                Ok(())
            }
        }
    }

    fn write(&mut self, record: &OwnedRecord) -> Result<(), Failure> {
        if self.renderer.is_none() {
            self.renderer(record.place.is_some())?;
        }
        if let Some(renderer) = &mut self.renderer {
            self.line.clear();
            renderer
                .render(record, &mut self.line)
                .map_err(|error| wrong_setting(&error))?;
            self.output.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    /// Makes the renderer, and writes the header if the format has one.
    fn renderer(&mut self, has_place: bool) -> Result<(), Failure> {
        let mut settings = self.settings.clone();
        settings.source = has_place || settings.kind != FormatKind::Csv;
        let renderer = Renderer::new(settings).map_err(|error| wrong_setting(&error))?;
        if let Some(header) = renderer.header().map_err(|error| wrong_setting(&error))? {
            self.output.write_all(&header)?;
        }
        self.renderer = Some(renderer);
        Ok(())
    }

    /// Counts a line that cannot be read, and tells of the first ones.
    fn skip(&mut self, why: &dyn std::fmt::Display) {
        self.unreadable += 1;
        if self.unreadable <= SHOWN {
            // With stderr closed there is nobody left to tell; the exit code says it.
            let _ = writeln!(io::stderr(), "hydra: {}:{}: {why}", self.name, self.lines);
        }
    }

    fn end(&self) -> ExitCode {
        if self.unreadable == 0 {
            return ExitCode::SUCCESS;
        }
        let shown = match self.unreadable {
            more if more > SHOWN => format!(" (the first {SHOWN} are above)"),
            _ => String::new(),
        };
        let _ = writeln!(
            io::stderr(),
            "hydra: {} of {} lines could not be read and were left out{shown}",
            self.unreadable,
            self.lines
        );
        ExitCode::FAILURE
    }
}
