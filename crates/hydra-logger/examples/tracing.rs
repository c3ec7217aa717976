//! An application that uses `tracing` logs through Hydra: spans become context.
//!
//! `cargo run --example tracing --features tracing`

use hydra_logger::Logger;
use tracing::{info, instrument, warn};

#[instrument]
fn handle(request: u32, user: &str) {
    info!("accepted");
    query("SELECT 1");
}

#[instrument(skip(sql))]
fn query(sql: &str) {
    warn!(sql, rows = 0, slow = true, "nothing found");
}

/// Logs twice, inside one span and inside two.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    // One line, at the start of main.
    Logger::new().install_tracing()?;

    handle(17, "ada");
    Ok(())
}
