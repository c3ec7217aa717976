//! Reports for programs: JSON, by hand, since it is one object of a few members.

use std::fmt::Write as _;

use super::control::Removal;
use super::report::{FileHeader, Interruption, Report};

impl Report {
    /// The report as one JSON object.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"verdict\":");
        string(&mut out, self.verdict().name());
        for (name, number) in [
            ("lines", self.lines),
            ("bytes", self.bytes),
            ("records", self.records),
            ("checkpoints", self.checkpoints),
            ("sealed_lines", self.sealed_lines),
            ("unsealed_lines", self.unsealed_lines),
            ("more_damages", self.more_damages),
        ] {
            // Writing to a String does not fail, here and below.
            let _ = write!(out, ",\"{name}\":{number}");
        }
        let _ = write!(
            out,
            ",\"closed\":{},\"key_was_given\":{}",
            self.is_closed, self.key_was_given
        );
        for (name, text) in [("sealed_at", &self.sealed_at), ("key", &self.key)] {
            let _ = write!(out, ",\"{name}\":");
            optional(&mut out, text.as_deref());
        }
        out.push_str(",\"header\":");
        match &self.header {
            None => out.push_str("null"),
            Some(header) => header.json(&mut out),
        }
        list(
            &mut out,
            "interruptions",
            &self.interruptions,
            |out, one| {
                let Interruption {
                    line,
                    time,
                    unsealed,
                    cut,
                } = one;
                let _ = write!(
                    out,
                    "{{\"line\":{line},\"time\":\"{time}\",\"unsealed\":{unsealed},\"cut\":{cut}}}"
                );
            },
        );
        list(&mut out, "removals", &self.removals, |out, one| {
            let Removal {
                file,
                number,
                records,
                retention_seconds,
            } = one;
            let _ = write!(
                out,
                "{{\"file\":\"{file}\",\"number\":{number},\"records\":{records},\
                 \"retention_seconds\":{retention_seconds}}}"
            );
        });
        list(&mut out, "damages", &self.damages, |out, one| {
            let _ = write!(
                out,
                "{{\"line\":{},\"offset\":{},\"check\":\"{}\"",
                one.line,
                one.offset,
                one.check.name()
            );
            for (name, text) in [("expected", &one.expected), ("found", &one.found)] {
                let _ = write!(out, ",\"{name}\":");
                string(out, text);
            }
            out.push('}');
        });
        out.push('}');
        out
    }
}

impl FileHeader {
    fn json(&self, out: &mut String) {
        let FileHeader {
            file,
            number,
            time,
            key,
            records_before,
            ..
        } = self;
        let _ = write!(
            out,
            "{{\"file\":\"{file}\",\"number\":{number},\"time\":\"{time}\",\"key\":\"{key}\",\
             \"records_before\":{records_before},\"previous\":"
        );
        match &self.previous {
            None => out.push_str("null}"),
            Some((file, lines, tag)) => {
                let _ = write!(
                    out,
                    "{{\"file\":\"{file}\",\"lines\":{lines},\"tag\":\"{tag}\"}}}}"
                );
            }
        }
    }
}

fn list<T>(out: &mut String, name: &str, all: &[T], mut one: impl FnMut(&mut String, &T)) {
    let _ = write!(out, ",\"{name}\":[");
    for (i, item) in all.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        one(out, item);
    }
    out.push(']');
}

fn optional(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => string(out, text),
        None => out.push_str("null"),
    }
}

/// Texts of reports are our own, but a quote in one must not end it.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
