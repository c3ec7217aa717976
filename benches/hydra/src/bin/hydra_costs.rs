//! What Hydra-Logger costs beside the time of a line; one program run for each question, because
//! each asks what a fresh process sees.
//!
//! | call | answer |
//! |---|---|
//! | `hydra_costs files K N DIR` | ns a line into K buffered files of one format |
//! | `hydra_costs start DIR` | ns until a logger with no configuration is ready, and until its first line is written (console) |
//! | `hydra_costs empty` | memory of a program that does nothing |
//! | `hydra_costs memory DIR` | memory of one that has logged 1,000 lines, write-through; `buffered` adds a buffer |
//! | `hydra_costs growth N DIR` | memory after 10,000 lines and after N, into rotating files |
use hydra_logger::config::{Config, DestinationConfig, DestinationKind, FileConfig, LayerConfig};
use hydra_logger::{Layer, Logger, info};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Resident memory in KiB, now and at its highest.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
    let of = |name: &str| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .expect("a kernel that says");
        line.trim()
            .trim_end_matches(" kB")
            .parse()
            .expect("a number")
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn logger(files: Vec<FileConfig>) -> Logger {
    let mut config = Config::empty();
    let destinations = files
        .into_iter()
        .map(|file| DestinationConfig::new(DestinationKind::File(file)))
        .collect();
    config.layers.insert(
        "APP".to_owned(),
        LayerConfig {
            destinations,
            ..LayerConfig::default()
        },
    );
    Logger::from_config(config).expect("a valid configuration")
}

fn file(path: PathBuf, buffered: bool) -> FileConfig {
    let mut file = FileConfig::new(path);
    file.max_size = None;
    file.buffer_size = buffered.then_some(64 * 1024);
    file
}

fn log(layer: &Layer, from: u64, to: u64) {
    for i in from..to {
        let r = harness::rec(i);
        info!(layer; user_id = r.user_id, action = r.action, latency_ms = r.latency_ms,
            "request completed for the tenant api gateway in eu-west");
    }
}

fn files(count: usize, n: u64, dir: &Path) {
    let logger = logger(
        (0..count)
            .map(|i| file(dir.join(format!("{i}.log")), true))
            .collect(),
    );
    let layer = logger.layer("APP");
    log(&layer, 0, 1000);
    let begin = Instant::now();
    log(&layer, 1000, 1000 + n);
    let _ = logger.close();
    println!("ns={:.1}", begin.elapsed().as_nanos() as f64 / n as f64);
}

fn start() {
    let begin = Instant::now();
    let logger = Logger::new();
    let ready = begin.elapsed();
    logger.info("APP", "started");
    println!(
        "\nready={} first={}",
        ready.as_nanos(),
        begin.elapsed().as_nanos()
    );
}

fn growth(n: u64, dir: &Path) {
    let logger = logger(vec![FileConfig::new(dir.join("growth.log"))]);
    let layer = logger.layer("APP");
    log(&layer, 0, 10_000);
    let before = memory().0;
    log(&layer, 10_000, n);
    println!("before={before} after={}", memory().0);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse().expect("a number");
    match args[0].as_str() {
        "files" => files(number(1) as usize, number(2), Path::new(&args[3])),
        "start" => start(),
        "empty" => println!("peak={}", memory().1),
        "memory" => {
            let buffered = args.get(2).is_some_and(|word| word == "buffered");
            let logger = logger(vec![file(Path::new(&args[1]).join("memory.log"), buffered)]);
            log(&logger.layer("APP"), 0, 1000);
            println!("peak={}", memory().1);
        }
        "growth" => growth(number(1), Path::new(&args[2])),
        other => panic!("unknown question {other}"),
    }
}
