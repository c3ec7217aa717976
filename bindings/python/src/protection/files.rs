//! Files that are whole or not there: `hydra_protect::fallback`, with the GIL let go meanwhile.
#![allow(clippy::needless_pass_by_value)] // Arguments come from Python as values of their own.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use hydra_protect::fallback::{
    self, AtomicWriter, BackupManager, CorruptionDetector, Damage, DataLossProtection,
    DataRecovery, FallbackError, Layout,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::exceptions::data_protection_error;
use crate::gil;

/// Replace a file's contents at once, keeping so many backups of the old ones.
#[pyfunction]
pub(crate) fn write_file(
    py: Python<'_>,
    path: PathBuf,
    contents: &[u8],
    keep_backups: usize,
) -> PyResult<()> {
    let writer = match keep_backups {
        0 => AtomicWriter::new(),
        keep => AtomicWriter::new().with_backups(BackupManager::new(keep)),
    };
    answered(py, gil::detached(py, || writer.write(&path, contents)))
}

/// Keep what a file holds now; where it was kept.
#[pyfunction]
pub(crate) fn backup_file(py: Python<'_>, path: PathBuf, keep: usize) -> PyResult<Option<PathBuf>> {
    answered(
        py,
        gil::detached(py, || BackupManager::new(keep).backup(&path)),
    )
}

/// The backups of a file, the newest first.
#[pyfunction]
pub(crate) fn list_backups(py: Python<'_>, path: PathBuf) -> Vec<PathBuf> {
    gil::detached(py, || BackupManager::default().list(&path))
}

/// Put the newest backup in a file's place; whether there was one.
#[pyfunction]
pub(crate) fn restore_backup(py: Python<'_>, path: PathBuf) -> PyResult<bool> {
    answered(
        py,
        gil::detached(py, || BackupManager::default().restore(&path)),
    )
}

/// Whether a file is whole: `whole`, `records`, and the first `damage`.
#[pyfunction]
pub(crate) fn check_file<'py>(
    py: Python<'py>,
    path: PathBuf,
    layout: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let layout = layout_of(layout)?;
    let checked = gil::detached(py, || {
        fs::read(&path).map(|contents| CorruptionDetector::check(&contents, layout))
    });
    let integrity = checked?;
    let dict = PyDict::new(py);
    dict.set_item("whole", integrity.is_whole())?;
    dict.set_item("records", integrity.whole_records)?;
    let damage = integrity.damage.as_ref();
    dict.set_item(
        "damage",
        damage.map(|damage| as_dict(py, damage)).transpose()?,
    )?;
    Ok(dict)
}

/// What is whole of a file, or of its newest whole backup: `contents`, `lost`, `from_backup`.
#[pyfunction]
pub(crate) fn recover_file<'py>(
    py: Python<'py>,
    path: PathBuf,
    layout: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let layout = layout_of(layout)?;
    let recovered = gil::detached(py, || DataRecovery::recover(&path, layout));
    let recovered = answered(py, recovered)?;
    let lost = recovered.lost.iter().map(|damage| as_dict(py, damage));
    let dict = PyDict::new(py);
    dict.set_item("contents", PyBytes::new(py, &recovered.contents))?;
    dict.set_item(
        "lost",
        PyList::new(py, lost.collect::<PyResult<Vec<_>>>()?)?,
    )?;
    dict.set_item("from_backup", recovered.from_backup)?;
    Ok(dict)
}

/// Keep a message of a queue, which is JSON; its file.
#[pyfunction]
pub(crate) fn keep_message(
    py: Python<'_>,
    folder: PathBuf,
    queue: &str,
    message: &[u8],
    max_retries: u32,
) -> PyResult<PathBuf> {
    let value: serde_json::Value = serde_json::from_slice(message)
        .map_err(|error| data_protection_error(py, error.to_string()))?;
    let kept = gil::detached(py, || {
        let messages = DataLossProtection::new(folder).max_retries(max_retries);
        messages.backup_message(queue, &value)
    });
    answered(py, kept)
}

/// The messages of a queue, the oldest first, as JSON.
#[pyfunction]
pub(crate) fn kept_messages(py: Python<'_>, folder: PathBuf, queue: &str) -> PyResult<Vec<String>> {
    let messages = gil::detached(py, || {
        DataLossProtection::new(folder).restore_messages(queue)
    });
    let messages = answered(py, messages)?;
    Ok(messages.iter().map(ToString::to_string).collect())
}

/// Remove messages that are so old; how many.
#[pyfunction]
pub(crate) fn remove_messages(
    py: Python<'_>,
    folder: PathBuf,
    age_seconds: f64,
) -> PyResult<usize> {
    let age = Duration::try_from_secs_f64(age_seconds)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let removed = gil::detached(py, || {
        DataLossProtection::new(folder).cleanup_old_backups(age)
    });
    answered(py, removed)
}

fn layout_of(name: &str) -> PyResult<Layout> {
    match name {
        "json" => Ok(Layout::Json),
        "json_lines" => Ok(Layout::JsonLines),
        "csv" => Ok(Layout::Csv),
        _ => Err(PyValueError::new_err(format!(
            "{name:?} is no layout: use \"json\", \"json_lines\" or \"csv\""
        ))),
    }
}

fn as_dict<'py>(py: Python<'py>, damage: &Damage) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("line", damage.line)?;
    dict.set_item("offset", damage.offset)?;
    dict.set_item("reason", &damage.reason)?;
    Ok(dict)
}

fn answered<T>(py: Python<'_>, result: Result<T, FallbackError>) -> PyResult<T> {
    result.map_err(|error: fallback::FallbackError| data_protection_error(py, error.to_string()))
}
