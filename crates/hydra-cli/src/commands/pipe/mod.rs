//! `hydra pipe`.

mod closing;
mod pump;
mod syntax;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hydra_logger::config::{Config, DestinationKind, LayerConfig, Stream};
use hydra_logger::{Level, Logger, diagnostics};

use crate::failure::Failure;
use crate::lines::Lines;
use crate::settings::Settings;
use crate::signals::{Event, Signals};
use closing::Closing;
use pump::Pump;
use syntax::Syntax;

/// How long input that is already there is still logged after SIGINT or SIGTERM.
const DRAIN: Duration = Duration::from_secs(1);

/// Log each line of stdin
///
/// Each line becomes a record of the layer, with the level that the line shows (INFO where it shows
/// none), and goes where the configuration says. Without --config and --preset all of them go to
/// stdout as plain text, in colour on a terminal. HYDRA_LOG_* variables are followed.
///
/// Any bytes are taken, and lines of any length. A destination that is slow slows the reading:
/// nothing is dropped. SIGHUP opens files anew, as logrotate asks for; SIGINT and SIGTERM end the
/// program in good order.
///
/// At the end a line on stderr says how many records were read, written and not written; the exit
/// code is 1 if there were any of the last.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  my-program 2>&1 | hydra pipe --layer APP
  my-program | hydra pipe --layer APP --preset production
  my-program | hydra pipe --layer APP --config hydra.yaml --min-level WARNING
  kubectl logs -f pod | hydra pipe --layer POD --parse auto

Levels are recognised as most programs print them: ` INFO `, [error], error: …, level=warn,
{\"level\":30}, <3>, E1121 …, D/Tag( 1): …, WARN[0003], 12:00:00 info …")]
pub(crate) struct Args {
    /// The layer that logs the lines
    #[arg(long, short, value_name = "NAME", default_value = "DEFAULT", value_parser = layer_name)]
    layer: String,
    #[command(flatten)]
    settings: Settings,
    /// Give every line this level, and recognise none
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Log only lines of this level and above
    #[arg(long, value_name = "LEVEL")]
    min_level: Option<Level>,
    /// Take lines apart into time, level, message and fields; what cannot be is logged as it is
    #[arg(long, value_enum, value_name = "SYNTAX")]
    parse: Option<Syntax>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let config = args.settings.load()?;
    let mut signals = Signals::new()?;
    if is_filter(&config) {
        Signals::end_with_the_reader()?;
    }
    let mut lines = Lines::new(line_limit(&config));
    let logger = Logger::from_config(config)?;
    let mut pump = Pump::new(logger.layer(&args.layer), args);
    let input = pump_all(&mut pump, &mut lines, &mut signals, &logger);
    // What could not be brought to where it goes is counted as not written, and reported.
    let closed = logger.close();
    let closing = Closing::new(pump.counts(), &logger.metrics());
    tell(&closing);
    input?;
    Ok(if closing.lost() == 0 && closed.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A layer's name, if a configuration may have it.
fn layer_name(name: &str) -> Result<String, String> {
    let mut config = Config::empty();
    let layer = LayerConfig::default();
    config.layers.insert(name.to_owned(), layer);
    match config.validate() {
        Ok(()) => Ok(name.to_owned()),
        Err(error) => Err(error.problems.into_iter().map(|p| p.message).collect()),
    }
}

/// Whether all there is to do is to write to stdout: then there is nothing to do without a reader.
fn is_filter(config: &Config) -> bool {
    let mut destinations = config.layers.values().flat_map(|l| &l.destinations);
    destinations.all(|destination| match &destination.kind {
        DestinationKind::Console(console) => console.stream == Stream::Stdout,
        _ => false,
    })
}

/// Longer lines are cut while they are read, with room for the mark that says so; what is cut
/// otherwise, the logger cuts and marks.
fn line_limit(config: &Config) -> usize {
    let limit = usize::try_from(config.max_message_size).unwrap_or(usize::MAX);
    limit.saturating_sub(pump::MARK).max(64 * 1024)
}

fn pump_all(
    pump: &mut Pump,
    lines: &mut Lines,
    signals: &mut Signals,
    logger: &Logger,
) -> io::Result<()> {
    let mut stdin = io::stdin().lock();
    loop {
        match signals.wait()? {
            Event::Input => {
                if !lines.read(&mut stdin, |line| pump.log(line))? {
                    return Ok(());
                }
            }
            Event::Reopen => {
                if let Err(error) = logger.reopen() {
                    let kind = diagnostics::ErrorKind::Open;
                    diagnostics::report(kind, "reopening on SIGHUP", &error);
                }
            }
            Event::Stop => {
                let end = Instant::now() + DRAIN;
                while Instant::now() < end && Signals::has_input() {
                    if !lines.read(&mut stdin, |line| pump.log(line))? {
                        return Ok(());
                    }
                }
                lines.last(|line| pump.log(line));
                return Ok(());
            }
        }
    }
}

fn tell(closing: &Closing) {
    // With stderr closed there is nobody left to tell; the exit code tells it too.
    let _ = writeln!(io::stderr(), "hydra: {closing}");
}
