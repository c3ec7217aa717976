//! What there is to do for a worker, and when; what became of the lines that it had.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use hydra_core::Level;

use super::super::chunk::{Chunk, Item, Order};
use super::super::counts::DropReason;
use super::State;

/// What there is to do for a worker.
pub(in crate::queue) enum Next {
    Nothing,
    /// Not before this.
    Later(Instant),
    Lines(Arc<Chunk>),
    Order(Order),
    /// An order whose turn has not come, as the destination takes nothing.
    Early(Order),
    /// Lines of the spool.
    Spooled,
}

impl State {
    /// Whether a worker has to be called; from then on one is as good as there.
    pub(in crate::queue) fn calls_worker(&mut self) -> bool {
        self.has_work() && !self.is_paused() && !mem::replace(&mut self.scheduled, true)
    }

    /// When somebody has to look after it, though there is nothing to do now; from then on somebody
    /// will.
    pub(in crate::queue) fn wants_timer(&mut self) -> Option<Instant> {
        let until = self.paused_until().filter(|_| self.has_work())?;
        (!mem::replace(&mut self.has_timer, true)).then_some(until)
    }

    fn has_work(&self) -> bool {
        if !self.memory_may_go {
            return self.kept_lines > 0 || self.head.is_some() || self.order_is_next();
        }
        let has_lines = self.handed
            || !self.waiting.is_empty()
            || !self.kept.is_empty()
            || self.head.is_some()
            || self.kept_lines > 0;
        has_lines && !self.spilling
    }

    /// Whether nothing is to be done now: what failed is given time, and nobody asks for anything.
    fn is_paused(&self) -> bool {
        self.paused_until().is_some() && !self.has_orders()
    }

    fn paused_until(&self) -> Option<Instant> {
        self.ways.paused_until().or_else(|| self.lingering_until())
    }

    /// Whether no line stands before the next order.
    fn order_is_next(&self) -> bool {
        let next = self.kept.front().or_else(|| self.waiting.front());
        matches!(next, Some(Item::Order(_))) && !self.spilling
    }

    pub(in crate::queue) fn has_orders(&self) -> bool {
        let is_order = |item: &Item| matches!(item, Item::Order(_));
        self.waiting.iter().chain(&self.kept).any(is_order)
    }

    /// What is next for the worker; without anything it is let go.
    pub(in crate::queue) fn take(&mut self) -> Next {
        // What is in the spool is older than what is on its way there.
        let is_older = !self.memory_may_go && self.kept_lines > 0;
        if self.spilling && !is_older {
            self.scheduled = false;
            return Next::Nothing;
        }
        if let Some(until) = self.paused_until() {
            return self.take_order().unwrap_or_else(|| {
                self.scheduled = false;
                self.has_timer = true;
                Next::Later(until)
            });
        }
        if let Some(head) = self.head.take() {
            return self.taken(Item::Lines(head));
        }
        if self.kept_lines > 0 {
            self.stalled_since = None;
            return Next::Spooled;
        }
        if !self.memory_may_go && !self.order_is_next() {
            self.scheduled = false;
            return Next::Nothing;
        }
        if self.kept.is_empty() && self.waiting.is_empty() && self.handed {
            self.seal();
        }
        if let Some(item) = self.kept.pop_front().or_else(|| self.waiting.pop_front()) {
            return self.taken(item);
        }
        self.scheduled = false;
        self.ways.is_urgent = false;
        Next::Nothing
    }

    fn taken(&mut self, item: Item) -> Next {
        let chunk = match item {
            Item::Lines(chunk) => Arc::new(chunk),
            Item::Order(order) => return Next::Order(order),
        };
        let batch = chunk.batch();
        self.records -= batch.len();
        self.bytes -= batch.bytes().len();
        self.in_hand = batch.len() as u64;
        self.stalled_since = None;
        self.hand = Some((Arc::clone(&chunk), 0));
        Next::Lines(chunk)
    }

    /// The oldest order, past the lines before it, which have to wait.
    fn take_order(&mut self) -> Option<Next> {
        for items in [&mut self.kept, &mut self.waiting] {
            let place = items.iter().position(|item| matches!(item, Item::Order(_)));
            if let Some(Item::Order(order)) = place.and_then(|at| items.remove(at)) {
                return Some(Next::Early(order));
            }
        }
        None
    }

    /// The worker is done with what it had.
    pub(in crate::queue) fn done_with(&mut self, chunk: Arc<Chunk>) {
        self.hand = None;
        if let Ok(chunk) = Arc::try_unwrap(chunk) {
            self.recycle(chunk.into_empty());
        }
    }

    /// What came of lines that the worker had taken: so many were delivered, then one was refused.
    pub(in crate::queue) fn settle(&mut self, delivered: usize, refused: Option<Level>) {
        self.counts.delivered += delivered as u64;
        self.in_hand -= delivered as u64;
        if let Some(level) = refused {
            self.in_hand -= 1;
            self.counts.errors += 1;
            self.counts.dropped.add(DropReason::Refused, level);
        }
        if let Some((_, done)) = &mut self.hand {
            *done += delivered + usize::from(refused.is_some());
        }
    }

    /// The lines of records up to this number are where they were going, or kept elsewhere, but for
    /// those that a worker has, or has brought back.
    pub(in crate::queue) fn has_left(&mut self, number: u64) {
        self.left = self.left.max(number);
        if let Some(slot) = &self.slot
            && self.hand.is_none()
            && self.head.is_none()
        {
            slot.finish(self.left);
        }
    }
}
