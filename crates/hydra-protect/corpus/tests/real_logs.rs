//! Logs that real systems wrote: hardly a line of them is sensitive, and hardly one may be changed.

use std::fs;
use std::path::Path;

use hydra_protect::Redactor;

/// The logs lie beside the repository, not in it; without them there is nothing to judge.
const LOGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/data/logs");

#[test]
fn at_most_one_line_of_a_thousand_of_real_logs_is_changed() {
    if !Path::new(LOGS).is_dir() {
        eprintln!("skipped: there are no logs at {LOGS}");
        return;
    }
    let redactor = Redactor::new();
    let (mut lines, mut changed) = (0, Vec::new());
    let mut paths: Vec<_> = fs::read_dir(LOGS)
        .expect("the folder of the logs is readable")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    paths.sort();
    for path in paths {
        let log = fs::read(&path).expect("a log is readable");
        for line in String::from_utf8_lossy(&log).lines() {
            lines += 1;
            let redacted = redactor.redact(line);
            if redacted != line {
                changed.push(format!("{line}\n  -> {redacted}"));
            }
        }
    }
    println!(
        "{} of {lines} lines changed\n{}",
        changed.len(),
        changed.join("\n")
    );
    assert!(
        changed.len() * 1000 <= lines,
        "{} of {lines} lines were changed",
        changed.len()
    );
}
