//! What is left of values: lists, maps, and numbers that may be a card's.

use hydra_protect::SensitiveKey;

use super::walk::Walk;
use crate::record::ContextField;
use crate::{ToValue, Value};

/// The whole numbers that may be a card's: they have 12 to 19 digits.
const CARDS: std::ops::Range<u64> = 100_000_000_000..10_000_000_000_000_000_000;

impl<'a> Walk<'a, '_> {
    /// What is left of a value, if it is not all of it.
    #[inline]
    pub(super) fn value(&mut self, value: Value<'a>) -> Option<Value<'a>> {
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
    pub(super) fn hidden(&mut self, key: SensitiveKey, value: Value<'a>) -> Option<Value<'a>> {
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

    pub(super) fn context_field(&mut self, field: &'a ContextField) -> ContextField {
        let value = crate::value::resolve(field.value.to_value(), self.arena, usize::MAX);
        match self.named(&field.name, value) {
            (None, None) => field.clone(),
            (name, left) => ContextField::new(name.unwrap_or(&field.name), left.unwrap_or(value)),
        }
    }
}

fn is_name(name: &str) -> bool {
    ["name", "key", "header"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
}

fn is_value(name: &str) -> bool {
    name.eq_ignore_ascii_case("value")
}
