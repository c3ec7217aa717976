//! Redaction beside its peers, in interleaved rounds over the same lines: `redaction [ROUNDS]`.
//!
//! The peers look for the 28 patterns that loggers are given; Hydra looks for what it looks for by
//! default. Half of the lines hold something.

#[path = "../../../../crates/hydra-protect/benches/lines/mod.rs"]
mod lines;

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Duration;

use dd_sds::{MatchAction, RegexRuleConfig, RootRuleConfig, Scanner};
use hydra_protect::Redactor;
use lines::{PATTERNS, half};
use regex::{Regex, RegexSet};

/// How often the lines pass in a round.
const PASSES: usize = 400;

/// What stands for what a peer takes out.
const GONE: &str = "[REDACTED]";

type Redact = Box<dyn FnMut(&str) -> usize>;

fn main() {
    let rounds = std::env::args().nth(1).map_or(7, |rounds| {
        rounds.parse::<usize>().expect("ROUNDS is a number")
    });
    let lines = half();
    let bytes = PASSES * lines.iter().map(String::len).sum::<usize>();
    let mut peers: [(&str, Redact); 4] = [
        ("hydra-protect", hydra()),
        ("28 regexes", one_after_another()),
        ("a set of 28 regexes", set()),
        ("dd-sensitive-data-scanner", scanner()),
    ];
    let mut times = vec![Vec::new(); peers.len()];
    for round in 0..rounds.max(1) {
        for turn in 0..peers.len() {
            let peer = (round + turn) % peers.len();
            let began = cpu_time();
            for line in lines.iter().cycle().take(PASSES * lines.len()) {
                black_box(peers[peer].1(black_box(line)));
            }
            times[peer].push(cpu_time() - began);
        }
    }
    println!("| | MB/s | times of hydra-protect |\n|---|---|---|");
    for (peer, (name, _)) in peers.iter().enumerate() {
        let ratios = (0..times[0].len())
            .map(|round| times[peer][round].as_secs_f64() / times[0][round].as_secs_f64());
        let rates = times[peer]
            .iter()
            .map(|time| bytes as f64 / time.as_secs_f64() / 1e6);
        println!(
            "| {name} | {:.1} | {:.2} |",
            median(rates.collect()),
            median(ratios.collect())
        );
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The processor's time of this thread: others share the machine.
fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists on every platform that is measured, and `time` is ours.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0, "the clock of the thread cannot be read");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn hydra() -> Redact {
    let redactor = Redactor::new();
    let mut out = String::new();
    Box::new(move |line| {
        out.clear();
        if redactor.redact_to(line, &mut out) {
            out.len()
        } else {
            line.len()
        }
    })
}

fn one_after_another() -> Redact {
    let regexes = regexes();
    Box::new(move |line| replaced(&mut regexes.iter(), line))
}

fn set() -> Redact {
    let (regexes, set) = (regexes(), RegexSet::new(PATTERNS).expect("they are right"));
    Box::new(move |line| {
        let found = set.matches(line);
        replaced(&mut found.iter().map(|place| &regexes[place]), line)
    })
}

fn replaced<'r>(regexes: &mut dyn Iterator<Item = &'r Regex>, line: &str) -> usize {
    let mut text = Cow::Borrowed(line);
    for regex in regexes {
        if let Cow::Owned(next) = regex.replace_all(&text, GONE) {
            text = next.into();
        }
    }
    text.len()
}

fn regexes() -> Vec<Regex> {
    let regex = |pattern: &&str| Regex::new(pattern).expect("the patterns are right");
    PATTERNS.iter().map(regex).collect()
}

fn scanner() -> Redact {
    let rule = |pattern: &&str| {
        RootRuleConfig::new(RegexRuleConfig::new(pattern).build())
            .match_action(MatchAction::redact(GONE))
    };
    let rules: Vec<_> = PATTERNS.iter().map(rule).collect();
    let scanner = Scanner::builder(&rules)
        .build()
        .expect("the rules are right");
    let mut text = String::new();
    Box::new(move |line| {
        text.clear();
        text.push_str(line);
        scanner.scan(&mut text).expect("a line can be scanned");
        text.len()
    })
}
