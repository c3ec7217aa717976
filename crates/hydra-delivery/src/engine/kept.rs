//! The ring file of an engine with `durability: process`, made when it is first needed.

use std::path::PathBuf;
use std::sync::Arc;

use hydra_core::config::Durability;
use hydra_core::diagnostics::{self, ErrorKind};
use hydra_core::{Destination, state_dir};

use super::{Engine, EngineOptions, Shared};
use crate::lock::lock;
use crate::memory::Memory;
use crate::queue::QueuedDestination;
use crate::ring_file::{KeptRing, RingFile};

/// What becomes of records that wait when the process is killed.
#[derive(Default)]
pub(super) struct Kept {
    /// Whether they are to survive.
    is_wanted: bool,
    /// Whether the spool takes some.
    has_spool: bool,
    /// What the program says where.
    state_dir: Option<PathBuf>,
    file: Option<Arc<RingFile>>,
    /// As JSON, for whoever delivers them then.
    configuration: Arc<str>,
}

impl Kept {
    pub(super) fn new(options: &EngineOptions) -> Kept {
        Kept {
            // Whoever waits for each record has none that waits.
            is_wanted: is_wanted(options) && !options.wait_for_each,
            has_spool: options.queue.has_spool(),
            state_dir: options.state_dir.clone(),
            ..Kept::default()
        }
    }

    /// In the child of a fork: the file is the parent's.
    pub(super) fn forget(&mut self) {
        self.file = None;
    }
}

/// Whether rings are to lie in a file.
fn is_wanted(options: &EngineOptions) -> bool {
    options.durability == Some(Durability::Process) || options.ring_file
}

impl Engine {
    /// What was asked for, for destinations that have no durability of their own.
    pub fn asked_durability(&self) -> Durability {
        self.0.asked()
    }

    /// Whether destinations with this durability may come, though the engine was made for others: what
    /// that needs is there from the beginning, or not at all.
    ///
    /// ```
    /// use hydra_core::config::Durability;
    /// use hydra_delivery::{Engine, EngineOptions};
    /// let engine = Engine::new(EngineOptions::default());
    /// assert!(engine.can_have(Durability::Memory) && !engine.can_have(Durability::Process));
    /// ```
    pub fn can_have(&self, durability: Durability) -> bool {
        let options = &self.0.options;
        let is_there = match durability {
            Durability::Process => is_wanted(options),
            Durability::Power => options.queue.has_spool() || self.0.is_durable(),
            _ => true,
        };
        is_there || options.wait_for_each
    }

    /// What records survive on their way to a destination that asks for this much, as [`Engine::durability`]
    /// says it for all.
    ///
    /// See [`Engine::queue_for`] for an example.
    pub fn durability_at(
        &self,
        asked: Durability,
        destination: &Arc<dyn Destination>,
    ) -> Durability {
        let is_it = |queue: &&Arc<QueuedDestination>| {
            std::ptr::addr_eq(Arc::as_ptr(queue), Arc::as_ptr(destination))
        };
        let queues = self.0.queues();
        let is_at_risk = match queues.iter().find(is_it) {
            Some(queue) => !queue.is_durable() || queue.is_at_risk(),
            // Without a queue each line is synced.
            None => !self.0.is_durable(),
        };
        self.0.attained(asked, is_at_risk)
    }

    /// What records survive on their way to destinations that have no durability of their own: less than
    /// was asked for where the ring file cannot be made, or neither the
    /// spool nor a destination takes records now, which has been reported then.
    ///
    /// ```
    /// use hydra_core::config::Durability;
    /// use hydra_delivery::{Engine, EngineOptions};
    /// # let directory = tempfile::tempdir()?;
    /// let engine = Engine::new(EngineOptions {
    ///     durability: Some(Durability::Process),
    ///     state_dir: Some(directory.path().join("state")),
    ///     ..EngineOptions::default()
    /// });
    /// engine.configure("{}");
    /// assert_eq!(engine.durability(), Durability::Process);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn durability(&self) -> Durability {
        let asked = self.0.asked();
        let is_at_risk = || {
            let queues = self.0.queues();
            !self.0.is_durable() || queues.iter().any(|queue| queue.is_at_risk())
        };
        self.0
            .attained(asked, asked == Durability::Power && is_at_risk())
    }

    /// Keeps the configuration, as JSON with absolute paths, beside the records that are to survive
    /// the process, in the ring file and in the spool: whoever delivers them then does so by it. To be
    /// called before [`Engine::queue`], and again when it changes. With neither it does nothing.
    ///
    /// See [`Engine::durability`] for an example.
    pub fn configure(&self, json: &str) {
        let mut kept = lock(&self.0.kept);
        if kept.is_wanted || kept.has_spool {
            kept.configuration = json.into();
        }
        if !kept.is_wanted {
            return;
        }
        let made = match &kept.file {
            Some(file) => file.configure(json),
            None => self.0.make(&mut kept).map(drop),
        };
        if let Err(error) = made {
            kept.give_up(&error);
        }
    }
}

