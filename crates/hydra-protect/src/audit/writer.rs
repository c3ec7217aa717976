//! Sealing: lines in, bytes to write out.

use std::sync::Arc;

use super::control::{self, Checkpoint, FileId, Header, Position, Removal};
use super::key::{self, SigningKey};
use super::tag::{self, Origin, Tag};
use super::{AuditError, LONGEST_LINE, time};

/// How many records stand between two checkpoints at most, unless set otherwise.
pub const CHECKPOINT_EVERY: u64 = 1000;

/// Chains lines: takes them one by one and gives the bytes that belong into the file. It opens and
/// writes nothing itself.
///
/// Whoever writes the bytes must write them all, in order. Where that failed and the file was cut
/// back to what it was, [`ChainWriter::rewind`] takes the chain back, too.
///
/// Times are nanoseconds since 1970-01-01 UTC.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, SigningKey, Verdict, VerifyOptions, verify};
///
/// let key = SigningKey::generate()?;
/// let public = key.verifying_key();
/// let mut file = Vec::new();
/// let mut chain = ChainWriter::begin(key, None, 1_795_262_736_000_000_000, &mut file)?;
/// chain.record(br#"{"user":"ada","event":"login"}"#, 0, &mut file)?;
/// chain.record(b"2026-11-21 AUTH - logged in", 0, &mut file)?;
/// chain.close(1_795_262_737_000_000_000, &mut file);
///
/// let report = verify(&file[..], Some(&public), &VerifyOptions::default())?;
/// assert_eq!((report.verdict(), report.records), (Verdict::Whole, 2));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChainWriter {
    pub(super) key: Arc<SigningKey>,
    pub(super) every: u64,
    pub(super) state: State,
}

/// Where a chain stands; see [`ChainWriter::mark`].
///
/// ```
/// use hydra_protect::audit::{ChainWriter, SigningKey};
/// let mut bytes = Vec::new();
/// let mut chain = ChainWriter::begin(SigningKey::generate()?, None, 0, &mut bytes)?;
/// let (mark, before) = (chain.mark(), chain.position());
/// chain.record(b"a disk that was full took nothing of this", 0, &mut bytes)?;
/// chain.rewind(mark);
/// assert_eq!(chain.position(), before);
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mark(State);

#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) file: FileId,
    pub(super) number: u64,
    pub(super) records_before: u64,
    pub(super) lines: u64,
    pub(super) records: u64,
    /// Of the last line.
    pub(super) tag: Tag,
    /// Of the last checkpoint, or the header.
    pub(super) sealed: Tag,
    /// Lines since then.
    pub(super) unsealed: u64,
    pub(super) is_closed: bool,
}

impl ChainWriter {
    /// Begins a file; its header goes to `out`. `previous` is where the file before it ended, if it
    /// is the next file of a chain.
    ///
    /// # Errors
    /// The system has no random numbers for the file's name.
    pub fn begin(
        key: impl Into<Arc<SigningKey>>,
        previous: Option<&Position>,
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> Result<ChainWriter, AuditError> {
        let key = key.into();
        let mut file = [0; 16];
        key::fill(&mut file)?;
        let header = Header {
            file: FileId(file),
            number: previous.map_or(1, |previous| previous.number + 1),
            time: time::text(unix_ns),
            key: *key.verifying_key().as_bytes(),
            records_before: previous.map_or(0, |p| p.records_before + p.records),
            previous: previous.and_then(|previous| {
                Some((
                    previous.file,
                    previous.lines,
                    Tag::parse(previous.tag.as_bytes())?,
                ))
            }),
        };
        let state = State {
            file: header.file,
            number: header.number,
            records_before: header.records_before,
            lines: 0,
            records: 0,
            tag: Tag::NONE,
            sealed: Tag::NONE,
            unsealed: 0,
            is_closed: false,
        };
        let mut writer = ChainWriter {
            key,
            every: CHECKPOINT_EVERY,
            state,
        };
        writer.control(&header.render(), out);
        writer.state.sealed = writer.state.tag;
        Ok(writer)
    }

    /// How many records stand between two checkpoints at most; [`CHECKPOINT_EVERY`] unless set, at
    /// least 1.
    #[must_use]
    pub fn checkpoint_every(mut self, records: u64) -> ChainWriter {
        self.every = records.max(1);
        self
    }

    /// Seals a record, a line with or without its newline, and, where it is time for one, adds a
    /// checkpoint.
    ///
    /// # Errors
    /// The line holds a newline or is longer than [`LONGEST_LINE`]; nothing was added then.
    #[inline]
    pub fn record(
        &mut self,
        line: &[u8],
        unix_ns: i64,
        out: &mut Vec<u8>,
    ) -> Result<(), AuditError> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.len() > LONGEST_LINE {
            return Err(AuditError::Line(
                "a record of more than 128 MiB cannot be chained",
            ));
        }
        if memchr::memchr(b'\n', line).is_some() {
            return Err(AuditError::Line(
                "a record with a newline in it is two; each is sealed alone",
            ));
        }
        self.line(Origin::Program, line, out);
        self.state.records += 1;
        // The header, behind which there is no checkpoint yet, is not counted.
        let header = u64::from(self.state.unsealed == self.state.lines);
        if self.state.unsealed - header >= self.every {
            self.checkpoint(unix_ns, out);
        }
        Ok(())
    }

