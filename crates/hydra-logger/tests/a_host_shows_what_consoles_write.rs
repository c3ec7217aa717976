//! A process of its own: a host is there for the rest of its life.

use std::sync::{Arc, Mutex};

use hydra_core::config::Stream;
use hydra_core::destination::host::show_in;
use hydra_core::format::ColorMode;
use hydra_logger::{Config, Logger};

#[test]
fn lines_go_to_the_host_with_their_stream_and_in_colour() -> Result<(), Box<dyn std::error::Error>>
{
    let shown = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&shown);
    assert!(show_in(Box::new(move |stream, line| {
        if line.ends_with(b"refused\n") {
            return Err(std::io::Error::other("the host refuses it"));
        }
        let line = String::from_utf8_lossy(line).into_owned();
        kept.lock().unwrap().push((stream, line));
        Ok(())
    })));
    assert!(!show_in(Box::new(|_, _| Ok(()))), "the first one stays");

    let config = Config::builder()
        .layer("DEFAULT", |layer| {
            layer.console(|console| console.stream(Stream::Split))
        })
        .build()?;
    let logger = Logger::from_config(config)?;
    hydra_logger::info!(logger, "APP", "hello");
    hydra_logger::warning!(logger, "APP", "refused");
    hydra_logger::error!(logger, "APP", "broken");
    let shown = shown.lock().unwrap();
    let streams: Vec<Stream> = shown.iter().map(|(stream, _)| *stream).collect();
    assert_eq!(streams, [Stream::Stdout, Stream::Stderr]);
    // As on a terminal, unless the developer's environment says otherwise.
    let colored = ColorMode::Auto.decide(true, |name| std::env::var_os(name));
    let level = |color, name| {
        if colored {
            format!("\x1b[{color}m{name}\x1b[0m")
        } else {
            String::from(name)
        }
    };
    let (info, error) = (level(32, "INFO"), level(31, "ERROR"));
    assert!(shown[0].1.ends_with(&format!("APP {info} - hello\n")));
    assert!(shown[1].1.ends_with(&format!("APP {error} - broken\n")));
    assert_eq!(hydra_core::diagnostics::stats().total, 1);
    Ok(())
}
