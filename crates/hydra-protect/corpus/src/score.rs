//! Judges redaction strictly: a value is hidden only if no long run of it survives.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kind::{Group, Kind};
use crate::line::{Line, Value};
use crate::table::outside::Loss;

/// What the redactor under test was asked to look for beyond the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// IP addresses count as sensitive.
    pub ip: bool,
    /// Hardware addresses count as sensitive.
    pub mac: bool,
}

impl Options {
    fn expects(self, kind: Kind) -> bool {
        match kind.group {
            Group::Ip => self.ip,
            Group::Mac => self.mac,
            _ => true,
        }
    }
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// What counted.
    pub hits: usize,
    /// Out of these.
    pub of: usize,
}

impl Rate {
    /// Adds one that counts or does not.
    pub fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    /// In percent; 100 of nothing is 100.
    pub fn percent(self) -> f64 {
        if self.of == 0 {
            return 100.0;
        }
        100.0 * self.hits as f64 / self.of as f64
    }

    /// In percent; 0 of nothing is 0.
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.percent() }
    }

    fn plus(self, other: Rate) -> Rate {
        Rate {
            hits: self.hits + other.hits,
            of: self.of + other.of,
        }
    }
}

/// Something that went wrong with a line.
#[derive(Clone, Debug)]
pub struct Miss {
    /// The kind of value, or of negative.
    pub kind: &'static str,
    /// The line's template.
    pub template: &'static str,
    /// How it was encoded.
    pub hard: &'static str,
    /// The line.
    pub line: String,
    /// What became of it.
    pub output: String,
    /// The run of the value that survived, or what else is wrong.
    pub what: String,
}

/// What a run over a corpus showed.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Values hidden: by kind, plain lines first, hard lines second.
    pub recall: BTreeMap<Kind, [Rate; 2]>,
    /// Values hidden in hard lines, by what makes them hard.
    pub encodings: BTreeMap<&'static str, Rate>,
    /// Lines changed though nothing in them was sensitive, by kind.
    pub changed: BTreeMap<&'static str, Rate>,
    /// Characters lost, of all that stand outside of values.
    pub lost: Rate,
    /// Values that survived.
    pub misses: Vec<Miss>,
    /// Harmless lines that were changed.
    pub alarms: Vec<Miss>,
    /// Lines that were JSON and are not any more.
    pub broken: Vec<Miss>,
    /// Lines that a second pass changed again.
    pub unsettled: Vec<Miss>,
    /// Lines that lost the most characters outside of values.
    pub losses: Vec<Miss>,
}

impl Report {
    /// The recall of a group over plain lines, hard lines, and both.
    pub fn group(&self, group: Group) -> [Rate; 3] {
        let [plain, hard] = self
            .recall
            .iter()
            .filter(|(kind, _)| kind.group == group)
            .fold([Rate::default(); 2], |sum, (_, rates)| {
                [sum[0].plus(rates[0]), sum[1].plus(rates[1])]
            });
        [plain, hard, plain.plus(hard)]
    }

    /// The recall over plain lines, and over hard ones.
    pub fn plain_and_hard(&self) -> [Rate; 2] {
        self.recall
            .values()
            .fold([Rate::default(); 2], |sum, rates| {
                [sum[0].plus(rates[0]), sum[1].plus(rates[1])]
            })
    }

    /// The recall over all values.
    pub fn micro(&self) -> Rate {
        let [plain, hard] = self.plain_and_hard();
        plain.plus(hard)
    }

    /// The mean of the kinds' recalls, in percent.
    pub fn macro_average(&self) -> f64 {
        let kinds = self
            .recall
            .values()
            .map(|[plain, hard]| plain.plus(*hard).percent());
        kinds.sum::<f64>() / self.recall.len().max(1) as f64
    }

    /// The share of harmless lines that were changed.
    pub fn false_alarms(&self) -> Rate {
        self.changed
            .values()
            .fold(Rate::default(), |sum, rate| sum.plus(*rate))
    }
}

