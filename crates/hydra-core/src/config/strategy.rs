//! What becomes of records whose destination is in trouble: [`Strategy`].

use std::fmt;
use std::str::FromStr;

/// What happens to a record on its way to a destination.
///
/// ```
/// use hydra_core::config::Strategy;
/// assert_eq!("direct".parse(), Ok(Strategy::Direct));
/// assert!(Strategy::Async < Strategy::Memory); // better comes first
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// It goes into the destination's queue, and a worker delivers it.
    Async,
    /// The calling thread waits until it is delivered, within a time limit.
    Sync,
    /// The calling thread puts it on the local disk, past the destination, which gets it when it is
    /// back.
    Direct,
    /// It is kept in the bounded memory of the queue, tried again after pauses, and goes to stderr at
    /// the end.
    Memory,
}

impl Strategy {
    /// Every strategy, best first.
    pub const ALL: [Strategy; 4] = [
        Strategy::Async,
        Strategy::Sync,
        Strategy::Direct,
        Strategy::Memory,
    ];

    /// Its name: `async`, `sync`, `direct` or `memory`.
    pub const fn name(self) -> &'static str {
        match self {
            Strategy::Async => "async",
            Strategy::Sync => "sync",
            Strategy::Direct => "direct",
            Strategy::Memory => "memory",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no [`Strategy`].
///
/// ```
/// use hydra_core::config::Strategy;
/// let error = "later".parse::<Strategy>().unwrap_err();
/// assert_eq!(error.to_string(), "no strategy \"later\": async, sync, direct or memory");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStrategy(String);

impl fmt::Display for UnknownStrategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no strategy {:?}: async, sync, direct or memory", self.0)
    }
}

impl std::error::Error for UnknownStrategy {}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(word: &str) -> Result<Strategy, UnknownStrategy> {
        let found = Strategy::ALL.into_iter().find(|known| known.name() == word);
        found.ok_or_else(|| UnknownStrategy(word.to_owned()))
    }
}
