//! Errors as the exceptions of `hydra_logger.core.exceptions`, which is imported when the first one
//! is raised.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

const HOME: &str = "hydra_logger.core.exceptions";

macro_rules! exceptions {
    ($($function:ident $name:literal $what:literal;)*) => {$(
        #[doc = $what]
        pub(crate) fn $function(py: Python<'_>, message: String) -> PyErr {
            static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
            match CLASS.import(py, HOME, $name) {
                Ok(class) => PyErr::from_type(class.clone(), (message,)),
                Err(error) => error,
            }
        }
    )*};
}

exceptions! {
    handler_error "HandlerError" "A destination could not do its work.";
}
