//! Whether a line follows from the one before it.

use super::control::{self, Control};
use super::tag::{Origin, Split, Tag, split};

/// A line that was taken apart and held against its tag.
pub(super) struct Link<'a> {
    pub(super) split: Split<'a>,
    /// The tag it should have.
    pub(super) expected: Tag,
    /// Whether it has it.
    pub(super) holds: bool,
    /// What it says, if it is one of the chain's own; that is certain where it holds.
    pub(super) control: Option<Control>,
}

impl Link<'_> {
    /// The tag that the next line follows from: the one in the line, so that one wrong line does
    /// not make all that follow it wrong.
    pub(super) fn tag(&self) -> Tag {
        if self.holds {
            return self.expected;
        }
        Tag::parse(self.split.tag).unwrap_or(self.expected)
    }
}

/// The tag of a line that is one of the program's records and holds: what nearly every line is.
#[inline]
pub(super) fn record(before: Tag, line: &[u8]) -> Option<Tag> {
    if line.starts_with(control::MARK) {
        return None;
    }
    let split = split(line)?;
    let expected = before.next(Origin::Program, split.pieces);
    (split.tag == expected.text()).then_some(expected)
}

/// Takes a line without its newline apart and holds it against the tag before. `None`: it has no tag.
#[inline]
pub(super) fn check(before: Tag, line: &[u8]) -> Option<Link<'_>> {
    let split = split(line)?;
    let matches = |tag: Tag| split.tag == tag.text();
    if line.starts_with(control::MARK)
        && let Some(control) = control::parse(&split.pieces.concat())
    {
        let expected = before.next(Origin::Chain, split.pieces);
        if matches(expected) {
            return Some(Link {
                split,
                expected,
                holds: true,
                control: Some(control),
            });
        }
        // A record of the program's may look like one of ours: then it has a record's tag.
        let as_record = before.next(Origin::Program, split.pieces);
        if !matches(as_record) {
            return Some(Link {
                split,
                expected,
                holds: false,
                control: Some(control),
            });
        }
        return Some(Link {
            split,
            expected: as_record,
            holds: true,
            control: None,
        });
    }
    let expected = before.next(Origin::Program, split.pieces);
    let holds = matches(expected);
    Some(Link {
        split,
        expected,
        holds,
        control: None,
    })
}
