//! Kinds of errors that the application names.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ErrorKind;

/// So many names are told apart; a program that makes names out of its data must not fill memory.
const NAMES: usize = 1000;

/// Longer names are cut.
const NAME_BYTES: usize = 128;

const BUILT_IN: [ErrorKind; 8] = [
    ErrorKind::Write,
    ErrorKind::Open,
    ErrorKind::Rotate,
    ErrorKind::Configuration,
    ErrorKind::Validation,
    ErrorKind::Format,
    ErrorKind::Closed,
    ErrorKind::Unrouted,
];

static INTERNED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

fn interned() -> MutexGuard<'static, BTreeSet<&'static str>> {
    INTERNED.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn hold_over_fork() -> impl Sized {
    interned()
}

impl ErrorKind {
    /// The kind of this name: the logger's own, or one that the application makes by naming it.
    ///
    /// A name is kept for the life of the process. Beyond 1000 of them the kind is `other`; a name
    /// of more than 128 bytes is cut.
    ///
    /// ```
    /// use hydra_core::diagnostics::ErrorKind;
    /// assert_eq!(ErrorKind::named("payment").name(), "payment");
    /// assert_eq!(ErrorKind::named("payment"), ErrorKind::named("payment"));
    /// assert_eq!(ErrorKind::named("write"), ErrorKind::Write);
    /// ```
    pub fn named(name: &str) -> ErrorKind {
        if let Some(kind) = BUILT_IN.into_iter().find(|kind| kind.name() == name) {
            return kind;
        }
        let name = &name[..name.floor_char_boundary(NAME_BYTES)];
        let mut interned = interned();
        if let Some(known) = interned.get(name) {
            return ErrorKind::Named(known);
        }
        if interned.len() == NAMES {
            return ErrorKind::Named("other");
        }
        let kept: &'static str = Box::leak(name.into());
        interned.insert(kept);
        ErrorKind::Named(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_once_up_to_a_limit_and_then_are_other() {
        for i in 0..2 * NAMES {
            let name = format!("kind {i}");
            let kind = ErrorKind::named(&name);
            assert!(kind.name() == name || kind.name() == "other");
        }
        assert_eq!(INTERNED.lock().unwrap().len(), NAMES);
        assert_eq!(ErrorKind::named("kind 1").name(), "kind 1");
        assert_eq!(ErrorKind::named("one more").name(), "other");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = "ü".repeat(100) + "x";
        let cut = ErrorKind::named(&name).name();
        assert!(cut == "other" || cut == "ü".repeat(64));
    }
}
