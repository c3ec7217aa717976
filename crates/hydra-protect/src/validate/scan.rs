//! One pass over a text. Each byte that could begin a sign of an attack asks the family that knows
//! it, which looks at a bounded stretch around; what the pass has seen so far (quotes, brackets, a
//! whole SQL statement) is kept here, so that no family reads back to the start.
//!
//! A sign has a weight. A kind is reported when the weights of its different signs, no further than
//! [`REACH`] bytes from each other, come to [`ENOUGH`].

use std::ops::Range;

use super::text::word_end;
use super::threat::ThreatKind;
use super::{command, crlf, jndi, ldap, nosql, path, sql, template, xss, xxe};
use crate::text::{before, byte, has_word};

/// The weight from which on a kind is reported.
pub(super) const ENOUGH: u32 = 10;

/// How far signs that are weak alone may be apart to count together, in bytes.
const REACH: usize = 256;

/// A sign of an attack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) weight: u32,
    pub(super) reason: &'static str,
}

impl Sign {
    pub(super) const fn new(weight: u32, reason: &'static str) -> Sign {
        Sign { weight, reason }
    }

    /// A sign that is enough alone.
    pub(super) const fn sure(reason: &'static str) -> Sign {
        Sign::new(ENOUGH, reason)
    }
}

/// What a pass has seen before the place where it is.
pub(super) struct Seen<'t> {
    pub(super) text: &'t [u8],
    /// Single and double quotes, the one at the place included.
    quotes: [usize; 2],
    /// Closing round brackets without an opening one, the one at the place included.
    pub(super) unopened: usize,
    open: usize,
    /// The beginning of a whole SQL statement: `SELECT … FROM`, `INSERT INTO` and so on.
    pub(super) statement: bool,
    select: bool,
}

impl Seen<'_> {
    /// Whether the number of these quotes so far is odd: the next one would end a text.
    pub(super) fn is_odd(&self, quote: u8) -> bool {
        self.quotes[usize::from(quote == b'"')] % 2 == 1
    }

    /// Whether any quote stands open.
    pub(super) fn in_quotes(&self) -> bool {
        self.is_odd(b'\'') || self.is_odd(b'"')
    }

    fn see_word(&mut self, at: usize, word: &[u8]) {
        let next = |lower: &[u8]| has_word(self.text, at + word.len() + 1, lower);
        if word.eq_ignore_ascii_case(b"select") {
            self.select = true;
        } else if word.eq_ignore_ascii_case(b"from") {
            self.statement |= self.select;
        } else if word.eq_ignore_ascii_case(b"insert") || word.eq_ignore_ascii_case(b"replace") {
            self.statement |= next(b"into ");
        } else if word.eq_ignore_ascii_case(b"delete") {
            self.statement |= next(b"from ");
        } else if word.eq_ignore_ascii_case(b"create") || word.eq_ignore_ascii_case(b"alter") {
            self.statement |= next(b"table ") || next(b"index ") || next(b"unique ");
        } else if word.eq_ignore_ascii_case(b"drop") {
            self.statement |= next(b"table ") || next(b"index ");
        } else if word.eq_ignore_ascii_case(b"update") {
            let name = word_end(self.text, at + word.len() + 1);
            self.statement |= has_word(self.text, name, b" set ");
        } else if word.eq_ignore_ascii_case(b"begin") {
            self.statement |= byte(self.text, at + word.len()) == b';';
        }
    }
}

/// The signs of one kind so far.
#[derive(Default)]
struct Tally {
    weight: u32,
    reasons: Vec<&'static str>,
    last: usize,
    strongest: Option<(Sign, Range<usize>)>,
    reached: bool,
}

/// The signs of all kinds.
#[derive(Default)]
pub(super) struct Tallies([Tally; ThreatKind::ALL.len()]);

/// Which place in [`ThreatKind::ALL`] a kind has.
pub(super) fn index(kind: &ThreatKind) -> Option<usize> {
    ThreatKind::ALL.iter().position(|known| known == kind)
}

impl Tallies {
    fn add(&mut self, kind: &ThreatKind, sign: Option<Sign>, position: Range<usize>) {
        // Nearly always there is none.
        let Some(sign) = sign else { return };
        let Some(tally) = index(kind).and_then(|i| self.0.get_mut(i)) else {
            return;
        };
        if tally.reached {
            return;
        }
        if position.start.saturating_sub(tally.last) > REACH {
            *tally = Tally::default();
        }
        tally.last = position.start;
        if !tally.reasons.contains(&sign.reason) {
            tally.reasons.push(sign.reason);
            tally.weight += sign.weight;
        }
        let stronger = |(known, _): &(Sign, Range<usize>)| known.weight < sign.weight;
        if tally.strongest.as_ref().is_none_or(stronger) {
            tally.strongest = Some((sign, position));
        }
        tally.reached = tally.weight >= ENOUGH;
    }

    /// The kinds that were reached, each with its strongest sign.
    pub(super) fn reached(self) -> impl Iterator<Item = (ThreatKind, &'static str, Range<usize>)> {
        ThreatKind::ALL
            .into_iter()
            .zip(self.0)
            .filter(|(_, tally)| tally.reached)
            .filter_map(|(kind, tally)| {
                let (sign, position) = tally.strongest?;
                Some((kind, sign.reason, position))
            })
    }
}

