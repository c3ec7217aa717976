//! What an object is, beyond the built-in types.
//!
//! Asked of its class, and remembered: classes are few, and asking costs attribute look-ups. No
//! module is imported for it: an object of a module that is not loaded cannot be there.

use std::cell::RefCell;
use std::collections::HashMap;

use pyo3::exceptions::PyBaseException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PyMemoryView,
    PySet, PyString, PyTuple, PyType, PyWeakrefReference,
};

/// How a class's instances are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Float,
    Bytes,
    /// By `total_seconds`.
    Duration,
    /// By `isoformat`.
    Moment,
    Enum,
    /// A number of numpy's.
    Scalar,
    Array,
    Iterable,
    Mapping,
    NamedTuple,
    Dataclass,
    /// A model of pydantic's.
    Model,
    Exception,
    /// By its `str`.
    Other,
}

/// How many classes are remembered.
const MAX_CLASSES: usize = 1000;

thread_local! {
    /// The weak reference tells whether the class at this address is still the one that was asked.
    static KNOWN: RefCell<HashMap<usize, (Py<PyWeakrefReference>, Kind)>> = RefCell::default();
}

impl Kind {
    /// The kind of an object that is of no built-in type itself.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Kind> {
        // A class is shown by its name, whatever its instances are.
        if object.is_instance_of::<PyType>() {
            return Ok(Kind::Other);
        }
        let class = object.get_type();
        if let Some(kind) = remembered(&class) {
            return Ok(kind);
        }
        let kind = asked(object, &class)?;
        remember(&class, kind);
        Ok(kind)
    }
}

fn remembered(class: &Bound<'_, PyType>) -> Option<Kind> {
    KNOWN.with_borrow(|known| {
        let (reference, kind) = known.get(&(class.as_ptr() as usize))?;
        let alive = reference.bind(class.py()).upgrade().is_some();
        alive.then_some(*kind)
    })
}

fn remember(class: &Bound<'_, PyType>, kind: Kind) {
    let Ok(reference) = PyWeakrefReference::new(class) else {
        return;
    };
    let old = KNOWN.with_borrow_mut(|known| {
        let old = if known.len() >= MAX_CLASSES {
            std::mem::take(known)
        } else {
            HashMap::new()
        };
        known.insert(class.as_ptr() as usize, (reference.unbind(), kind));
        old
    });
    drop(old);
}

fn asked(object: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> PyResult<Kind> {
    let py = object.py();
    let has = |name| class.hasattr(name);
    if is_of(class, "enum", "Enum")? {
        return Ok(Kind::Enum);
    }
    if is_of(class, "numpy", "generic")? {
        return Ok(Kind::Scalar);
    }
    if is_of(class, "numpy", "ndarray")? {
        return Ok(Kind::Array);
    }
    if object.is_instance_of::<PyString>() {
        return Ok(Kind::Text);
    }
    if object.is_instance_of::<PyInt>() {
        return Ok(Kind::Int);
    }
    if object.is_instance_of::<PyFloat>() {
        return Ok(Kind::Float);
    }
    if object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.is_instance_of::<PyMemoryView>()
    {
        return Ok(Kind::Bytes);
    }
    if object.is_instance_of::<PyBaseException>() {
        return Ok(Kind::Exception);
    }
    if is_of(class, "datetime", "timedelta")? {
        return Ok(Kind::Duration);
    }
    // A datetime is a date.
    if is_of(class, "datetime", "date")? || is_of(class, "datetime", "time")? {
        return Ok(Kind::Moment);
    }
    if has(intern!(py, "__pydantic_validator__"))? && has(intern!(py, "model_dump"))? {
        return Ok(Kind::Model);
    }
    if has(intern!(py, "__dataclass_fields__"))? {
        return Ok(Kind::Dataclass);
    }
    if object.is_instance_of::<PyTuple>() && has(intern!(py, "_fields"))? {
        return Ok(Kind::NamedTuple);
    }
    if object.is_instance_of::<PyDict>() || object.is_instance_of::<PyMapping>() {
        return Ok(Kind::Mapping);
    }
    let iterable = object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || object.is_instance_of::<PySet>()
        || object.is_instance_of::<PyFrozenSet>()
        || is_of(class, "collections", "deque")?;
    Ok(if iterable {
        Kind::Iterable
    } else {
        Kind::Other
    })
}

/// Whether a class is this one of a module, or derived from it.
fn is_of(class: &Bound<'_, PyType>, module: &str, name: &str) -> PyResult<bool> {
    let py = class.py();
    let modules = py
        .import(intern!(py, "sys"))?
        .getattr(intern!(py, "modules"))?;
    let Some(module) = modules.cast::<PyDict>()?.get_item(module)? else {
        return Ok(false);
    };
    // One that is being imported may not have it yet.
    let Some(base) = module.getattr_opt(name)? else {
        return Ok(false);
    };
    base.cast::<PyType>()
        .map_or(Ok(false), |base| class.is_subclass(base))
}
