//! The tags that chain lines, and where they stand in a line.
//!
//! ```text
//! tag = first 24 bytes of SHA-256( tag of the line before | kind | length | line without its tag )
//!                                  24 bytes                 1      7        as it is
//! ```
//!
//! There is no number of the line in it: its place follows from the tag before, and a verifier finds
//! its way again right behind a line that was taken out. 24 bytes are 192 bits: who can choose what
//! is logged would need 2^96 tries for two lines with one tag. They are 32 characters, without a bit
//! to spare, so that no other text stands for the same tag.

use std::ops::Range;

use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};

use crate::base64::{self, URL};

/// The bytes of a tag.
pub(super) const TAG: usize = 24;
/// The characters of a tag.
pub(super) const TAG_TEXT: usize = base64::length(TAG);

/// What stands before the tag in a JSON object, and in any other line.
const IN_OBJECT: &[u8] = b",\"audit\":\"";
/// An object without members has none to set a comma behind.
const EMPTY_OBJECT: &[u8] = b"{\"audit\":\"";
const IN_TEXT: &[u8] = b" audit=";

/// The blocks of a line that is hashed at once.
const FEW: usize = 8;
/// What ends a hashed text at least: a bit, and its length (FIPS 180-4, section 5.1.1).
const END: usize = 9;
/// What a hash begins with (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// How many bytes a tag and what goes with it take in a JSON object, the longer of the two forms.
pub(super) const LONGEST: usize = IN_OBJECT.len() + TAG_TEXT + 1;

/// Who wrote a line: a record of the program's can look like one of ours, but never be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Program = b'r' as isize,
    Chain = b'c' as isize,
}

/// A link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(pub(super) [u8; TAG]);

impl Tag {
    /// What stands before the first line.
    pub(super) const NONE: Tag = Tag([0; TAG]);

    /// The tag of the line behind this one; `pieces` are the line, without tag and newline.
    #[inline]
    pub(super) fn next(self, origin: Origin, pieces: [&[u8]; 2]) -> Tag {
        let length = (pieces[0].len() + pieces[1].len()) as u64;
        let mut head = [0; 32];
        head[..TAG].copy_from_slice(&self.0);
        head[TAG..].copy_from_slice(&length.to_le_bytes());
        // The highest byte of the length, which no line's has.
        head[31] = origin as u8;
        let mut tag = [0; TAG];
        tag.copy_from_slice(&digest([&head, pieces[0], pieces[1]])[..TAG]);
        Tag(tag)
    }

    pub(super) fn text(self) -> [u8; TAG_TEXT] {
        let mut text = [0; TAG_TEXT];
        // Of a length that is known ahead: a quarter of the time of the general way.
        let (threes, _) = self.0.as_chunks();
        let (fours, _) = text.as_chunks_mut();
        for (&[a, b, c], four) in threes.iter().zip(fours) {
            let number = u32::from_be_bytes([0, a, b, c]);
            *four = [18, 12, 6, 0].map(|shift| URL[(number >> shift) as usize & 63]);
        }
        text
    }

    pub(super) fn parse(text: &[u8]) -> Option<Tag> {
        base64::decode(URL, text).map(Tag)
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64::text(&self.0))
    }
}

