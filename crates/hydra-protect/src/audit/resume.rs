//! Going on with a chain that is there: only what stands behind its last checkpoint is read.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::control::{self, Checkpoint, Control, Header};
use super::key::{SigningKey, VerifyingKey};
use super::link;
use super::tag::Tag;
use super::writer::{CHECKPOINT_EVERY, ChainWriter, State};
use super::{AuditError, LONGEST_LINE};

/// How much is read from the file's end at first.
const WINDOW: u64 = 256 * 1024;
/// No header is longer.
const LONGEST_HEADER: u64 = 1024;

/// A chain to go on with.
///
/// ```
/// use hydra_protect::audit::{ChainWriter, Resumed, SigningKey};
/// use std::io::Cursor;
///
/// let key = SigningKey::generate()?;
/// let mut file = Vec::new();
/// let mut chain = ChainWriter::begin(key.clone(), None, 0, &mut file)?;
/// chain.record(b"the last line before the power went", 0, &mut file)?;
/// file.extend_from_slice(b"a line that was never wh");
///
/// let resumed = Resumed::from_file(&mut Cursor::new(&file), key, 0)?;
/// assert_eq!((resumed.cut, resumed.unsealed), (24, 2));
/// file.truncate(resumed.keep as usize);
/// file.extend_from_slice(&resumed.append);
/// assert!(file.windows(11).any(|w| w == b"interrupted"));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Debug)]
pub struct Resumed {
    /// What goes on with it, once the file is as the following say.
    pub chain: ChainWriter,
    /// How many bytes of the file are the chain's: what is behind them is to be cut off.
    pub keep: u64,
    /// How many bytes that cuts off: of a line that was never whole.
    pub cut: u64,
    /// How many lines the last writer left without a checkpoint, where it did not close the file.
    pub unsealed: u64,
    /// What is to be appended then; empty where the file was closed. It records the interruption,
    /// and seals what was not.
    pub append: Vec<u8>,
}

impl Resumed {
    /// Reads a file's header and what stands behind its last checkpoint. `None` is never in it: a
    /// file that holds no whole line is to be begun anew.
    ///
    /// # Errors
    /// The file cannot be read, is no audit file, is one of another key, or its end does not
    /// verify: nothing may be chained to it.
    pub fn from_file(
        file: &mut (impl Read + Seek),
        key: impl Into<Arc<SigningKey>>,
        unix_ns: i64,
    ) -> Result<Resumed, AuditError> {
        let key = key.into();
        let public = key.verifying_key();
        let length = file.seek(SeekFrom::End(0))?;
        let (header, first) = header(file, &public)?;
        let anchor = anchor(file, length, &header, &public)?.unwrap_or(Anchor {
            end: first.end,
            lines: 1,
            records: 0,
            tag: first.tag,
            closing: false,
        });
        let tail = read(file, anchor.end, length)?;
        let mut state = State {
            file: header.file,
            number: header.number,
            records_before: header.records_before,
            lines: anchor.lines,
            records: anchor.records,
            tag: anchor.tag,
            sealed: anchor.tag,
            unsealed: u64::from(anchor.lines == 1),
            is_closed: anchor.closing,
        };
        let end = follow(&mut state, &public, &tail, anchor.end)?;
        let mut append = Vec::new();
        let mut keep = anchor.end + end.whole as u64;
        if end.lacks_newline {
            keep = length;
            append.push(b'\n');
        }
        let unsealed = state.unsealed;
        let mut chain = ChainWriter {
            key,
            every: CHECKPOINT_EVERY,
            state,
        };
        if !state.is_closed || keep < length || end.lacks_newline {
            chain.interrupted(length - keep, unix_ns, &mut append);
        }
        Ok(Resumed {
            chain,
            keep,
            cut: length - keep,
            unsealed,
            append,
        })
    }
}

/// Where reading forward begins.
struct Anchor {
    /// The byte behind its line.
    end: u64,
    lines: u64,
    records: u64,
    tag: Tag,
    closing: bool,
}

struct First {
    end: u64,
    tag: Tag,
}

fn header(
    file: &mut (impl Read + Seek),
    public: &VerifyingKey,
) -> Result<(Header, First), AuditError> {
    let beginning = read(file, 0, LONGEST_HEADER)?;
    let end = memchr::memchr(b'\n', &beginning).ok_or(AuditError::NotAnAuditFile)?;
    let link = link::check(Tag::NONE, &beginning[..end]).ok_or(AuditError::NotAnAuditFile)?;
    let tag = link.expected;
    let Some(Control::Header(header)) = link.control else {
        return Err(AuditError::NotAnAuditFile);
    };
    if !link.holds {
        return Err(AuditError::Damaged {
            offset: 0,
            right: 0,
        });
    }
    if header.key != *public.as_bytes() {
        let file = VerifyingKey::from_bytes(&header.key);
        return Err(AuditError::OtherKey {
            file: file.map_or_else(|| "that is none".into(), |key| key.fingerprint()),
            given: public.fingerprint(),
        });
    }
    Ok((
        header,
        First {
            end: end as u64 + 1,
            tag,
        },
    ))
}

