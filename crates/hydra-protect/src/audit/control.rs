//! The lines of the chain's own: header, checkpoint, and what happened to the file.
//!
//! They are JSON objects with their members in one order and one spelling, in a file of any format,
//! and so are read by a cursor that accepts nothing else.

use std::fmt::Write as _;

use super::key::{SigningKey, VerifyingKey};
use super::tag::{TAG_TEXT, Tag};
use super::time;
use crate::base64::{self, URL};

/// How every line of the chain's own begins.
pub(super) const MARK: &[u8] = b"{\"hydra_audit\":\"";
/// How a checkpoint begins.
pub(super) const CHECKPOINT: &[u8] = b"{\"hydra_audit\":\"checkpoint\",";
/// What is signed begins with this, so that no other signature of the key is one of a checkpoint.
const DOMAIN: &[u8] = b"hydra-audit checkpoint 1\0";
const SIGNATURE: &str = ",\"signature\":\"";

/// The random name that a file is known by in its own lines, and in the header of the next one.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, SigningKey};
/// let key = SigningKey::generate()?;
/// let mut bytes = Vec::new();
/// let chain = ChainWriter::begin(key, None, 0, &mut bytes)?;
/// assert_eq!(chain.position().file.to_string().len(), 22);
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub(super) [u8; 16]);

impl std::fmt::Display for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64::text(&self.0))
    }
}

impl std::fmt::Debug for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Where a file ends: what the header of the next file says of it.
///
/// Two of them are equal when they are of one file and one state of it.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, SigningKey};
/// let mut bytes = Vec::new();
/// let mut chain = ChainWriter::begin(SigningKey::generate()?, None, 0, &mut bytes)?;
/// chain.record(b"logged in", 0, &mut bytes)?;
/// let position = chain.position();
/// assert_eq!((position.number, position.lines, position.records), (1, 2, 1));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The file.
    pub file: FileId,
    /// Which file of its chain it is, from 1.
    pub number: u64,
    /// Its lines, the chain's own too.
    pub lines: u64,
    /// The records in it.
    pub records: u64,
    /// The records in the files before it.
    pub records_before: u64,
    /// The tag of its last line.
    pub tag: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) file: FileId,
    pub(super) number: u64,
    pub(super) time: String,
    pub(super) key: [u8; 32],
    pub(super) records_before: u64,
    /// Of the file before: its name, its lines, its last tag.
    pub(super) previous: Option<(FileId, u64, Tag)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checkpoint {
    pub(super) file: FileId,
    /// Its own number among the lines of the file, from 1.
    pub(super) line: u64,
    /// The records before it.
    pub(super) records: u64,
    pub(super) time: String,
    /// Whether the writer closed the file.
    pub(super) closing: bool,
    /// The tag of the checkpoint before it, or of the header.
    pub(super) previous: Tag,
    /// The tag of the line before it.
    pub(super) chain: Tag,
    pub(super) key: [u8; 12],
}

/// A rotated file that was removed because its time had come.
///
/// ```
/// # use hydra_protect::audit::{ChainWriter, Removal, SigningKey, verify, VerifyOptions};
/// # let mut bytes = Vec::new();
/// # let mut chain = ChainWriter::begin(SigningKey::generate()?, None, 0, &mut bytes)?;
/// # let file = chain.position().file;
/// let removal = Removal { file, number: 1, records: 5000, retention_seconds: 31_536_000 };
/// chain.removed(&removal, 0, &mut bytes);
/// chain.close(0, &mut bytes);
/// let report = verify(&bytes[..], None, &VerifyOptions::default())?;
/// assert_eq!(report.removals, [removal]);
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The file.
    pub file: FileId,
    /// Which file of the chain it was.
    pub number: u64,
    /// The records that were in it.
    pub records: u64,
    /// How long it had to be kept, in seconds.
    pub retention_seconds: u64,
}

