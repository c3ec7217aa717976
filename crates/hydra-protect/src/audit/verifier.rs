//! Each line is held against the tag before it. Behind damage the chain is taken up again by the
//! tags that are there, so that what is wrong is told where it is, and what follows is judged by
//! itself; checkpoints set the count of lines right.

use super::VerifyOptions;
use super::control::{self, Checkpoint, Control, FileId, Header, Position};
use super::key::VerifyingKey;
use super::link::{self, Link};
use super::report::{Check, Damage, FileHeader, Interruption, Report};
use super::runs::{self, Run};
use super::tag::{Origin, Tag, split};

/// Among how many lines before it the one that a line follows is looked for.
const RECENT: usize = 64;
const HEADER: &str = "the header of an audit file";

pub(super) struct Verifier {
    /// The given one, or the header's.
    key: Option<VerifyingKey>,
    most: usize,
    report: Report,
    /// The tag that the next line follows.
    tag: Tag,
    /// Of the last lines, each at its number.
    recent: [Tag; RECENT],
    file: Option<FileId>,
    /// Of the last checkpoint that holds, or of the header.
    sealed: Tag,
    /// How many more lines and records the last checkpoint counted than there are.
    missing: (i128, i128),
    key_is_wrong: bool,
}

impl Verifier {
    pub(super) fn new(given: Option<&VerifyingKey>, options: &VerifyOptions) -> Verifier {
        Verifier {
            key: given.cloned(),
            most: options.most_damages,
            report: Report {
                key: given.map(VerifyingKey::fingerprint),
                key_was_given: given.is_some(),
                ..Report::default()
            },
            tag: Tag::NONE,
            recent: [Tag::NONE; RECENT],
            file: None,
            sealed: Tag::NONE,
            missing: (0, 0),
            key_is_wrong: false,
        }
    }

    /// Takes the next lines, each with its newline.
    pub(super) fn lines(&mut self, text: &[u8]) {
        for run in runs::find(self.tag, text) {
            match run.tags {
                Some((before, last)) if before == self.tag && self.report.lines > 0 => {
                    self.records(&run, last);
                }
                _ => self.each(run.text),
            }
        }
    }

    /// Takes a run of records that hold.
    fn records(&mut self, run: &Run<'_>, last: Tag) {
        self.report.lines += run.lines;
        self.report.records += run.lines;
        self.report.bytes += run.text.len() as u64;
        self.report.is_closed = false;
        self.tag = last;
        let text = &run.text[..run.text.len() - 1];
        let latest = text.rsplit(|byte| *byte == b'\n').zip(1..=RECENT as u64);
        for (line, back) in latest {
            let tag = split(line).and_then(|split| Tag::parse(split.tag));
            let number = self.report.lines - back;
            self.recent[number as usize % RECENT] = tag.unwrap_or(Tag::NONE);
        }
    }

