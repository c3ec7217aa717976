//! Values that are made at their first use.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The value of a cell, which is made if there is none; that of whoever comes first stays.
///
/// Making it may let go of the GIL, as an import does, and another thread may fork then: in the child
/// nobody would ever end what `get_or_try_init` has begun there. So nothing is begun in the cell.
pub(crate) fn once<'c, T: Send + Sync>(
    py: Python<'_>,
    cell: &'c PyOnceLock<T>,
    make: impl FnOnce() -> PyResult<T>,
) -> PyResult<&'c T> {
    if let Some(value) = cell.get(py) {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(py, || value))
}