impl Removal {
    /// Of a file, by its first line and that of the file behind it in its chain, both without their
    /// newlines. `None`: the one is not the header of a file, or the other not of the file behind it.
    ///
    /// ```
    /// use hydra_protect::audit::{ChainWriter, Removal, SigningKey};
    /// use std::{sync::Arc, time::Duration};
    /// let key = Arc::new(SigningKey::generate()?);
    /// let (mut first, mut second) = (Vec::new(), Vec::new());
    /// let mut chain = ChainWriter::begin(Arc::clone(&key), None, 0, &mut first)?;
    /// ChainWriter::begin(key, Some(&chain.position()), 0, &mut second)?;
    /// let line = |file: &[u8]| file.split(|b| *b == b'\n').next().map(<[u8]>::to_vec).unwrap_or_default();
    /// let removal = Removal::of(&line(&first), &line(&second), Duration::from_secs(60));
    /// assert_eq!(removal.expect("they follow each other").number, 1);
    /// # Ok::<(), hydra_protect::audit::AuditError>(())
    /// ```
    pub fn of(first: &[u8], next: &[u8], kept_for: std::time::Duration) -> Option<Removal> {
        let header = |line: &[u8]| match parse(&super::tag::split(line)?.pieces.concat())? {
            Control::Header(header) => Some(header),
            _ => None,
        };
        let (first, next) = (header(first)?, header(next)?);
        (next.previous.as_ref()?.0 == first.file).then_some(Removal {
            file: first.file,
            number: first.number,
            records: next.records_before.saturating_sub(first.records_before),
            retention_seconds: kept_for.as_secs(),
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Control {
    Header(Header),
    Checkpoint(Checkpoint, Box<[u8; 64]>),
    /// The writer before ended without closing the file: so many lines were not sealed yet, and so
    /// many bytes of a line that was never whole were cut off.
    Interrupted {
        time: String,
        unsealed: u64,
        cut: u64,
    },
    Removed(String, Removal),
}

impl Header {
    pub(super) fn render(&self) -> String {
        let mut line = format!(
            "{{\"hydra_audit\":\"header\",\"version\":1,\"file\":\"{}\",\"number\":{},\"time\":\"{}\",\
             \"key\":\"{}\",\"records_before\":{},\"previous\":",
            self.file,
            self.number,
            self.time,
            base64::text(&self.key),
            self.records_before,
        );
        match &self.previous {
            None => line.push_str("null}"),
            Some((file, lines, tag)) => {
                // Writing to a String does not fail.
                let _ = write!(
                    line,
                    "{{\"file\":\"{file}\",\"lines\":{lines},\"tag\":\"{tag}\"}}}}"
                );
            }
        }
        line
    }
}

impl Checkpoint {
    pub(super) fn render(&self, key: &SigningKey) -> String {
        let mut line = format!(
            "{{\"hydra_audit\":\"checkpoint\",\"file\":\"{}\",\"line\":{},\"records\":{},\"time\":\"{}\",\
             \"closing\":{},\"previous\":\"{}\",\"chain\":\"{}\",\"key\":\"{}\"",
            self.file,
            self.line,
            self.records,
            self.time,
            self.closing,
            self.previous,
            self.chain,
            base64::text(&self.key),
        );
        let signature = key.sign(&[DOMAIN, line.as_bytes()].concat());
        line.push_str(SIGNATURE);
        line.push_str(&base64::text(&signature));
        line.push_str("\"}");
        line
    }
}

pub(super) fn render_interrupted(time: &str, unsealed: u64, cut: u64) -> String {
    format!(
        "{{\"hydra_audit\":\"interrupted\",\"time\":\"{time}\",\"unsealed\":{unsealed},\"cut\":{cut}}}"
    )
}

pub(super) fn render_removed(time: &str, removal: &Removal) -> String {
    let Removal {
        file,
        number,
        records,
        retention_seconds,
    } = removal;
    format!(
        "{{\"hydra_audit\":\"removed\",\"time\":\"{time}\",\"file\":\"{file}\",\"number\":{number},\
         \"records\":{records},\"retention_seconds\":{retention_seconds}}}"
    )
}

/// Whether a line, with or without its newline, looks like one of the chain's own: header, checkpoint,
/// or what happened to the file. A record can look like one, too; only verifying tells.
///
/// ```
/// # use hydra_protect::audit::{ChainWriter, SigningKey};
/// let mut file = Vec::new();
/// ChainWriter::begin(SigningKey::generate()?, None, 0, &mut file)?;
/// assert!(hydra_protect::audit::is_of_chain(&file));
/// assert!(!hydra_protect::audit::is_of_chain(b"{\"level\":\"INFO\"}"));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
pub fn is_of_chain(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.starts_with(MARK)
        && super::tag::split(line).is_some_and(|split| parse(&split.pieces.concat()).is_some())
}

/// Whether the signature of a checkpoint's line, without its tag, is the key's.
pub(super) fn is_signed(line: &[u8], signature: &[u8; 64], key: &VerifyingKey) -> bool {
    let tail = SIGNATURE.len() + base64::length(64) + "\"}".len();
    let signed = line.len().checked_sub(tail).and_then(|end| line.get(..end));
    signed.is_some_and(|signed| key.holds(&[DOMAIN, signed].concat(), signature))
}

/// Reads a line of the chain's own, without its tag. `None`: it is none.
pub(super) fn parse(line: &[u8]) -> Option<Control> {
    let mut cursor = Cursor(line.strip_prefix(MARK)?);
    let control = match cursor.until_quote()? {
        b"header" => Control::Header(header(&mut cursor)?),
        b"checkpoint" => {
            let checkpoint = checkpoint(&mut cursor)?;
            let signature = cursor.text(",\"signature\":\"")?;
            Control::Checkpoint(checkpoint, Box::new(base64::decode(URL, signature)?))
        }
        b"interrupted" => Control::Interrupted {
            time: cursor.time()?,
            unsealed: cursor.number(",\"unsealed\":")?,
            cut: cursor.number(",\"cut\":")?,
        },
        b"removed" => Control::Removed(
            cursor.time()?,
            Removal {
                file: cursor.file(",\"file\":\"")?,
                number: cursor.number(",\"number\":")?,
                records: cursor.number(",\"records\":")?,
                retention_seconds: cursor.number(",\"retention_seconds\":")?,
            },
        ),
        _ => return None,
    };
    (cursor.0 == b"}").then_some(control)
}

fn header(cursor: &mut Cursor<'_>) -> Option<Header> {
    cursor.skip(",\"version\":1")?;
    Some(Header {
        file: cursor.file(",\"file\":\"")?,
        number: cursor.number(",\"number\":")?,
        time: cursor.time()?,
        key: base64::decode(URL, cursor.text(",\"key\":\"")?)?,
        records_before: cursor.number(",\"records_before\":")?,
        previous: {
            cursor.skip(",\"previous\":")?;
            if cursor.skip("null").is_some() {
                None
            } else {
                let previous = (
                    cursor.file("{\"file\":\"")?,
                    cursor.number(",\"lines\":")?,
                    cursor.tag(",\"tag\":\"")?,
                );
                cursor.skip("}")?;
                Some(previous)
            }
        },
    })
}

fn checkpoint(cursor: &mut Cursor<'_>) -> Option<Checkpoint> {
    Some(Checkpoint {
        file: cursor.file(",\"file\":\"")?,
        line: cursor.number(",\"line\":")?,
        records: cursor.number(",\"records\":")?,
        time: cursor.time()?,
        closing: {
            cursor.skip(",\"closing\":")?;
            let closing = cursor.skip("true").is_some();
            if !closing {
                cursor.skip("false")?;
            }
            closing
        },
        previous: cursor.tag(",\"previous\":\"")?,
        chain: cursor.tag(",\"chain\":\"")?,
        key: base64::decode(URL, cursor.text(",\"key\":\"")?)?,
    })
}

/// What is left of a line.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn skip(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal.as_bytes())?;
        Some(())
    }

    fn until_quote(&mut self) -> Option<&'a [u8]> {
        let end = memchr::memchr(b'"', self.0)?;
        let text = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Some(text)
    }

    fn text(&mut self, name: &str) -> Option<&'a [u8]> {
        self.skip(name)?;
        self.until_quote()
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        self.skip(name)?;
        let digits = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at(digits);
        // One spelling for each number.
        if digits.len() > 1 && digits[0] == b'0' {
            return None;
        }
        self.0 = rest;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn file(&mut self, name: &str) -> Option<FileId> {
        base64::decode(URL, self.text(name)?).map(FileId)
    }

    fn tag(&mut self, name: &str) -> Option<Tag> {
        let text = self.text(name)?;
        (text.len() == TAG_TEXT).then(|| Tag::parse(text))?
    }

    fn time(&mut self) -> Option<String> {
        let text = self.text(",\"time\":\"")?;
        let shape = text
            .iter()
            .map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte });
        if !shape.eq(time::text(0)
            .bytes()
            .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte }))
        {
            return None;
        }
        String::from_utf8(text.to_vec()).ok()
    }
}
