//! Lines of the dispatcher that are not in their queues yet.
//!
//! To take a queue's lock for each line costs the dispatcher more than to copy the line: to let it go
//! waits until the line is stored, in memory that a worker on another core has read last. So the
//! thread that dispatches gathers lines in chunks of its own, one for each queue, for which the queue
//! keeps room. They go there when a chunk is full, and all of them at the end of a round, or when the
//! dispatcher is about to wait: [`hand_in`]. No queue counts them before.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use hydra_core::LineMeta;

use super::chunk::{CHUNK, Chunk};
use super::shared::Queue;
use crate::dispatcher;
use crate::ring_file::number;

/// For so many lines of a chunk a queue has to have room.
pub(super) const MOST_LINES: usize = 512;

thread_local! {
    static GATHERED: RefCell<Vec<Gathered>> = const { RefCell::new(Vec::new()) };
}

/// A chunk for a queue.
struct Gathered {
    queue: Arc<Queue>,
    lines: Chunk,
    /// Whether the queue wants to know the records' numbers.
    keeps_book: bool,
}

impl Gathered {
    /// A chunk for this queue, if it lends one.
    fn open(queue: &Arc<Queue>) -> Option<Gathered> {
        let mut state = queue.lock();
        let lines = state.lend()?;
        let keeps_book = state.slot.is_some();
        drop(state);
        Some(Gathered {
            queue: Arc::clone(queue),
            lines,
            keeps_book,
        })
    }

    #[inline]
    fn fits(&self, bytes: usize) -> bool {
        self.lines.fits(bytes) && self.lines.len() < MOST_LINES
    }

    #[inline]
    fn push(&mut self, line: &[u8], meta: &LineMeta) {
        self.lines.push(line, meta);
        if self.keeps_book {
            self.lines.number(number::current());
        }
    }

    fn hand_in(self) {
        self.queue.take_in(self.lines);
    }
}

/// What this thread has gathered; none where it is about to end, and so are its own variables. A thread
/// that ends may dispatch, as the main one at the end of a process whose dispatcher is gone.
#[inline]
fn of_thread<R>(with: impl FnOnce(&mut Vec<Gathered>) -> R) -> Option<R> {
    GATHERED.try_with(|all| with(&mut all.borrow_mut())).ok()
}

/// Takes a line of the dispatcher for this queue. `false`: the queue has no room to lend, and all that
/// was gathered for it is in it.
#[inline]
pub(super) fn take(queue: &Arc<Queue>, line: &[u8], meta: &LineMeta) -> bool {
    let is_taken = of_thread(|all| {
        let place = all.get_mut(queue.gathered_at.load(Relaxed));
        let gathered = place.filter(|gathered| Arc::ptr_eq(&gathered.queue, queue));
        let gathered = gathered.filter(|gathered| gathered.fits(line.len()));
        gathered.map(|gathered| gathered.push(line, meta)).is_some()
    });
    is_taken.unwrap_or(false) || take_anew(queue, line, meta)
}

/// The same where nothing is gathered for the queue, or no more fits.
#[cold]
#[inline(never)]
fn take_anew(queue: &Arc<Queue>, line: &[u8], meta: &LineMeta) -> bool {
    hand_in_for(queue);
    if line.len() >= CHUNK || of_thread(|_| ()).is_none() {
        return false;
    }
    let Some(mut gathered) = Gathered::open(queue) else {
        return false;
    };
    gathered.push(line, meta);
    of_thread(|all| {
        queue.gathered_at.store(all.len(), Relaxed);
        all.push(gathered);
    });
    true
}

/// Brings what this thread has gathered for a queue there.
pub(super) fn hand_in_for(queue: &Arc<Queue>) {
    if !dispatcher::is_dispatching() {
        return;
    }
    let of_queue = of_thread(|all| {
        let at = all.iter().position(|g| Arc::ptr_eq(&g.queue, queue))?;
        let gathered = all.swap_remove(at);
        if let Some(moved) = all.get(at) {
            moved.queue.gathered_at.store(at, Relaxed);
        }
        Some(gathered)
    });
    // With nothing borrowed: it may start a worker, which may report.
    if let Some(gathered) = of_queue.flatten() {
        gathered.hand_in();
    }
}

/// Brings all that this thread has gathered to its queues.
pub(crate) fn hand_in() {
    // No other thread gathers.
    if !dispatcher::is_dispatching() {
        return;
    }
    while let Some(gathered) = of_thread(Vec::pop).flatten() {
        gathered.hand_in();
    }
}