/// Runs a redactor over the lines and judges what it leaves.
///
/// ```
/// use hydra_protect_corpus::{Options, corpus, score};
///
/// let lines = corpus(1, 100);
/// let all_cut = score(&lines, Options::default(), |_| "[REDACTED]".to_owned());
/// assert_eq!(all_cut.micro().percent(), 100.0);
/// assert_eq!(all_cut.false_alarms().percent(), 100.0);
/// ```
pub fn score(lines: &[Line], options: Options, redact: impl Fn(&str) -> String) -> Report {
    let mut report = Report::default();
    for line in lines {
        let output = redact(&line.text);
        let expected: Vec<&Value> = line
            .values
            .iter()
            .filter(|value| options.expects(value.kind))
            .collect();
        let miss = |kind, what: String| Miss {
            kind,
            template: line.template,
            hard: line.hard,
            line: line.text.clone(),
            output: output.clone(),
            what,
        };
        for value in &expected {
            let run = survives(value, &line.text, &output);
            let rates = report.recall.entry(value.kind).or_default();
            rates[usize::from(!line.hard.is_empty())].add(run.is_none());
            if !line.hard.is_empty() {
                report
                    .encodings
                    .entry(line.hard)
                    .or_default()
                    .add(run.is_none());
            }
            if let Some(run) = run {
                report.misses.push(miss(value.kind.name, run));
            }
        }
        if expected.is_empty() {
            let changed = output != line.text;
            report
                .changed
                .entry(line.template)
                .or_default()
                .add(changed);
            if changed {
                report.alarms.push(miss(line.template, String::new()));
            }
        }
        let loss = Loss::of(&line.text, &output, &expected);
        report.lost.hits += loss.lost;
        report.lost.of += loss.outside;
        if loss.lost >= 8 && !expected.is_empty() {
            report.losses.push(miss(expected[0].kind.name, loss.text));
        }
        if is_json(&line.text) && !is_json(&output) {
            report.broken.push(miss(line.template, String::new()));
        }
        let again = redact(&output);
        if again != output {
            report.unsettled.push(miss(line.template, again));
        }
    }
    report
}

/// The run of the value that stands in the output, if a long enough one does: 60 % of the value, or
/// 24 characters, and at least 6 (a shorter value must not survive whole). Both the value and its
/// written form count, and the output is read as it is and with colours and hidden characters taken
/// out.
pub fn survives(value: &Value, line: &str, output: &str) -> Option<String> {
    let written = line.get(value.range.clone()).unwrap_or_default();
    let bare = decoded(output);
    [
        (written, output),
        (&value.plain, output),
        (&value.plain, &bare),
    ]
    .into_iter()
    .find_map(|(value, output)| run_of(value, output))
}

fn run_of(value: &str, output: &str) -> Option<String> {
    let value: Vec<char> = value.chars().collect();
    let output: Vec<char> = output.chars().collect();
    let length = (value.len() * 3).div_ceil(5).clamp(6, 24).min(value.len());
    // Whatever run is long enough holds one of these blocks whole: only they need be looked for.
    let block = length.div_ceil(2);
    if block == 0 {
        return None;
    }
    value
        .chunks_exact(block)
        .enumerate()
        .find_map(|(number, part)| {
            let at = number * block;
            output
                .windows(block)
                .enumerate()
                .filter(|(_, window)| *window == part)
                .find_map(|(found, _)| {
                    let before = same(value[..at].iter().rev(), output[..found].iter().rev());
                    let after = same(value[at + block..].iter(), output[found + block..].iter());
                    let run = &value[at - before..at + block + after];
                    (run.len() >= length).then(|| run.iter().collect())
                })
        })
}

/// How far two texts go along with each other.
fn same<'a>(one: impl Iterator<Item = &'a char>, other: impl Iterator<Item = &'a char>) -> usize {
    one.zip(other)
        .take_while(|(one, other)| one == other)
        .count()
}

/// The text without colour sequences and characters of no width, with plain digits.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' => {
                for inside in letters.by_ref() {
                    if inside.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
            '\0' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{ff10}'..='\u{ff19}' => out.extend(char::from_digit(letter as u32 - 0xff10, 10)),
            _ => out.push(letter),
        }
    }
    out
}

/// Whether no value of the line stands in it a second time, outside of its places.
pub(crate) fn is_fair(line: &Line) -> bool {
    let mut rest = String::new();
    let mut at = 0;
    for value in &line.values {
        rest.push_str(&line.text[at..value.range.start]);
        rest.push('\0');
        at = value.range.end;
    }
    rest.push_str(&line.text[at..]);
    line.values
        .iter()
        .all(|value| survives(value, &line.text, &rest).is_none())
}

fn is_json(text: &str) -> bool {
    text.starts_with(['{', '[']) && serde_json::from_str::<Json>(text).is_ok()
}
