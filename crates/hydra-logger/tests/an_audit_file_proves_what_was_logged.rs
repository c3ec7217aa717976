//! Audit files, through a logger and its configuration.
#![cfg(all(feature = "audit", feature = "config-files"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hydra_logger::config::{Syntax, load_text};
use hydra_logger::{Level, Logger};
use hydra_protect::audit::{
    Report, SigningKey, Verdict, VerifyOptions, VerifyingKey, verify, verify_ties,
};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("audit.log")
    }

    /// A logger of an audit file with these further settings.
    fn logger(&self, settings: &str) -> Logger {
        let path = self.log();
        let yaml = format!(
            "layers: {{DEFAULT: {{destinations: [{{type: file, path: {}, audit: true, {settings}}}]}}}}",
            path.display()
        );
        let loaded = load_text(&yaml, Syntax::Yaml).unwrap();
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
        Logger::from_config(loaded.config).unwrap()
    }

    fn report(&self, path: &Path) -> Report {
        let key = VerifyingKey::load(&self.0.path().join("audit.pub")).unwrap();
        let file = fs::File::open(path).unwrap();
        verify(file, Some(&key), &VerifyOptions::default()).unwrap()
    }

    /// The log and its rotated files, the youngest first, held against each other.
    fn reports(&self) -> Vec<Report> {
        let log = self.log();
        let mut reports = vec![self.report(&log)];
        let old = |number: usize| PathBuf::from(format!("{}.{number}", log.display()));
        reports.extend(
            (1..)
                .map(old)
                .take_while(|path| path.exists())
                .map(|path| self.report(&path)),
        );
        verify_ties(&mut reports);
        reports
    }
}

fn assert_whole(reports: &[Report]) -> u64 {
    for report in reports {
        assert_eq!(report.verdict(), Verdict::Whole, "{report}");
    }
    reports.iter().map(|report| report.records).sum()
}

#[test]
fn each_format_but_csv_is_sealed_and_verifies() {
    for format in ["plain-text", "json", "logfmt", "syslog", "gelf"] {
        let place = Place::new();
        let logger = place.logger(&format!("format: {format}"));
        logger.info("AUTH", "logged in");
        logger.info("AUTH", "two\nlines");
        let text = fs::read_to_string(place.log()).unwrap();
        assert_eq!(
            text.lines().count(),
            3,
            "{format}: written when the call returns: {text}"
        );
        if format == "json" || format == "gelf" {
            for line in text.lines() {
                let _: serde_json::Value = serde_json::from_str(line).unwrap();
            }
        }
        logger.close().unwrap();
        assert_eq!(assert_whole(&place.reports()), 2);
    }
    let yaml = "layers: {A: {destinations: [{type: file, path: a.log, audit: true, format: csv}]}}";
    let config = load_text(yaml, Syntax::Yaml).unwrap().config;
    let error = Logger::from_config(config).err().unwrap().to_string();
    assert!(
        error.starts_with("layers.A.destinations[0].format: an audit file cannot be CSV"),
        "{error}"
    );
}

#[test]
fn loggers_one_after_another_and_at_a_time_write_one_chain() {
    let place = Place::new();
    for run in 0..3 {
        let logger = place.logger("checkpoint_every: 4");
        let second = place.logger("checkpoint_every: 4");
        for i in 0..10 {
            logger.info("AUTH", format_args!("run {run}, record {i}"));
            second.info("AUTH", format_args!("the other one, run {run}, record {i}"));
        }
        drop(logger);
        second.info("AUTH", "still there");
    }
    let reports = place.reports();
    assert_eq!(assert_whole(&reports), 63);
    assert!(reports[0].interruptions.is_empty());
}

#[test]
fn threads_write_one_chain() {
    let place = Place::new();
    let logger = place.logger("max_size: 64KB");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let logger = &logger;
            scope.spawn(move || {
                for i in 0..500 {
                    logger.info("AUTH", format_args!("thread {thread}, record {i}"));
                }
            });
        }
    });
    logger.close().unwrap();
    let reports = place.reports();
    assert!(reports.len() > 2);
    assert_eq!(assert_whole(&reports), 2000);
}

#[test]
fn rotated_files_stay_below_the_size_are_tied_and_none_is_removed() {
    let place = Place::new();
    let logger = place.logger("max_size: 5KB, format: json");
    for i in 0..200 {
        logger.info("AUTH", format_args!("record {i}"));
    }
    logger.close().unwrap();
    let reports = place.reports();
    assert!(reports.len() > 4, "{}", reports.len());
    assert_eq!(assert_whole(&reports), 200);
    // A closing checkpoint may stand behind the limit.
    assert!(reports.iter().all(|report| report.bytes < 5 * 1024 + 600));
    let oldest = format!("{}.{}", place.log().display(), reports.len() - 1);
    fs::remove_file(oldest).unwrap();
    assert_eq!(place.reports().last().unwrap().verdict(), Verdict::Damaged);
}

