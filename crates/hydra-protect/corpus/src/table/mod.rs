//! The report as a table for people.

pub(crate) mod outside;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::kind::Group;
use crate::negative::NEVER;
use crate::score::{Miss, Rate, Report};

/// The report: recall by group and by kind against the floors, false alarms, losses, and the
/// templates that failed most, each with one line of it.
///
/// ```
/// use hydra_protect_corpus::{Options, corpus, score, table};
///
/// let report = score(&corpus(1, 100), Options::default(), str::to_owned);
/// assert!(table(&report).contains("micro average"));
/// ```
pub fn table(report: &Report) -> String {
    let mut out = String::new();
    groups(&mut out, report);
    totals(&mut out, report);
    encodings(&mut out, report);
    kinds(&mut out, report);
    alarms(&mut out, report);
    worst(&mut out, "values that survived", &report.misses, 40);
    worst(
        &mut out,
        "harmless lines that were changed",
        &report.alarms,
        20,
    );
    worst(&mut out, "JSON that was broken", &report.broken, 10);
    worst(
        &mut out,
        "lines that a second pass changed",
        &report.unsettled,
        10,
    );
    worst(
        &mut out,
        "lines that lost most outside of values",
        &report.losses,
        10,
    );
    out
}

// Writing to a String cannot fail: the results of `writeln!` below are let go.

fn groups(out: &mut String, report: &Report) {
    let _ = writeln!(
        out,
        "{:16}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "recall in %", "plain", "hard", "all", "floor", "stretch", "values"
    );
    for group in Group::ALL {
        let [plain, hard, all] = report.group(group);
        if all.of == 0 {
            continue;
        }
        let verdict = verdict(all.percent(), group.floor(), group.stretch());
        let _ = writeln!(
            out,
            "{:16}{:8.2}{:8.2}{:8.2}{:8.1}{:8.1}{:8}  {verdict}",
            group.name(),
            plain.percent(),
            hard.percent(),
            all.percent(),
            group.floor(),
            group.stretch(),
            all.of
        );
    }
}

fn totals(out: &mut String, report: &Report) {
    let [plain, hard] = report.plain_and_hard();
    let micro = report.micro();
    for (name, value, floor, stretch) in [
        ("plain lines", plain.percent(), 99.0, 99.8),
        ("hard lines", hard.percent(), 75.0, 92.0),
        ("micro average", micro.percent(), 95.0, 98.5),
        ("macro average", report.macro_average(), 94.0, 98.0),
    ] {
        let _ = writeln!(
            out,
            "{name:32}{value:8.2}{floor:8.1}{stretch:8.1}{:8}  {}",
            "",
            verdict(value, floor, stretch)
        );
    }
    let lost = report.lost.share();
    let alarms = report.false_alarms().share();
    let _ = writeln!(
        out,
        "harmless lines changed          {alarms:8.3}  at most 1 (0.3)  {}",
        verdict(-alarms, -1.0, -0.3)
    );
    let _ = writeln!(
        out,
        "characters lost outside         {lost:8.3}  at most 0.5 (0.15)  {}",
        verdict(-lost, -0.5, -0.15)
    );
    let _ = writeln!(
        out,
        "JSON broken {}, not settled by one pass {}",
        report.broken.len(),
        report.unsettled.len()
    );
}

fn encodings(out: &mut String, report: &Report) {
    let _ = writeln!(out, "\nhidden in hard lines, by what makes them hard");
    for (encoding, rate) in &report.encodings {
        let _ = writeln!(
            out,
            "{encoding:28}{:5}/{:<5}{:8.2}",
            rate.hits,
            rate.of,
            rate.percent()
        );
    }
}

fn verdict(value: f64, floor: f64, stretch: f64) -> &'static str {
    if value >= stretch {
        "++"
    } else if value >= floor {
        "+"
    } else {
        "BELOW"
    }
}

fn kinds(out: &mut String, report: &Report) {
    let _ = writeln!(out, "\nkinds that are not whole        plain    hard");
    for (kind, [plain, hard]) in &report.recall {
        if plain.hits + hard.hits < plain.of + hard.of {
            let _ = writeln!(
                out,
                "{:28}{:4}/{:<4}{:4}/{:<4}",
                kind.name, plain.hits, plain.of, hard.hits, hard.of
            );
        }
    }
}

fn alarms(out: &mut String, report: &Report) {
    let _ = writeln!(out, "\nharmless kinds that were changed");
    for (kind, rate) in &report.changed {
        if rate.hits > 0 {
            let Rate { hits, of } = rate;
            let note = if NEVER.contains(kind) {
                "MUST BE NONE"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "{kind:28}{hits:4}/{of:<4}{:8.2} % {note}",
                rate.percent()
            );
        }
    }
}

/// The templates that failed most often, with one example of each.
fn worst(out: &mut String, title: &str, misses: &[Miss], limit: usize) {
    if misses.is_empty() {
        return;
    }
    let mut by_template: BTreeMap<(&str, &str, &str), Vec<&Miss>> = BTreeMap::new();
    for miss in misses {
        let kind = if title.starts_with("values") {
            family(miss.kind)
        } else {
            miss.kind
        };
        by_template
            .entry((kind, miss.template, miss.hard))
            .or_default()
            .push(miss);
    }
    let mut rows: Vec<_> = by_template.into_iter().collect();
    rows.sort_by_key(|(_, misses)| std::cmp::Reverse(misses.len()));
    let _ = writeln!(
        out,
        "\n{title}: {} in {} templates",
        misses.len(),
        rows.len()
    );
    for ((kind, template, hard), misses) in rows.into_iter().take(limit) {
        let miss = misses[0];
        let _ = writeln!(out, "{:4}  {kind}  {template:?} {hard}", misses.len());
        let _ = writeln!(out, "        {:?}", shortened(&miss.line));
        let _ = writeln!(
            out,
            "     -> {:?}  left {:?}",
            shortened(&miss.output),
            shortened(&miss.what)
        );
    }
}

/// The first word of a kind's name, so that one template's vendors stand together.
fn family(kind: &'static str) -> &'static str {
    match kind.split_once('_') {
        Some((_, "TOKEN" | "KEY" | "SECRET" | "BEARER")) => "vendor",
        _ => kind,
    }
}

/// At most 240 characters, from both ends.
fn shortened(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= 240 {
        return text.to_owned();
    }
    let (head, tail) = (&letters[..160], &letters[letters.len() - 70..]);
    format!(
        "{} … {}",
        head.iter().collect::<String>(),
        tail.iter().collect::<String>()
    )
}
