//! Prints how well the redactor does on the corpus.
//!
//! `score` prints the table; `score --misses KIND` each line of which a value of that kind survived,
//! `score --alarms KIND` each harmless line of that kind that was changed; `--seed N` and `--lines N`
//! take another corpus, `--from FILE` one in the form that `corpus` prints; `--defaults` leaves IP
//! addresses alone.

use std::process::ExitCode;

use hydra_protect::Redactor;
use hydra_protect_corpus::{Line, Miss, Options, SEED, corpus, score, table};

/// What the command line asked for.
struct Request {
    seed: u64,
    lines: usize,
    from: Option<String>,
    options: Options,
    misses: Option<String>,
    alarms: Option<String>,
}

fn main() -> ExitCode {
    match request(std::env::args().skip(1)).and_then(|request| run(&request)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("score: {message}");
            ExitCode::FAILURE
        }
    }
}

fn request(mut arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut request = Request {
        seed: SEED,
        lines: 24_000,
        from: None,
        options: Options {
            ip: true,
            mac: false,
        },
        misses: None,
        alarms: None,
    };
    while let Some(argument) = arguments.next() {
        if argument == "--defaults" {
            request.options = Options::default();
            continue;
        }
        let value = arguments
            .next()
            .ok_or(format!("{argument} needs a value after it"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|error| format!("{argument} {value:?}: {error}"))
        };
        match argument.as_str() {
            "--seed" => request.seed = number()?,
            "--lines" => request.lines = number()? as usize,
            "--from" => request.from = Some(value),
            "--misses" => request.misses = Some(value),
            "--alarms" => request.alarms = Some(value),
            _ => {
                return Err(format!(
                    "{argument} is not known; use --misses, --alarms, --seed, --lines, --from or --defaults"
                ));
            }
        }
    }
    Ok(request)
}

fn run(request: &Request) -> Result<(), String> {
    let detectors = if request.options.ip {
        vec!["default", "ip"]
    } else {
        vec!["default"]
    };
    let redactor = Redactor::builder()
        .detectors(detectors)
        .build()
        .map_err(|error| error.to_string())?;
    let lines = match &request.from {
        Some(path) => read(path)?,
        None => corpus(request.seed, request.lines),
    };
    let report = score(&lines, request.options, |text| {
        redactor.redact(text).into_owned()
    });
    match (&request.misses, &request.alarms) {
        (Some(kind), _) => print(&report.misses, kind),
        (_, Some(kind)) => print(&report.alarms, kind),
        _ => println!("{}", table(&report)),
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Line>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    text.lines()
        .enumerate()
        .map(|(number, line)| {
            Line::from_json(line).map_err(|error| format!("{path}:{}: {error}", number + 1))
        })
        .collect()
}

fn print(misses: &[Miss], kind: &str) {
    for miss in misses.iter().filter(|miss| miss.kind.starts_with(kind)) {
        println!(
            "{:?} {}\n  {:?}\n  {:?}\n  left {:?}",
            miss.template, miss.hard, miss.line, miss.output, miss.what
        );
    }
}
