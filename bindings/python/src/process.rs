//! The end of a process, and the signals that ask for it: `hydra_logger._process` says when, the core
//! does it.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use hydra_core::destination::file;
use hydra_core::exit;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::exceptions::configuration_error;
use crate::gil;

/// Bring what asynchronous loggers have accepted to where it goes, and write what rests in the buffers
/// of every file of the process. Returns whether that came to an end
/// within `seconds`: where it did not, somebody does not read from a pipe, or a network does not
/// answer, and it goes on behind.
#[pyfunction]
pub(crate) fn flush_all(py: Python<'_>, seconds: f64) -> PyResult<bool> {
    let patience = patience(seconds)?;
    Ok(gil::detached(py, || {
        exit::flush_all(patience);
        file::flush_all(patience)
    }))
}

/// As `flush_all`, for the end of the process: from now on every line is written at once.
#[pyfunction]
pub(crate) fn retire_all(py: Python<'_>, seconds: f64) -> PyResult<bool> {
    let patience = patience(seconds)?;
    Ok(gil::detached(py, || file::retire_all(patience)))
}

/// Bring what every asynchronous logger of the process has accepted to where it goes, within `seconds`;
/// from now on each call of one waits until its record is there.
#[pyfunction]
pub(crate) fn retire_engines(py: Python<'_>, seconds: f64) -> PyResult<()> {
    let patience = patience(seconds)?;
    gil::detached(py, || exit::retire_all(patience));
    Ok(())
}

/// The program `hydra` on these arguments, the first of which is its name. Returns the exit code.
#[pyfunction]
pub(crate) fn cli_main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let code = gil::detached(py, || hydra_cli::run_with(arguments));
    // An `ExitCode` can be compared, but not read.
    (0..u8::MAX)
        .find(|number| ExitCode::from(*number) == code)
        .unwrap_or(u8::MAX)
}

fn patience(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Has signals that end the process flush first.
///
/// # Errors
/// Python sets handlers in the main thread alone.
pub(crate) fn handle_signals(py: Python<'_>) -> PyResult<()> {
    let set = py
        .import("hydra_logger._process")
        .and_then(|module| module.call_method0("handle_signals"));
    match set {
        Err(error) if error.is_instance_of::<PyValueError>(py) => Err(configuration_error(
            py,
            "handle_signals=True was given in another thread than the main one, where Python sets \
             no handlers: make that logger in the main thread"
                .to_owned(),
        )),
        set => set.map(drop),
    }
}