/// The last checkpoint whose signature and tag hold.
fn anchor(
    file: &mut (impl Read + Seek),
    length: u64,
    header: &Header,
    public: &VerifyingKey,
) -> Result<Option<Anchor>, AuditError> {
    let mut window = WINDOW;
    loop {
        let start = length.saturating_sub(window);
        let bytes = read(file, start, length)?;
        for at in memchr::memmem::rfind_iter(&bytes, control::CHECKPOINT) {
            if at == 0 || bytes[at - 1] != b'\n' {
                continue;
            }
            let Some(newline) = memchr::memchr(b'\n', &bytes[at..]) else {
                continue;
            };
            if let Some((checkpoint, tag)) = checkpoint(&bytes[at..at + newline], header, public) {
                return Ok(Some(Anchor {
                    end: start + (at + newline) as u64 + 1,
                    lines: checkpoint.line,
                    records: checkpoint.records,
                    tag,
                    closing: checkpoint.closing,
                }));
            }
        }
        if start == 0 {
            return Ok(None);
        }
        window = window.saturating_mul(4);
    }
}

fn checkpoint(line: &[u8], header: &Header, public: &VerifyingKey) -> Option<(Checkpoint, Tag)> {
    let own = super::tag::split(line)?.pieces.concat();
    let Control::Checkpoint(checkpoint, signature) = control::parse(&own)? else {
        return None;
    };
    // By its own word of the line before: where that is not so, following the chain from an
    // earlier one would have shown it, and `hydra verify` does.
    let link = link::check(checkpoint.chain, line)?;
    let is_ours = checkpoint.file == header.file
        && link.holds
        && link.control.is_some()
        && control::is_signed(&own, &signature, public);
    is_ours.then_some((checkpoint, link.expected))
}

struct End {
    /// How many bytes are whole lines.
    whole: usize,
    /// The rest is a line that lacks nothing but its newline.
    lacks_newline: bool,
}

/// Follows the chain from a checkpoint to the end of the file.
fn follow(
    state: &mut State,
    public: &VerifyingKey,
    tail: &[u8],
    offset: u64,
) -> Result<End, AuditError> {
    let mut whole = 0;
    for (right, newline) in (0..).zip(memchr::memchr_iter(b'\n', tail)) {
        if !step(state, public, &tail[whole..newline]) {
            let offset = offset + whole as u64;
            return Err(AuditError::Damaged { offset, right });
        }
        whole = newline + 1;
    }
    let lacks_newline = whole < tail.len() && step(state, public, &tail[whole..]);
    Ok(End {
        whole,
        lacks_newline,
    })
}

/// Takes the next line into the state, if it is right.
fn step(state: &mut State, public: &VerifyingKey, line: &[u8]) -> bool {
    let Some(link) = link::check(state.tag, line).filter(|link| link.holds) else {
        return false;
    };
    let is_checkpoint = match &link.control {
        Some(Control::Checkpoint(checkpoint, signature)) => {
            // Only one that lacks its newline comes here: the others are anchors.
            let fits = checkpoint.file == state.file
                && (checkpoint.line, checkpoint.records) == (state.lines + 1, state.records)
                && (checkpoint.previous, checkpoint.chain) == (state.sealed, state.tag)
                && control::is_signed(&link.split.pieces.concat(), signature, public);
            if !fits {
                return false;
            }
            state.is_closed = checkpoint.closing;
            true
        }
        Some(_) => false,
        None => {
            state.records += 1;
            false
        }
    };
    state.tag = link.expected;
    state.lines += 1;
    if is_checkpoint {
        (state.sealed, state.unsealed) = (state.tag, 0);
    } else {
        (state.unsealed, state.is_closed) = (state.unsealed + 1, false);
    }
    true
}

fn read(file: &mut (impl Read + Seek), from: u64, to: u64) -> Result<Vec<u8>, AuditError> {
    let length = to.saturating_sub(from);
    if length > 16 * LONGEST_LINE as u64 {
        // Not read into memory only to find that nothing there is ours.
        let error = "no checkpoint in the last 2 GiB of the file";
        return Err(io::Error::new(io::ErrorKind::InvalidData, error).into());
    }
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