/// SHA-256 of the pieces.
///
/// Most lines fit into a few blocks, which are put together here and compressed at once: 60 ns less
/// a line than by way of the hasher's own buffer, bench `audit` of this crate.
#[inline]
fn digest(pieces: [&[u8]; 3]) -> [u8; 32] {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut blocks = [[0; 64]; FEW];
    let used = (length + END).div_ceil(64);
    let Some(blocks) = blocks.get_mut(..used) else {
        return long_digest(pieces);
    };
    let bytes = blocks.as_flattened_mut();
    let mut at = 0;
    for piece in pieces {
        bytes[at..at + piece.len()].copy_from_slice(piece);
        at += piece.len();
    }
    bytes[at] = 0x80;
    let bits = bytes.len() - 8;
    bytes[bits..].copy_from_slice(&(8 * length as u64).to_be_bytes());
    let mut state = INITIAL;
    compress256(&mut state, blocks);
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[cold]
fn long_digest(pieces: [&[u8]; 3]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    hash.finalize().into()
}

fn is_object(line: &[u8]) -> bool {
    line.len() >= 2 && line[0] == b'{' && line[line.len() - 1] == b'}'
}

/// Appends a line with its tag, and a newline.
#[inline]
pub(super) fn append(out: &mut Vec<u8>, line: &[u8], tag: Tag) {
    out.reserve(line.len() + LONGEST + 1);
    if is_object(line) {
        if line.len() == 2 {
            out.extend_from_slice(EMPTY_OBJECT);
        } else {
            out.extend_from_slice(&line[..line.len() - 1]);
            out.extend_from_slice(IN_OBJECT);
        }
        out.extend_from_slice(&tag.text());
        out.extend_from_slice(b"\"}\n");
    } else {
        out.extend_from_slice(line);
        out.extend_from_slice(IN_TEXT);
        out.extend_from_slice(&tag.text());
        out.push(b'\n');
    }
}

/// A line taken apart: its own pieces, and where the text of its tag stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split<'a> {
    pub(super) pieces: [&'a [u8]; 2],
    pub(super) tag: &'a [u8],
}

/// Takes a line without its newline apart, the one way that [`append`] puts together.
#[inline]
pub(super) fn split(line: &[u8]) -> Option<Split<'_>> {
    if line.first() == Some(&b'{') && line.ends_with(b"\"}") {
        let tag = place(line, 2)?;
        let before = &line[..tag.start];
        let own = match before.strip_suffix(IN_OBJECT) {
            None if before == EMPTY_OBJECT => b"{",
            None | Some(b"{") => return None,
            Some(own) => own,
        };
        let pieces = [own, &line[line.len() - 1..]];
        return Some(Split {
            pieces,
            tag: &line[tag],
        });
    }
    let tag = place(line, 0)?;
    let own = line[..tag.start].strip_suffix(IN_TEXT)?;
    let pieces = [own, &line[..0]];
    (!is_object(own)).then_some(Split {
        pieces,
        tag: &line[tag],
    })
}

fn place(line: &[u8], behind: usize) -> Option<Range<usize>> {
    let end = line.len().checked_sub(behind)?;
    Some(end.checked_sub(TAG_TEXT)?..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealed(line: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        append(&mut out, line, Tag([7; TAG]));
        assert!(out.len() <= line.len() + 48 + 1);
        assert_eq!(out.pop(), Some(b'\n'));
        out
    }

    #[test]
    fn a_tag_stands_inside_an_object_and_behind_any_other_line() {
        let tag = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
        for (line, expected) in [
            ("{\"a\":1}", format!("{{\"a\":1,\"audit\":\"{tag}\"}}")),
            ("{}", format!("{{\"audit\":\"{tag}\"}}")),
            ("logged in", format!("logged in audit={tag}")),
            ("", format!(" audit={tag}")),
            ("{", format!("{{ audit={tag}")),
        ] {
            assert_eq!(
                String::from_utf8(sealed(line.as_bytes())).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn short_and_long_lines_have_the_same_hash() {
        let text: Vec<u8> = (0..700u32).map(|i| (i * 7 % 251) as u8).collect();
        for length in 0..text.len() {
            let (first, second) = text[..length].split_at(length / 3);
            let pieces = [&[9; 32][..], first, second];
            assert_eq!(digest(pieces), long_digest(pieces), "{length}");
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_comes_apart_and_nothing_else_does(
            line in r#"(\{|\}|"|,|,"audit":"| audit=|[a-z]{0,3}|[A-Za-z0-9_-]{32}){0,6}"#,
        ) {
            let sealed = sealed(line.as_bytes());
            let split = split(&sealed).unwrap();
            prop_assert_eq!(split.pieces.concat(), line.as_bytes());
            prop_assert_eq!(Tag::parse(split.tag), Some(Tag([7; TAG])));
            // Any line that comes apart is the one that putting together makes.
            if let Some(split) = super::split(line.as_bytes())
                && let Some(tag) = Tag::parse(split.tag)
            {
                let mut again = Vec::new();
                append(&mut again, &split.pieces.concat(), tag);
                again.pop();
                prop_assert_eq!(again, line.as_bytes());
            }
        }
    }
}
