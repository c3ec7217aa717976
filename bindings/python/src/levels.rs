//! Levels as Python names them: words, numbers of `logging`, or those of the core.

use hydra_logger::Level;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::text::text_of;

/// The level that an argument is, if it is one: a word in any case, or a number. A number between
/// two levels is the one below it, as a line's severity must not be overstated.
pub(crate) fn level_of(argument: Borrowed<'_, '_, PyAny>) -> Option<Level> {
    if let Ok(text) = argument.cast::<PyString>() {
        let text = text_of(text)?;
        // "20" is a text, which may be a message.
        return text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic())
            .then(|| text.parse().ok())?;
    }
    if argument.is_instance_of::<PyInt>() && !argument.is_instance_of::<PyBool>() {
        let number: i64 = argument.extract().ok()?;
        let below = Level::ALL.into_iter().rev();
        let mut below = below.filter(|level| i64::from(level.number()) <= number);
        return Some(below.next().unwrap_or(Level::Trace));
    }
    None
}
