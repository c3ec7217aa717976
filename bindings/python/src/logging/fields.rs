//! The fields of what is logged through `logging`.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use hydra_logger::{Key, Value};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFrozenSet, PyString};

use crate::frames;
use crate::key_table::key_of;
use crate::once::once;
use crate::record::{EXCEPTION, STACK};
use crate::shown::Shown;
use crate::text::{owned, text_of};
use crate::values::{Walk, entries_of};

/// The field of a logger's full name, where its layer has another.
const LOGGER_NAME: &str = "logger_name";
/// How `logging` begins a stack.
const STACK_TITLE: &str = "Stack (most recent call last):\n";

/// The attributes that every `LogRecord` has: `extra` may have none of these names.
pub(crate) fn is_own_attribute(name: &Bound<'_, PyAny>) -> PyResult<bool> {
    static OWN: PyOnceLock<Py<PyFrozenSet>> = PyOnceLock::new();
    let py = name.py();
    let own = once(py, &OWN, || {
        let formatters = py.import("hydra_logger.formatters")?;
        let own = formatters.getattr("OWN_ATTRIBUTES")?;
        Ok(own.cast_into::<PyFrozenSet>()?.unbind())
    })?;
    own.bind(py).contains(name)
}

/// The fields of one record, as they are gathered.
pub(crate) struct RecordFields<'a, 's> {
    arena: &'a Bump,
    keys: ArenaVec<'a, Key<'a>>,
    values: ArenaVec<'a, Value<'a>>,
    walk: Walk<'a, 's>,
}

impl<'a, 's> RecordFields<'a, 's> {
    pub(crate) fn new(arena: &'a Bump, shown: Shown<'s>) -> RecordFields<'a, 's> {
        RecordFields {
            arena,
            keys: ArenaVec::new_in(arena),
            values: ArenaVec::new_in(arena),
            walk: Walk::new(arena, shown),
        }
    }

    pub(crate) fn into_slices(self) -> (&'a [Key<'a>], &'a [Value<'a>]) {
        (self.keys.into_bump_slice(), self.values.into_bump_slice())
    }

    /// One of `extra`.
    pub(crate) fn add(
        &mut self,
        name: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let name = self.walk.name(name)?;
        let value = self.walk.value(value)?;
        self.keys.push(key_of(name));
        self.values.push(value);
        Ok(())
    }

    pub(crate) fn add_logger_name(&mut self, name: &str) {
        self.keys.push(key_of(LOGGER_NAME));
        self.values.push(Value::Str(self.arena.alloc_str(name)));
    }

    /// What `extra`, a filter or a factory has put on a record.
    pub(crate) fn add_attributes(&mut self, attributes: &Bound<'_, PyDict>) -> PyResult<()> {
        for (name, value) in entries_of(attributes, self.arena) {
            if !is_own_attribute(&name)? {
                self.add(&name, &value)?;
            }
        }
        Ok(())
    }

    /// The traceback and the stack that a record carries.
    pub(crate) fn add_traceback(&mut self, attributes: &Bound<'_, PyDict>) -> PyResult<()> {
        let py = attributes.py();
        let exc_info = attributes.get_item(intern!(py, "exc_info"))?;
        let exc_info = exc_info.as_ref().map(Bound::as_borrowed);
        if let Some(exception) = frames::exception(py, exc_info, false)? {
            self.keys.push(key_of(EXCEPTION));
            self.values.push(self.walk.traceback(&exception)?);
        } else if let Some(text) = text_in(attributes, intern!(py, "exc_text"))? {
            // Of a record that came through a queue or a socket only the text is left.
            self.keys.push(key_of(EXCEPTION));
            self.values.push(Value::Str(self.arena.alloc_str(&text)));
        }
        if let Some(text) = text_in(attributes, intern!(py, "stack_info"))? {
            let stack = text.strip_prefix(STACK_TITLE).unwrap_or(&text);
            self.keys.push(key_of(STACK));
            self.values.push(Value::Str(self.arena.alloc_str(stack)));
        }
        Ok(())
    }
}

/// A text, if there is one that is not empty.
fn text_in(attributes: &Bound<'_, PyDict>, name: &Bound<'_, PyString>) -> PyResult<Option<String>> {
    let Some(value) = attributes.get_item(name)? else {
        return Ok(None);
    };
    let Ok(text) = value.cast::<PyString>() else {
        return Ok(None);
    };
    let text = match text_of(text.as_borrowed()) {
        Some(text) => text.to_owned(),
        None => owned(text)?,
    };
    Ok((!text.is_empty()).then_some(text))
}
