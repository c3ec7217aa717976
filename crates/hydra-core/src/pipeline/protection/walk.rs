//! The walk over a record: its message, its fields, their names.

use hydra_protect::Redactor;

use super::super::memory::Memory;
use super::cut::without_last_word;
use super::{Inner, Parts, Recurs};
use crate::record::{cut_text, truncation_mark};
use crate::value::Arena;
use crate::{Fields, Key, Value};

/// A walk over what a record holds. Nothing is copied until something changes.
pub(super) struct Walk<'a, 'w> {
    pub(super) by: u64,
    pub(super) redactor: &'w Redactor,
    pub(super) arena: &'a Arena,
    pub(super) memory: &'w mut Memory,
}

impl<'a, 'w> Walk<'a, 'w> {
    pub(super) fn new(
        protection: &'w Inner,
        arena: &'a Arena,
        memory: &'w mut Memory,
    ) -> Walk<'a, 'w> {
        Walk {
            by: protection.id,
            redactor: &protection.redactor,
            arena,
            memory,
        }
    }

    #[inline]
    pub(super) fn parts(&mut self, parts: Parts<'a>) -> Parts<'a> {
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
    pub(super) fn text(&mut self, text: &str) -> Option<&'a str> {
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
        let (mut keys, mut values, mut clean) = (None, None, fields.site.is_some());
        for (i, (key, value)) in fields.iter().enumerate() {
            let (name, value) = self.named(key.name(), value);
            clean = clean && self.memory.names.is_clean(self.by, key.name());
            if let Some(name) = name {
                let keys = keys.get_or_insert_with(|| self.arena.copy_of(fields.keys));
                keys[i] = Key::dynamic(name);
            }
            if let Some(value) = value {
                values.get_or_insert_with(|| self.arena.copy_of(fields.values))[i] = value;
            }
        }
        if clean {
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
    pub(super) fn named(
        &mut self,
        name: &str,
        value: Value<'a>,
    ) -> (Option<&'a str>, Option<Value<'a>>) {
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
