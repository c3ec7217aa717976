//! A logger without configuration: layers, levels, fields.
//!
//! `cargo run --example first_steps`

use hydra_logger::{Level, Logger, debug, error, info, warning};

/// Logs five times to stderr.
pub fn main() {
    let logger = Logger::new();

    logger.info("APP", "started");
    info!(logger, "AUTH", user_id = 7, "logged in from {}", "Vienna");

    // A handle, for a loop that logs much.
    let db = logger.layer("DB");
    for attempt in 1..=2 {
        warning!(db; attempt, table = "users", "slow query");
    }

    // An error with its sources.
    if let Err(failure) = "seven".parse::<u8>() {
        error!(logger, "APP", error = #failure, "cannot read the port");
    }

    // Below the level nothing is evaluated, until the level changes.
    debug!(logger, "DB", plan = ?expensive(), "not shown");
    logger.set_level("DB", Level::Debug);
    debug!(logger, "DB", "shown");
}

fn expensive() -> Vec<u32> {
    unreachable!("the level is off")
}
