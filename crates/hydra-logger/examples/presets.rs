//! A preset, and one of your own that builds on it.
//!
//! `cargo run --example presets`

use hydra_logger::Logger;
use hydra_logger::config::presets;

/// Lists the presets on stdout, and logs with one.
pub fn main() -> Result<(), hydra_logger::Error> {
    let text = "
extends: testing # a quiet console, and nothing on disk
message_format: '{level:<8} {message}'
";
    presets::register("our_shop", "As testing, in columns", text)?;
    for preset in presets::list() {
        println!("{:<18} {}", preset.name, preset.description);
    }

    let logger = Logger::preset("our_shop")?;
    logger.info("SHOP", "not shown: testing shows warnings and worse");
    logger.warning("SHOP", "out of paper bags");
    Ok(())
}
