//! What stands beside a ring, because bytes cannot hold it: layers and contexts, which calls name by a
//! number, and calls that are too large for the ring.
//!
//! Numbers are given by the ring's thread and only grow. Locks are taken when a layer or a context is
//! first named, not for each call.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hydra_core::{Context, Layer};

use crate::ring_file::site::Site;

/// With so many named, those that no seat names any more are looked for.
const MANY: usize = 256;

#[derive(Default)]
pub(crate) struct Side(Mutex<Table>);

/// What a call's number stands for: its layer, and where it stands in the program, if its bytes need
/// not be asked.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) layer: Layer,
    /// With the bytes that its place and keys take in a record.
    pub(crate) site: Option<(Site, usize)>,
}

#[derive(Default)]
struct Table {
    /// Each with the seat that names it.
    layers: BTreeMap<u32, (Named, Weak<()>)>,
    contexts: VecDeque<(u32, Context)>,
    aside: VecDeque<(u32, Box<[u8]>)>,
}

impl Side {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names a layer, or a site in it, for as long as the seat is there and calls of it wait.
    /// `is_empty`: no call waits in the ring at all.
    pub(crate) fn name(
        &self,
        number: u32,
        (layer, site): (&Layer, Option<Site>),
        seat: &Arc<()>,
        is_empty: impl FnOnce() -> bool,
    ) {
        let mut table = self.table();
        if table.layers.len() >= MANY && is_empty() {
            table.layers.retain(|_, (_, seat)| seat.strong_count() > 0);
        }
        let named = Named {
            layer: layer.clone(),
            site: site.map(|site| (site, site.bytes_between())),
        };
        table.layers.insert(number, (named, Arc::downgrade(seat)));
    }

    pub(crate) fn name_context(&self, number: u32, context: &Context) {
        self.table().contexts.push_back((number, context.clone()));
    }

    pub(crate) fn put_aside(&self, number: u32, call: Box<[u8]>) {
        self.table().aside.push_back((number, call));
    }

    /// Takes back what was put aside last, for which there was no room in the ring either.
    pub(crate) fn take_back(&self) {
        self.table().aside.pop_back();
    }

    pub(crate) fn named(&self, number: u32) -> Option<Named> {
        let table = self.table();
        table.layers.get(&number).map(|(named, _)| named.clone())
    }

    /// A context; those before it are asked for no more.
    pub(crate) fn context(&self, number: u32) -> Option<Context> {
        let mut table = self.table();
        take_until(&mut table.contexts, number)
    }

    /// What was put aside.
    pub(crate) fn aside(&self, number: u32) -> Option<Box<[u8]>> {
        let mut table = self.table();
        take_until(&mut table.aside, number)
    }
}

fn take_until<T>(queue: &mut VecDeque<(u32, T)>, number: u32) -> Option<T> {
    loop {
        let (found, thing) = queue.pop_front()?;
        if found == number {
            return Some(thing);
        }
    }
}
