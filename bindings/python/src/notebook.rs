//! Notebooks: what a console writes goes through Python's `sys.stdout` and `sys.stderr`, which the
//! kernel has replaced, so that it stands in the cell that logged it. What a notebook is, and how a
//! line gets there, says `hydra_logger._notebook`.

use std::io;

use hydra_core::destination::host::show_in;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Finds out whether this is a notebook, wherever a logger is made: one look into `sys.modules`,
/// unless a kernel is there.
pub(crate) fn look(py: Python<'_>) -> PyResult<()> {
    let modules = py.import("sys")?.getattr("modules")?;
    if modules.cast::<PyDict>()?.contains("ipykernel")? {
        py.import("hydra_logger._notebook")?
            .call_method0("attach")?;
    }
    Ok(())
}

/// Have every console of the process write by calling `show` with `stdout` or `stderr` and a line,
/// newline included, and take it for a terminal where colours are asked for. Only the first call has
/// an effect; returns whether this was it.
#[pyfunction]
pub(crate) fn show_consoles_with(show: Py<PyAny>) -> bool {
    show_in(Box::new(move |stream, line| {
        let line = String::from_utf8_lossy(line);
        let shown = |py: Python<'_>| show.call1(py, (stream.name(), &*line)).map(drop);
        match Python::try_attach(shown) {
            Some(shown) => shown.map_err(io::Error::from),
            None => Err(io::Error::other("the interpreter has ended")),
        }
    }))
}
