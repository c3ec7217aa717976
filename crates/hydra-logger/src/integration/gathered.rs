//! Fields whose values are lent for the length of a call only: copied out, texts into one buffer.

use std::fmt;
use std::ops::Range;

use hydra_core::{Key, OwnedValue, Value, run_user_code};

/// Named values, in the order in which they came; a later one hides an earlier one of its name.
#[derive(Default)]
pub(crate) struct Gathered<'k> {
    text: String,
    items: Vec<(&'k str, Item)>,
    message: Range<usize>,
}

enum Item {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Text(Range<usize>),
}

macro_rules! plain {
    ($($name:ident $type:ty, $item:ident;)*) => {$(
        pub(crate) fn $name(&mut self, name: &'k str, value: $type) {
            self.items.push((name, Item::$item(value)));
        }
    )*};
}

impl<'k> Gathered<'k> {
    plain! {
        bool bool, Bool;
        i64 i64, I64;
        u64 u64, U64;
        i128 i128, I128;
        u128 u128, U128;
        f64 f64, F64;
    }

    #[cfg(feature = "log")]
    pub(crate) fn null(&mut self, name: &'k str) {
        self.items.push((name, Item::Null));
    }

    pub(crate) fn str(&mut self, name: &'k str, value: &str) {
        let range = self.push(|text| text.push_str(value));
        self.items.push((name, Item::Text(range)));
    }

    /// A value's `Display` or `Debug`, which is run here: whether it fails or panics is reported.
    pub(crate) fn shown(&mut self, name: &'k str, value: fmt::Arguments<'_>) {
        let range = self.push(|text| run_user_code(text, |out| out.write_fmt(value)));
        self.items.push((name, Item::Text(range)));
    }

    /// An error and its sources.
    pub(crate) fn error(&mut self, name: &'k str, error: &(dyn std::error::Error + 'static)) {
        if let OwnedValue::Str(text) = OwnedValue::from(Value::Error(error)) {
            self.str(name, &text);
        }
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn set_message(&mut self, message: fmt::Arguments<'_>) {
        self.message = self.push(|text| run_user_code(text, |out| out.write_fmt(message)));
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn message(&self) -> &str {
        &self.text[self.message.clone()]
    }

    /// The values, which borrow from here.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'k str, Value<'_>)> {
        self.items.iter().map(|(name, item)| {
            let value = match item {
                Item::Null => Value::Null,
                Item::Bool(v) => Value::Bool(*v),
                Item::I64(v) => Value::I64(*v),
                Item::U64(v) => Value::U64(*v),
                Item::I128(v) => Value::I128(v),
                Item::U128(v) => Value::U128(v),
                Item::F64(v) => Value::F64(*v),
                Item::Text(range) => Value::Str(&self.text[range.clone()]),
            };
            (*name, value)
        })
    }

    fn push(&mut self, write: impl FnOnce(&mut String)) -> Range<usize> {
        let start = self.text.len();
        write(&mut self.text);
        start..self.text.len()
    }
}

/// The fields of a record that is about to be sent, an inner one in place of an outer of its name.
#[derive(Default)]
pub(crate) struct Outgoing<'a> {
    keys: Vec<Key<'a>>,
    values: Vec<Value<'a>>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn push(&mut self, name: &'a str, value: Value<'a>) {
        if let Some(i) = self.keys.iter().position(|key| key.name() == name) {
            self.keys.remove(i);
            self.values.remove(i);
        }
        self.keys.push(Key::dynamic(name));
        self.values.push(value);
    }

    pub(crate) fn extend(&mut self, fields: impl Iterator<Item = (&'a str, Value<'a>)>) {
        fields.for_each(|(name, value)| self.push(name, value));
    }

    pub(crate) fn fields(&self) -> hydra_core::Fields<'_> {
        hydra_core::Fields::new(&self.keys, &self.values)
    }
}
