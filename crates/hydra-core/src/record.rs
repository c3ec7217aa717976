//! The record: what one call says, borrowed from the call, as formats see it.

use std::borrow::Cow;

use crate::key::KeyPieces;
use crate::scan::{TextClass, is_control};
use crate::{Key, Level, OwnedValue, ToValue, Value};

/// A text and what the one scan of it found.
///
/// ```
/// let text = hydra_core::Text::new("user logged in");
/// assert!(text.class().is_clean());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    text: &'a str,
    class: TextClass,
}

impl<'a> Text<'a> {
    /// Scans a text.
    #[inline]
    pub fn new(text: &'a str) -> Text<'a> {
        Text {
            text,
            class: TextClass::of(text),
        }
    }

    /// A text of which a scan has found this.
    #[inline]
    pub(crate) const fn of_class(text: &'a str, class: TextClass) -> Text<'a> {
        Text { text, class }
    }

    /// The text itself.
    #[inline]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// What the scan found.
    #[inline]
    pub const fn class(&self) -> TextClass {
        self.class
    }
}

/// The fields of a call: keys, made once for each call site, and values.
///
/// ```
/// use hydra_core::{Fields, Key, Value};
/// let fields = Fields::new(&const { [Key::new("user_id")] }, &[Value::U64(7)]);
/// assert_eq!(fields.len(), 1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    pub(crate) keys: &'a [Key<'a>],
    pub(crate) values: &'a [Value<'a>],
    /// The keys, if they stand in the program itself.
    pub(crate) site: Option<&'static [Key<'static>]>,
}

impl<'a> Fields<'a> {
    /// No fields.
    pub const NONE: Fields<'static> = Fields {
        keys: &[],
        values: &[],
        site: None,
    };

    /// Pairs keys with values; what has no partner is left out.
    #[inline]
    pub const fn new(keys: &'a [Key<'a>], values: &'a [Value<'a>]) -> Fields<'a> {
        Fields {
            keys,
            values,
            site: None,
        }
    }

    /// The same with keys that stand in the program itself, as a macro's do: what is known of such
    /// keys is found out once.
    ///
    /// ```
    /// use hydra_core::{Fields, Key, Value};
    /// let fields = Fields::of_site(const { &[Key::new("user_id")] }, &[Value::U64(7)]);
    /// assert_eq!(fields.len(), 1);
    /// ```
    #[inline]
    pub const fn of_site(keys: &'static [Key<'static>], values: &'a [Value<'a>]) -> Fields<'a> {
        Fields {
            keys,
            values,
            site: Some(keys),
        }
    }

    /// The keys, if they stand in the program itself.
    ///
    /// ```
    /// use hydra_core::{Fields, Key, Value};
    /// let fields = Fields::of_site(const { &[Key::new("user_id")] }, &[Value::U64(7)]);
    /// assert_eq!(fields.site_keys().unwrap()[0].name(), "user_id");
    /// assert!(Fields::NONE.site_keys().is_none());
    /// ```
    #[inline]
    pub const fn site_keys(&self) -> Option<&'static [Key<'static>]> {
        self.site
    }

    /// The values, in the order of the keys.
    #[inline]
    pub const fn values(&self) -> &'a [Value<'a>] {
        self.values
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.keys.len().min(self.values.len())
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn has(&self, name: &str) -> bool {
        self.iter().any(|(key, _)| key.name() == name)
    }

    /// Each key and value.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (&'a Key<'a>, Value<'a>)> + use<'a> {
        self.keys.iter().zip(self.values.iter().copied())
    }
}

/// A field of the context: what a scope adds to every record made inside it.
#[derive(Clone, Debug)]
pub(crate) struct ContextField {
    pub(crate) name: Box<str>,
    pub(crate) pieces: KeyPieces,
    pub(crate) value: OwnedValue,
}

impl ContextField {
    pub(crate) fn new(name: &str, value: Value<'_>) -> ContextField {
        ContextField {
            name: name.into(),
            pieces: KeyPieces::new(name),
            value: value.into(),
        }
    }
}

/// Where in the source a call stands.
///
/// ```
/// let here = hydra_core::Location { file: file!(), line: line!() };
/// assert!(here.line > 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

