//! Layers with destinations of their own: consoles, and files in several formats, with rotation.
//!
//! `cargo run --example layers_and_files` (the files go to `logs` in the working directory)

use hydra_logger::config::Rotate;
use hydra_logger::format::FormatKind;
use hydra_logger::{Level, Logger, error, info};

/// Logs to three files, and errors to stderr too.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = Logger::builder()
        .console(|console| console.level(Level::Error))
        .file("logs/app.log", |file| {
            file.rotate(Rotate::Daily).backup_count(14)
        })
        .layer("AUDIT", |layer| {
            layer.file("logs/audit.jsonl", |file| {
                file.format(FormatKind::Json).max_size(10 << 20)
            })
        })
        .layer("HTTP", |layer| {
            layer.file("logs/http.csv", |file| {
                file.format(FormatKind::Csv).buffer_size(64 << 10)
            })
        })
        .build()?;

    // Layers that are not configured go where DEFAULT goes: app.log, and from ERROR on stderr.
    info!(logger, "SHOP", "open");
    error!(logger, "SHOP", order = 4711, "no paper bags left");
    info!(logger, "AUDIT", user = "ada", "granted a refund");
    info!(
        logger,
        "HTTP",
        method = "GET",
        path = "/bags",
        status = 404,
        "request"
    );

    logger.close()?; // or at the end of the program, by itself
    for destination in logger.metrics().destinations {
        let counts = destination.counts;
        println!(
            "{}: {} records, {} dropped",
            destination.name, counts.records, counts.dropped
        );
    }
    Ok(())
}
