//! One interpreter a process, the main one: statics, caches and files are shared, objects of one
//! interpreter must not reach another, and from a thread of ours there is no way into any but the
//! main one (`PyGILState_Ensure`, which would wait for itself in another).

use pyo3::exceptions::PyImportError;
use pyo3::{PyResult, ffi};

/// The number of the interpreter that a process begins with.
const MAIN: i64 = 0;

/// Lets only the main interpreter import the module. CPython refuses isolated ones itself from 3.12
/// on; older ones, and those of `mod_wsgi`, come here.
pub(crate) fn refuse_a_second() -> PyResult<()> {
    // SAFETY: the module is being imported, so this thread has an interpreter.
    let this = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if this == MAIN {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "hydra_logger works in the main interpreter of a process alone, and this is another one: \
         use a process for each (in mod_wsgi: WSGIApplicationGroup %{GLOBAL})",
    ))
}
