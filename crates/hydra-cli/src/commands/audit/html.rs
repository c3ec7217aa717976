//! The report as a page that needs nothing else: no script, no font, no address.

use std::fmt::Write as _;

use super::report::{Facts, period, tallies};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --bar: #2f6fab;
  --event: #b5652a; --good: #2c7a4b; --bad: #b3261e; --page: #ffffff; --panel: #f5f7fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a4afbd; --line: #39424f;
  --bar: #6aa9e0; --event: #e0995f; --good: #6bc191; --bad: #f2857d; --page: #14181e; --panel: #1d232b; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 62rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
p.soft { color: var(--soft); margin: .3rem 0 1.5rem; }
.cards { display: flex; gap: 1rem; flex-wrap: wrap; }
.card { background: var(--panel); border-radius: .5rem; padding: .8rem 1.2rem; min-width: 9rem; }
.card b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; padding-right: 1.8rem; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
.bar { display: inline-block; height: .8em; background: var(--bar); border-radius: 2px; min-width: 2px; }
.bar.event { background: var(--event); }
footer { color: var(--soft); margin: 2.5rem 0 1rem; font-size: .9rem; }
@media print { body { margin: 0; max-width: none; } .card { border: 1px solid var(--line); } }
";

/// The page.
pub(super) fn page(facts: &Facts) -> String {
    let counts = &facts.counts;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Redaction and events</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Redaction and events</h1>\n<p class=\"soft\">{}</p>\n<div class=\"cards\">\n",
        escaped(&period(facts))
    );
    for (number, what) in [
        (counts.records.count, "records"),
        (counts.values(), "values redacted"),
        (counts.touched, "records redacted"),
        (counts.all_events(), "events"),
    ] {
        // Writing to a String does not fail, here and below.
        let _ = writeln!(
            out,
            "<div class=\"card\"><b>{}</b><span>{what}</span></div>",
            grouped(number)
        );
    }
    out.push_str("</div>\n");
    rows(
        &mut out,
        "Redacted values",
        &tallies("kind", &counts.redacted),
    );
    if !counts.failed.is_empty() {
        let failed = counts
            .failed
            .iter()
            .map(|(layer, tally)| (("-".to_owned(), layer.clone()), *tally));
        let title = "Records that could not be redacted: their text was left out";
        rows(&mut out, title, &tallies("kind", &failed.collect()));
    }
    rows(&mut out, "Events", &tallies("event", &counts.events));
    days(&mut out, facts);
    files(&mut out, facts);
    if counts.unread > 0 {
        let _ = writeln!(
            out,
            "<p>{} lines are of no format that hydra reads; what was redacted in them is counted without \
             layer and time.</p>",
            grouped(counts.unread)
        );
    }
    let _ = writeln!(
        out,
        "<footer>Made {} UTC by hydra {}. Times are UTC. This report counts; it holds nothing of what \
         was redacted.</footer>\n</body>\n</html>",
        escaped(&facts.made),
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn rows(out: &mut String, title: &str, rows: &[Vec<String>]) {
    let _ = writeln!(out, "<h2>{}</h2>", escaped(title));
    let Some((heading, body)) = rows.split_first().filter(|(_, body)| !body.is_empty()) else {
        out.push_str("<p class=\"soft\">none</p>\n");
        return;
    };
    out.push_str("<table>\n");
    line(out, "th", heading);
    for row in body {
        line(out, "td", row);
    }
    out.push_str("</table>\n");
}

/// A row; its third cell is the count.
fn line(out: &mut String, tag: &str, cells: &[String]) {
    out.push_str("<tr>");
    for (i, cell) in cells.iter().enumerate() {
        let class = if i == 2 { " class=\"number\"" } else { "" };
        let cell = match cell.parse() {
            Ok(number) if i == 2 => grouped(number),
            _ => escaped(cell),
        };
        let _ = write!(out, "<{tag}{class}>{cell}</{tag}>");
    }
    out.push_str("</tr>\n");
}

fn days(out: &mut String, facts: &Facts) {
    let days = &facts.counts.days;
    if days.is_empty() {
        return;
    }
    let most = |count: fn(&(u64, u64)) -> u64| days.values().map(count).max().unwrap_or(1).max(1);
    let most = (most(|day| day.0), most(|day| day.1));
    out.push_str(
        "<h2>By day</h2>\n<table>\n<tr><th>day</th><th class=\"number\">redacted</th><th></th>",
    );
    out.push_str("<th class=\"number\">events</th><th></th></tr>\n");
    for (day, (values, events)) in days {
        let _ = write!(out, "<tr><td>{}</td>", escaped(day));
        for (number, most, class) in [(values, most.0, "bar"), (events, most.1, "bar event")] {
            let width = *number as f64 * 14.0 / most as f64;
            let bar = match number {
                0 => String::new(),
                _ => format!("<span class=\"{class}\" style=\"width:{width:.2}rem\"></span>"),
            };
            let number = grouped(*number);
            let _ = write!(
                out,
                "<td class=\"number\">{number}</td><td style=\"width:15rem\">{bar}</td>"
            );
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn files(out: &mut String, facts: &Facts) {
    out.push_str("<h2>Files</h2>\n<table>\n<tr><th>file</th><th class=\"number\">lines</th>");
    out.push_str("<th style=\"padding-left:2rem\">audit chain</th></tr>\n");
    for file in &facts.files {
        let class = if file.is_whole { "good" } else { "bad" };
        let chain = file.chain.as_ref().map_or_else(
            || "-".to_owned(),
            |chain| format!("<span class=\"{class}\">{}</span>", escaped(chain)),
        );
        let (name, lines) = (escaped(&file.name), grouped(file.lines));
        let _ = writeln!(
            out,
            "<tr><td>{name}</td><td class=\"number\">{lines}</td><td style=\"padding-left:2rem\">{chain}</td></tr>"
        );
    }
    out.push_str("</table>\n");
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
