//! A thread's ring, and what its calls name by numbers.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use hydra_core::pipeline::Call;
use hydra_core::{Context, Layer};

use crate::accounts::RingCounts;
use crate::call::{self, Route, Said};
use crate::engine::Shared;
use crate::ring::{Producer, PushError};
use crate::ring_file::record;
use crate::ring_file::site::Site;
use crate::side::Side;

thread_local! {
    /// The rings of this thread, one for each engine that it has called.
    pub(super) static RINGS: RefCell<Vec<(Arc<Shared>, SharedRing)>> = const { RefCell::new(Vec::new()) };
}

/// What the seats of a thread share.
pub(super) type SharedRing = Rc<RefCell<ThreadRing>>;

/// A thread's ring, and what its calls name by numbers.
pub(super) struct ThreadRing {
    pub(super) producer: Producer,
    /// Whether it is in a file: then calls are redacted before they are copied, and nothing in them
    /// is an address.
    pub(super) is_kept: bool,
    /// Whether its records in the file have checksums.
    pub(super) has_sums: bool,
    side: Arc<Side>,
    counts: Arc<RingCounts>,
    numbers: u32,
    contexts: u32,
    asides: u32,
    /// The context that the last call had.
    context: Option<Context>,
    /// The last call that another thread was to make in this one's place, 0 where all were made.
    pub(super) handed: u64,
}

/// The thread's ring, made at its first call; none where there is no memory for one, or the thread
/// is being torn down.
pub(super) fn thread_ring(shared: &Arc<Shared>) -> Option<SharedRing> {
    RINGS
        .try_with(|rings| {
            let mut rings = rings.borrow_mut();
            let known = rings.iter().find(|(other, _)| Arc::ptr_eq(other, shared));
            if let Some((_, ring)) = known {
                return Some(Rc::clone(ring));
            }
            rings.retain(|(other, _)| !other.is_closed());
            let ring = Rc::new(RefCell::new(ThreadRing::new(shared)?));
            rings.push((Arc::clone(shared), Rc::clone(&ring)));
            Some(ring)
        })
        .ok()
        .flatten()
}

impl ThreadRing {
    fn new(shared: &Arc<Shared>) -> Option<ThreadRing> {
        let side = Arc::new(Side::default());
        let counts = Arc::new(RingCounts::default());
        let (producer, is_kept) = shared.new_ring(&side, &counts)?;
        Some(ThreadRing {
            producer,
            is_kept,
            has_sums: shared.has_checksums(),
            side,
            counts,
            numbers: 0,
            contexts: 0,
            asides: 0,
            context: None,
            handed: 0,
        })
    }

    /// The number of a context: a new one only where it is another than the last call's.
    #[inline]
    pub(super) fn name_context(&mut self, context: Option<&Context>) -> u32 {
        let Some(context) = context else {
            return 0;
        };
        if !self
            .context
            .as_ref()
            .is_some_and(|last| last.is_same(context))
        {
            self.contexts = self.contexts.wrapping_add(1).max(1);
            self.side.name_context(self.contexts, context);
            self.context = Some(context.clone());
        }
        self.contexts
    }

    /// A number for a layer, or for a site in it.
    pub(super) fn name(&mut self, layer: &Layer, site: Option<Site>, seat: &Arc<()>) -> u32 {
        self.numbers = self.numbers.wrapping_add(1);
        let is_empty = || self.counts.accepted.get() == self.counts.dispatched.get();
        self.side.name(self.numbers, (layer, site), seat, is_empty);
        self.numbers
    }

    /// As `push`, into a ring in a file.
    #[inline(always)]
    fn push_kept(&mut self, call: &Call<'_>, route: Route, layer: &str) -> Result<(), PushError> {
        let (said, context, has_sum) = (Said::by(call), call.context.as_ref(), self.has_sums);
        let write = |out: &mut [u8]| record::write(&said, context, (route, layer), has_sum, out);
        if !self.producer.push_at_once(write)? {
            self.producer
                .push(record::len(call, layer, has_sum), |out| {
                    write(out);
                })?;
        }
        self.counts.accepted.add(1);
        Ok(())
    }

    pub(super) fn push(
        &mut self,
        call: &Call<'_>,
        route: Route,
        layer: &Layer,
    ) -> Result<(), PushError> {
        if self.is_kept {
            return self.push_kept(call, route, layer.name());
        }
        let said = Said::by(call);
        let write = |out: &mut [u8]| call::write(&said, route, out);
        if self.producer.push_at_once(write)? {
            self.counts.accepted.add(1);
            return Ok(());
        }
        self.push_anywhere(call, route)
    }

    /// Accepts the call that was written where there was room at once; `false` where that failed.
    #[inline(always)]
    pub(super) fn accept(&mut self, written: Option<usize>) -> bool {
        let is_accepted = written.is_some_and(|length| self.producer.accept(length).is_ok());
        if is_accepted {
            self.counts.accepted.add(1);
        }
        is_accepted
    }

    /// A call that comes after some which another thread makes in this one's place.
    #[cold]
    #[inline(never)]
    pub(super) fn push_behind(
        &mut self,
        call: &Call<'_>,
        route: Route,
        layer: &Layer,
        shared: &Shared,
    ) -> Result<(), PushError> {
        if !shared.stand_in.is_done(self.handed) && !self.producer.is_forked() {
            return Err(PushError::Full);
        }
        self.handed = 0;
        self.push(call, route, layer)
    }

    /// A call that does not fit where the ring is free and known to be so.
    #[cold]
    #[inline(never)]
    fn push_anywhere(&mut self, call: &Call<'_>, route: Route) -> Result<(), PushError> {
        let len = call::len(call);
        let pushed = self.producer.push(len, |out| {
            call::write(&Said::by(call), route, out);
        });
        match pushed {
            Ok(()) => {
                self.counts.accepted.add(1);
                Ok(())
            }
            Err(PushError::TooLarge) => self.push_aside(call, route, len),
            refused => refused,
        }
    }

    /// A call that no ring holds: its bytes stand aside, and the ring holds their number.
    #[cold]
    #[inline(never)]
    fn push_aside(&mut self, call: &Call<'_>, route: Route, len: usize) -> Result<(), PushError> {
        let mut bytes = vec![0; len].into_boxed_slice();
        call::write(&Said::by(call), route, &mut bytes);
        self.asides = self.asides.wrapping_add(1);
        let number = self.asides;
        self.side.put_aside(number, bytes);
        let aside = call::write_aside(call, route, number);
        let pushed = self
            .producer
            .push(aside.len(), |out| out.copy_from_slice(&aside));
        if pushed.is_ok() {
            self.counts.accepted.add(1);
        } else {
            self.side.take_back();
        }
        pushed
    }
}
