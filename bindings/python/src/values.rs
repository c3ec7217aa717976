//! From Python's objects to values: one walk, after which nothing of Python is needed any more but
//! the texts of the call's own arguments, which live as long as the call.
//!
//! What is in containers is copied, since another thread, or an object's own `__str__`, may change
//! them meanwhile. Whatever an object is, it becomes a value: what raises, has no end or leads back
//! to itself is shown by a text that says so.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use hydra_logger::Value;
use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::frames;
use crate::gil;
use crate::instance::{entries, small};
use crate::kinds::Kind;
use crate::shown::Shown;
use crate::text::{text_of, with_surrogates};

/// How deep containers are followed; what lies deeper is shown as `...`.
const MAX_DEPTH: usize = 48;
/// How many objects one record may hold: a small structure can refer to itself many times over.
const MAX_OBJECTS: usize = 200_000;

/// What stands for what is left out.
const LEFT_OUT: Value<'static> = Value::Str("...");
/// What stands for a container inside itself.
const CYCLE: Value<'static> = Value::Str("<cycle>");

/// One walk over a record's values.
pub(crate) struct Walk<'w, 'l> {
    arena: &'w Bump,
    shown: Shown<'l>,
    /// The containers around the object at hand.
    around: ArenaVec<'w, *mut pyo3::ffi::PyObject>,
    objects: usize,
}

impl<'w, 'l> Walk<'w, 'l> {
    pub(crate) fn new(arena: &'w Bump, shown: Shown<'l>) -> Walk<'w, 'l> {
        Walk {
            arena,
            shown,
            around: ArenaVec::new_in(arena),
            objects: 0,
        }
    }

    /// The value of an argument, whose text is borrowed.
    #[inline]
    pub(crate) fn argument<'a>(&mut self, object: Borrowed<'a, '_, PyAny>) -> PyResult<Value<'a>>
    where
        'w: 'a,
    {
        if let Ok(text) = object.cast_exact::<PyString>()
            && let Some(text) = text_of(text)
        {
            return Ok(Value::Str(text));
        }
        self.value(&object)
    }

