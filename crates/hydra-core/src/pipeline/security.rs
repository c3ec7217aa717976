//! Looking for attacks in what is logged: counted and marked, nothing is blocked or changed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use hydra_protect::validate::{SecurityValidator, Threat};

use super::protection::Parts;
use crate::diagnostics::{self, ErrorKind};
use crate::value::Arena;
use crate::{Fields, Key, Value};

/// The field that names the threats in a record: `sql_injection, xss`.
pub const THREATS_FIELD: &str = "security_threats";

/// A validator, and how many records it has marked, by kind of threat.
///
/// ```
/// use hydra_core::pipeline::SecurityCheck;
/// assert!(SecurityCheck::default().counts().is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct SecurityCheck(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    validator: SecurityValidator,
    /// Only touched where something was found.
    counts: Mutex<BTreeMap<String, u64>>,
}

impl SecurityCheck {
    /// How many records held a threat of each kind.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let counts = self.0.counts.lock();
        counts.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The call with one more field if there is a threat in its message or values.
    pub(super) fn mark<'a>(&self, parts: Parts<'a>, arena: &'a Arena) -> Option<Parts<'a>> {
        let mut kinds = Vec::new();
        let look = || self.look(parts, &mut kinds);
        if catch_unwind(AssertUnwindSafe(look)).is_err() {
            let message = "looking for threats panicked; the record is not marked";
            diagnostics::report(ErrorKind::Format, "enable_security", &message);
        }
        (!kinds.is_empty()).then(|| self.marked(parts, &mut kinds, arena))
    }

    fn look(&self, parts: Parts<'_>, kinds: &mut Vec<String>) {
        self.text(parts.message, kinds);
        for value in parts.fields.values {
            self.value(value, kinds);
        }
    }

    fn value(&self, value: &Value<'_>, kinds: &mut Vec<String>) {
        match value {
            Value::Str(text) => self.text(text, kinds),
            Value::List(items) => items.iter().for_each(|item| self.value(item, kinds)),
            Value::Map(entries) => {
                for (name, value) in *entries {
                    self.text(name, kinds);
                    self.value(value, kinds);
                }
            }
            _ => {}
        }
    }

    fn text(&self, text: &str, kinds: &mut Vec<String>) {
        let threats = self.0.validator.validate_input(text).threats;
        kinds.extend(
            threats
                .iter()
                .map(|threat: &Threat| threat.kind.as_str().to_owned()),
        );
    }

    #[cold]
    #[inline(never)]
    fn marked<'a>(&self, parts: Parts<'a>, kinds: &mut Vec<String>, arena: &'a Arena) -> Parts<'a> {
        kinds.sort_unstable();
        kinds.dedup();
        let mut counts = self.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in &*kinds {
            *counts.entry(kind.clone()).or_default() += 1;
        }
        drop(counts);
        let threats = Value::Str(arena.text_of(&[&kinds.join(", ")]));
        let n = parts.fields.len();
        let fields = Fields {
            site: None,
            keys: arena.with_one_more(&parts.fields.keys[..n], Key::new(THREATS_FIELD)),
            values: arena.with_one_more(&parts.fields.values[..n], threats),
        };
        Parts { fields, ..parts }
    }
}
