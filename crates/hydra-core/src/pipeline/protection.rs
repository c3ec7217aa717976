//! Protection: what must not be shown is taken out of a record before any format sees it.
//!
//! A clean record costs a look at its texts, and nothing is copied. What a call says again and
//! again, its literal message and the names of its fields, is looked at once: a thread remembers
//! those that it found clean.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hydra_protect::{Redactor, SensitiveKey};

use super::memory::{Memory, SeenContext};
use crate::context::Context;
use crate::diagnostics::{self, ErrorKind};
use crate::record::{ContextField, cut_text, truncation_mark};
use crate::value::Arena;
use crate::{Fields, Key, ToValue, Value};

/// What stands in place of a text that could not be looked at.
const FAILED: &str = "[REDACTION_FAILED]";
/// Numbers are never used again: a thread that remembers a verdict compares nothing else.
static PROTECTIONS: AtomicU64 = AtomicU64::new(1);

/// A redactor, and a number of its own by which threads remember its verdicts.
///
/// ```
/// use hydra_core::pipeline::Protection;
/// let protection = Protection::new(hydra_protect::Redactor::new());
/// assert_eq!(protection.redactor().redact("password=hunter22"), "password=[REDACTED:PASSWORD]");
/// ```
#[derive(Clone, Debug)]
pub struct Protection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u64,
    redactor: Redactor,
}

impl Protection {
    /// Protection by this redactor.
    pub fn new(redactor: Redactor) -> Protection {
        let id = PROTECTIONS.fetch_add(1, Relaxed);
        Protection(Arc::new(Inner { id, redactor }))
    }

    /// The redactor.
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }
}

impl PartialEq for Protection {
    fn eq(&self, other: &Protection) -> bool {
        self.0.id == other.0.id
    }
}

/// Whether the same text may come again, at the same address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recurs {
    /// It is made anew each time.
    Never,
    /// It may, but another may come in its place.
    Perhaps,
    /// It is the program's own, which nothing changes.
    Always,
}

/// What a call brings, and the protection may change.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) message: &'a str,
    /// Whether the message may come again.
    pub(super) recurs: Recurs,
    pub(super) fields: Fields<'a>,
}

impl Protection {
    /// What is left of a call. What is changed lies in the arena.
    pub(super) fn parts<'a>(
        &self,
        parts: Parts<'a>,
        arena: &'a Arena,
        memory: &mut Memory,
    ) -> Parts<'a> {
        let walk = || Walk::new(&self.0, arena, memory).parts(parts);
        catch_unwind(AssertUnwindSafe(walk)).unwrap_or_else(|_| {
            failed();
            Parts {
                message: FAILED,
                fields: Fields::NONE,
                ..parts
            }
        })
    }

    /// What is left of a context. One that comes again, as in a request, is looked at once.
    pub(super) fn context(&self, context: Context, memory: &mut Memory) -> Context {
        let id = self.0.id;
        if let Some(seen) = &memory.context
            && seen.by == id
            && seen.before.is_same(&context)
        {
            return seen.after.clone();
        }
        let after = self.fresh_context(context.slice(), memory);
        memory.context = Some(SeenContext {
            by: id,
            before: context,
            after: after.clone(),
        });
        after
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fresh_context(&self, context: &[ContextField], memory: &mut Memory) -> Context {
        let arena = Arena::default();
        let walk = || {
            let mut walk = Walk::new(&self.0, &arena, memory);
            context
                .iter()
                .map(|field| walk.context_field(field))
                .collect()
        };
        let left: Option<Vec<ContextField>> = catch_unwind(AssertUnwindSafe(walk)).ok();
        Context::of(left.unwrap_or_else(|| {
            failed();
            vec![ContextField::new("context", Value::Str(FAILED))]
        }))
    }

    /// What is left of a name that a program makes, as that of a layer.
    pub fn name<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        self.0.redactor.redact(name)
    }
}

