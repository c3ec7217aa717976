//! Several levels at once.

use std::fmt;
use std::ops::BitOr;

use crate::Level;

/// A set of levels.
///
/// ```
/// use hydra_core::{Level, LevelSet};
/// let severe = LevelSet::from(Level::Error) | Level::Critical.into();
/// assert!(severe.contains(Level::Error) && !severe.contains(Level::Info));
/// assert_eq!(severe, LevelSet::SEVERE);
/// assert_eq!(severe.iter().collect::<Vec<_>>(), [Level::Error, Level::Critical]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
// The bit of a level is that of its number: so it is asked for in two instructions.
pub struct LevelSet(u64);

impl LevelSet {
    /// No level.
    pub const NONE: LevelSet = LevelSet(0);
    /// ERROR and CRITICAL.
    pub const SEVERE: LevelSet =
        LevelSet(1 << Level::Error.number() | 1 << Level::Critical.number());
    /// Every level.
    pub const ALL: LevelSet = LevelSet(
        LevelSet::SEVERE.0
            | 1 << Level::Trace.number()
            | 1 << Level::Debug.number()
            | 1 << Level::Info.number()
            | 1 << Level::Warning.number(),
    );

    /// Whether a level is in it.
    #[inline]
    pub const fn contains(self, level: Level) -> bool {
        self.0 >> level.number() & 1 != 0
    }

    /// Its levels, from the least to the most severe.
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL
            .into_iter()
            .filter(move |level| self.contains(*level))
    }
}

impl From<Level> for LevelSet {
    #[inline]
    fn from(level: Level) -> LevelSet {
        LevelSet(1 << level.number())
    }
}

impl FromIterator<Level> for LevelSet {
    fn from_iter<I: IntoIterator<Item = Level>>(levels: I) -> LevelSet {
        let add = |set, level: Level| set | level.into();
        levels.into_iter().fold(LevelSet::NONE, add)
    }
}

impl BitOr for LevelSet {
    type Output = LevelSet;

    #[inline]
    fn bitor(self, other: LevelSet) -> LevelSet {
        LevelSet(self.0 | other.0)
    }
}

impl fmt::Debug for LevelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_levels_are_in_the_set_of_all() {
        assert_eq!(Level::ALL.into_iter().collect::<LevelSet>(), LevelSet::ALL);
    }
}
