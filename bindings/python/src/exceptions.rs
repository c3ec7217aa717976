//! Errors as the exceptions of `hydra_logger.core.exceptions`, which is imported when the first one
//! is raised.

use hydra_logger::Error;
use hydra_logger::config::{ConfigError, Problem};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::once::once;

const HOME: &str = "hydra_logger.core.exceptions";

macro_rules! exceptions {
    ($($function:ident $name:literal;)*) => {$(
        pub(crate) fn $function(py: Python<'_>, message: String) -> PyErr {
            static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
            let class = once(py, &CLASS, || {
                Ok(py.import(HOME)?.getattr($name)?.cast_into::<PyType>()?.unbind())
            });
            match class {
                Ok(class) => PyErr::from_type(class.bind(py).clone(), (message,)),
                Err(error) => error,
            }
        }
    )*};
}

exceptions! {
    configuration_error "ConfigurationError";
    data_protection_error "DataProtectionError";
    handler_error "HandlerError";
    plugin_error "PluginError";
    validation_error "ValidationError";
}

/// Every fault of a configuration, in the text and one by one in the attribute `problems`.
pub(crate) fn wrong_configuration(py: Python<'_>, error: &ConfigError) -> PyErr {
    let raised = configuration_error(py, error.to_string());
    let problems = error.problems.iter().map(|problem| as_dict(py, problem));
    let set = problems
        .collect::<PyResult<Vec<_>>>()
        .and_then(|problems| PyTuple::new(py, problems))
        .and_then(|problems| raised.value(py).setattr("problems", problems));
    set.err().unwrap_or(raised)
}

/// Why a logger could not be made.
pub(crate) fn not_made(py: Python<'_>, error: &Error) -> PyErr {
    match error {
        Error::Config(error) => wrong_configuration(py, error),
        other => configuration_error(py, other.to_string()),
    }
}

fn as_dict<'py>(py: Python<'py>, problem: &Problem) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("kind", problem.kind.name())?;
    dict.set_item("file", problem.file.as_deref())?;
    dict.set_item("line", problem.line)?;
    dict.set_item("column", problem.column)?;
    dict.set_item("path", &problem.path)?;
    dict.set_item("found", problem.found.as_deref())?;
    dict.set_item("message", &problem.message)?;
    dict.set_item("allowed", problem.allowed.as_deref())?;
    dict.set_item("suggestion", problem.suggestion.as_deref())?;
    Ok(dict)
}