    fn each(&mut self, text: &[u8]) {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            self.line(&line[..line.len() - 1]);
        }
    }

    /// Takes the next line, without its newline.
    fn line(&mut self, line: &[u8]) {
        match link::check(self.tag, line) {
            Some(link) if link.holds && link.control.is_none() && self.report.lines > 0 => {
                self.tag = link.expected;
                self.report.records += 1;
                self.report.is_closed = false;
            }
            link => self.unusual(link),
        }
        self.end_line(line.len() as u64);
    }

    /// Takes a line that is longer than any may be, and was not kept.
    pub(super) fn too_long(&mut self, length: u64) {
        self.report.is_closed = false;
        let found = format!("{length} bytes without a newline");
        self.damage(Check::Form, "a line of at most 128 MiB", found);
        self.end_line(length);
    }

    fn end_line(&mut self, length: u64) {
        self.recent[self.report.lines as usize % RECENT] = self.tag;
        self.report.lines += 1;
        self.report.bytes += length + 1;
    }

    /// The first line, a line of the chain's own, and every one that does not hold.
    #[cold]
    fn unusual(&mut self, link: Option<Link<'_>>) {
        let is_first = self.report.lines == 0;
        self.report.is_closed = false;
        let Some(link) = link else {
            // The tag before stays: if this line was added, the next one follows that.
            self.damage(
                Check::Form,
                "a line that ends with its tag",
                "a line without one",
            );
            if is_first {
                self.damage(Check::Header, HEADER, "another line");
            }
            return;
        };
        if !link.holds {
            let expected = format!(
                "the tag {}, which follows from this line and the one before",
                link.expected
            );
            let found = self.origin_of(&link);
            self.damage(Check::Chain, expected, found);
        }
        let before = std::mem::replace(&mut self.tag, link.tag());
        if is_first && !matches!(link.control, Some(Control::Header(_))) {
            self.damage(
                Check::Header,
                HEADER,
                "another line: the beginning of the file is missing",
            );
        }
        match &link.control {
            None => self.report.records += 1,
            Some(Control::Header(header)) if is_first => self.header(header),
            Some(Control::Header(_)) => {
                self.damage(Check::Header, "one header, at the beginning", "another one");
            }
            Some(Control::Checkpoint(checkpoint, signature)) => {
                let own = link.split.pieces.concat();
                self.checkpoint(checkpoint, (&own, signature), before, link.holds);
            }
            Some(Control::Interrupted {
                time,
                unsealed,
                cut,
            }) if link.holds => {
                self.report.interruptions.push(Interruption {
                    line: self.report.lines + 1,
                    time: time.clone(),
                    unsealed: *unsealed,
                    cut: *cut,
                });
            }
            Some(Control::Removed(_, removal)) if link.holds => {
                self.report.removals.push(removal.clone());
            }
            Some(_) => {}
        }
    }

    /// What is to be said of a tag that does not follow from the line before.
    fn origin_of(&self, link: &Link<'_>) -> String {
        let lines = self.report.lines as usize;
        let follows = |before: &Tag| {
            let origins = [Origin::Program, Origin::Chain];
            origins
                .iter()
                .any(|origin| before.next(*origin, link.split.pieces).text() == link.split.tag)
        };
        let is_told = self.report.damages.len() < self.most;
        let recent = (1..RECENT.min(lines)).map(|back| lines - 1 - back);
        let earlier = recent
            .filter(|_| is_told)
            .find(|i| follows(&self.recent[i % RECENT]));
        match earlier {
            Some(i) => format!(
                "one that follows line {}: this line was moved or repeated, or what stands between \
                 was added",
                i + 1
            ),
            None => "another: the line was changed, or what stood before it was changed or removed"
                .into(),
        }
    }

    fn header(&mut self, header: &Header) {
        let own = VerifyingKey::from_bytes(&header.key);
        let name = own
            .as_ref()
            .map_or_else(|| "no key".to_owned(), VerifyingKey::fingerprint);
        if let Some(key) = &self.key
            && own.as_ref() != Some(key)
        {
            let expected = format!("a file of the key {}", key.fingerprint());
            self.damage(Check::Key, expected, format!("one of the key {name}"));
            self.key_is_wrong = true;
        }
        self.key = self.key.take().or(own);
        self.report.key = self.key.as_ref().map(VerifyingKey::fingerprint);
        self.file = Some(header.file);
        self.sealed = self.tag;
        self.report.header = Some(FileHeader {
            file: header.file,
            number: header.number,
            time: header.time.clone(),
            key: name,
            records_before: header.records_before,
            previous: header
                .previous
                .map(|(file, lines, tag)| (file, lines, tag.to_string())),
        });
    }

    fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint,
        (own, signature): (&[u8], &[u8; 64]),
        before: Tag,
        holds: bool,
    ) {
        if self.key_is_wrong {
            // That was told at the header, for all of them.
            return;
        }
        let Some(key) = &self.key else {
            self.damage(Check::Key, "a key, given or in the header", "neither");
            return;
        };
        if let Some(file) = self.file.filter(|file| *file != checkpoint.file) {
            let found = format!(
                "one of the file {}: the line comes from there",
                checkpoint.file
            );
            self.damage(
                Check::Checkpoint,
                format!("a checkpoint of the file {file}"),
                found,
            );
            return;
        }
        if !control::is_signed(own, signature, key) {
            let expected = format!("a signature of the key {}", key.fingerprint());
            self.damage(Check::Signature, expected, "one that does not hold");
            return;
        }
        self.file = Some(checkpoint.file);
        if checkpoint.previous != self.sealed {
            let expected = format!(
                "before it the checkpoint with the tag {}",
                checkpoint.previous
            );
            self.damage(
                Check::Checkpoint,
                expected,
                "another one: that is missing, or was changed",
            );
        }
        if checkpoint.chain != before && holds {
            let expected = format!("before it the line with the tag {}", checkpoint.chain);
            self.damage(Check::Checkpoint, expected, format!("the tag {before}"));
        }
        self.count(checkpoint);
        self.sealed = self.tag;
        self.report.checkpoints += 1;
        self.report.sealed_lines = self.report.lines + 1;
        self.report.sealed_at = Some(checkpoint.time.clone());
        self.report.is_closed = checkpoint.closing && holds;
    }

    /// Holds the lines and records that there are against those that were counted.
    fn count(&mut self, checkpoint: &Checkpoint) {
        let line = self.report.lines + 1;
        let missing = (
            i128::from(checkpoint.line) - i128::from(line),
            i128::from(checkpoint.records) - i128::from(self.report.records),
        );
        if missing == self.missing {
            return;
        }
        let since = self.report.sealed_lines.max(1);
        let lines = missing.0 - self.missing.0;
        let what = match lines {
            0 => "as many lines, but another number of records".to_owned(),
            1.. => format!("{lines} fewer"),
            ..0 => format!("{} more", -lines),
        };
        let expected = format!(
            "{} lines and {} records up to here",
            checkpoint.line, checkpoint.records
        );
        self.damage(Check::Count, expected, format!("{what} since line {since}"));
        self.missing = missing;
    }

    #[cold]
    fn damage(&mut self, check: Check, expected: impl Into<String>, found: impl Into<String>) {
        if self.report.damages.len() >= self.most {
            self.report.more_damages += 1;
            return;
        }
        self.report.damages.push(Damage {
            line: self.report.lines + 1,
            offset: self.report.bytes,
            check,
            expected: expected.into(),
            found: found.into(),
        });
    }

    /// The report, at the end of the file, whose last bytes have no newline.
    pub(super) fn finish(mut self, rest: &[u8], skipped: u64) -> Report {
        let rest = rest.len() as u64 + skipped;
        if rest > 0 {
            self.report.is_closed = false;
            let found = format!("{rest} bytes without one: a line that was cut short");
            self.damage(Check::End, "a newline at the end of the last line", found);
            self.report.lines += 1;
            self.report.bytes += rest;
        } else if self.report.lines == 0 {
            self.damage(Check::Header, HEADER, "an empty file");
        }
        let report = &mut self.report;
        report.unsealed_lines = report.lines - report.sealed_lines;
        report.position = report.header.as_ref().map(|header| Position {
            file: header.file,
            number: header.number,
            lines: report.lines,
            records: report.records,
            records_before: header.records_before,
            tag: self.tag.to_string(),
        });
        self.report
    }
}