/// One record, as formats see it: everything borrowed, every value plain data.
///
/// ```
/// use hydra_core::{Fields, Key, Level, Record, Value};
/// let record = Record::new(1_700_000_000_000_000_000, Level::Info, "APP", "started")
///     .with_fields(Fields::new(&const { [Key::new("port")] }, &[Value::U64(8080)]));
/// assert_eq!(record.fields().count(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub(crate) unix_ns: i64,
    pub(crate) level: Level,
    pub(crate) layer: &'a str,
    pub(crate) message: Text<'a>,
    pub(crate) context: &'a [ContextField],
    pub(crate) fields: Fields<'a>,
    pub(crate) location: Option<Location>,
}

impl<'a> Record<'a> {
    /// A record without fields. `unix_ns` is its time in nanoseconds since 1970-01-01 UTC.
    pub fn new(unix_ns: i64, level: Level, layer: &'a str, message: &'a str) -> Record<'a> {
        Record {
            unix_ns,
            level,
            layer,
            message: Text::new(message),
            context: &[],
            fields: Fields::NONE,
            location: None,
        }
    }

    /// The record with these fields. Values that are not plain data are shown by their `Display`
    /// where a format meets them.
    #[must_use]
    pub fn with_fields(self, fields: Fields<'a>) -> Record<'a> {
        Record { fields, ..self }
    }

    /// The record with the place of its call.
    #[must_use]
    pub fn with_location(self, location: Location) -> Record<'a> {
        Record {
            location: Some(location),
            ..self
        }
    }

    /// The time, in nanoseconds since 1970-01-01 UTC.
    #[inline]
    pub fn unix_ns(&self) -> i64 {
        self.unix_ns
    }

    /// The level.
    #[inline]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The name of the layer that was called.
    #[inline]
    pub fn layer(&self) -> &'a str {
        self.layer
    }

    /// The message.
    #[inline]
    pub fn message(&self) -> Text<'a> {
        self.message
    }

    /// The place of the call, where `source` is switched on.
    #[inline]
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// Every field: those of the context first, outermost scope first, then those of the call. A
    /// field of the context gives way to one of the same name in the call.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        let call = self.fields;
        let context = self
            .context
            .iter()
            .filter(move |field| !call.has(&field.name))
            .map(|field| (&*field.name, field.value.to_value()));
        context.chain(call.iter().map(|(key, value)| (key.name(), value)))
    }

    /// The same with the texts made beforehand, for the formats that use them.
    #[inline]
    pub(crate) fn each_field(&self, mut show: impl FnMut(&'a str, &KeyPieces, Value<'a>)) {
        for field in self.context {
            if !self.fields.has(&field.name) {
                show(&field.name, &field.pieces, field.value.to_value());
            }
        }
        for (key, value) in self.fields.iter() {
            show(key.name(), &key.pieces, value);
        }
    }
}

/// What stands at the end of a text that was cut.
pub(crate) fn truncation_mark(cut: usize) -> String {
    format!("...[{cut} bytes truncated]")
}

/// A text that was cut: the beginning, and how many bytes are missing.
pub(crate) fn cut_text(text: &str) -> Option<(&str, usize)> {
    let (head, missing) = text
        .strip_suffix(" bytes truncated]")?
        .rsplit_once("...[")?;
    Some((head, missing.parse().ok()?))
}

/// A text, or the beginning of it with what is missing where it is longer than this many bytes: as
/// a logger cuts messages and values.
///
/// ```
/// use hydra_core::truncated;
/// assert_eq!(truncated("four", 4), "four");
/// assert_eq!(truncated("fourteen", 4), "four...[4 bytes truncated]");
/// ```
pub fn truncated(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return text.into();
    }
    let kept = text.floor_char_boundary(limit);
    format!("{}{}", &text[..kept], truncation_mark(text.len() - kept)).into()
}

/// A layer's name is shown in every line: what it may not hold is replaced by `_`.
pub(crate) fn clean_layer_name(name: &str) -> Cow<'_, str> {
    let bad = |c: char| is_control(c) || c == '\t';
    if name.contains(bad) {
        name.replace(bad, "_").into()
    } else {
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_call_stands_for_one_of_the_context_with_its_name() {
        let context = [
            ContextField::new("request", Value::U64(1)),
            ContextField::new("user", Value::U64(2)),
        ];
        let keys = [Key::new("user"), Key::new("port")];
        let values = [Value::U64(3), Value::U64(4)];
        let mut record = Record::new(0, Level::Info, "APP", "up");
        (record.context, record.fields) = (&context, Fields::new(&keys, &values));
        let names: Vec<_> = record
            .fields()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        assert_eq!(names, ["request=1", "user=3", "port=4"]);
        let mut shown = Vec::new();
        record.each_field(|name, _, value| shown.push(format!("{name}={value:?}")));
        assert_eq!(shown, names);
    }
}
