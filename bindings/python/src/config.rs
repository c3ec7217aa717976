//! Configurations: loaded, checked and merged by the core, handed on as dictionaries.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hydra_logger::config::{
    self, Config, ConfigError, Loaded, Problem, Syntax, Value, env, load_file, load_text,
    load_value, presets,
};
use hydra_logger::diagnostics;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::config_value::{from_python, to_python};
use crate::exceptions::wrong_configuration;
use crate::gil;
use crate::presets::{add_constructor, check_constructor};

/// A configuration as a program gives it: a mapping or a model, or the path of a file.
pub(crate) fn load(py: Python<'_>, config: &Bound<'_, PyAny>) -> PyResult<Loaded> {
    if let Ok(path) = config.extract::<PathBuf>() {
        return loaded(py, || load_file(path));
    }
    let value = from_python(config)?;
    loaded(py, || load_value(&value))
}

/// Loading reads files: it does so without the GIL.
fn loaded(
    py: Python<'_>,
    load: impl FnOnce() -> Result<Loaded, ConfigError> + Send,
) -> PyResult<Loaded> {
    gil::detached(py, load).map_err(|error| wrong_configuration(py, &error))
}

/// Says on stderr what is doubtful in a configuration, each thing once in a process.
pub(crate) fn tell(warnings: &[Problem]) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    for warning in warnings {
        let text = format!("warning: {warning}");
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(text.clone()) {
            drop(told);
            diagnostics::notice(&text);
        }
    }
}

fn as_dict<'py>(py: Python<'py>, config: &Config) -> PyResult<Bound<'py, PyAny>> {
    to_python(py, &config.to_value())
}

/// Check a configuration: a mapping, a model, or the text of one in JSON. Everything that is wrong
/// with it is in one `ConfigurationError`. Returns what is doubtful, a line each.
#[pyfunction]
pub(crate) fn validate_config(config: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let py = config.py();
    let checked = if let Ok(text) = config.cast::<PyString>() {
        let text = text.to_string_lossy().into_owned();
        loaded(py, move || load_text(&text, Syntax::Json))?
    } else {
        load(py, config)?
    };
    Ok(checked.warnings.iter().map(Problem::to_string).collect())
}

/// The JSON Schema of configurations.
#[pyfunction]
pub(crate) fn schema() -> String {
    config::schema()
}

/// The configuration of a YAML, TOML or JSON file, with what it extends and includes.
#[pyfunction]
pub(crate) fn load_config_file(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    let loaded = loaded(py, || load_file(path))?;
    tell(&loaded.warnings);
    as_dict(py, &loaded.config)
}

/// The configuration that a mapping describes, with what it extends and includes.
#[pyfunction]
pub(crate) fn resolve_config<'py>(config: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    as_dict(config.py(), &load(config.py(), config)?.config)
}

/// The configuration without any file: the defaults.
#[pyfunction]
pub(crate) fn default_config(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    as_dict(py, &Config::default())
}

/// The defaults with the `HYDRA_LOG_*` variables over them; what is wrong with one is reported.
#[pyfunction]
pub(crate) fn environment_config(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let mut config = Config::default();
    env::apply_process(&mut config);
    as_dict(py, &config)
}

/// Every `HYDRA_LOG_*` variable that is read: its name, and what it does.
#[pyfunction]
pub(crate) fn environment_variables() -> Vec<(&'static str, &'static str)> {
    let variables = env::VARIABLES.iter();
    variables.map(|v| (v.name, v.meaning)).collect()
}

/// The words of a kind: `level`, `format`, `color_mode`, `colour`, `facility`, `stream`, `rotation`,
/// `durability`, `type` or `service_type`. Raises KeyError for another.
#[pyfunction]
pub(crate) fn words(kind: &str) -> PyResult<Vec<&'static str>> {
    let words = config::words(kind).ok_or_else(|| PyKeyError::new_err(kind.to_owned()))?;
    Ok(words.to_vec())
}

/// The word of a kind that is meant by a spelling of it, or None.
#[pyfunction]
pub(crate) fn canonical_word(kind: &str, spelled: &str) -> Option<&'static str> {
    config::canonical_word(kind, spelled)
}

/// Lay one mapping over another: mappings key by key, all else, lists too, replaced. Neither need
/// be a whole configuration, and nothing is checked.
#[pyfunction]
pub(crate) fn merge_values<'py>(
    base: &Bound<'py, PyAny>,
    over: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let merged = config::merge_values(&from_python(base)?, &from_python(over)?);
    to_python(base.py(), &merged)
}

/// The configuration of a preset.
#[pyfunction]
pub(crate) fn preset<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    // As a file that extends it: so a name that is not known gets the same answer.
    let extends = Value::map([("extends", name.into())]);
    as_dict(py, &loaded(py, || load_value(&extends))?.config)
}

/// Every preset: its name, its description, and whether it comes with the package.
#[pyfunction]
pub(crate) fn presets_list() -> Vec<(String, String, bool)> {
    let presets = presets::list().into_iter();
    presets
        .map(|preset| (preset.name, preset.description, preset.built_in))
        .collect()
}

/// Whether there is a preset of this name.
#[pyfunction]
pub(crate) fn has_preset(name: &str) -> bool {
    presets::get(name).is_some()
}

/// Register a preset, or replace one of this name that was registered. It is checked now, and
/// `HydraLogger.for_<name>` makes a logger of it.
#[pyfunction]
pub(crate) fn register_preset(
    name: &str,
    description: &str,
    config: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let value = from_python(config)?;
    let py = config.py();
    check_constructor(py, name)?;
    presets::register(name, description, value).map_err(|error| wrong_configuration(py, &error))?;
    add_constructor(py, name)
}
