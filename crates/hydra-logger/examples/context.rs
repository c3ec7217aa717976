//! Fields that every record of a request carries, across functions and threads.
//!
//! `cargo run --example context`

use std::thread;

use hydra_logger::{Context, Logger, info};

fn look_up(logger: &Logger, user: &str) {
    // Knows nothing of requests, and says which one it is all the same.
    info!(logger, "DB", user, "found");
}

/// Logs three times inside a scope, once on another thread, and once after it.
pub fn main() {
    let logger = Logger::new();
    {
        let _scope = Context::new().with("request_id", "r-17").enter();
        info!(logger, "HTTP", "accepted");
        look_up(&logger, "ada");

        let context = Context::current();
        let worker = logger.clone();
        let job = thread::spawn(move || {
            let _scope = context.with("job", 3).enter();
            info!(worker, "MAIL", "sent");
        });
        let _ = job.join();
    }
    info!(logger, "HTTP", "waiting");
}
