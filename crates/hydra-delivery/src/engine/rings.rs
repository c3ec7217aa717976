//! How a thread gets its ring, and the dispatcher hears of it.

use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Release};

use hydra_core::diagnostics::{self, ErrorKind};

use super::Shared;
use crate::accounts::RingCounts;
use crate::dispatcher::RingEnd;
use crate::lock::lock;
use crate::ring::{self, Producer};
use crate::side::Side;

impl Shared {
    /// A ring for this thread; none after the end, or without memory for it.
    /// And whether it is in a file.
    pub(crate) fn new_ring(
        &self,
        side: &Arc<Side>,
        counts: &Arc<RingCounts>,
    ) -> Option<(Producer, bool)> {
        let mut new_rings = lock(&self.new_rings);
        // Under the lock that the end takes, so that no ring comes after it.
        if self.is_closed() {
            return None;
        }
        let size = self.pressure.ring_size(self.options.ring_size);
        let bell = Arc::clone(&self.bell);
        let made = match self.kept_ring(size) {
            Some((memory, kept)) => Ok((ring::over(memory, bell), Some(kept))),
            None => ring::ring(size, bell).map(|ends| (ends, None)),
        };
        let ((producer, consumer), kept) = match made {
            Ok(made) => made,
            Err(error) => {
                let message =
                    format_args!("no ring for a thread, whose records go direct: {error}");
                diagnostics::report(ErrorKind::Open, "asynchronous logger", &message);
                return None;
            }
        };
        let _ = counts.gauge.set(producer.gauge());
        self.accounts.add(counts);
        let is_kept = kept.is_some();
        let (side, counts) = (Arc::clone(side), Arc::clone(counts));
        new_rings.push(RingEnd::new(consumer, side, counts, kept));
        self.has_new_rings.store(true, Release);
        drop(new_rings);
        self.start();
        Some((producer, is_kept))
    }

    /// Those that the dispatcher has not seen yet.
    pub(crate) fn new_rings(&self) -> Vec<RingEnd> {
        if !self.has_new_rings.swap(false, AcqRel) {
            return Vec::new();
        }
        std::mem::take(&mut *lock(&self.new_rings))
    }
}
