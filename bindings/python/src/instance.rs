//! The attributes that an instance of a class of Python's keeps in its dictionary.
//!
//! What follows is unsafe for its speed: a logger of `logging`, its parents and its handler are looked
//! at in every call. To pass over an entry of a dictionary takes half the instructions of a question
//! for its name, to borrow a value a tenth of those that it takes to own it (a call of the interpreter
//! each to take and to let go), and `getattr("__dict__")` four times those of the function that it
//! ends in.

use std::ptr;

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString};

/// The attributes of an object that has a `__dict__` of its own.
#[inline]
pub(crate) fn attributes_of<'py>(object: Borrowed<'_, 'py, PyAny>) -> Option<Bound<'py, PyDict>> {
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

/// Attributes to be read together.
pub(crate) struct Attributes<const N: usize> {
    /// Interned, as all names of attributes are, in the order in which they are set at best.
    names: [Py<PyString>; N],
    /// What an instance may not have.
    forbidden: Vec<Py<PyString>>,
}

impl<const N: usize> Attributes<N> {
    pub(crate) fn new<'n>(
        py: Python<'_>,
        names: [&str; N],
        forbidden: impl IntoIterator<Item = &'n str>,
    ) -> Attributes<N> {
        let interned = |name: &str| PyString::intern(py, name).unbind();
        Attributes {
            names: names.map(interned),
            forbidden: forbidden.into_iter().map(interned).collect(),
        }
    }

    /// Their values in an instance's dictionary; `None` if one is missing, or one is there that may
    /// not be.
    ///
    /// # Safety
    /// The values are the dictionary's: none is used any more once code of Python's may have run,
    /// which could have changed it. What is needed beyond is owned before.
    #[inline]
    pub(crate) unsafe fn read<'d, 'py>(
        &self,
        dictionary: &'d Bound<'py, PyDict>,
    ) -> Option<[Borrowed<'d, 'py, PyAny>; N]> {
        // SAFETY: the dictionary lives.
        let mut entries = unsafe { ffi::PyDict_Size(dictionary.as_ptr()) };
        let mut values = [ptr::null_mut::<PyObject>(); N];
        let (mut next, mut missing) = (0, N);
        let mut position = 0;
        while entries > 0 && (missing > 0 || !self.forbidden.is_empty()) {
            let (mut name, mut value) = (ptr::null_mut::<PyObject>(), ptr::null_mut());
            // SAFETY: the dictionary lives, and nothing in this loop changes it.
            let found = unsafe {
                ffi::PyDict_Next(
                    dictionary.as_ptr(),
                    &raw mut position,
                    &raw mut name,
                    &raw mut value,
                )
            };
            if found == 0 {
                break;
            }
            entries -= 1;
            let place = if next < N && self.names[next].as_ptr() == name {
                next
            } else if let Some(place) = self.names.iter().position(|n| n.as_ptr() == name) {
                place
            } else if self.forbidden.iter().any(|n| n.as_ptr() == name) {
                return None;
            } else {
                continue;
            };
            next = place + 1;
            missing -= 1;
            values[place] = value;
        }
        if missing > 0 {
            return None;
        }
        // SAFETY: each is a value of the dictionary, as a name is there once.
        Some(values.map(|value| unsafe { Borrowed::from_ptr(dictionary.py(), value) }))
    }
}

/// The value of an interned name, as it is at this moment.
///
/// # Safety
/// As of [`Attributes::read`].
#[inline]
pub(crate) unsafe fn item<'d, 'py>(
    dictionary: &'d Bound<'py, PyDict>,
    name: &Py<PyString>,
) -> Option<Borrowed<'d, 'py, PyAny>> {
    // SAFETY: dictionary and name live. It returns a borrowed reference, or NULL; an error is taken
    // back, and the item counts as missing.
    unsafe {
        let value = ffi::PyDict_GetItemWithError(dictionary.as_ptr(), name.as_ptr());
        if value.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(Borrowed::from_ptr(dictionary.py(), value))
    }
}

/// The entries of a dictionary, borrowed from it.
///
/// # Safety
/// As of [`Attributes::read`].
#[inline]
pub(crate) unsafe fn entries<'d, 'py>(
    dictionary: Borrowed<'d, 'py, PyDict>,
) -> impl Iterator<Item = (Borrowed<'d, 'py, PyAny>, Borrowed<'d, 'py, PyAny>)> {
    let py = dictionary.py();
    let mut position = 0;
    std::iter::from_fn(move || {
        let (mut key, mut value) = (ptr::null_mut::<PyObject>(), ptr::null_mut());
        let places = (&raw mut position, &raw mut key, &raw mut value);
        // SAFETY: the dictionary lives, and nobody changes it; keys and values are its own.
        unsafe {
            if ffi::PyDict_Next(dictionary.as_ptr(), places.0, places.1, places.2) == 0 {
                return None;
            }
            Some((Borrowed::from_ptr(py, key), Borrowed::from_ptr(py, value)))
        }
    })
}

/// What a dictionary has for a number. It is found without code of Python's, which a question to the
/// dictionary may run: only ints are compared.
///
/// # Safety
/// As of [`Attributes::read`].
#[inline]
pub(crate) unsafe fn by_number<'d, 'py>(
    dictionary: Borrowed<'d, 'py, PyDict>,
    number: Borrowed<'_, 'py, PyAny>,
) -> Option<Borrowed<'d, 'py, PyAny>> {
    // Those of `logging` are objects that are there once.
    let is_it = |key: Borrowed<'_, '_, PyAny>| {
        key.is(number) || whole(key).is_some_and(|key| Some(key) == whole(number))
    };
    // SAFETY: the same is asked of the caller; comparing runs nothing of Python's.
    let mut entries = unsafe { entries(dictionary) };
    let found = entries.find(|(key, _)| is_it(*key));
    found.map(|(_, value)| value)
}

/// The items of a list, borrowed from it.
///
/// # Safety
/// As of [`Attributes::read`].
#[inline]
pub(crate) unsafe fn items<'l, 'py>(
    list: Borrowed<'l, 'py, PyList>,
) -> impl Iterator<Item = Borrowed<'l, 'py, PyAny>> {
    // SAFETY: the list lives, and has so many items as long as no code of Python's runs.
    unsafe {
        (0..ffi::PyList_Size(list.as_ptr())).map(move |index| {
            Borrowed::from_ptr(list.py(), ffi::PyList_GetItem(list.as_ptr(), index))
        })
    }
}

/// The truth of a bool or an int; nothing of Python's is asked.
#[inline]
pub(crate) fn truth(value: Borrowed<'_, '_, PyAny>) -> Option<bool> {
    match value.cast_exact::<PyBool>() {
        Ok(truth) => Some(truth.is_true()),
        Err(_) => whole(value).map(|number| number != 0),
    }
}

/// An int of 64 bits; nothing of Python's is asked.
#[inline]
pub(crate) fn whole(value: Borrowed<'_, '_, PyAny>) -> Option<i64> {
    small(value.cast_exact::<PyInt>().ok()?)
}

/// An int, or an instance of a class of ints, if it has no more than 64 bits.
#[inline]
pub(crate) fn small(number: Borrowed<'_, '_, PyInt>) -> Option<i64> {
    let mut overflow = 0;
    // SAFETY: it is an int, of which the function fails with an overflow alone, and says so.
    let number = unsafe { ffi::PyLong_AsLongLongAndOverflow(number.as_ptr(), &raw mut overflow) };
    (overflow == 0).then_some(number)
}
