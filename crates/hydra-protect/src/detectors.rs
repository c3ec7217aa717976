//! What can be detected, by name.

use crate::detect::Kind;

/// A detector, as [`detectors`] lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Detector {
    /// What configuration calls it: `email`.
    pub name: &'static str,
    /// What stands in the marker: `EMAIL`.
    pub label: &'static str,
    /// Whether it runs when nothing else is said.
    pub is_default: bool,
}

/// Every detector that there is without configuration.
///
/// ```
/// let mut off = hydra_protect::detectors().filter(|detector| !detector.is_default);
/// assert!(off.any(|detector| detector.name == "ip"));
/// ```
pub fn detectors() -> impl Iterator<Item = Detector> {
    Kind::ALL.iter().map(|kind| Detector {
        name: kind.name(),
        label: kind.label(),
        is_default: kind.is_default(),
    })
}
