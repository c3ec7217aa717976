//! Where a call stands, what is being handled there, and how it came there.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use hydra_logger::Location;
use pyo3::exceptions::{PyBaseException, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::text::owned;

/// How many files' names are kept; beyond them a place has no name.
const MAX_FILES: usize = 10_000;

/// The exception that `exc_info` means: the one that is handled, one that is passed, or that of a
/// triple of `sys.exc_info`.
pub(crate) fn exception<'py>(
    py: Python<'py>,
    exc_info: Option<Borrowed<'_, 'py, PyAny>>,
    by_default: bool,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(given) = exc_info else {
        return if by_default { handled(py) } else { Ok(None) };
    };
    if given.is_instance_of::<PyBaseException>() {
        return Ok(Some(given.to_owned()));
    }
    if let Ok(triple) = given.cast::<PyTuple>() {
        let error = triple.get_item(1).ok();
        return Ok(error.filter(PyAnyMethods::is_instance_of::<PyBaseException>));
    }
    if given.is_truthy().unwrap_or(false) {
        handled(py)
    } else {
        Ok(None)
    }
}

/// The exception that is being handled.
fn handled(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let sys = py.import(intern!(py, "sys"))?;
    let error = sys.call_method0(intern!(py, "exception"))?;
    Ok((!error.is_none()).then_some(error))
}

/// The traceback of an exception, as Python prints it.
pub(crate) fn traceback(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = exception.py();
    let traceback = py.import(intern!(py, "traceback"))?;
    let lines = traceback.call_method1(intern!(py, "format_exception"), (exception,))?;
    joined(&lines)
}

/// The stack up to the frame that calls, as Python prints it; none where no code of Python's calls.
pub(crate) fn stack(py: Python<'_>, level: usize) -> PyResult<Option<String>> {
    let Some(frame) = frame(py, level)? else {
        return Ok(None);
    };
    let traceback = py.import(intern!(py, "traceback"))?;
    joined(&traceback.call_method1(intern!(py, "format_stack"), (frame,))?).map(Some)
}

fn joined(lines: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = PyString::new(lines.py(), "").call_method1("join", (lines,))?;
    let mut text = owned(text.cast::<PyString>()?)?;
    text.truncate(text.trim_end().len());
    Ok(text)
}

/// The frame so many levels up, 1 for the one that calls; the outermost where there are fewer. None
/// where the interpreter itself calls: `atexit.register(logger.info, "bye")`.
fn frame(py: Python<'_>, level: usize) -> PyResult<Option<Bound<'_, PyAny>>> {
    let sys = py.import(intern!(py, "sys"))?;
    let mut frame = match sys.call_method1(intern!(py, "_getframe"), (0,)) {
        Ok(frame) => frame,
        Err(error) if error.is_instance_of::<PyValueError>(py) => return Ok(None),
        Err(error) => return Err(error),
    };
    for _ in 1..level {
        let back = frame.getattr(intern!(py, "f_back"))?;
        if back.is_none() {
            break;
        }
        frame = back;
    }
    Ok(Some(frame))
}

/// The file and line of the frame so many levels up.
pub(crate) fn location(py: Python<'_>, level: usize) -> PyResult<Option<Location>> {
    let Some(frame) = frame(py, level)? else {
        return Ok(None);
    };
    let code = frame.getattr(intern!(py, "f_code"))?;
    let file = code.getattr(intern!(py, "co_filename"))?;
    let line = frame.getattr(intern!(py, "f_lineno"))?;
    let file = interned(&owned(file.cast::<PyString>()?)?);
    // A frame may be without a line.
    Ok(file.map(|file| Location {
        file,
        line: line.extract().unwrap_or(0),
    }))
}

/// Files are few, and their names live as long as the process.
pub(crate) fn interned(file: &str) -> Option<&'static str> {
    static FILES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let files = files.get_or_insert_default();
    if let Some(known) = files.get(file) {
        return Some(known);
    }
    if files.len() >= MAX_FILES {
        return None;
    }
    let kept: &'static str = Box::leak(file.into());
    files.insert(kept);
    Some(kept)
}
