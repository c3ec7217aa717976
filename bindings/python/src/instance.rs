//! The attributes that an instance of a class of Python's keeps in its dictionary.
//!
//! What follows is unsafe for its speed: a logger of `logging`, its parents and its handler are looked
//! at in every call. One pass over a dictionary of nine takes 25 ns, nine questions 90; and
//! `getattr("__dict__")` is four times as slow as the function that it ends in.

use std::ptr;

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// The attributes of an object that has a `__dict__` of its own.
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

/// The attributes of these names, which are interned as all names of attributes are, best in the
/// order in which they were set; `None` if one is missing, or if one of the others is forbidden.
#[inline]
pub(crate) fn read<'py, const N: usize>(
    object: &Bound<'py, PyAny>,
    names: [&Bound<'py, PyString>; N],
    forbidden: &[Py<PyString>],
) -> Option<[Bound<'py, PyAny>; N]> {
    let attributes = attributes_of(object)?;
    let mut values = [const { None }; N];
    let (mut next, mut found) = (0, 0);
    let (mut position, mut name, mut value) = (0, ptr::null_mut::<PyObject>(), ptr::null_mut());
    // SAFETY: the dictionary lives, and no code of Python's runs in this loop that could change it;
    // names and values are its own, alive at least until then, and values that are kept are owned.
    while unsafe {
        ffi::PyDict_Next(
            attributes.as_ptr(),
            &raw mut position,
            &raw mut name,
            &raw mut value,
        ) != 0
    } {
        let place = if next < N && names[next].as_ptr() == name {
            next
        } else if let Some(place) = names.iter().position(|known| known.as_ptr() == name) {
            place
        } else if forbidden.iter().any(|known| known.as_ptr() == name) {
            return None;
        } else {
            continue;
        };
        next = place + 1;
        found += 1;
        // SAFETY: see above.
        values[place] = Some(unsafe { Bound::from_borrowed_ptr(object.py(), value) });
        if found == N && forbidden.is_empty() {
            break;
        }
    }
    (found == N).then(|| values.map(|value| value.unwrap_or_else(|| object.clone())))
}
