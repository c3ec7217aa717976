//! What libraries log through the `log` crate goes where the configuration says.
//!
//! `cargo run --example log_crate --features log`

use hydra_logger::config::{Config, LayerConfig};
use hydra_logger::{Level, Logger};

/// Logs three times, of which two are shown.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config::default();
    let quiet = LayerConfig {
        level: Some(Level::Warning),
        ..LayerConfig::default()
    };
    config.layers.insert("hyper".into(), quiet);

    // One line, at the start of main.
    let logger = Logger::from_config(config)?;
    logger.install_log()?;

    log::info!(target: "shop", order = 4711, total = 12.5; "order placed");
    log::info!(target: "hyper::proto::h1", "this is below the level of the layer hyper");
    log::warn!(target: "hyper::proto::h1", "connection closed early");
    Ok(())
}
