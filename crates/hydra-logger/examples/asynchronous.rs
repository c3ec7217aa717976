//! The asynchronous logger: calls copy their record and return; what became of all of them is known at
//! the end.
//!
//! `cargo run --example asynchronous`

use std::fs;
use std::thread;

use hydra_logger::{EngineOptions, Logger, info};

/// Logs from four threads, and counts what reached the file.
///
/// # Errors
/// A file cannot be written or read.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = Logger::builder()
        .file("logs/app.log", |file| file)
        .build()?
        .into_async(EngineOptions::default());

    thread::scope(|scope| {
        for worker in 0..4 {
            let layer = logger.layer("APP");
            scope.spawn(move || {
                for n in 0..1000 {
                    info!(layer; worker, n, "done");
                }
            });
        }
    });

    // In asynchronous code: `let outcome = logger.close().await?;`. Neither needs a runtime.
    Logger::close(&logger)?;
    let outcome = logger.metrics().outcome();
    println!(
        "{} delivered, {} dropped",
        outcome.delivered, outcome.dropped
    );
    println!(
        "{} lines",
        fs::read_to_string("logs/app.log")?.lines().count()
    );
    Ok(())
}
