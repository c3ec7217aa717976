//! Presets as constructors: `HydraLogger.for_production()`, and those that a program registers.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::config::{has_preset, presets_list, register_preset};
use crate::exceptions::configuration_error;
use crate::logger::HydraLogger;

/// A logger of this class with a preset.
fn preset<'py>(
    class: &Bound<'py, PyType>,
    name: &str,
    arguments: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let config = PyDict::new(class.py());
    // As a file that extends it: so a name that is not known gets the same answer.
    config.set_item("extends", name)?;
    class.call((config,), arguments)
}

/// The constructors of the built-in presets.
macro_rules! constructors {
    ($($method:ident $name:literal $doc:literal;)*) => {
        #[pymethods]
        impl HydraLogger {$(
            #[doc = $doc]
            ///
            /// Takes the constructor's arguments, which win over the preset.
            #[classmethod]
            #[pyo3(signature = (**arguments))]
            fn $method<'py>(
                class: &Bound<'py, PyType>,
                arguments: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                preset(class, $name, arguments)
            }
        )*}
    };
}

constructors! {
    for_production "production" "A console, JSON files, errors apart, SECURITY and PERFORMANCE layers.";
    for_development "development" "Everything from DEBUG on, in colour, and in a plain file.";
    for_testing "testing" "A quiet console, nothing on disk, the same output on every run.";
    for_microservice "microservice" "JSON on stdout for a collector, a file, a HEALTH layer.";
    for_api_service "api_service" "API, AUTH and RATE_LIMIT layers.";
    for_background_worker "background_worker" "WORKER, TASK and PROGRESS layers.";
    for_high_performance "high_performance" "Buffered plain-text files for many records a second.";
    for_minimal_features "minimal_features" "One buffered file and a console; protection, plugins, measuring off.";
    for_bare_metal "bare_metal" "The least work for each record: all features off, large buffers.";
    for_async_production "async_production" "Production for an asynchronous logger: JSON on console and in files.";
    for_throughput_optimized "throughput_optimized" "One JSON file behind a large buffer, for an asynchronous logger.";
    for_latency_critical "latency_critical" "Nothing on the calling thread but the copy, lines soon in a file.";
    for_ultra_high_performance "ultra_high_performance" "The least work and the fewest writes, for an asynchronous logger.";
    for_ultra_fast "ultra_fast" "The same as for_bare_metal, by its older name.";
}

#[pymethods]
impl HydraLogger {
    /// WEB, REQUEST and ERROR layers; the access log of the web framework that the program has
    /// imported, where it comes through logging, goes where REQUEST does.
    ///
    /// Takes the constructor's arguments, which win over the preset.
    #[classmethod]
    #[pyo3(signature = (**arguments))]
    fn for_web_app<'py>(
        class: &Bound<'py, PyType>,
        arguments: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let detection = class.py().import("hydra_logger.detection")?;
        class.call((detection.call_method0("web_app_config")?,), arguments)
    }

    /// A logger with the preset of this name, built in or registered.
    ///
    /// Raises ConfigurationError, with the names there are, if there is none.
    #[classmethod]
    #[pyo3(signature = (name, /, **arguments))]
    fn for_custom<'py>(
        class: &Bound<'py, PyType>,
        name: &str,
        arguments: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        preset(class, name, arguments)
    }

    /// The same as for_custom, by its older name.
    #[classmethod]
    #[pyo3(signature = (name, /, **arguments))]
    fn for_magic<'py>(
        class: &Bound<'py, PyType>,
        name: &str,
        arguments: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        preset(class, name, arguments)
    }

    /// Every preset's name with its description.
    #[staticmethod]
    fn list_magic_configs(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let presets = PyDict::new(py);
        for (name, description, _) in presets_list() {
            presets.set_item(name, description)?;
        }
        Ok(presets)
    }

    /// Whether there is a preset of this name.
    #[staticmethod]
    fn has_magic_config(name: &str) -> bool {
        has_preset(name)
    }

    /// Register what the decorated function returns, a mapping or a LoggingConfig, as a preset.
    ///
    /// It is called and checked at once. From then on HydraLogger.for_<name>() makes a logger of it.
    ///
    /// >>> @HydraLogger.register_magic("my_app", description="As production, but louder")
    /// ... def my_app():
    /// ...     return {"extends": "production", "default_level": "DEBUG"}
    /// >>> logger = HydraLogger.for_my_app()
    ///
    /// Raises ConfigurationError if the name or the configuration is wrong.
    #[staticmethod]
    #[pyo3(signature = (name, description = ""))]
    fn register_magic(name: String, description: &str) -> Registration {
        Registration {
            name,
            description: description.to_owned(),
        }
    }
}

/// The decorator that `register_magic` returns.
#[pyclass(frozen, module = "hydra_logger._core")]
pub(crate) struct Registration {
    name: String,
    description: String,
}

#[pymethods]
impl Registration {
    fn __call__<'py>(&self, function: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let config = function.call0()?;
        if config.is_none() {
            return Err(configuration_error(
                config.py(),
                format!(
                    "the function of the preset {:?} returned None; it should return a dict or a \
                     LoggingConfig",
                    self.name
                ),
            ));
        }
        register_preset(&self.name, &self.description, &config)?;
        Ok(function)
    }
}

/// Refuses a name whose constructor would hide something else of `HydraLogger`.
pub(crate) fn check_constructor(py: Python<'_>, name: &str) -> PyResult<()> {
    let method = format!("for_{name}");
    match py.get_type::<HydraLogger>().getattr_opt(&method)? {
        Some(there) if there.cast::<PresetConstructor>().is_err() && !has_preset(name) => {
            Err(configuration_error(
                py,
                format!(
                    "a preset cannot be named {name:?}: HydraLogger.{method} is a method of its \
                     own; choose another name"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Gives `HydraLogger` the constructor of a registered preset.
pub(crate) fn add_constructor(py: Python<'_>, name: &str) -> PyResult<()> {
    let method = PresetMethod {
        name: name.to_owned(),
    };
    py.get_type::<HydraLogger>()
        .setattr(format!("for_{name}"), method)
}

/// A class method that makes a logger with a registered preset.
#[pyclass(frozen, module = "hydra_logger._core")]
struct PresetMethod {
    name: String,
}

#[pymethods]
impl PresetMethod {
    fn __get__(&self, _instance: &Bound<'_, PyAny>, class: Bound<'_, PyType>) -> PresetConstructor {
        PresetConstructor {
            class: class.unbind(),
            name: self.name.clone(),
        }
    }
}

/// The same, bound to the class it was asked of.
#[pyclass(frozen, module = "hydra_logger._core")]
struct PresetConstructor {
    class: Py<PyType>,
    name: String,
}

#[pymethods]
impl PresetConstructor {
    #[pyo3(signature = (**arguments))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        arguments: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        preset(self.class.bind(py), &self.name, arguments)
    }
}
