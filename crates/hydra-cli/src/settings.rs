//! The configuration that a command logs by.

use std::path::PathBuf;

use hydra_logger::Level;
use hydra_logger::config::{
    Config, ConsoleConfig, DEFAULT_LAYER, DestinationConfig, DestinationKind, LayerConfig, Stream,
    env, presets,
};

use crate::commands::presets::unknown;
use crate::failure::Failure;

/// Where the configuration comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// A configuration file: YAML, TOML or JSON, as its name ends
    #[arg(long, short, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// A preset (see hydra presets)
    #[arg(long, short, value_name = "NAME")]
    preset: Option<String>,
}

impl Settings {
    /// The configuration, with the environment's variables applied. With neither a file nor a
    /// preset, everything of any level goes to stdout as plain text: the program is a filter then.
    pub(crate) fn load(&self) -> Result<Config, Failure> {
        let mut config = match (&self.config, &self.preset) {
            (Some(file), _) => Config::from_file(file)?,
            (None, Some(name)) => {
                let preset = presets::get(name).ok_or_else(|| unknown(name))?;
                preset.load()?.config
            }
            (None, None) => to_stdout(),
        };
        env::apply_process(&mut config);
        Ok(config)
    }
}

fn to_stdout() -> Config {
    let mut console = ConsoleConfig::default();
    console.stream = Stream::Stdout;
    let destination = DestinationConfig::new(DestinationKind::Console(console));
    let layer = LayerConfig {
        destinations: vec![destination],
        ..LayerConfig::default()
    };
    let mut config = Config::empty();
    config.default_level = Level::Trace;
    config.layers.insert(DEFAULT_LAYER.to_owned(), layer);
    config
}
