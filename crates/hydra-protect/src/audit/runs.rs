//! Runs of records that hold, found on two cores at a time.
//!
//! A line is held against the tag that stands in the line before, so a piece of a file can be
//! looked at before it is known what stands in front of it. What is found there counts only if that
//! turns out to be so.

use std::thread;

use super::link;
use super::tag::{Tag, split};

/// A shorter piece is not worth a thread.
const WORTH_A_THREAD: usize = 512 * 1024;

/// Lines one behind the other.
pub(super) struct Run<'a> {
    pub(super) text: &'a [u8],
    pub(super) lines: u64,
    /// Of records that hold: the tags before the first and of the last. None of a single line that
    /// is something else.
    pub(super) tags: Option<(Tag, Tag)>,
}

/// The runs of whole lines that follow a tag.
pub(super) fn find(before: Tag, text: &[u8]) -> Vec<Run<'_>> {
    let middle = memchr::memchr(b'\n', &text[text.len() / 2..]);
    let middle = middle.map_or(text.len(), |newline| text.len() / 2 + newline + 1);
    let (first, second) = text.split_at(middle);
    let start = first[..first.len().saturating_sub(1)]
        .rsplit(|byte| *byte == b'\n')
        .next()
        .and_then(|line| Tag::parse(split(line)?.tag));
    let two = || thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let Some(start) = start.filter(|_| text.len() >= WORTH_A_THREAD && two()) else {
        return on_one_core(before, text);
    };
    thread::scope(|scope| {
        let second = thread::Builder::new().spawn_scoped(scope, move || on_one_core(start, second));
        let mut runs = on_one_core(before, first);
        // Without a thread to be had, or should it have panicked, what is not found is looked at
        // line by line.
        let second = second.ok().and_then(|thread| thread.join().ok());
        match second {
            Some(second) => runs.extend(second),
            None => runs.extend(on_one_core(start, &text[middle..])),
        }
        runs
    })
}

fn on_one_core(before: Tag, text: &[u8]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let (mut tag, mut at) = (before, 0);
    // The beginning of the run under way.
    let (mut start, mut first, mut lines) = (0, before, 0);
    for newline in memchr::memchr_iter(b'\n', text) {
        let line = &text[at..newline];
        if let Some(next) = link::record(tag, line) {
            (tag, at, lines) = (next, newline + 1, lines + 1);
            continue;
        }
        if lines > 0 {
            let text = &text[start..at];
            runs.push(Run {
                text,
                lines,
                tags: Some((first, tag)),
            });
        }
        tag = link::check(tag, line).map_or(tag, |link| link.tag());
        at = newline + 1;
        runs.push(Run {
            text: &text[newline - line.len()..at],
            lines: 1,
            tags: None,
        });
        (start, first, lines) = (at, tag, 0);
    }
    if lines > 0 {
        runs.push(Run {
            text: &text[start..at],
            lines,
            tags: Some((first, tag)),
        });
    }
    runs
}
