//! How much a spool keeps, and what happens when it is full.

/// How many bytes a spool keeps at most, unless set: 1 GiB.
pub const DEFAULT_MAX_BYTES: u64 = 1 << 30;

/// What happens to lines for which a spool has no room.
///
/// ```
/// use hydra_delivery::spool::WhenFull;
/// assert_eq!(WhenFull::default(), WhenFull::Refuse);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// They are refused, and stay where they are.
    #[default]
    Refuse,
    /// The oldest lines that may be dropped make way, whosever they are. What is guaranteed, as ERROR
    /// and CRITICAL are, stays.
    DropOldest,
}

/// What a spool does.
///
/// ```
/// use hydra_delivery::spool::{SpoolOptions, WhenFull};
/// let options = SpoolOptions::default()
///     .max_bytes(64 << 20)
///     .when_full(WhenFull::DropOldest);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    pub(super) max_bytes: u64,
    pub(super) when_full: WhenFull,
}

impl Default for SpoolOptions {
    fn default() -> SpoolOptions {
        SpoolOptions {
            max_bytes: DEFAULT_MAX_BYTES,
            when_full: WhenFull::default(),
        }
    }
}

impl SpoolOptions {
    /// How many bytes are kept at most; the file is somewhat larger. [`DEFAULT_MAX_BYTES`] unless
    /// set. What other processes have left counts when it has been taken over.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> SpoolOptions {
        self.max_bytes = bytes;
        self
    }

    /// What happens when there is no room; [`WhenFull::Refuse`] unless set.
    #[must_use]
    pub fn when_full(mut self, when_full: WhenFull) -> SpoolOptions {
        self.when_full = when_full;
        self
    }
}