/// Looks for every kind. `was_encoded` says of a place whether its byte was written as an escape.
pub(super) fn scan(text: &[u8], was_encoded: impl Fn(usize) -> bool) -> Tallies {
    let mut tallies = Tallies::default();
    let mut seen = Seen {
        text,
        quotes: [0; 2],
        unopened: 0,
        open: 0,
        statement: false,
        select: false,
    };
    let mut previous = 0_u8;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                if !previous.is_ascii_alphabetic() && previous != b'_' {
                    word(&mut seen, at..word_end(text, at), &mut tallies);
                }
            }
            b'0'..=b'9' | b' ' => {}
            b'\r' | b'\n' | 0xe5 => line_end(text, at, was_encoded(at), &mut tallies),
            _ => mark(&mut seen, at, &mut tallies),
        }
        previous = byte;
    }
    tallies
}

/// What asks a line end, or what could be one in other clothes.
fn line_end(text: &[u8], at: usize, encoded: bool, tallies: &mut Tallies) {
    use ThreatKind::{CommandInjection, CrlfInjection};
    let here = at..at + 1;
    tallies.add(
        &CrlfInjection,
        crlf::line_end(text, at, encoded),
        here.clone(),
    );
    if encoded {
        tallies.add(&CommandInjection, command::separator(text, at), here);
    }
}

/// What asks a mark.
fn mark(seen: &mut Seen<'_>, at: usize, tallies: &mut Tallies) {
    use ThreatKind as Kind;
    let text = seen.text;
    let mut add = |kind, sign| tallies.add(&kind, sign, at..at + 1);
    match byte(text, at) {
        quote @ (b'\'' | b'"') => {
            seen.quotes[usize::from(quote == b'"')] += 1;
            add(Kind::SqlInjection, sql::quote(seen, at));
            add(Kind::NosqlInjection, nosql::quote(seen, at));
        }
        b';' | b'|' | b'&' | b'`' => {
            add(Kind::CommandInjection, command::separator(text, at));
            add(Kind::SqlInjection, sql::operator(seen, at));
        }
        b'<' => {
            add(Kind::Xss, xss::tag(text, at));
            add(Kind::Xxe, xxe::tag(text, at));
            add(Kind::TemplateInjection, template::opening(text, at));
            add(Kind::CommandInjection, command::substitution(text, at));
        }
        b'$' => {
            add(Kind::TemplateInjection, template::opening(text, at));
            add(Kind::NosqlInjection, nosql::operator(text, at));
            add(Kind::JndiLookup, jndi::lookup(text, at));
            add(Kind::CommandInjection, command::substitution(text, at));
        }
        b'{' | b'@' => {
            add(Kind::TemplateInjection, template::opening(text, at));
            add(Kind::CommandInjection, command::braces(text, at));
            add(Kind::SqlInjection, sql::variable(seen, at));
        }
        b'[' => {
            add(Kind::TemplateInjection, template::opening(text, at));
            add(Kind::NosqlInjection, nosql::parameter(text, at));
            add(Kind::Xss, xss::brackets(text, at));
        }
        b'#' | b'*' => add(Kind::TemplateInjection, template::opening(text, at)),
        b'(' => {
            seen.open += 1;
            add(Kind::LdapInjection, ldap::opening(seen, at));
            add(Kind::CommandInjection, command::function(text, at));
        }
        b')' => {
            match seen.open.checked_sub(1) {
                Some(open) => seen.open = open,
                None => seen.unopened += 1,
            }
            add(Kind::LdapInjection, ldap::closing(seen, at));
        }
        b'.' | b'%' | 0xc0 => {
            add(Kind::PathTraversal, path::dots(text, at));
            add(Kind::CommandInjection, command::hidden_newline(text, at));
            add(Kind::CrlfInjection, crlf::hidden(text, at));
        }
        b'/' => {
            add(Kind::PathTraversal, path::absolute(text, at));
            add(Kind::CommandInjection, command::device(text, at));
        }
        b'\\' => add(Kind::LdapInjection, ldap::escapes(text, at)),
        0 => add(Kind::PathTraversal, path::nul(text, at)),
        _ => {}
    }
}

/// What asks a word.
fn word(seen: &mut Seen<'_>, range: Range<usize>, tallies: &mut Tallies) {
    use ThreatKind as Kind;
    let text = seen.text;
    let Some(word) = text.get(range.clone()) else {
        return;
    };
    let mut add = |kind, sign| tallies.add(&kind, sign, range.clone());
    add(Kind::SqlInjection, sql::word(seen, range.clone()));
    add(Kind::Xss, xss::word(text, range.clone()));
    add(Kind::CommandInjection, command::word(text, range.clone()));
    // A scheme, an object: what makes them one is the byte behind.
    match byte(text, range.end) {
        b':' => {
            add(Kind::PathTraversal, path::scheme(text, range.clone()));
            add(Kind::PathTraversal, path::drive(text, range.clone()));
        }
        b'.' => add(Kind::NosqlInjection, nosql::word(seen, range.clone())),
        _ => {}
    }
    if before(text, range.start) != b'.' {
        seen.see_word(range.start, word);
    }
}