/// In the child of a fork: what was gathered is the parent's.
pub(crate) fn forget() {
    let parents = of_thread(std::mem::take);
    drop(parents);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use hydra_core::{Destination, DestinationStats, Level};

    use super::super::{OverflowPolicy, QueueOptions, QueuedDestination};
    use super::*;
    use crate::dispatcher::Dispatching;
    use crate::workers::{Workers, WorkersOptions};

    /// Keeps what it is given.
    #[derive(Default)]
    struct Kept {
        text: Mutex<Vec<u8>>,
        stats: DestinationStats,
    }

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
        }
    }

    impl Destination for Kept {
        fn deliver(&self, line: &[u8], _: &LineMeta) -> io::Result<()> {
            self.text.lock().unwrap().extend_from_slice(line);
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }

        fn stats(&self) -> &DestinationStats {
            &self.stats
        }
    }

    fn queued(options: QueueOptions) -> (Arc<Kept>, QueuedDestination) {
        let kept = Arc::new(Kept::default());
        let workers = Workers::new(WorkersOptions::default());
        let destination = Arc::clone(&kept) as Arc<dyn Destination>;
        (kept, workers.queue("kept", destination, options))
    }

    fn put(queue: &QueuedDestination, text: &str) {
        let meta = LineMeta::new(Level::Info, 0);
        queue.deliver(text.as_bytes(), &meta).unwrap();
    }

    #[test]
    fn lines_of_a_dispatcher_come_to_their_queue_together() {
        let (kept, queue) = queued(QueueOptions::default());
        let dispatching = Dispatching::begin();
        put(&queue, "one\n");
        put(&queue, "two\n");
        assert_eq!(queue.counts().accepted, 0, "they are gathered");
        hand_in();
        assert_eq!(queue.counts().accepted, 2);
        drop(dispatching);
        queue.flush().unwrap();
        assert_eq!(kept.text(), "one\ntwo\n");
    }

    #[test]
    fn lines_of_two_queues_keep_their_order_however_many_there_are() {
        let (first, one) = queued(QueueOptions::default());
        let (second, two) = queued(QueueOptions::default());
        let mut wanted = String::new();
        let long = "x".repeat(2 * CHUNK);
        {
            let _dispatching = Dispatching::begin();
            for n in 0..3 * MOST_LINES {
                let line = format!("{n}\n");
                put(&one, &line);
                put(&two, &line);
                wanted += &line;
                if n % 700 == 699 {
                    // Fits into no chunk, and comes behind those before it all the same.
                    put(&one, &long);
                    put(&two, &long);
                    wanted += &long;
                }
            }
            hand_in();
        }
        for (kept, queue) in [(first, one), (second, two)] {
            queue.flush().unwrap();
            assert!(kept.text() == wanted);
            let counts = queue.counts();
            assert_eq!(counts.accepted, 3 * MOST_LINES as u64 + 2);
            assert_eq!(counts.accepted, counts.delivered);
        }
    }

    #[test]
    fn what_is_handed_over_or_ordered_is_preceded_by_what_was_gathered() {
        let (kept, queue) = queued(QueueOptions::default());
        let dispatching = Dispatching::begin();
        put(&queue, "one\n");
        queue.hand_over();
        assert_eq!(queue.counts().accepted, 1);
        put(&queue, "two\n");
        // It is done in its turn, though nobody waits for it here.
        let _ = queue.flush();
        assert_eq!(queue.counts().accepted, 2);
        drop(dispatching);
        queue.flush().unwrap();
        assert_eq!(kept.text(), "one\ntwo\n");
    }

    #[test]
    fn a_queue_with_little_room_counts_each_line_at_once() {
        let options = QueueOptions::default()
            .max_records(MOST_LINES - 1)
            .policy(OverflowPolicy::DropNewest);
        let (_, queue) = queued(options);
        let _dispatching = Dispatching::begin();
        put(&queue, "one\n");
        assert_eq!(queue.counts().accepted, 1);
    }

    #[test]
    fn while_lines_are_gathered_their_room_is_nobody_elses() {
        let options = QueueOptions::default()
            .max_records(MOST_LINES)
            .policy(OverflowPolicy::DropNewest);
        let (kept, queue) = queued(options);
        // A worker stands in the destination meanwhile, and makes no room.
        let stands_still = kept.text.lock().unwrap();
        put(&queue, "none\n");
        queue.hand_over();
        while queue.health().1.percent > 0.0 {
            std::thread::yield_now();
        }
        {
            let _dispatching = Dispatching::begin();
            put(&queue, "one\n");
        }
        // Another thread's: an empty queue takes one, and no more.
        put(&queue, "two\n");
        put(&queue, "three\n");
        assert_eq!(queue.counts().dropped.total(), 1);
        let _dispatching = Dispatching::begin();
        hand_in();
        let counts = queue.counts();
        assert_eq!((counts.accepted, counts.dropped.total()), (4, 1));
        drop(stands_still);
    }

    /// Delivers a line when its thread's variables go.
    struct Late(QueuedDestination);

    impl Drop for Late {
        fn drop(&mut self) {
            let _dispatching = Dispatching::begin();
            put(&self.0, "late\n");
            hand_in();
        }
    }

    #[test]
    fn a_thread_that_has_lost_its_variables_dispatches_all_the_same() {
        thread_local! {
            static LATE: RefCell<Option<Late>> = const { RefCell::new(None) };
        }
        let (kept, queue) = queued(QueueOptions::default());
        let ending = std::thread::spawn(|| {
            // Variables go in the opposite order: what was gathered before this one's drop.
            LATE.set(Some(Late(queue)));
            let (_, other) = queued(QueueOptions::default());
            let _dispatching = Dispatching::begin();
            put(&other, "in time\n");
            hand_in();
        });
        ending.join().unwrap();
        // Its queue is gone with it, and delivers what it has.
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while kept.text() != "late\n" {
            assert!(std::time::Instant::now() < patience, "{:?}", kept.text());
            std::thread::yield_now();
        }
    }

    #[test]
    fn the_child_of_a_fork_forgets_what_was_gathered() {
        let (_, queue) = queued(QueueOptions::default());
        let _dispatching = Dispatching::begin();
        put(&queue, "the parent's\n");
        forget();
        hand_in();
        assert_eq!(queue.counts().accepted, 0);
    }
}