    /// The name of a field, copied.
    pub(crate) fn name(&mut self, object: &Bound<'_, PyAny>) -> PyResult<&'w str> {
        let text = object.cast::<PyString>().ok().map(Bound::as_borrowed);
        if let Some(text) = text.and_then(text_of) {
            return Ok(self.arena.alloc_str(text));
        }
        let text = self.shown.text(object)?;
        Ok(self.arena.alloc_str(&text))
    }

    /// The value of any object, copied.
    pub(crate) fn value(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        self.objects += 1;
        if self.objects > MAX_OBJECTS {
            return Ok(LEFT_OUT);
        }
        if let Ok(text) = object.cast_exact::<PyString>() {
            return self.text(text);
        }
        if let Ok(number) = object.cast_exact::<PyInt>() {
            return self.int(number);
        }
        if let Ok(number) = object.cast_exact::<PyFloat>() {
            return Ok(Value::F64(number.value()));
        }
        if let Ok(truth) = object.cast_exact::<PyBool>() {
            return Ok(Value::Bool(truth.is_true()));
        }
        if object.is_none() {
            return Ok(Value::Null);
        }
        if let Ok(dict) = object.cast_exact::<PyDict>() {
            return self.dict(dict);
        }
        if object.is_exact_instance_of::<PyList>() || object.is_exact_instance_of::<PyTuple>() {
            return self.inside(object, |walk| walk.sequence(object));
        }
        self.other(object)
    }

    fn text(&self, text: &Bound<'_, PyString>) -> PyResult<Value<'w>> {
        Ok(Value::Str(match text_of(text.as_borrowed()) {
            Some(text) => self.arena.alloc_str(text),
            None => self.arena.alloc_str(&with_surrogates(text)?),
        }))
    }

    fn owned_text(&self, text: &str) -> Value<'w> {
        Value::Str(self.arena.alloc_str(text))
    }

    fn int(&self, number: &Bound<'_, PyInt>) -> PyResult<Value<'w>> {
        match small(number.as_borrowed()) {
            Some(small) => Ok(Value::I64(small)),
            None => gil::counted(|| self.large_int(number)),
        }
    }

    #[cold]
    fn large_int(&self, number: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        if let Ok(large) = number.extract::<i128>() {
            return Ok(Value::I128(self.arena.alloc(large)));
        }
        // Beyond 4300 digits Python refuses decimals, which take it quadratic time.
        let text = number.str().or_else(|_| {
            Ok::<_, PyErr>(number.call_method1("__format__", ("#x",))?.cast_into()?)
        })?;
        self.text(&text)
    }

    /// Goes into a container, unless it is one of those around it.
    fn inside(
        &mut self,
        object: &Bound<'_, PyAny>,
        look: impl FnOnce(&mut Self) -> PyResult<Value<'w>>,
    ) -> PyResult<Value<'w>> {
        let address = object.as_ptr();
        if self.around.contains(&address) {
            return Ok(CYCLE);
        }
        if self.around.len() >= MAX_DEPTH {
            return Ok(LEFT_OUT);
        }
        self.around.push(address);
        let value = look(self);
        self.around.pop();
        value
    }

    fn dict(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<Value<'w>> {
        if let Some(plain) = self.plain_dict(dict) {
            return Ok(plain);
        }
        self.inside(dict.as_any(), |walk| {
            walk.entries(&entries_of(dict, walk.arena))
        })
    }

    /// A dictionary of texts and numbers alone: no code of Python's looks at these, so that none of
    /// its entries need be owned. `None` for any other.
    fn plain_dict(&mut self, dict: &Bound<'_, PyDict>) -> Option<Value<'w>> {
        let objects = self.objects + dict.len();
        if self.around.len() >= MAX_DEPTH || objects > MAX_OBJECTS {
            return None;
        }
        let mut values = ArenaVec::with_capacity_in(dict.len(), self.arena);
        // SAFETY: nothing of Python's runs in this loop.
        for (key, value) in unsafe { entries(dict.as_borrowed()) } {
            let name = text_of(key.cast_exact::<PyString>().ok()?)?;
            values.push((&*self.arena.alloc_str(name), self.plain(value)?));
        }
        self.objects = objects;
        Some(Value::Map(values.into_bump_slice()))
    }

    /// A text or a number.
    #[inline]
    fn plain(&self, object: Borrowed<'_, '_, PyAny>) -> Option<Value<'w>> {
        if let Ok(text) = object.cast_exact::<PyString>() {
            return Some(self.owned_text(text_of(text)?));
        }
        if let Ok(number) = object.cast_exact::<PyInt>() {
            return small(number).map(Value::I64);
        }
        if let Ok(number) = object.cast_exact::<PyFloat>() {
            return Some(Value::F64(number.value()));
        }
        if let Ok(truth) = object.cast_exact::<PyBool>() {
            return Some(Value::Bool(truth.is_true()));
        }
        object.is_none().then_some(Value::Null)
    }

    fn entries(&mut self, entries: &[(Bound<'_, PyAny>, Bound<'_, PyAny>)]) -> PyResult<Value<'w>> {
        let mut values = ArenaVec::with_capacity_in(entries.len(), self.arena);
        for (key, value) in entries {
            values.push((self.name(key)?, self.value(value)?));
        }
        Ok(Value::Map(values.into_bump_slice()))
    }

    /// Anything that can be iterated; what its iteration raises ends it.
    fn sequence(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        let mut values = ArenaVec::new_in(self.arena);
        for item in object.try_iter()? {
            if self.objects > MAX_OBJECTS {
                values.push(LEFT_OUT);
                break;
            }
            values.push(self.value(&item?)?);
        }
        Ok(Value::List(values.into_bump_slice()))
    }

    /// An object of no built-in type. Whatever goes wrong, there is a value for it.
    #[inline(never)]
    fn other(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        let depth = self.around.len();
        let seen = gil::counted(|| Kind::of(object).and_then(|kind| self.of_kind(kind, object)));
        seen.or_else(|error| {
            self.around.truncate(depth);
            let text = if error.is_instance_of::<PyRecursionError>(object.py()) {
                "...".to_owned()
            } else {
                self.shown.unprintable(object, error)?
            };
            Ok(self.owned_text(&text))
        })
    }

