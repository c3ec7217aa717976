//! Python's texts as UTF-8.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use pyo3::{ffi, intern};

/// The UTF-8 of a text, borrowed from it, or `None` if it holds surrogates, which UTF-8 cannot.
///
/// Unsafe for its lifetime alone: PyO3's own lends the text for no longer than a handle of it lives.
#[inline]
pub(crate) fn text_of<'a>(text: Borrowed<'a, '_, PyString>) -> Option<&'a str> {
    let mut size: ffi::Py_ssize_t = 0;
    // SAFETY: `text` is a str, which lives for 'a and does not change; the UTF-8 is its own, and
    // lives as long as it.
    unsafe {
        let data = ffi::PyUnicode_AsUTF8AndSize(text.as_ptr(), &raw mut size);
        if data.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), size.cast_unsigned());
        Some(std::str::from_utf8_unchecked(bytes))
    }
}

/// The UTF-8 of a text that holds surrogates: `\udcff` stands for each.
#[cold]
pub(crate) fn with_surrogates(text: &Bound<'_, PyString>) -> PyResult<String> {
    let py = text.py();
    let arguments = ("utf-8", "backslashreplace");
    let encoded = text.call_method1(intern!(py, "encode"), arguments)?;
    let bytes = encoded.cast_into::<PyBytes>()?;
    Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned())
}

/// The text, owned, whatever it holds.
pub(crate) fn owned(text: &Bound<'_, PyString>) -> PyResult<String> {
    match text_of(text.as_borrowed()) {
        Some(text) => Ok(text.to_owned()),
        None => with_surrogates(text),
    }
}
