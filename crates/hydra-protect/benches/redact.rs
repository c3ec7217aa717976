//! What redaction costs: clean lines, real messages (where the public log samples are at hand), and
//! lines of which half hold something sensitive.

mod lines;

use std::fs;
use std::hint::black_box;

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use hydra_protect::Redactor;

use lines::{LONG, PATTERNS, SHORT, WORDS, half};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// Samples of real logs (Loghub), which are not part of the repository.
const LOGS: &str = "../../../shared/data/logs";

fn main() {
    divan::main();
}

fn run(bencher: Bencher<'_, '_>, lines: &[String]) {
    let redactor = Redactor::new();
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut out = String::with_capacity(64 * 1024);
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for line in lines {
            out.clear();
            black_box(redactor.redact_to(black_box(line), &mut out));
        }
    });
}

#[divan::bench(args = [SHORT, WORDS, LONG])]
fn clean(bencher: Bencher<'_, '_>, line: &str) {
    let redactor = Redactor::new();
    let mut out = String::new();
    bencher
        .counter(BytesCount::new(line.len()))
        .bench_local(|| redactor.redact_to(black_box(line), &mut out));
}

#[divan::bench(args = ["Android", "Apache", "HDFS", "Linux", "OpenSSH", "Spark", "Windows", "Zookeeper"])]
fn real(bencher: Bencher<'_, '_>, log: &str) {
    let Ok(text) = fs::read_to_string(format!("{LOGS}/{log}_2k.log")) else {
        eprintln!("no log samples at {LOGS}: skipped");
        return;
    };
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    run(bencher, &lines);
}

#[divan::bench]
fn half_hit(bencher: Bencher<'_, '_>) {
    run(bencher, &half());
}

/// The same regexes that loggers run one after another.
#[divan::bench]
fn half_hit_by_one_regex_after_another(bencher: Bencher<'_, '_>) {
    let regexes = peers();
    let lines = half();
    let bytes: usize = lines.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for line in &lines {
            let mut text = std::borrow::Cow::Borrowed(line.as_str());
            for regex in &regexes {
                if let std::borrow::Cow::Owned(next) = regex.replace_all(&text, "[REDACTED]") {
                    text = next.into();
                }
            }
            black_box(text);
        }
    });
}

/// The same regexes asked at once which of them match, and those then run.
#[divan::bench]
fn half_hit_by_a_set_of_regexes(bencher: Bencher<'_, '_>) {
    let regexes = peers();
    let set = regex::RegexSet::new(PATTERNS).expect("the patterns are right");
    let lines = half();
    let bytes: usize = lines.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        for line in &lines {
            let mut text = std::borrow::Cow::Borrowed(line.as_str());
            for regex in set.matches(line).iter().map(|place| &regexes[place]) {
                if let std::borrow::Cow::Owned(next) = regex.replace_all(&text, "[REDACTED]") {
                    text = next.into();
                }
            }
            black_box(text);
        }
    });
}

fn peers() -> Vec<regex::Regex> {
    PATTERNS
        .iter()
        .map(|pattern| regex::Regex::new(pattern).expect("the patterns are right"))
        .collect()
}
