//! One interpreter a process: statics, caches and files are shared, and objects of one interpreter
//! must not reach another.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use pyo3::exceptions::PyImportError;
use pyo3::{PyResult, ffi};

/// No interpreter has this number.
const NONE: i64 = -1;

static FIRST: AtomicI64 = AtomicI64::new(NONE);

/// Lets only the first interpreter that imports the module go on. CPython refuses isolated ones
/// itself from 3.12 on; older ones, and those of `mod_wsgi`, come here.
pub(crate) fn refuse_a_second() -> PyResult<()> {
    // SAFETY: the module is being imported, so this thread has an interpreter.
    let this = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    match FIRST.compare_exchange(NONE, this, Relaxed, Relaxed) {
        Ok(_) => Ok(()),
        Err(first) if first == this => Ok(()),
        Err(_) => Err(PyImportError::new_err(
            "hydra_logger is already loaded in another interpreter of this process, and cannot \
             be shared by two: use one process for each",
        )),
    }
}
