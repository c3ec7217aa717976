//! The clock of records.

use crate::sys;

/// The time that a record of this moment has, in nanoseconds since 1970-01-01 UTC.
///
/// ```
/// assert!(hydra_core::unix_now() > 1_700_000_000_000_000_000);
/// ```
#[inline]
pub fn unix_now() -> i64 {
    sys::now()
}
