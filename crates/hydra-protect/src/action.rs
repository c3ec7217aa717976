//! What is put where a sensitive value stood.

/// What becomes of a value that was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// `[REDACTED:EMAIL]`: nothing of the value is left.
    #[default]
    Replace,
    /// The value disappears and nothing stands in its place.
    Remove,
    /// `****1111`: the last `keep` letters and digits stay, behind four stars. What stays can be
    /// enough to know the value again: the last four of a short secret are most of it, so at most a
    /// quarter of a value is kept.
    Mask {
        /// How many characters stay.
        keep: u8,
    },
}
