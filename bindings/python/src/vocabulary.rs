//! What the core knows, for the package's constants: levels, colours, limits.

use hydra_core::Level;
use hydra_core::config::FileConfig;
use hydra_core::destination::file::{DEFAULT_BUFFER_SIZE, DEFAULT_FLUSH_INTERVAL};
use hydra_core::format::{Color, Theme};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Levels and their numbers.
#[pyfunction]
pub(crate) fn levels(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let numbers = PyDict::new(py);
    for level in Level::ALL {
        numbers.set_item(level.name(), level.number())?;
    }
    Ok(numbers)
}

/// Colours and the escape sequences that begin them; `reset` ends each.
#[pyfunction]
pub(crate) fn colors(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let sequences = PyDict::new(py);
    for color in Color::ALL {
        sequences.set_item(color.name(), color.start())?;
    }
    sequences.set_item("reset", Color::RESET)?;
    Ok(sequences)
}

/// The colour of each level in the default theme, by name.
#[pyfunction]
pub(crate) fn default_colors(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let names = PyDict::new(py);
    for level in Level::ALL {
        names.set_item(level.name(), Theme::DEFAULT.level(level).name())?;
    }
    Ok(names)
}

/// The limits of files: `max_size` and `buffer_size` in bytes, `flush_interval` in seconds,
/// `backup_count`.
#[pyfunction]
pub(crate) fn file_defaults(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let limits = PyDict::new(py);
    limits.set_item("max_size", FileConfig::MAX_SIZE)?;
    limits.set_item("backup_count", FileConfig::BACKUP_COUNT)?;
    limits.set_item("buffer_size", DEFAULT_BUFFER_SIZE)?;
    limits.set_item("flush_interval", DEFAULT_FLUSH_INTERVAL.as_secs_f64())?;
    Ok(limits)
}
