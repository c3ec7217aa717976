//! How the demo looks.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hydra_core::Buffer;
use hydra_core::format::RenderContext;
use hydra_logger::format::{Color, ColorMode, FormatKind, FormatSettings, Theme};
use hydra_logger::{Metrics, Record};

use super::CONFIG_NAME;
use super::stage::{Pace, Prepared};
use super::table::{Row, Table};

const BOLD: &str = "\x1b[1m";

/// Writes the demo's own words, in colour where stdout is.
pub(super) struct Page {
    colored: bool,
}

impl Page {
    pub(super) fn new() -> Page {
        Page {
            colored: ColorMode::Auto.decide_for(&io::stdout()),
        }
    }

    fn painted(&self, style: &str, text: &str) -> String {
        if self.colored {
            format!("{style}{text}{}", Color::RESET)
        } else {
            text.to_owned()
        }
    }

    pub(super) fn title(&self, origin: &str, lines: usize) -> io::Result<()> {
        let name = self.painted(BOLD, "hydra demo");
        let lines = grouped(lines as u64);
        say(&format!(
            "{name}: one logger with many heads, on {lines} lines of {origin}\n"
        ))
    }

    pub(super) fn heading(&self, text: &str) -> io::Result<()> {
        let mark = self.painted(Color::Magenta.start(), "==");
        say(&format!("\n{mark} {}\n", self.painted(BOLD, text)))
    }

    /// The record in every format, as a file has it but for the colours.
    pub(super) fn formats(&self, record: &Prepared<'_>) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let unix_ns = now.map_or(0, |now| now.as_nanos() as i64);
        let layer = record.layer.name();
        let record =
            Record::new(unix_ns, record.level, layer, record.message).with_fields(record.fields());
        let mut text = String::new();
        for kind in FormatKind::ALL {
            let mut settings = FormatSettings::new(kind);
            settings.theme = self.colored.then_some(Theme::DEFAULT);
            let format = settings.bind(layer).map_err(io::Error::other)?;
            let mut line = Buffer::default();
            format.render(&record, &mut RenderContext::default(), &mut line);
            let name = format!("{:<11}", kind.name());
            let name = self.painted(Color::BrightBlack.start(), &name);
            let _ = write!(text, "{name}{}", String::from_utf8_lossy(line.as_bytes()));
        }
        say(&text)
    }

    pub(super) fn pace(&self, pace: &Pace, files: &Metrics) -> io::Result<()> {
        let bytes = files.destinations.iter().map(|d| d.counts.bytes).sum();
        let seconds = pace.taken.as_secs_f64();
        let rate = (pace.records as f64 / seconds.max(1e-9)) as u64;
        let rate = self.painted(BOLD, &format!("{} records a second", grouped(rate)));
        say(&format!(
            "{} records became {} in {seconds:.2} s: {rate}, by one thread, into rotating files\n",
            grouped(pace.records),
            size(bytes),
        ))
    }

    pub(super) fn table(&self, table: &Table) -> io::Result<()> {
        let cells: Vec<[String; 7]> = table.rows.iter().map(cells).collect();
        let head = [
            "LAYER",
            "DESTINATION",
            "FORMAT",
            "RECORDS",
            "WRITTEN",
            "FILES",
            "DROPPED",
        ];
        let mut widths = head.map(str::len);
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.len().max(*width);
            }
        }
        let mut text = self.painted(Color::BrightBlack.start(), &aligned(&widths, &head));
        text.push('\n');
        for (row, cells) in table.rows.iter().zip(&cells) {
            let line = aligned(&widths, &cells.each_ref().map(String::as_str));
            let style = if row.dropped > 0 {
                Color::Red.start()
            } else {
                ""
            };
            let line = if style.is_empty() {
                line
            } else {
                self.painted(style, &line)
            };
            let _ = writeln!(text, "{line}");
        }
        say(&text)
    }

    pub(super) fn next_steps(&self, out: &Path) -> io::Result<()> {
        // As it was called: `make demo` runs it from where it was built.
        let hydra = std::env::args_os().next().unwrap_or_else(|| "hydra".into());
        let hydra = below_home(Path::new(&hydra));
        let mut text = String::new();
        let out = below_home(out);
        let steps = [
            (
                format!("{hydra} tail --no-follow --level CRITICAL {out}/warnings.jsonl"),
                "read it back, in colour; without --no-follow, go on with what is added",
            ),
            (
                format!("{hydra} convert --to json {out}/ssh.logfmt"),
                "from any of the six formats into any other",
            ),
            (
                format!(
                    "{hydra} pipe --layer SSH --config {out}/{CONFIG_NAME} < /var/log/auth.log"
                ),
                "lines of your own, with the configuration that did all this",
            ),
        ];
        for (command, what) in steps {
            let command = self.painted(Color::Green.start(), &command);
            let _ = writeln!(text, "  {command}\n      {what}");
        }
        say(&text)
    }
}

/// The path as a shell takes it, short where it is below the user's home.
fn below_home(path: &Path) -> String {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}

fn cells(row: &Row) -> [String; 7] {
    let files = match row.files {
        0 => "-".to_owned(),
        n => n.to_string(),
    };
    [
        row.layer.clone(),
        row.destination.clone(),
        row.format.to_owned(),
        grouped(row.records),
        size(row.bytes),
        files,
        grouped(row.dropped),
    ]
}

/// Words to the left, numbers to the right.
fn aligned(widths: &[usize; 7], cells: &[&str; 7]) -> String {
    let mut line = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let _ = if at < 3 {
            write!(line, "{cell:<width$}  ")
        } else {
            write!(line, "{cell:>width$}  ")
        };
    }
    line.trim_end().to_owned()
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in MB or KB of 1024.
fn size(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    if kib < 1024.0 {
        format!("{kib:.1} KB")
    } else {
        format!("{:.1} MB", kib / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, size};

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, expected) in table {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!(
            (size(512), size(3 << 20)),
            ("0.5 KB".into(), "3.0 MB".into())
        );
    }
}