    fn of_kind(&mut self, kind: Kind, object: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        match kind {
            Kind::Text => self.text(object.cast::<PyString>()?),
            Kind::Int => self.int(object.cast::<PyInt>()?),
            Kind::Float => Ok(Value::F64(object.extract()?)),
            Kind::Bytes => {
                let bytes = object.py().get_type::<PyBytes>().call1((object,))?;
                let bytes = self
                    .arena
                    .alloc_slice_copy(bytes.cast::<PyBytes>()?.as_bytes());
                Ok(Value::Bytes(bytes))
            }
            Kind::Duration => {
                let seconds: f64 = object.call_method0("total_seconds")?.extract()?;
                Ok(match std::time::Duration::try_from_secs_f64(seconds) {
                    Ok(duration) => Value::Duration(duration),
                    // A negative one.
                    Err(_) => Value::F64(seconds),
                })
            }
            // These three lead to another object, which may be of the same kind, or the same one.
            Kind::Moment => self.inside(object, |walk| {
                walk.value(&object.call_method0("isoformat")?)
            }),
            Kind::Enum => self.inside(object, |walk| walk.value(&object.getattr("value")?)),
            Kind::Array => self.inside(object, |walk| walk.array(object)),
            Kind::Scalar => self.scalar(object),
            Kind::Iterable => self.inside(object, |walk| walk.sequence(object)),
            Kind::Mapping => self.inside(object, |walk| walk.mapping(object)),
            Kind::NamedTuple => self.inside(object, |walk| walk.attributes(object, "_fields")),
            Kind::Dataclass => self.inside(object, |walk| {
                walk.attributes(object, "__dataclass_fields__")
            }),
            Kind::Model => {
                let dump = object.call_method0("model_dump")?;
                self.inside(object, |walk| walk.value(&dump))
            }
            Kind::Exception => {
                let text = self.exception(object)?;
                Ok(self.owned_text(&text))
            }
            Kind::Other => {
                let text = self.shown.text(object)?;
                Ok(self.owned_text(&text))
            }
        }
    }

    fn mapping(&mut self, mapping: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        let mut entries = Vec::new();
        for entry in mapping.call_method0("items")?.try_iter()? {
            entries.push(entry?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?);
            if entries.len() > MAX_OBJECTS {
                break;
            }
        }
        self.entries(&entries)
    }

    /// The attributes that one of its attributes names.
    fn attributes(&mut self, object: &Bound<'_, PyAny>, names: &str) -> PyResult<Value<'w>> {
        let mut values = ArenaVec::new_in(self.arena);
        for name in object.getattr(names)?.try_iter()? {
            let name = name?.cast_into::<PyString>()?;
            // One that is declared but not set is left out.
            if let Some(value) = object.getattr_opt(&name)? {
                values.push((self.name(name.as_any())?, self.value(&value)?));
            }
        }
        Ok(Value::Map(values.into_bump_slice()))
    }

    /// A number of numpy's. One that no type of Python's can hold, as a long double, is its own item.
    fn scalar(&mut self, scalar: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        let item = scalar.call_method0("item")?;
        if item.get_type().is(scalar.get_type()) {
            let text = self.shown.text(scalar)?;
            return Ok(self.owned_text(&text));
        }
        self.inside(scalar, |walk| walk.value(&item))
    }

    /// A small array as lists; a large one as numpy shows it, shortened.
    fn array(&mut self, array: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        if array.getattr("size")?.extract::<usize>()? > 1000 {
            let text = self.shown.text(array)?;
            return Ok(self.owned_text(&text));
        }
        self.value(&array.call_method0("tolist")?)
    }

    /// The traceback of an exception, as Python prints it.
    pub(crate) fn traceback(&mut self, exception: &Bound<'_, PyAny>) -> PyResult<Value<'w>> {
        let text = frames::traceback(exception);
        let text = text.or_else(|error| self.shown.unprintable(exception, error))?;
        Ok(self.owned_text(&text))
    }

    /// An exception and its causes, joined by `: `, as the core shows errors.
    fn exception(&mut self, exception: &Bound<'_, PyAny>) -> PyResult<String> {
        const MAX_CAUSES: usize = 64;
        let mut text = String::new();
        let mut seen = Vec::new();
        let mut next = Some(exception.clone());
        while let Some(one) = next {
            if seen.len() >= MAX_CAUSES || seen.contains(&one.as_ptr()) {
                break;
            }
            seen.push(one.as_ptr());
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&one.get_type().name()?.to_string_lossy());
            let message = self.shown.text(&one)?;
            if !message.is_empty() {
                text.push_str(": ");
                text.push_str(&message);
            }
            next = cause_of(&one)?;
        }
        Ok(text)
    }
}

/// What Python shows above an exception: its cause, or what was being handled.
fn cause_of<'py>(exception: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let cause = exception.getattr("__cause__")?;
    if !cause.is_none() {
        return Ok(Some(cause));
    }
    if exception.getattr("__suppress_context__")?.is_truthy()? {
        return Ok(None);
    }
    let context = exception.getattr("__context__")?;
    Ok((!context.is_none()).then_some(context))
}

/// A dictionary's entries at this moment: no code of the program's runs while they are taken.
pub(crate) fn entries_of<'w, 'py>(
    dict: &Bound<'py, PyDict>,
    arena: &'w Bump,
) -> ArenaVec<'w, (Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let mut entries = ArenaVec::with_capacity_in(dict.len(), arena);
    entries.extend(dict.iter());
    entries
}
