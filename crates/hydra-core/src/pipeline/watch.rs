//! Tells those who cache what is enabled (`tracing`'s call sites, the `log` crate's maximum) that it
//! may have changed.

use std::sync::{PoisonError, RwLock};

static WATCHERS: RwLock<Vec<fn()>> = RwLock::new(Vec::new());

/// Calls `watcher` after each change of levels, of any logger, from now on.
///
/// It is called without any lock held, and may ask every layer for its level.
///
/// ```
/// use hydra_core::pipeline::{levels_changed, on_levels_changed};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// static CHANGES: AtomicU32 = AtomicU32::new(0);
/// on_levels_changed(|| { CHANGES.fetch_add(1, Ordering::Relaxed); });
/// levels_changed();
/// assert_eq!(CHANGES.load(Ordering::Relaxed), 1);
/// ```
pub fn on_levels_changed(watcher: fn()) {
    let mut watchers = WATCHERS.write().unwrap_or_else(PoisonError::into_inner);
    watchers.push(watcher);
}

/// Calls every watcher: to be called after routes have been replaced, when every lock is let go.
pub fn levels_changed() {
    let watchers = WATCHERS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    for watcher in watchers {
        watcher();
    }
}
