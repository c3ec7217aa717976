//! The dictionary in which an instance of a class of Python's keeps its attributes.

use std::ptr;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The attributes of an object that has a `__dict__` of its own.
///
/// Unsafe for its speed: through `getattr("__dict__")`, which makes the same call at its end, it
/// takes four times as long, and a logger asks two to four times a record.
#[inline]
pub(crate) fn attributes_of<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    // SAFETY: the object lives and the GIL is held. The function returns a new reference, or NULL
    // with an exception set, which is taken back.
    unsafe {
        let dict = ffi::PyObject_GenericGetDict(object.as_ptr(), ptr::null_mut());
        if dict.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let dict = Bound::from_owned_ptr(object.py(), dict);
        dict.cast_into_exact::<PyDict>().ok()
    }
}