#[cold]
#[inline(never)]
fn failed() {
    let message = "looking for sensitive data panicked; the record's texts are not shown";
    diagnostics::report(ErrorKind::Format, "redaction", &message);
}

/// A walk over what a record holds. Nothing is copied until something changes.
struct Walk<'a, 'w> {
    by: u64,
    redactor: &'w Redactor,
    arena: &'a Arena,
    memory: &'w mut Memory,
}

impl<'a, 'w> Walk<'a, 'w> {
    fn new(protection: &'w Inner, arena: &'a Arena, memory: &'w mut Memory) -> Walk<'a, 'w> {
        Walk {
            by: protection.id,
            redactor: &protection.redactor,
            arena,
            memory,
        }
    }

    #[inline]
    fn parts(&mut self, parts: Parts<'a>) -> Parts<'a> {
        let message = match parts.recurs {
            Recurs::Never => self.text(parts.message).unwrap_or(parts.message),
            Recurs::Perhaps => self.recurring(parts.message),
            Recurs::Always => self.literal(parts.message),
        };
        Parts {
            message,
            fields: self.fields(parts.fields),
            ..parts
        }
    }

    /// A text of the program's own.
    #[inline]
    fn literal(&mut self, text: &'a str) -> &'a str {
        if self
            .memory
            .sites
            .is_clean(self.by, text.as_ptr().addr(), text.len())
        {
            return text;
        }
        let left = self.text(text);
        if left.is_none() {
            let address = text.as_ptr().addr();
            self.memory.sites.remember(self.by, address, text.len());
        }
        left.unwrap_or(text)
    }

    /// A text that may come again and again.
    #[inline]
    fn recurring(&mut self, text: &'a str) -> &'a str {
        if self.memory.messages.is_clean(self.by, text) {
            return text;
        }
        let left = self.text(text);
        if left.is_none() {
            self.memory.messages.remember(self.by, text);
        }
        left.unwrap_or(text)
    }

    /// What is left of a text, if it is not all of it.
    #[inline]
    fn text(&mut self, text: &str) -> Option<&'a str> {
        if text.ends_with(" bytes truncated]") {
            return Some(self.beginning(text));
        }
        let out = &mut self.memory.text;
        out.clear();
        if !self.redactor.redact_to(text, out) {
            return None;
        }
        self.memory.used_arena = true;
        Some(self.arena.text_of(&[out]))
    }

    /// What is left of a text that was cut: not its last word, which may be the beginning of a secret
    /// that nobody knows by its half.
    #[cold]
    #[inline(never)]
    fn beginning(&mut self, text: &str) -> &'a str {
        let (head, missing) = cut_text(text).unwrap_or((text, 0));
        let kept = without_last_word(head);
        let out = &mut self.memory.text;
        out.clear();
        if !self.redactor.redact_to(kept, out) {
            out.push_str(kept);
        }
        out.push_str(&truncation_mark(missing + head.len() - kept.len()));
        self.memory.used_arena = true;
        self.arena.text_of(&[out])
    }

    #[inline]
    fn fields(&mut self, fields: Fields<'a>) -> Fields<'a> {
        let (site, names) = (fields.keys.as_ptr().addr(), fields.keys.len());
        if fields.site.is_none() || !self.memory.sites.is_clean(self.by, site, names) {
            return self.named_fields(fields);
        }
        let mut values = None;
        for (i, value) in fields.values.iter().enumerate() {
            if let Some(value) = self.value(*value) {
                values.get_or_insert_with(|| self.arena.copy_of(fields.values))[i] = value;
            }
        }
        match values {
            None => fields,
            Some(values) => Fields { values, ..fields },
        }
    }

    /// Fields whose names are not known to be clean.
    #[inline(never)]
    fn named_fields(&mut self, fields: Fields<'a>) -> Fields<'a> {
        let (mut keys, mut values, mut clean) = (None, None, true);
        for (i, (key, value)) in fields.iter().enumerate() {
            let (name, value) = self.named(key.name(), value);
            clean &= self.memory.names.is_clean(self.by, key.name());
            if let Some(name) = name {
                let keys = keys.get_or_insert_with(|| self.arena.copy_of(fields.keys));
                keys[i] = Key::dynamic(name);
            }
            if let Some(value) = value {
                values.get_or_insert_with(|| self.arena.copy_of(fields.values))[i] = value;
            }
        }
        if fields.site.is_some() && clean {
            let (site, names) = (fields.keys.as_ptr().addr(), fields.keys.len());
            self.memory.sites.remember(self.by, site, names);
        }
        Fields {
            site: fields.site.filter(|_| keys.is_none()),
            keys: keys.map_or(fields.keys, |keys| keys),
            values: values.map_or(fields.values, |values| values),
        }
    }

    /// What is left of a name and of its value, where it is not all of it.
    #[inline]
    fn named(&mut self, name: &str, value: Value<'a>) -> (Option<&'a str>, Option<Value<'a>>) {
        if self.memory.names.is_clean(self.by, name) {
            return (None, self.value(value));
        }
        self.new_name(name, value)
    }

    #[cold]
    #[inline(never)]
    fn new_name(&mut self, name: &str, value: Value<'a>) -> (Option<&'a str>, Option<Value<'a>>) {
        if let Some(key) = self.redactor.sensitive_key(name) {
            return (None, self.hidden(key, value));
        }
        let left = self.text(name);
        if left.is_none() {
            self.memory.names.remember(self.by, name);
        }
        (left, self.value(value))
    }
}

/// The whole numbers that may be a card's: they have 12 to 19 digits.
const CARDS: std::ops::Range<u64> = 100_000_000_000..10_000_000_000_000_000_000;

impl<'a> Walk<'a, '_> {
    /// What is left of a value, if it is not all of it.
    #[inline]
    fn value(&mut self, value: Value<'a>) -> Option<Value<'a>> {
        match value {
            Value::Str(text) => self.text(text).map(Value::Str),
            Value::U64(n) => self.number(n),
            Value::I64(n) => self.number(n.unsigned_abs()),
            Value::F64(n) => self.fraction(n),
            Value::Null | Value::Bool(_) => None,
            other => self.other_value(other),
        }
    }

    #[inline(never)]
    fn other_value(&mut self, value: Value<'a>) -> Option<Value<'a>> {
        match value {
            Value::List(items) => self.list(items).map(Value::List),
            Value::Map(entries) => self.map(entries).map(Value::Map),
            Value::I128(n) => self.number(u64::try_from(n.unsigned_abs()).ok()?),
            Value::U128(n) => self.number(u64::try_from(*n).ok()?),
            _ => None,
        }
    }

    #[inline]
    fn number(&mut self, number: u64) -> Option<Value<'a>> {
        CARDS.contains(&number).then(|| self.card(number))?
    }

    /// A whole number may be a card's, though it is held as one that could be a fraction.
    #[inline]
    fn fraction(&mut self, number: f64) -> Option<Value<'a>> {
        let size = number.abs();
        let may_be = size >= CARDS.start as f64 && size < CARDS.end as f64;
        (may_be && size.fract() == 0.0).then(|| self.card(size as u64))?
    }

    #[cold]
    #[inline(never)]
    fn card(&mut self, number: u64) -> Option<Value<'a>> {
        let mut digits = itoa::Buffer::new();
        self.text(digits.format(number)).map(Value::Str)
    }

    fn list(&mut self, items: &'a [Value<'a>]) -> Option<&'a [Value<'a>]> {
        // A header, as many libraries hold it: a name and a value.
        if let [Value::Str(name), value] = items
            && let Some(key) = self.redactor.sensitive_key(name)
        {
            let left = self.arena.copy_of(items);
            left[1] = self.hidden(key, *value)?;
            return Some(left);
        }
        let mut left = None;
        for (i, item) in items.iter().enumerate() {
            if let Some(value) = self.value(*item) {
                left.get_or_insert_with(|| self.arena.copy_of(items))[i] = value;
            }
        }
        left.map(|left| &*left)
    }

    fn map(&mut self, entries: &'a [(&'a str, Value<'a>)]) -> Option<&'a [(&'a str, Value<'a>)]> {
        let named = self.named_by_a_neighbour(entries);
        let mut left = None;
        for (i, (name, value)) in entries.iter().enumerate() {
            let (new_name, new_value) = match named {
                Some(key) if is_value(name) => (None, self.hidden(key, *value)),
                _ => self.named(name, *value),
            };
            if new_name.is_some() || new_value.is_some() {
                let entry = (new_name.unwrap_or(name), new_value.unwrap_or(*value));
                left.get_or_insert_with(|| self.arena.copy_of(entries))[i] = entry;
            }
        }
        left.map(|left| &*left)
    }

    /// `{"name": "DB_PASSWORD", "value": …}`: what the name says of the value.
    fn named_by_a_neighbour(&self, entries: &[(&str, Value<'_>)]) -> Option<SensitiveKey> {
        if !entries.iter().any(|(name, _)| is_value(name)) {
            return None;
        }
        entries.iter().find_map(|(name, value)| match value {
            Value::Str(text) if is_name(name) => self.redactor.sensitive_key(text),
            _ => None,
        })
    }

    /// What is shown of the value of a sensitive key: nothing of it, whatever its type.
    fn hidden(&mut self, key: SensitiveKey, value: Value<'a>) -> Option<Value<'a>> {
        let out = &mut self.memory.text;
        out.clear();
        match value {
            Value::Null => return None,
            Value::Str(text) => self.redactor.hide(key, text, out),
            Value::List(_) | Value::Map(_) => self.redactor.hide_all(key, out),
            other => self.redactor.hide(key, &format!("{other:?}"), out),
        }
        self.memory.used_arena = true;
        Some(Value::Str(self.arena.text_of(&[out])))
    }

    fn context_field(&mut self, field: &'a ContextField) -> ContextField {
        let value = crate::value::resolve(field.value.to_value(), self.arena, usize::MAX);
        match self.named(&field.name, value) {
            (None, None) => field.clone(),
            (name, left) => ContextField::new(name.unwrap_or(&field.name), left.unwrap_or(value)),
        }
    }
}

/// How much of the end of a text that was cut may be one word: no secret but a key's block is longer.
const LONGEST_WORD: usize = 4096;

/// The text without its last word, or the numbers that it ends with: those of a card stand apart.
fn without_last_word(text: &str) -> &str {
    let from = text.floor_char_boundary(text.len().saturating_sub(LONGEST_WORD));
    let (before, tail) = text.split_at(from);
    let ends_word = |c: char| c.is_whitespace() || "\"'`,;()[]{}<>|".contains(c);
    let kept = tail.trim_end_matches(|c| !ends_word(c));
    let kept = kept.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.'));
    &text[..before.len() + kept.len()]
}

fn is_name(name: &str) -> bool {
    ["name", "key", "header"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
}

fn is_value(name: &str) -> bool {
    name.eq_ignore_ascii_case("value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_cut_does_not_end_in_half_a_secret() {
        for (cut, kept) in [
            ("user ada, key AKIAIOSFOD", "user ada, key "),
            ("paid with 4111 1111 1111 11", "paid with"),
            ("{\"password\": \"hunt", "{\"password\": \""),
            ("oneverylongword", ""),
            ("", ""),
        ] {
            assert_eq!(without_last_word(cut).trim_end(), kept.trim_end(), "{cut}");
        }
        let long = "a".repeat(3 * LONGEST_WORD);
        assert_eq!(without_last_word(&long).len(), 2 * LONGEST_WORD);
    }
}
