//! Runs user code (`Display`, `Debug`, errors, collections) once, and leaves plain data.
//!
//! What it makes lives in an [`Arena`] that belongs to the thread's scratch and is reset after the
//! record: once warm, nothing is allocated. User code may panic or log; neither disturbs the
//! record or the logger.

use std::error::Error;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpalo::Bump;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};

use super::{Mapping, Sequence, Value};
use crate::diagnostics::{self, ErrorKind};
use crate::record::truncation_mark;

/// How deep nested values are followed; what lies deeper is shown as `"..."`.
pub(super) const MAX_DEPTH: usize = 64;
/// How many sources of an error are shown: a chain that leads back to itself ends.
const MAX_SOURCES: usize = 64;
/// What the arena may keep between records.
const MAX_KEPT: usize = 1 << 20;

/// Memory for what a record's values turned into; reset after each record.
#[derive(Default)]
pub(crate) struct Arena(Bump);

impl Arena {
    /// Forgets everything, keeps the memory unless one record made it large.
    pub(crate) fn reset(&mut self) {
        if self.0.allocated_bytes() > MAX_KEPT {
            self.0 = Bump::new();
        } else {
            self.0.reset();
        }
    }

    /// A slice of values, resolved, each text of at most `limit` bytes.
    pub(crate) fn values<'a>(&'a self, values: &[Value<'a>], limit: usize) -> &'a [Value<'a>] {
        self.0
            .alloc_slice_fill_iter(values.iter().map(|value| resolve(*value, self, limit)))
    }

    /// Texts, joined.
    pub(crate) fn text_of(&self, parts: &[&str]) -> &str {
        let mut text = ArenaString::new_in(&self.0);
        for part in parts {
            text.push_str(part);
        }
        text.into_bump_str()
    }

    /// A copy of items, to change some of them.
    #[allow(clippy::mut_from_ref, reason = "each call hands out memory of its own")]
    pub(crate) fn copy_of<'a, T: Copy>(&'a self, items: &[T]) -> &'a mut [T] {
        self.0.alloc_slice_copy(items)
    }

    /// The items, and one more.
    pub(crate) fn with_one_more<'a, T: Copy>(&'a self, items: &[T], more: T) -> &'a [T] {
        let all = items.iter().copied().chain([more]);
        ArenaVec::from_iter_in(all, &self.0).into_bump_slice()
    }

    fn text(&self, limit: usize, write: impl FnOnce(&mut dyn Write) -> fmt::Result) -> &str {
        let mut out = Limited {
            text: ArenaString::new_in(&self.0),
            limit,
            cut: 0,
        };
        run_user_code(&mut out, write);
        out.finish()
    }

    fn copy<'a>(&'a self, text: &str, limit: usize) -> &'a str {
        if text.len() <= limit {
            return self.0.alloc_str(text);
        }
        self.text(limit, |out| out.write_str(text))
    }
}

/// Runs a `Display` or `Debug`; says so in the text where it fails or panics, and reports it.
///
/// ```
/// let mut text = String::new();
/// hydra_core::run_user_code(&mut text, |out| write!(out, "{}", 7));
/// assert_eq!(text, "7");
/// ```
pub fn run_user_code<W: Write>(out: &mut W, write: impl FnOnce(&mut dyn Write) -> fmt::Result) {
    let failed = match catch_unwind(AssertUnwindSafe(|| write(out))) {
        Ok(Ok(())) => return,
        Ok(Err(_)) => "<its Display returned an error>",
        Err(_) => "<its Display panicked>",
    };
    let _ = out.write_str(failed);
    diagnostics::report(ErrorKind::Format, "a field or message", &failed);
}

/// A text that stops growing at a limit and then says how much is missing.
struct Limited<'a> {
    text: ArenaString<'a>,
    limit: usize,
    cut: usize,
}

impl Write for Limited<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.limit - self.text.len().min(self.limit);
        let taken = if self.cut > 0 {
            0
        } else {
            text.floor_char_boundary(room)
        };
        self.text.push_str(&text[..taken]);
        self.cut += text.len() - taken;
        Ok(())
    }
}

impl<'a> Limited<'a> {
    fn finish(mut self) -> &'a str {
        if self.cut > 0 {
            self.text.push_str(&truncation_mark(self.cut));
        }
        self.text.into_bump_str()
    }
}

/// Turns a value into plain data that lives as long as the arena.
pub(crate) fn resolve<'a>(value: Value<'a>, arena: &'a Arena, limit: usize) -> Value<'a> {
    match value {
        Value::Str(text) if text.len() <= limit => value,
        other => Resolver { arena, limit }.copied(other, 0),
    }
}

struct Resolver<'a> {
    arena: &'a Arena,
    limit: usize,
}

