//! The gate: one pass over the text by its structure, which asks a detector only where its anchor
//! stands. A text without an anchor costs a few masks for each 64 bytes and allocates nothing.

use crate::context;
use crate::detect::Kind;
use crate::keys::Keys;
use crate::masks::{Block, WIDTH};
use crate::span::Span;

/// What the detectors of one redactor look for.
pub(crate) struct Rules {
    pub(crate) keys: Keys,
    /// Bit `Kind as u32` is set for each detector that is on.
    pub(crate) enabled: u32,
}

impl Rules {
    pub(crate) fn is_on(&self, kind: Kind) -> bool {
        self.enabled >> (kind as u32) & 1 != 0
    }
}

/// Finds everything that `rules` name in `text`; the spans are neither sorted nor merged.
pub(crate) fn scan(rules: &Rules, text: &[u8], spans: &mut Vec<Span>) {
    let mut done = 0;
    for start in (0..text.len()).step_by(WIDTH) {
        let block = Block::of(text, start);
        let mut separators = block.separators;
        while separators != 0 {
            let at = start + separators.trailing_zeros() as usize;
            separators &= separators - 1;
            if at < done {
                continue;
            }
            if let Some(span) = context::after_separator(text, at, &rules.keys)
                && rules.is_on(span.kind)
            {
                done = span.end;
                spans.push(span);
            }
        }
    }
}
