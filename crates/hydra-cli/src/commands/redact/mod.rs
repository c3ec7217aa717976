//! `hydra redact`.

mod policy;

use std::io::{self, BufRead as _, BufReader, Read, StdoutLock, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use hydra_protect::{Redactor, StreamRedactor};

use super::log_files::LogFile;
use crate::failure::Failure;
use crate::signals::Signals;
use policy::Policy;

/// How much is asked for in one read.
const CHUNK: usize = 64 * 1024;

/// How long the input may pause before what is there is shown.
const PAUSE: Duration = Duration::from_millis(10);

/// Take personal data and secrets out of what passes through
///
/// Reads the files, or stdin, and prints them with every e-mail address, card number, password, token
/// and the like replaced. Any bytes are taken, lines of any length, and UTF-16; the memory needed does
/// not grow. What is found in one place is judged by what stands around it, over line ends too; while
/// the input pauses, all whole lines are shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  my-program 2>&1 | hydra redact > safe.log
  tail -f app.log | hydra redact --detectors default,ip,-phone
  hydra redact --pattern 'badge=B-[0-9]{4}' --key floor_code app.log
  hydra redact --dry-run app.log                      where something is, without showing it
  hydra redact --count dump.sql > dump.safe.sql       how much it was, on stderr
  hydra redact --action mask --action-for email=hash --key-env LOG_KEY app.log
  hydra redact --action encrypt --key-env LOG_KEY app.log > sealed.log
  hydra redact --reveal --key-env LOG_KEY sealed.log  the way back

Detectors: default (all but ip and mac), all, email, phone, credit_card, ssn, iban, ip, mac, birth_date,
passport, national_id, password, secret, api_key, token, jwt, private_key, url_credential,
authorization, cookie, and the names of patterns. One with - before it is left out.

Actions: replace puts [REDACTED:EMAIL]; mask puts **** and the last four; remove puts nothing; hash
puts [EMAIL:k1:…], equal for equal values; encrypt puts [EMAIL:enc:k1:…], which --reveal shows again.

Exit code: 0 if all is done; 1 if --dry-run found something, or --reveal could not reveal; 2 if the
arguments are wrong or a file cannot be read.")]
pub(crate) struct Args {
    /// Files, compressed ones too; - is stdin [default: stdin]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    policy: Policy,
    /// Print what would be redacted, by file, line, column and detector, and nothing of it
    #[arg(long, conflicts_with_all = ["reveal", "count"])]
    dry_run: bool,
    /// Say on stderr how much was redacted, by detector
    #[arg(long, conflicts_with = "reveal")]
    count: bool,
    /// Put the values that --action encrypt took out back in their places
    #[arg(long)]
    reveal: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let redactor = args.policy.redactor(args.reveal)?;
    let mut work = Work {
        redactor,
        args,
        out: io::stdout().lock(),
        code: 0,
    };
    let stdin = [PathBuf::from("-")];
    let files = match args.files.as_slice() {
        [] => &stdin,
        files => files,
    };
    for path in files {
        let done = work.file(path);
        work.out.flush()?;
        match done {
            Err(failure @ Failure::File { .. }) => {
                failure.tell();
                work.code = 2;
            }
            done => done?,
        }
    }
    if args.count {
        tell(&work.redactor);
    }
    Ok(ExitCode::from(work.code))
}

/// What is done with each file.
struct Work<'a> {
    redactor: Redactor,
    args: &'a Args,
    out: StdoutLock<'static>,
    code: u8,
}

impl Work<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        if path == Path::new("-") {
            let stdin = io::stdin().lock();
            return self
                .input(stdin, "<stdin>", true)
                .map_err(|error| match error {
                    Broken::Read(error) | Broken::Write(error) => Failure::Io(error),
                });
        }
        let file = LogFile::open(path)?;
        let name = path.display().to_string();
        self.input(file, &name, false).map_err(|error| match error {
            Broken::Read(source) => Failure::File {
                action: "cannot read",
                path: path.to_owned(),
                source,
            },
            Broken::Write(error) => Failure::Io(error),
        })
    }

    fn input(&mut self, input: impl Read, name: &str, pauses: bool) -> Result<(), Broken> {
        if self.args.reveal {
            return self.reveal(input, name);
        }
        let mut stream = StreamRedactor::new(self.redactor.clone());
        if self.args.dry_run {
            stream = stream.with_places();
        }
        self.redact(input, name, pauses, stream)
    }

    fn redact(
        &mut self,
        mut input: impl Read,
        name: &str,
        pauses: bool,
        mut stream: StreamRedactor,
    ) -> Result<(), Broken> {
        let mut chunk = vec![0; CHUNK];
        let mut redacted = Vec::new();
        loop {
            let got = match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Broken::Read(error)),
            };
            stream.push(chunk.get(..got).unwrap_or_default(), &mut redacted);
            let paused = pauses && !Signals::has_input_within(PAUSE);
            if paused {
                stream.flush(&mut redacted);
            }
            self.show(name, &mut stream, &mut redacted)?;
            if paused {
                self.out.flush().map_err(Broken::Write)?;
            }
        }
        stream.finish(&mut redacted);
        self.show(name, &mut stream, &mut redacted)
    }

    fn show(
        &mut self,
        name: &str,
        stream: &mut StreamRedactor,
        redacted: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        if !self.args.dry_run {
            self.out.write_all(redacted).map_err(Broken::Write)?;
        }
        redacted.clear();
        for place in stream.places() {
            self.code = self.code.max(1);
            let (line, column) = (place.line, place.column);
            writeln!(self.out, "{name}:{line}:{column}: {}", place.detector)
                .map_err(Broken::Write)?;
        }
        Ok(())
    }

    fn reveal(&mut self, input: impl Read, name: &str) -> Result<(), Broken> {
        let mut input = BufReader::with_capacity(CHUNK, input);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if input.read_until(b'\n', &mut line).map_err(Broken::Read)? == 0 {
                break;
            }
            match self.redactor.reveal_bytes(&line) {
                Ok(revealed) => self.out.write_all(&revealed).map_err(Broken::Write)?,
                Err(error) => {
                    self.code = self.code.max(1);
                    // With stderr closed there is nobody left to tell.
                    let _ = writeln!(io::stderr(), "hydra: {name}: line {number}: {error}");
                    self.out.write_all(&line).map_err(Broken::Write)?;
                }
            }
        }
        Ok(())
    }
}

/// On which side the work ended early.
enum Broken {
    Read(io::Error),
    Write(io::Error),
}

fn tell(redactor: &Redactor) {
    let counts = redactor.counts();
    let all: u64 = counts.iter().map(|(_, count)| count).sum();
    let kinds: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    let kinds = match kinds.as_slice() {
        [] => String::new(),
        kinds => format!(": {}", kinds.join(", ")),
    };
    let _ = writeln!(io::stderr(), "hydra: {all} redacted{kinds}");
}
