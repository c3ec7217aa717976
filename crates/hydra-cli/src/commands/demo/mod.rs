//! `hydra demo`.

mod page;
mod sources;
mod stage;
mod table;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hydra_logger::Logger;
use hydra_logger::config::{Config, DestinationKind, Syntax, load_text};

use crate::failure::Failure;
use page::Page;
use sources::{SOURCES, Source};
use stage::Stage;

/// Where the real logs are, seen from the repository's root.
const REAL_LOGS: &str = "../shared/data/logs";

/// The configuration; `@OUT@` is where the files go.
const CONFIG: &str = include_str!("demo.yaml");

/// The name under which it is put beside the files.
const CONFIG_NAME: &str = "hydra.yaml";

/// See it work: eight layers, six formats, rotation, and a table of what went where
///
/// Logs what eight programs have printed, each in a layer of its own: to the console, to files that
/// are rotated, and from WARNING on to a file that all layers share. The lines are real ones where
/// a directory of them is there, and a small sample otherwise. Old files of the demo are replaced.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hydra demo
  hydra demo --out demo-logs --lines 2000000")]
pub(crate) struct Args {
    /// A directory of real logs: Android_2k.log, Apache_2k.log … as in the Loghub collection
    /// [default: ../shared/data/logs, if it is there]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the files go [default: hydra-logger/demo in the user's cache directory]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many records to log at full speed
    #[arg(long, value_name = "N", default_value_t = 400_000)]
    lines: u64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let logs = Logs::load(args.data.as_deref())?;
    let out = args.out.clone().unwrap_or_else(default_out);
    let text = config_text(&out);
    let config = load_text(&text, Syntax::Yaml)?.config;
    prepare(&out, &config, &text).map_err(|source| Failure::File {
        action: "cannot write the demo's files to",
        path: out.clone(),
        source,
    })?;
    let page = Page::new();
    let logger = Logger::from_config(config.clone())?;
    let stage = Stage::new(&logger, &logs.texts);

    page.title(&logs.origin, stage.len())?;
    page.heading("Each program is a layer; this is the console's view of them")?;
    stage.play_console();
    let console = logger.metrics();

    page.heading("One record, six heads: the same call in each format")?;
    page.formats(stage.showpiece())?;

    // While it runs, and without losing a record: files whose settings are the same go on.
    logger.update_config(without_console(&config))?;
    page.heading("At full speed")?;
    let pace = stage.play_fast(args.lines, || logger.flush())?;
    let files = logger.metrics();
    page.pace(&pace, &files)?;

    page.heading("What went where")?;
    let table = table::Table::new(&config, &console, &files);
    page.table(&table)?;
    page.heading("Try next")?;
    page.next_steps(&out)?;
    logger.close()?;
    Ok(if table.dropped() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The logs in memory, and where they are from.
struct Logs {
    origin: String,
    texts: Vec<(&'static Source, String)>,
}

impl Logs {
    fn load(asked: Option<&Path>) -> Result<Logs, Failure> {
        let directory = asked.unwrap_or(Path::new(REAL_LOGS));
        let mut texts = Vec::new();
        for source in SOURCES {
            let text = source.real(directory).map_err(|source| Failure::File {
                action: "cannot read the logs in",
                path: directory.to_owned(),
                source,
            })?;
            texts.extend(text.map(|text| (source, text)));
        }
        if !texts.is_empty() {
            let origin = format!("real logs from {}", directory.display());
            return Ok(Logs { origin, texts });
        }
        if asked.is_some() {
            return Err(Failure::Usage(format!(
                "no log in {} that the demo knows; it looks for Android_2k.log, Apache_2k.log, \
                 HDFS_2k.log … of the Loghub collection; without --data it takes a sample",
                directory.display()
            )));
        }
        let samples = SOURCES.iter().map(|source| (source, source.sample()));
        Ok(Logs {
            origin: "sample logs that come with it".to_owned(),
            texts: samples.collect(),
        })
    }
}

fn default_out() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = set("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".cache")))
        .unwrap_or_else(std::env::temp_dir);
    cache.join("hydra-logger").join("demo")
}

/// The configuration, with this directory in it.
fn config_text(out: &Path) -> String {
    let quoted = serde_json::Value::from(out.display().to_string()).to_string();
    CONFIG.replace("@OUT@", quoted.trim_matches('"'))
}

/// Makes the directory, removes what an earlier demo has left, and puts the configuration there.
fn prepare(out: &Path, config: &Config, text: &str) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let names: Vec<String> = table::files(config)
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if names.iter().any(|file| table::is_file_of(&name, file)) {
            fs::remove_file(entry.path())?;
        }
    }
    fs::write(out.join(CONFIG_NAME), text)
}

fn without_console(config: &Config) -> Config {
    let mut config = config.clone();
    for layer in config.layers.values_mut() {
        let destinations = &mut layer.destinations;
        destinations.retain(|d| !matches!(d.kind, DestinationKind::Console(_)));
    }
    config
}