    /// Adds a checkpoint, if there is anything behind the last one.
    pub fn checkpoint(&mut self, unix_ns: i64, out: &mut Vec<u8>) {
        if self.state.unsealed > 0 {
            self.seal(false, unix_ns, out);
        }
    }

    /// Adds the checkpoint that says that the writer ended here, unless it is there. A chain goes on
    /// behind it when the file is opened again.
    pub fn close(&mut self, unix_ns: i64, out: &mut Vec<u8>) {
        if !self.state.is_closed {
            self.seal(true, unix_ns, out);
        }
    }

    /// Records that a rotated file was removed because its time had come.
    pub fn removed(&mut self, removal: &Removal, unix_ns: i64, out: &mut Vec<u8>) {
        self.control(&control::render_removed(&time::text(unix_ns), removal), out);
    }

    pub(super) fn interrupted(&mut self, cut: u64, unix_ns: i64, out: &mut Vec<u8>) {
        let unsealed = self.state.unsealed;
        self.control(
            &control::render_interrupted(&time::text(unix_ns), unsealed, cut),
            out,
        );
        self.checkpoint(unix_ns, out);
    }

    /// Where the chain stands, to come back to when what follows could not be written.
    #[inline]
    pub fn mark(&self) -> Mark {
        Mark(self.state)
    }

    /// Goes back to a mark of this writer.
    pub fn rewind(&mut self, mark: Mark) {
        self.state = mark.0;
    }

    /// How many lines stand behind the last checkpoint.
    #[inline]
    pub fn unsealed(&self) -> u64 {
        self.state.unsealed
    }

    /// Whether the last line is a closing checkpoint.
    pub fn is_closed(&self) -> bool {
        self.state.is_closed
    }

    /// Where the file ends now: for the header of the next one.
    pub fn position(&self) -> Position {
        let State {
            file,
            number,
            lines,
            records,
            records_before,
            tag,
            ..
        } = self.state;
        Position {
            file,
            number,
            lines,
            records,
            records_before,
            tag: tag.to_string(),
        }
    }

    #[inline]
    fn line(&mut self, origin: Origin, line: &[u8], out: &mut Vec<u8>) {
        let state = &mut self.state;
        let (body, end) = line.split_at(line.len());
        state.tag = state.tag.next(origin, [body, end]);
        tag::append(out, line, state.tag);
        state.lines += 1;
        state.unsealed += 1;
        state.is_closed = false;
    }

    fn control(&mut self, line: &str, out: &mut Vec<u8>) {
        self.line(Origin::Chain, line.as_bytes(), out);
    }

    #[cold]
    fn seal(&mut self, closing: bool, unix_ns: i64, out: &mut Vec<u8>) {
        let checkpoint = Checkpoint {
            file: self.state.file,
            line: self.state.lines + 1,
            records: self.state.records,
            time: time::text(unix_ns),
            closing,
            previous: self.state.sealed,
            chain: self.state.tag,
            key: self.key.verifying_key().id(),
        };
        let line = checkpoint.render(&self.key);
        self.control(&line, out);
        let state = &mut self.state;
        (state.sealed, state.unsealed, state.is_closed) = (state.tag, 0, closing);
    }
}
