//! Values that must not be shown, in every place where one can hide, and every byte that anybody
//! received: no destination, error, metric or debug output holds any of them.

mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use hydra_logger::diagnostics::{self, ErrorKind};
use hydra_logger::format::FormatKind;
use hydra_logger::testing::capture;
use hydra_logger::{
    Context, CustomDestination, Destination, DestinationStats, Level, LineMeta, Logger, Value, info,
};

/// Passwords that no other text holds: the tail of each tells where it was hidden.
fn canary(place: &str) -> String {
    format!("Zq7hX2canary{place}9Kd")
}

const PLACES: [&str; 19] = [
    "Literal",
    "Argument",
    "Field",
    "Display",
    "Debug",
    "Error",
    "Cause",
    "Nested",
    "List",
    "Pair",
    "Header",
    "Bytes",
    "MapKey",
    "FieldName",
    "LayerName",
    "Context",
    "Scope",
    "OwnError",
    "Report",
];

#[derive(Debug)]
struct Shown(String);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting with password={}", self.0)
    }
}

#[derive(Debug)]
struct Failed(Shown);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no login: token={}", canary("Error"))
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl Error for Shown {}

/// A destination of the program's own; its error quotes a password too.
#[derive(Default)]
struct Own(Mutex<Vec<u8>>, DestinationStats);

impl Destination for Own {
    fn deliver(&self, line: &[u8], _: &LineMeta) -> io::Result<()> {
        self.0.lock().unwrap().extend_from_slice(line);
        let message = format!("refused: password={}", canary("OwnError"));
        Err(io::Error::other(message))
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    fn stats(&self) -> &DestinationStats {
        &self.1
    }
}

/// Logs a canary in every place.
fn log_everywhere(logger: &Logger) {
    let nested = BTreeMap::from([("user", "ada".to_owned()), ("api_key", canary("Nested"))]);
    let list = ["first".to_owned(), format!("secret={}", canary("List"))];
    let bytes = format!("passwd: {}", canary("Bytes")).into_bytes();
    let error = Failed(Shown(canary("Cause")));
    let (name, value) = ("DB_PASSWORD", canary("Pair"));
    let pair = [("name", Value::Str(name)), ("value", Value::Str(&value))];
    let token = format!("Bearer {}", canary("Header"));
    let header = [Value::Str("Authorization"), Value::Str(&token)];
    let by_map_key = BTreeMap::from([(format!("password={}", canary("MapKey")), 7)]);
    let literal = format!("password={}", canary("Literal"));
    logger.info("APP", literal.as_str());
    info!(logger, "APP", "password={}", canary("Argument"));
    let password = canary("Field");
    info!(logger, "APP", password, nested, list, bytes, "fields");
    info!(logger, "APP", shown = %Shown(canary("Display")), error = #error, "Display and errors");
    info!(logger, "APP", debug = ?format!("password={}", canary("Debug")), "Debug");
    info!(logger, "APP", by_map_key, "a key of a map");
    let by_name = format!("password={}", canary("FieldName"));
    let fields = [
        ("pair", Value::Map(&pair)),
        ("header", Value::List(&header)),
        (by_name.as_str(), Value::U64(1)),
    ];
    logger.log_with(Level::Info, "APP", "pairs", &fields);
    logger.info(
        &format!("password={}", canary("LayerName")),
        "a layer by that name",
    );
    let _request = Context::new()
        .with("session_token", canary("Context"))
        .enter();
    let _scope = Context::new()
        .with("request", format!("password={}", canary("Scope")))
        .enter();
    logger.info("APP", "in a scope");
}

/// Every byte in a directory.
fn contents(directory: &Path, out: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        out.push_str(&String::from_utf8_lossy(&bytes));
    }
}

/// In the child: every kind of destination, and then all that anybody received, on stdout.
fn log_and_print() {
    let directory = tempfile::tempdir().unwrap();
    let errors = diagnostics::log_to(directory.path().join("errors.log")).unwrap();
    let own = Arc::new(Own::default());
    let file = |format: FormatKind| directory.path().join(format!("{}.log", format.name()));
    let logger = FormatKind::ALL
        .into_iter()
        .fold(Logger::builder(), |builder, format| {
            builder.file(file(format), |file| file.format(format))
        })
        .console(|console| console)
        .destination(CustomDestination::new("APP", "own", own.clone()))
        .layer("APP", |layer| {
            FormatKind::ALL.into_iter().fold(layer, |layer, format| {
                layer.file(file(format), |file| file.format(format))
            })
        })
        .build()
        .unwrap();
    log_everywhere(&logger);
    let (captured, records) = capture();
    log_everywhere(&captured);
    let message = format!("cannot reach db://me:{}@host", canary("Report"));
    diagnostics::report(ErrorKind::Write, "the database", &message);

    let mut seen = String::new();
    contents(directory.path(), &mut seen);
    seen.push_str(&String::from_utf8_lossy(&own.0.lock().unwrap()));
    let _ = write!(seen, "{:?}", records.all());
    let _ = write!(seen, "{:?} {:?}", logger.metrics(), diagnostics::stats());
    let _ = write!(seen, "{logger:?} {:?}", logger.layer("APP"));
    println!("{seen}");
    drop(errors);
}

#[test]
fn no_byte_of_a_sensitive_value_reaches_anybody() {
    if support::is_child() {
        return log_and_print();
    }
    let output = support::run_again("no_byte_of_a_sensitive_value_reaches_anybody");
    let mut seen = String::from_utf8_lossy(&output.stdout).into_owned();
    seen.push_str(&String::from_utf8_lossy(&output.stderr));
    for place in PLACES {
        let canary = canary(place);
        for part in [&canary[..canary.len() - 3], &canary[6..]] {
            let near: Vec<&str> = seen.lines().filter(|line| line.contains(part)).collect();
            assert!(near.is_empty(), "{place}: {near:#?}");
        }
    }
    // The rest of every record is there: in six files, on the console, twice in memory.
    for kept in [
        "Display and errors",
        "in a scope",
        "a layer by that name",
        "ada",
        "no login",
    ] {
        assert!(seen.matches(kept).count() >= 8, "{kept}: {seen}");
    }
}
