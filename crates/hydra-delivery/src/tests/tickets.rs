//! Numbers that are drawn, waited for and called.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Wake, Waker};
use std::time::Duration;

use hydra_core::patience::Deadline;

use crate::tickets::Tickets;

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_number_calls_all_before_it() {
    let tickets = Tickets::default();
    assert_eq!(tickets.asked(), None);
    let (first, second) = (tickets.ask(), tickets.ask());
    assert_eq!(tickets.asked(), Some(second));
    assert!(!tickets.wait(first, Some(Deadline::within(Duration::ZERO))));
    tickets.done(second);
    let soon = Some(Deadline::within(Duration::from_mins(1)));
    assert!(tickets.wait(first, soon) && tickets.wait(second, soon));
    assert_eq!(tickets.asked(), None);
}

#[test]
fn of_those_who_wait_without_a_thread_each_is_told_once_and_when_it_is_due() {
    let tickets = Tickets::default();
    let counts = [(); 3].map(|()| Arc::<Count>::default());
    let wakers = counts
        .each_ref()
        .map(|count| Waker::from(Arc::clone(count)));
    let (first, second) = (tickets.ask(), tickets.ask());
    for _ in 0..2 {
        assert!(!tickets.poll(first, &wakers[0]));
        assert!(!tickets.poll(first, &wakers[1]));
        assert!(!tickets.poll(second, &wakers[2]));
    }
    let told = || counts.each_ref().map(|count| count.0.load(Relaxed));
    tickets.done(first);
    assert_eq!(told(), [1, 1, 0]);
    assert!(tickets.poll(first, &wakers[0]));
    tickets.done(second);
    assert_eq!(told(), [1, 1, 1]);
}

#[test]
fn only_who_draws_the_awaited_number_or_a_later_one_tells_the_dispatcher() {
    let tickets = Tickets::default();
    let first = tickets.ask();
    assert!(tickets.is_to_be_told(first));
    tickets.done(first);
    tickets.await_more(3);
    let told: Vec<_> = (0..4)
        .map(|_| tickets.is_to_be_told(tickets.ask()))
        .collect();
    assert_eq!(told, [false, false, true, true]);
    tickets.await_more(0);
    assert!(tickets.is_to_be_told(tickets.last()));
}
