//! What a redactor says about a text without changing it.

use std::ops::Range;

/// Where something sensitive stands, and what it is. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<'r> {
    /// The detector's name, as configuration calls it: `email`.
    pub detector: &'r str,
    /// What stands in the marker: `EMAIL`.
    pub label: &'r str,
    /// The bytes of the text that are taken out.
    pub range: Range<usize>,
}