#[test]
fn old_files_go_by_retention_the_oldest_first_and_on_record() {
    let place = Place::new();
    let logger = place.logger("max_size: 4KB, retention: 30d");
    let age = |number: usize, days: u64| {
        let file = fs::File::options()
            .append(true)
            .open(format!("{}.{number}", place.log().display()));
        let then = std::time::SystemTime::now() - Duration::from_hours(24 * days);
        file.unwrap().set_modified(then).unwrap();
    };
    let old = |number: usize| PathBuf::from(format!("{}.{number}", place.log().display()));
    let rotate_until = |number: usize| {
        while !old(number).exists() {
            logger.info("AUTH", "a record that fills the file until it is rotated");
        }
    };
    rotate_until(3);
    // The middle one is past its time, but the one before it is not.
    age(2, 31);
    rotate_until(4);
    age(4, 31);
    let before: Vec<Report> = place.reports();
    while old(4).exists() {
        logger.info("AUTH", "a record that fills the file until it is rotated");
        if old(5).exists() {
            break;
        }
    }
    logger.close().unwrap();
    let reports = place.reports();
    assert_whole(&reports);
    // Both: the oldest, and behind it the one that was past its time already.
    let removals: Vec<_> = reports.iter().flat_map(|report| &report.removals).collect();
    assert_eq!(
        removals
            .iter()
            .map(|removal| removal.number)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let oldest = before.last().unwrap();
    assert_eq!(removals[0].file, oldest.header.as_ref().unwrap().file);
    assert_eq!(removals[0].records, oldest.records);
}

#[test]
fn records_are_signed_after_their_interval_without_another_one() {
    let place = Place::new();
    let logger = place.logger("checkpoint_interval: 20ms");
    logger.info("AUTH", "logged in");
    let patience = std::time::Instant::now() + Duration::from_secs(20);
    while place.report(&place.log()).checkpoints == 0 {
        assert!(std::time::Instant::now() < patience);
        std::thread::sleep(Duration::from_millis(5));
    }
    let report = place.report(&place.log());
    assert_eq!(
        (report.verdict(), report.unsealed_lines),
        (Verdict::Open, 0),
        "{report}"
    );
}

#[test]
fn a_file_that_others_moved_is_closed_and_the_next_one_begun() {
    let place = Place::new();
    let logger = place.logger("fsync: true");
    logger.info("AUTH", "logged in");
    fs::rename(place.log(), place.0.path().join("moved.log")).unwrap();
    logger.reopen().unwrap();
    logger.info("AUTH", "logged out");
    logger.close().unwrap();
    let moved = place.report(&place.0.path().join("moved.log"));
    assert_eq!(assert_whole(&[moved, place.report(&place.log())]), 2);
}

#[test]
fn nothing_is_added_to_a_damaged_file_and_no_record_is_lost() {
    let place = Place::new();
    let logger = place.logger("level: TRACE");
    logger.info("AUTH", "logged in");
    logger.close().unwrap();
    let damaged = [
        fs::read(place.log()).unwrap(),
        b"somebody else's line\n".to_vec(),
    ]
    .concat();
    fs::write(place.log(), &damaged).unwrap();
    let errors = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&errors);
    let log = place.log().display().to_string();
    let _subscription = hydra_logger::diagnostics::on_error(move |error| {
        if error.component == log {
            seen.lock().unwrap().push(error.message.clone());
        }
    });
    let logger = place.logger("level: TRACE");
    logger.log(Level::Info, "AUTH", "logged out");
    logger.log(Level::Info, "AUTH", "and in again");
    logger.close().unwrap();
    assert_eq!(fs::read(place.log()).unwrap(), damaged);
    let own = place
        .log()
        .with_file_name(format!("audit.log.pid{}", std::process::id()));
    assert_eq!(assert_whole(&[place.report(&own)]), 2);
    let errors = errors.lock().unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].contains("the chain is broken at byte"),
        "{}",
        errors[0]
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_is_none_or_that_others_can_read_is_told_before_anything_is_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let key = SigningKey::generate().unwrap().to_pem().to_string();
    for (text, mode, told) in [
        (
            "hunter2",
            0o600,
            "not a private key: a PEM file of an Ed25519 key is needed",
        ),
        (
            key.as_str(),
            0o640,
            "others than the owner may read or write the key file; chmod 600 it",
        ),
    ] {
        let place = Place::new();
        let path = place.0.path().join("audit.key");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let yaml = format!(
            "{{lazy_initialization: false, layers: {{DEFAULT: {{destinations: [{{type: file, path: {}, \
             audit: true}}]}}}}}}",
            place.log().display()
        );
        let config = load_text(&yaml, Syntax::Yaml).unwrap().config;
        let error = Logger::from_config(config).err().unwrap().to_string();
        assert!(
            error.contains(told) && error.contains("audit.key"),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");

        let logger = place.logger("level: TRACE");
        logger.info("AUTH", "logged in");
        assert_eq!(logger.metrics().destinations[0].counts.dropped, 1);
        assert!(fs::read(place.log()).unwrap_or_default().is_empty());
    }
}