impl<'a> Resolver<'a> {
    /// A value of any lifetime, copied into the arena.
    fn copied(&self, value: Value<'_>, depth: usize) -> Value<'a> {
        if depth > MAX_DEPTH {
            return Value::Str("...");
        }
        let Resolver { arena, limit } = *self;
        match value {
            Value::Null => Value::Null,
            Value::Bool(v) => Value::Bool(v),
            Value::I64(v) => Value::I64(v),
            Value::U64(v) => Value::U64(v),
            Value::F64(v) => Value::F64(v),
            Value::Duration(v) => Value::Duration(v),
            Value::Time(v) => Value::Time(v),
            Value::I128(v) => Value::I128(arena.0.alloc(*v)),
            Value::U128(v) => Value::U128(arena.0.alloc(*v)),
            Value::Str(v) => Value::Str(arena.copy(v, limit)),
            Value::Bytes(v) => Value::Str(arena.text(limit, |out| write_bytes(v, out))),
            Value::Display(v) => Value::Str(arena.text(limit, |out| write!(out, "{v}"))),
            Value::Debug(v) => Value::Str(arena.text(limit, |out| write!(out, "{v:?}"))),
            Value::Error(v) => Value::Str(arena.text(limit, |out| write_chain(v, out))),
            Value::List(items) => {
                let items = items.iter().map(|item| self.copied(*item, depth + 1));
                Value::List(ArenaVec::from_iter_in(items, &arena.0).into_bump_slice())
            }
            Value::Map(items) => {
                let items = items
                    .iter()
                    .map(|(key, item)| (arena.copy(key, limit), self.copied(*item, depth + 1)));
                Value::Map(ArenaVec::from_iter_in(items, &arena.0).into_bump_slice())
            }
            Value::Sequence(sequence) => self.sequence(sequence, depth),
            Value::Mapping(mapping) => self.mapping(mapping, depth),
        }
    }

    fn sequence(&self, sequence: &dyn Sequence, depth: usize) -> Value<'a> {
        let mut items = ArenaVec::new_in(&self.arena.0);
        let run = || sequence.each(&mut |item| items.push(self.copied(item, depth + 1)));
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            items.push(Value::Str(iterating_panicked()));
        }
        Value::List(items.into_bump_slice())
    }

    fn mapping(&self, mapping: &dyn Mapping, depth: usize) -> Value<'a> {
        let Resolver { arena, limit } = *self;
        let mut items = ArenaVec::new_in(&arena.0);
        let run = || {
            mapping.each(&mut |key, item| {
                let key = arena.copy(key, limit);
                items.push((key, self.copied(item, depth + 1)));
            });
        };
        if catch_unwind(AssertUnwindSafe(run)).is_err() {
            items.push((iterating_panicked(), Value::Null));
        }
        Value::Map(items.into_bump_slice())
    }
}

/// Reports that a collection panicked; returns what stands in its place.
#[cold]
fn iterating_panicked() -> &'static str {
    let text = "<iterating panicked>";
    diagnostics::report(ErrorKind::Format, "a field", &text);
    text
}

fn write_chain(error: &(dyn Error + 'static), out: &mut dyn Write) -> fmt::Result {
    write!(out, "{error}")?;
    let sources = std::iter::successors(error.source(), |&source| source.source());
    for source in sources.take(MAX_SOURCES) {
        write!(out, ": {source}")?;
    }
    Ok(())
}

/// UTF-8 as it is, every other byte as `\xNN`.
pub(crate) fn write_bytes(bytes: &[u8], out: &mut dyn Write) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        out.write_str(chunk.valid())?;
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ToValue;

    fn shown(value: Value<'_>) -> String {
        format!("{:?}", resolve(value, &Arena::default(), 100))
    }

    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot read the port")
        }
    }
    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_is_shown_with_its_sources() {
        let error = Outer("x".parse::<u8>().unwrap_err());
        assert_eq!(
            shown(Value::Error(&error)),
            r#""cannot read the port: invalid digit found in string""#
        );
    }

    #[test]
    fn an_error_that_is_its_own_source_ends() {
        #[derive(Debug)]
        struct Circular;
        impl fmt::Display for Circular {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("x")
            }
        }
        impl Error for Circular {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&Circular)
            }
        }
        let arena = Arena::default();
        let text = resolve(Value::Error(&Circular), &arena, usize::MAX);
        assert!(matches!(text, Value::Str(text) if text.len() == 1 + 3 * MAX_SOURCES));
    }

    #[test]
    fn a_display_that_panics_or_fails_says_so_and_nothing_else_happens() {
        struct Panics;
        impl fmt::Display for Panics {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("in Display")
            }
        }
        struct Fails;
        impl fmt::Display for Fails {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half ")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(
            shown(Value::Display(&Panics)),
            r#""<its Display panicked>""#
        );
        assert_eq!(
            shown(Value::Display(&Fails)),
            r#""half <its Display returned an error>""#
        );
    }

    #[test]
    fn a_text_beyond_the_limit_is_cut_at_a_character_and_says_how_much_is_missing() {
        let long = "é".repeat(60); // 120 bytes
        assert_eq!(
            shown(Value::Str(&long)),
            format!("\"{}...[20 bytes truncated]\"", "é".repeat(50))
        );
    }

    #[test]
    fn collections_become_lists_and_maps_at_any_depth() {
        let nested = std::collections::BTreeMap::from([("a", vec![Some(1), None]), ("b", vec![])]);
        assert_eq!(shown(nested.to_value()), r#"{"a": [1, null], "b": []}"#);
    }

    #[test]
    fn nesting_without_end_is_cut() {
        struct Endless;
        impl Sequence for Endless {
            fn each(&self, show: &mut dyn FnMut(Value<'_>)) {
                show(Value::Sequence(self));
            }
        }
        assert!(shown(Value::Sequence(&Endless)).contains("\"...\""));
    }

    #[test]
    fn bytes_are_text_where_they_are_utf8() {
        assert_eq!(shown(Value::Bytes(b"ab\xff\xc3\xa9")), r#""ab\\xffé""#);
    }
}
