//! Every sealed file of the process, by its path, and what happens to them at a fork and at the end.
//!
//! A writer is made once for each path and stays for the life of the process, so that all loggers
//! share it, and so that a guard of its lock can be kept over a fork.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{exit, fork};

use super::super::timer::Timer;
use super::writer::{Inner, Writer};

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    writers: Vec::new(),
    ticker: Timer::new(),
});

pub(super) struct Registry {
    pub(super) writers: Vec<&'static Writer>,
    pub(super) ticker: Timer,
}

pub(super) fn lock() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The writer of a path.
pub(super) fn writer(path: &Path) -> &'static Writer {
    fork::watch();
    exit::watch();
    let mut registry = lock();
    if let Some(known) = registry.writers.iter().find(|writer| writer.path() == path) {
        return known;
    }
    let writer: &'static Writer = Box::leak(Box::new(Writer::new(path)));
    registry.writers.push(writer);
    writer
}

/// A clone of the list: no writer's lock is taken under the registry's, but for a fork.
pub(super) fn all() -> Vec<&'static Writer> {
    lock().writers.clone()
}

pub(in super::super) fn at_exit() {
    for writer in all() {
        writer.end();
    }
}

/// All locks of all sealed files.
pub(in super::super) struct AllHeld {
    files: Vec<MutexGuard<'static, Inner>>,
    registry: MutexGuard<'static, Registry>,
}

impl AllHeld {
    pub(in super::super) fn take() -> AllHeld {
        let registry = lock();
        AllHeld {
            files: registry
                .writers
                .iter()
                .map(|writer| writer.lock())
                .collect(),
            registry,
        }
    }

    /// Makes the files a new process's own.
    pub(in super::super) fn renew(&mut self) {
        self.files.iter_mut().for_each(|inner| inner.forget());
        #[cfg(feature = "gzip")]
        self.registry
            .writers
            .iter()
            .for_each(|writer| writer.forget());
        self.registry.ticker = Timer::new();
    }
}
