//! How well the redactor does on the corpus, held against the floors that it promises.
//!
//! `cargo test -p hydra-protect-corpus --test quality -- --nocapture` prints the table.

use hydra_protect::Redactor;
use hydra_protect_corpus::{Group, NEVER, Options, Report, SEED, corpus, score, table};

/// Floors over all groups, in percent.
const PLAIN: f64 = 99.0;
const HARD: f64 = 75.0;
const MICRO: f64 = 95.0;
const MACRO: f64 = 94.0;
/// Harmless lines that may be changed: of all, and of any one kind.
const ALARMS: f64 = 0.3;
const ALARMS_OF_A_KIND: f64 = 8.0;
/// Characters that may be lost outside of values.
const LOST: f64 = 0.5;

fn report(lines: usize, options: Options, detectors: &[&str]) -> Report {
    let redactor = Redactor::builder()
        .detectors(detectors.iter().copied())
        .build()
        .expect("these detectors exist");
    score(&corpus(SEED, lines), options, |text| {
        redactor.redact(text).into_owned()
    })
}

#[test]
fn with_addresses_on_the_floors_of_recall_hold() {
    let report = report(
        24_000,
        Options {
            ip: true,
            mac: false,
        },
        &["default", "ip"],
    );
    println!("{}", table(&report));
    for group in Group::ALL {
        let [_, _, all] = report.group(group);
        assert!(
            all.percent() >= group.floor(),
            "{}: {:.2} %",
            group.name(),
            all.percent()
        );
    }
    let [plain, hard] = report.plain_and_hard();
    assert!(
        plain.percent() >= PLAIN,
        "plain lines: {:.2} %",
        plain.percent()
    );
    assert!(
        hard.percent() >= HARD,
        "hard lines: {:.2} %",
        hard.percent()
    );
    assert!(
        report.micro().percent() >= MICRO,
        "micro average: {:.2} %",
        report.micro().percent()
    );
    assert!(
        report.macro_average() >= MACRO,
        "macro average: {:.2} %",
        report.macro_average()
    );
    leaves_the_rest_alone(&report);
}

#[test]
fn by_default_addresses_stay_and_harmless_lines_too() {
    leaves_the_rest_alone(&report(24_000, Options::default(), &["default"]));
}

fn leaves_the_rest_alone(report: &Report) {
    let alarms = report.false_alarms();
    assert!(
        alarms.share() <= ALARMS,
        "{:.2} % of harmless lines changed",
        alarms.share()
    );
    for (kind, rate) in &report.changed {
        let most = if NEVER.contains(kind) {
            0.0
        } else {
            ALARMS_OF_A_KIND
        };
        assert!(
            rate.percent() <= most,
            "{:.2} % of {kind} lines changed",
            rate.percent()
        );
    }
    assert!(
        report.lost.share() <= LOST,
        "{:.3} % lost outside of values",
        report.lost.share()
    );
    assert!(
        report.broken.is_empty(),
        "JSON broken: {:?}",
        report.broken.first()
    );
    assert!(
        report.unsettled.is_empty(),
        "changed twice: {:?}",
        report.unsettled.first()
    );
}
