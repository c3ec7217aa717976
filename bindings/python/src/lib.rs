//! `hydra_logger._core`: the compiled part of the Python package.
//!
//! Conversion, the GIL and errors; every decision is the core's.

mod exceptions;
mod interpreter;
mod logger;

use pyo3::prelude::*;

/// The compiled part of `hydra_logger`.
#[pymodule(gil_used = true)]
mod _core {
    #[pymodule_export]
    use super::logger::HydraLogger;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::interpreter::refuse_a_second()?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
