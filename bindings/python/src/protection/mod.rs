//! Data protection: faces of `hydra-protect`. Texts and bytes are lent to it; nothing is decided here.

mod files;
mod hasher;
mod redactor;
mod validator;

pub(crate) use files::{
    backup_file, check_file, keep_message, kept_messages, list_backups, recover_file,
    remove_messages, restore_backup, write_file,
};
pub(crate) use hasher::DataHasher;
pub(crate) use redactor::{Redactor, cleaned, sanitize_text};
pub(crate) use validator::SecurityValidator;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// A text or bytes, as bytes. A text with lone surrogates is taken as UTF-8 would have them.
pub(super) enum Given<'py> {
    Text(Bound<'py, PyString>),
    Surrogates(Bound<'py, PyBytes>),
    Bytes(Bound<'py, PyBytes>),
}

impl<'py> Given<'py> {
    pub(super) fn of(object: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
        if let Ok(text) = object.cast::<PyString>() {
            if text.to_str().is_ok() {
                return Ok(Given::Text(text.clone()));
            }
            let encoded = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
            return Ok(Given::Surrogates(encoded.cast_into()?));
        }
        match object.cast::<PyBytes>() {
            Ok(bytes) => Ok(Given::Bytes(bytes.clone())),
            Err(_) => Err(PyTypeError::new_err(format!(
                "expected str or bytes, found {}",
                object.get_type().name()?
            ))),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Given::Text(text) => text.to_str().unwrap_or_default().as_bytes(),
            Given::Surrogates(bytes) | Given::Bytes(bytes) => bytes.as_bytes(),
        }
    }

    /// The place of a byte in what was given: of a character in a text.
    pub(super) fn place(&self, byte: usize) -> usize {
        let start = self.bytes().get(..byte).unwrap_or_default();
        match self {
            Given::Bytes(_) => start.len(),
            // Every character has one byte that continues no other.
            _ => start.iter().filter(|byte| **byte & 0xc0 != 0x80).count(),
        }
    }

    /// Bytes as the type that was given.
    pub(super) fn same_type(&self, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Given::Text(text) => {
                let shown = String::from_utf8_lossy(bytes);
                Ok(PyString::new(text.py(), &shown).into_any())
            }
            Given::Surrogates(given) => {
                PyBytes::new(given.py(), bytes).call_method1("decode", ("utf-8", "surrogatepass"))
            }
            Given::Bytes(given) => Ok(PyBytes::new(given.py(), bytes).into_any()),
        }
    }
}