impl Kept {
    /// From here on records are kept in memory alone.
    fn give_up(&mut self, error: &std::io::Error) {
        self.is_wanted = false;
        let message = format_args!(
            "records are kept in memory alone, and do not survive the process: {error}"
        );
        diagnostics::report(ErrorKind::Open, "durability: process", &message);
    }
}

impl Shared {
    /// What was asked for, for destinations that have no durability of their own.
    pub(super) fn asked(&self) -> Durability {
        self.options.durability.unwrap_or_default()
    }

    /// What there is of what was asked for.
    fn attained(&self, asked: Durability, is_at_risk: bool) -> Durability {
        match asked {
            Durability::Memory => Durability::Memory,
            Durability::Power if !is_at_risk => Durability::Power,
            _ if self.has_ring_file() => Durability::Process,
            _ => Durability::Memory,
        }
    }

    fn has_ring_file(&self) -> bool {
        let kept = lock(&self.kept);
        kept.is_wanted && kept.file.is_some()
    }

    /// Whether records in the file have checksums.
    pub(crate) fn has_checksums(&self) -> bool {
        self.options.ring_checksums
    }

    /// The file, where there is one already.
    pub(super) fn made_ring_file(&self) -> Option<Arc<RingFile>> {
        lock(&self.kept).file.clone()
    }

    /// The memory of a ring in the file; none where it is to be, or has to be, elsewhere.
    pub(super) fn kept_ring(&self, size: usize) -> Option<(Memory, KeptRing)> {
        let mut kept = lock(&self.kept);
        if !kept.is_wanted {
            return None;
        }
        let ring = self.make(&mut kept).and_then(|file| file.ring(size));
        ring.inspect_err(|error| kept.give_up(error)).ok()
    }

    /// The file, which is made if there is none. In the child of a fork its queues get their parts
    /// of it.
    fn make(&self, kept: &mut Kept) -> std::io::Result<Arc<RingFile>> {
        if let Some(file) = &kept.file {
            return Ok(Arc::clone(file));
        }
        let directory = state_dir::make(kept.state_dir.as_deref())?;
        let file = RingFile::new(&directory, Arc::clone(&self.bell))?;
        let begun = file.configure(&kept.configuration);
        let begun = begun.and_then(|()| {
            let mut queues = self.queues().into_iter();
            queues.try_for_each(|queue| keep_book(&file, &queue))
        });
        if let Err(error) = begun {
            file.remove();
            return Err(error);
        }
        kept.file = Some(Arc::clone(&file));
        Ok(file)
    }

    /// Has a queue keep book of how far its destination has come, and say what it was made by.
    pub(super) fn keep_book(&self, queue: &QueuedDestination) {
        let mut kept = lock(&self.kept);
        if !kept.configuration.is_empty() {
            queue.comes_from(Arc::clone(&kept.configuration));
        }
        let Some(file) = kept.file.clone().filter(|_| kept.is_wanted) else {
            return;
        };
        if let Err(error) = keep_book(&file, queue) {
            kept.give_up(&error);
        }
    }

    /// Whether somebody has removed the file: then nobody finds what is in it.
    pub(crate) fn look_at_ring_file(&self) {
        let mut kept = lock(&self.kept);
        let is_gone = kept.file.as_ref().is_some_and(|file| !file.has_name());
        if kept.is_wanted && is_gone {
            let error = std::io::Error::new(std::io::ErrorKind::NotFound, "its file was removed");
            kept.give_up(&error);
        }
    }

    /// At the end: the file goes, unless something in it is not delivered yet.
    pub(super) fn end_ring_file(&self) {
        let Some(file) = self.made_ring_file() else {
            return;
        };
        let is_empty = lock(&self.dispatcher).settle();
        if is_empty && file.floor() == u64::MAX {
            file.remove();
        } else {
            let message = format_args!(
                "not everything was delivered; what is left is in {}, for the next start",
                file.path().display()
            );
            diagnostics::report(ErrorKind::named("kept"), "durability: process", &message);
        }
    }
}

fn keep_book(file: &Arc<RingFile>, queue: &QueuedDestination) -> std::io::Result<()> {
    let name = file.path().file_name().unwrap_or_default();
    let slot = file.slot(queue.kept_name())?;
    queue.keep_book(slot, name.to_string_lossy().into_owned());
    Ok(())
}
