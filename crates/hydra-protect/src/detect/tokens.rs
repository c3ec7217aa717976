//! Vendors' tokens: what the table of [`token_table`](super::token_table) describes, read from the
//! word that it starts with.

use std::ops::Range;

use super::bytes::{before, byte, has, run_end, run_start};
use super::entropy::looks_random;
use super::token_table::{Check, HEAD, Piece, RULES, Rule};
use crate::span::Span;

/// The first bytes, in lower case, of everything that [`at_word`] knows: a word that starts with
/// none of them needs no call.
pub(crate) const HEADS: [[u8; HEAD]; RULES.len()] = heads();

const fn heads() -> [[u8; HEAD]; RULES.len()] {
    let mut heads = [[0; HEAD]; RULES.len()];
    let mut rule = 0;
    while rule < RULES.len() {
        let mut i = 0;
        while i < HEAD {
            heads[rule][i] = RULES[rule].prefix[i].to_ascii_lowercase();
            i += 1;
        }
        rule += 1;
    }
    heads
}

/// A vendor's token that starts with the word at `at`.
pub(crate) fn at_word(text: &[u8], at: usize) -> Option<Span> {
    if is_glued(text, at) {
        return None;
    }
    let first = byte(text, at);
    // The longest wins: `sk-ant-` is one of `sk-`, too.
    RULES
        .iter()
        .filter(|rule| rule.prefix.first() == Some(&first) && has(text, at, rule.prefix))
        .filter_map(|rule| Some(Span::new(matched(text, at, rule)?, rule.kind)))
        .max_by_key(|span| span.end)
}

/// A token in the middle of something that is as random as itself is a piece of that.
fn is_glued(text: &[u8], at: usize) -> bool {
    before(text, at).is_ascii_alphanumeric()
}

fn matched(text: &[u8], at: usize, rule: &Rule) -> Option<Range<usize>> {
    let mut end = at + rule.prefix.len();
    let body = end;
    let mut last = None;
    for piece in rule.body {
        match *piece {
            Piece::Run { class, least, most } => {
                let stop = run_end(text, end, usize::from(most), |b| class.holds(b));
                if stop - end < usize::from(least) {
                    return None;
                }
                end = stop;
                last = Some(class);
            }
            Piece::Text(literal) => {
                if !has(text, end, literal) {
                    return None;
                }
                end += literal.len();
                last = None;
            }
        }
    }
    // A dot ends the sentence rather than the token.
    end = end.min(run_start_of_dots(text, end));
    let longer = last.is_some_and(|class| {
        byte(text, end).is_ascii_alphanumeric() && class.holds(byte(text, end))
    });
    let fits = !longer
        && match rule.check {
            Check::None => true,
            Check::Random => looks_random(text.get(body..end)?),
        };
    fits.then_some(at..end)
}

fn run_start_of_dots(text: &[u8], end: usize) -> usize {
    run_start(text, end, 8, |b| b == b'.')
}
